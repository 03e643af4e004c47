"""What fs.py asks of Windows, which has no folder descriptors: a folder is its whole path, looked at.

In, out and touched: as fs.py says. Between the look at a folder and its use somebody else can put a link
there, which POSIX systems exclude. Written from what Windows and Python document; type-checked, and run
where Windows' rules are imitated (tests/shared/systems.py), never on Windows.
"""

from __future__ import annotations

import errno
import msvcrt
import ntpath
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeAlias

assert sys.platform == "win32"

Folder: TypeAlias = str  # its whole path, in the form without a limit of length
# A backslash leads on, a colon names a drive or a stream, a dot or space at the end does not count.
LEADS_OUT = re.compile(r"(?:^|/)(?:/|$)|[. ](?:/|$)|[\0\\:]")
NEW_FILE = 0o600
AS_IT_IS = os.O_BINARY | os.O_NOINHERIT
LOCAL, NETWORK = "\\\\?\\", "\\\\?\\UNC"
LEADS_ELSEWHERE = 0x20000000  # the bit that links and junctions have of all reparse tags


# --- folders and names ---


def is_plain_name(name: str) -> bool:
    """Tell whether a part of a path is the name of something in its folder."""
    return not LEADS_OUT.search(name)


def long_path(path: str) -> str:
    """Return the whole path in the form that may have more than 260 characters."""
    if path.startswith(LOCAL):
        return path
    path = ntpath.abspath(path)
    return NETWORK + path[1:] if path.startswith("\\\\") else LOCAL + path


def leads_out(rel: str) -> bool:
    """True for a relative path with a part that could lead out of its root; '' is one."""
    return not rel or LEADS_OUT.search(rel) is not None


def whole(root: str, rel: str) -> str:
    """Return the whole path of `rel`."""
    return long_path(os.path.join(root, rel))


def beside(path: str, folder: str) -> str:
    """Return how `folder` leads to `path`, relative to it; '' to another drive."""
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:
        return ""


def _at(folder: Folder | None, name: str) -> str:
    """Return the path of a name; without a folder it is a whole path."""
    return long_path(name) if folder is None else os.path.join(folder, name)


def _refuse_link(path: str, found: os.stat_result) -> None:
    if found.st_reparse_tag & LEADS_ELSEWHERE:
        raise OSError(errno.ELOOP, "it is a link or a junction", path)


def open_folder(parent: Folder | None, name: str) -> Folder:
    """Look at a folder; inside a `parent` it may be no link. Without one, `name` is a whole path."""
    path = _at(parent, name)
    if parent is not None:
        _refuse_link(path, os.lstat(path))
    if not stat.S_ISDIR(os.stat(path).st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
    return path


def close_folder(_folder: Folder) -> None:
    """Nothing is held."""


def look(folder: Folder, name: str) -> os.stat_result:
    """Stat the name itself, never what a link points to."""
    return os.lstat(os.path.join(folder, name))


def listed(entry: os.DirEntry[str]) -> os.stat_result:
    """Stat what a listing names, and no link; the listing has no file number, and old sizes of links."""
    return os.lstat(long_path(entry.path))


def blocks(_s: os.stat_result) -> int:
    """How many blocks a file has on the disk: Windows does not say, so it has one."""
    return 1


CHANGE_TIME = False  # st_ctime is when a file was made


def stats(folder: Folder, names: Sequence[str]) -> list[os.stat_result | None]:
    """Stat names of a folder, no link followed; None for one that went."""
    return [_stat(os.path.join(folder, name)) for name in names]


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None


def exists(folder: Folder, name: str) -> bool:
    """True when the name is taken, be it by a dangling link."""
    return os.path.lexists(os.path.join(folder, name))


def is_junction(entry: os.DirEntry[str]) -> bool:
    """True for a folder that leads elsewhere and is no symbolic link."""
    return bool(entry.stat(follow_symlinks=False).st_reparse_tag & LEADS_ELSEWHERE)


def rename_new(source: Folder, name: str, target: Folder, new: str) -> int:
    """Move a name to one that is not there yet: so Windows renames. Returns 0."""
    os.rename(os.path.join(source, name), os.path.join(target, new))
    return 0


def rename_onto(source: Folder, name: str, target: Folder, new: str) -> None:
    """Move a name onto another one, which it replaces."""
    os.replace(os.path.join(source, name), os.path.join(target, new))


def link(source: Folder | None, name: str, target: Folder, new: str) -> None:
    """Give a file a second name; never replaces. Without a folder, `name` is a whole path."""
    os.link(_at(source, name), os.path.join(target, new))


def symlink(path: str, folder: Folder, name: str) -> None:
    """Make a symbolic link, which needs a right of its own; never replaces."""
    os.symlink(_plain(path), os.path.join(folder, name))


def points_to(folder: Folder | None, name: str, path: str) -> bool:
    """True when a symbolic link points to `path`."""
    return _plain(os.readlink(_at(folder, name))) == _plain(path)


def _plain(path: str) -> str:
    """Return a path as people write it."""
    path = os.path.normpath(path)
    return "\\" + path[len(NETWORK) :] if path.startswith(NETWORK) else path.removeprefix(LOCAL)


def leads(folder: Folder, name: str) -> os.stat_result:
    """Stat what a link points to."""
    return os.stat(os.path.join(folder, name))


def unlink(folder: Folder, name: str) -> None:
    """Remove a file's name; refused for a file that is open or only to be read."""
    os.unlink(os.path.join(folder, name))


def mkdir(folder: Folder, name: str) -> None:
    """Make a folder."""
    os.mkdir(os.path.join(folder, name))


def rmdir(folder: Folder, name: str) -> None:
    """Remove an empty folder."""
    os.rmdir(os.path.join(folder, name))


def set_mode(_folder: str, _mode: int, _owner: Sequence[int]) -> None:
    """Windows folders have no mode."""


def name_max(_folder: str) -> int:
    """Return how many characters a name may have."""
    return 255


# --- files ---


def open_file(folder: Folder | None, name: str) -> int:
    """Open a regular file to read it; no link, and the file that was looked at.

    Without a folder, `name` is a whole path.
    """
    return open_seen(folder, name)[0]


def open_seen(folder: Folder | None, name: str) -> tuple[int, os.stat_result]:
    """Open a file as `open_file` does, and stat it."""
    path = _at(folder, name)
    found = os.lstat(path)
    _refuse_link(path, found)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "no regular file", name)
    fd = os.open(path, os.O_RDONLY | AS_IT_IS)
    if os.fstat(fd).st_ino != found.st_ino:
        os.close(fd)
        raise OSError(errno.ELOOP, "another file took its name", name)
    return fd, found


