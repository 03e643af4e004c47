"""Work: begin it, follow it, stop it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from anivault.web.house import TITLES, House
from anivault.web.jobs import BusyError, State
from anivault.web.pages.rendering import form, go, house_of, number, render, replaced
from anivault.web.records import BackFacts, LibraryFile

# Where it can be looked at.
RESULTS = {"plan": "/plan", "library": "/library", "verify": "/verify", "pin": "/settings/preview"}
BACK = {"plan": "/plan", "back": "/history", "library": "/library"}  # where what a form was about is shown
FORMS = frozenset({"plan", "apply", "library", "recover", "verify", "preview", "undo"})


def show(request: Request) -> Response:
    """How far the work is; once it is over, what came of it."""
    state = house_of(request).jobs.state
    over = "done" in request.query_params and not state.running and not state.failed
    if over and (page := _page_of(state)):
        return go(request, page)
    return render(request, "pages/working.html")


def _page_of(state: State) -> str:
    """Where the result of work is shown; "" where the work itself says all."""
    if state.job == "rollback" and not state.run:
        return "/undo"
    return RESULTS.get(state.job, "")


async def start(request: Request) -> Response:
    """Begin work: there is one at a time."""
    house, job = house_of(request), request.path_params["job"]
    fields = form(request)
    if (sheet := _sheet_of(job, fields)) and not house.is_shown(sheet, fields):
        return replaced(request, back=BACK[sheet])
    order = _order(house, job, fields) if job in FORMS else None
    if order is None:
        return render(request, "entrance/missing.html", 404, what="There is no such work.")
    return begin(request, **order)


def _sheet_of(job: str, fields: Mapping[str, str]) -> str:
    """The sheet that a form is about, where it confirms what that shows; "" where it is about none."""
    if job == "preview":
        return "library" if "file" in fields else ""
    return {"apply": "plan", "undo": "back"}.get(job, "")


def begin(request: Request, **order: Any) -> Response:
    """Begin work, and show how far it is; refused while other work goes on."""
    house = house_of(request)
    try:
        house.start(**order)
    except BusyError:
        what = f"{house.jobs.state.title}: that has to end first, or be stopped. Nothing was begun."
        return render(request, "entrance/refused.html", 409, what=what, hint="", back="/working")
    return go(request, "/working")


def _order(house: House, job: str, fields: dict[str, str]) -> dict[str, Any] | None:
    """What a form asks to be done; None for what there is not."""
    if job == "verify":
        deep = fields.get("deep") == "1" and not house.rules.read_only  # it keeps hashes in the library
        return {"job": job, "deep": deep}
    if job in {"preview", "undo"}:
        return _back(house, job, fields)
    return {"job": job}


def _back(house: House, job: str, fields: dict[str, str]) -> dict[str, Any] | None:
    """Show what it means to take back a run, or a file by its number; or do what was shown."""
    if job == "undo":
        shown = house.desk.fact("back", BackFacts)
        what = {"run": shown.run, "only": shown.only} if shown else None
        return {"job": "rollback", "title": TITLES["undo"], "apply": True, **what} if what else None
    only = place(house, number(fields["file"])) if "file" in fields else None
    if "file" in fields and only is None:
        return None
    return {"job": "rollback", "run": fields.get("run", "")[:80] or None, "only": only}


def place(house: House, n: int) -> str | None:
    """Where a file of the library's sheet is, by its number; None where there is no such one."""
    sheet = house.desk.sheet("library")
    if sheet is None:
        return None
    with sheet:
        row = sheet.row("file", n)
    return row.read(LibraryFile).place if row else None


async def cancel(request: Request) -> Response:
    """Stop the work between two files."""
    house_of(request).jobs.cancel()
    return go(request, "/working")


async def progress(request: Request) -> Response:
    """Every state of the work as a server-sent event."""
    house = house_of(request)

    async def events() -> AsyncIterator[bytes]:
        async for state in house.jobs.states():
            told = {**msgspec.to_builtins(state), "running": state.running}
            yield b"data: " + msgspec.json.encode(told) + b"\n\n"

    headers = {"x-accel-buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)
