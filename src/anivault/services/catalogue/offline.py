"""Answer from the catalogue that ships with AniVault, offline. Reads one compiled file in the cache.

In: queries, a release's titles each. Out: every show or film that one of its titles may mean, with
all its entries: those with an equal key, with a key that begins or ends alike, and with keys that are
much alike. A compiled file that cannot be read is made again.
"""

from __future__ import annotations

import os
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from itertools import chain
from math import ceil
from pathlib import Path
from typing import Self, TypeVar
from zlib import crc32

import msgspec
from platformdirs import user_cache_dir
from rapidfuzz import fuzz, process

from anivault.core.models import Candidate, Entry, Query
from anivault.services.catalogue import store as store
from anivault.services.catalogue.added.imports import import_rows, import_texts
from anivault.services.catalogue.keys import grams, title_keys
from anivault.services.catalogue.merge import merge
from anivault.shared.work.memory import ODD_BYTES

MOST = 10  # shows by each way of looking; scoring needs no more
SURVIVORS = 40  # keys compared letter by letter; with 80 the loss against comparing all is as large
POSTINGS = 1500  # keys looked at for one title, those of its rarest grams; 8,000 find the same
FEWEST = 0.4  # of the most grams that any key shares; keys with fewer are not measured (a guess)
LEAST_RATIO = 60.0  # of 100; below it two titles have little more in common than the alphabet
SHORTEST = 5  # letters; what begins with fewer is not a title (in another script: three)
PROBES = 400  # keys asked for in one statement
MARKS = 16  # values that a statement has, or a multiple of it
KEYS = 16_384  # keys whose shows are kept for those who ask again

DAMAGED = (sqlite3.DatabaseError, msgspec.DecodeError, *ODD_BYTES)

Answer = TypeVar("Answer")
Value = TypeVar("Value")


