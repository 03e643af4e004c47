"""Replay the journal: where each file is now, which run put it there, and what it was called before.

In: the runs of a library as `read_journal` gives them. Out: a Replay, from which `verify`, `rollback`,
`rename` and `history` all answer. Nothing else interprets steps.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import count
from typing import TypeAlias

import msgspec

from anivault.core.moving.journal.log import History, RunLog, read_journal
from anivault.core.moving.journal.records import (
    HASHES,
    LOCK,
    NAME,
    Do,
    Made,
    Step,
    journal_path,
    temporary_name,
)
from anivault.core.moving.journal.roots import roots_now
from anivault.shared import fs
from anivault.shared.errors import FolderNotFoundError, JournalLostError, NotALibraryError
from anivault.shared.places import FOLDER

Key: TypeAlias = tuple[str, int]  # run and step
RENAMES = frozenset({Do.RENAME, Do.CARRY})
NEW = frozenset({Do.LINK, Do.SYMLINK, Do.CLONE, Do.COPY, Do.WRITE})  # what gives the library another file
FOLDERS = frozenset({Do.MKDIR, Do.RMDIR})


def path_of(root: str, rel: str) -> str:
    """The whole path of what lies below a root, as people write it."""
    return os.path.normpath(os.path.join(root, rel))


class Put(msgspec.Struct, frozen=True, gc=False):
    """One step of a file's way: which run did it, and from where. `order` is the step's place in time."""

    order: int
    log: RunLog
    step: Step
    roots: list[str]  # where the roots of its run are now
    made: Made | None = None  # what a rollback left there, where that is another file

    @property
    def key(self) -> Key:
        """What a rollback names it by."""
        return self.log.run.id, self.step.i

    @property
    def run(self) -> str:
        """The run that did it."""
        return self.log.run.id

    @property
    def left(self) -> Made:
        """What the step left at its new name."""
        return self.made or self.log.left(self.step)

    @property
    def source(self) -> str:
        """The whole path that the file had before; the one it got, for a file that was written."""
        if self.step.do is Do.WRITE:
            return self.target
        return path_of(self.roots[self.step.root], self.step.rel)

    @property
    def points_to(self) -> str:
        """What a symbolic link that the step made points to."""
        return fs.whole(self.log.run.roots[self.step.root].path, self.step.rel)

    @property
    def target(self) -> str:
        """The whole path that the step made or noted, or the folder that it removed."""
        if self.step.do in (Do.RMDIR, Do.NOTE):
            return path_of(self.roots[self.step.root], self.step.rel)
        return path_of(self.roots[self.step.to_root], self.step.to)

    @property
    def inside(self) -> bool:
        """True when the file was in the library before, too."""
        return self.step.do in RENAMES and self.roots[self.step.root] == self.roots[0]

    @property
    def leaves(self) -> bool:
        """True when the step takes a file out of the library: it makes room for a better one."""
        step = self.step
        if step.do in RENAMES:
            return step.to_root != 0 and self.roots[step.to_root] != self.roots[0]
        return step.do is Do.REMOVE

    @property
    def place(self) -> str:
        """Where the file is in the library, relative to it; where it was, when it leaves."""
        return self.step.rel if self.leaves or self.step.do is Do.NOTE else self.step.to


class Past(msgspec.Struct, frozen=True, gc=False):
    """One file of the library and its whole way, from the step that took it in to the last one."""

    puts: tuple[Put, ...]

    @property
    def place(self) -> str:
        """Where it is now, relative to the library, or was last."""
        return self.puts[-1].place

    @property
    def names(self) -> Iterator[str]:
        """Every whole path that it has had, its source's first."""
        yield self.puts[0].source
        yield from (put.target for put in self.puts)

    @property
    def first(self) -> tuple[str, str]:
        """Root and path of the file as it was called when a run took it in."""
        put = self.puts[0]
        written = put.step.do is Do.WRITE  # such a file has had no other name
        return (put.roots[0], put.step.to) if written else (put.roots[put.step.root], put.step.rel)

    @property
    def maker(self) -> Put:
        """The step that made what is there now: what came after only gave it other names."""
        for put in reversed(self.puts):
            if put.step.do is not Do.RENAME:
                return put
        return self.puts[0]

    @property
    def crc32(self) -> str:
        """What its first name with a CRC32 said; '' where none did."""
        for put in self.puts:
            if put.step.crc32:
                return put.step.crc32
        return ""

    @property
    def link(self) -> bool:
        """True for a symbolic link."""
        return self.maker.step.do is Do.SYMLINK

    @property
    def left(self) -> Made:
        """What its last step left; with the hash of an earlier one, when the file has not changed since."""
        size, left = self.puts[-1].step.size, self.puts[-1].left
        if left.hash:
            return left
        for put in self.puts[-2::-1]:
            was = put.left
            same = put.step.size == size and fs.same_time(was.mtime_ns, left.mtime_ns)
            if not same or was.hash:
                return Made(left.inode, left.mtime_ns, was.hash if same else "")
        return left


