"""Take runs back: a plan of inverse steps, previewed, then carried out by the executor.

In: a library, and which runs, files or dates. Out: a RollbackPlan, with what stands against it, or the
Report of having done it. A file changed since is left alone, a place that is taken stays so, only
folders that a run made are removed, and only when empty. Planning reads the journal and the disk.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from anivault.core.models import Held, HeldReason
from anivault.core.moving import journal
from anivault.core.moving.checks import READS, RefusedError, checked_source, is_back, require_inside
from anivault.core.moving.effects import folder_of
from anivault.core.moving.executor import REASONS, Progress, Report, Signals, carry_out
from anivault.core.moving.journal import Do, History, Journal, RunLog, Step
from anivault.core.moving.preflight import require_room
from anivault.shared import fs
from anivault.shared.errors import FolderNotFoundError, RunNotFoundError, UnfinishedRunError

BACK = {Do.RENAME: Do.RENAME, Do.CARRY: Do.CARRY, Do.MKDIR: Do.RMDIR}  # all others: the copy is removed


class RollbackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be taken back. `roots[0]` is the library; steps are relative to them."""

    library: str
    runs: tuple[str, ...]
    roots: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def conflicts(self) -> tuple[Held, ...]:
        """The steps that will be held as things are now; looks at the disk each time."""
        return tuple(_conflicts(self.roots, self.steps))

    @property
    def files(self) -> tuple[Step, ...]:
        """The steps that are about files."""
        return tuple(s for s in self.steps if s.do is not Do.RMDIR)


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
    called before. Without `run` and `since`, `only` looks through all runs. Raises WrongDiskError for a
    source that is on another disk now, unless `other_disk`.
    """
    history = journal.read(library) if os.path.isdir(library) else None
    if history is None:
        raise FolderNotFoundError(library, "library")
    if history.unfinished:
        raise UnfinishedRunError(library)
    plan = _plan(history, os.path.abspath(library), run, since, [os.path.abspath(path) for path in only])
    if not other_disk:
        for log in history.runs:
            if log.run.id in plan.runs:
                journal.require_disks(log.run, plan.library)
    return plan


def apply(plan: RollbackPlan, *, progress: Progress | None = None) -> Report:
    """Carry a rollback out, as a run of its own."""
    with Signals() as signals, journal.writing(plan.library) as log:
        steps = _still_living(log, plan)
        _check_room(plan.roots, steps)
        return carry_out(log, signals, "rollback", plan.roots[1:], steps, len(plan.steps), progress)


def _check_room(roots: Sequence[str], steps: Sequence[Step]) -> None:
    """Refuse what cannot fit back on the disks that files came from."""
    needed = Counter[int]()
    for step in steps:
        needed[step.to_root] += step.size if step.do is Do.CARRY else 0
    for number, size in needed.items():
        if size and os.path.isdir(roots[number]):
            require_room(roots[number], size, "Make room there, or name the files to take back.")


def _still_living(log: Journal, plan: RollbackPlan) -> list[Step]:
    """Leave out what another rollback has taken back since the preview."""
    living = log.history.living()
    return [step for step in plan.steps if step.undoes in living]


def _plan(
    history: History, library: str, run: str | None, since: float | None, only: list[str]
) -> RollbackPlan:
    living = history.living()
    runs = _chosen(history, living, library, run, since, bool(only))
    roots = [library]
    for log in runs:
        roots += [path for path in journal.roots_now(log.run, library) if path not in roots]
    steps = list(_inverses(living, runs, roots, only))
    require_inside(steps)
    numbered = tuple(msgspec.structs.replace(step, i=i) for i, step in enumerate(steps))
    names = tuple(log.run.id for log in runs)
    return RollbackPlan(library=library, runs=names, roots=tuple(roots), steps=numbered)


def _chosen(
    history: History,
    living: dict[tuple[str, int], tuple[RunLog, Step]],
    library: str,
    run: str | None,
    since: float | None,
    everything: bool,
) -> list[RunLog]:
    """Return the runs to take back, the latest first."""
    alive = {name for (name, _), (_, step) in living.items() if step.do is not Do.MKDIR}
    alive = alive or {name for name, _ in living}  # of some only a folder with something in it is left
    runs = [log for log in reversed(history.runs) if log.run.mode != "rollback"]
    if run is not None:
        if not any(log.run.id == run for log in runs):
            raise RunNotFoundError(run, library)
        return [log for log in runs if log.run.id == run]
    runs = [log for log in runs if log.run.id in alive and (since is None or log.run.time >= since)]
    return runs if everything or since is not None else runs[:1]


def _inverses(
    living: dict[tuple[str, int], tuple[RunLog, Step]], runs: list[RunLog], roots: list[str], only: list[str]
) -> Iterator[Step]:
    """Yield the inverses, the latest effect first; folders after all files, the deepest first."""
    names = {log.run.id for log in runs}
    backwards = [(log, step) for (name, _), (log, step) in reversed(living.items()) if name in names]
    numbers = {log.run.id: [roots.index(p) for p in journal.roots_now(log.run, roots[0])] for log in runs}
    going: dict[tuple[str, int], Step] = {}
    for log, step in backwards:
        if step.do is not Do.MKDIR and _wanted(step, roots, numbers[log.run.id], only):
            going[log.run.id, step.i] = step
            yield _inverse(log, step, numbers[log.run.id])
    yield from _folders(living, names if not only else set(), going)


def _folders(
    living: dict[tuple[str, int], tuple[RunLog, Step]], names: set[str], going: dict[tuple[str, int], Step]
) -> Iterator[Step]:
    """Yield the removal of folders that were made by these runs, or by any and are now left.

    A folder that a file of another run is in stays without a word: it is still needed.
    """
    files = {key: step for key, (_, step) in living.items() if step.do is not Do.MKDIR}
    left = {path for step in going.values() for path in _with_parents(folder_of(step.to))}
    kept = {p for key in files.keys() - going.keys() for p in _with_parents(folder_of(files[key].to))}
    made = {s.to: (log, s) for log, s in living.values() if s.do is Do.MKDIR and s.to_root == 0}
    for path, (log, step) in sorted(made.items(), key=lambda item: item[0].count("/"), reverse=True):
        if path not in kept and (log.run.id in names or path in left):
            yield Step(i=0, do=Do.RMDIR, rel=path, undoes=(log.run.id, step.i))


def _with_parents(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder_of(folder)


def _wanted(step: Step, roots: list[str], numbers: list[int], only: list[str]) -> bool:
    """True when the step's file, by its new or its old name, is or lies in one of `only`."""
    if not only:
        return True
    places = ((roots[0], step.to), (roots[numbers[step.root]], step.rel))
    paths = [os.path.normpath(os.path.join(*place)) for place in places]
    return any(path == wish or path.startswith(wish + os.sep) for path in paths for wish in only)


