"""Makers of shows, releases and sources for the tests of matching; what a test does not say has a default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anivault.core.matching.titles.normalize import forms
from anivault.core.models import Candidate, Entry, FileKind, ParsedFile, Query, Release, ScannedFile, Title
from anivault.parser.models import Number, ParseResult


def entry(title: str, *more: str, count: int | None = 12, begin: str = "2015-04-01", **fields: Any) -> Entry:
    """An entry whose first title is `title`; stated, and on air for as many weeks as it has episodes."""
    titles = tuple(Title(t, "ja-Latn", position == 0) for position, t in enumerate((title, *more)))
    given: dict[str, Any] = {"type": "tv", "season": 1, "stated": True} | fields
    return Entry(key=title, titles=titles, begin=begin, episodes=count, **given)


def show(number: int, *entries: Entry, media_type: str = "tv", popularity: float = 0.0) -> Candidate:
    first = entries[0]
    return Candidate(
        provider="tmdb", id=number, media_type=media_type, title=first.titles[0].text, entries=entries,
        year=int(first.begin[:4]) if first.begin else None, popularity=popularity,
    )  # fmt: skip


def film(number: int, title: str, begin: str = "2015-04-01") -> Candidate:
    return show(number, entry(title, count=1, begin=begin, type="movie", season=None), media_type="movie")


def file(*titles: str, episodes: Sequence[Number] = (), name: str = "", **parsed: Any) -> ParsedFile:
    name = name or f"{'/'.join((parsed.get('folder', ''), *titles[:1])).strip('/')} {episodes}.mkv"
    folder = parsed.pop("folder", "")
    rel = f"{folder}/{name.rpartition('/')[2]}" if folder else name
    read = {"titles": titles, "printed": titles, "episodes": tuple(episodes)} | parsed
    result = ParseResult(title=titles[0] if titles else None, **read)
    return ParsedFile(ScannedFile("/in", rel, FileKind.VIDEO), result)


def release(*titles: str, numbers: Sequence[int] = (), **parsed: Any) -> Release:
    """A release of one file a number; of one file without a number when there are none."""
    files = [file(*titles, episodes=(n,), **parsed) for n in numbers] or [file(*titles, **parsed)]
    return Release(files[0].file.whole_folder, titles[0] if titles else "", parsed.get("group"), tuple(files))


class Shelf:
    """A source that knows a few shows and proposes all of them that share a title, or all when none does."""

    name = "shelf"

    def __init__(self, *shows: Candidate) -> None:
        self.shows = shows
        self.asked: list[Query] = []

    def find(self, queries: Sequence[Query]) -> list[list[Candidate]]:
        self.asked += queries
        return [self._find(query) for query in queries]

    def get(self, provider: str, media_type: str, id: int) -> Candidate | None:  # noqa: A002
        return next(
            (s for s in self.shows if (s.provider, s.media_type, s.id) == (provider, media_type, id)), None
        )

    def _find(self, query: Query) -> list[Candidate]:
        asked = {form for t in query.titles for form in forms(t)}
        exact = [
            s for s in self.shows if asked & {f for e in s.entries for t in e.titles for f in forms(t.text)}
        ]
        return exact or list(self.shows)
