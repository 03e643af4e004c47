"""Keep TMDB's answers, so that nothing is asked twice. One SQLite file in the user's cache folder.

In: a key (path and parameters, never a credential), a status and the answer's useful part.
Out: the row again, with its age; stale rows too, for when TMDB is down. Nothing is kept longer
than TMDB's terms allow. The file is untrusted: a row whose checksum is wrong, or a file that is not a
database, is dropped and asked for again.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import msgspec

from anivault.shared.work.memory import is_damaged

DAY: Final = 86_400.0
LONGEST: Final = 180 * DAY  # TMDB's terms: six months
SIZE_CAP: Final = 256 * 2**20  # bytes of answers
ROOM: Final = 0.9  # an eviction goes down to this share of the cap
TOUCH_EVERY: Final = DAY  # a use is noted no finer than this, so that reading does not write
WAIT: Final = 5.0  # seconds for another AniVault that writes
VERSION: Final = 2  # of the table and of what the answers keep

SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, status INTEGER NOT NULL, body BLOB NOT NULL, checksum INTEGER NOT NULL,
    fetched REAL NOT NULL, expires REAL NOT NULL, used REAL NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS by_use ON answers(used)",
    f"PRAGMA user_version = {VERSION}",
)


class Answer(msgspec.Struct, frozen=True, gc=False):
    """One kept answer. `status` 200 with a body, or 404 without one."""

    status: int
    body: bytes
    fresh: bool


class CacheStats(msgspec.Struct, frozen=True):
    """What the cache holds; `size` in bytes on disk."""

    path: str
    answers: int = 0
    not_found: int = 0
    expired: int = 0
    size: int = 0


class Cache:
    """The answers on disk; in memory only when the folder cannot be used (`why` then says so)."""

    def __init__(
        self, folder: Path, *, now: Callable[[], float] = time.time, size_cap: int = SIZE_CAP
    ) -> None:
        self.path = folder / "tmdb.sqlite"
        self.why = ""
        self._now, self._cap = now, size_cap
        self._touched: list[str] = []
        self._db = self._open()
        self._size = self._total()

    def __enter__(self) -> Cache:
        """Use the cache until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Note what was used and close the file."""
        self.close()

    def get(self, key: str) -> Answer | None:
        """Return what is kept under `key`, fresh or stale; None when there is nothing usable."""
        now = self._now()
        with self._mended():
            row = self._db.execute(
                "SELECT status, body, checksum, fetched, expires, used FROM answers WHERE key = ?", (key,)
            ).fetchone()
            if row is None:
                return None
            if not _is_sound(key, row) or not now - LONGEST < row[3] <= now + DAY:
                self._drop(key)
                return None
            if now - row[5] > TOUCH_EVERY:
                self._touched.append(key)
            return Answer(row[0], row[1], now < row[4])
        return None

    def put(self, key: str, status: int, body: bytes, keep: float) -> None:
        """Keep an answer for `keep` seconds, at most six months; the least recently used make room."""
        now = self._now()
        with self._mended():
            self._db.execute(
                "REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, status, body, _checksum(key, status, body), now, now + min(keep, LONGEST), now),
            )
            self._size += len(body)
            if self._size > self._cap:
                self._evict()

    def stats(self) -> CacheStats:
        """Count what is kept."""
        with self._mended():
            row = self._db.execute(
                "SELECT count(*), total(status = 404), total(expires <= ?) FROM answers",
                (self._now(),),
            ).fetchone()
            return CacheStats(str(self.path), row[0], int(row[1]), int(row[2]), self._on_disk())
        return CacheStats(str(self.path))

    def prune(self) -> int:
        """Drop what has expired, give the space back, and return how many answers went."""
        with self._mended():
            gone = self._db.execute("DELETE FROM answers WHERE expires <= ?", (self._now(),)).rowcount
            self._compact()
            return gone
        return 0

    def clear(self) -> int:
        """Drop everything and return how many answers went."""
        with self._mended():
            gone = self._db.execute("DELETE FROM answers").rowcount
            self._compact()
            return gone
        return 0

    def close(self) -> None:
        """Note what was used and close the file."""
        with self._mended():
            self._db.executemany(
                "UPDATE answers SET used = ? WHERE key = ?", [(self._now(), key) for key in self._touched]
            )
        self._touched.clear()
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        """Open the file; make it again when it is damaged; fall back to memory when it cannot be had."""
        try:
            private_folder(self.path.parent)
            try:
                return _connect(self.path)
            except (sqlite3.Error, ValueError) as error:
                if not is_damaged(error):  # locked, full or read-only
                    raise
                self._remove()
                return _connect(self.path)
        except (OSError, sqlite3.Error, ValueError) as error:
            self.why = str(error)
            return _connect(None)

    @contextlib.contextmanager
    def _mended(self) -> Iterator[None]:
        """Do a piece of work; what goes wrong in the file costs the cache, never the run."""
        try:
            yield
        except (sqlite3.Error, ValueError) as error:
            if not is_damaged(error):  # locked, full or read-only
                self.why = str(error)
                return
            self._db.close()
            with contextlib.suppress(OSError):
                self._remove()
            self._db, self._size = self._open(), 0

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    def _drop(self, key: str) -> None:
        self._db.execute("DELETE FROM answers WHERE key = ?", (key,))

    def _evict(self) -> None:
        """Drop the least recently used until the answers fill `ROOM` of the cap."""
        self._size = self._total()  # other processes write too
        rows = self._db.execute("SELECT key, length(body) FROM answers ORDER BY used").fetchall()
        for key, size in rows:
            if self._size <= self._cap * ROOM:
                break
            self._drop(key)
            self._size -= size

    def _total(self) -> int:
        with self._mended():
            return int(self._db.execute("SELECT total(length(body)) FROM answers").fetchone()[0])
        return 0

    def _on_disk(self) -> int:
        return sum(
            path.stat().st_size for path in self.path.parent.glob(f"{self.path.name}*") if path.is_file()
        )

    def _compact(self) -> None:
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._size = self._total()


def private_folder(folder: Path) -> None:
    """Make `folder` where it is missing, and see to it that nobody else can look in."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def private(path: str, flags: int) -> int:
    """Open a file that only its owner may read: an opener for `open`. A FIFO would never answer."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError(errno.EINVAL, "no regular file", path)
    return os.open(path, flags, 0o600)


def _connect(path: Path | None) -> sqlite3.Connection:
    """Open and prepare a database; a table of another version is thrown away."""
    if path is not None:
        # SQLite gives its other files the mode that the first one has.
        os.close(private(os.fspath(path), os.O_CREAT | os.O_RDWR))
    db = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=WAIT)
    try:
        _use_wal(db)
        db.execute("PRAGMA synchronous = NORMAL")
        _make_table(db)
    except (sqlite3.Error, ValueError):
        db.close()
        raise
    return db


def _use_wal(db: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. SQLite does not wait for that lock by itself, so AniVault does."""
    until = time.monotonic() + WAIT
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _make_table(db: sqlite3.Connection) -> None:
    """Make the table where it is missing or of another version: in one step, for others open it too."""
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        db.execute("DROP TABLE IF EXISTS answers")
    for statement in SCHEMA:
        db.execute(statement)
    db.execute("COMMIT")


def _checksum(key: str, status: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(f"{status} {key}".encode()))


def _is_sound(key: str, row: tuple[Any, ...]) -> bool:
    """Tell whether a row is what `put` wrote: the types, and the checksum."""
    status, body, checksum, *times = row
    right_types = isinstance(body, bytes) and all(isinstance(t, float) for t in times)
    return right_types and _checksum(key, status, body) == checksum
