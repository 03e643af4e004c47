"""Keep of runs what the journal alone does not say: how much of the plan they did, and what they held."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec.structs import replace

from anivault.cli import events
from anivault.core.causes import HEADS
from anivault.core.models import Held
from anivault.core.moving.history import Replay
from anivault.core.moving.journal.log import RunLog
from anivault.web.desk import DONE, Desk, Sheet, Writer
from anivault.web.records import BackRow, PlanFacts, Since

STEP = 5000  # moves that are read at once
MOST = 10_000  # held files of one run that are kept


def compare(desk: Desk, journal: str, past: Replay) -> None:
    """Mark the moves of the plan that are done, where the journal is another one than the plan knows."""
    sheet = desk.sheet("plan")
    if sheet is None:
        return
    with sheet:
        plan = sheet.fact("plan", PlanFacts)
        if plan is None or plan.journal == journal:
            return
        later = {log.run.id: log for log in past.runs if log.run.time >= int(plan.made)}
        done = _done(sheet, _put(past, later))
        sheet.unmark([n for n in sheet.marked(DONE) if n not in done], DONE)
        sheet.mark(list(done), DONE)
    with desk.writing("since") as known:
        known.fact("since", _since(Since(made=plan.made, journal=journal, done=len(done)), later, done))


def _since(since: Since, later: Mapping[str, RunLog], done: Mapping[int, str]) -> Since:
    """The last run that did a part of the plan, or else the last of all, and how it ended."""
    ours = set(done.values()) or later.keys()
    log = next((log for name, log in reversed(list(later.items())) if name in ours), None)
    if log is None:
        return since
    return replace(since, run=log.run.id, state=str(log.end.state) if log.end else "unfinished")


def _put(past: Replay, runs: Collection[str]) -> dict[tuple[str, str], str]:
    """Which run put a file where, by its source and its place."""
    last = (file.puts[-1] for file in past.files.values())
    return {(events.shown(p.source), events.shown(p.place)): p.run for p in last if p.run in runs}


def _done(sheet: Sheet, put: Mapping[tuple[str, str], str]) -> dict[int, str]:
    """The numbers of the moves that are done, and by which run."""
    moves = _moves(sheet) if put else ()
    return {n: run for n, move in moves if (run := put.get((move.path, move.target)))}


def _moves(sheet: Sheet) -> Iterator[tuple[int, events.MoveEvent]]:
    after = 0
    while rows := sheet.rows("move", after=after, most=STEP):
        yield from ((row.n, row.read(events.MoveEvent)) for row in rows)
        after = rows[-1].n


def why_held(item: Held) -> str:
    """Why a file is held, in the words of the commands."""
    return events.shown(f"{HEADS[item.reason]} ({item.detail})" if item.detail else HEADS[item.reason])


def keep_held(desk: Desk, run: str, rows: Sequence[BackRow]) -> None:
    """Keep which files a run held; "" is the run that was not begun, as all were held."""
    if desk.sheet("runs") is None:
        with desk.writing("runs"):
            pass
    sheet = desk.sheet("runs")
    assert sheet
    with sheet:
        sheet.renew("held", run, [(row.path, row) for row in rows[:MOST]])


def kept_held(desk: Desk) -> dict[str, list[BackRow]]:
    """The files that runs held, by run."""
    sheet, found = desk.sheet("runs"), dict[str, list[BackRow]]()
    if sheet:
        with sheet:
            for row in sheet.rows("held", most=100 * MOST):
                found.setdefault(row.group, []).append(row.read(BackRow))
    return found


def write_held(sheet: Writer, run: str, rows: Sequence[BackRow]) -> None:
    """Write the files that a run held on a new sheet."""
    for row in rows:
        sheet.row("held", run, row.path, row)