def _inverse(log: RunLog, step: Step, numbers: list[int]) -> Step:
    """Return the step that takes `step` back: the file as the run left it goes where it was before."""
    left = log.left(step)
    return Step(
        i=0,
        do=BACK.get(step.do, Do.REMOVE),
        root=0,
        rel=step.to,
        to_root=numbers[step.root],
        to=step.rel,
        size=step.size,
        mtime_ns=left.mtime_ns,
        then_mtime_ns=step.mtime_ns,
        mode=step.mode,
        owner=step.owner,
        attrs=step.attrs,
        hash=left.hash,
        undoes=(log.run.id, step.i),
    )


def _conflicts(roots: Sequence[str], steps: tuple[Step, ...]) -> Iterator[Held]:
    """Yield the steps that cannot be as things are now."""
    folders = [fs.Folders(root) for root in roots]
    going = {(step.root, step.rel) for step in steps}
    coming: set[tuple[int, str]] = set()  # names that an earlier step gives back
    for step in steps:
        try:
            if (step.root, step.rel) not in coming:
                checked_source(folders, step)
            _check_place(folders, step, going)
            coming.add((step.to_root, step.to))
        except RefusedError as refused:
            yield Held(root=roots[0], rel=step.rel, reason=refused.reason, detail=refused.detail)
        except OSError as error:
            if is_back(folders, step):
                continue
            reason = REASONS.get(error.errno or 0, HeldReason.NOT_PERMITTED)
            yield Held(root=roots[0], rel=step.rel, reason=reason, detail=error.strerror or "")
    for each in folders:
        each.close()


def _require_root(root: str) -> None:
    """A folder is made again; a root is not: its disk may be absent."""
    if not os.path.isdir(root):
        raise RefusedError(HeldReason.NOT_PERMITTED, f"{root} is not there: make it, or mount its disk")


def _check_place(folders: list[fs.Folders], step: Step, going: set[tuple[int, str]]) -> None:
    """Refuse a place that is taken, and a folder that would not be empty."""
    if step.do is Do.RMDIR:
        inside = os.listdir(folders[0].open(step.rel))
        if stays := [name for name in inside if (0, f"{step.rel}/{name}") not in going]:
            raise RefusedError(HeldReason.FOLDER_NOT_EMPTY, min(stays))
    elif step.do in READS and (step.to_root, step.to) not in going:
        folder, _, name = step.to.rpartition("/")
        try:
            taken = fs.exists(folders[step.to_root].open(folder), name)
        except FileNotFoundError:
            _require_root(folders[step.to_root].root)
            return
        if taken:
            raise RefusedError(HeldReason.TARGET_TAKEN)
