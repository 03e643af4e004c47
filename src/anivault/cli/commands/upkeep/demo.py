"""`anivault demo`: its words."""

from __future__ import annotations

from typing import Annotated

import typer

from anivault.cli.context import Context, Session
from anivault.shared.exits import DONE

WebFlag = Annotated[bool, typer.Option("--web", help="Do it yourself, on the page in the browser.")]


def demo(context: Context, web: WebFlag = False) -> int:
    """See it all happen on a sample folder.

    Organizes it, verifies it and takes it back, in a temporary folder; no key, no network.
    """
    from anivault.cli import demo_handler

    if web:
        return demo_handler.serve(context.screen, Session.run)
    demo_handler.run(context.screen, Session.run)
    return DONE
