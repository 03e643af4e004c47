"""Touch the disk so that nothing is replaced, nothing is followed and nothing is half there.

In: names inside folders that are held open by descriptor, so that a folder swapped for a symbolic
link gets nothing. Out: plain results, or the OSError of the call that failed. Touches what it is told
to. Linux; docs/reliability.md says what holds on macOS and Windows.
"""

from __future__ import annotations

import errno
import fcntl
import functools
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from anivault.shared.errors import UnsafePathError

OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
CHUNK = 1 << 20  # bytes; larger ones fall out of the processor's cache between read, hash and write
MOST_FOLDERS = 256  # descriptors kept open for one root; the usual limit of a process is 1,024
NEW_FILE = 0o600  # the mode of a file that is not finished yet
LEADS_OUT = re.compile(r"(?:^|/)\.{0,2}(?:/|$)|\0")
UNSAFE = frozenset({"", ".", ".."})
# The call that renames without replacing, and its flag; macOS has one of its own.
RENAME, NOREPLACE = ("renameatx_np", 4) if sys.platform == "darwin" else ("renameat2", 1)
FICLONE = 0x40049409
Folder: TypeAlias = int  # an open folder: its descriptor
CANNOT_LINK = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class NeedsReserveError(OSError):
    """The filesystem can neither rename without replacing nor link: a name must be reserved first."""


class HalfDoneError(OSError):
    """A change failed in its middle and could not be undone either; `anivault recover` settles it."""


class Folders:
    """Descriptors of the folders below one root; no step below the root may be a symbolic link.

    A descriptor is good until the next call on the same object.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._open: dict[str, Folder] = {}

    def open(self, rel: str) -> Folder:
        """Return a descriptor of the folder `rel`; the root itself is ''."""
        fd = self._open.get(rel)
        return self._descend(rel) if fd is None else fd

    def _descend(self, rel: str) -> Folder:
        if not rel:
            fd = os.open(self.root, OPEN_FOLDER)
        else:
            parent, _, name = rel.rpartition("/")
            fd = os.open(safe(name, rel), OPEN_FOLDER | os.O_NOFOLLOW, dir_fd=self.open(parent))
        if len(self._open) >= MOST_FOLDERS:
            os.close(self._open.pop(next(iter(self._open))))
        self._open[rel] = fd
        return fd

    def place(self, rel: str) -> tuple[Folder, str]:
        """Return the folder's descriptor and the name for the file `rel`."""
        folder, _, name = rel.rpartition("/")
        fd = self._open.get(folder)
        return (self._descend(folder) if fd is None else fd), safe(name, rel)

    def missing(self, rel: str) -> Iterator[str]:
        """Yield the folders on the way to `rel` that do not exist yet, outermost first."""
        try:
            self.open(rel)
        except FileNotFoundError:
            if rel:
                yield from self.missing(rel.rpartition("/")[0])
                yield rel

    def forget(self, rel: str) -> None:
        """Close one folder that is about to be removed."""
        if rel in self._open:
            os.close(self._open.pop(rel))

    def close(self) -> None:
        """Close all; the next use opens them again and so sees what has changed on the way."""
        while self._open:
            os.close(self._open.popitem()[1])


def require_inside(rel: str) -> None:
    """Refuse a relative path with a part that could lead out of its root."""
    if LEADS_OUT.search(rel):
        raise UnsafePathError(rel)


def safe(name: str, rel: str) -> str:
    """Return `name`, the part of `rel` after a slash, when it is a plain one."""
    if name in UNSAFE or "\0" in name:
        raise UnsafePathError(rel)
    return name


def look(folder: Folder, name: str) -> os.stat_result:
    """Stat the name itself, never what a link points to."""
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def exists(folder: Folder, name: str) -> bool:
    """True when the name is taken, be it by a dangling link."""
    return os.access(name, os.F_OK, dir_fd=folder, follow_symlinks=False)


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


@functools.cache
def libc(name: str) -> Callable[..., int] | None:
    """Return a function of the C library that Python lacks, None where the library has none such."""
    import ctypes

    function: Callable[..., int] | None = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    return function