class Replay:
    """What all runs together have done to a library."""

    def __init__(self, history: History, library: str) -> None:
        self.library = os.path.abspath(library)
        self.history = history
        self.runs = history.runs
        self.unfinished = history.unfinished
        self.files: dict[str, Past] = {}  # by place
        self.left: dict[Key, Past] = {}  # files that made room for better ones, by their last step
        self.folders: dict[str, list[Put]] = {}  # by whole path: made and removed, what is not taken back
        self.open = _open_places(history)  # in the library, of a run that has no end
        self.undone: dict[str, list[str]] = {}  # by rollback: the runs that it took something back of
        self._ways: dict[str, tuple[RunLog, list[str]]] = {}  # by run: its log, and where its roots are now
        order = count()
        for log in history.runs:
            roots = roots_now(log.run, self.library)
            self._ways[log.run.id] = log, roots
            for step in log.happened():
                self._take_in(Put(next(order), log, step, roots))

    def _take_in(self, put: Put) -> None:
        step = put.step
        if step.undoes:
            self._undo(put.log, step, step.undoes)
        elif step.do in NEW:
            self.files[step.to] = Past((put,))
        elif step.do in FOLDERS:
            self.folders.setdefault(put.target, []).append(put)
        elif put.leaves:
            self._leave(put)
        else:
            self._put(put)

    def _leave(self, put: Put) -> None:
        """A file goes out of the library, and is remembered: a rollback brings it back."""
        if past := self.files.pop(put.place, None):
            self.left[put.key] = Past((*past.puts, put))

    def _put(self, put: Put) -> None:
        """A place was free when a step took it: whoever was there before is gone."""
        past = self.files.pop(put.step.rel, None) if put.inside else None
        self.files[put.place] = Past((*past.puts, put) if past else (put,))

    def _undo(self, log: RunLog, step: Step, key: Key) -> None:
        """Only the last step of a way can have been taken back; older versions wrote down others too."""
        runs = self.undone.setdefault(log.run.id, [])
        runs += [key[0]] if key[0] not in runs else []
        if past := self.left.pop(key, None):
            self._stand(past, log, step)
            return
        place = self._place_of(key)
        if place is None:
            return
        if (ways := self.folders.get(place)) and ways[-1].key == key:
            ways.pop()
        elif (past := self.files.get(place)) and past.puts[-1].key == key:
            del self.files[place]
            if len(past.puts) > 1:
                self._stand(past, log, step)

    def _place_of(self, key: Key) -> str | None:
        """Where the file of a step was put; of a folder, its whole path."""
        log, roots = self._ways[key[0]]
        step = log.steps.get(key[1])
        if step is None:
            return None
        put = Put(0, log, step, roots)
        return put.target if step.do in FOLDERS else put.place

    def _stand(self, past: Past, log: RunLog, step: Step) -> None:
        """A file is again where it was before its last step, which `step` of the run `log` took back."""
        last = msgspec.structs.replace(past.puts[-2], made=log.made.get(step.i, past.puts[-2].made))
        self.files[last.place] = Past((*past.puts[:-2], last))

    def knows(self, path: str) -> bool:
        """True when a file, or a file in the folder `path`, ever had that name."""
        names = (name for put in self._named() for name in (put.source, put.target))
        return any(lies_in(name, path) for name in names)

    def _named(self) -> Iterator[Put]:
        """Yield every step that gave a file a name."""
        for log, roots in self._ways.values():
            for step in log.happened():
                if not step.undoes and step.do not in FOLDERS:
                    yield Put(0, log, step, roots)

    def living(self) -> list[Put]:
        """The steps about files that no run has taken back."""
        return [put for pasts in (self.files, self.left) for past in pasts.values() for put in past.puts]

    def made_folders(self) -> dict[str, Put]:
        """The folders of the library that runs made, also by taking back, and that are left, by place."""
        last = [ways[-1] for ways in self.folders.values() if ways]
        return {put.step.to: put for put in last if put.step.do is Do.MKDIR and put.step.to_root == 0}

    def removed_folders(self) -> dict[str, Put]:
        """The folders that a run removed once it had emptied them, by whole path."""
        last = {path: ways[-1] for path, ways in self.folders.items() if ways}
        return {path: put for path, put in last.items() if put.step.do is Do.RMDIR}


