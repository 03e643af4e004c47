"""`anivault ignore`: its words, and how the lines of ignore lists look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from anivault.cli import events
from anivault.cli.commands.options import ToOption
from anivault.cli.context import Context
from anivault.cli.render.parts import notices
from anivault.shared.errors import UsageError, quoted
from anivault.shared.exits import DONE

PatternsArg = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH|PATTERN...]", help="A file, a folder, or words of gitignore.", show_default=False
    ),
]
RemoveFlag = Annotated[bool, typer.Option("--remove", help="Take these lines back.")]


def ignore(
    context: Context, what: PatternsArg = None, remove: RemoveFlag = False, to: ToOption = None
) -> int:
    """Leave files out for good; without a name, list what is left out.

    A path that is there is that file or folder; anything else is a pattern as in gitignore, for every folder.
    The line stands in the list of the library, else in your own. Nothing else is touched.
    """
    from anivault.services.remembered import ignored

    home = context.library_or_none(to)
    if remove and not what:
        raise UsageError("--remove needs a line. Nothing was done.", hint="See them: anivault ignore")
    if not what:
        found, done = ignored.listed(context.heard_library(to)), "listed"
    elif remove:
        found, done = [ignored.remove(what, home)], "removed"
    else:
        found, done = [ignored.add(what, home)], "ignored"
    for each in found:
        context.screen.line(_HEADS[done].format(each.file), style="bold")
        for line in each.lines:
            event = events.IgnoreEvent(file=events.shown(each.file), line=events.shown(line), done=done)
            context.screen.event(event)
            context.screen.line(f"  {line}")
    if not found:
        context.screen.line("Nothing is ignored.")
    notices(context.screen, _wide(found[0].lines) if done == "ignored" else ())
    return DONE


def _wide(lines: Sequence[str]) -> Iterator[str]:
    """What is to be said of lines that leave out all of a kind."""
    from anivault.services.remembered import reach

    for line in lines:
        if what := reach.told(line):
            yield f"{line} leaves out {what}. To take it back: anivault ignore --remove {quoted(line)}"


_HEADS = {"listed": "{}", "ignored": "Ignored from now on, in {}:", "removed": "No longer ignored, in {}:"}
