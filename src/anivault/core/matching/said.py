"""What is said: the evidence of a release, as scoring compares it, and the numbers of one file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from anivault.core.matching.titles.readings import Reading
from anivault.core.models import ParsedFile
from anivault.parser.models import Number


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
    numbers = [n for n in file.parsed.episodes if isinstance(n, int)]
    if len(numbers) != len(file.parsed.episodes) or (len(numbers) == 2 and numbers[0] >= numbers[1]):
        return None
    return list(range(numbers[0], numbers[1] + 1)) if len(numbers) == 2 else numbers
