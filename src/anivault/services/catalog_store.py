"""Compile the catalogue's text to SQLite, once a checksum. Writes one file below the cache folder.

In: the tracked text (data/*.jsonl) and what the user imported. Out: a database with, by show, the
encoded Candidate; by title key, the shows that bear it; by gram, the keys that contain it.
Two processes may compile at once: each writes a file of its own, and the last rename wins.
"""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import msgspec
import xxhash

from anivault.core.matching import normalize
from anivault.core.matching.normalize import split_season
from anivault.core.models import Candidate, Entry, Season, Title

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE shows (id INTEGER PRIMARY KEY, candidate BLOB NOT NULL);
CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT NOT NULL, show INTEGER NOT NULL);
CREATE TABLE grams (gram TEXT PRIMARY KEY, keys BLOB NOT NULL) WITHOUT ROWID;
"""
SHORT = 10  # keys up to this length give all their grams
LONGEST = 255  # lengths are kept in one byte; longer keys count as this long
DISPLAY = ("en", "ja-Latn", "ja", "zh-Hans")  # the first of these that a show has is its name


def texts() -> list[bytes]:
    """Return the tracked text, one item a file, in a fixed order."""
    data = files("anivault.data")
    return [(data / name).read_bytes() for name in ("movie.jsonl", "tv.jsonl")]


def checksum(parts: Iterable[bytes]) -> str:
    """Return the key of a compiled file: it changes with the text and with the code that reads it."""
    digest = xxhash.xxh3_128()
    for source in (__file__, normalize.__file__):
        digest.update(Path(source).read_bytes())
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def compile_to(path: Path, parts: Iterable[bytes]) -> None:
    """Compile `parts` to `path`. What stands there is replaced whole, or left as it is."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    os.close(handle)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as database:
            _fill(database, candidates(parts))
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def candidates(parts: Iterable[bytes]) -> list[Candidate]:
    """Group the lines by show."""
    decoder = msgspec.json.Decoder(Row)
    shows: dict[str, list[Row]] = defaultdict(list)
    for part in parts:
        for row in decoder.decode_lines(part):
            shows[row.tmdb].append(row)
    return [_candidate(tmdb, rows) for tmdb, rows in shows.items()]


def _candidate(tmdb: str, rows: list[Row]) -> Candidate:
    media_type, _, number = tmdb.partition("/")
    first = min(rows, key=lambda r: (not r.season, r.begin or "9"))
    return Candidate(
        provider="tmdb",
        id=int(number),
        media_type=media_type,
        title=_name(first),
        titles=_titles(first),
        year=int(first.begin[:4]) if first.begin else None,
        entries=tuple(_entry(row) for row in rows),
        seasons=tuple(_seasons(rows)),
        popularity=float(max(row.fans for row in rows)),
    )


def _entry(row: Row) -> Entry:
    """Return a row as an entry; its place is stated when nothing of it was derived."""
    return Entry(
        key=row.key,
        titles=_titles(row),
        type=row.type,
        begin=row.begin,
        end=row.end,
        episodes=row.episodes,
        season=row.season,
        offset=row.offset,
        episode=row.episode,
        stated=row.season is not None and not {"season", "offset"} & set(row.derived),
        ids=row.ids,
    )


def _titles(row: Row) -> tuple[Title, ...]:
    return tuple(
        Title(text, language, position == 0)
        for language, texts in row.titles.items()
        for position, text in enumerate(texts)
    )


def _name(row: Row) -> str:
    """Return the name to show: the entry's own, without the words of a season."""
    title = next((row.titles[lang][0] for lang in DISPLAY if lang in row.titles), "")
    return split_season(title).base if (row.season or 0) > 1 else title


