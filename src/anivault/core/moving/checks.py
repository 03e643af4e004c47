"""Tell whether a step may be done: its file is the planned one, and what would be removed is safe elsewhere.

In: a step and the folders it is relative to. Out: the step, with what its way needs to know, or
RefusedError with the reason. Reads names and metadata; changes nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

import msgspec

from anivault.core.causes import Cause, words
from anivault.core.models import HeldReason
from anivault.core.moving.journal.records import Do, Step, is_own
from anivault.shared import fs
from anivault.shared.errors import UnsafePathError

COPIES = frozenset({Do.COPY, Do.CLONE, Do.CARRY, Do.WRITE})  # made under a temporary name first
READS = frozenset({Do.LINK, Do.CLONE, Do.COPY, Do.SYMLINK, Do.RENAME, Do.CARRY})  # start from a file


class RefusedError(Exception):
    """One step cannot be; the others go on."""

    def __init__(self, reason: HeldReason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def require_inside(steps: Iterable[Step]) -> None:
    """Refuse steps with a path that could lead out of its root."""
    for step in steps:
        for path in (step.rel, step.to):
            if path:
                fs.require_inside(path)
        if step.to_root == 0 and is_own(step.to):
            raise UnsafePathError(step.to)


def require_root(folders: fs.Folders) -> None:
    """Refuse what leads into a root that is not there: a folder is made again, a root is not."""
    if not os.path.isdir(folders.root):
        why = f"{folders.root} is not there: make it, or mount its disk"
        raise RefusedError(HeldReason.FOLDER_AWAY, why)


def checked_source(roots: Sequence[fs.Folders], step: Step) -> Step:
    """Return the step when what it starts from is as it should be."""
    if step.do is Do.REMOVE:
        require_removable(roots, step)
    if step.do not in READS and (step.do is not Do.NOTE or step.undoes):
        return step
    folder, name = roots[step.root].place(step.rel)
    if is_beyond_time(step.mtime_ns):
        raise RefusedError(HeldReason.ATTRIBUTE_REFUSED, words(Cause.TIME_BEYOND, {}))
    require_same(fs.look(folder, name), step)
    return with_metadata(step, folder, name) if step.do in COPIES else step


def is_beyond_time(mtime_ns: int) -> bool:
    """True for a time that the journal could not tell of."""
    return not -(2**63) <= mtime_ns < 2**63


def require_removable(roots: Sequence[fs.Folders], step: Step) -> None:
    """Refuse to remove a file that is not as it was made, or whose content is nowhere else."""
    folder, name = roots[step.root].place(step.rel)
    here = fs.look(folder, name)
    if stat.S_ISLNK(here.st_mode):
        fine = fs.points_to(folder, name, fs.whole(roots[step.to_root].root, step.to))
    elif step.to:
        there = fs.look(*roots[step.to_root].place(step.to))
        fine = fs.are_one(here, there) or (same_file(here, step) and same_file(there, step))
    else:
        fine = same_file(here, step)
    if not fine:
        raise RefusedError(HeldReason.CHANGED)


def require_twin(roots: Sequence[fs.Folders], step: Step, pulse: Callable[[], None] = lambda: None) -> None:
    """Refuse to remove a copy when its content is not at its other place: size and time do not tell.

    The other file is read and compared with the hash on record, or with the copy. What a run wrote is
    compared with what it wrote.
    """
    folder, name = roots[step.root].place(step.rel)
    here = fs.look(folder, name)
    if stat.S_ISLNK(here.st_mode):
        return
    place = roots[step.to_root].place(step.to) if step.to else (folder, name)
    if step.to and fs.are_one(here, fs.look(*place)):
        return
    known = step.hash if step.hash or not step.to else _content(folder, name, pulse)
    if known and _content(*place, pulse) != known:
        why = "it and its source no longer have the same content" if step.to else "it was edited"
        raise RefusedError(HeldReason.CHANGED, why)


def _content(folder: fs.Folder, name: str, pulse: Callable[[], None]) -> str:
    with opened(folder, name) as fd:
        return fs.digest(fd, pulse)[0]


def already_undone(roots: Sequence[fs.Folders], step: Step) -> bool:
    """True when what a rollback's step would do is done already, by its script or by hand."""
    try:
        return _is_gone(roots[step.root], step.rel) and (not step.to or _is_there(roots[step.to_root], step))
    except OSError:  # a folder became a link or a file: nobody knows
        return False


def had_effect(roots: Sequence[fs.Folders], step: Step) -> bool:
    """True when a step that makes no copy, and reported an error, had its effect all the same.

    An OSError when nobody can tell. The new name was free before: what is there now is of this step.
    """
    if step.do in COPIES:
        return False
    if step.do in (Do.REMOVE, Do.RMDIR):
        return _is_gone(roots[step.root], step.rel)
    try:
        there = fs.look(*roots[step.to_root].place(step.to))
    except FileNotFoundError:
        return False
    if step.do is Do.MKDIR:
        return stat.S_ISDIR(there.st_mode) and not os.listdir(roots[step.to_root].open(step.to))
    if step.do is Do.SYMLINK:
        path = fs.whole(roots[step.root].root, step.rel)
        return stat.S_ISLNK(there.st_mode) and fs.points_to(*roots[step.to_root].place(step.to), path)
    return same_file(there, step) and (step.do is Do.LINK or _is_gone(roots[step.root], step.rel))


def _is_gone(folders: fs.Folders, rel: str) -> bool:
    with suppress(FileNotFoundError):
        fs.look(*folders.place(rel))
        return False
    return True


def _is_there(folders: fs.Folders, step: Step) -> bool:
    there = fs.look(*folders.place(step.to))
    return any(fs.unchanged(there, step.size, time) for time in (step.mtime_ns, step.then_mtime_ns))


def require_same(now: os.stat_result, step: Step) -> None:
    """Refuse a file that is not what the step says."""
    if not same_file(now, step):
        raise RefusedError(HeldReason.CHANGED)


def same_file(now: os.stat_result, step: Step) -> bool:
    """True when a file is still what the step says."""
    same = step.inode in (0, now.st_ino) or fs.on_fuse(now.st_dev)
    return same and (fs.unchanged(now, step.size, step.mtime_ns) or _same_link(now, step))


def _same_link(now: os.stat_result, step: Step) -> bool:
    """True for a symbolic link that is to get another name: the link itself moves."""
    link = step.do is Do.RENAME and stat.S_ISLNK(now.st_mode)
    return link and now.st_size == step.size and fs.same_time(now.st_mtime_ns, step.mtime_ns)


def with_metadata(step: Step, folder: fs.Folder, name: str) -> Step:
    """Return the step with what its copy is to be given, which so outlives a disk that cannot keep it."""
    if step.owner:  # known from the run that this one takes back
        return step
    with opened(folder, name) as fd:
        now, attrs = os.fstat(fd), fs.attributes(fd)
    owner, mode = (now.st_uid, now.st_gid), stat.S_IMODE(now.st_mode)
    return msgspec.structs.replace(step, mode=mode, owner=owner, attrs=attrs)


@contextmanager
def opened(folder: fs.Folder | None, name: str) -> Iterator[int]:
    """Open a file to read it."""
    fd = fs.open_file(folder, name)
    try:
        yield fd
    finally:
        os.close(fd)
