"""Take runs back: a plan of inverse steps, previewed, then carried out by the executor.

In: a library, and which runs, files or dates. Out: a RollbackPlan, with what stands against it, or the
Report of having done it. What a file was called is taken back from its last name to its first; one that
a later run or somebody renamed is held. A file changed since is left alone, a place that is taken stays
so, only folders that a run made are removed, and only when empty. Planning reads the journal and the disk.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import takewhile

import msgspec

from anivault.core.models import GONE, Held, HeldReason
from anivault.core.moving import history, journal
from anivault.core.moving.checks import (
    READS,
    RefusedError,
    checked_source,
    is_back,
    require_inside,
    require_root,
    require_twin,
)
from anivault.core.moving.effects import folder_of
from anivault.core.moving.executor import REASONS, Pace, Report, Signals, carry_out
from anivault.core.moving.history import RENAMES, Past, Put, Replay, Whereabouts, lies_in, path_of
from anivault.core.moving.journal import Do, Journal, RunLog, Step
from anivault.core.moving.preflight import require_room
from anivault.shared import fs
from anivault.shared.errors import (
    FolderNotFoundError,
    NotInHistoryError,
    RunIsRollbackError,
    RunNotFoundError,
    UnfinishedRunError,
    quoted,
)
from anivault.shared.progress import Progress

BACK = {Do.RENAME: Do.RENAME, Do.CARRY: Do.CARRY, Do.MKDIR: Do.RMDIR}  # all others: the copy is removed


class RollbackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be taken back. `roots[0]` is the library; steps are relative to them.

    `held` is what the journal alone, or a file's absence, stands against; `folders` are the steps that make
    folders again, by whole path, for the files that go back into them.
    """

    library: str
    runs: tuple[str, ...]
    roots: tuple[str, ...]
    steps: tuple[Step, ...]
    held: tuple[Held, ...] = ()
    folders: dict[str, Step] = {}

    @property
    def conflicts(self) -> tuple[Held, ...]:
        """What will be held as things are now; looks at the disk each time."""
        return outlook(self).held

    @property
    def files(self) -> tuple[Step, ...]:
        """The steps that are about files."""
        return tuple(s for s in self.steps if s.do is not Do.RMDIR)


class Outlook(msgspec.Struct, frozen=True):
    """What a rollback will hold, and the run and number of each step that it will not take back."""

    held: tuple[Held, ...]
    kept: frozenset[tuple[str, int]]


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
        raise UnfinishedRunError(library)
    plan = _plan(replay, run, since, [os.path.abspath(path) for path in only])
    if not other_disk:
        for log in replay.runs:
            if log.run.id in plan.runs:
                journal.require_disks(log.run, plan.library)
    return plan


def apply(plan: RollbackPlan, *, progress: Pace | None = None) -> Report:
    """Carry a rollback out, as a run of its own."""
    with Signals() as signals, journal.writing(plan.library) as log:
        steps = _still_living(log, plan)
        _check_room(plan.roots, steps)
        total = len(plan.steps)
        report = carry_out(
            log, signals, "rollback", plan.roots[1:], steps, total, progress, folders=plan.folders
        )
        return msgspec.structs.replace(report, held=(*plan.held, *report.held))


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
    replay = Replay(log.history, plan.library)
    living = {*replay.living(), *(put.key for ways in replay.folders.values() for put in ways)}
    return [step for step in plan.steps if step.undoes is None or step.undoes in living]


def _plan(replay: Replay, run: str | None, since: float | None, only: list[str]) -> RollbackPlan:
    for path in only:
        if not replay.knows(path):
            raise NotInHistoryError(path, replay.library)
    planner = _Planner(replay, _chosen(replay, run, since, bool(only)), only)
    return planner.plan()


def _chosen(replay: Replay, run: str | None, since: float | None, everything: bool) -> list[RunLog]:
    """Return the runs to take back, the latest first."""
    if run is not None:
        return [_named(replay, run)]
    alive = {name for name, _ in replay.living()}
    if since is not None or not alive:  # of some only a folder is left
        alive |= {put.run for put in replay.made_folders().values()}
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
    roots = journal.roots_now(log.run, library)[1:]
    if set(roots) == {library}:
        return f"anivault rename {quoted(library)} --apply"
    sources = " ".join(quoted(root) for root in roots)
    return f"anivault organize {sources} --to {quoted(library)} --mode {log.run.mode} --apply"


