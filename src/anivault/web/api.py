"""The API: what the page shows and does, as JSON for programs that bring a token. Described by OpenAPI.

One table has every endpoint with what it takes and gives; the routes and the description are made from it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from anivault import __version__
from anivault.cli import events
from anivault.shared.errors import AniVaultError
from anivault.web import records
from anivault.web.house import House
from anivault.web.jobs import BusyError, State
from anivault.web.pages.asking import Changed, never, set_pin
from anivault.web.pages.rendering import house_of, number
from anivault.web.pages.review import ANSWERED, Given, settle, take_apart

BASE = "/api/v1"
MOST = 1000  # rows of one answer


class Item(msgspec.Struct, frozen=True):
    """One row: its number, the group that it is in, and its record."""

    n: int
    group: str
    record: msgspec.Raw


class Page(msgspec.Struct, frozen=True):
    """Some rows; `next` is the `after` of the following ones, null where there are none."""

    items: list[Item]
    next: int | None


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What is there and what waits; null where nobody has looked yet."""

    library: records.LibraryFacts | None
    plan: records.PlanFacts | None
    verify: records.VerifyFacts | None


class Verification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to verify."""

    deep: bool = False


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer: the number of the question, and of the choice, counted from 0; or never to ask it again.

    `apart`: ask about each release of several by itself, as questions of their own.
    """

    n: int
    choice: int = -1
    never: bool = False
    apart: bool = False


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer was taken for: a choice, or lines that leave files out for good.

    `doubts`: what speaks against it all the same. `settled`: the questions that it has answered too.
    """

    choice: records.Choice | None = None
    lines: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    settled: tuple[int, ...] = ()


class Back(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to take back: a run, or a file by its number among the library's files; else the last run."""

    run: str | None = None
    file: int | None = None


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing has to be said."""


class Endpoint(NamedTuple):
    """One thing that can be asked for: by whom, what it takes and what it gives."""

    method: str
    path: str
    scope: str
    summary: str
    answer: Callable[[Request, Any], Awaitable[Any]]
    gives: Any
    takes: Any = None
    rows: Any = None  # the record in the rows of a Page


class _Wrong(Exception):  # noqa: N818 - an answer, not an error of this program
    def __init__(self, status: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.event = events.ErrorEvent(code=code, message=message, hint=hint, exit_code=0)


async def _overview(request: Request, _: Any) -> Overview:
    house = house_of(request)
    return Overview(
        library=house.desk.fact("library", records.LibraryFacts),
        plan=house.desk.fact("plan", records.PlanFacts),
        verify=house.desk.fact("verify", records.VerifyFacts),
    )


def _rows(sheet_name: str, kind: str) -> Callable[[Request, Any], Awaitable[Page]]:
    async def answer(request: Request, _: Any) -> Page:
        asked = request.query_params
        most = min(MOST, number(asked.get("most"), 100) or 100)
        sheet = house_of(request).desk.sheet(sheet_name)
        if sheet is None:
            return Page([], None)
        with sheet:
            rows = sheet.rows(kind, asked.get("group"), after=number(asked.get("after")), most=most + 1)
        items = [Item(row.n, row.group, msgspec.Raw(row.data)) for row in rows[:most]]
        return Page(items, items[-1].n if len(rows) > most else None)

    return answer


def _groups(sheet_name: str, kind: str, record: Any) -> Callable[[Request, Any], Awaitable[list[Any]]]:
    async def answer(request: Request, _: Any) -> list[Any]:
        asked = request.query_params
        most, start = min(MOST, number(asked.get("most"), 100) or 100), number(asked.get("start"))
        sheet = house_of(request).desk.sheet(sheet_name)
        if sheet is None:
            return []
        with sheet:
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
    house_of(request).jobs.cancel()
    return house_of(request).jobs.state


async def _preview(request: Request, given: Back) -> State:
    from anivault.web.pages.working import place

    only = place(house_of(request), given.file) if given.file is not None else None
    if given.file is not None and only is None:
        raise _Wrong(404, "not-there", "The library has no file of this number.")
    return _begun(request, "rollback", run=given.run, only=only)


async def _apply(request: Request, _: Any) -> State:
    if house_of(request).made("plan") is None:
        raise _Wrong(
            409,
            "not-planned",
            "There is no plan: it was carried out, or never made.",
            f"POST {BASE}/plan first.",
        )
    return _begun(request, "apply")


async def _undo(request: Request, _: Any) -> State:
    shown = house_of(request).desk.fact("back", records.BackFacts)
    if shown is None:
        raise _Wrong(409, "not-previewed", "Nothing was previewed.", f"POST {BASE}/rollback/preview first.")
    return _begun(request, "rollback", run=shown.run, only=shown.only, apply=True)


async def _reply(request: Request, given: Reply) -> Taken:
    house = house_of(request)
    sheet = house.desk.sheet("plan")
    if sheet is None:
        raise _Wrong(404, "not-there", "There is no plan yet.")
    with sheet:
        row = sheet.row("question", given.n)
        if row is None:
            raise _Wrong(404, "not-there", "There is no such question.")
        if given.apart:
            take_apart(house, row)
            return Taken()
        taken, changed = _taken(house, row.read(records.QuestionRow), given)
        label = taken.choice.label if taken.choice else "never again"
        sheet.mark([given.n], ANSWERED, msgspec.json.encode(Given(label, changed, at=given.n)))
    return msgspec.structs.replace(taken, settled=await settle(house, given.n, label, [changed]))


def _taken(house: House, question: records.QuestionRow, given: Reply) -> tuple[Taken, Changed]:
    if given.never:
        return Taken(lines=question.never), never(house, question.never)
    if not 0 <= given.choice < len(question.choices):
        raise _Wrong(404, "not-there", "There is no such choice.")
    choice = question.choices[given.choice]
    if choice.pin is None:
        raise _Wrong(409, "pin-refused", "No pin can say that.")
    changed = set_pin(house, choice.pin)
    return Taken(choice=choice, doubts=changed.doubts), changed


ENDPOINTS = (
    Endpoint("GET", "/overview", "read", "What is there and what waits.", _overview, Overview),
    Endpoint("GET", "/plan/moves", "read", "Where files go.",
             _rows("plan", "move"), Page, rows=events.MoveEvent),
    Endpoint("GET", "/plan/held", "read", "Files that are held.",
             _rows("plan", "held"), Page, rows=events.HeldEvent),
    Endpoint("GET", "/questions", "read", "What is asked.",
             _rows("plan", "question"), Page, rows=records.QuestionRow),
    Endpoint("GET", "/library/shows", "read", "The shows of the library.",
             _groups("library", "show", records.LibraryShow), list[records.LibraryShow]),
    Endpoint("GET", "/library/files", "read", "The files of the library.",
             _rows("library", "file"), Page, rows=records.LibraryFile),
    Endpoint("GET", "/runs", "read", "The runs, the latest first.",
             _groups("runs", "run", events.RunEvent), list[events.RunEvent]),
    Endpoint("GET", "/runs/files", "read", "The files of runs.",
             _rows("runs", "step"), Page, rows=records.BackRow),
    Endpoint("GET", "/findings", "read", "What verify found.",
             _rows("verify", "finding"), Page, rows=records.FindingRow),
    Endpoint("GET", "/rollback/steps", "read", "What would go back, as last previewed.",
             _rows("back", "back"), Page, rows=records.BackRow),
    Endpoint("GET", "/rollback/held", "read", "What would stay, as last previewed.",
             _rows("back", "held"), Page, rows=records.BackRow),
    Endpoint("GET", "/work", "read", "How far the work is.", _work, State),
    Endpoint("POST", "/plan", "plan", "Plan; changes nothing.", _job("plan"), State, Nothing),
    Endpoint("POST", "/library", "plan", "Look at the library again.", _job("library"), State, Nothing),
    Endpoint("POST", "/verify", "plan", "Verify the library.", _job("verify"), State, Verification),
    Endpoint("POST", "/answers", "plan", "Answer a question: a pin, or an ignore line.",
             _reply, Taken, Reply),
    Endpoint("POST", "/rollback/preview", "plan", "Show what it means to take back.",
             _preview, State, Back),
    Endpoint("POST", "/apply", "apply", "Carry out the plan that was made.", _apply, State, Nothing),
    Endpoint("POST", "/rollback", "apply", "Take back what was previewed.", _undo, State, Nothing),
    Endpoint("POST", "/cancel", "plan", "Stop between two files.", _cancel, State, Nothing),
)  # fmt: skip


def _route(endpoint: Endpoint) -> Route:
    async def answer(request: Request) -> Response:
        if endpoint.scope not in request.scope["state"]["scopes"]:
            return _json(403, _Wrong(403, "scope", f"This needs a token that may {endpoint.scope}.").event)
        try:
            given = msgspec.json.decode(await request.body() or b"{}", type=endpoint.takes or Nothing)
            return _json(200 if endpoint.method == "GET" else 202, await endpoint.answer(request, given))
        except _Wrong as wrong:
            return _json(wrong.status, wrong.event)
        except msgspec.MsgspecError as error:
            return _json(400, _Wrong(400, "request", str(error)).event)
        except AniVaultError as error:
            return _json(409, _Wrong(409, error.code, str(error), getattr(error, "hint", "")).event)

    return Route(BASE + endpoint.path, answer, methods=[endpoint.method])


def _json(status: int, what: Any) -> Response:
    return Response(msgspec.json.encode(what), status, media_type="application/json")


async def _openapi(request: Request) -> Response:
    return _json(200, description(house_of(request).rules.prefix))


ROUTES = [*map(_route, ENDPOINTS), Route(f"{BASE}/openapi.json", _openapi)]


def description(prefix: str = "") -> dict[str, Any]:
    """The OpenAPI description of every endpoint, made from the records."""
    kinds = {kind for e in ENDPOINTS for kind in (e.gives, e.takes, e.rows) if isinstance(kind, type)}
    kinds |= {records.LibraryShow, events.RunEvent, events.ErrorEvent}
    names = sorted(kinds - {Page}, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(names, ref_template="#/components/schemas/{name}")
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AniVault",
            "version": __version__,
            "description": (__doc__ or "").partition("\n")[0],
        },
        "servers": [{"url": f"{prefix}{BASE}"}],
        "security": [{"token": []}],
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "paths": paths,
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    done = {"description": "Done, or begun.", "content": _content(_given(endpoint))}
    made: dict[str, Any] = {
        "summary": endpoint.summary,
        "description": f"For tokens that may {endpoint.scope}.",
        "responses": {
            "200" if endpoint.method == "GET" else "202": done,
            "default": {"description": "Refused.", "content": _content(_ref(events.ErrorEvent))},
        },
    }
    if endpoint.takes:
        made["requestBody"] = {"content": _content(_ref(endpoint.takes))}
    if endpoint.rows:
        made["parameters"] = [
            _parameter("after", "integer"),
            _parameter("most", "integer"),
            _parameter("group", "string"),
        ]
    return made


def _given(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.rows:
        item = {"n": {"type": "integer"}, "group": {"type": "string"}, "record": _ref(endpoint.rows)}
        rows = {"type": "array", "items": {"type": "object", "properties": item, "required": sorted(item)}}
        page = {"items": rows, "next": {"type": ["integer", "null"]}}
        return {"type": "object", "properties": page, "required": ["items", "next"]}
    if isinstance(endpoint.gives, type) and issubclass(endpoint.gives, msgspec.Struct):
        return _ref(endpoint.gives)
    return {"type": "array", "items": _ref(endpoint.gives.__args__[0])}


def _ref(kind: Any) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _parameter(name: str, kind: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": kind}}