def _seasons(rows: list[Row]) -> Iterator[Season]:
    """Sum the entries up by season; a season has a count when each of its entries has one."""
    by_number: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.season:
            by_number[row.season].append(row)
    for number, members in sorted(by_number.items()):
        ends = [row.offset + row.episodes for row in members if row.offset is not None and row.episodes]
        begins = [row.begin for row in members if row.begin]
        complete = max(ends) if len(ends) == len(members) else None
        yield Season(number, complete, begin=min(begins, default=None))


# --- the database ---------------------------------------------------------------------------------


def _fill(database: sqlite3.Connection, found: list[Candidate]) -> None:
    database.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192; BEGIN;" + SCHEMA
    )
    encode = msgspec.msgpack.Encoder().encode
    database.executemany(
        "INSERT INTO shows VALUES (?, ?)", ((n, encode(show)) for n, show in enumerate(found))
    )
    pairs = _pairs(found)
    database.executemany(
        "INSERT INTO keys VALUES (?, ?, ?)", ((n, key, show) for n, (key, show) in enumerate(pairs))
    )
    database.execute("CREATE INDEX keys_by_key ON keys (key, show)")
    lengths = bytes(min(len(key), LONGEST) for key, _ in pairs)
    database.execute("INSERT INTO meta VALUES ('lengths', ?)", (lengths,))
    database.executemany("INSERT INTO grams VALUES (?, ?)", _postings(key for key, _ in pairs))
    database.execute("COMMIT")


def _pairs(found: list[Candidate]) -> list[tuple[str, int]]:
    """Return every key with its show, sorted: what is alike lies close together."""
    texts = [
        (title.text, n) for n, show in enumerate(found) for entry in show.entries for title in entry.titles
    ]
    return sorted(set(zip(title_keys([text for text, _ in texts]), (n for _, n in texts), strict=True)))


def _postings(keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Return by gram the keys that have it. Long keys give every other gram: it halves the work, and
    whatever shares four letters with one still shares a gram.
    """
    postings: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        for gram in grams(key, step=2 if len(key) > SHORT else 1):
            postings[gram].append(number)
    return ((gram, array("I", numbers).tobytes()) for gram, numbers in sorted(postings.items()))


def grams(key: str, *, step: int = 1) -> set[str]:
    """Return the pieces by which a key is found: three Latin letters, or two of another script."""
    size = 3 if key.isascii() else 2
    return {key[i : i + size] for i in range(0, max(1, len(key) - size + 1), step)}


# --- keys -----------------------------------------------------------------------------------------


def title_keys(titles: Sequence[str]) -> list[str]:
    """Return the key of each title: equal for spellings of one title, and for some that are not.

    Coarser than a normal form, because a source proposes and scoring decides; and made for all titles
    in one go, because forty thousand of them are read when the catalogue is compiled.
    """
    text = unicodedata.normalize("NFKD", "\n".join(title.replace("\n", " ") for title in titles)).casefold()
    text = unicodedata.normalize("NFKC", _ACCENTS.sub("", text)).translate(_variants())
    for pattern, replacement in _LEVELS:
        text = pattern.sub(replacement, text)
    return text.split("\n")


@lru_cache(maxsize=1)
def _variants() -> dict[int, str]:
    """Han characters to one variant, katakana to hiragana."""
    table = files("anivault.core.matching") / "han.txt"
    variants, targets = table.read_text(encoding="utf-8").splitlines()
    kana = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
    return (
        {ord(a): b for a, b in zip(variants, targets, strict=True)}
        | kana
        | {ord("×"): "x", ord("&"): " and "}
    )


_ACCENTS = re.compile("[\u0300-\u036f]+")
_LEVELS = (
    (re.compile(r"\b(?:the|and|to|an?)\b(?=.)"), " "),
    (re.compile(r"\b[wh](?=[oe]\b)"), ""),
    (re.compile(r"\bha\b"), "wa"),
    (re.compile(r"[^\w\n]+|_+"), ""),
    (re.compile(r"ou|oh(?![aeiouy])"), "o"),
    (re.compile(r"([aeiou])\1+"), r"\1"),
    (re.compile(r"m(?=[bp])"), "n"),
)
