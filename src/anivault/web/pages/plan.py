"""The plan: by show, folded; what is held, by reason; and what the user changes before it is applied."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from anivault.cli import events
from anivault.core.causes import HEADS
from anivault.web.desk import DONE, LEFT_OUT, Row, Sheet
from anivault.web.house import House
from anivault.web.pages.answered.turns import counts
from anivault.web.pages.asking import numbers, pinned
from anivault.web.pages.rendering import (
    cut,
    form,
    go,
    house_of,
    missing,
    number,
    past_the_end,
    render,
    replaced,
)
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.records import HeldPart, LibraryFacts, PinWords, PlanFacts, ShowPart

SHOWS, FILES = 60, 100  # a page
MOST = 1 << 20  # files of one show
STATES = ("goes", "held", LEFT_OUT, DONE)
GONE = "The plan has no such {}. Perhaps it was made again, or applied."


class Listed(NamedTuple):
    """A list of one group of the plan: what its rows are, and where it is shown."""

    kind: str  # of the rows
    record: type[events.MoveEvent | events.HeldEvent]
    group: str  # what the rows are grouped by
    part: type[ShowPart | HeldPart]
    path: str
    parameter: str  # of the address: which group
    template: str


GOING = Listed("move", events.MoveEvent, "show", ShowPart, "/plan/show", "key", "plan/files.html")
HELD = Listed("held", events.HeldEvent, "reason", HeldPart, "/plan/held", "reason", "plan/held.html")


@while_unchanged
def show(request: Request) -> Response:
    """The plan in numbers, its shows, and why files are held; with words, a state or a reason some of it."""
    house = house_of(request)
    facts, sheet = house.desk.fact("plan", PlanFacts), house.desk.sheet("plan")
    state, reason = _chosen(request)
    if not (state in ("", *STATES) and reason in ("", *HEADS)):
        what = "Files of a plan have no such state, and are held for no such reason."
        return missing(request, what, "/plan", "To the whole plan")
    if facts is None or sheet is None:
        return render(
            request,
            "plan/plan.html",
            plan=None,
            outdated=False,
            runs=house.desk.sheet("runs"),
            **_away(house),
        )
    with sheet:
        found = _some_of(request, sheet, state, reason)
        if found is None:
            return past_the_end(request, "/plan", q=request.query_params.get("q"), state=state)
        return render(
            request,
            "plan/plan.html",
            plan=facts,
            step=SHOWS,
            outdated=house.is_outdated(facts),
            since=house.since(facts),
            behind=house.is_behind(),
            done=sheet.count_marked("move", DONE),
            **_away(house),
            answers=counts(house),
            **found,
        )


def _away(house: House) -> dict[str, Any]:
    """Whether the library is there, and what was seen of it last."""
    return {"away": house.is_away(), "shelf": house.desk.fact("library", LibraryFacts)}


def _chosen(request: Request) -> tuple[str, str]:
    """The state and the reason that are asked for; what has a reason is held."""
    state, reason = request.query_params.get("state", ""), request.query_params.get("reason", "")
    return "held" if reason else state, reason


def _some_of(request: Request, sheet: Sheet, state: str, reason: str) -> dict[str, Any] | None:
    """What of the plan is asked for; None where the list has no such page."""
    asked = request.query_params
    search, start, after = asked.get("q", "")[:200], number(asked.get("start")), number(asked.get("after"))
    shows = sheet.groups("show", ShowPart, search=search, start=start, most=SHOWS)
    found = sheet.count_groups("show", search)
    reasons = sheet.groups("reason", HeldPart)
    marked = sorted(sheet.marked(state)) if state in (LEFT_OUT, DONE) else []
    rows = _rows(sheet, [n for n in marked if n > after][: FILES + 1])
    if (start and start >= found) or (after and not rows):
        return None
    return {
        "search": search, "state": state, "reason": reason, "start": start, "shows": shows, "found": found,
        "reasons": reasons, "held": _held(sheet, reasons, reason, search), "marked": len(marked),
        "left_out": house_of(request).left_out(), "left_of": sheet.count_marked("move", LEFT_OUT),
        "rows": rows[:FILES], "more": rows[FILES - 1][0] if len(rows) > FILES else 0,
    }  # fmt: skip


def _held(
    sheet: Sheet, reasons: list[tuple[str, HeldPart]], reason: str, search: str
) -> list[tuple[str, int]]:
    """How many files are held for each reason that is asked for."""
    counts = sheet.count_rows("held", search) if search else {key: part.files for key, part in reasons}
    return [(key, counts[key]) for key, _ in reasons if reason in ("", key) and counts.get(key)]


def _rows(sheet: Sheet, numbers: list[int]) -> list[tuple[int, events.MoveEvent, bool]]:
    """Files of the plan by their numbers, each with whether it is left out."""
    left = sheet.marked(LEFT_OUT)
    rows = [sheet.row("move", n) for n in numbers]
    return [(row.n, row.read(events.MoveEvent), row.n in left) for row in rows if row]


@while_unchanged
def files(request: Request) -> Response:
    """The files of one show, some at a time."""
    return _some(request, GOING)


@while_unchanged
def held(request: Request) -> Response:
    """The files that are held for one reason, some at a time."""
    return _some(request, HELD)


def _some(request: Request, listed: Listed) -> Response:
    sheet, what = house_of(request).desk.sheet("plan"), listed.group
    if sheet is None:
        return missing(request, GONE.format(what), "/plan", "To the plan")
    key, after = request.query_params.get(listed.parameter, ""), number(request.query_params.get("after"))
    search = request.query_params.get("q", "")[:200] if listed is HELD else ""
    with sheet:
        rows = sheet.rows(listed.kind, key, search=search, after=after, most=FILES + 1)
        marks, done = sheet.marked(LEFT_OUT), sheet.marked(DONE)
        part = sheet.one_group(what, key, listed.part)
    if part is None:
        return missing(request, GONE.format(what), "/plan", "To the plan")
    if after and not rows:
        return past_the_end(request, listed.path, **{listed.parameter: key})
    rows, more = cut(rows, FILES)
    return render(
        request,
        listed.template,
        key=key,
        search=search,
        part=part,
        rows=[(row.n, row.read(listed.record), row.n in marks) for row in rows],
        done=done,
        more=more,
        bare="hx-request" in request.headers,
    )


def file(request: Request) -> Response:
    """One file of the plan: where it goes, and what can be said of it instead."""
    sheet = house_of(request).desk.sheet("plan")
    n = number(request.query_params.get("n"))
    row = None
    if sheet:
        with sheet:
            row = sheet.row("move", n)
            left, done = n in sheet.marked(LEFT_OUT), sheet.marked(DONE)
            part = sheet.one_group("show", row.group, ShowPart) if row else None
    if row is None:
        return missing(request, GONE.format("file"), "/plan", "To the plan")
    move = row.read(events.MoveEvent)
    placed = part is not None and is_placed(part, move.path)
    return render(
        request,
        "plan/file.html",
        n=n,
        move=move,
        left=left,
        part=part,
        key=row.group,
        placed=placed,
        at=_place_of(move.target) if placed else ("", ""),
        done=done,
    )


def _place_of(target: str) -> tuple[object, object]:
    """The season and the episode that a name in the library says; "" for what it does not say."""
    from anivault.core.pipeline.parser import parse_path

    said = parse_path(target).parsed
    return ("" if said.season is None else said.season), next(iter(said.episodes), "")


def is_placed(part: ShowPart, path: str) -> bool:
    """Whether a season and an episode can be said of a file: of a series' video that has a number."""
    from anivault.core.models import FileKind, ShowId
    from anivault.core.pipeline.records import kind_of

    show = ShowId.read(part.show)
    of_a_series = show is not None and show.media_type == "tv"
    return of_a_series and kind_of(path) is FileKind.VIDEO and bool(numbers(path))


