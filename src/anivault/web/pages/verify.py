"""The verification: what it found, and what mends each kind."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anivault.core.moving.verifier import Kind
from anivault.web.pages.rendering import house_of, number, render
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.records import FindingRow, VerifyFacts

ROWS = 100
MENDS = {
    Kind.MISSING: "Put it back from a backup. If you deleted it on purpose, undo that file in the library.",
    Kind.EXTRA: "AniVault did not put it there. It stays; nothing has to be done.",
    Kind.CHANGED: "It was changed since a run put it there. If that was you, undo the file and plan again.",
    Kind.CORRUPT: "Its bytes are not what they were. Look at the disk, get the file again, undo the old one.",
    Kind.MISNAMED: "Somebody renamed it. Name it as it was, or leave it: a rollback finds it.",
    Kind.RENUMBERED: "The provider numbers it differently today: anivault rename shows the new names.",
    Kind.UNREADABLE: "Look at the disk and at who may read the file before anything else.",
    Kind.UNFINISHED: "A run ended in its middle: settle it on the overview.",
    Kind.NO_LIBRARY: "No run has put anything here yet.",
    Kind.DUPLICATE: "One content has two names. Undo one of them if you want the name back.",
    Kind.INCOMPLETE: "Episodes are missing between the first and the last.",
}


@while_unchanged
def show(request: Request) -> Response:
    """The last verification, some findings at a time."""
    house, after = house_of(request), number(request.query_params.get("after"))
    facts, sheet = house.desk.fact("verify", VerifyFacts), house.desk.sheet("verify")
    rows = []
    if sheet:
        with sheet:
            rows = sheet.rows("finding", after=after, most=ROWS + 1)
    return render(
        request,
        "pages/verify.html",
        check=facts,
        rows=[row.read(FindingRow) for row in rows[:ROWS]],
        more=rows[ROWS - 1].n if len(rows) > ROWS else 0,
        mends=MENDS,
    )
