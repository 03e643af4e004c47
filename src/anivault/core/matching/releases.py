"""Decide which files are one release, and what the release says as a whole. Pure.

In: parsed files. Out: releases (same folder, title and group), and for each the Evidence that
scoring compares: every reading of its titles, season and part words, year, kind, numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rapidfuzz import fuzz

from anivault.core.matching.normalize import is_slip, normal_form, split_season
from anivault.core.matching.readings import FOLDER, PIECE, Reading, printed, readings_of, titles_of
from anivault.core.models import ParsedFile, Query, Release
from anivault.parser.models import EXTRAS, Number, ParseResult, VideoType

T = TypeVar("T")


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
    joined: frozenset[int]  # titles that two folders make together: `Show/Its Sequel`
    streamed: bool  # copied from a stream, so probably a show of these years

    @property
    def whole_numbers(self) -> tuple[int, ...]:
        """The numbers that can be episodes: 12.5 and "05a" are left out."""
        return tuple(n for n in self.numbers if isinstance(n, int))


def group(files: Sequence[ParsedFile]) -> list[Release]:
    """Put files of one folder, title and group together, in the order of their first files.

    A few files that read a little differently beside many (no title, a slip in it, an extra) are the
    many's: twelve files that fit outweigh one odd name.
    """
    buckets: dict[Key, list[ParsedFile]] = {}
    for file in files:
        buckets.setdefault(_bucket(file), []).append(file)
    largest: dict[str, Key] = {}
    for key, bucket in buckets.items():
        if len(bucket) > len(buckets.get(largest.get(key[0], key), ())) or key[0] not in largest:
            largest[key[0]] = key
    home = {key: largest[key[0]] if _is_odd(key, buckets, largest[key[0]]) else key for key in buckets}
    joined: dict[Key, list[ParsedFile]] = {}
    for file in files:
        joined.setdefault(home[_bucket(file)], []).append(file)
    return [_release(bucket) for bucket in joined.values()]


Key = tuple[str, str, str, str]  # folder, title, group, kind
FEW = 3  # a bucket this many times smaller than its folder's largest may be odd names of it (a guess)
ALIKE = 85  # of 100, between a title and the same with a slip


def _is_odd(key: Key, buckets: dict[Key, list[ParsedFile]], largest: Key) -> bool:
    """Whether a bucket holds odd names of its folder's largest release."""
    bucket, many = buckets[key], buckets[largest]
    if key == largest or len(bucket) * FEW > len(many):
        return False
    extras = all(file.parsed.type in EXTRAS for file in bucket)
    slip = is_slip(key[1], largest[1]) and fuzz.ratio(key[1], largest[1]) >= ALIKE
    return extras or (key[3] == largest[3] and (not key[1] or slip))


def each(files: Sequence[ParsedFile]) -> list[Release]:
    """Make every file a release of its own, so that it is judged by itself."""
    return [_release([file]) for file in files]


def _bucket(file: ParsedFile) -> Key:
    parsed = file.parsed
    kind = f"{parsed.season} {parsed.part} {parsed.type if parsed.type in _OWN_KIND else ''}"
    return file.file.folder, normal_form(parsed.title or ""), (parsed.group or "").casefold(), kind


_OWN_KIND = frozenset({VideoType.MOVIE, VideoType.OVA, VideoType.SPECIAL})


def _release(files: Sequence[ParsedFile]) -> Release:
    first = files[0]
    return Release(first.file.folder, first.parsed.title or "", first.parsed.group, tuple(files))