class _Planner:
    """One rollback in the making."""

    def __init__(self, replay: Replay, runs: list[RunLog], only: list[str]) -> None:
        self.replay, self.runs, self.only = replay, runs, only
        self.library = replay.library
        self.names = {log.run.id for log in runs}
        self.roots = [self.library]
        self.going: list[tuple[Put, Step]] = []
        self.held: list[Held] = []
        self.kept: set[str] = set()  # folders of the library that files of runs are in afterwards

    @cached_property
    def whereabouts(self) -> Whereabouts:
        """The files of the library that are not where runs have left them."""
        return Whereabouts(self.library, self.replay.files)

    def plan(self) -> RollbackPlan:
        """Take back the way of each file from its end; then the folders that are left."""
        for past in self.replay.files.values():
            self.take_back(past)
        self.going.sort(key=lambda each: -each[0].order)
        remade = self.remade()
        steps = [*(step for _, step in self.going), *self.folders()]
        require_inside(steps)
        files = {step.undoes[0] for step in steps if step.undoes and step.do is not Do.RMDIR}
        touched = files if self.only else self.names
        return RollbackPlan(
            library=self.library,
            runs=tuple(log.run.id for log in self.runs if log.run.id in touched),
            roots=tuple(self.roots),
            steps=tuple(msgspec.structs.replace(step, i=i) for i, step in enumerate(steps)),
            held=tuple(self.held),
            folders=remade,
        )

    def take_back(self, past: Past) -> None:
        """Plan the way back of one file, as far as the chosen runs reach."""
        wanted = not self.only or any(lies_in(name, wish) for name in past.names for wish in self.only)
        back = list(takewhile(lambda put: wanted and put.run in self.names, reversed(past.puts)))
        rest = past.puts[: len(past.puts) - len(back)]
        if wanted and any(put.run in self.names for put in rest):
            self.hold(past, HeldReason.RENAMED, _later(rest[-1].run, self.library))
        steps = self.ways(past, back) if back else []
        self.going += zip(back, steps, strict=False)
        self.stay(past, len(past.puts) - len(steps))

    def stay(self, past: Past, count: int) -> None:
        """Note the folders that a file is in when all but its first `count` steps are taken back."""
        if count:
            self.kept.update(_with_parents(folder_of(past.puts[count - 1].step.to)))

    def ways(self, past: Past, back: list[Put]) -> list[Step]:
        """Return the inverse steps, the latest first; none for a file that is not where it was left."""
        steps = [self.inverse(put, past.place) for put in back]
        if os.path.lexists(fs.whole(self.library, past.place)):
            return steps
        other = not steps[0].to_root and steps[0].to in self.replay.files  # what is there is another file
        if steps[0].do in RENAMES and not other and self.is_back(steps[0]):
            return steps
        if where := self.whereabouts.now(past):
            self.hold(past, HeldReason.RENAMED, f"renamed by someone; it is now at {where}")
            return []
        last = msgspec.structs.replace(steps[-1], rel=past.place)
        if len(back) == len(past.puts) and self.is_back(last):
            return [*(_gone(past, put) for put in back[:-1]), last]
        if self.only:
            return [_gone(past, put) for put in back]
        self.hold(past, HeldReason.SOURCE_GONE, _let_go(past.place, self.library))
        return []

    def is_back(self, step: Step) -> bool:
        """True when somebody has done already what a step would do."""
        folders = [fs.Folders(root) for root in self.roots]
        try:
            return is_back(folders, step)
        finally:
            for each in folders:
                each.close()

    def hold(self, past: Past, reason: HeldReason, detail: str) -> None:
        """Note that a file stays as it is."""
        self.held.append(Held(root=self.library, rel=past.place, reason=reason, said=detail))

    def inverse(self, put: Put, place: str) -> Step:
        """Return the step that takes `put` back: the file as the run left it goes where it was before."""
        step, left, do = put.step, put.left, BACK.get(put.step.do, Do.REMOVE)
        return Step(
            i=0,
            do=do,
            root=0,
            rel=step.to,
            to_root=self.number(put.roots[step.root]),
            to=step.rel,
            size=step.size,
            mtime_ns=left.mtime_ns,
            then_mtime_ns=step.mtime_ns,
            mode=step.mode,
            owner=step.owner,
            attrs=step.attrs,
            hash="" if do is Do.REMOVE and step.rel and self.is_touched(put, place) else left.hash,
            undoes=put.key,
        )

    def is_touched(self, put: Put, place: str) -> bool:
        """True when a copy may be other than its run left it, though its size and time are as they were.

        Its ctime, which no program can set, is not before the end of the run: the copy itself is read then.
        """
        try:
            now = os.lstat(fs.whole(self.library, place))
        except OSError:
            return False
        return put.log.end is None or now.st_ctime_ns // 10**9 >= put.log.end.time

    def number(self, root: str) -> int:
        """Return the number of a root in this rollback."""
        if root not in self.roots:
            self.roots.append(root)
        return self.roots.index(root)

    def remade(self) -> dict[str, Step]:
        """Return by whole path how to make again the folders that files go back into."""
        needed: set[str] = set()
        for _, step in self.going:
            if step.do in RENAMES:
                needed.update(path_of(self.roots[step.to_root], p) for p in _with_parents(folder_of(step.to)))
        return {
            path: Step(i=0, do=Do.MKDIR, mode=put.step.mode, owner=put.step.owner, undoes=put.key)
            for path, put in self.replay.removed_folders().items()
            if path in needed
        }

    def folders(self) -> Iterator[Step]:
        """Yield the removal of folders that these runs made, or that any made and that are now left.

        The deepest first. A folder that a file of another run is in stays without a word: it is still needed.
        """
        left = {path for _, step in self.going for path in _with_parents(folder_of(step.rel))}
        made: dict[str, Put | None] = dict(self.replay.made_folders())
        for path in left - made.keys():  # files only pass through
            ways = self.replay.folders.get(path_of(self.library, path), [])[:-1]
            if ways or not os.path.lexists(fs.whole(self.library, path)):
                made[path] = ways[-1] if ways else None
        for path, put in sorted(made.items(), key=lambda item: item[0].count("/"), reverse=True):
            ours = put is not None and put.run in self.names and not self.only
            if path not in self.kept and (ours or path in left):
                yield Step(i=0, do=Do.RMDIR, rel=path, undoes=put.key if put else None)


