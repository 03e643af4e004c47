"""Work: begin it, follow it, stop it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from anivault.shared.errors import JournalLostError, UnfinishedRunError
from anivault.web.house import TITLES, House
from anivault.web.jobs import BusyError, State
from anivault.web.pages.rendering import cut, form, go, house_of, missing, number, render, replaced
from anivault.web.records import BackFacts, BackRow, FindingRow, LibraryFacts, LibraryFile, PlanFacts

# Where it can be looked at.
RESULTS = {"plan": "/plan", "library": "/library", "verify": "/verify", "pin": "/settings/preview"}
# The sheet that a number is of, by its field; runs are looked at with the library.
FILES_OF = {"file": "library", "finding": "verify", "step": "library"}
BACK = {
    "plan": "/plan",
    "back": "/history",
    "library": "/library",
    "verify": "/verify",
}  # where what a form was about is shown
THEN = frozenset({"/", "/plan", "/library", "/history"})  # where a look at the library can lead back to
HELD = 100  # files of a page
FORMS = frozenset({"plan", "apply", "library", "recover", "verify", "preview", "undo"})


def show(request: Request) -> Response:
    """How far the work is; once it is over, what came of it."""
    house = house_of(request)
    state = house.jobs.state
    over = "done" in request.query_params and not state.running and not state.failed
    if over and (page := _page_of(house, state)):
        return go(request, page)
    plan, shelf = house.desk.fact("plan", PlanFacts), house.desk.fact("library", LibraryFacts)
    rows, more = held_of(house, state.run) if state.job in {"apply", "rollback"} else ([], 0)
    return render(
        request, "pages/working.html", plan=plan, since=house.since(plan), behind=house.is_behind(),
        unfinished=state.code == UnfinishedRunError.exit_code or (shelf is not None and shelf.unfinished),
        undo=house.jobs.order.get("apply"), held=rows, more=more,
    )  # fmt: skip


def _page_of(house: House, state: State) -> str:
    """Where the result of work is shown; "" where the work itself says all."""
    if state.job == "rollback" and not house.jobs.order.get("apply"):
        return "/undo"
    then = house.jobs.order.get("then", "")
    return then if then in THEN else RESULTS.get(state.job, "")


def held_of(house: House, run: str, after: int = 0) -> tuple[list[BackRow], int]:
    """Some of the files that a run held, and behind which number the others are; 0 where those are all."""
    sheet = house.desk.sheet("runs")
    if sheet is None:
        return [], 0
    with sheet:
        rows = sheet.rows("held", run, after=after, most=HELD + 1)
    rows, more = cut(rows, HELD)
    return [row.read(BackRow) for row in rows], more


async def start(request: Request) -> Response:
    """Begin work: there is one at a time."""
    house, job = house_of(request), request.path_params["job"]
    fields = form(request)
    if _is_pressed_again(house, job, fields):
        return go(request, "/working")
    if (sheet := _sheet_of(job, fields)) and not house.is_shown(sheet, fields):
        return replaced(request, back=BACK[sheet])
    if job == "apply" and (refusal := _not_here(request, house, fields)):
        return refusal
    if job == "undo" and (told := _nothing_to_take_back(house)):
        return render(request, "entrance/refused.html", 409, what=told, hint="", back="/history")
    order = _order(house, job, fields) if job in FORMS else None
    if order is None:
        what = "There is no such work, or what it is about is there no longer."
        return missing(request, what, BACK.get(_sheet_of(job, fields), "/"), "Go on from here")
    return begin(request, **order)


def _is_pressed_again(house: House, job: str, fields: Mapping[str, str]) -> bool:
    """Whether this is the form that has begun the last work: a double click, or a page of before."""
    last, made = house.jobs.order, fields.get("made", "")
    same = (last.get("form"), last.get("made")) == (job, made)
    return bool(made) and same and not house.jobs.state.failed  # what has failed is gone on with


def _not_here(request: Request, house: House, fields: Mapping[str, str]) -> Response | None:
    """Refuse to begin another library where a known one is away, unless the user has said so in that form."""
    plan = house.desk.fact("plan", PlanFacts)
    if plan is None:
        return None
    if not house.is_of_here(plan):
        what = "This plan was made for another library than the one that is there now. Nothing was changed."
        return render(request, "entrance/refused.html", 409, what=what, hint="Plan again.", back="/plan")
    try:
        if fields.get("anew") != "1":
            house.require_there()
    except JournalLostError as error:
        said = {"what": str(error), "hint": error.hint, "back": "/plan"}
        return render(request, "entrance/refused.html", 409, **said)
    return None


def _nothing_to_take_back(house: House) -> str:
    """What was shown, in a sentence, where nothing of it can be done."""
    shown = house.desk.fact("back", BackFacts)
    return shown.told if shown and not (shown.back or shown.gone or shown.folders) else ""


def _sheet_of(job: str, fields: Mapping[str, str]) -> str:
    """The sheet that a form is about, where it confirms what that shows; "" where it is about none."""
    if job == "preview":
        return next((sheet for field, sheet in FILES_OF.items() if field in fields), "")
    return {"apply": "plan", "undo": "back"}.get(job, "")


def begin(request: Request, **order: Any) -> Response:
    """Begin work, and show how far it is; refused while other work goes on."""
    house = house_of(request)
    try:
        house.start(**order)
    except BusyError:
        if _is_at_it(house, order):
            return go(request, "/working")
        what = f"{house.jobs.state.title}: that has to end first, or be stopped. Nothing was begun."
        return render(request, "entrance/refused.html", 409, what=what, hint="", back="/working")
    return go(request, "/working")


def _is_at_it(house: House, order: Mapping[str, Any]) -> bool:
    """Whether the work that goes on is the one that is asked for."""
    last = house.jobs.order
    return all(last.get(name) == order.get(name) for name in ("job", "run", "only", "apply", "deep", "made"))


def _order(house: House, job: str, fields: dict[str, str]) -> dict[str, Any] | None:
    """What a form asks to be done; None for what there is not."""
    if job == "verify":
        deep = fields.get("deep") == "1" and not house.rules.read_only  # it keeps hashes in the library
        return {"job": job, "deep": deep}
    if job == "undo":
        return _taking_back(house, fields)
    if job == "preview":
        return _way_back(house, fields)
    if job == "apply":
        anew = fields.get("anew") == "1"
        return {"job": job, "form": job, "made": fields.get("made", ""), "anew": anew}
    return {"job": job, "then": fields.get("then", "")}


def _taking_back(house: House, fields: dict[str, str]) -> dict[str, Any] | None:
    """Do what was shown."""
    shown = house.desk.fact("back", BackFacts)
    if shown is None:
        return None
    what = {"run": shown.run, "only": shown.only, "form": "undo", "made": fields.get("made", "")}
    return {"job": "rollback", "title": TITLES["undo"], "apply": True, **what}


def _way_back(house: House, fields: dict[str, str]) -> dict[str, Any] | None:
    """Show what it means to take back a run, or a file by its number."""
    only = None
    if "file" in fields:
        only = place(house, number(fields["file"]))
    elif "finding" in fields:
        only = found_at(house, number(fields["finding"]))
    elif "step" in fields:
        only = put_at(house, number(fields["step"]))
    if only is None and FILES_OF.keys() & fields.keys():
        return None
    return {"job": "rollback", "run": fields.get("run", "")[:80] or None, "only": only}


def found_at(house: House, n: int) -> str | None:
    """The path of what a verification found, by its number; None where there is no such finding of a path."""
    sheet = house.desk.sheet("verify")
    if sheet is None:
        return None
    with sheet:
        row = sheet.row("finding", n)
    return (row.read(FindingRow).path or None) if row else None


def put_at(house: House, n: int) -> str | None:
    """Where a file is that a run put there, by the number of its step; None where it is there no longer."""
    sheet = house.desk.sheet("runs")
    if sheet is None:
        return None
    with sheet:
        row = sheet.row("step", n)
    return (row.read(BackRow).place or None) if row else None


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