def _call(name: str, *args: object) -> int:
    """Call a function of the C library until no signal interrupts it; returns errno, 0 when it went well."""
    function = libc(name)
    if function is None:
        return errno.ENOSYS
    while function(*args) != 0:
        if (number := _errno()) != errno.EINTR:
            return number
    return 0


def _errno() -> int:
    import ctypes

    return ctypes.get_errno()


def rename(source: Folder, name: str, target: Folder, new: str, *, reserve: bool = False) -> None:
    """Move a name; raises FileExistsError when the new one is taken, on every filesystem.

    Where neither RENAME_NOREPLACE nor a hardlink is possible (exFAT, some network shares) it raises
    NeedsReserveError; with `reserve` the new name is then first taken by an empty file of our own.
    """
    number = _call(RENAME, source, os.fsencode(name), target, os.fsencode(new), NOREPLACE)
    if number in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        _rename_by_link(source, name, target, new, reserve=reserve)
    elif number:
        raise OSError(number, os.strerror(number), new)


def _rename_by_link(source: Folder, name: str, target: Folder, new: str, *, reserve: bool) -> None:
    try:
        link(source, name, target, new)
    except OSError as error:
        if error.errno not in CANNOT_LINK:
            raise
        if not reserve:
            raise NeedsReserveError(error.errno, "neither link nor NOREPLACE", new) from error
        _rename_onto_own(source, name, target, new)
    else:
        with undoing(target, new):
            unlink(source, name)


def _rename_onto_own(source: Folder, name: str, target: Folder, new: str) -> None:
    """Take the new name with an empty file, which only then is replaced."""
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, dir_fd=target))
    with undoing(target, new):
        os.rename(name, new, src_dir_fd=source, dst_dir_fd=target)


@contextmanager
def undoing(folder: Folder, name: str) -> Iterator[None]:
    """Remove a file of our own again when what follows fails.

    Not for KeyboardInterrupt, which may come just after what follows went well: that is for `recover`.
    """
    try:
        yield
    except Exception as error:
        try:
            unlink(folder, name)
        except FileNotFoundError:
            pass
        except OSError as again:
            raise HalfDoneError(again.errno, again.strerror, name) from error
        raise


def link(source: Folder, name: str, target: Folder, new: str) -> None:
    """Give a file a second name; never replaces."""
    os.link(name, new, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)


def symlink(points_to: str, folder: Folder, name: str) -> None:
    """Make a symbolic link; never replaces."""
    os.symlink(points_to, name, dir_fd=folder)


def readlink(folder: Folder, name: str) -> str:
    """Return what a symbolic link points to."""
    return os.readlink(name, dir_fd=folder)


def unlink(folder: Folder, name: str) -> None:
    """Remove a file's name."""
    os.unlink(name, dir_fd=folder)


def mkdir(folder: Folder, name: str) -> None:
    """Make a folder."""
    os.mkdir(name, dir_fd=folder)


def rmdir(folder: Folder, name: str) -> None:
    """Remove an empty folder."""
    os.rmdir(name, dir_fd=folder)


def open_file(folder: Folder, name: str) -> int:
    """Open a regular file to read it; never follows a link, never waits on a FIFO."""
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "not a regular file", name)
    return fd


def create(folder: Folder, name: str) -> int:
    """Make a new file to write and read it back; it is not there yet."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(name, flags, NEW_FILE, dir_fd=folder)


def write(fd: int, data: bytes | memoryview) -> None:
    """Write all of `data`."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def copy(source: int, target: int, pulse: Callable[[], None]) -> str:
    """Copy what `source` holds, holes left as holes; returns its hash. `pulse` may raise to stop."""
    from xxhash import xxh3_128

    size, seen, hasher, buffer = os.fstat(source).st_size, 0, xxh3_128(), bytearray(CHUNK)
    for start, end in _extents(source, size):
        _hash_zeros(hasher, start - seen)
        os.lseek(source, start, os.SEEK_SET)
        os.lseek(target, start, os.SEEK_SET)
        seen = start + _pump(source, target, end - start, hasher, memoryview(buffer), pulse)
    _hash_zeros(hasher, size - seen)
    if os.fstat(target).st_size != size:
        os.ftruncate(target, size)
    return hasher.hexdigest()


