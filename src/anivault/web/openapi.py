"""What the API takes and gives, and its description by OpenAPI, which is made from these records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request

from anivault import __version__
from anivault.cli import events
from anivault.web import records

MOST = 1000  # rows of one answer


class Standing(msgspec.Struct, frozen=True):
    """The answer that a question has: `turn` names it, to replace it or to undo it."""

    turn: int
    said: str
    put_off: bool


class Item(msgspec.Struct, frozen=True):
    """One row: its number, the group that it is in, and its record. Of a question: its answer."""

    n: int
    group: str
    record: msgspec.Raw
    answer: Standing | UnsetType | None = UNSET


class Page(msgspec.Struct, frozen=True):
    """Some rows; `next` is the `after` of the following ones, null where there are none.

    `sheet` says what the rows are of. What is made later has other numbers, and another `sheet`.
    """

    items: list[Item]
    next: int | None
    sheet: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What is there and what waits; null where nobody has looked yet. `review`: how far the questions are.

    `left_out`: files that the user leaves out of the plan.
    `sheets`: by name what the numbers of rows are of now: the plan, the library, what was previewed.
    """

    library: records.LibraryFacts | None
    plan: records.PlanFacts | None
    verify: records.VerifyFacts | None
    review: records.Counts
    left_out: int = 0
    sheets: dict[str, str]


class Verification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to verify."""

    deep: bool = False


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An answer: the `sheet` that the question was read from, its number, and one of four things.

    `choice`: by its number, counted from 0. `never`: never ask about these files again. `apart`: ask about
    each release of several by itself, as questions of their own. `later`: put it off until the next plan.
    `was`: the turn of the answer that this one replaces; 0 for a question without an answer.
    """

    n: int
    sheet: str = ""
    choice: int | None = None
    never: bool = False
    apart: bool = False
    later: bool = False
    was: int = 0


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer was taken for: a choice, or lines that leave files out for good.

    `doubts`: what speaks against it all the same. `settled`: the questions that it has answered too.
    `turn`: names it, to undo it.
    """

    choice: records.Choice | None = None
    lines: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    settled: tuple[int, ...] = ()
    turn: int = 0


class Unsaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to undo of the answers to a `sheet`: the last one, by its turn."""

    turn: int
    sheet: str = ""


class Back(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to take back: a run, or a file by its number on the library's `sheet`; else the last run."""

    run: str | None = None
    file: int | None = None
    sheet: str = ""


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which `sheet` it is to be done, as `/overview` says; refused without, and if that was replaced."""

    sheet: str = ""


class Wanted(Seen, frozen=True, forbid_unknown_fields=True):
    """The plan of a `sheet`; where a known library is away, a second one begins only if `anew` says so."""

    anew: bool = False


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing has to be said."""


class Parameter(NamedTuple):
    """What can be asked for in an address: its least and its most where it is a number, and what it means."""

    name: str
    words: str
    least: int | None = None
    most: int | None = None


_MOST = Parameter("most", "So many rows at most; 100 if it is not said.", 1, MOST)
OF_ROWS = (
    Parameter("after", "Only rows behind this one: the `next` of an answer.", 0, 2**53),
    _MOST,
    Parameter("group", "Only rows of this group."),
    Parameter("sheet", "The `sheet` of an answer before this one: refused if that was replaced."),
)
OF_GROUPS = (Parameter("start", "So many are passed over.", 0, 2**53), _MOST)


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
    asks: tuple[Parameter, ...] = ()
    answered: bool = False  # whether rows say their answers


def description(endpoints: Iterable[Endpoint], base: str, summary: str) -> dict[str, Any]:
    """The OpenAPI description of every endpoint, made from the records."""
    kinds = {kind for e in endpoints for kind in (e.gives, e.takes, e.rows) if isinstance(kind, type)}
    kinds |= {records.LibraryShow, events.RunEvent, events.ErrorEvent, Standing}
    names = sorted(kinds - {Page}, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(names, ref_template="#/components/schemas/{name}")
    paths: dict[str, Any] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "AniVault", "version": __version__, "description": summary},
        "servers": [{"url": base}],
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
    if endpoint.asks:
        made["parameters"] = [_parameter(one) for one in endpoint.asks]
    return made


def _given(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.rows:
        item: dict[str, Any] = {
            "n": {"type": "integer"},
            "group": {"type": "string"},
            "record": _ref(endpoint.rows),
        }
        if endpoint.answered:
            item["answer"] = {"anyOf": [_ref(Standing), {"type": "null"}]}
        rows = {"type": "array", "items": {"type": "object", "properties": item, "required": sorted(item)}}
        page = {"items": rows, "next": {"type": ["integer", "null"]}, "sheet": {"type": "string"}}
        said = " ".join((Page.__doc__ or "").split())
        return {"type": "object", "description": said, "properties": page, "required": sorted(page)}
    if isinstance(endpoint.gives, type) and issubclass(endpoint.gives, msgspec.Struct):
        return _ref(endpoint.gives)
    return {"type": "array", "items": _ref(endpoint.gives.__args__[0])}


def _ref(kind: Any) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _parameter(one: Parameter) -> dict[str, Any]:
    bounds: dict[str, Any] = {} if one.least is None else {"minimum": one.least, "maximum": one.most}
    schema = {"type": "string" if one.least is None else "integer", **bounds}
    return {"name": one.name, "in": "query", "description": one.words, "schema": schema}
