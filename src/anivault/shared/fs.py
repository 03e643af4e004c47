"""Touch the disk so that nothing is replaced, nothing is followed and nothing is half there.

In: names inside folders that are held open, so that a folder swapped for a symbolic link gets nothing.
Out: plain results, or the OSError of the call that failed. Touches what it is told to. What the systems
do each in their own way is in fs_posix.py and fs_windows.py, and nowhere else; callers use this module
alone. docs/reliability.md says what holds on which system, and what was tried there.
One file: whoever moves files finds every promise of the disk here, and no other way to it.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
import zlib
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

from anivault.shared.errors import UnsafePathError

# ruff: noqa: F403, F405 - both modules have the same names; mypy checks them, once for each system
if sys.platform == "win32":
    from anivault.shared.fs_windows import *
else:
    from anivault.shared.fs_posix import *

LINUX = sys.platform == "linux"
CHUNK = 1 << 20  # bytes; larger ones fall out of the processor's cache between read, hash and write
MOST_FOLDERS = 256  # folders kept open for one root; the usual limit of a process is 1,024 descriptors
SHARES = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "davfs", "fuse.rclone")  # kinds of mounts
NO_SUCH_CALL = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})
# What a network share says of work that it has done already, when it answers a repeated request.
ANSWERED_AGAIN = frozenset({errno.ENOENT, errno.EEXIST})
CANNOT_LINK = frozenset({errno.EPERM, errno.EMLINK, *NO_SUCH_CALL} - {errno.EINVAL})


class NeedsReserveError(OSError):
    """The filesystem can neither rename without replacing nor link: a name must be reserved first."""


class HalfDoneError(OSError):
    """A change failed in its middle and could not be undone either; `anivault recover` settles it."""


class ReadError(OSError):
    """The file that is copied cannot be read: the trouble is its own."""


def require_plain_name(name: str, rel: str) -> str:
    """Return `name`, the part of `rel` after a slash, when it is a plain one."""
    if not is_plain_name(name):
        raise UnsafePathError(rel)
    return name


class Folders:
    """The folders below one root, held open; no step below the root may be a symbolic link.

    The one that was not used for the longest time is closed first, so that two at hand stay open.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._open: dict[str, Folder] = {}

    def open(self, rel: str) -> Folder:
        """Return the folder `rel`; the root itself is ''."""
        folder = self._open.pop(rel, None)
        if folder is None:
            return self._descend(rel)
        self._open[rel] = folder
        return folder

    def _descend(self, rel: str) -> Folder:
        if not rel:
            folder = open_folder(None, self.root)
        else:
            parent, _, name = rel.rpartition("/")
            folder = open_folder(self.open(parent), require_plain_name(name, rel))
        if len(self._open) >= MOST_FOLDERS:
            close_folder(self._open.pop(next(iter(self._open))))
        self._open[rel] = folder
        return folder

    def place(self, rel: str) -> tuple[Folder, str]:
        """Return the folder and the name for the file `rel`."""
        folder, _, name = rel.rpartition("/")
        if not is_plain_name(name):
            raise UnsafePathError(rel)
        return self.open(folder), name

    def missing(self, rel: str) -> list[str]:
        """Return the folders on the way to `rel` that do not exist yet, outermost first."""
        lacking = self.missing(rel.rpartition("/")[0]) if rel else []
        if lacking:
            return [*lacking, rel]
        try:
            self.open(rel)
        except FileNotFoundError:
            return [rel] if rel else []
        return []

    def forget(self, rel: str) -> None:
        """Close one folder that is about to be removed."""
        if rel in self._open:
            close_folder(self._open.pop(rel))

    def close(self) -> None:
        """Close all; the next use opens them again and so sees what has changed on the way."""
        while self._open:
            close_folder(self._open.popitem()[1])


def nearest(path: str) -> str:
    """Return the absolute path, or what exists nearest above it; of a drive that is absent, its root."""
    path = os.path.abspath(path)
    while not os.path.exists(path) and (above := os.path.dirname(path)) != path:
        path = above
    return path


