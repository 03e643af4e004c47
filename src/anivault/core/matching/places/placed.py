"""Where entries stand in a show, what numbers count from, and where a file belongs: the records of this room.

Nothing here decides: timeline.py places entries, counting.py finds what numbers count from, episodes.py and
ordered.py place files.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from anivault.core.models import Coordinates, Entry

MOVIE = -1  # the season of what has no seasons
# Episodes: of longer entries a third are several seasons on TMDB; of shows of which no list knows another
# season one in thirty is up to the second.
LONG, LONGER = 80, 200
UNCUT, UNKNOWN = (
    26,
    52,
)  # episodes that a provider leaves together of a longer entry, of one of unknown length
SLACK = 1  # episodes that a season may have beyond a count which only follows from dates
# How sure a place is. Shares of right ones among the development cases: docs/matching.md.
STATED, CONTINUED, TABLED, RUNNING, NO_COUNT, COUNTED = 1.0, 0.95, 0.95, 0.9, 0.9, 0.85
DERIVED, UNCOUNTED, UNPLACED, BEYOND = 0.6, 0.5, 0.3, 0.1


class Frame(StrEnum):
    """What a number counts from."""

    OWN = "own"
    ENTRY = "entry"  # of which a provider makes several seasons
    SEASON = "season"
    SHOW = "show"


class PlacedEntry(msgspec.Struct, frozen=True, gc=False):
    """An entry in its place: its episode 1 is `first` of `season`, after `before` episodes of the show."""

    entry: Entry
    season: int
    first: int | None
    count: int | None
    marker: int | None  # the season its own titles name, in the counting of its lists
    part: int | None
    before: int | None = None
    counted: bool = False  # whether every count that `before` sums up can be trusted
    likely: bool = False  # whether each of them is a list's, and no more than its weeks on air
    exact: bool = False  # whether its own count can be
    tabled: int | None = None  # how many episodes its season has in the provider's own table
    agreed: bool = False  # whether its season is, in that table, as long as the entries that lists put there
    crossed: bool = False  # whether an entry that began earlier stands in the same place
    passed: int | None = None  # of an entry that the provider cuts: its episodes in the parts before this one
    bounded: bool = False  # whether a list says where the next season begins
    alone: bool = False  # whether no list knows of another season
    gap: bool = False  # whether lists know later seasons, and not the next one
    settled: bool = False  # whether its counts and those before it in its season are facts
    reach: int | None = None  # episodes from its first to the end of the season, as far as entries are known
    cour: int = 1  # 1 for the first entry of its season
    nth: int = 0  # 1 for the first story that is told, whatever the provider makes of it; 0 for specials

    @property
    def is_first(self) -> bool:
        """Whether the show begins with this entry."""
        return self.nth == 1 and self.cour == 1 and self.before == 0

    @property
    def place_is_sure(self) -> bool:
        """Whether its place can be trusted: stated, or agreed on, or where every show begins.

        Not where an earlier entry stands in the same place.
        """
        placed = self.entry.stated or self.agreed or self.settled or self.is_first
        return placed and not self.crossed

    @property
    def begins_late(self) -> bool:
        """Whether its season has episodes before it that no list knows, and does not go on the last one's."""
        ahead = self.season > 0 and self.cour == 1 and (self.first or 1) > 1
        return ahead and self.first != (self.before or 0) + 1

    def may_be_cut(self, number: int) -> bool:
        """Whether an episode may be in a later season than its entry begins in, which nobody says."""
        long = UNCUT if self.gap else LONGER if self.alone else LONG
        most = UNKNOWN if not self.count else UNCUT if self.count > long else self.count + SLACK
        settled = self.settled and not self.gap
        return number > most and not (self.tabled or self.bounded or settled or self.entry.whole)

    def own(self, number: int, frame: Frame, *, strict: bool = False) -> int | None:
        """The own number that `number` is in `frame`; None where the entry has no such episode.

        An own number may run on into what follows in the season, unless `strict`.
        """
        start = self._start(frame)
        count = self.reach if frame is Frame.OWN and not strict else self.count
        return number - start if start is not None and is_within(number - start, count) else None

    def share(self, numbers: Sequence[int]) -> float:
        """How many of `numbers`, 0 to 1, are an episode of the entry's in any frame."""
        starts = [(frame, start) for frame in Frame if (start := self._start(frame)) is not None]
        spans = [(start, self.reach if frame is Frame.OWN else self.count) for frame, start in starts]
        return sum(any(is_within(n - start, count) for start, count in spans) for n in numbers) / len(numbers)

    def _start(self, frame: Frame) -> int | None:
        """How many numbers of the frame come before the entry's first; None where it has none there."""
        if frame is Frame.OWN:
            return 0
        if frame is Frame.SHOW:
            return self.before
        return self.passed if frame is Frame.ENTRY else self._start_in_season

    @property
    def _start_in_season(self) -> int | None:
        """The same, of a season; None where that is the same as the entry's own count."""
        start = None if self.first is None else self.first - 1
        return start if start or self.season <= 0 else None


def is_within(own: int, count: int | None) -> bool:
    """Whether an entry of so many episodes has its own number `own`."""
    return own >= 1 and (count is None or own <= count)


def year_of(slot: PlacedEntry) -> int | None:
    """The year in which an entry began."""
    return int(slot.entry.begin[:4]) if slot.entry.begin else None


class Counting(msgspec.Struct, frozen=True, gc=False):
    """How a release counts: from where, whether to the end of entries, and which season it names.

    `doubt`: what else the numbers may count from. `extra`: numbers that may be no episodes, but came with the
    discs of the entry.
    """

    frame: Frame | None = None
    fills: bool = False
    season: int | None = None
    doubt: Frame | None = None
    extra: frozenset[int] = frozenset()


class Placement(msgspec.Struct, frozen=True, gc=False):
    """Where one file belongs, how sure that is (0 to 1), and the rule in words."""

    coordinates: tuple[Coordinates, ...]
    sure: float
    rule: str
    other: tuple[
        Coordinates, ...
    ] = ()  # where it goes if the numbers are read in the other way that makes sense
