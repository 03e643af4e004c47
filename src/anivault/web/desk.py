"""Keep what work has found, so that a page shows fifty of 300,000 rows without holding the rest.

A *sheet* is one SQLite file: rows by number, kind and group, the groups themselves, and single facts. Work
writes a new sheet and puts it in place whole; pages only read it, but for marks that a user sets on rows, and
for questions about several things that a user takes apart.
All of it lies in the user's cache and can be deleted at any time. A sheet that another version of AniVault
has written is not read: its rows may lack what pages show.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from xxhash import xxh32_intdigest

import anivault
from anivault.core.moving.journal.records import journal_path
from anivault.shared.errors import DiskError, quoted
from anivault.shared.work.making import made_by

T = TypeVar("T")

_HEAD = 28  # bytes of a SQLite file, the last four of which count its changes
MOUNT = "Mount its disk, or put the library back from a backup. A new one begins only where Plan is told to."
LEFT_OUT = "left-out"  # the mark of a file of the plan that the user leaves out
DONE = "done"  # that of one which a run has put into the library since
_SHAPE = slice(60, 64)  # of such a file: a number that its maker chooses, here who has written it

_TABLES = """
CREATE TABLE rows (n INTEGER PRIMARY KEY, kind TEXT, grp TEXT, label TEXT, data BLOB);
CREATE TABLE groups (key TEXT, kind TEXT, label TEXT, rank INTEGER, data BLOB, PRIMARY KEY (kind, key));
CREATE TABLE facts (name TEXT PRIMARY KEY, data BLOB);
CREATE TABLE marks (n INTEGER, mark TEXT, data BLOB, PRIMARY KEY (n, mark));
CREATE TABLE turns (n INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB);
"""
_INDICES = """
CREATE INDEX by_group ON rows (kind, grp, n);
CREATE INDEX by_rank ON groups (kind, rank);
"""


class Row(msgspec.Struct, frozen=True):
    """One row: its number on the sheet, its group, and the record in it as JSON."""

    n: int
    group: str
    data: bytes

    def read(self, kind: type[T]) -> T:
        """The record."""
        return msgspec.json.decode(self.data, type=kind)


class Desk:
    """The sheets of one library."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._facts: dict[
            tuple[str, type], tuple[object, Any]
        ] = {}  # read once a sheet: every page asks them

    def path(self, name: str) -> Path:
        """Where a sheet is, or would be."""
        return self.folder / f"{name}.sqlite"

    def sheet(self, name: str) -> Sheet | None:
        """A sheet to read; None where no work has written it yet."""
        path = self.path(name)
        return Sheet(path) if _is_ours(path) else None

    def fact(self, name: str, kind: type[T]) -> T | None:
        """What a sheet says of itself; None where there is no such sheet."""
        version, known = _version_of(str(self.path(name))), self._facts.get((name, kind))
        if known is None or version is None or known[0] != version:
            known = self._facts[name, kind] = version, self._read(name, kind)
        found: T | None = known[1]
        return found

    def _read(self, name: str, kind: type[T]) -> T | None:
        sheet = self.sheet(name)
        if sheet is None:
            return None
        with sheet:
            return sheet.fact(name, kind)

    def version(self) -> tuple[object, ...]:
        """What changes with every sheet that is written, marked or dropped."""
        try:
            names = sorted(name for name in os.listdir(self.folder) if name.endswith(".sqlite"))
        except OSError:
            return ()
        return tuple((name, _version_of(f"{self.folder}{os.sep}{name}")) for name in names)

    def drop(self, name: str) -> None:
        """Take a sheet away that is not true any more."""
        self.path(name).unlink(missing_ok=True)

    def ready(self) -> Path:
        """The folder of the sheets, made where it is not there. Raises DiskError."""
        with _on_disk(self.folder):
            self.folder.mkdir(0o700, parents=True, exist_ok=True)
        return self.folder

    @contextmanager
    def writing(self, name: str) -> Iterator[Writer]:
        """A new sheet, in the place of the old one once it is whole. Raises DiskError."""
        new = self.ready() / f"{name}.{os.getpid()}.new"
        with _on_disk(self.folder):
            yield from self._written(new, name)

    def _written(self, new: Path, name: str) -> Iterator[Writer]:
        with suppress(FileNotFoundError):
            new.unlink()
        try:
            with closing(sqlite3.connect(new)) as connection:
                connection.executescript(
                    f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA user_version={_shape()};"
                    + _TABLES
                )
                writer = Writer(connection)
                yield writer
                writer.flush()
                connection.executescript(_INDICES)
                connection.commit()
            os.replace(new, self.path(name))
        except BaseException:
            with suppress(FileNotFoundError):
                new.unlink()
            raise