def files_of(steps: Iterable[Step]) -> int:
    """How many files steps are about: one that had several names goes back through all of them."""
    count, given = 0, set()
    for step in steps:
        if step.do in FOLDERS:
            continue
        here = step.root, step.rel
        count += here not in given
        given.discard(here)
        if step.do is not Do.REMOVE:
            given.add((step.to_root, step.to))
    return count


def _open_places(history: History) -> frozenset[str]:
    """The places that the unsettled steps of the last run are about: nobody knows yet what is there."""
    if not history.runs:
        return frozenset()
    log = history.runs[-1]
    steps = log.pending.values()
    home = {n for n, root in enumerate(log.run.roots) if root.path == log.run.roots[0].path}
    left = {step.rel for step in steps if step.root in home}
    made = {step.to for step in steps if step.to_root in home}
    copies = {temporary_name(step.to, log.run.id, step.i) for step in steps}
    return frozenset(left | made | copies)


def lies_in(path: str, folder: str) -> bool:
    """True when a path is `folder` or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def read(library: str) -> Replay:
    """Read and replay the journal of a library; one without a journal has no runs."""
    return Replay(read_journal(library), library)


def lost(library: str) -> str:
    """What tells of runs where the journal has none: it was emptied or deleted. '' where nothing does.

    A run that was refused before its first step leaves a lock and an empty journal, and a pin only itself.
    """
    folder = os.path.join(library, FOLDER)
    with suppress(OSError):
        names = set(os.listdir(folder))
        if not (NAME in names and os.path.getsize(os.path.join(folder, NAME))):
            kept = (name for name in names if name.startswith((f"{NAME}.", HASHES)))
            lock = LOCK if LOCK in names and NAME not in names else ""
            return min(kept, default=lock)
    return ""


def require_library(library: str) -> None:
    """Raise NotALibraryError, or FolderNotFoundError, for what AniVault has never put anything into."""
    if not is_library(library):
        raise NotALibraryError(library)
    require_history(library)


def require_history(library: str) -> None:
    """Raise JournalLostError where there were runs, and the journal was emptied or deleted since."""
    if found := lost(library):
        raise JournalLostError(journal_path(library), found)


def difference(library: str, path: str, now: os.stat_result, past: Past) -> str:
    """Return what is not as the run left a file of a library, '' when all is."""
    last = past.puts[-1]
    size = last.step.size
    if past.link:
        whole = fs.whole(library, path)
        same = stat.S_ISLNK(now.st_mode) and fs.points_to(None, whole, past.maker.points_to)
        return "" if same and os.path.exists(whole) else "it no longer points to its source"
    if not stat.S_ISREG(now.st_mode):
        return "it is no longer a file"
    if now.st_size != size:
        return f"{now.st_size} bytes instead of {size}"
    return "" if fs.same_time(now.st_mtime_ns, last.left.mtime_ns) else "its time is another one"


def is_library(library: str) -> bool:
    """Tell whether a folder has AniVault's own in it. Raises FolderNotFoundError where it is not there."""
    if not os.path.isdir(library):
        raise FolderNotFoundError(library, "library")
    return os.path.isdir(os.path.join(library, FOLDER))