def _extents(fd: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches that hold data; one for all where the filesystem cannot tell."""
    position = 0
    while position < size:
        try:
            start = os.lseek(fd, position, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # only a hole is left
                return
            yield position, size
            return
        position = os.lseek(fd, start, os.SEEK_HOLE)
        yield start, position


def _pump(
    source: int, target: int, length: int, hasher: Any, view: memoryview, pulse: Callable[[], None]
) -> int:
    done = 0
    while done < length:
        pulse()
        count = os.readv(source, [view[: min(CHUNK, length - done)]])
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
    import zlib

    from xxhash import xxh3_128

    hasher, view, value = xxh3_128(), memoryview(bytearray(CHUNK)), 0
    os.lseek(fd, 0, os.SEEK_SET)
    while count := os.readv(fd, [view]):
        pulse()
        hasher.update(view[:count])
        value = zlib.crc32(view[:count], value) if crc else 0
    return hasher.hexdigest(), f"{value:08X}" if crc else ""


def reread(fd: int) -> str:
    """Return the hash of what the disk holds, not of what was just written into memory."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    return digest(fd)[0]


def clone(source: int, target: int) -> None:
    """Share the blocks of `source`; fails where the filesystem cannot."""
    fcntl.ioctl(target, FICLONE, source)


def attributes(fd: int) -> dict[str, bytes]:
    """Return the extended attributes that can be read, {} where there are none."""
    found = {}
    for key in _listed(fd):
        try:
            found[key] = os.getxattr(fd, key)
        except OSError as error:
            if error.errno not in (errno.ENODATA, errno.EPERM, errno.EOPNOTSUPP):
                raise
    return found


def _listed(fd: int) -> list[str]:
    if not hasattr(os, "listxattr"):
        return []
    try:
        return os.listxattr(fd)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        return []


def set_metadata(fd: int, mode: int, mtime_ns: int, attrs: Mapping[str, bytes], owner: list[int]) -> None:
    """Give a copy what its original has, as far as the filesystem can keep it.

    A filesystem without attributes or modes is no failure, a full or broken one is. Only root may
    give a file to its owner.
    """
    if os.geteuid() == 0 and owner:
        with unless_unsupported(errno.EPERM):
            os.fchown(fd, *owner)
    for key, value in attrs.items():
        with unless_unsupported(*(() if key.startswith("user.") else (errno.EPERM,))):
            os.setxattr(fd, key, value)
    keeps_modes = stat.S_IMODE(os.fstat(fd).st_mode) == NEW_FILE
    with unless_unsupported(*(() if keeps_modes else (errno.EPERM,))):
        os.fchmod(fd, mode)
    os.utime(fd, ns=(mtime_ns, mtime_ns))


@contextmanager
def unless_unsupported(*more: int) -> Iterator[None]:
    """Pass over an error that says that the filesystem has no such thing."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.ENOSYS, *more):
            raise


def sync_folder(folder: Folder) -> None:
    """Make the names in one folder durable, where the filesystem knows how."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
            raise


def sync_disk(folder: Folder) -> bool:
    """Make everything on the folder's filesystem durable in one call; False where that cannot be trusted."""
    if on_fuse(os.fstat(folder).st_dev):
        return False
    number = _call("syncfs", folder)
    if number == errno.ENOSYS:
        return False
    if number:
        raise OSError(number, os.strerror(number))
    return True


@functools.cache
def on_fuse(device: int) -> bool:
    """True for a device that a program serves: syncfs does not reach what lies behind it, and its file
    numbers change with its memory.
    """
    try:
        with Path("/proc/self/mountinfo").open("rb") as mounts:
            rows = [line.split(b" - ", 1) for line in mounts]
    except OSError:
        return False
    number = b"%d:%d" % (os.major(device), os.minor(device))
    return any(left.split()[2] == number and right.startswith(b"fuse") for left, right in rows)


def lock(path: str) -> int | None:
    """Take the lock file at `path`; None when another process holds it.

    The kernel drops the lock with its process, so a stale one cannot be: the file may stay.
    """
    fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd
