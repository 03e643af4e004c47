"""What is said: the evidence of a release, as scoring compares it; the numbers of one file; and objections.

An objection is what a name says against the show or place that somebody is about to give its file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import msgspec

from anivault.core.models import Candidate, Coordinates, ParsedFile, ShowId
from anivault.parser.models import Number, ParseResult, VideoType
from anivault.shared import regex as re

# How far a reading can be trusted, against the title as it stands.
WHOLE, PIECE, NUMBERED, SCRIPT, HEAD = 1.0, 0.97, 0.97, 0.88, 0.7
FOLDER = 100  # folders' titles are counted from here: they support a title, and name nothing by themselves


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One way to read one of the release's titles: `base` is what is left without season words."""

    text: str
    base: str
    season: int | None
    part: int | None
    trust: float
    title: int  # which of the release's titles it reads, counted from 0; those of folders from FOLDER
    bare: bool = False  # the season is a bare last number, and may be none


@dataclass(frozen=True)
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
    printed: bool  # the season stands with the numbers: `S02E13` is no number of the whole show
    streamed: bool  # copied from a stream, so probably a show of these years

    @cached_property
    def whole_numbers(self) -> tuple[int, ...]:
        """The numbers that can be episodes: 12.5 and "05a" are left out, and a prologue (00) among others."""
        whole = tuple(n for n in self.numbers if isinstance(n, int))
        return tuple(n for n in whole if n) or whole


def numbers_of(file: ParsedFile) -> list[int] | None:
    """A file's numbers, a range (01-03) as all of its numbers; None for 12.5 and for what is no range."""
    said = file.parsed.episodes
    if len(said) == 1 and isinstance(said[0], int):  # as of most files
        return [said[0]]
    numbers = [n for n in said if isinstance(n, int)]
    if len(numbers) != len(said) or (len(numbers) == 2 and numbers[0] >= numbers[1]):
        return None
    return list(range(numbers[0], numbers[1] + 1)) if len(numbers) == 2 else numbers


def has_lost_mark(file: ParsedFile) -> bool:
    """Whether `_` ends the title, `Nisekoi_ - 04`: it stands for a mark that no name of a file may have."""
    name = file.file.name
    return "_" in name and " " in name and bool(_LOST_MARK.search(name))


_LOST_MARK = re.compile(r"(?<=[^\W_])[!?.']*_+(?=\s+(?:-\s+)?\d|\s*\[\d)")


class Against(StrEnum):
    """What a name says otherwise."""

    SEASON = "season"
    SPECIAL = "special"
    SERIES = "series"
    FILM = "film"
    YEAR = "year"


class Objection(NamedTuple):
    """What the name says, and what it is to be instead."""

    about: Against
    said: str
    wanted: str

    @property
    def words(self) -> str:
        """The objection as a sentence."""
        return _OBJECTIONS[self.about].format(said=self.said, wanted=self.wanted)


_OBJECTIONS = {
    Against.SEASON: "The names say season {said}, and the pin says season {wanted}: the pin wins.",
    Against.SPECIAL: "The names say {said}, and the pin makes it one of season {wanted}: the pin wins.",
    Against.SERIES: "The names say film, and the pin makes it an episode of season {wanted}: the pin wins.",
    Against.FILM: "The names say episode {said}, and the pin names a film: the pin wins.",
    Against.YEAR: "The names say {said}, and {wanted}: is it this one?",
}
_SPECIALS = frozenset({VideoType.OVA, VideoType.SPECIAL})


def objections(
    parsed: ParseResult, show: ShowId, places: Sequence[Coordinates], known: Candidate | None
) -> Iterator[Objection]:
    """What a name says against a show and, where it is said, a place."""
    if show.media_type == "movie" and parsed.episodes and parsed.type is not VideoType.MOVIE:
        yield Objection(Against.FILM, str(parsed.episodes[0]), "")
    for season in sorted({place.season for place in places}):
        yield from _against_season(parsed, season)
    if known and parsed.year is not None and (wanted := _other_years(known, parsed.year)):
        yield Objection(Against.YEAR, str(parsed.year), wanted)


def _against_season(parsed: ParseResult, season: int) -> Iterator[Objection]:
    if parsed.season not in (None, season):
        yield Objection(Against.SEASON, str(parsed.season), str(season))
    if season and parsed.type in _SPECIALS:
        yield Objection(Against.SPECIAL, str(parsed.type), str(season))
    if season and parsed.type is VideoType.MOVIE:
        yield Objection(Against.SERIES, "", str(season))


def _other_years(known: Candidate, year: int) -> str:
    """What lists say of a show's years, where the name's is none of them; one off is near enough."""
    begun = [*(entry.begin for entry in known.entries), *(season.begin for season in known.seasons)]
    years = {int(date[:4]) for date in begun if date} | ({known.year} if known.year else set())
    if not years or any(abs(year - one) <= 1 for one in years):
        return ""
    first, last = min(years), max(years)
    return f"{known.title} is of {first}" + (f" to {last}" if last > first else "")
