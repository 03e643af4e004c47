"""What fs.py asks of Linux and macOS: names inside folders that are held open by descriptor.

In, out and touched: as fs.py says. macOS renames and syncs by calls of its own: type-checked, and run
where its rules are imitated (tests/shared/systems.py), never on macOS.
One file: it has the same functions as fs_windows.py, one for one.
"""

from __future__ import annotations

import errno
import fcntl
import functools
import operator
import os
import re
import stat
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import quote

assert sys.platform != "win32"

Folder: TypeAlias = int  # an open folder: its descriptor
LEADS_OUT = re.compile(r"(?:^|/)\.{0,2}(?:/|\Z)|\0")
UNSAFE = frozenset({"", ".", ".."})
OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
OPEN_LAST = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
NEW_FILE = 0o600  # the mode of a file that is not finished yet
# The call that renames without replacing, and its flag; macOS has one of its own.
RENAME, NOREPLACE = ("renameatx_np", 4) if sys.platform == "darwin" else ("renameat2", 1)
FICLONE = 0x40049409
FS_IOC_GETFSUUID = 0x80111500
MOUNTS = Path("/proc/self/mountinfo")
UNSUPPORTED = frozenset({errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})  # the first two differ on macOS


# --- folders and names ---


def is_plain_name(name: str) -> bool:
    """Tell whether a part of a path is the name of something in its folder."""
    return name not in UNSAFE and "\0" not in name


def leads_out(rel: str) -> bool:
    """True for a relative path with a part that could lead out of its root; '' is one."""
    odd = "/." in rel or "//" in rel or "\0" in rel or rel[:1] in ("", "/", ".") or rel[-1] == "/"
    return odd and LEADS_OUT.search(rel) is not None  # the search alone takes five times as long


def whole(root: str, rel: str) -> str:
    """Return the whole path of `rel`."""
    return os.path.join(root, rel)


def beside(path: str, folder: str) -> str:
    """Return how `folder` leads to `path`, relative to it."""
    return os.path.relpath(path, folder)


def open_folder(parent: Folder | None, name: str) -> Folder:
    """Open a folder; inside a `parent` it may be no link. Without one, `name` is a whole path."""
    if parent is None:
        return os.open(name, OPEN_FOLDER)
    try:
        return os.open(name, OPEN_FOLDER | os.O_NOFOLLOW, dir_fd=parent)
    except NotADirectoryError as error:  # a link is none either
        if stat.S_ISLNK(look(parent, name).st_mode):
            raise OSError(errno.ELOOP, "it is a link", name) from error
        raise


def close_folder(folder: Folder) -> None:
    """Let go of a folder."""
    os.close(folder)


def look(folder: Folder, name: str) -> os.stat_result:
    """Stat the name itself, never what a link points to."""
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def exists(folder: Folder, name: str) -> bool:
    """True when the name is taken, be it by a dangling link."""
    return os.access(name, os.F_OK, dir_fd=folder, follow_symlinks=False)


def listed(entry: os.DirEntry[str]) -> os.stat_result:
    """Stat what a listing names, and no link."""
    return entry.stat(follow_symlinks=False)


blocks = operator.attrgetter("st_blocks")  # how many blocks a file has on the disk
CHANGE_TIME = True  # whether st_ctime is when a file was last changed in any way, which nobody can set


def stats(folder: Folder, names: Sequence[str]) -> list[os.stat_result | None]:
    """Stat names of a folder, no link followed; None for one that went."""
    try:
        return [os.stat(name, dir_fd=folder, follow_symlinks=False) for name in names]
    except OSError:
        return [_stat(folder, name) for name in names]


