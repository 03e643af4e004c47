"""Plan the inverse of runs: for each file its way back, as far as the chosen runs reach.

In: a Replay, the runs to take back, and perhaps paths. Out: a RollbackPlan. What a file was called is taken
back from its last name to its first; one that a later run or somebody renamed is held. Only folders that a
run made are removed. Reads names and metadata; changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Set
from functools import cached_property

import msgspec

from anivault.core.models import GONE, Held, HeldReason
from anivault.core.moving.checks import already_undone, require_inside
from anivault.core.moving.effects import folder_of
from anivault.core.moving.history import RENAMES, Past, Put, Replay, lies_in, path_of
from anivault.core.moving.journal.log import History, RunLog
from anivault.core.moving.journal.records import Do, Step
from anivault.core.moving.whereabouts import Whereabouts
from anivault.shared import fs
from anivault.shared.errors import quoted

BACK = {Do.RENAME: Do.RENAME, Do.CARRY: Do.CARRY, Do.MKDIR: Do.RMDIR}  # all others: the copy is removed


class RollbackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be taken back. `roots[0]` is the library; steps are relative to them.

    `held` is what the journal alone, or a file's absence, stands against; `folders` are the steps that make
    folders again, by whole path, for the files that go back into them; `history` is what it was planned from.
    """

    library: str
    runs: tuple[str, ...]
    roots: tuple[str, ...]
    steps: tuple[Step, ...]
    held: tuple[Held, ...] = ()
    folders: dict[str, Step] = {}
    history: History | None = None

    @property
    def files(self) -> tuple[Step, ...]:
        """The steps that are about files."""
        return tuple(s for s in self.steps if s.do is not Do.RMDIR)


def inverse(replay: Replay, runs: list[RunLog], only: list[str]) -> RollbackPlan:
    """Plan to take back `runs`, the latest first, or what of them lies in the whole paths `only`."""
    return _Planner(replay, runs, only).plan()


