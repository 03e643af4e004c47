"""Compile the catalogue to SQLite, once a checksum. Writes one file below the cache folder.

In: rows. Out: a database with, by show, the encoded Candidate; by title key, the shows that bear it;
by gram, the keys that have it. Two processes may compile at once: each writes a file of its own, and
the last rename wins.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
import tempfile
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from importlib.resources import files
from itertools import chain
from pathlib import Path
from zlib import crc32

import msgspec
import xxhash
from msgspec.structs import replace

from anivault import __version__
from anivault.core.models import Candidate
from anivault.services.catalogue.keys import grams, title_keys
from anivault.services.catalogue.rows import Row, from_lines
from anivault.services.catalogue.shows import candidates
from anivault.shared import regex as re

# What turns text into keys and records, and numbers into bytes.
VERSIONS = (msgspec.__version__, unicodedata.unidata_version, sys.byteorder)

SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192;
BEGIN;
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE shows (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, candidate BLOB NOT NULL);
CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT NOT NULL, show INTEGER NOT NULL);
CREATE TABLE grams (gram TEXT PRIMARY KEY, keys BLOB NOT NULL) WITHOUT ROWID;
"""
SHORT, LONG = 10, 20  # keys up to the first length give all their grams, up to the second every other
SLOTS = 1 << 21  # bits, for 45,000 keys: of the texts that are no key, one in fifty falls into a slot of one
LONGEST = 255  # lengths are kept in one byte; longer keys count as this long
NAME = "catalog-{}.sqlite"
_IMPORTS = re.compile(rb"(?:from|import) (anivault[.\w]*)(?: import ([\w, ]+))?")
_DATA = re.compile(rb'"(\w+\.(?:txt|toml|json|tsv))"')


def shipped() -> list[bytes]:
    """Return the tracked text, one item a file, in a fixed order."""
    data = files("anivault.data")
    return [(data / name).read_bytes() for name in ("movie.jsonl", "tv.jsonl")]


def rows_of(texts: Iterable[bytes]) -> list[Row]:
    """Parse the tracked text."""
    return [row for text in texts for row in from_lines(text)]


def checksum(texts: Iterable[bytes]) -> str:
    """Return the name of a compiled file: it changes with the text and with whatever makes a file of it."""
    digest = xxhash.xxh3_128("\0".join([*VERSIONS, __version__]).encode())
    for text in chain(made_by(Path(__file__)).values(), texts):
        digest.update(text)
    return digest.hexdigest()


def made_by(first: Path) -> dict[Path, bytes]:
    """Read the modules of `first`'s folder, all of AniVault that they import, and the data that those name.

    An executable has no sources; there the version tells.
    """
    package = next((folder for folder in first.parents if folder.name == "anivault"), first.parent)
    waiting, found, asked = sorted(first.parent.glob("*.py")), dict[Path, bytes](), set[Path]()
    while waiting:
        path = waiting.pop()
        if path in asked:
            continue
        asked.add(path)
        with suppress(FileNotFoundError):
            found[path] = text = path.read_bytes()
            if path.suffix == ".py":
                waiting += _named(text, path, package)
    return dict(sorted(found.items()))


def _named(text: bytes, path: Path, package: Path) -> Iterator[Path]:
    """Yield the files that a module imports, or may mean by a name."""
    for name in set(_DATA.findall(text)):
        yield from (path.with_name(name.decode()), package / "data" / name.decode())
    for dotted, names in set(_IMPORTS.findall(text)):
        place = package.parent / dotted.decode().replace(".", "/")
        yield from (place.with_suffix(".py"), place / "__init__.py")
        own = (name.partition(" as ")[0].strip() for name in names.decode().split(","))
        yield from (place / f"{name}.py" for name in own)