class Target(msgspec.Struct, frozen=True):
    """Where a file of the plan goes."""

    target: str


def leave(request: Request) -> Response:
    """Leave files out of the plan, or take them in again."""
    house, fields = house_of(request), form(request)
    if not house.is_shown("plan", fields):
        return replaced(request, back="/plan")
    sheet, n = house.desk.sheet("plan"), number(fields.get("n"))
    if sheet:
        with sheet:
            row = sheet.row("move", n)
            if row:
                together = _together(sheet, row, out=fields.get("out") == "1")
                if "hx-request" in request.headers:
                    return _left(request, sheet, row, together)
    return go(request, "/plan/file", n=n)


def _together(sheet: Sheet, row: Row, *, out: bool) -> list[int]:
    """Leave a file out, or take it in, with those that go only with it; returns all their numbers."""
    numbers = {one.read(Target).target: one.n for one in sheet.rows("move", row.group, most=MOST)}
    target = row.read(Target).target
    others = [one.read(str) for one in sheet.rows("sidecar", target, most=FILES)]
    if not out:  # a sidecar goes only where its video does
        found = sheet.rows_like("sidecar", target)
        others += [one.group for one in found if one.read(str) == target]
    together = [row.n, *(numbers[one] for one in others if one in numbers)]
    if out:
        sheet.mark(together, LEFT_OUT)
    else:
        sheet.unmark(together, LEFT_OUT)
    return together


def _left(request: Request, sheet: Sheet, row: Row, together: list[int]) -> Response:
    """What of the page another file left out or taken in changes."""
    house = house_of(request)
    plan = sheet.fact("plan", PlanFacts)
    since = house.since(plan)
    return render(
        request, "plan/left.html", rows=_rows(sheet, together), key=row.group, done=sheet.marked(DONE),
        part=sheet.one_group("show", row.group, ShowPart), left_of=sheet.count_marked("move", LEFT_OUT),
        plan=plan, left_out=house.left_out(), gone=house.is_behind() or (since and since.done),
        done_of=sheet.count_marked("move", DONE),
    )  # fmt: skip


async def place(request: Request) -> Response:
    """Say which season and episode a file is: a pin, as of `anivault pin`; then plan again."""
    house, fields = house_of(request), form(request)
    if not house.is_shown("plan", fields):
        return replaced(request, back="/plan")
    sheet, n = house.desk.sheet("plan"), number(fields.get("n"))
    row = None
    if sheet:
        with sheet:
            row = sheet.row("move", n)
            part = sheet.one_group("show", row.group, ShowPart) if row else None
    path = row.read(events.MoveEvent).path if row else ""
    if not (part and is_placed(part, path)):
        what = "The plan has no such video of a series, or its name has no number."
        return missing(request, what, "/plan", "To the plan")
    season, episode = number(fields.get("season"), -1), number(fields.get("episode"), -1)
    return pinned(request, PinWords(what=path, show=part.show), season, episode, back="/plan")