class Catalog:
    """The compiled catalogue, opened. Satisfies core.matching.source.Steady; for one thread at a time."""

    name = "catalog"
    notices: Sequence[str] = ()  # what its opener has to say to people

    def __init__(self, path: Path, imported: Mapping[str, bytes]) -> None:
        self._path, self._imported = path, imported
        self.version = path.name  # has the checksum of the lists and of what reads them
        # All are kept: answers hold them anyway, and matching derives what it needs once an object.
        self._candidate = cache(self._decode)
        self._bearers = lru_cache(KEYS)(self._shows)  # the releases of one show ask alike
        self.is_kept = True  # on disk, for the next run
        try:
            self._connect()
        except DAMAGED:
            self._compile()

    @classmethod
    def open(cls, cache_dir: str | None = None, data_dir: str | None = None) -> Self:
        """Open the compiled file in `cache_dir`, compiling it at need; imports are in `data_dir`.

        Without arguments these are the user's own folders. Where nothing can be written it is compiled
        in memory, for this run. ImportDamagedError when an import cannot be read any more.
        """
        folder = Path(cache_dir or user_cache_dir("anivault"))
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        imported = import_texts(data_dir)
        key = store.checksum([*store.shipped(), *imported.values()])
        return cls(folder / store.NAME.format(key), imported)

    def find(self, queries: Sequence[Query]) -> list[list[Candidate]]:
        """Return the candidates for each query; those with an equal title first."""
        return self._soundly(lambda: [self._find(query) for query in queries])

    def get(self, provider: str, media_type: str, id: int) -> Candidate | None:  # noqa: A002
        """Return the one show or film of this id; None when the catalogue does not know it."""
        name = store.show_name(provider, media_type, id)
        return self._soundly(lambda: self._named(name))

    def entries(self, source: str, number: int) -> list[tuple[Candidate, Entry]]:
        """Return the entries that a list (anidb, mal, anilist, tvdb) has under a number, and their shows."""
        return self._soundly(lambda: list(self._entries(source, number)))

    def _entries(self, source: str, number: int) -> Iterator[tuple[Candidate, Entry]]:
        """Look through everything: pins alone ask, and a table for them would make every start dearer."""
        for (show,) in self._database.execute("SELECT id FROM shows ORDER BY id").fetchall():
            candidate = self._decode(show)
            yield from ((candidate, e) for e in candidate.entries if e.ids.get(source) == number)

    def reopen(self) -> None:
        """Open the compiled file again; what was compiled in memory goes on as it is."""
        with suppress(*DAMAGED):
            self._connect()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _soundly(self, ask: Callable[[], Answer]) -> Answer:
        """Ask again, once, when the file turns out to be damaged: of another, newly compiled."""
        try:
            return ask()
        except DAMAGED:
            self._compile()
            return ask()

    def _connect(self) -> None:
        """Open for reading only, so that processes never wait for each other."""
        if not os.path.isfile(self._path):  # SQLite would wait on a FIFO; no error where we may not look
            raise sqlite3.DatabaseError("not compiled yet")
        self._use(sqlite3.connect(f"{self._path.as_uri()}?mode=ro&immutable=1", uri=True))
        if self._blob("SELECT value FROM meta WHERE key = 'name'") != self._path.name.encode():
            raise sqlite3.DatabaseError("compiled from something else")

    def _use(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._lengths = self._blob("SELECT value FROM meta WHERE key = 'lengths'")
        self._taken = self._blob("SELECT value FROM meta WHERE key = 'taken'")

    def _compile(self) -> None:
        self._candidate.cache_clear()
        self._bearers.cache_clear()
        rows = store.rows_of(store.shipped())  # read again: few runs compile, and it is 4 MB
        if self._imported:
            rows = merge(rows, [import_rows(path, text) for path, text in self._imported.items()])
        try:
            store.compile_to(self._path, rows)
            store.remove_others(self._path)
            self._connect()
        except (OSError, sqlite3.OperationalError):
            self._use(store.compiled_in_memory(rows))
            self.is_kept = False

    def _named(self, name: str) -> Candidate | None:
        found = self._database.execute("SELECT id FROM shows WHERE name = ?", (name,)).fetchone()
        return self._candidate(found[0]) if found else None

    def _find(self, query: Query) -> list[Candidate]:
        shows: dict[int, None] = {}
        for key in title_keys(query.titles):
            if key:
                shows |= dict.fromkeys(self._bearers(key))
        return [self._candidate(show) for show in shows]

    def _shows(self, key: str) -> tuple[int, ...]:
        equal, longer = self._among([key]), self._longer(key)
        if equal and len(key) >= SHORTEST:
            return (*equal, *longer)
        return (*equal, *longer, *self._shorter(key), *self._alike(key))

    def _among(self, keys: Sequence[str]) -> list[int]:
        """Find the shows that bear one of `keys`, the longest key first."""
        keys = self._possible(keys)
        if not keys:
            return []
        found = f"SELECT show FROM keys WHERE key IN ({_marks(keys)}) GROUP BY show"  # noqa: S608
        sql = f"{found} ORDER BY max(length(key)) DESC, show LIMIT {MOST * 2}"
        return [show for (show,) in self._database.execute(sql, _filled(keys))]

    def _possible(self, keys: Sequence[str]) -> list[str]:
        """Leave out what no show bears for sure: asking for each costs three times as much."""
        taken, slots = self._taken, store.SLOTS
        return [key for key in keys if taken[(slot := crc32(key.encode()) % slots) >> 3] >> (slot & 7) & 1]

    def _longer(self, key: str) -> list[int]:
        """Find the shows whose key goes on where `key` ends, the shortest first."""
        if len(key) < (3 if key.isascii() and key.isalpha() else 2):
            return []
        found = "SELECT show FROM keys WHERE key > ? AND key < ? GROUP BY show"
        sql = f"{found} ORDER BY min(length(key)), show LIMIT ?"
        return [show for (show,) in self._database.execute(sql, (key, key + "\U0010ffff", MOST))]

    def _shorter(self, key: str) -> list[int]:
        """Find the shows whose key `key` begins or ends with: a title and something besides."""
        least = _least(key)
        heads = [key[:end] for end in range(least, len(key))]
        tails = [key[start:] for start in range(1, len(key) - least + 1)]
        return self._among([*heads, *tails][:PROBES])[:MOST]

    def _alike(self, key: str) -> list[int]:
        """Find the shows with the keys most alike: grams choose them, then `ratio` judges."""
        numbers = self._survivors(key)
        sql = f"SELECT key, show FROM keys WHERE id IN ({_marks(numbers)})"  # noqa: S608
        rows = self._database.execute(sql, _filled(numbers)).fetchall()
        texts = [text for text, _ in rows]
        ranked = process.extract(key, texts, scorer=fuzz.ratio, limit=None, score_cutoff=LEAST_RATIO)
        inside = [at for at, text in enumerate(texts) if key in text] if len(key) >= _least(key) else []
        best = dict.fromkeys(rows[at][1] for at in [*(at for _, _, at in ranked), *inside])
        return list(best)[:MOST]

    def _survivors(self, key: str) -> list[int]:
        """Return the keys that share most grams with `key`, measured against their length."""
        shared = Counter(chain.from_iterable(self._postings(grams(key))))
        least = ceil(max(shared.values(), default=0) * FEWEST)
        lengths, own = self._lengths, len(key)
        often = [
            (-count / (own + lengths[number]), number) for number, count in shared.items() if count >= least
        ]
        return [number for _, number in sorted(often)[:SURVIVORS]]

    def _postings(self, wanted: Collection[str]) -> Iterator[array[int]]:
        """Yield the keys that have each gram, the rarest gram first, until enough are seen."""
        asked = list(wanted)
        found: list[tuple[int, str, bytes]] = []
        for start in range(0, len(asked), PROBES):
            some = asked[start : start + PROBES]
            sql = f"SELECT length(keys), gram, keys FROM grams WHERE gram IN ({_marks(some)})"  # noqa: S608
            found += self._database.execute(sql, _filled(some))
        seen = 0
        for _, _, packed in sorted(found):
            numbers = array("I", packed)
            seen += len(numbers)
            if seen > POSTINGS and seen > len(numbers):
                return
            yield numbers

    def _decode(self, show: int) -> Candidate:
        return store.unpacked(self._blob("SELECT candidate FROM shows WHERE id = ?", show))

    def _blob(self, sql: str, *values: int) -> bytes:
        row = self._database.execute(sql, values).fetchone()
        if row is None or not isinstance(row[0], bytes):
            raise sqlite3.DatabaseError(f"no bytes found by {sql}")
        return row[0]


def _filled(values: Sequence[Value]) -> list[Value]:
    """The values for an `IN`, the last one as often as it takes: few statements have to be prepared."""
    return [*values, *[*values[-1:]] * _lacking(values)]


def _marks(values: Sequence[object]) -> str:
    """A question mark for each value of a statement, once they are `_filled`."""
    return ",".join("?" * (len(values) + _lacking(values)))


def _lacking(values: Sequence[object]) -> int:
    return -len(values) % MARKS if len(values) > 1 else 0


def _least(key: str) -> int:
    return SHORTEST if key.isascii() else 3