def dead_link(path: str) -> str:
    """Where a link on the way to `path` leads that leads to nothing: no folder can be made there; else ""."""
    path = os.path.abspath(path)
    while not (os.path.islink(path) and not os.path.exists(path)):
        if (above := os.path.dirname(path)) == path:
            return ""
        path = above
    return os.path.realpath(path)


def mount_point(path: str, found: Container[str]) -> str:
    """Where what a path without links lies on is mounted, of what `mounts` found; else the root."""
    while path not in found and (above := os.path.dirname(path)) != path:
        path = above
    return path


def share_of(path: str, found: Mapping[str, str] | None = None) -> str:
    """The kind of network share that a path is on, or will be; empty where it is on none, or nobody tells.

    `found` is what `mounts` found, for who asks about many paths. On a share every look takes its time, and
    locks cannot be trusted.
    """
    found = mounts() if found is None else found
    kind = found.get(mount_point(os.path.realpath(nearest(path)), found), "") if found else ""
    return kind if kind.startswith(SHARES) else ""


def is_below(path: str, folder: str) -> bool:
    """Tell whether `path` leads to `folder` or into it."""
    inside = os.path.join(os.path.normcase(real(folder)), "")
    return os.path.join(os.path.normcase(real(path)), "").startswith(inside)


def real(path: str) -> str:
    """Return the path without links; also where a folder is mounted in a second place, its own place."""
    path = os.path.realpath(path)
    own = own_place(path)
    return own if own and _is_one(path, own) else path


def places(path: str) -> list[str]:
    """Return every place where what is at a path is found: its own without links, and other mounts of it."""
    path = os.path.realpath(path)
    return [path, *(other for other in other_places(path) if other != path and _is_one(path, other))]


