"""Say again what a command said, where its words come again and nothing has changed since."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from anivault.cli.context import Work
from anivault.shared.logs.lines import write

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.services.remembered.tapes import Said, Tape


def again(screen: Screen, tape: Tape, *, paged: bool) -> Work | None:
    """What `tape` knows that a command would say, to be shown page by page if `paged`."""
    said = tape.known()
    return Work(lambda: said, partial(_say, screen, paged=paged)) if said else None


def _say(screen: Screen, said: Said, *, paged: bool) -> int:
    write("info", "repeated")
    with screen.paged(wanted=paged):
        for note, text in said:
            screen.again(text, note=note)
    screen.flush()
    screen.counts = said.end.counts
    return said.end.code
