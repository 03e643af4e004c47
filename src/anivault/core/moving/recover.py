"""Settle what a crash left: tell from journal and disk what happened, undo what is half done.

In: a library whose last run has no end. Out: a RecoverReport, and a journal that is whole again. A
step that had its effect stays; of one whose source is still in place nothing stays. The copies of a
batch are compared by content before one of two is removed. Doing it again after a crash in here
gives the same. Touches what the last batch of the run names, and nothing else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress

import msgspec

from anivault.core.moving.checks import opened, require_inside, same_file
from anivault.core.moving.effects import folder_of, sync_disks
from anivault.core.moving.history import is_library, require_history
from anivault.core.moving.journal.log import RunLog, read_journal
from anivault.core.moving.journal.records import Do, Done, Made, Step, temporary_name
from anivault.core.moving.journal.roots import require_disks, roots_now
from anivault.core.moving.journal.turns import clear_unused
from anivault.core.moving.journal.writer import Journal, writing
from anivault.core.moving.pace import Signals, ending
from anivault.shared import fs
from anivault.shared.errors import FolderNotFoundError
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.places import FOLDER


class RecoverReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `recover` found. `run` is empty when nothing was unfinished."""

    run: str = ""
    finished: int = 0  # files of the broken batch that are in place
    undone: int = 0  # files of it that are where they were
    cut: int = 0  # bytes of a torn journal line
    kept: str = ""  # the file that has them now
    library: bool = True  # False for a folder that no run has put anything into

    @property
    def exit_code(self) -> int:
        """10 for a folder that is no library."""
        return DONE if self.library else FINDINGS


def recover(library: str, *, other_disk: bool = False) -> RecoverReport:
    """Settle the unfinished run of a library, if there is one.

    Raises WrongDiskError for a source that is on another disk now, unless `other_disk`.
    """
    clear_unused(library)
    if not is_library(library):
        return RecoverReport(library=False)
    require_history(library)
    known = read_journal(library)
    if not known.unfinished:
        return RecoverReport()
    with Signals(), writing(library, unfinished=True, known=known) as log, ending(log.library):
        if log.history.runs and not other_disk:
            require_disks(log.history.runs[-1].run, log.library)
        return _recover(log)


def _recover(log: Journal) -> RecoverReport:
    cut = log.history.torn
    kept = log.cut() if cut else ""
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(log.library, FOLDER, "probe"))
    if not log.history.runs or log.history.runs[-1].end:
        return RecoverReport(cut=cut, kept=kept)
    run = log.history.runs[-1]
    settler = Settler(run, log.library)
    done = settler.settle()
    log.append([done])
    log.finish("recovered")
    files = [s for s in run.pending.values() if s.do not in (Do.MKDIR, Do.RMDIR)]
    undone = sum(s.i in done.void for s in files)
    finished = len(files) - undone
    return RecoverReport(run=run.run.id, finished=finished, undone=undone, cut=cut, kept=kept)


