"""The history: runs, their files, and what it would mean to take one back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anivault.cli import events
from anivault.web.desk import stamp
from anivault.web.pages.rendering import cut, go, house_of, missing, number, past_the_end, render
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.pages.working import held_of
from anivault.web.records import BackFacts, BackRow, LibraryFacts

RUNS, FILES = 50, 100


@while_unchanged
def show(request: Request) -> Response:
    """Every run, the latest first."""
    house = house_of(request)
    sheet, start = house.desk.sheet("runs"), number(request.query_params.get("start"))
    runs, found = [], 0
    if sheet:
        with sheet:
            runs = sheet.groups("run", events.RunEvent, start=start, most=RUNS)
            found = sheet.count_groups("run")
    if start and start >= found:
        return past_the_end(request, "/history")
    return render(
        request, "history/history.html", runs=runs, found=found, start=start, step=RUNS,
        changed=house.is_changed(), away=house.is_away(), shelf=house.desk.fact("library", LibraryFacts),
    )  # fmt: skip


@while_unchanged
def run(request: Request) -> Response:
    """One run with its files, some at a time."""
    house, name = house_of(request), request.query_params.get("run", "")
    sheet, found, rows = house.desk.sheet("runs"), None, []
    if sheet:
        with sheet:
            found = sheet.one_group("run", name, events.RunEvent)
            rows = sheet.rows("step", name, after=number(request.query_params.get("after")), most=FILES + 1)
    if found is None:
        what = f"The history has no run {name}." if name else "No run is named."
        return missing(request, what, "/history", "To the history")
    if not rows and "after" in request.query_params:
        return past_the_end(request, "/history/run", run=name)
    rows, more = cut(rows, FILES)
    files = [(row.n, row.read(BackRow)) for row in rows]
    held, further = held_of(house, name)
    return render(
        request, "history/run.html", run=found, files=files, more=more, held=held, further=further,
        changed=house.is_changed(),
    )  # fmt: skip


@while_unchanged
def held(request: Request) -> Response:
    """The files that a run held, some at a time."""
    house, asked = house_of(request), request.query_params
    rows, more = held_of(house, asked.get("run", ""), number(asked.get("after")))
    if not rows:
        what = "This run held no file, or no more than those before."
        return missing(request, what, "/history", "To the history")
    return render(request, "history/held_files.html", run=asked.get("run", ""), held=rows, more=more)


def undo(request: Request) -> Response:
    """What goes back where, and what stands against it."""
    house, after = house_of(request), number(request.query_params.get("after"))
    facts, sheet = house.desk.fact("back", BackFacts), house.desk.sheet("back")
    if facts is None or sheet is None:
        return go(request, "/history")
    with sheet:
        rows = sheet.rows("back", after=after, most=FILES + 1)
        held = sheet.rows("held", "file", after=number(request.query_params.get("held")), most=FILES + 1)
        stay = sheet.rows("held", "folder", most=FILES)
        gone = sheet.rows("gone", most=FILES)
    if after and not rows:
        return past_the_end(request, "/undo")
    rows, more = cut(rows, FILES)
    held, more_held = cut(held, FILES)
    return render(
        request,
        "history/undo.html",
        back=facts,
        rows=[row.read(BackRow) for row in rows],
        more=more,
        held=[row.read(BackRow) for row in held],
        more_held=more_held,
        stay=[row.read(BackRow) for row in stay],
        changed=facts.journal != stamp(house.library),
        gone=[row.read(BackRow) for row in gone],
    )
