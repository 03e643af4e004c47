"""The API: what the page shows and does, as JSON for programs that bring a token. Described by OpenAPI.

One table has every endpoint with what it takes and gives; the routes and the description are made from it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from anivault.cli import events
from anivault.shared.errors import AniVaultError
from anivault.shared.exits import USAGE
from anivault.web import openapi, records
from anivault.web.desk import Row, Sheet
from anivault.web.house import House
from anivault.web.jobs import BusyError, State
from anivault.web.openapi import OF_GROUPS, OF_ROWS, Endpoint, Item, Overview, Page, Parameter, Standing
from anivault.web.pages.answered import turns
from anivault.web.pages.rendering import house_of

BASE = "/api/v1"
# What has to be made first, by the sheet that it is on.
MAKES = {
    "plan": "plan", "library": "library", "runs": "library", "verify": "verify", "back": "rollback/preview",
}  # fmt: skip


class _Wrong(Exception):  # noqa: N818 - an answer, not an error of this program
    def __init__(self, status: int, code: str, message: str, hint: str = "", exit_code: int = USAGE) -> None:
        super().__init__(message)
        self.status = status
        self.event = events.ErrorEvent(code=code, message=message, hint=hint, exit_code=exit_code)


async def _overview(request: Request, _: Any) -> Overview:
    house = house_of(request)
    sheets = {name: _id(house, name) for name in ("plan", "library", "back", "verify")}
    return Overview(
        library=house.desk.fact("library", records.LibraryFacts),
        plan=house.desk.fact("plan", records.PlanFacts),
        verify=house.desk.fact("verify", records.VerifyFacts),
        review=turns.counts(house),
        left_out=house.left_out(),
        sheets={name: found for name, found in sheets.items() if found},
    )


def _id(house: House, sheet_name: str) -> str:
    """What tells a sheet from the one before; "" where there is none. Runs are looked at with the library."""
    made = house.made("library" if sheet_name == "runs" else sheet_name)
    return "" if made is None else str(made)


def _opened(house: House, sheet_name: str) -> Sheet:
    sheet = house.desk.sheet(sheet_name)
    if sheet is None:
        hint = f"POST {BASE}/{MAKES[sheet_name]} first."
        raise _Wrong(404, "not-there", "Nobody has looked yet, or it was done since.", hint)
    return sheet


def _is_without_runs(house: House, sheet_name: str) -> bool:
    """Whether the library was looked at, and no run has touched it."""
    return sheet_name == "runs" and house.desk.sheet("runs") is None and house.made("library") is not None


def _require_shown(house: House, sheet_name: str, said: str, *, needed: bool = False) -> None:
    """Refuse what is about a sheet that was replaced, and what should say which one it is about."""
    if said and said != _id(house, sheet_name):
        raise _Wrong(
            409, "replaced", "What this is about was made again, or done, since. Nothing was done.",
            "Read it again, and send the sheet that comes with it.",
        )  # fmt: skip
    if needed and not said:
        raise _Wrong(
            409, "sheet-unsaid", "It may be another list than the one that you have seen. Nothing was done.",
            f"Send the sheet that came with what you have read; GET {BASE}/overview has those of now.",
        )  # fmt: skip


def _asked(request: Request, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """What an address asks for. Raises for names that nobody hears, and for what is no such number."""
    known, found = {one.name: one for one in parameters}, {}
    for name, text in request.query_params.multi_items():
        if name not in known or name in found:
            heard = ", ".join(known) or "none"
            raise _Wrong(400, "parameter", f"{name!r} is not heard here, or not twice.", f"Heard: {heard}.")
        found[name] = _value(known[name], text)
    return found


def _value(parameter: Parameter, text: str) -> Any:
    if parameter.least is None or parameter.most is None:
        return text
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 17 else -1
    if not parameter.least <= number <= parameter.most:
        said = f"{parameter.name} is a whole number from {parameter.least} to {parameter.most}."
        raise _Wrong(400, "parameter", said)
    return number


def _rows(sheet_name: str, kind: str) -> Callable[[Request, Any], Awaitable[Page]]:
    async def answer(request: Request, _: Any) -> Page:
        house, asked = house_of(request), _asked(request, OF_ROWS)
        _require_shown(house, sheet_name, asked.get("sheet", ""))
        if _is_without_runs(house, sheet_name) and not asked.keys() & {"group", "after"}:
            return Page([], None, _id(house, "runs"))
        with _opened(house, sheet_name) as sheet:
            return _page(sheet, kind, asked, _id(house, sheet_name))

    return answer


def _page(sheet: Sheet, kind: str, asked: Mapping[str, Any], sheet_id: str) -> Page:
    group, after, most = asked.get("group"), asked.get("after", 0), asked.get("most", 100)
    if group is not None and not (sheet.rows(kind, group, most=1) or sheet.has_group(group)):
        raise _Wrong(404, "not-there", "There is no such group.")
    if after and not sheet.has_row(after):
        raise _Wrong(404, "not-there", "There is no row with the number that `after` says.")
    rows = sheet.rows(kind, group, after=after, most=most + 1)
    given = turns.answers(sheet) if kind == "question" else None
    items = [_item(row, given) for row in rows[:most]]
    return Page(items, items[-1].n if len(rows) > most else None, sheet_id)


def _item(row: Row, given: Mapping[int, records.Given] | None) -> Item:
    item = Item(row.n, row.group, msgspec.Raw(row.data))
    if given is None:
        return item
    one = given.get(row.n)
    return msgspec.structs.replace(item, answer=one and Standing(one.turn, one.said, one.changed is None))


def _groups(sheet_name: str, kind: str, record: Any) -> Callable[[Request, Any], Awaitable[list[Any]]]:
    async def answer(request: Request, _: Any) -> list[Any]:
        house, asked = house_of(request), _asked(request, OF_GROUPS)
        start, most = asked.get("start", 0), asked.get("most", 100)
        if _is_without_runs(house, sheet_name) and not start:
            return []
        with _opened(house, sheet_name) as sheet:
            if start > sheet.count_groups(kind):
                raise _Wrong(404, "not-there", "There are not so many.")
            return [found for _, found in sheet.groups(kind, record, start=start, most=most)]

    return answer


async def _work(request: Request, _: Any) -> State:
    return house_of(request).jobs.state


def _job(job: str, **more: Any) -> Callable[[Request, Any], Awaitable[State]]:
    async def answer(request: Request, given: Any) -> State:
        if house_of(request).rules.read_only and getattr(given, "deep", False):
            raise _Wrong(403, "read-only", "A deep verification keeps hashes in the library.")
        return _begun(request, job, **{**msgspec.to_builtins(given), **more})

    return answer


def _begun(request: Request, job: str, **more: Any) -> State:
    try:
        return house_of(request).start(job, **more)
    except BusyError as error:
        raise _Wrong(409, "busy", "There is one run at a time, and one is going on.") from error


async def _cancel(request: Request, _: Any) -> State:
    jobs = house_of(request).jobs
    if not jobs.state.running:
        raise _Wrong(409, "not-running", "Nothing is going on that could be stopped.")
    jobs.cancel()
    return jobs.state


async def _preview(request: Request, given: openapi.Back) -> State:
    from anivault.web.pages.working import place

    house = house_of(request)
    if given.file is not None:
        _require_shown(house, "library", given.sheet, needed=True)
    only = place(house, given.file) if given.file is not None else None
    if given.file is not None and only is None:
        raise _Wrong(404, "not-there", "The library has no file of this number.")
    return _begun(request, "rollback", run=given.run, only=only)


async def _apply(request: Request, given: openapi.Wanted) -> State:
    house = house_of(request)
    if house.made("plan") is None:
        raise _Wrong(
            409,
            "not-planned",
            "There is no plan: it was carried out, or never made.",
            f"POST {BASE}/plan first.",
        )
    _require_shown(house, "plan", given.sheet, needed=True)
    plan = house.desk.fact("plan", records.PlanFacts)
    if plan and not house.is_of_here(plan):
        said = "The plan was made for another library than the one that is there now. Nothing was changed."
        raise _Wrong(409, "not-planned", said, f"POST {BASE}/plan first.")
    if not given.anew:
        house.require_there()
    return _begun(request, "apply", anew=given.anew)


async def _undo(request: Request, given: openapi.Seen) -> State:
    house = house_of(request)
    shown = house.desk.fact("back", records.BackFacts)
    if shown is None:
        raise _Wrong(409, "not-previewed", "Nothing was previewed.", f"POST {BASE}/rollback/preview first.")
    _require_shown(house, "back", given.sheet, needed=True)
    return _begun(request, "rollback", run=shown.run, only=shown.only, apply=True)


async def _reply(request: Request, given: openapi.Reply) -> openapi.Taken:
    house = house_of(request)
    said = (given.choice is not None, given.never, given.apart, given.later)
    if sum(said) != 1:
        raise _Wrong(400, "request", "Say one thing: choice, never, apart or later.")
    with _opened(house, "plan") as sheet:
        _require_shown(house, "plan", given.sheet, needed=True)
        row = sheet.row("question", given.n)
    if row is None:
        raise _Wrong(404, "not-there", "There is no such question.")
    taken, took = await run_in_threadpool(_taken, house, row, given)
    settled = await turns.settle(house, given.n, taken.choice.label if taken.choice else "", took.changes)
    return msgspec.structs.replace(taken, settled=settled, turn=took.turn)


def _taken(house: House, row: Row, given: openapi.Reply) -> tuple[openapi.Taken, turns.Took]:
    """Take the answer as the page does; an answer that stands is replaced only by who has seen it."""
    question, n, was = row.read(records.QuestionRow), given.n, given.was
    try:
        if given.never:
            return openapi.Taken(lines=question.never), turns.take_never(house, n, was, question)
        if given.apart:
            return openapi.Taken(), turns.take_apart(house, row, was)
        if given.later:
            return openapi.Taken(), turns.take(house, n, was, "later", None)
        choice = _choice(question, -1 if given.choice is None else given.choice)
        took = turns.take_pin(house, n, was, choice.label, choice.pin)
        return openapi.Taken(choice=choice, doubts=took.changes[0].doubts), took
    except turns.StandsError as error:
        raise _stands(error) from error
    except turns.GoneError as error:
        raise _Wrong(404, "not-there", "There is no plan any more.") from error


def _choice(question: records.QuestionRow, number: int) -> Any:
    if not 0 <= number < len(question.choices):
        raise _Wrong(404, "not-there", "There is no such choice.")
    choice = question.choices[number]
    if choice.pin is None:
        raise _Wrong(409, "pin-refused", "No pin can say that.")
    return choice


def _stands(error: turns.StandsError) -> _Wrong:
    if error.stands is None:
        said, hint = "It has no such answer any more.", "Read the questions again."
    else:
        said = f"It has an answer that you have not named: {error.stands.said}"
        hint = f"To replace that, send was: {error.stands.turn}."
    return _Wrong(409, "answered", f"{said} Nothing was changed.", hint)


async def _unsay(request: Request, given: openapi.Unsaid) -> records.Counts:
    house = house_of(request)
    _opened(house, "plan").__exit__()
    _require_shown(house, "plan", given.sheet, needed=True)
    try:
        await run_in_threadpool(turns.undo, house, given.turn)
    except turns.StandsError as error:
        said = "That is not what was answered last. Nothing was undone."
        raise _Wrong(409, "answered", said, "Undo the later answers first.") from error
    return turns.counts(house)


ENDPOINTS = (
    Endpoint("GET", "/overview", "read", "What is there and what waits.", _overview, Overview),
    Endpoint("GET", "/plan/moves", "read", "Where files go.",
             _rows("plan", "move"), Page, asks=OF_ROWS, rows=events.MoveEvent),
    Endpoint("GET", "/plan/held", "read", "Files that are held.",
             _rows("plan", "held"), Page, asks=OF_ROWS, rows=events.HeldEvent),
    Endpoint("GET", "/questions", "read", "What is asked.",
             _rows("plan", "question"), Page, asks=OF_ROWS, answered=True, rows=records.QuestionRow),
    Endpoint("GET", "/library/shows", "read", "The shows of the library.",
             _groups("library", "show", records.LibraryShow), list[records.LibraryShow], asks=OF_GROUPS),
    Endpoint("GET", "/library/files", "read", "The files of the library.",
             _rows("library", "file"), Page, asks=OF_ROWS, rows=records.LibraryFile),
    Endpoint("GET", "/runs", "read", "The runs, the latest first.",
             _groups("runs", "run", events.RunEvent), list[events.RunEvent], asks=OF_GROUPS),
    Endpoint("GET", "/runs/files", "read", "The files of runs.",
             _rows("runs", "step"), Page, asks=OF_ROWS, rows=records.BackRow),
    Endpoint("GET", "/findings", "read", "What verify found.",
             _rows("verify", "finding"), Page, asks=OF_ROWS, rows=records.FindingRow),
    Endpoint("GET", "/rollback/steps", "read", "What would go back, as last previewed.",
             _rows("back", "back"), Page, asks=OF_ROWS, rows=records.BackRow),
    Endpoint("GET", "/rollback/held", "read", "What would stay, as last previewed.",
             _rows("back", "held"), Page, asks=OF_ROWS, rows=records.BackRow),
    Endpoint("GET", "/work", "read", "How far the work is.", _work, State),
    Endpoint("POST", "/plan", "plan", "Plan; changes nothing.", _job("plan"), State, openapi.Nothing),
    Endpoint("POST", "/library", "plan", "Look at the library again.",
             _job("library"), State, openapi.Nothing),
    Endpoint("POST", "/verify", "plan", "Verify the library.", _job("verify"), State, openapi.Verification),
    Endpoint("POST", "/answers", "plan", "Answer a question, or put it off.",
             _reply, openapi.Taken, openapi.Reply),
    Endpoint("POST", "/answers/undo", "plan", "Undo what was answered last.",
             _unsay, records.Counts, openapi.Unsaid),
    Endpoint("POST", "/rollback/preview", "plan", "Show what it means to take back.",
             _preview, State, openapi.Back),
    Endpoint("POST", "/apply", "apply", "Carry out the plan that was made.", _apply, State, openapi.Wanted),
    Endpoint("POST", "/rollback", "apply", "Take back what was previewed.", _undo, State, openapi.Seen),
    Endpoint("POST", "/cancel", "plan", "Stop between two files.", _cancel, State, openapi.Nothing),
)  # fmt: skip


def _route(endpoint: Endpoint) -> Route:
    async def answer(request: Request) -> Response:
        if endpoint.scope not in request.scope["state"]["scopes"]:
            return _json(403, _Wrong(403, "scope", f"This needs a token that may {endpoint.scope}.").event)
        try:
            _asked(request, endpoint.asks)
            given = msgspec.json.decode(await request.body() or b"{}", type=endpoint.takes or openapi.Nothing)
            return _json(200 if endpoint.method == "GET" else 202, await endpoint.answer(request, given))
        except _Wrong as wrong:
            return _json(wrong.status, wrong.event)
        except msgspec.MsgspecError as error:
            return _json(400, _Wrong(400, "request", str(error)).event)
        except AniVaultError as error:
            said, hint = str(error), getattr(error, "hint", "")
            return _json(409, _Wrong(409, error.code, said, hint, error.exit_code).event)

    return Route(BASE + endpoint.path, answer, methods=[endpoint.method])


def _json(status: int, what: Any) -> Response:
    return Response(msgspec.json.encode(what), status, media_type="application/json")


async def _openapi(request: Request) -> Response:
    base = f"{house_of(request).rules.prefix}{BASE}"
    return _json(200, openapi.description(ENDPOINTS, base, (__doc__ or "").partition("\n")[0]))


async def _unknown(request: Request) -> Response:
    """What no endpoint is."""
    methods = [e.method for e in ENDPOINTS if BASE + e.path == request.scope["path"]]
    if methods:
        return _json(405, _Wrong(405, "method", f"This is asked for with {', '.join(methods)}.").event)
    hint = f"All of them: GET {BASE}/openapi.json"
    return _json(404, _Wrong(404, "not-there", "There is no such endpoint.", hint).event)


ROUTES = [
    *map(_route, ENDPOINTS),
    Route(f"{BASE}/openapi.json", _openapi),
    Route("/api{path:path}", _unknown, methods=["GET", "POST"]),
]
