"""`anivault demo`: its words."""

from __future__ import annotations

from anivault.cli.context import Context, Session
from anivault.shared.exits import DONE


def demo(context: Context) -> int:
    """See it all happen on a sample folder.

    Organizes it, verifies it and takes it back, in a temporary folder; no key, no network.
    """
    from anivault.cli import demo_handler

    demo_handler.run(context.screen, Session.run)
    return DONE
