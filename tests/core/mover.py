"""Small real libraries, and a process that can die at any call that changes the disk."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

from anivault.core.models import Identity, Mode, Move, Plan
from anivault.core.moving.executor import Report, execute
from anivault.core.moving.recover import recover
from anivault.core.rollback_manager import apply, plan_rollback

# What a file is to a user: content, mode, time, attributes.
Tree = dict[str, tuple[object, ...]]

NAMES = {
    "[Group] Show - 01.mkv": "Shows/Show/Season 01/Show S01E01.mkv",
    "[Group] Show - 01.ass": "Shows/Show/Season 01/Show S01E01.ass",
    "[Group] Show - 02.mkv": "Shows/Show/Season 01/Show S01E02.mkv",
    "Film (2001)/映画.mkv": "Films/Film (2001)/Film (2001).mkv",
    "Film (2001)/-odd name.srt": "Films/Film (2001)/Film (2001).en.srt",
}
CHANGING = (
    *("mkdir", "rmdir", "link", "symlink", "rename", "unlink", "write", "ftruncate"),
    *("fsync", "fdatasync", "fchmod", "fchown", "utime", "setxattr", "open"),
)


class Box:
    """A source with a few files, a library with one file of the user, and the plan from one to the other."""

    def __init__(self, source: Path, library: Path, mode: Mode) -> None:
        self.source, self.library, self.mode = source, library, mode
        for number, name in enumerate(NAMES):
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"content {number} ".encode() * (number * 3000))
            path.chmod([0o644, 0o600][number % 2])
            with suppress(OSError):
                os.setxattr(path, "user.note", str(number).encode())
            os.utime(path, ns=(10**18, 10**18 + number * 1_000_000_007))
        library.mkdir()
        (library / "mine.txt").write_text("a file of the user")

    def plan(self) -> Plan:
        """One move a file of the source."""
        moves = tuple(self.move(name, target) for name, target in NAMES.items())
        return Plan(
            library=str(self.library), roots=(str(self.source),), preset="-", mode=self.mode, moves=moves
        )

    def move(self, name: str, target: str, **more: Any) -> Move:
        """One move, with the identity that the file has now."""
        return Move(
            root=str(self.source),
            rel=name,
            target=target,
            mode=self.mode,
            identity=identity(self.source / name),
            **more,
        )

    def run(self) -> Report:
        """Carry the plan out."""
        return execute(self.plan())

    def trees(self) -> tuple[Tree, Tree]:
        """What is in source and library now."""
        return tree(self.source), tree(self.library)

    def recover(self) -> None:
        """Settle what a crash left."""
        recover(str(self.library))

    def rollback(self) -> Report:
        """Take the last run back."""
        return apply(plan_rollback(str(self.library)))

    def litter(self) -> list[Path]:
        """What a run should not have left: temporary files, probes."""
        return [
            path
            for root in (self.source, self.library)
            for path in root.rglob("*")
            if path.name == "probe"
            or path.suffix == ".tmp"
            or (path.is_dir() and path.name[:9] == ".anivault-")
        ]

    def folders(self) -> set[str]:
        """The folders of the library that a user would see."""
        found = (p.relative_to(self.library) for p in self.library.rglob("*") if p.is_dir())
        return {str(path) for path in found if path.parts[0] != ".anivault"}


def identity(path: Path) -> Identity:
    """What a scan notes of a file."""
    now = path.lstat()
    return Identity(now.st_size, now.st_mtime_ns, now.st_dev, now.st_ino)


def tree(root: Path) -> Tree:
    """All files below `root` but AniVault's own."""
    return {str(p.relative_to(root)): _facts(p) for p in root.rglob("*") if _is_users(p, root)}


def _is_users(path: Path, root: Path) -> bool:
    return not path.is_dir() and path.relative_to(root).parts[0] != ".anivault"


def _facts(path: Path) -> tuple[object, ...]:
    now = path.lstat()
    if stat.S_ISLNK(now.st_mode):
        return ("link", str(path.readlink()))
    return path.read_bytes(), stat.S_IMODE(now.st_mode), now.st_mtime_ns, _attributes(path)


def _attributes(path: Path) -> tuple[tuple[str, bytes], ...]:
    try:
        return tuple(
            (key, os.getxattr(path, key)) for key in sorted(os.listxattr(path)) if key[:5] == "user."
        )
    except OSError:  # a filesystem without attributes
        return ()


class Crash(BaseException):
    """The process is gone: nothing after this call happens, not even cleaning up."""


class Calls:
    """The changing calls of a stretch of code: counted, noted, and broken at one of them.

    A `late` one does its work and reports the error all the same.
    """

    def __init__(
        self,
        at: int = 0,
        how: Callable[[], BaseException] = Crash,
        *,
        torn: bool = False,
        late: bool = False,
    ) -> None:
        self.at, self.how, self.torn, self.late = at, how, torn, late
        self.seen: list[tuple[str, str]] = []

    def __call__(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return `real`, noted and perhaps broken."""

        def call(*args: Any, **more: Any) -> Any:
            if name == "open" and not args[1] & os.O_CREAT:
                return real(*args, **more)
            self.seen.append((name if name != "_call" else args[0], str(args)))
            if len(self.seen) != self.at:
                return real(*args, **more)
            if self.torn and name == "write":
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            if self.late:
                _late(name, real(*args, **more))
            raise self.how()

        return call

    def names(self) -> list[str]:
        """The names of the calls, in order."""
        return [name for name, _ in self.seen]


def _late(name: str, result: Any) -> None:
    """Nobody learns of the file that was opened."""
    if name == "open":
        os.close(result)


@contextmanager
def watched(calls: Calls) -> Iterator[Calls]:
    """Let `calls` see everything that changes the disk."""
    patches = [mock.patch.object(os, name, calls(name, getattr(os, name))) for name in CHANGING]
    if posix := sys.modules.get("anivault.shared.fs_posix"):
        patches.append(mock.patch.object(posix, "_call", calls("_call", posix._call)))
    patches.append(mock.patch.object(fcntl, "ioctl", calls("ioctl", fcntl.ioctl)))
    for patch in patches:
        patch.start()
    try:
        yield calls
    finally:
        for patch in patches:
            patch.stop()


def crashes(work: Callable[[], object], at: int, *, torn: bool = False) -> bool:
    """Do `work` and die at changing call number `at`; False when it has fewer."""
    before = _open_files()
    try:
        with watched(Calls(at, torn=torn)):
            work()
    except Crash:
        for number in _open_files() - before:  # as the end of a process closes them
            with suppress(OSError):
                os.close(number)
        return True
    return False


def _open_files() -> set[int]:
    return {int(name) for name in os.listdir("/proc/self/fd")}


def disk_error(number: int) -> Callable[[], OSError]:
    """Return a maker of one kind of OSError."""
    return lambda: OSError(number, os.strerror(number))


DISK_ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
LATE_ERRORS = (errno.ENOSPC, errno.EIO, errno.ENOENT, errno.EEXIST)
