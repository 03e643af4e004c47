"""Let AniVault's modules see Windows or macOS, as far as Linux can play them.

Only what modules named `anivault.*` import is another one: `sys.platform`, an `os` without the calls and
arguments that the system lacks, for Windows `msvcrt` in place of `fcntl`. Under Windows everybody's
`os.rename`, `os.replace` and `os.unlink` refuse a file that is open in this process.

`python tests/shared/systems.py WORDS...` is `anivault WORDS...` under Windows; ANIVAULT_DIES_AT=N kills it
at its Nth call that changes the disk.

It cannot show that the systems' own calls (MoveFileExW, CreateHardLinkW, FlushFileBuffers, renameatx_np,
F_FULLFSYNC) do what is documented. Nor, for Windows: handles of other processes, access lists, backslashes,
drives, names of 260 characters and more, reserved names, NTFS after a power cut, virus scanners; for macOS:
APFS, names in other normal forms, Finder's attributes.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import importlib
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

# Of `os`: what Windows has of these families, and what else it has not.
FAMILIES = ("O_", "POSIX_", "SEEK_", "XATTR_", "EX_", "W", "sched_", "spawn")
HAS = {
    "O_RDONLY", "O_WRONLY", "O_RDWR", "O_APPEND", "O_CREAT", "O_EXCL", "O_TRUNC", "SEEK_SET", "SEEK_CUR",
    "SEEK_END", "W_OK",
}  # fmt: skip
LACKS = {name for name in dir(os) if name.startswith(FAMILIES)} - HAS | {
    "chown", "chroot", "copy_file_range", "fchdir", "fchmod", "fchown", "fdatasync", "fork", "fpathconf",
    "getegid", "geteuid", "getgid", "getpgid", "getuid", "getxattr", "killpg", "lchown", "listxattr", "lockf",
    "major", "makedev", "memfd_create", "minor", "mkfifo", "mknod", "nice", "pathconf", "pipe2",
    "posix_fadvise", "posix_fallocate", "pread", "preadv", "pwrite", "pwritev", "readv", "removexattr",
    "sendfile", "setsid", "setxattr", "statvfs", "sync", "uname", "wait", "waitpid", "writev",
}  # fmt: skip
SYMLINK, JUNCTION = 0xA000000C, 0xA0000003  # their reparse tags; a link is a junction by its name
EXTENDED = "\\\\?\\"
CHANGING = (
    "mkdir",
    "rmdir",
    "link",
    "symlink",
    "rename",
    "unlink",
    "write",
    "ftruncate",
    "fsync",
    "utime",
    "open",
)


class Seen(ModuleType):
    """A module with some of its names changed, and the others as they are."""

    def __init__(self, real: ModuleType, lacks: set[str], **changed: object) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(changed, _real=real, _lacks=lacks)

    def __getattr__(self, name: str) -> Any:
        if name in self._lacks:
            raise AttributeError(f"Windows has no {self._real.__name__}.{name}")
        return getattr(self._real, name)


class Stat:
    """What Windows tells of a file."""

    def __init__(self, found: os.stat_result, path: str = "", *, listed: bool = False) -> None:
        self._found = found
        self.st_uid = self.st_gid = 0
        self.st_mode = stat.S_IFMT(found.st_mode) | (0o666 if found.st_mode & 0o200 else 0o444)
        self.st_reparse_tag = SYMLINK if stat.S_ISLNK(found.st_mode) else 0
        if self.st_reparse_tag and path.endswith("junction"):
            self.st_mode, self.st_reparse_tag = stat.S_IFDIR | 0o777, JUNCTION
        self.st_ino, self.st_dev, self.st_nlink = (
            (0, 0, 0) if listed else (found.st_ino, found.st_dev, found.st_nlink)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found, name)


class Entry:
    """What Windows tells of a file in a listing: no numbers."""

    def __init__(self, real: os.DirEntry[str]) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def stat(self, *, follow_symlinks: bool = True) -> Stat:
        found = self._real.stat(follow_symlinks=follow_symlinks)
        return Stat(found, self.path, listed=not (follow_symlinks and self._real.is_symlink()))

    def is_symlink(self) -> bool:
        return self.stat(follow_symlinks=False).st_reparse_tag == SYMLINK

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return stat.S_ISDIR(self.stat(follow_symlinks=follow_symlinks).st_mode)


class Listing:
    """What `os.scandir` returns."""

    def __init__(self, path: str) -> None:
        self._real = os.scandir(_path(path))

    def __iter__(self) -> Iterator[Entry]:
        return map(Entry, self._real)

    def __enter__(self) -> Listing:
        return self

    def __exit__(self, *error: object) -> None:
        self._real.close()


def _path(path: Any) -> Any:
    """Refuse a descriptor in place of a path."""
    if isinstance(path, int):
        raise TypeError("Windows takes a path here, no descriptor")
    return path


def _open(path: str, flags: int, mode: int = 0o777) -> int:
    if os.path.isdir(path):
        raise PermissionError(errno.EACCES, "it is a folder", path)
    return os.open(path, (flags & ~(O_BINARY | O_NOINHERIT)) | os.O_CLOEXEC, mode)


def _utime(path: str, *, ns: tuple[int, int]) -> None:
    if _is_open(_path(path)):
        raise AssertionError("a file that is open loses its time when it is closed")
    os.utime(path, ns=(ns[0], ns[1] // 100 * 100))


def _fsync(fd: int) -> None:
    if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, "only a file that is open for writing can be flushed")
    os.fsync(fd)


def _rename(old: str, new: str) -> None:
    if os.path.lexists(new):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), old, None, new)
    os.rename(old, new)


def _unlink(path: str) -> None:
    if not os.lstat(path).st_mode & 0o200:
        raise PermissionError(errno.EACCES, "it is only to be read", path)
    os.unlink(path)


def _locking(fd: int, _mode: int, _count: int) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None


def _is_open(path: str) -> bool:
    try:
        wanted = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    for number in os.listdir("/proc/self/fd"):
        try:
            if os.path.samestat(wanted, os.stat(f"/proc/self/fd/{number}")):
                return True
        except OSError:
            continue
    return False


def _unless_open(real: Callable[..., None]) -> Callable[..., None]:
    def call(path: Any, *args: Any, **more: Any) -> None:
        if _is_open(path) or any(isinstance(each, str) and _is_open(each) for each in args):
            raise PermissionError(errno.EACCES, "it is open", path)
        real(path, *args, **more)

    return call


O_BINARY, O_NOINHERIT = 1 << 28, 1 << 29
# Signatures are those of Windows: what it does not take is a TypeError.
OS = Seen(
    os,
    LACKS,
    name="nt",
    O_BINARY=O_BINARY,
    O_NOINHERIT=O_NOINHERIT,
    open=_open,
    stat=lambda path, *, follow_symlinks=True: Stat(os.stat(path, follow_symlinks=follow_symlinks)),
    lstat=lambda path: Stat(os.lstat(path), path),
    fstat=lambda fd: Stat(os.fstat(fd)),
    access=lambda path, mode: os.access(_path(path), mode),
    scandir=Listing,
    listdir=lambda path=".": os.listdir(_path(path)),
    utime=_utime,
    fsync=_fsync,
    rename=_rename,
    replace=lambda old, new: os.replace(old, new),
    unlink=_unlink,
    remove=_unlink,
    link=lambda old, new: os.link(old, new),
    symlink=lambda to, path: os.symlink(to, path),
    readlink=lambda path: EXTENDED + os.readlink(path),
    mkdir=lambda path, mode=0o777: os.mkdir(path, mode),
    rmdir=lambda path: os.rmdir(path),
)
Modules = dict[str, ModuleType | None]
WINDOWS: Modules = {
    "os": OS,
    "sys": Seen(sys, set(), platform="win32"),
    "msvcrt": Seen(ModuleType("msvcrt"), set(), LK_NBLCK=2, locking=_locking),
    "fcntl": None,
}


@contextmanager
def windows() -> Iterator[Callable[[str], str]]:
    """Import AniVault anew, as Windows would see it, and forget it again; yields its own `long_path`."""
    patches = [
        mock.patch.object(os, call.__name__, _unless_open(call))
        for call in (os.rename, os.replace, os.unlink)
    ]
    with seeing(WINDOWS, patches):
        fs_windows: Any = importlib.import_module("anivault.shared.fs_windows")
        long_path = fs_windows.long_path  # its paths have backslashes, which are none here
        with mock.patch.object(fs_windows, "long_path", os.path.abspath):
            yield long_path


def _fsync_of_macos(_fd: int) -> None:
    raise AssertionError("what is synced so is in the memory of the disk only")


def _fcntl_of_macos(fd: int, what: int, *_more: int) -> None:
    if what == FULL:
        os.fsync(fd)


def _libc_of_macos(name: str) -> Callable[..., int] | None:
    import ctypes

    def renameatx_np(old: int, name: bytes, new: int, other: bytes, flags: int) -> int:
        moved: int = ctypes.CDLL(None, use_errno=True).renameat2(old, name, new, other, {4: 1}[flags])
        return moved

    return renameatx_np if name == "renameatx_np" else None


FULL = 51
NO_ATTRIBUTES = {"getxattr", "listxattr", "setxattr", "removexattr"}
MACOS: Modules = {
    "os": Seen(os, {"fdatasync", "posix_fadvise", *NO_ATTRIBUTES}, fsync=_fsync_of_macos),
    "sys": Seen(sys, set(), platform="darwin"),
    "fcntl": Seen(fcntl, set(), F_FULLFSYNC=FULL, F_NOCACHE=48, fcntl=_fcntl_of_macos),
}


@contextmanager
def macos() -> Iterator[None]:
    """Import AniVault anew, as macOS would see it, and forget it again."""
    with seeing(MACOS, []):
        fs_posix: Any = importlib.import_module("anivault.shared.fs_posix")
        with mock.patch.object(fs_posix, "libc", _libc_of_macos):
            yield


@contextmanager
def seeing(modules: Modules, patches: list[Any]) -> Iterator[None]:
    """Import AniVault anew with `modules`, and forget it again."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_anew(name)}
    patches = [*patches, mock.patch.object(builtins, "__import__", _importing(modules))]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()
        for name in filter(_is_anew, list(sys.modules)):
            del sys.modules[name]
        sys.modules.update(kept)


def _is_anew(name: str) -> bool:
    return name.partition(".")[0] == "anivault" or name == "tests.core.mover"


def _importing(modules: Modules) -> Any:
    real = builtins.__import__

    def importing(name: str, globals: Any = None, *args: Any, **more: Any) -> ModuleType:  # noqa: A002
        importer = (globals or {}).get("__name__", "")
        if importer.partition(".")[0] != "anivault" or name not in modules:
            return real(name, globals, *args, **more)
        if (module := modules[name]) is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return module

    return importing


def _dying(at: int) -> Iterator[Any]:
    """Patches of what changes the disk, so that the Nth call of all is the last one of the process."""
    seen = 0

    def dying(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            nonlocal seen
            seen += name != "open" or bool(args[1] & os.O_CREAT)
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **more)

        return call

    return (mock.patch.object(os, name, dying(name, getattr(os, name))) for name in CHANGING)


def main() -> int:
    """Run one command."""
    with windows():
        from anivault.cli.main import run

        if at := os.environ.get("ANIVAULT_DIES_AT"):
            for patch in _dying(int(at)):
                patch.start()
        return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