def _is_one(path: str, other: str) -> bool:
    try:
        return os.path.samefile(nearest(path), nearest(other))
    except OSError:
        return False


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file to read it, be it behind a link; never waits on a FIFO."""
    return os.fdopen(open_file(None, os.path.realpath(path)), "rb")


def require_inside(rel: str) -> None:
    """Refuse a relative path with a part that could lead out of its root."""
    if leads_out(rel):
        raise UnsafePathError(rel)


def same_time(one: int, other: int) -> bool:
    """True when two mtimes in ns are one time, seen through what a filesystem can keep of it.

    NTFS keeps 100 ns, exFAT and SFTP whole seconds, FAT even ones; only a time without a fraction
    is taken for a rounded one.
    """
    if one // 100 == other // 100:
        return True
    whole = one % 1_000_000_000 == 0 or other % 1_000_000_000 == 0
    return whole and abs(one - other) < 2_000_000_000


def unchanged(now: os.stat_result, size: int, mtime_ns: int) -> bool:
    """True for a regular file of that size and time."""
    return stat.S_ISREG(now.st_mode) and now.st_size == size and same_time(now.st_mtime_ns, mtime_ns)


def are_one(one: os.stat_result, other: os.stat_result) -> bool:
    """True when two names are of one file; a file number of 0 says nothing."""
    return bool(one.st_ino) and os.path.samestat(one, other)


def other_disk(was: str, now: str) -> bool:
    """True when two ids of disks are not of one disk; what is not known is no difference.

    An id is a row of marks, the surest first, such as `uuid:1f-2e fsid:9 type:ext4`: the first kind of mark
    that both have decides.
    """
    first, second = (_marks(disk) for disk in (was, now))
    return next((first[kind] != second[kind] for kind in first if kind in second), False)


def _marks(disk: str) -> dict[str, str]:
    return {kind: mark for kind, _, mark in (part.partition(":") for part in disk.split())}


def rename(source: Folder, name: str, target: Folder, new: str, *, reserve: bool = False) -> None:
    """Move a name; raises FileExistsError when the new one is taken, on every filesystem.

    Where neither RENAME_NOREPLACE nor a hardlink is possible (exFAT, some network shares) it raises
    NeedsReserveError; with `reserve` the new name is then first taken by an empty file of our own.
    """
    if refused := rename_new(source, name, target, new):
        rename_otherwise(refused, source, name, target, new, reserve=reserve)


def rename_otherwise(
    refused: int, source: Folder, name: str, target: Folder, new: str, *, reserve: bool = False
) -> None:
    """Move a name as `rename` does, after `rename_new` has refused with this error."""
    if refused not in NO_SUCH_CALL:
        raise OSError(refused, os.strerror(refused), new)
    _rename_by_link(source, name, target, new, reserve=reserve)


def _rename_by_link(source: Folder, name: str, target: Folder, new: str, *, reserve: bool) -> None:
    try:
        link(source, name, target, new)
    except OSError as error:
        if not linked(source, name, target, new):
            if error.errno not in CANNOT_LINK:
                raise
            if not reserve:
                raise NeedsReserveError(error.errno, "neither link nor NOREPLACE", new) from error
            _rename_onto_own(source, name, target, new)
            return
    with undoing(target, new, unless_gone=(source, name)):
        unlink(source, name)


def linked(source: Folder, name: str, target: Folder, new: str) -> bool:
    """True when two names are there and are of one file."""
    try:
        return are_one(look(source, name), look(target, new))
    except FileNotFoundError:
        return False


def _rename_onto_own(source: Folder, name: str, target: Folder, new: str) -> None:
    """Take the new name with an empty file, which only then is replaced."""
    os.close(create(target, new))
    with undoing(target, new, unless_gone=(source, name)):
        rename_onto(source, name, target, new)


@contextmanager
def undoing(folder: Folder, name: str, *, unless_gone: tuple[Folder, str] | None = None) -> Iterator[None]:
    """Remove a file of our own again when what follows fails.

    Not where the other name is gone, `unless_gone`: some disks report an error for what they have done, and
    the caller looks. Not for KeyboardInterrupt, which may come just after what follows went well: that is
    for `recover`.
    """
    try:
        yield
    except Exception as error:
        try:
            if not (unless_gone and gone(*unless_gone)):
                remove(folder, name)
        except OSError as again:
            raise HalfDoneError(again.errno, again.strerror, name) from error
        raise


def gone(folder: Folder, name: str) -> bool:
    """True when a name is not there; an OSError when nobody can tell."""
    try:
        look(folder, name)
    except FileNotFoundError:
        return True
    return False


def is_there(folder: Folder, name: str, made: os.stat_result) -> bool:
    """True when a name is there and is the file that was made; FUSE may number it otherwise by now."""
    try:
        there = look(folder, name)
    except FileNotFoundError:
        return False
    return are_one(there, made) or (
        on_fuse(there.st_dev) and unchanged(there, made.st_size, made.st_mtime_ns)
    )


def remove(folder: Folder, name: str) -> None:
    """Remove a file's name, if it is there; an error counts only while it still is."""
    try:
        unlink(folder, name)
    except OSError:
        if not gone(folder, name):
            raise


@contextmanager
def unless_made(folder: Folder, name: str) -> Iterator[None]:
    """Pass over an error that tells of work done already, when the name that was free is there now."""
    try:
        yield
    except OSError as error:
        if error.errno not in ANSWERED_AGAIN or gone(folder, name):
            raise


def create_own(folder: Folder, name: str) -> int:
    """Make a new file of a name that nobody else uses: one that is there was left by a call that failed."""
    try:
        return create(folder, name)
    except FileExistsError:
        remove(folder, name)
        return create(folder, name)
    except OSError:
        remove(folder, name)
        raise


@contextmanager
def closing(fd: int) -> Iterator[int]:
    """Close a file at the end: Windows renames and removes none that is open."""
    try:
        yield fd
    finally:
        os.close(fd)


def is_hole(path: str, size: int) -> bool:
    """True for a file that holds no byte that was ever written; False where nobody can tell."""
    try:
        with closing(open_file(None, path)) as fd:
            return next(iter(stretches(fd, size)), None) is None
    except OSError:
        return False


