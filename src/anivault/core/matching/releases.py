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

from rapidfuzz import fuzz

from anivault.core.matching.normalize import (
    is_slip,
    normal_form,
    split_number,
    split_season,
    without_film_words,
)
from anivault.core.models import ParsedFile, Query, Release
from anivault.parser.models import EXTRAS, Number, VideoType

T = TypeVar("T")

# How far a reading can be trusted, against the title as it stands.
WHOLE, PIECE, NUMBERED, SCRIPT, HEAD = 1.0, 0.97, 0.97, 0.88, 0.7
SCRAP, LEAST_SHARE = (
    0.8,
    0.3,
)  # a piece that leaves most of its title unsaid, and the share below which it does
FOLDER = 100  # folders' titles are counted from here: they support a title, and are none by themselves
MAX_TITLES = 8  # a guess: real names carry one to four


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read one of the release's titles: `base` is what is left without season words."""

    text: str
    base: str
    season: int | None
    part: int | None
    trust: float
    title: int  # which of the release's titles it reads, counted from 0; those of folders from FOLDER
    bare: bool = False  # the season is a bare last number, and may be none


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
    titles = _titles(t for f in files for t in _printed(f))
    season, part = _first(p.season for p in main), _first(p.part for p in main)
    kind = _first(p.type for p in main)
    year = _first(p.year for p in main) or _first(_year_in(t) for t in titles)
    numbers = tuple(dict.fromkeys(n for p in main for n in p.episodes))
    above = _titles(t for p in main for t in p.folder_titles if t not in titles)
    readings = (*_readings(titles, _film_numbers(kind, numbers)), *_readings(above, (), first=FOLDER))
    sure = [r for r in readings if r.trust >= PIECE and r.title < FOLDER and not r.bare]
    return Evidence(
        readings=readings,
        season=season if season is not None else _first(r.season for r in sure),
        part=part if part is not None else _first(r.part for r in sure),
        year=year,
        movie=_is_movie(kind, numbers),
        special=kind in (VideoType.OVA, VideoType.SPECIAL) or season == 0,
        numbers=numbers,
        streamed=any(_is_stream(f) for f in release.files),
        files=len(main),
    )


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


def _printed(file: ParsedFile) -> Iterator[str]:
    """A file's titles with the mark that ends them in its name: *Nisekoi:* and *Working!!* are told by it."""
    parsed = file.parsed
    read = parsed.titles or ((parsed.title,) if parsed.title else ())
    for title in [t for t in read if not _is_hollow(t)] or _bracketed(file.file.name):
        at = file.file.rel.rfind(title)
        mark = _MARK.match(file.file.rel, at + len(title)) if at >= 0 else None
        yield title + mark[0] if mark else title


def _is_hollow(title: str) -> bool:
    """Whether a title says only what kind of video it is, or next to nothing."""
    return len(_HOLLOW.sub("", title)) < 2 and not title.strip().isdigit()


def _bracketed(name: str) -> list[str]:
    """What stands in brackets after the group and says anything: all there is where no title was read."""
    return [text for text in _IN_BRACKETS.findall(name)[1:] if not _TECHNICAL.search(text)]


