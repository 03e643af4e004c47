"""Give each step its effect on the disk: link, rename, copy, write, remove. Each is whole or is not.

In: steps that were checked and journaled, in folders that are held open. Out: nothing; RefusedError, or
the OSError of the call that failed. Keeps what it touched and made until the next batch. Nothing is
ever overwritten; `core/moving/executor.py` gives the order.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from anivault.core.models import HeldReason
from anivault.core.moving.checks import (
    RefusedError,
    had_effect,
    opened,
    require_removable,
    require_same,
    require_twin,
)
from anivault.core.moving.journal.records import Do, Made, Step, temporary_name
from anivault.shared import fs

# What is said of names that lead nowhere, so that nothing can have been done there.
NO_SUCH_PLACE = frozenset(
    {errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}
)
TOO_LARGE = frozenset({errno.ENOSPC, errno.E2BIG, errno.ERANGE})  # what filesystems say of an attribute


class Effects:
    """What steps do to the disk, and what the batch has touched and made."""

    def __init__(self, roots: Sequence[fs.Folders], run: str, data: dict[str, bytes]) -> None:
        self.roots = roots
        self.run = run
        self.data = data  # by target, of the small files to write
        self.elsewhere: set[tuple[int, str, int, str]] = set()  # folders that a rename does not cross
        self.ways: dict[Do, Callable[[Step], None]] = {
            Do.LINK: self.link,
            Do.CLONE: self.clone,
            Do.COPY: self.copy,
            Do.SYMLINK: self.symlink,
            Do.RENAME: self.rename,
            Do.CARRY: self.copy,
            Do.WRITE: self.write,
            Do.REMOVE: self.remove,
            Do.MKDIR: self.mkdir,
            Do.RMDIR: self.rmdir,
            Do.NOTE: lambda _: None,
        }
        self.begin(lambda: None)

    def begin(self, pulse: Callable[[], None]) -> None:
        """Begin a batch; `pulse` is called in long copies and may raise to leave them."""
        self.pulse = pulse
        self.made: dict[int, Made] = {}
        self.touched: set[tuple[int, str]] = set()

    def do(self, step: Step) -> None:
        """Give a step its effect."""
        self.ways[step.do](step)

    def link(self, step: Step) -> None:
        """Give the source a second name."""
        fs.link(*self.source(step), *self.target(step))

    def rename(self, step: Step) -> None:
        """Give the source another name."""
        if self.elsewhere and folders_of(step) in self.elsewhere:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), step.to)
        try:
            places = *self.leaving(step), *self.target(step)
            if refused := fs.rename_new(*places):
                fs.rename_otherwise(refused, *places, reserve=step.reserve)
        except OSError as error:
            if error.errno == errno.EXDEV:
                self.elsewhere.add(folders_of(step))
            raise

    def symlink(self, step: Step) -> None:
        """Point to the source by its whole path."""
        fs.symlink(fs.whole(self.roots[step.root].root, step.rel), *self.target(step))

    def copy(self, step: Step) -> None:
        """Copy the source, hashed on the way; one whose source will go is read back."""
        with opened(*self.source(step)) as source:
            try:
                self.make(step, lambda fd: fs.copy(source, fd, self.pulse), source)
            except fs.ReadError as error:
                raise RefusedError(HeldReason.UNREADABLE, error.strerror or "") from error

    def clone(self, step: Step) -> None:
        """Share the source's blocks."""
        with opened(*self.source(step)) as source:
            self.make(step, lambda fd: fs.clone(source, fd), source)

    def write(self, step: Step) -> None:
        """Write a new small file."""
        self.make(step, lambda fd: fs.write(fd, self.data[step.to]))

    def make(self, step: Step, fill: Callable[[int], str | None], source: int | None = None) -> None:
        """Fill a temporary file in the target folder, make it durable, then give it its name.

        What changed in `source` while it was read is not taken.
        """
        folder, name = self.target(step)
        temporary = temporary_name(name, self.run, step.i)
        time = step.then_mtime_ns or step.mtime_ns
        fd = fs.create_own(folder, temporary)
        with fs.undoing(folder, temporary):
            with fs.closing(fd):
                digest = fill(fd) or step.hash
                if source is not None:
                    require_same(os.fstat(source), step)
                give_metadata(fd, step, time)
                fs.sync_file(fd)
                if step.do is Do.CARRY and fs.reread(fd) != digest:
                    raise OSError(errno.EIO, "the copy reads back differently", step.to)
            now = fs.finished(folder, temporary, time)
            try:
                fs.rename(folder, temporary, folder, name, reserve=step.reserve)
            finally:  # it may have its name though an error was reported
                if fs.is_there(folder, name, now):
                    self.made[step.i] = Made(now.st_ino, now.st_mtime_ns, digest)

    def had(self, step: Step) -> bool:
        """True when a step that reported an error had its effect; HalfDoneError when nobody can tell."""
        try:
            return step.i in self.made or had_effect(self.roots, step)
        except OSError as error:
            if error.errno in NO_SUCH_PLACE:
                return False
            raise fs.HalfDoneError(error.errno, error.strerror, step.to or step.rel) from error

    def remove(self, step: Step) -> None:
        """Remove a file that a run made, if its content is elsewhere still."""
        require_removable(self.roots, step)
        require_twin(self.roots, step, self.pulse)
        fs.unlink(*self.leaving(step))

    def mkdir(self, step: Step) -> None:
        """Make a folder; one that is made again gets the mode that it had."""
        fs.mkdir(*self.target(step))
        if step.mode:
            fs.set_mode(self.roots[step.to_root].open(step.to), step.mode, step.owner)

    def rmdir(self, step: Step) -> None:
        """Remove a folder that a run made or emptied, when it is empty; one that is gone is no failure."""
        with suppress(FileNotFoundError):
            folder, name = self.leaving(step)
            self.roots[step.root].forget(step.rel)
            try:
                fs.rmdir(folder, name)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                inside = min(os.listdir(self.roots[step.root].open(step.rel)), default="")
                raise RefusedError(HeldReason.FOLDER_NOT_EMPTY, inside) from error

    def let_go(self, step: Step) -> None:
        """Remove the source of a copy that is durable; where that cannot be, remove the copy.

        A source that somebody else has removed meanwhile is the one case where the copy stays alone.
        """
        folder, name = self.leaving(step)
        with fs.undoing(*self.target(step), unless_gone=(folder, name)):
            try:
                with suppress(FileNotFoundError):
                    require_same(fs.look(folder, name), step)
                    fs.unlink(folder, name)
            except Exception:
                if not fs.gone(folder, name):
                    del self.made[step.i]
                raise

    def source(self, step: Step) -> tuple[fs.Folder, str]:
        """Return folder and name that a step starts from."""
        return self.roots[step.root].place(step.rel)

    def leaving(self, step: Step) -> tuple[fs.Folder, str]:
        """Return folder and name that a step takes away, and remember to sync the folder."""
        place = self.source(step)
        self.touched.add((step.root, folder_of(step.rel)))
        return place

    def target(self, step: Step) -> tuple[fs.Folder, str]:
        """Return folder and name that a step makes, and remember to sync the folder."""
        folder, _, name = step.to.rpartition("/")
        try:
            place = self.roots[step.to_root].open(folder), name
        except FileNotFoundError as error:
            raise RefusedError(HeldReason.NOT_PERMITTED, "its folder could not be made") from error
        self.touched.add((step.to_root, folder))
        return place