def _stat(folder: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None


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


def is_junction(_entry: os.DirEntry[str]) -> bool:
    """True for a folder that leads elsewhere and is no symbolic link: there are none."""
    return False


def rename_new(source: Folder, name: str, target: Folder, new: str) -> int:
    """Move a name to one that is not there yet; returns errno, 0 when it went well."""
    return _call(RENAME, source, os.fsencode(name), target, os.fsencode(new), NOREPLACE)


def rename_onto(source: Folder, name: str, target: Folder, new: str) -> None:
    """Move a name onto another one, which it replaces."""
    os.rename(name, new, src_dir_fd=source, dst_dir_fd=target)


def link(source: Folder | None, name: str, target: Folder, new: str) -> None:
    """Give a file a second name; never replaces. Without a folder, `name` is a whole path."""
    os.link(name, new, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)


def symlink(points_to: str, folder: Folder, name: str) -> None:
    """Make a symbolic link; never replaces."""
    os.symlink(points_to, name, dir_fd=folder)


def points_to(folder: Folder | None, name: str, path: str) -> bool:
    """True when a symbolic link points to `path`."""
    return os.readlink(name, dir_fd=folder) == path


def leads(folder: Folder, name: str) -> os.stat_result:
    """Stat what a link points to."""
    return os.stat(name, dir_fd=folder)


def unlink(folder: Folder, name: str) -> None:
    """Remove a file's name."""
    os.unlink(name, dir_fd=folder)


def mkdir(folder: Folder, name: str) -> None:
    """Make a folder."""
    os.mkdir(name, dir_fd=folder)


def rmdir(folder: Folder, name: str) -> None:
    """Remove an empty folder."""
    os.rmdir(name, dir_fd=folder)


def set_mode(folder: Folder, mode: int, owner: Sequence[int]) -> None:
    """Give a new folder mode and owner, as far as the filesystem keeps them."""
    with unless_unsupported(errno.EPERM):
        if os.geteuid() == 0 and owner:
            os.fchown(folder, *owner)
        os.fchmod(folder, mode)


def name_max(folder: str) -> int:
    """Return how many bytes a name in a folder may have."""
    return os.pathconf(folder, "PC_NAME_MAX")


# --- files ---


def open_file(folder: Folder | None, name: str) -> int:
    """Open a regular file to read it; never follows a link, never waits on a FIFO.

    Without a folder, `name` is a whole path.
    """
    return open_seen(folder, name)[0]


def open_seen(folder: Folder | None, name: str) -> tuple[int, os.stat_result]:
    """Open a file as `open_file` does, and stat what is open."""
    fd = os.open(name, OPEN_FILE, dir_fd=folder)
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "no regular file", name)
    return fd, found


def create(folder: Folder, name: str) -> int:
    """Make a new file to write and read it back; it is not there yet."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(name, flags, NEW_FILE, dir_fd=folder)


def open_to_append(path: str, *, new: bool = False, mode: int = 0o644) -> int:
    """Open a file to write at its end; with `new` it is made, with this mode, when it is not there."""
    return os.open(path, OPEN_LAST | os.O_CREAT, mode) if new else os.open(path, OPEN_LAST)


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


def stretches(fd: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches that hold data; one for all where the filesystem cannot tell.

    macOS is not asked: a hole that it wrongly tells of would be content that is lost.
    """
    if sys.platform != "linux":
        yield 0, size
        return
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


def drop_cached(fd: int) -> None:
    """Let the next read of a file come from the disk, as far as the system does that."""
    if sys.platform == "darwin":
        fcntl.fcntl(fd, fcntl.F_NOCACHE, 1)
    else:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)


def clone(source: int, target: int) -> None:
    """Share the blocks of `source`; fails where the filesystem cannot. macOS clones no file that is open."""
    if sys.platform == "darwin":
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
    fcntl.ioctl(target, FICLONE, source)


# --- what a file has beside its content ---


def trusted(found: os.stat_result, *owners: int) -> bool:
    """True for a file of this user or of root, which trusts the `owners` too."""
    me = os.geteuid()
    return found.st_uid in (0, me) or (me == 0 and found.st_uid in owners)


def others_may_write(found: os.stat_result, others: int = 0o022) -> bool:
    """True for a file that group or world may write; `others` says which of them, and what else they may."""
    return bool(found.st_mode & others)


if sys.platform == "linux":

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
        try:
            return os.listxattr(fd)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.ENOSYS):
                raise
            return []

    def _set_attribute(fd: int, key: str, value: bytes) -> None:
        os.setxattr(fd, key, value)