def create(folder: Folder, name: str) -> int:
    """Make a new file to write and read it back; it is not there yet."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | AS_IT_IS
    return os.open(os.path.join(folder, name), flags, NEW_FILE)


def open_to_append(path: str, *, new: bool = False, mode: int = 0o644) -> int:  # noqa: ARG001
    """Open a file to write at its end; with `new` it is made when it is not there. Modes say nothing here."""
    return _open_own(path, os.O_WRONLY | os.O_APPEND | (os.O_CREAT if new else 0))


def _open_own(path: str, flags: int) -> int:
    path = long_path(path)
    with suppress(FileNotFoundError):
        _refuse_link(path, os.lstat(path))
    return os.open(path, flags | AS_IT_IS, 0o644)


def lock(path: str) -> int | None:
    """Take the lock file at `path`; None when another process holds it.

    The system drops the lock with its process, so a stale one cannot be: the file may stay.
    """
    fd = _open_own(path, os.O_CREAT | os.O_RDWR)
    try:
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
    except PermissionError:
        os.close(fd)
        return None
    return fd


def stretches(_fd: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches that hold data: one for all, as there is no call that tells of holes."""
    yield 0, size


def drop_cached(_fd: int) -> None:
    """Nothing: what is read back may come from memory."""


def clone(_source: int, _target: int) -> None:
    """Fail: blocks are shared on ReFS alone, by a call that Python has not."""
    raise OSError(errno.EOPNOTSUPP, "no shared blocks on Windows")


# --- what a file has beside its content ---


def trusted(_found: os.stat_result, *_owners: int) -> bool:
    """True: no owner is shown; who may write into a folder is for its access list to say."""
    return True


def others_may_write(_found: os.stat_result, _others: int = 0o022) -> bool:
    """False: as for `trusted`."""
    return False


def attributes(_fd: int) -> dict[str, bytes]:
    """Return nothing: streams beside the content are not read."""
    return {}


def set_metadata(
    _fd: int, _mode: int, _mtime_ns: int, _attrs: Mapping[str, bytes], _owner: Sequence[int]
) -> None:
    """Nothing yet: a file that is open loses its time again, one to be read only could not be removed."""


def finished(folder: Folder, name: str, mtime_ns: int) -> os.stat_result:
    """Give a new file its time, now that it is closed, and return what it is."""
    path = os.path.join(folder, name)
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return os.lstat(path)


# --- what survives a power cut ---


def sync_file(fd: int) -> None:
    """Make a file durable."""
    os.fsync(fd)


def sync_data(fd: int) -> None:
    """Make durable what was appended to a file."""
    os.fsync(fd)


def sync_folder(_folder: Folder) -> None:
    """Nothing: there is no such call. Names are as durable as the log of NTFS makes them."""


def sync_disk(_folder: Folder) -> bool:
    """Return True, as for `sync_folder` there is nothing to do."""
    return True


def on_fuse(_device: int) -> bool:
    """Return False: the system does not tell."""
    return False


# --- what a disk lets us do ---


def is_read_only(_path: str) -> bool:
    """Return False: only trying tells."""
    return False


def takes_more_files(_path: str) -> bool:
    """Return True: there is no such limit but the room."""
    return True


def who() -> tuple[int, ...]:
    """Return nothing: numbers do not tell users apart here."""
    return ()


def may_link(_path: str) -> bool:
    """Return True: only trying tells."""
    return True


def own_place(_path: str) -> str:
    """Return the other place of a path: none is known."""
    return ""


def other_places(_path: str) -> list[str]:
    """Return where else a path may be found: nothing tells."""
    return []


def mounts() -> dict[str, str]:
    """Return nothing: a volume is told by its number."""
    return {}


# --- which disk it is ---


def disk_id(folder: str) -> str:
    """Return the serial number of a folder's volume, which stays with it."""
    return f"serial:{os.stat(folder).st_dev:x}"