class Settler:
    """Looks at every step that the journal left open."""

    def __init__(self, run: RunLog, library: str) -> None:
        self.run = run
        self.steps = list(run.pending.values())
        self.roots = [fs.Folders(path) for path in roots_now(run.run, library)]
        self.made: dict[int, Made] = {}
        self.rules: dict[Do, Callable[[Step], bool]] = {
            Do.LINK: self.linked,
            Do.SYMLINK: self.symlinked,
            Do.RENAME: self.renamed,
            Do.CARRY: self.carried,
            Do.COPY: self.copied,
            Do.CLONE: self.copied,
            Do.WRITE: self.copied,
            Do.REMOVE: self.gone,
            Do.RMDIR: self.gone,
            Do.MKDIR: self.there,
            Do.NOTE: lambda _: True,  # it asks nothing of the disk
        }

    def settle(self) -> Done:
        """Return what happened, durably so."""
        require_inside(self.steps)
        for root in {0} | {s.root for s in self.steps} | {s.to_root for s in self.steps}:
            self.require_root(root)
        not_done = {step.i: "recovered" for step in self.steps if not self.rules[step.do](step)}
        touched = {(s.root, folder_of(s.rel)) for s in self.steps}
        touched |= {(s.to_root, folder_of(s.to)) for s in self.steps}
        sync_disks(self.roots, touched)
        for folders in self.roots:
            folders.close()
        return Done(not_done, self.made)

    def require_root(self, number: int) -> None:
        """An absent disk must not be taken for files that are gone."""
        try:
            self.roots[number].open("")
        except OSError as error:
            raise FolderNotFoundError(self.roots[number].root) from error

    def linked(self, step: Step) -> bool:
        """A link is whole or absent."""
        here, there = self.look(step.root, step.rel), self.look(step.to_root, step.to)
        if here and there and not fs.on_fuse(there.st_dev):
            return fs.are_one(here, there)
        return there is not None and same_file(there, step)

    def symlinked(self, step: Step) -> bool:
        """A symbolic link of ours points to the source."""
        there = self.look(step.to_root, step.to)
        if not there or not stat.S_ISLNK(there.st_mode):
            return False
        source = fs.whole(self.run.run.roots[step.root].path, step.rel)
        return fs.points_to(*self.roots[step.to_root].place(step.to), source)

    def renamed(self, step: Step) -> bool:
        """A name that is in both places is one file (a link), or an empty file that reserved it."""
        here, there = self.look(step.root, step.rel), self.look(step.to_root, step.to)
        if here and there and self.halfway(step, here, there):
            self.remove(step.to_root, step.to)
        return not here and there is not None

    def halfway(self, step: Step, here: os.stat_result, there: os.stat_result) -> bool:
        """True when the new name is of our making; FUSE may number the two names of one file apart."""
        if fs.are_one(here, there) or (step.reserve and not there.st_size):
            return True
        alike = fs.on_fuse(there.st_dev) and same_file(there, step)
        return alike and self.digest(step.root, step.rel) == self.digest(step.to_root, step.to)

    def carried(self, step: Step) -> bool:
        """While the source is there, the copy is not needed."""
        whole = self.copied(step)
        if self.look(step.root, step.rel) is None:
            return self.look(step.to_root, step.to) is not None
        if whole:
            self.remove(step.to_root, step.to)
            self.made.pop(step.i)
        return False

    def copied(self, step: Step) -> bool:
        """A copy of ours has the content it should have; what is unfinished has another name, or is empty."""
        self.remove(step.to_root, temporary_name(step.to, self.run.run.id, step.i))
        there = self.look(step.to_root, step.to)
        if there is None or not stat.S_ISREG(there.st_mode):
            return False
        if step.reserve and not there.st_size and step.size:
            self.remove(step.to_root, step.to)
            return False
        if there.st_size != step.size:
            return False
        found = self.digest(step.to_root, step.to)
        wanted = step.hash or self.digest(step.root, step.rel) or found
        if found == wanted:
            self.made[step.i] = Made(there.st_ino, there.st_mtime_ns, found)
        return found == wanted

    def gone(self, step: Step) -> bool:
        """What was to be removed is not there."""
        return self.look(step.root, step.rel) is None

    def there(self, step: Step) -> bool:
        """What was to be made is there."""
        return self.look(step.to_root, step.to) is not None

    def look(self, root: int, rel: str) -> os.stat_result | None:
        """Stat a name; None when it is not there."""
        try:
            return fs.look(*self.roots[root].place(rel))
        except FileNotFoundError:
            return None

    def digest(self, root: int, rel: str) -> str:
        """Return the hash of a file; '' when it is not there."""
        try:
            with opened(*self.roots[root].place(rel)) as fd:
                return fs.digest(fd)[0]
        except FileNotFoundError:
            return ""

    def remove(self, root: int, rel: str) -> None:
        """Remove what a broken step left."""
        with suppress(FileNotFoundError):  # its folder is not there
            fs.remove(*self.roots[root].place(rel))