@contextmanager
def _on_disk(folder: Path) -> Iterator[None]:
    """What the disk of the user's cache refuses is no fault of the program."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        why = error if isinstance(error, OSError) else OSError(errno.EIO, str(error))
        raise DiskError(f"Writing what was found to {folder}", why, f"df {quoted(str(folder))}") from error


@cache
def _shape() -> int:
    """Tells this version of AniVault from others, by all that rows are made of."""
    package = Path(anivault.__file__).parent
    sources = (package / "web/records.py", package / "cli/events.py")  # an executable has none
    found = b"".join(path.read_bytes() for path in sources if path.exists())
    return xxh32_intdigest(made_by().encode() + found) >> 1


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return int.from_bytes(file.read(_SHAPE.stop)[_SHAPE]) == _shape()
    except OSError:
        return False


def _version_of(path: str) -> object:
    """Which file it is, and SQLite's own count of its changes: two marks may be of one moment."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        at = os.fstat(file)
        return at.st_ino, at.st_mtime_ns, os.read(file, _HEAD)[24:28]
    finally:
        os.close(file)


def stamp(library: str) -> str:
    """What tells whether the journal of a library has changed; empty where no run is in it."""
    try:
        found = os.stat(journal_path(library))
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}" if found.st_size else ""


class Writer:
    """Fills a sheet."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._encode = msgspec.json.Encoder().encode
        self._pending: list[tuple[str, str, str, bytes]] = []
        self._ranks = 0

    def row(self, kind: str, group: str, label: str, record: Any) -> None:
        """Add a row."""
        self._pending.append((kind, _text(group), _text(label), self._encoded(record)))
        if len(self._pending) >= 2000:
            self.flush()

    def group(self, kind: str, key: str, label: str, record: Any) -> None:
        """Add a group, behind those before it."""
        self._ranks += 1
        values = key, kind, _text(label).casefold(), self._ranks, self._encoded(record)
        self._connection.execute("INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?, ?)", values)

    def fact(self, name: str, record: Any) -> None:
        """Set a fact."""
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, self._encoded(record)))

    def flush(self) -> None:
        """Write what is pending."""
        self._connection.executemany(
            "INSERT INTO rows (kind, grp, label, data) VALUES (?, ?, ?, ?)", self._pending
        )
        self._pending.clear()

    def _encoded(self, record: Any) -> bytes:
        try:
            return self._encode(record)
        except UnicodeEncodeError:  # a path that is no UTF-8, in a sentence
            return self._encode(_texts(msgspec.to_builtins(record)))


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_texts(key): _texts(item) for key, item in value.items()}
    return [_texts(item) for item in value] if isinstance(value, list | tuple) else value


class Sheet:
    """Reads a sheet, and sets marks on it. A context manager."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=5, check_same_thread=False)

    def __enter__(self) -> Sheet:
        """Return the sheet, opened already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._connection.close()

    def fact(self, name: str, kind: type[T]) -> T | None:
        """A fact; None where the sheet has no such one."""
        found = self._connection.execute("SELECT data FROM facts WHERE name = ?", (name,)).fetchone()
        return msgspec.json.decode(found[0], type=kind) if found else None

    def groups(
        self, kind: str, record: type[T], *, search: str = "", start: int = 0, most: int = 50
    ) -> list[tuple[str, T]]:
        """Some groups of a kind, in order, with their keys; with `search` those whose label holds it."""
        found = self._connection.execute(
            "SELECT key, data FROM groups WHERE kind = ? AND instr(label, ?) ORDER BY rank LIMIT ? OFFSET ?"
            if search
            else "SELECT key, data FROM groups WHERE kind = ? AND ? = '' ORDER BY rank LIMIT ? OFFSET ?",
            (kind, search.casefold(), most, start),
        )
        return [(key, msgspec.json.decode(data, type=record)) for key, data in found]

    def count_groups(self, kind: str, search: str = "") -> int:
        """How many groups there are of a kind."""
        asked = "SELECT count(*) FROM groups WHERE kind = ? AND (? = '' OR instr(label, ?))"
        return int(self._connection.execute(asked, (kind, search, search.casefold())).fetchone()[0])

    def one_group(self, kind: str, key: str, record: type[T]) -> T | None:
        """One group by its key."""
        asked = "SELECT data FROM groups WHERE kind = ? AND key = ?"
        found = self._connection.execute(asked, (kind, key)).fetchone()
        return msgspec.json.decode(found[0], type=record) if found else None

    def rows(
        self, kind: str, group: str | None = None, *, search: str = "", after: int = 0, most: int = 100
    ) -> list[Row]:
        """Some rows of a kind, or of one group of it, behind the row `after`; `search` as in `count_rows`."""
        where, values = ("AND grp = ?", [group]) if group is not None else ("", [])
        if search:
            where, values = f"{where} AND instr(label, ?)", [*values, search.casefold()]
        asked = f"SELECT n, grp, data FROM rows WHERE kind = ? {where} AND n > ? ORDER BY n LIMIT ?"  # noqa: S608
        return [Row(*found) for found in self._connection.execute(asked, [kind, *values, after, most])]

    def count_rows(self, kind: str, search: str) -> dict[str, int]:
        """How many rows of a kind have a label (casefolded) that holds these words, by group."""
        asked = "SELECT grp, count(*) FROM rows WHERE kind = ? AND instr(label, ?) GROUP BY grp"
        return dict(self._connection.execute(asked, (kind, search.casefold())))

    def rows_like(self, kind: str, begin: str, *, most: int = 100) -> list[Row]:
        """Some rows of a kind whose label begins so."""
        asked = "SELECT n, grp, data FROM rows WHERE kind = ? AND substr(label, 1, ?) = ? ORDER BY n LIMIT ?"
        return [Row(*found) for found in self._connection.execute(asked, (kind, len(begin), begin, most))]

    def row(self, kind: str, n: int) -> Row | None:
        """One row by its number."""
        asked = "SELECT n, grp, data FROM rows WHERE n = ? AND kind = ?"
        found = self._connection.execute(asked, (n, kind)).fetchone()
        return Row(*found) if found else None

    def has_row(self, n: int) -> bool:
        """Whether there is a row with this number."""
        return bool(self._connection.execute("SELECT 1 FROM rows WHERE n = ?", (n,)).fetchone())

    def has_group(self, key: str) -> bool:
        """Whether there is a group with this key."""
        return bool(self._connection.execute("SELECT 1 FROM groups WHERE key = ?", (key,)).fetchone())

    def unmarked(self, kind: str, mark: str, after: int = 0) -> Row | None:
        """The next row of a kind that does not have a mark."""
        return next(iter(self.all_unmarked(kind, mark, after, most=1)), None)

    def all_unmarked(self, kind: str, mark: str, after: int = 0, *, most: int) -> list[Row]:
        """The next rows of a kind that do not have a mark."""
        asked = (
            "SELECT n, grp, data FROM rows WHERE kind = ? AND n > ? AND NOT EXISTS "
            "(SELECT 1 FROM marks WHERE marks.n = rows.n AND mark = ?) ORDER BY n LIMIT ?"
        )
        return [Row(*found) for found in self._connection.execute(asked, (kind, after, mark, most))]

    def turn(self, numbers: Iterable[int], kind: str, group: str = "") -> None:
        """Make rows of another kind and group."""
        with self._connection:
            self._connection.executemany(
                "UPDATE rows SET kind = ?, grp = ? WHERE n = ?", [(kind, group, n) for n in numbers]
            )

    def take_turn(self, record: Any, n: int | None = None) -> int:
        """Note what it takes to undo something, or again for turn `n`; a new number is never another's."""
        with self._connection:
            asked = "INSERT OR REPLACE INTO turns VALUES (?, ?)"
            return int(self._connection.execute(asked, (n, msgspec.json.encode(record))).lastrowid or 0)

    def last_turn(self, kind: type[T]) -> tuple[int, T] | None:
        """The last turn that was not undone, with its number."""
        asked = "SELECT n, data FROM turns ORDER BY n DESC LIMIT 1"
        found = self._connection.execute(asked).fetchone()
        return (found[0], msgspec.json.decode(found[1], type=kind)) if found else None

    def one_turn(self, n: int, kind: type[T]) -> T | None:
        """A turn by its number; None where it was undone."""
        found = self._connection.execute("SELECT data FROM turns WHERE n = ?", (n,)).fetchone()
        return msgspec.json.decode(found[0], type=kind) if found else None

    def undo_turn(self, n: int) -> None:
        """Forget a turn: it is undone."""
        with self._connection:
            self._connection.execute("DELETE FROM turns WHERE n = ?", (n,))

    def tell(self, name: str, record: Any) -> None:
        """Set a fact again."""
        with self._connection:
            asked = "INSERT OR REPLACE INTO facts VALUES (?, ?)"
            self._connection.execute(asked, (name, msgspec.json.encode(record)))

    def renew(self, kind: str, group: str, records: Iterable[tuple[str, Any]]) -> None:
        """Put these records, each with its label, in the place of a group's rows."""
        with self._connection:
            self._connection.execute("DELETE FROM rows WHERE kind = ? AND grp = ?", (kind, group))
            writer = Writer(self._connection)
            for label, record in records:
                writer.row(kind, group, label, record)
            writer.flush()

    def mark(self, numbers: Sequence[int], mark: str, data: bytes = b"") -> None:
        """Set a mark on rows."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", [(n, mark, data) for n in numbers]
            )

    def unmark(self, numbers: Iterable[int], mark: str) -> None:
        """Take a mark off rows."""
        with self._connection:
            asked = "DELETE FROM marks WHERE n = ? AND mark = ?"
            self._connection.executemany(asked, [(n, mark) for n in numbers])

    def count_marked(self, kind: str, mark: str) -> dict[str, int]:
        """How many rows of a kind have a mark, by group."""
        asked = (
            "SELECT grp, count(*) FROM marks JOIN rows ON rows.n = marks.n "
            "WHERE mark = ? AND kind = ? GROUP BY grp"
        )
        return dict(self._connection.execute(asked, (mark, kind)))

    def marked(self, mark: str) -> dict[int, bytes]:
        """The rows that have a mark, in the order in which they got it, with what it holds."""
        asked = "SELECT n, data FROM marks WHERE mark = ? ORDER BY rowid"
        return dict(self._connection.execute(asked, (mark,)))