def give_metadata(fd: int, step: Step, time: int) -> None:
    """Give a copy what its original has; a disk that cannot hold an attribute refuses that one file."""
    try:
        fs.set_metadata(fd, step.mode, time, step.attrs, step.owner)
    except OSError as error:
        if error.errno not in TOO_LARGE or not step.attrs:
            raise
        largest = max(step.attrs, key=lambda key: len(step.attrs[key]))
        detail = f"{largest}, {len(step.attrs[largest]):,} bytes"
        raise RefusedError(HeldReason.ATTRIBUTE_REFUSED, detail) from error


def sync_disks(roots: Sequence[fs.Folders], touched: Iterable[tuple[int, str]]) -> None:
    """Make folders (root, path) durable: one call a disk, or one a folder where that is not enough."""
    synced: set[int] = set()
    for root, rel in touched:
        try:
            folder = roots[root].open(rel)
        except FileNotFoundError:  # removed since, or never made
            continue
        device = os.stat(folder).st_dev
        if device not in synced and fs.sync_disk(folder):
            synced.add(device)
        elif device not in synced:
            fs.sync_folder(folder)


def folder_of(rel: str) -> str:
    """Return the folder of a relative path."""
    return rel.rpartition("/")[0]


def folders_of(step: Step) -> tuple[int, str, int, str]:
    """Return the two folders between which a step goes."""
    return step.root, folder_of(step.rel), step.to_root, folder_of(step.to)