def write(fd: int, data: bytes | memoryview) -> None:
    """Write all of `data`."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_whole(path: str, data: bytes | memoryview, *, mode: int = 0o600, replace: bool = False) -> None:
    """Write a file as a whole or not at all. A name that is taken stays as it is, unless `replace`."""
    folder, name = os.path.split(os.path.abspath(path))
    from tempfile import mkstemp  # only what writes a file for people needs it

    fd, temporary = mkstemp(dir=folder, prefix=".anivault-")
    try:
        with closing(fd):
            write(fd, data)
            sync_file(fd)
        os.chmod(temporary, mode)
        if replace:
            os.replace(temporary, path)
        else:
            _rename_here(folder, os.path.basename(temporary), name)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _rename_here(path: str, name: str, new: str) -> None:
    folder = open_folder(None, path)
    try:
        rename(folder, name, folder, new, reserve=True)
    finally:
        close_folder(folder)


def copy(source: int, target: int, pulse: Callable[[], None]) -> str:
    """Copy what `source` holds, holes left as holes; returns its hash. `pulse` may raise to stop."""
    from xxhash import xxh3_128

    size, seen, hasher, buffer = os.fstat(source).st_size, 0, xxh3_128(), bytearray(CHUNK)
    for start, end in stretches(source, size):
        _hash_zeros(hasher, start - seen)
        os.lseek(source, start, os.SEEK_SET)
        os.lseek(target, start, os.SEEK_SET)
        seen = start + _pump(source, target, end - start, hasher, memoryview(buffer), pulse)
    _hash_zeros(hasher, size - seen)
    if os.fstat(target).st_size != size:
        os.ftruncate(target, size)
    return hasher.hexdigest()


def _reader(fd: int) -> Callable[[memoryview], int | None]:
    """Return what fills a buffer from a file, and says how far."""
    return io.FileIO(fd, closefd=False).readinto


def _pump(
    source: int, target: int, length: int, hasher: Any, view: memoryview, pulse: Callable[[], None]
) -> int:
    done, read = 0, _reader(source)
    while done < length:
        pulse()
        try:
            count = read(view[: min(CHUNK, length - done)])
        except OSError as error:
            raise ReadError(error.errno, error.strerror) from error
        if not count:
            break  # the file shrank; its changed size is found before anything is removed
        hasher.update(view[:count])
        write(target, view[:count])
        done += count
    return done


def _hash_zeros(hasher: Any, length: int) -> None:
    zeros = bytes(min(length, CHUNK))
    while length > 0:
        hasher.update(zeros[: min(length, CHUNK)])
        length -= CHUNK


def digest(fd: int, pulse: Callable[[], None] = lambda: None, *, crc: bool = False) -> tuple[str, str]:
    """Return the xxh3-128 of a file and, with `crc`, its CRC32 (else ''), in one pass."""
    import xxhash

    size, value = os.fstat(fd).st_size, 0
    os.lseek(fd, 0, os.SEEK_SET)
    if size < CHUNK and len(data := os.read(fd, size + 1)) == size:  # a small one, and no byte behind it
        value = zlib.crc32(data) if crc else 0
        return xxhash.xxh3_128_hexdigest(data), f"{value:08X}" if crc else ""
    os.lseek(fd, 0, os.SEEK_SET)
    hasher, view, read = xxhash.xxh3_128(), memoryview(bytearray(min(CHUNK, size + 1))), _reader(fd)
    while count := read(view):
        pulse()
        hasher.update(view[:count])
        value = zlib.crc32(view[:count], value) if crc else 0
    return hasher.hexdigest(), f"{value:08X}" if crc else ""


def reread(fd: int) -> str:
    """Return the hash of what the disk holds, not of what was just written into memory."""
    drop_cached(fd)
    return digest(fd)[0]


def sync_folders(*paths: str) -> None:
    """Make the names in folders durable, each given by its whole path."""
    for path in paths:
        folder = open_folder(None, path)
        try:
            sync_folder(folder)
        finally:
            close_folder(folder)