class _Planner:
    """One rollback in the making."""

    def __init__(self, replay: Replay, runs: list[RunLog], only: list[str]) -> None:
        self.replay, self.runs, self.only = replay, runs, only
        self.library = replay.library
        self.names = {log.run.id for log in runs}
        self.roots = [self.library]
        self.listed: dict[str, frozenset[str]] = {}  # names in folders of the library
        self.going: list[tuple[Put, Step]] = []
        self.held: list[Held] = []
        self.kept: set[str] = set()  # folders of the library that files of runs are in afterwards

    @cached_property
    def whereabouts(self) -> Whereabouts:
        """The files of the library that are not where runs have left them."""
        return Whereabouts(self.library, self.replay.files)

    def plan(self) -> RollbackPlan:
        """Take back the way of each file from its end; then the folders that are left."""
        for past in (*self.replay.files.values(), *self.replay.left.values()):
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
            history=self.replay.history,
        )

    def take_back(self, past: Past) -> None:
        """Plan the way back of one file, as far as the chosen runs reach."""
        wanted = not self.only or any(lies_in(name, wish) for name in past.names for wish in self.only)
        back = self.chosen(past) if wanted else []
        rest = past.puts[: len(past.puts) - len(back)]
        if wanted and any(put.run in self.names for put in rest):
            self.hold(past, HeldReason.RENAMED, _later(rest[-1], self.library))
        steps = self.ways(past, back) if back else []
        self.going += zip(back, steps, strict=False)
        self.stay(past, len(past.puts) - len(steps))

    def chosen(self, past: Past) -> list[Put]:
        """Return the last steps of a file's way that the chosen runs did, the latest first."""
        back = []
        for put in reversed(past.puts):
            if put.run not in self.names:
                break
            back.append(put)
        return back

    def stay(self, past: Past, count: int) -> None:
        """Note the folders that a file is in when all but its first `count` steps are taken back."""
        stands = past.puts[max(count - 1, 0)]
        if (count and not stands.leaves) or stands.step.do is Do.NOTE:  # what is forgotten stays as well
            self.kept.update(_with_parents(folder_of(stands.place)))

    def ways(self, past: Past, back: list[Put]) -> list[Step]:
        """Return the inverse steps, the latest first; none for a file that is not where it was left."""
        if back[0].leaves:
            return self.return_ways(past, back)
        steps = [self.inverse(put, past.place) for put in back]
        there = self.is_there(past.place) or back[0].step.do is Do.NOTE
        return steps if there or self.is_renamed_back(steps[0]) else self.missing_ways(past, back, steps)

    def is_renamed_back(self, step: Step) -> bool:
        """True when somebody has given a file its name back already, and no other file has that name."""
        other = not step.to_root and step.to in self.replay.files
        return step.do in RENAMES and not other and self.already_undone(step)

    def missing_ways(self, past: Past, back: list[Put], steps: list[Step]) -> list[Step]:
        """Return the steps of a file that is gone: they note that, where that is known; else it is held."""
        if where := self.whereabouts.now(past):
            self.hold(past, HeldReason.RENAMED, f"renamed by someone; it is now at {where}")
            return []
        last = msgspec.structs.replace(steps[-1], rel=past.place)
        if len(back) == len(past.puts) and self.already_undone(last):
            return [*(_gone(past, put) for put in back[:-1]), last]
        if self.only:
            return [_gone(past, put) for put in back]
        self.hold(past, HeldReason.SOURCE_GONE, _let_go(past.place, self.library))
        return []

    def is_there(self, place: str) -> bool:
        """True when a name of the library is taken. Folders are listed as a whole: most have many files."""
        folder, _, name = place.rpartition("/")
        if folder not in self.listed:
            try:
                self.listed[folder] = frozenset(os.listdir(fs.whole(self.library, folder)))
            except OSError:
                self.listed[folder] = frozenset()
        return name in self.listed[folder] or os.path.lexists(fs.whole(self.library, place))

    def return_ways(self, past: Past, back: list[Put]) -> list[Step]:
        """Return the steps of a file that made room for a better one: it comes into the library again.

        One whose link or copy only went, and that would go again, stays where it is.
        """
        leaving, *rest = back
        if leaving.step.do is not Do.REMOVE:
            return [self.inverse(put, past.place) for put in back]
        if len(back) == len(past.puts):
            return [_forgotten(put) for put in back]
        maker = Past(past.puts[:-1]).maker.step
        again = Step(
            i=0,
            do=maker.do,
            root=self.number(leaving.roots[leaving.step.to_root]),
            rel=leaving.step.to,
            to=leaving.place,
            size=maker.size,
            mtime_ns=maker.mtime_ns,
            undoes=leaving.key,
        )
        return [again, *(self.inverse(put, past.place) for put in rest)]

    def already_undone(self, step: Step) -> bool:
        """True when somebody has done already what a step would do."""
        folders = [fs.Folders(root) for root in self.roots]
        try:
            return already_undone(folders, step)
        finally:
            for each in folders:
                each.close()

    def hold(self, past: Past, reason: HeldReason, detail: str) -> None:
        """Note that a file stays as it is."""
        self.held.append(Held(root=self.library, rel=past.place, reason=reason, said=detail))

    def inverse(self, put: Put, place: str) -> Step:
        """Return the step that takes `put` back: the file as the run left it goes where it was before."""
        step, left, do = put.step, put.left, BACK.get(put.step.do, Do.REMOVE)
        if step.do is Do.NOTE:
            return _forgotten(put)
        return Step(
            i=0,
            do=do,
            root=self.number(put.roots[step.to_root]),
            rel=step.to,
            to_root=self.number(put.roots[step.root]),
            to=step.rel,
            size=step.size,
            mtime_ns=left.mtime_ns,
            then_mtime_ns=step.mtime_ns,
            mode=step.mode,
            owner=step.owner,
            attrs=step.attrs,
            hash="" if do is Do.REMOVE and left.hash and self.is_touched(put, place) else left.hash,
            undoes=put.key,
        )

    def is_touched(self, put: Put, place: str) -> bool:
        """True when a copy may be other than its run left it, though its size and time are as they were.

        Its ctime, which no program can set, is not before the end of the run: the copy itself is read then.
        """
        if not put.step.rel:  # what a run wrote is compared with what it wrote
            return False
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
        removed = self.replay.removed_folders()
        into = {(s.to_root, folder_of(s.to)) for _, s in self.going if removed and s.do in RENAMES}
        needed = {path_of(self.roots[root], path) for root, rel in into for path in _with_parents(rel)}
        return {
            path: Step(i=0, do=Do.MKDIR, mode=put.step.mode, owner=put.step.owner, undoes=put.key)
            for path, put in removed.items()
            if path in needed
        }

    def folders(self) -> Iterator[Step]:
        """Yield the removal of folders that these runs made, or that any made and that are now left.

        The deepest first. A folder that a file of another run is in stays without a word: it is still needed.
        """
        left = self.folders_left()
        made = self.makers(left)
        for path, put in sorted(made.items(), key=lambda item: item[0].count("/"), reverse=True):
            ours = put is not None and put.run in self.names and not self.only
            if path not in self.kept and (ours or path in left):
                yield Step(i=0, do=Do.RMDIR, rel=path, undoes=put.key if put else None)

    def folders_left(self) -> set[str]:
        """Return the folders of the library that files go out of, with all above them."""
        left = {folder_of(s.rel) for _, s in self.going if s.root == 0 and s.do is not Do.NOTE}
        return {path for folder in left for path in _with_parents(folder)}

    def makers(self, left: Set[str]) -> dict[str, Put | None]:
        """Return by folder what made it: all that stand made by runs, and those `left` that runs once made.

        Of one that is not there yet, since files only pass through it, nothing did.
        """
        made: dict[str, Put | None] = dict(self.replay.made_folders())
        for path in left - made.keys():  # files only pass through
            ways = self.replay.folders.get(path_of(self.library, path), [])[:-1]
            if ways or not os.path.lexists(fs.whole(self.library, path)):
                made[path] = ways[-1] if ways else None
        return made


def _later(put: Put, library: str) -> str:
    did = "put a better file in its place" if put.leaves else "renamed it"
    back = f"anivault rollback {quoted(library)} --run {put.run} --apply"
    return f"run {put.run} {did} since; take that back first: {back}"


def _let_go(place: str, library: str) -> str:
    words = f"anivault rollback {quoted(library)} --only {quoted(os.path.join(library, place))} --apply"
    return f"it is gone; if you deleted it: {words}"


def _gone(past: Past, put: Put) -> Step:
    """Return the step that notes that a file is no more; it never removes one that is there again."""
    return Step(i=0, do=Do.REMOVE, rel=past.place, mtime_ns=GONE, undoes=put.key)


def _forgotten(put: Put) -> Step:
    """Return the step that takes a note back; nothing on the disk changes."""
    return Step(i=0, do=Do.NOTE, rel=put.place, undoes=put.key)


def _with_parents(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder_of(folder)