def compile_to(path: Path, rows: Iterable[Row]) -> None:
    """Compile `rows` to `path`. What stands there is replaced whole, or left as it is."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="catalog-", suffix=".tmp")
    os.close(handle)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as database, _Uncollected():
            _fill(database, candidates(rows), path.name)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def compiled_in_memory(rows: Iterable[Row]) -> sqlite3.Connection:
    """Compile `rows` for this run alone, where nothing can be written."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    _fill(database, candidates(rows), "")
    return database


def remove_others(path: Path) -> None:
    """Remove compiled files of another checksum; one that is in use elsewhere may stay."""
    for other in path.parent.glob(NAME.format("*")):
        if other != path:
            with suppress(OSError):
                other.unlink()


class _Uncollected:
    """Many records are made and none is garbage: a fifth of the time was spent looking."""

    def __enter__(self) -> None:
        gc.disable()

    def __exit__(self, *_: object) -> None:
        gc.enable()


def _fill(database: sqlite3.Connection, shows: Sequence[Candidate], name: str) -> None:
    database.executescript(SCHEMA)
    named = ((n, show_name(*show.key), packed(show)) for n, show in enumerate(shows))
    database.executemany("INSERT INTO shows VALUES (?, ?, ?)", named)
    pairs = _pairs(shows)
    database.executemany("INSERT INTO keys VALUES (?, ?, ?)", ((n, *pair) for n, pair in enumerate(pairs)))
    database.execute("CREATE INDEX keys_by_key ON keys (key, show)")
    lengths = bytes(min(len(key), LONGEST) for key, _ in pairs)
    taken = _taken(key for key, _ in pairs)
    meta = [("lengths", lengths), ("taken", taken), ("name", name.encode())]
    database.executemany("INSERT INTO meta VALUES (?, ?)", meta)
    database.executemany("INSERT INTO grams VALUES (?, ?)", _postings(key for key, _ in pairs))
    database.execute("COMMIT")


def packed(show: Candidate) -> bytes:
    """Write a show without its titles, which are those of one of its entries; in front, of which one."""
    at = next(n for n, entry in enumerate(show.entries) if entry.titles is show.titles)
    return _encode((at, replace(show, titles=())))


def unpacked(packed: bytes) -> Candidate:
    """Read a show; msgspec.DecodeError for what is none. Its titles and those of its entry are one object."""
    at, show = _decode(packed)
    if not 0 <= at < len(show.entries):
        raise msgspec.DecodeError("it has no such entry")
    return replace(show, titles=show.entries[at].titles)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, Candidate]).decode


def show_name(provider: str, media_type: str, number: int) -> str:
    """Return the name by which a show is found when its id is known."""
    return f"{provider}:{media_type}/{number}"


def _pairs(shows: Sequence[Candidate]) -> list[tuple[str, int]]:
    """Return every key with its show, once."""
    titles = [
        (title.text, n) for n, show in enumerate(shows) for entry in show.entries for title in entry.titles
    ]
    keys = title_keys([text for text, _ in titles])
    pairs = zip(keys, (show for _, show in titles), strict=True)
    return [pair for pair in dict.fromkeys(pairs) if pair[0]]


def _taken(keys: Iterable[str]) -> bytearray:
    """Return a bit for each slot, set where a key falls into it: it tells most texts from keys, unasked."""
    slots = bytearray(SLOTS >> 3)
    for key in keys:
        slot = crc32(key.encode()) % SLOTS
        slots[slot >> 3] |= 1 << (slot & 7)
    return slots


def _postings(keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Return by gram the keys that have it.

    The longer a key, the fewer of its grams are kept: it halves the work, and whatever shares five
    letters with a long key still shares a gram.
    """
    postings: dict[str, array[int]] = defaultdict(partial(array, "I"))
    for number, key in enumerate(keys):
        for gram in grams(key, step=1 + (len(key) > SHORT) + (len(key) > LONG)):
            postings[gram].append(number)
    return ((gram, postings[gram].tobytes()) for gram in sorted(postings))