_HOLLOW = re.compile(r"剧场版|劇場版|映画|電影|电影|\b(?:movie|the|tv|ova|oad|in|of)\b|[\W_]", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[\[【]([^\[\]【】]+)[\]】]")
_TECHNICAL = re.compile(
    r"\d{3,4}[pi]|\d{3,4}x\d{3,4}|^[\d\W_]+$|bd-?rip|web|hevc|x26|avc|aac|mp4|mkv|[简繁]|招募", re.IGNORECASE
)
_MARK = re.compile(r"[!?+:'*°！？＋：’＊]+(?=[\s_.\])】-]|$)")


def _titles(printed: Iterable[str]) -> dict[str, list[str]]:
    """Every title that the names carry, with the pieces of it that they carry too.

    A piece (`東京喵喵` beside `東京喵喵 NEW`) is no title of its own: it would speak for other shows.
    What spaced strokes part (`中文 / Romaji`) are titles, and the whole is none.
    """
    each_form = {t: normal_form(t) for t in _most(s for t in printed for s in _strokes(t))}
    titles: dict[str, list[str]] = {}
    for text, form in sorted(each_form.items(), key=lambda item: -len(item[1])):
        whole = next((t for t in titles if form in each_form[t]), None)
        if whole is None:
            titles[text] = []
        elif form != each_form[whole]:
            titles[whole].append(text)
    return {t: titles[t] for t in list(each_form)[: 2 * MAX_TITLES] if t in titles and each_form[t]}


def _strokes(title: str) -> list[str]:
    """A title, or where strokes part it (`中文 / Romaji`) the titles it is made of."""
    spaced = [p.strip(_TRIM) for p in _SPACED_STROKE.split(title)]
    pieces = [p for part in spaced for p in _parted(part)]
    return [p for p in pieces if p] if len(pieces) > 1 else [title]


def _parted(title: str) -> list[str]:
    """Part at strokes without space where they stand between scripts; *Fate/stay night* stays whole."""
    pieces = [p.strip(_TRIM) for p in _STROKE.split(title)]
    return pieces if len({bool(_HAS_CJK.search(p)) for p in pieces}) == 2 else [title]


def _readings(titles: dict[str, list[str]], films: tuple[int, ...], first: int = 0) -> Iterator[Reading]:
    for index, (title, pieces) in enumerate(titles.items(), first):
        seen: set[str] = set()
        least = LEAST_SHARE * _weight(title)
        for text, full in (*_variants(title, films), *((piece, SCRIPT) for piece in pieces)):
            trust = min(full, SCRAP) if _weight(text) < least else full
            if normal_form(text) and text not in seen:
                seen.add(text)
                base, season, part = split_season(text)
                yield Reading(text, base, season, part, trust, index)
                bare = split_number(text)
                if season is None and part is None and bare.season is not None:
                    yield Reading(text, bare.base, bare.season, None, trust * NUMBERED, index, bare=True)


def _weight(text: str) -> int:
    """How much a text says: a Han character or kana as much as three letters."""
    return sum(map(str.isalnum, text)) + 2 * len(_HAS_CJK.findall(text))


def _variants(title: str, films: tuple[int, ...]) -> Iterator[tuple[str, float]]:
    """The title whole, as numbered film, in its pieces by bracket, stroke and script, and its head."""
    yield title, WHOLE
    yield without_film_words(title), PIECE
    for number in films:
        yield f"{title} Movie {number}", WHOLE
        yield f"{title} {number}", PIECE
    for trust, pieces in (
        (PIECE, _BRACKETED.split(title)),
        (PIECE if _MIXED_DASH.search(title) else SCRIPT, _by_script(title)),
        (SCRIPT, _STROKE.split(title)),
    ):
        for piece in pieces:
            if len(piece.strip(_TRIM)) > 1:
                yield piece.strip(_TRIM), trust
    head, separator, _ = _SUBTITLE.split(title, maxsplit=1) if _SUBTITLE.search(title) else (title, "", "")
    if separator and len(head) > 2:
        yield head.strip(), HEAD


_TRIM = " -~:："
_BRACKETED = re.compile(r"[(（【\[]|[)）】\]]")
_SPACED_STROKE = re.compile(r"\s+[/／|｜]+\s+|\s{2,}")
_STROKE = re.compile(r"\s*[/／|｜]\s*")
_SUBTITLE = re.compile(r"(\s+-\s+|[:：~～―]\s*)")
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
_HAS_CJK = re.compile(f"[{_CJK}]")
_SEAM = re.compile(
    rf"(?<=[{_CJK}])(?=[^{_CJK}A-Za-z]*[A-Za-z]{{3}})|(?<=[A-Za-z]{{3}})(?=[^{_CJK}A-Za-z]*[{_CJK}]{{2}})"
)
_MIXED_DASH = re.compile(rf"[A-Za-z]\W*\s-\s\W*[{_CJK}]|[{_CJK}]\W*\s-\s\W*[A-Za-z]")


def _by_script(title: str) -> Sequence[str]:
    """A title in two scripts (`鬼灭之刃 Kimetsu no Yaiba`) may be two titles: parted at the first seam."""
    pieces = _SEAM.split(title, maxsplit=1)
    return pieces if len(pieces) == 2 else ()


def _most(values: Iterable[T]) -> list[T]:
    """Each value once, the most frequent first, ties in order of appearance; the rare ones left out."""
    counted = Counter(values).most_common()
    return [value for value, times in counted if times * FEW >= counted[0][1]]


def _first(values: Iterable[T | None]) -> T | None:
    common = _most(v for v in values if v is not None)
    return common[0] if common else None
