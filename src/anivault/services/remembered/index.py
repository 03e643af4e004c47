"""Remember in the user's cache what names and releases were found to be, from run to run.

A Memory: bytes by key, in one SQLite file for each version of the code that made them. It can be deleted at
any time, and nothing in it is ever wrong: keys are digests of what the bytes were made from, and each value
has its own sum in front. What is damaged, locked or on a network share is left alone: all is worked out then.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_dir

from anivault.shared import trust
from anivault.shared.fs import share_of
from anivault.shared.work.making import made_by
from anivault.shared.work.memory import is_damaged

if TYPE_CHECKING:
    import sqlite3

NAME = "index-{}.sqlite"
MOST = 512 << 20  # bytes of the file; at more it begins again
ASKED = 500  # keys in one statement
WAIT = 2.0  # seconds for another AniVault that writes
SUM = 8  # bytes in front of a value


class Index:
    """The memory of one version of AniVault; for one thread at a time.

    SQLite and what else it needs is loaded when it is first asked: most runs are about a few files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _path(self) -> Path:
        return self._folder / NAME.format(made_by())

    @classmethod
    def of_user(cls) -> Index:
        """Return the user's own."""
        return cls(Path(user_cache_dir("anivault")))

    def known(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what is known, of these keys; what is not as it was written is not known."""
        found: dict[bytes, bytes] = {}
        if not (keys and os.path.isfile(self._path)):
            return found
        import sqlite3

        with suppress(sqlite3.Error, OSError, ValueError), _opened(self._path) as database:
            for start in range(0, len(keys), ASKED):
                found |= _sound(_rows(database, keys[start : start + ASKED]))
        return found

    def keep(self, found: Mapping[bytes, bytes]) -> None:
        """Remember, where that can be done."""
        if not found or self._is_far():
            return
        import sqlite3

        with suppress(sqlite3.Error, OSError, ValueError):
            self._folder.mkdir(trust.OUR_FOLDER, parents=True, exist_ok=True)
            try:
                self._write(found)
            except (sqlite3.Error, ValueError) as error:
                if not is_damaged(error):  # locked, or no room
                    raise
                self._path.unlink(missing_ok=True)
                self._write(found)

    def _write(self, found: Mapping[bytes, bytes]) -> None:
        if os.path.lexists(self._path) and _is_to_go(self._path):
            self._path.unlink()
        with _opened(self._path) as database, database:
            database.execute(
                "PRAGMA synchronous = OFF"
            )  # what a power cut damages is found out, and forgotten
            database.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB NOT NULL)")
            rows = ((key, _sum(key, value) + value) for key, value in found.items())
            database.executemany("INSERT OR REPLACE INTO kept (key, value) VALUES (?, ?)", rows)
        for other in self._folder.glob(NAME.format("*")):
            if other != self._path:
                other.unlink(missing_ok=True)

    def _is_far(self) -> bool:
        """Whether the cache is on a network share, where SQLite's locks cannot be trusted."""
        return bool(share_of(str(self._folder)))


def _is_to_go(path: Path) -> bool:
    """Whether what lies there is too large, or no file: SQLite would wait on a FIFO."""
    return not os.path.isfile(path) or os.path.getsize(path) > MOST


def _opened(path: Path) -> closing[sqlite3.Connection]:
    import sqlite3

    database = sqlite3.connect(path, timeout=WAIT)
    database.text_factory = bytes  # a damaged file may have text where bytes were
    return closing(database)


def _rows(database: sqlite3.Connection, keys: Sequence[bytes]) -> Sequence[tuple[bytes, object]]:
    marks = ",".join("?" * len(keys))
    return database.execute(f"SELECT key, value FROM kept WHERE key IN ({marks})", keys).fetchall()  # noqa: S608


def _sound(rows: Iterable[tuple[bytes, object]]) -> dict[bytes, bytes]:
    """The values that are as they were written."""
    return {
        key: value[SUM:]
        for key, value in rows
        if isinstance(value, bytes) and value[:SUM] == _sum(key, value[SUM:])
    }


def _sum(key: bytes, value: bytes) -> bytes:
    from xxhash import xxh3_64

    return xxh3_64(key + value).digest()
