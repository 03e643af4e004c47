"""Let one AniVault at a time work in a library; the others wait for their turn.

In: the path of a library. Out: its lock, held, or LibraryBusyError. Touches `.anivault/lock`; where there is
no journal an empty one is made before it, and what was made for nothing goes again. The system drops a lock
with its process, so a stale one cannot be.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from anivault.core.moving.journal.records import LOCK, NAME, journal_path
from anivault.shared import fs, trust
from anivault.shared.errors import DiskError, LibraryBusyError, LibraryIsFileError, UnfinishedRunError, quoted
from anivault.shared.places import FOLDER

UNUSED = f"{FOLDER}.unused"  # our folder, on its way out
AGAIN = 0.1  # seconds between two tries: a run of one file takes about as long
_mine: ContextVar[frozenset[str]] = ContextVar("mine", default=frozenset())  # libraries whose turn this is


@contextmanager
def turn(
    library: str, wait: float = 0, waiting: Callable[[], object] = lambda: None, *, shared: bool = True
) -> Iterator[None]:
    """Hold a library's lock. Within a turn that is `shared` there is nothing to wait for.

    Waits at most `wait` seconds for others, and calls `waiting` before it does.
    Raises LibraryBusyError, LibraryIsFileError, NotTrustedError, DiskError where the lock cannot be opened.
    """
    library = os.path.abspath(library)
    if library in _mine.get():
        yield
        return
    new: list[str] = []  # the journal and the folders that are made for it
    try:
        lock = _taken(library, wait, waiting, new)
    except OSError as error:
        raise DiskError("Opening the library's journal", error, f"ls -ld {quoted(library)}") from error
    token = _mine.set(_mine.get() | {library} if shared else _mine.get())
    try:
        yield
    finally:
        _mine.reset(token)
        try:
            unused = _put_away(library, new)
        finally:
            os.close(lock)
        if unused:
            _remove_unused(library, new)


def is_busy(library: str) -> bool:
    """Tell whether another one is at work in a library. One whose lock cannot be opened is not busy."""
    path = os.path.join(os.path.abspath(library), FOLDER, LOCK)
    if os.path.abspath(library) in _mine.get() or not os.path.exists(path):
        return False
    try:
        lock = fs.lock(path)
    except OSError:
        return False
    if lock is not None:
        os.close(lock)
    return lock is None


def in_the_middle(library: str) -> UnfinishedRunError | LibraryBusyError:
    """Return the error that says what a run without an end is: one at work now, or one that was cut off."""
    return LibraryBusyError(library) if is_busy(library) else UnfinishedRunError(library)


def _taken(library: str, wait: float, waiting: Callable[[], object], new: list[str]) -> int:
    until = time.monotonic() + wait
    while (lock := _try(library, new)) is None:
        if time.monotonic() >= until:
            raise LibraryBusyError(library, waited=wait)
        waiting()
        time.sleep(AGAIN)
    return lock


def _try(library: str, new: list[str]) -> int | None:
    """Take the lock; None when another has it, or has just removed the folder that it made for nothing."""
    if os.path.isfile(library):
        raise LibraryIsFileError(library)
    trust.require_home(library)
    folder = os.path.join(library, FOLDER)
    path = os.path.join(folder, LOCK)
    try:
        _make(library, folder, new)
        lock = fs.lock(path)
    except FileNotFoundError:
        return None
    if lock is not None and not _is_at(path, lock):
        os.close(lock)
        return None
    return lock


def _is_at(path: str, lock: int) -> bool:
    with suppress(OSError):
        return os.path.samestat(os.stat(path), os.fstat(lock))
    return False


def _make(library: str, folder: str, new: list[str]) -> None:
    """Make the journal where there is none: before its first line, and before the lock, which tells of it."""
    path = journal_path(library)
    if os.path.lexists(path):
        return
    new[:] = _missing(path)
    if not os.path.isdir(folder):
        clear_unused(library)
        os.makedirs(folder, trust.OUR_FOLDER, exist_ok=True)
        fs.sync_folders(library, os.path.dirname(library))
    os.close(fs.open_to_append(path, new=True))
    fs.sync_folders(folder)


def _missing(path: str) -> list[str]:
    """What of a path is not there, the innermost first."""
    missing = []
    while not os.path.exists(path) and (above := os.path.dirname(path)) != path:
        missing.append(path)
        path = above
    return missing


def _put_away(library: str, new: list[str]) -> bool:
    """Give a folder that was made for nothing another name; True when that was done.

    So a death in the middle leaves no lock without a journal, and whoever waits for the lock finds that it is
    not the library's any more. A folder that was there before keeps both.
    """
    journal, *folders = new or [""]
    with suppress(OSError):
        if folders and not os.path.getsize(journal) and {*os.listdir(folders[0])} <= {NAME, LOCK}:
            os.rename(folders[0], os.path.join(library, UNUSED))
            return True
    return False


def _remove_unused(library: str, new: list[str]) -> None:
    clear_unused(library)
    with suppress(OSError):
        for path in new[2:]:
            os.rmdir(path)


def clear_unused(library: str) -> None:
    """Remove what a death left of a folder that was made for nothing."""
    unused = os.path.join(library, UNUSED)
    with suppress(OSError):
        for name in (NAME, LOCK):
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(unused, name))
        os.rmdir(unused)
