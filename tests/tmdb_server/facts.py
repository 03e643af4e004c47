"""The facts that the stand-in for TMDB answers from, and TMDB's way of searching them.

One row a line: a small set of invented shows lies beside this file; ../shared/tmdb has real ones in
the same form. `entries` of a row, where there are any, are never read: TMDB does not know them.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
SMALL = Path(__file__).with_name("facts.jsonl")
REAL = Path(__file__).parents[3] / "shared" / "tmdb"
CJK = re.compile(r"[぀-ヿ㐀-鿿가-힣々ー]+")
LATIN = re.compile(r"[^\W_぀-ヿ㐀-鿿가-힣々ー]+")


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a JSON-lines file, packed or not."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from (json.loads(line) for line in text.splitlines() if line.strip())


def files(folder: Path) -> list[Path]:
    """The files of real facts in `folder`, none where it is absent."""
    return sorted(folder.glob("*.jsonl.gz"))


def words(text: str) -> tuple[frozenset[str], str]:
    """Return the words of alphabetic scripts and all of the others' characters in one."""
    flat = unicodedata.normalize("NFKC", text).casefold()
    flat = "".join(c for c in unicodedata.normalize("NFD", flat) if not ("\u0300" <= c <= "\u036f"))
    flat = unicodedata.normalize("NFC", flat)
    return frozenset(LATIN.findall(flat)), "".join(CJK.findall(flat))


class Facts:
    """All rows by kind and id, by other sites' ids, and by the words of their titles."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.by_id: dict[tuple[str, int], Row] = {}
        self.by_external: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.groups: dict[str, tuple[Row, Row]] = {}
        self._titles: list[tuple[frozenset[str], str, Row]] = []
        self._index: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            self._add(row)

    def _add(self, row: Row) -> None:
        self.by_id[row["media_type"], row["tmdb_id"]] = row
        for source in ("imdb", "tvdb"):
            for external in row.get("external_ids", {}).get(source, ()):
                self.by_external[f"{source}_id", str(external)].append(row)
        for group in row.get("episode_groups", ()):
            self.groups[group["id"]] = row, group
        titles = {
            row["original_title"],
            *row["titles"].values(),
            *(a["title"] for a in row["alternative_titles"]),
        }
        for title in titles:
            latin, other = words(title)
            for word in (*latin, *_pairs(other)):
                self._index[word].add(len(self._titles))
            self._titles.append((latin, other, row))

    def search(self, kinds: tuple[str, ...], query: str) -> list[Row]:
        """Return the rows of which one title has every word of the query: equal titles, then popular ones."""
        latin, other = words(query)
        postings = [self._index.get(word, set()) for word in (*latin, *_pairs(other))]
        if not postings:
            return []
        best: dict[tuple[str, int], tuple[bool, float, Row]] = {}
        for number in set.intersection(*postings):
            title_latin, title_other, row = self._titles[number]
            if other in title_other and row["media_type"] in kinds:
                equal = (latin, other) == (title_latin, title_other)
                key = row["media_type"], row["tmdb_id"]
                best[key] = max(
                    best.get(key, (False, 0.0, row)), (equal, row["popularity"], row), key=lambda b: b[:2]
                )
        ranked = sorted(best.values(), key=lambda b: (not b[0], -b[1], b[2]["tmdb_id"]))
        return [row for *_, row in ranked]


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or ({text} if text else set())
