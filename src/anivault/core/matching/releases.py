"""Decide which files are one release, and what the release says as a whole. Pure.

In: parsed files. Out: releases (same folder, title and group), and for each the Evidence that
scoring compares: every reading of its titles, season and part words, year, kind, numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rapidfuzz import fuzz

from anivault.core.matching.normalize import is_slip, normal_form
from anivault.core.matching.readings import FOLDER, PIECE, Reading, readings_of, titles_of
from anivault.core.models import ParsedFile, Query, Release
from anivault.parser.folders import Use, read_folder
from anivault.parser.form import is_legible
from anivault.parser.models import EXTRAS, Number, ParseResult, VideoType
from anivault.parser.title_words import split_season

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
    songs: bool  # openings and endings alone: films have none
    numbers: tuple[Number, ...]
    joined: frozenset[int]  # titles that two folders make together: `Show/Its Sequel`
    streamed: bool  # copied from a stream, so probably a show of these years

    @property
    def whole_numbers(self) -> tuple[int, ...]:
        """The numbers that can be episodes: 12.5 and "05a" are left out, and a prologue (00) among others."""
        whole = tuple(n for n in self.numbers if isinstance(n, int))
        return tuple(n for n in whole if n) or whole


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
    home |= {extras: home[main] for extras, main in _mains_of_extras(buckets).items()}
    joined: dict[Key, list[ParsedFile]] = {}
    for key in sorted(buckets, key=lambda key: home[key] != key):  # who stands for the release comes first
        joined.setdefault(home[key], []).extend(buckets[key])
    return [_release(bucket) for bucket in joined.values()]


Key = tuple[str, str, str, str, str]  # folder, title, group, kind, year: remakes lie side by side
FEW = 3  # a bucket this many times smaller than its folder's largest may be odd names of it (a guess)
ALIKE = 85  # of 100, between a title and the same with a slip


def _is_odd(key: Key, buckets: dict[Key, list[ParsedFile]], largest: Key) -> bool:
    """Whether a bucket holds odd names of its folder's largest release."""
    bucket, many = buckets[key], buckets[largest]
    if key == largest or len(bucket) * FEW > len(many):
        return False
    if not key[1] and not all(is_legible(file.file.name) for file in bucket):
        return False  # they have a title, which nobody can read: it may be any show's
    extras = all(file.parsed.type in EXTRAS for file in bucket)
    slip = is_slip(key[1], largest[1]) and fuzz.ratio(key[1], largest[1]) >= ALIKE
    kind = key[3] == largest[3] and key[4] in ("", largest[4])
    return extras or (kind and (not key[1] or slip))


def _mains_of_extras(buckets: dict[Key, list[ParsedFile]]) -> dict[Key, Key]:
    """For each bucket of extras alone the one of its show: in its folder, or in that of the show above it."""
    extras = {key for key, bucket in buckets.items() if all(f.parsed.type in EXTRAS for f in bucket)}
    mains: dict[str, list[Key]] = {}  # by folder; those in a season's folder by the show's too
    for key in buckets.keys() - extras if extras else ():
        for folder in _up_to_the_show(key[0]):
            mains.setdefault(folder, []).append(key)
    found = {key: _main_of(key, mains, buckets) for key in extras}
    return {key: main for key, main in found.items() if main}


def _main_of(key: Key, mains: dict[str, list[Key]], buckets: dict[Key, list[ParsedFile]]) -> Key | None:
    """The release that extras belong to: of their title, or in an extras folder that of the show above."""
    near: list[Key] = []
    for folder in _up_to_the_show(key[0]):
        show = folder if folder != key[0] else ""
        near += [main for main in mains.get(folder, ()) if _is_main(main, key, show, buckets)]

    def order(main: Key) -> tuple[bool, bool, bool, bool, bool, int, Key]:
        special = any(f.parsed.season == 0 or f.parsed.type in _OWN_KIND for f in buckets[main])
        same = main[1] == key[1], main[2] == key[2], main[3] == key[3], main[4] == key[4]
        return not same[3], not same[0], special, not same[1], not same[2], -len(buckets[main]), main

    return min(near, key=order, default=None)