else:  # macOS has them, but Python has no calls for them there

    def attributes(_fd: int) -> dict[str, bytes]:
        """Return the extended attributes that can be read: none."""
        return {}

    def _set_attribute(_fd: int, _key: str, _value: bytes) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))


def set_metadata(fd: int, mode: int, mtime_ns: int, attrs: Mapping[str, bytes], owner: Sequence[int]) -> None:
    """Give a copy what its original has, as far as the filesystem can keep it.

    A filesystem without attributes or modes is no failure, a full or broken one is. Only root may
    give a file to its owner.
    """
    if os.geteuid() == 0 and owner:
        with unless_unsupported(errno.EPERM):
            os.fchown(fd, *owner)
    for key, value in attrs.items():
        with unless_unsupported(*(() if key.startswith("user.") else (errno.EPERM,))):
            _set_attribute(fd, key, value)
    keeps_modes = stat.S_IMODE(os.fstat(fd).st_mode) == NEW_FILE
    with unless_unsupported(*(() if keeps_modes else (errno.EPERM,))):
        os.fchmod(fd, mode)
    os.utime(fd, ns=(mtime_ns, mtime_ns))


def finished(folder: Folder, name: str, _mtime_ns: int) -> os.stat_result:
    """Return what a new file is once it is closed; it has its time already."""
    return look(folder, name)


@contextmanager
def unless_unsupported(*more: int) -> Iterator[None]:
    """Pass over an error that says that the filesystem has no such thing."""
    try:
        yield
    except OSError as error:
        if error.errno not in {*UNSUPPORTED, *more}:
            raise


# --- what survives a power cut ---


def sync_file(fd: int) -> None:
    """Make a file durable. On macOS fsync leaves it to the disk's memory, F_FULLFSYNC does not."""
    if sys.platform == "darwin":
        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in {*UNSUPPORTED, errno.EINVAL, errno.ENOTTY}:
                raise
        else:
            return
    os.fsync(fd)


def sync_data(fd: int) -> None:
    """Make durable what was appended to a file."""
    if sys.platform == "linux":
        os.fdatasync(fd)
    else:
        sync_file(fd)


def sync_folder(folder: Folder) -> None:
    """Make the names in one folder durable, where the filesystem knows how."""
    with unless_unsupported(errno.EINVAL):
        sync_file(folder)


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
    return any(kind.startswith(b"fuse") for kind, _ in _mounted(device))


def _mounted(device: int) -> list[tuple[bytes, bytes]]:
    """Return the kinds of filesystem, and from where, that are mounted under a device number."""
    try:
        with Path("/proc/self/mountinfo").open("rb") as mounts:
            rows = [line.split(b" - ", 1) for line in mounts]
    except OSError:
        return []
    number = b"%d:%d" % (os.major(device), os.minor(device))
    found = [right.split() for left, right in rows if left.split()[2] == number]
    return [(kind, source) for kind, source, *_ in found]


# --- what a disk lets us do ---


def is_read_only(path: str) -> bool:
    """True where a disk is mounted so that nobody can write to it."""
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def takes_more_files(path: str) -> bool:
    """False where a disk has no inode left; those that count none have always one."""
    found = os.statvfs(path)
    return not found.f_files or found.f_favail > 0


def who() -> tuple[int, ...]:
    """Return numbers of who runs this: the user, and the groups that they are in."""
    return os.geteuid(), *os.getgroups()


def may_link(path: str) -> bool:
    """True when Linux lets us make a hard link of a file: ours, or one that we could write to, or any."""
    if not _only_owners_link():
        return True
    return os.lstat(path).st_uid == os.geteuid() or os.access(path, os.R_OK | os.W_OK)


@functools.cache
def _only_owners_link() -> bool:
    if os.geteuid() == 0:
        return False
    try:
        return Path("/proc/sys/fs/protected_hardlinks").read_text(encoding="ascii").strip() != "0"
    except OSError:
        return False