def evidence(release: Release) -> Evidence:
    """Gather what all files of the release say; what most of them say wins."""
    files = [f for f in release.files if f.parsed.type not in EXTRAS] or release.files
    main = [f.parsed for f in files]
    folder = release.folder.rpartition("/")[2]
    titles = titles_of(_most(t for f in files for t in printed(f)))
    season, part = _first(p.season for p in main), _first(p.part for p in main)
    kind = _first(p.type for p in main)
    year = _first(p.year for p in main) or _first(_year_in(t) for t in titles)
    numbers = tuple(dict.fromkeys(n for p in main for n in p.episodes))
    above = titles_of(t for p in main for t in p.folder_titles if t not in titles)
    readings = (*readings_of(titles, _film_numbers(kind, numbers)), *readings_of(above, first=FOLDER))
    sure = [r for r in readings if r.trust >= PIECE and r.title < FOLDER and not r.bare]
    return Evidence(
        readings=readings,
        season=season if season is not None else _first(r.season for r in sure),
        part=part if part is not None else _first((*(r.part for r in sure), split_season(folder).part)),
        year=year,
        movie=_is_movie(kind, numbers),
        special=kind in (VideoType.OVA, VideoType.SPECIAL) or season == 0 or _is_of_specials(folder),
        numbers=numbers,
        joined=frozenset(r.title for r in readings if r.title >= FOLDER and _is_joined(r.text, main)),
        streamed=any(_is_stream(f) for f in release.files),
    )


def _is_joined(title: str, files: Sequence[ParseResult]) -> bool:
    """Whether a title is those of two folders, the one in the other."""
    above = {t for p in files for t in p.folder_titles}
    return any(f"{outer} {inner}" == title for outer in above for inner in above)


def _is_of_specials(folder: str) -> bool:
    """Whether a folder holds specials alone: *Show OVA*, *OVA Show*, and not *Show TV + OVA*."""
    return bool(_SPECIALS.search(folder)) and not _AND_MORE.search(folder)


_SPECIALS = re.compile(
    r"^(?:OVA|OAD)\b|(?<=[\w)\]!?][ _.-])[\[(]?(?:OVA|OAD|Special)s?(?=\W*$|\W*[\[(])", re.IGNORECASE
)
_AND_MORE = re.compile(r"[+&,]|\b(?:tv|s\d|season|movies?|and)\b", re.IGNORECASE)


def _is_stream(file: ParsedFile) -> bool:
    """Whether a file is a copy of a stream, or names a season that was new when it was made."""
    return bool(_STREAM.search(file.file.name))


# Sites that stream, as those write them who copy new shows, and "new this season". WEB alone says little:
# old shows are sold as streams too.
_STREAM = re.compile(
    r"\b(?:baha|cr|abema|b-global|bilibili|netflix|nf|viutv|amzn|dsnp|hidive|adn)\b|新番",
    re.IGNORECASE,
)


def query(said: Evidence) -> Query:
    """Ask for every reading, the most trusted first, without season words too."""
    texts = [t for r in sorted(said.readings, key=lambda r: -r.trust) for t in (r.text, r.base)]
    season = said.season if said.season is not None and said.season >= 0 else None
    return Query(titles=tuple(dict.fromkeys(texts)), year=said.year, season=season, movie=said.movie)


def _year_in(title: str) -> int | None:
    found = _YEAR.search(title)
    return int(found[1]) if found else None


_YEAR = re.compile(r"[(（\[]((?:19|20)\d\d)[)）\]]")


def _is_movie(kind: VideoType | None, numbers: Sequence[Number]) -> bool | None:
    if kind is VideoType.MOVIE:
        return True
    return False if numbers else None


def _film_numbers(kind: VideoType | None, numbers: Sequence[Number]) -> tuple[int, ...]:
    """The number in `Show Movie 9`: engines take it for an episode, lists have it in the title."""
    return tuple(n for n in numbers if isinstance(n, int)) if kind is VideoType.MOVIE else ()


def _most(values: Iterable[T]) -> list[T]:
    """Each value once, the most frequent first, ties in order of appearance; the rare ones left out."""
    counted = Counter(values).most_common()
    return [value for value, times in counted if times * FEW >= counted[0][1]]


def _first(values: Iterable[T | None]) -> T | None:
    common = _most(v for v in values if v is not None)
    return common[0] if common else None
