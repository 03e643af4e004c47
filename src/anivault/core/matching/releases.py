"""Decide which files are one release, and what the release says as a whole. Pure.

In: parsed files. Out: releases (same folder, title and group), and for each the Evidence that
scoring compares: every reading of its titles, season and part words, year, kind, numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from anivault.core.matching.normalize import normal_form, split_number, split_season
from anivault.core.models import ParsedFile, Query, Release
from anivault.parser.models import EXTRAS, Number, ParseResult, VideoType

T = TypeVar("T")

# How far a reading can be trusted, against the title as it stands.
WHOLE, PIECE, NUMBERED, SCRIPT, HEAD = 1.0, 0.97, 0.95, 0.92, 0.75
MAX_TITLES = 8  # a guess: real names carry one to four


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read one of the release's titles: `base` is what is left without season words."""

    text: str
    base: str
    season: int | None
    part: int | None
    trust: float
    title: int  # which of the release's titles it reads, counted from 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a release says. `numbers` are the episode numbers of its files, extras left out."""

    readings: tuple[Reading, ...]
    season: int | None
    part: int | None
    year: int | None
    movie: bool | None
    special: bool
    numbers: tuple[Number, ...]
    streamed: bool  # copied from a stream, so probably a show of these years
    files: int

    @property
    def whole_numbers(self) -> tuple[int, ...]:
        """The numbers that can be episodes: 12.5 and "05a" are left out."""
        return tuple(n for n in self.numbers if isinstance(n, int))


def group(files: Sequence[ParsedFile]) -> list[Release]:
    """Put files of one folder, title and group together, in the order of their first files.

    A file without a title of its own, and an extra, stay with their folder's only title when there is one.
    """
    buckets: dict[tuple[str, str, str, str], list[ParsedFile]] = {}
    for file in files:
        buckets.setdefault(_bucket(file), []).append(file)
    return [_release(bucket) for bucket in buckets.values()]


def each(files: Sequence[ParsedFile]) -> list[Release]:
    """Make every file a release of its own, so that it is judged by itself."""
    return [_release([file]) for file in files]


def _bucket(file: ParsedFile) -> tuple[str, str, str, str]:
    parsed = file.parsed
    title = normal_form(parsed.title or "")
    return (
        file.file.folder,
        title,
        (parsed.group or "").casefold(),
        f"{parsed.season}/{parsed.type in _OWN_KIND}",
    )


_OWN_KIND = frozenset({VideoType.MOVIE, VideoType.OVA, VideoType.SPECIAL})


def _release(files: Sequence[ParsedFile]) -> Release:
    first = files[0]
    return Release(first.file.folder, first.parsed.title or "", first.parsed.group, tuple(files))


def evidence(release: Release) -> Evidence:
    """Gather what all files of the release say; what most of them say wins."""
    parsed = [f.parsed for f in release.files]
    main = [p for p in parsed if p.type not in EXTRAS] or parsed
    printed = (t for p in main for t in (p.titles or ((p.title,) if p.title else ())))
    titles = _most(piece for title in printed for piece in _strokes(title))[:MAX_TITLES]
    season, part = _first(p.season for p in main), _first(p.part for p in main)
    kind, year = _first(p.type for p in main), _first(p.year for p in main)
    numbers = tuple(dict.fromkeys(n for p in main for n in p.episodes))
    readings = tuple(_readings(titles, _film_numbers(kind, numbers)))
    return Evidence(
        readings=readings,
        season=season if season is not None else _first(r.season for r in readings if r.trust >= PIECE),
        part=part if part is not None else _first(r.part for r in readings if r.trust >= PIECE),
        year=year,
        movie=_is_movie(kind, numbers),
        special=kind in (VideoType.OVA, VideoType.SPECIAL) or season == 0,
        numbers=numbers,
        streamed=any(_is_stream(p) for p in main),
        files=len(main),
    )


def _is_stream(parsed: ParseResult) -> bool:
    return bool(parsed.source and "web" in parsed.source.casefold())


def query(said: Evidence) -> Query:
    """Ask for every reading, the most trusted first, without season words too."""
    texts = [t for r in sorted(said.readings, key=lambda r: -r.trust) for t in (r.text, r.base)]
    season = said.season if said.season is not None and said.season >= 0 else None
    return Query(titles=tuple(dict.fromkeys(texts)), year=said.year, season=season, movie=said.movie)


def _is_movie(kind: VideoType | None, numbers: Sequence[Number]) -> bool | None:
    if kind is VideoType.MOVIE:
        return True
    return False if numbers else None


def _film_numbers(kind: VideoType | None, numbers: Sequence[Number]) -> tuple[int, ...]:
    """The number in `Show Movie 9`: engines take it for an episode, lists have it in the title."""
    return tuple(n for n in numbers if isinstance(n, int)) if kind is VideoType.MOVIE else ()


def _readings(titles: Sequence[str], films: tuple[int, ...]) -> Iterator[Reading]:
    for index, title in enumerate(titles):
        seen: set[str] = set()
        for text, trust in _variants(title, films):
            if normal_form(text) and text not in seen:
                seen.add(text)
                base, season, part = split_season(text)
                yield Reading(text, base, season, part, trust, index)
                base, season, part = split_number(text)
                if season is not None:
                    yield Reading(text, base, season, part, trust * NUMBERED, index)


def _variants(title: str, films: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    """The title whole, as numbered film, in its pieces by bracket, stroke and script, and its head."""
    yield title, WHOLE
    for number in films:
        yield f"{title} Movie {number}", WHOLE
        yield f"{title} {number}", PIECE
    for trust, pieces in ((PIECE, _BRACKETED.split(title)), (SCRIPT, _by_script(title))):
        for piece in pieces:
            if len(piece.strip(_TRIM)) > 1:
                yield piece.strip(_TRIM), trust
    head, separator, _ = _SUBTITLE.split(title, maxsplit=1) if _SUBTITLE.search(title) else (title, "", "")
    if separator and len(head) > 2:
        yield head.strip(), HEAD


def _strokes(title: str) -> Iterator[str]:
    """A title, and where strokes part it (`中文 / Romaji`) the titles it is made of.

    Strokes with space around them part first: *Fate/stay night* has one of its own.
    """
    yield title
    for stroke in (_SPACED_STROKE, _STROKE):
        pieces = [p.strip(_TRIM) for p in stroke.split(title)]
        if len(pieces) > 1:
            yield from (p for p in pieces if p)


_TRIM = " -~:："
_BRACKETED = re.compile(r"[(（【\[]|[)）】\]]")
_SPACED_STROKE = re.compile(r"\s+[/／|｜]+\s+|\s{2,}")
_STROKE = re.compile(r"\s*[/／|｜]\s*|\s{2,}")
_SUBTITLE = re.compile(r"(\s+-\s+|[:：~～―]\s*)")
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
_CJK_RUN = re.compile(rf"[{_CJK}][^A-Za-z]*[{_CJK}][^A-Za-z]*")
_LATIN_RUN = re.compile(rf"[A-Za-z][^{_CJK}]*[A-Za-z][^{_CJK}]*")


def _by_script(title: str) -> Iterator[str]:
    """A title in two scripts (`鬼灭之刃 Kimetsu no Yaiba`) may be two titles: the longest run of each."""
    cjk, latin = _CJK_RUN.findall(title), _LATIN_RUN.findall(title)
    if cjk and latin:
        yield max(latin, key=len)
        yield max(cjk, key=len)


def _most(values: Iterable[T]) -> list[T]:
    """Each value once, the most frequent first, ties in order of appearance."""
    return [value for value, _ in Counter(values).most_common()]


def _first(values: Iterable[T | None]) -> T | None:
    common = _most(v for v in values if v is not None)
    return common[0] if common else None