def _later(run: str, library: str) -> str:
    back = f"anivault rollback {quoted(library)} --run {run} --apply"
    return f"run {run} renamed it since; take that back first: {back}"


def _let_go(place: str, library: str) -> str:
    words = f"anivault rollback {quoted(library)} --only {quoted(os.path.join(library, place))} --apply"
    return f"it is gone; if you deleted it: {words}"


def _gone(past: Past, put: Put) -> Step:
    """Return the step that notes that a file is no more; it never removes one that is there again."""
    return Step(i=0, do=Do.REMOVE, rel=past.place, mtime_ns=GONE, undoes=put.key)


def _with_parents(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder_of(folder)


class _Forecast:
    """Walks through a rollback without doing it."""

    def __init__(self, roots: Sequence[str]) -> None:
        self.folders = [fs.Folders(root) for root in roots]
        self.given: dict[
            tuple[int, str], tuple[int, str]
        ] = {}  # names that come back, and where they are now
        self.gone: set[tuple[int, str]] = set()
        self.not_given: set[tuple[int, str]] = set()
        self.inside: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)  # by folder

    def look(self, step: Step) -> None:
        """Raise what the executor would meet at this step, as things will be then."""
        here, there = (step.root, step.rel), (step.to_root, step.to)
        if here in self.not_given:
            raise RefusedError(HeldReason.RENAMED, "a later name of it could not be taken back")
        root, rel = self.given.get(here, here)
        now = msgspec.structs.replace(step, root=root, rel=rel)
        checked_source(self.folders, now)
        if step.do is Do.REMOVE:
            require_twin(self.folders, now)
        _check_place(self.folders, step, self.gone, self.given)
        if step.do is Do.RMDIR:
            self.empty(step.rel)
        self.gone.add(here)
        if self.given.pop(here, None):
            self.count(here, -1)
        if step.do in READS:
            self.gone.discard(there)
            self.given[there] = root, rel
            self.count(there, 1)

    def count(self, place: tuple[int, str], by: int) -> None:
        """Note in each folder above a name that it comes there, with the folders on its way, or leaves."""
        root, rel = place
        while rel:
            folder, _, name = rel.rpartition("/")
            self.inside[root, folder][name] += by
            rel = folder

    def empty(self, rel: str) -> None:
        """Refuse to remove a folder that will not be empty; it need not be there yet."""
        inside = {name for name, count in self.inside[0, rel].items() if count}
        with suppress(FileNotFoundError):
            there = os.listdir(self.folders[0].open(rel))
            inside.update(name for name in there if (0, f"{rel}/{name}") not in self.gone)
        if inside:
            raise RefusedError(HeldReason.FOLDER_NOT_EMPTY, min(inside))


def outlook(plan: RollbackPlan, progress: Progress | None = None) -> Outlook:
    """Say what a rollback will hold as things are now; copies are compared with their sources."""
    forecast, held, kept = _Forecast(plan.roots), list(plan.held), set()
    for number, step in enumerate(plan.steps, 1):
        if (refused := _refusal(forecast, step)) and step.undoes:
            held.append(Held(root=plan.roots[0], rel=step.rel, reason=refused.reason, said=refused.detail))
            kept.add(step.undoes)
            forecast.not_given.add((step.to_root, step.to))
        if progress:
            progress(number, len(plan.steps))
    for each in forecast.folders:
        each.close()
    return Outlook(tuple(held), frozenset(kept))


def _refusal(forecast: _Forecast, step: Step) -> RefusedError | None:
    try:
        forecast.look(step)
    except RefusedError as refused:
        return refused
    except OSError as error:
        if not is_back(forecast.folders, step):
            reason = REASONS.get(error.errno or 0, HeldReason.NOT_PERMITTED)
            return RefusedError(reason, error.strerror or "")
    return None


def _check_place(
    folders: list[fs.Folders], step: Step, gone: set[tuple[int, str]], given: Container[tuple[int, str]]
) -> None:
    """Refuse a place that is taken, or will be by then."""
    there = (step.to_root, step.to)
    if step.do not in READS or there in gone:
        return
    folder, _, name = step.to.rpartition("/")
    try:
        taken = there in given or fs.exists(folders[step.to_root].open(folder), name)
    except FileNotFoundError:
        require_root(folders[step.to_root])
        return
    if taken:
        raise RefusedError(HeldReason.TARGET_TAKEN)