def mounts() -> dict[str, str]:
    """Return the kinds of filesystem by where they are mounted, as Linux lists them; elsewhere none."""
    try:
        rows = [line.split(b" ") for line in Path("/proc/self/mountinfo").read_bytes().splitlines()]
    except OSError:
        return {}
    return {_unescaped(row[4]): row[row.index(b"-") + 1].decode() for row in rows}


def own_place(path: str) -> str:
    """Return where a path is found on the mount of its whole disk, where it lies on one of a part of it.

    Of a path without links; '' where there is no other place.
    """
    mount, others = _mounts_of(path)
    best = min(others, key=lambda found: len(found[0].root), default=None)
    if mount is None or best is None or len(best[0].root) >= len(mount.root):
        return ""
    return best[1]


def other_places(path: str) -> list[str]:
    """Return where else a path without links may be found: what it lies on is mounted there too."""
    return [place for _, place in _mounts_of(path)[1]]


def _mounts_of(path: str) -> tuple[_MountRow | None, list[tuple[_MountRow, str]]]:
    """Return the mount of a path, and the others of its disk with what the path is called there."""
    rows = _mount_rows()
    mount = max(
        (row for row in rows if _below(path, row.point)), key=lambda row: len(row.point), default=None
    )
    if mount is None:
        return None, []
    inside = os.path.normpath(mount.root + "/" + os.path.relpath(path, mount.point))
    others = (row for row in rows if row.device == mount.device and _below(inside, row.root) and row != mount)
    return mount, [(row, _joined(row.point, os.path.relpath(inside, row.root))) for row in others]


def _joined(folder: str, rel: str) -> str:
    return os.path.normpath(os.path.join(folder, rel))


class _MountRow(NamedTuple):
    """A mount: of which disk, of what of it, and where."""

    device: bytes
    root: str
    point: str


def _mount_rows() -> list[_MountRow]:
    try:
        return _parsed(MOUNTS.read_bytes())
    except OSError:
        return []


@functools.lru_cache(maxsize=1)
def _parsed(mountinfo: bytes) -> list[_MountRow]:
    rows = [line.split(b" ") for line in mountinfo.splitlines()]
    return [_MountRow(row[2], _unescaped(row[3]), _unescaped(row[4])) for row in rows]


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _unescaped(path: bytes) -> str:
    return os.fsdecode(re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), path))


# --- which disk it is ---


def disk_id(folder: str) -> str:
    """Return what tells the disk of a folder from others, also after it was away; '' when nothing does.

    Marks, the surest first: the filesystem's UUID where the kernel or udev tells it, the number that it gives
    itself, the share it is, its type. XFS numbers itself by its device, which another disk has tomorrow:
    that tells nothing.
    """
    if sys.platform != "linux":  # macOS numbers disks as they come
        return ""
    device = os.stat(folder).st_dev
    type_, source = next(iter(_mounted(device)), (b"", b""))
    number = os.statvfs(folder).f_fsid
    marks = {
        "uuid": _uuid(folder) or _listed_uuid(device),
        "fsid": "" if type_ == b"xfs" or not number else f"{number:x}",
        "from": quote(source, safe=":/@") if not number else "",
        "type": type_.decode("ascii", "replace"),
    }
    return " ".join(f"{kind}:{mark}" for kind, mark in marks.items() if mark)


def _uuid(folder: str) -> str:
    """Return the UUID that Linux (from 6.9 on) tells of a filesystem; '' where it does not."""
    answer = bytearray(17)  # its length, then its bytes
    try:
        fd = os.open(folder, OPEN_FOLDER)
    except OSError:
        return ""
    try:
        fcntl.ioctl(fd, FS_IOC_GETFSUUID, answer)
    except OSError:
        return ""
    finally:
        os.close(fd)
    return str(uuid.UUID(bytes=bytes(answer[1:]))) if answer[0] == 16 and any(answer[1:]) else ""


def _listed_uuid(device: int) -> str:
    """Return the UUID by which udev lists a disk; '' where it does not."""
    with suppress(OSError):
        for entry in os.scandir("/dev/disk/by-uuid"):
            with suppress(OSError):
                if os.stat(entry.path).st_rdev == device:
                    return entry.name
    return ""