def _is_main(main: Key, extras: Key, show: str, buckets: dict[Key, list[ParsedFile]]) -> bool:
    """Whether extras go with a release: of one title; or of the show whose folder holds theirs.

    Extras whose title goes on where the show's ends may be those of a film, and are judged by themselves.
    """
    if main[1] == extras[1]:
        return True
    if not show or extras[1].startswith(main[1]):
        return False
    named = {normal_form(title) for file in buckets[main] for title in (*file.parsed.titles, main[1])}
    folder = read_folder(show.rpartition("/")[2]).parsed
    return folder is not None and any(normal_form(title) in named for title in folder.titles)


def _up_to_the_show(folder: str) -> Iterator[str]:
    """A folder, and those above it as long as no title stands between: SPs, Season 1, Disc 2."""
    yield folder
    while folder and read_folder(folder.rpartition("/")[2]).use not in (Use.TITLE, Use.GENERIC):
        folder = folder.rpartition("/")[0]
        yield folder


def each(files: Sequence[ParsedFile]) -> list[Release]:
    """Make every file a release of its own, so that it is judged by itself."""
    return [_release([file]) for file in files]


def _bucket(file: ParsedFile) -> Key:
    parsed = file.parsed
    kind = f"{parsed.season} {parsed.part} {parsed.type if parsed.type in _OWN_KIND else ''}"
    title, group, year = normal_form(parsed.title or ""), (parsed.group or "").casefold(), parsed.year or ""
    return file.file.whole_folder, title, group, kind, str(year)


_SONGS = frozenset({VideoType.OP, VideoType.ED})
_OWN_KIND = frozenset({VideoType.MOVIE, VideoType.OVA, VideoType.SPECIAL})


def _release(files: Sequence[ParsedFile]) -> Release:
    first = files[0]
    return Release(first.file.whole_folder, first.parsed.title or "", first.parsed.group, tuple(files))


def evidence(release: Release) -> Evidence:
    """Gather what all files of the release say; what most of them say wins."""
    files = [f for f in release.files if f.parsed.type not in EXTRAS] or release.files
    main = [f.parsed for f in files]
    folder = release.folder.rpartition("/")[2]
    titles = titles_of(_most(t for p in main for t in p.printed))
    season, part = _first(p.season for p in main), _first(p.part for p in main)
    kind = _first(p.type for p in main)
    year = _first(p.year for p in main)
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
        songs=all(p.type in _SONGS for p in main),
        special=kind in (VideoType.OVA, VideoType.SPECIAL) or season == 0 or read_folder(folder).of_specials,
        numbers=numbers,
        joined=frozenset(r.title for r in readings if r.title >= FOLDER and _is_joined(r.text, main)),
        streamed=any(f.parsed.streamed for f in release.files),
    )


def _is_joined(title: str, files: Sequence[ParseResult]) -> bool:
    """Whether a title is those of two folders, the one in the other."""
    above = {t for p in files for t in p.folder_titles}
    return any(f"{outer} {inner}" == title for outer in above for inner in above)


def query(said: Evidence) -> Query:
    """Ask for every reading, the most trusted first, without season words too."""
    texts = [t for r in sorted(said.readings, key=lambda r: -r.trust) for t in (r.text, r.base)]
    season = said.season if said.season is not None and said.season >= 0 else None
    if said.part and not said.numbers:  # one of several films, which lists may know under a longer title
        texts += [f"Gekijouban {r.base}" for r in said.readings if r.trust >= PIECE and r.title < FOLDER]
    return Query(titles=tuple(dict.fromkeys(texts)), year=said.year, season=season, movie=said.movie)


def numbers_of(file: ParsedFile) -> list[int] | None:
    """A file's numbers, a range (01-03) as all of its numbers; None when one is no whole number."""
    numbers = [n for n in file.parsed.episodes if isinstance(n, int)]
    if len(numbers) != len(file.parsed.episodes):
        return None
    if len(numbers) == 2 and numbers[0] < numbers[1]:
        return list(range(numbers[0], numbers[1] + 1))
    return numbers


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
