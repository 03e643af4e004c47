"""Decide what a release says as a whole. Pure.

In: a release. Out: the Evidence that scoring compares: every reading of its titles, season and part words,
year, kind and numbers; and the query that sources are asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from anivault.core.matching.said import FOLDER, PIECE, Evidence, Reading
from anivault.core.matching.titles.readings import readings_of, titles_of
from anivault.core.models import Query, Release
from anivault.parser.models import EXTRAS, Number, ParseResult, VideoType
from anivault.parser.read import is_of_specials, read_folder
from anivault.parser.title_words import split_number, split_season

T = TypeVar("T")
RARE = 3  # what so many times fewer files say than say another thing is a slip (a guess)
_SONGS = frozenset({VideoType.OP, VideoType.ED})


def evidence(release: Release) -> Evidence:
    """Gather what all files of the release say; what most of them say wins."""
    main = _main(release)
    kind, numbers = _first(p.type for p in main), _numbers(main)
    folder = release.folder.rpartition("/")[2]
    readings = _readings(main, _film_numbers(kind, numbers), folder)
    sure = list(filter(_is_sure, readings))
    return Evidence(
        readings=readings,
        season=_season(main, sure),
        part=_part(main, sure, folder),
        year=_first(p.year for p in main),
        movie=_is_movie(kind, numbers),
        songs=all(p.type in _SONGS for p in main),
        special=_is_special(kind, main, folder),
        numbers=numbers,
        joined=_joined(readings, main),
        printed=all(map(_is_printed, main)),
        streamed=any(f.parsed.streamed for f in release.files),
    )


def _main(release: Release) -> list[ParseResult]:
    """What names of episodes say; of a release of extras alone, what those say."""
    files = [f.parsed for f in release.files]
    return [p for p in files if p.type not in EXTRAS] or files


def _numbers(main: Sequence[ParseResult]) -> tuple[Number, ...]:
    """Every number once, in the order of the files."""
    return tuple(dict.fromkeys(n for p in main for n in p.episodes))


def _readings(main: Sequence[ParseResult], films: tuple[int, ...], folder: str) -> tuple[Reading, ...]:
    """Every way to read the titles of the names, and then those that only folders have."""
    printed = _numbered(_most(t for p in main for t in p.printed), main, folder)
    above = dict.fromkeys(t for p in main for t in p.folder_titles)
    return _read(tuple(printed), tuple(above), films)


@lru_cache(maxsize=8192)
def _read(printed: tuple[str, ...], above: tuple[str, ...], films: tuple[int, ...]) -> tuple[Reading, ...]:
    """The readings of a release: those of other releases of its show are often the same."""
    titles = titles_of(printed)
    texts = [t for t in above if t not in titles]
    pairs = _pairs(texts)
    folders = titles_of(t for t in texts if t not in pairs) | titles_of(t for t in texts if t in pairs)
    return (*readings_of(titles, films), *readings_of(folders, first=FOLDER))


def _numbered(titles: Sequence[str], main: Sequence[ParseResult], folder: str) -> Sequence[str]:
    """`Show 12/01.mkv`: the number of a folder is no episode where its files have their own, but a season."""
    if not all(p.said.get("title") == "folder" for p in main):
        return titles
    parsed = read_folder(folder).parsed
    numbers = parsed.episodes if parsed and parsed.titles == tuple(titles) else ()
    longer = [f"{title} {numbers[0]}" for title in titles] if len(numbers) == 1 else []
    return longer if all(split_number(title).season for title in longer) and longer else titles


def _is_sure(reading: Reading) -> bool:
    """Whether season words are a title's own: `Show 2nd Season`, and neither `Show 2` nor a folder's."""
    return reading.trust >= PIECE and reading.title < FOLDER and not reading.bare


def _season(main: Sequence[ParseResult], sure: Sequence[Reading]) -> int | None:
    """The season that the parser read, `S2`; else that of a title, `Show II`."""
    season = _first(p.season for p in main)
    return _first(r.season for r in sure) if season is None else season


def _part(main: Sequence[ParseResult], sure: Sequence[Reading], folder: str) -> int | None:
    """The part that the parser read; else that of a title, `Show Part 2`, or of the folder."""
    part = _first(p.part for p in main)
    return _first((*(r.part for r in sure), split_season(folder).part)) if part is None else part


def _is_printed(parsed: ParseResult) -> bool:
    """Whether one rule read season and number as one: `S02E13`, `2x13`."""
    rule = parsed.said.get("season")
    return rule is not None and rule.startswith("rule:") and rule == parsed.said.get("episodes")


def _is_special(kind: VideoType | None, main: Sequence[ParseResult], folder: str) -> bool:
    """Whether the files are specials, as their names say (`OVA`, `S00`), or as their folder does."""
    season = _first(p.season for p in main)
    return kind in (VideoType.OVA, VideoType.SPECIAL) or season == 0 or is_of_specials(folder)


def _joined(readings: Iterable[Reading], main: Sequence[ParseResult]) -> frozenset[int]:
    """The titles that two folders make together, the one in the other: `Show/Its Sequel/01`."""
    pairs = _pairs([t for p in main for t in p.folder_titles])
    return frozenset(r.title for r in readings if r.title >= FOLDER and r.text in pairs)


def _pairs(titles: Sequence[str]) -> set[str]:
    """What two folders may say together; neither is a piece of it, for nobody has written it as one title."""
    each = set(titles)
    return {f"{outer} {inner}" for outer in each for inner in each}


def query(said: Evidence) -> Query:
    """Ask for every reading, the most trusted first, without season words too."""
    texts = [t for r in sorted(said.readings, key=lambda r: -r.trust) for t in (r.text, r.base)]
    if said.part and not said.numbers:  # one of several films, which lists may know under a longer title
        texts += [f"Gekijouban {r.base}" for r in said.readings if r.trust >= PIECE and r.title < FOLDER]
    return Query(titles=tuple(dict.fromkeys(texts)), year=said.year, movie=said.movie)


def _is_movie(kind: VideoType | None, numbers: Sequence[Number]) -> bool | None:
    if kind is VideoType.MOVIE:
        return True
    return False if numbers else None


def _film_numbers(kind: VideoType | None, numbers: Sequence[Number]) -> tuple[int, ...]:
    """The number in `Show Movie 9`: engines take it for an episode, lists have it in the title."""
    return tuple(n for n in numbers if isinstance(n, int)) if kind is VideoType.MOVIE else ()


def _most(values: Iterable[T]) -> list[T]:
    """Each value once, the most frequent first, ties in order of appearance; the rare ones left out."""
    several = list(values)
    if several.count(several[0]) == len(several) if several else True:  # as most files of a release say
        return several[:1]
    counted = Counter(several).most_common()
    return [value for value, times in counted if times * RARE >= counted[0][1]]


def _first(values: Iterable[T | None]) -> T | None:
    common = _most(v for v in values if v is not None)
    return common[0] if common else None
