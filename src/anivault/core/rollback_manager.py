"""Take runs back: a plan of inverse steps, previewed, then carried out by the executor.

In: a library, and which runs, files or dates. Out: a RollbackPlan, or the Report of having done it. A file
changed since is left alone, a place that is taken stays so, and folders go only when empty. Planning reads
the journal and the disk; `core/moving/rollback/` has how. `brought_back` takes back what left for nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import msgspec

from anivault.core.models import Plan
from anivault.core.moving import history
from anivault.core.moving.executor import Report, carry_out
from anivault.core.moving.history import Put, Replay
from anivault.core.moving.journal.log import RunLog
from anivault.core.moving.journal.records import ADOPT, Do, Step
from anivault.core.moving.journal.roots import require_disks, roots_now
from anivault.core.moving.journal.turns import in_the_middle
from anivault.core.moving.journal.writer import Journal, writing
from anivault.core.moving.pace import Pace, Signals
from anivault.core.moving.preflight import require_room
from anivault.core.moving.rollback.inverse import RollbackPlan, inverse
from anivault.shared.errors import (
    AniVaultError,
    FolderNotFoundError,
    NotInHistoryError,
    RunIsRollbackError,
    RunNotFoundError,
    quoted,
)


def plan_rollback(
    library: str,
    run: str | None = None,
    *,
    since: float | None = None,
    only: Sequence[str] = (),
    other_disk: bool = False,
) -> RollbackPlan:
    """Plan to take back one run (the last that still has an effect), or all since a time, or some paths.

    `since` is in seconds since 1970; `only` names files or folders, in the library or as they were
    called before. Without `run` and `since`, `only` looks through all runs; a file that it names and
    that is gone is noted to be gone. Raises WrongDiskError for a source that is on another disk now,
    unless `other_disk`.
    """
    if not os.path.isdir(library):
        raise FolderNotFoundError(library, "library")
    replay = history.read(library)
    if replay.unfinished:
        raise in_the_middle(library)
    plan = _plan(replay, run, since, [os.path.abspath(path) for path in only])
    if not other_disk:
        for log in replay.runs:
            if log.run.id in plan.runs:
                require_disks(log.run, plan.library)
    return plan


def apply(plan: RollbackPlan, *, progress: Pace | None = None) -> Report:
    """Carry a rollback out, as a run of its own."""
    with Signals() as signals, writing(plan.library, known=plan.history) as log:
        steps = plan.steps if log.history is plan.history else _still_living(log, plan)
        _check_room(plan.roots, steps)
        total = len(plan.steps)
        report = carry_out(
            log, signals, "rollback", plan.roots[1:], steps, total, progress, folders=plan.folders
        )
        return msgspec.structs.replace(report, held=(*plan.held, *report.held))


@contextmanager
def brought_back(plan: Plan) -> Iterator[None]:
    """Bring old files back whose better ones did not come after all, whatever the run ended with."""
    try:
        yield
    finally:
        if plan.returns:
            with suppress(AniVaultError):  # the run's own error is the one to tell
                _bring_back(plan)


def _bring_back(plan: Plan) -> None:
    replay = history.read(plan.library)
    if replay.unfinished:  # `recover` has to come first
        return
    run = replay.runs[-1].run.id
    instead = {one.rel: one.instead for one in plan.returns}
    lost = [
        os.path.join(plan.library, past.place)
        for (name, _), past in replay.left.items()
        if name == run and instead.get(past.place, past.place) not in replay.files
    ]
    if lost:
        apply(plan_rollback(plan.library, run, only=lost))


def _check_room(roots: Sequence[str], steps: Sequence[Step]) -> None:
    """Refuse what cannot fit back on the disks that files came from, or in the library."""
    needed = Counter[int]()
    for step in steps:
        needed[step.to_root] += step.size if step.do in (Do.CARRY, Do.COPY) else 0
    for number, size in needed.items():
        if size and os.path.isdir(roots[number]):
            require_room(roots[number], size, "Make room there, or name the files to take back.")


def _still_living(log: Journal, plan: RollbackPlan) -> list[Step]:
    """Leave out what another rollback has taken back since the preview."""
    replay = Replay(log.history, plan.library)
    folders = (put for ways in replay.folders.values() for put in ways)
    living = {put.key for put in (*replay.living(), *folders)}
    return [step for step in plan.steps if step.undoes is None or step.undoes in living]


def _plan(replay: Replay, run: str | None, since: float | None, only: list[str]) -> RollbackPlan:
    for path in only:
        if not replay.knows(path):
            raise NotInHistoryError(path, replay.library)
    return inverse(replay, _chosen(replay, run, since, bool(only)), only)


def _alive(replay: Replay, *, folders: bool) -> set[str]:
    """The runs that something is left of: files, and `folders`; those alone where no run has a file."""
    alive = {put.run for put in replay.living()}
    if folders or not alive:
        alive |= {put.run for put in replay.made_folders().values()}
    return alive


def _chosen(replay: Replay, run: str | None, since: float | None, everything: bool) -> list[RunLog]:
    """Return the runs to take back, the latest first."""
    if run is not None:
        return [_named(replay, run)]
    alive = _alive(replay, folders=since is not None)
    runs = [log for log in reversed(replay.runs) if log.run.id in alive and log.run.mode != "rollback"]
    runs = [log for log in runs if since is None or log.run.time >= since]
    return runs if everything or since is not None else runs[:1]


def _named(replay: Replay, run: str) -> RunLog:
    found = next((log for log in replay.runs if log.run.id == run), None)
    if found is None:
        raise RunNotFoundError(run, replay.library)
    if found.run.mode != "rollback":
        return found
    undone = replay.undone.get(run, [])
    logs = [log for log in replay.runs if log.run.id in undone]
    redo = " && ".join(_again(log, replay.library) for log in logs) or f"anivault history {quoted(run)}"
    raise RunIsRollbackError(run, ", ".join(undone) or "nothing", redo)


def _again(log: RunLog, library: str) -> str:
    """Return the words that do a run again."""
    if log.run.mode == ADOPT:
        return f"anivault adopt {quoted(library)} --apply"
    roots = roots_now(log.run, library)[1:]
    if set(roots) == {library}:
        return f"anivault rename {quoted(library)} --apply"
    sources = " ".join(quoted(root) for root in roots)
    better = any(Put(0, log, step, [library, *roots]).leaves for step in log.happened())
    mode = f"{log.run.mode}{' --upgrade' if better else ''}"
    return f"anivault organize {sources} --to {quoted(library)} --mode {mode} --apply"
