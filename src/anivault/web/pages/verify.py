"""The verification: what it found, and for each kind what mends it, as something to press or to type."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from anivault.core.moving.verifying.kinds import NOTES, Kind
from anivault.shared.errors import quoted
from anivault.web.pages.rendering import cut, house_of, number, past_the_end, render
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.records import FindingRow, VerifyFacts

ROWS = 100


class Press(StrEnum):
    """What of this page does something about a finding."""

    PLAN = "plan"
    TAKE_BACK = "take back"
    EXPLAIN = "explain"
    SHOW = "show"
    SETTLE = "settle"


class Mend(NamedTuple):
    """What mends a kind: in words, what to press, and what to type; `{path}` and `{was}` are whole paths."""

    words: str
    press: tuple[Press, ...] = ()
    command: str = ""


MENDS = {
    Kind.MISSING: Mend(
        "Plan again: where its source is still there, the plan puts it back. If you deleted it on purpose, "
        "take it back: nobody misses it then.",
        (Press.PLAN, Press.TAKE_BACK),
    ),
    Kind.EXTRA: Mend(
        "No run put it there. It stays, and nothing has to be done. For AniVault to look after it, type:",
        (Press.EXPLAIN,),
        "anivault adopt {library}",
    ),
    Kind.CHANGED: Mend(
        "It is not as a run left it. If that was you, it stays as it is. To have it as it was, type this, "
        "and plan again:",
        (Press.PLAN,),
        "mv -n {path} ~",
    ),
    Kind.CORRUPT: Mend(
        "Its bytes are not what they were: look at the disk. Put it back from a backup; or type this, and "
        "plan again where its source is sound:",
        (Press.PLAN,),
        "mv -n {path} ~",
    ),
    Kind.MISNAMED: Mend(
        "Somebody renamed it, and it stays so. Where it is a copy, the next plan takes its source for new "
        "and puts it there a second time. To give it its name again, type:",
        (),
        "mv -n {path} {was}",
    ),
    Kind.RENUMBERED: Mend(
        "The provider counts it differently today. See the new names:", (), "anivault rename {library}"
    ),
    Kind.UNREADABLE: Mend(
        "Look at the disk, and at who may read it, before anything else. Then verify again.",
        (),
        "ls -ld {path}",
    ),
    Kind.UNFINISHED: Mend("A run ended in its middle. No file is lost: settle it.", (Press.SETTLE,)),
    Kind.NO_LIBRARY: Mend("Plan, and apply the plan: then there is something to verify.", (Press.PLAN,)),
    Kind.DUPLICATE: Mend(
        "One content has two names. Take this one back if you want it once.", (Press.TAKE_BACK,)
    ),
    Kind.INCOMPLETE: Mend(
        "Episodes are missing between the first and the last. Plan again once they have arrived.",
        (Press.SHOW, Press.PLAN),
    ),
}


class Found(NamedTuple):
    """One finding as it is shown."""

    n: int
    row: FindingRow
    mend: Mend
    command: str
    file: str  # whole
    show: str  # the key of its show among those of the library


@while_unchanged
def show(request: Request) -> Response:
    """The last verification, some findings at a time: what is to be mended first, then the others."""
    house, after = house_of(request), number(request.query_params.get("after"))
    facts, sheet = house.desk.fact("verify", VerifyFacts), house.desk.sheet("verify")
    rows = []
    if sheet:
        with sheet:
            rows = sheet.rows("finding", after=after, most=ROWS + 1)
    if after and not rows:
        return past_the_end(request, "/verify")
    rows, more = cut(rows, ROWS)
    found = [_found(house.library, row.n, row.read(FindingRow)) for row in rows]
    amiss, notes = (facts.amiss, facts.notes) if facts else (0, 0)
    parts = (
        ("To mend", amiss, [one for one in found if one.row.kind not in NOTES]),
        ("To know", notes, [one for one in found if one.row.kind in NOTES]),
    )
    return render(request, "pages/verify.html", check=facts, parts=parts, more=more)


def _found(library: str, n: int, row: FindingRow) -> Found:
    mend = MENDS[Kind(row.kind)]
    path, was = (os.path.join(library, name) if name else library for name in (row.path, row.was))
    command = mend.command.format(library=quoted(library), path=quoted(path), was=quoted(was))
    parts = row.path.split("/")
    return Found(n, row, mend, command, path, "/".join(parts[: 2 if len(parts) > 2 else 1]))
