"""Answer from the catalogue that ships with AniVault, offline. Reads one compiled file in the cache.

In: queries, a release's titles each. Out: every show or film that one of its titles may mean, with
all its entries: by equal key, by a key that begins alike, and by keys that are much alike.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Self

import msgspec
from platformdirs import user_cache_dir
from rapidfuzz import fuzz, process

from anivault.core.models import Candidate, Query
from anivault.services import catalog_store as store

MOST_SHOWS = 10  # by likeness; scoring needs no more, the right one is among them or not at all
SURVIVORS = 80  # keys compared letter by letter; more found nothing that scoring took (a guess from 60)
POSTINGS = 8000  # keys looked at for one title, those of its rarest grams
LEAST_RATIO = 60.0  # of 100; below it two titles have little more in common than the alphabet
PREFIX = 5  # letters; a shorter title begins too many others


class Catalog:
    """The compiled catalogue, opened. Satisfies core.matching.source.Source; one thread at a time."""

    name = "catalog"

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._lengths: bytes = self._one("SELECT value FROM meta WHERE key = 'lengths'")
        self._candidate = lru_cache(maxsize=2048)(self._decode)

    @classmethod
    def open(cls, cache_dir: str | None = None) -> Self:
        """Open the compiled file in `cache_dir` (the user's cache), compiling it when it is not there.

        A compiled file that cannot be read is made again. OSError when the cache cannot be written.
        """
        folder = Path(cache_dir or user_cache_dir("anivault"))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        parts = store.texts()
        path = folder / f"catalog-{store.checksum(parts)}.sqlite"
        if not path.exists():
            store.compile_to(path, parts)
        try:
            return cls(_connect(path))
        except sqlite3.DatabaseError:
            store.compile_to(path, parts)
            return cls(_connect(path))

    def find(self, queries: Sequence[Query]) -> list[list[Candidate]]:
        """Return the candidates for each query; exact ones first."""
        return [[self._candidate(show) for show in self._shows(query)] for query in queries]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _shows(self, query: Query) -> list[int]:
        found: dict[int, None] = {}
        for key in store.title_keys(query.titles) if query.titles else ():
            if key:
                found |= dict.fromkeys(self._by_key(key))
                found |= dict.fromkeys(self._by_likeness(key))
        return list(found)

    def _by_key(self, key: str) -> Iterator[int]:
        """Find the shows whose key is equal; then those whose key goes on, the shortest first."""
        rows = self._database.execute("SELECT DISTINCT show FROM keys WHERE key = ?", (key,))
        yield from (show for (show,) in rows)
        if len(key) >= PREFIX or not key.isascii():
            longer = "SELECT show FROM keys WHERE key > ? AND key < ? ORDER BY length(key) LIMIT ?"
            rows = self._database.execute(longer, (key, key + "\U0010ffff", MOST_SHOWS))
            yield from (show for (show,) in rows)

    def _by_likeness(self, key: str) -> Iterator[int]:
        """Find the shows that bear the keys most alike: grams choose them, then `ratio` judges."""
        numbers = ",".join(map(str, self._survivors(key)))
        rows = self._database.execute(f"SELECT id, key, show FROM keys WHERE id IN ({numbers})").fetchall()  # noqa: S608
        texts = {number: text for number, text, _ in rows}
        shows = {number: show for number, _, show in rows}
        ranked = process.extract(key, texts, scorer=fuzz.ratio, limit=None, score_cutoff=LEAST_RATIO)
        yield from list(dict.fromkeys(shows[number] for _, _, number in ranked))[:MOST_SHOWS]

    def _survivors(self, key: str) -> list[int]:
        """Return the keys that share most grams with `key`, measured against their length."""
        shared: Counter[int] = Counter()
        seen = 0
        for numbers in sorted(self._postings(store.grams(key)), key=len):
            seen += len(numbers)
            if shared and seen > POSTINGS:
                break
            shared.update(numbers)
        lengths, own = self._lengths, len(key)
        order = sorted(shared, key=lambda n: (-shared[n] / (own + lengths[n]), n))
        return order[:SURVIVORS]

    def _postings(self, wanted: Iterable[str]) -> Iterator[array[int]]:
        for gram in wanted:
            for (packed,) in self._database.execute("SELECT keys FROM grams WHERE gram = ?", (gram,)):
                yield array("I", packed)

    def _decode(self, show: int) -> Candidate:
        packed = self._one("SELECT candidate FROM shows WHERE id = ?", show)
        return msgspec.msgpack.decode(packed, type=Candidate)

    def _one(self, sql: str, *values: int) -> bytes:
        row = self._database.execute(sql, values).fetchone()
        if row is None:
            raise sqlite3.DatabaseError(f"nothing found by {sql}")
        return bytes(row[0])


def _connect(path: Path) -> sqlite3.Connection:
    """Open for reading only, so that two processes never wait for each other."""
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
