"""Decide which season and episode a number means, in the provider's numbering. Pure.

In: a show with its entries (cours), the entry a release looks like, and the release's numbers.
Out: coordinates, each with how sure that is and by which rule. A number without a place gets none.

Where an entry's season and offset are stated they are used; else they follow from the order of the
entries, their counts and their season words. A number is read in one of three frames, the first
that all numbers of the release fit: the entry's own (1 is its first episode), the season's (a second
cour that goes on counting), the show's (absolute).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby

from anivault.core.matching.normalize import normal_form
from anivault.core.models import Candidate, Coordinates, Entry
from anivault.parser.title_words import film_number, split_number, split_season

MOVIE = -1  # the season of what has no seasons

# How sure a place is. Shares of right ones among the development cases: docs/matching.md.
STATED, CONTINUED, TABLED, NO_COUNT, COUNTED = 1.0, 0.95, 0.95, 0.9, 0.85
DERIVED, UNCOUNTED, UNPLACED, BEYOND = 0.6, 0.5, 0.3, 0.1


LONG = 110  # episodes; of longer entries a third are several seasons on TMDB
QUARTERS = (12, 13, 26)  # weeks that a series for one or two quarters of a year is on air
SLACK = 1  # episodes that a season may have beyond a count which only follows from dates


class Frame(StrEnum):
    """What a number counts from."""

    OWN = "own"
    SEASON = "season"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Slot:
    """An entry in its place: its episode 1 is `first` of `season`, after `before` episodes of the show."""

    entry: Entry
    season: int
    first: int | None
    count: int | None
    marker: int | None  # the season its own titles name, in the counting of its lists
    part: int | None
    before: int | None = None
    counted: bool = False  # whether every count that `before` sums up can be trusted
    exact: bool = False  # whether its own count can be
    tabled: int | None = None  # how many episodes its season has in the provider's own table
    agreed: bool = False  # whether its season is, in that table, as long as the entries that lists put there
    crossed: bool = False  # whether an entry that began earlier stands in the same place
    reach: int | None = None  # episodes from its first to the end of the season, as far as entries are known
    cour: int = 1  # 1 for the first entry of its season
    nth: int = 0  # 1 for the first story that is told, whatever the provider makes of it; 0 for specials

    @property
    def is_first(self) -> bool:
        """Whether the show begins with this entry."""
        return self.nth == 1 and self.cour == 1

    @property
    def firm(self) -> bool:
        """Whether its place can be trusted: stated, or agreed on, or where every show begins.

        Not where an earlier entry stands in the same place, and a beginning not where the show is so long
        that a provider may have cut it into seasons.
        """
        begins = self.is_first and (bool(self.tabled) or (self.count or 0) <= LONG)
        return not self.crossed and (self.entry.stated or self.agreed or begins)

    def own(self, number: int, frame: Frame) -> int | None:
        """The own number that `number` is in `frame`; None where the entry has no such episode."""
        if frame is Frame.OWN:
            return number if _within(number, self.reach) else None
        start = self.before if frame is Frame.SHOW else self.first and self.first - 1
        again = frame is Frame.SEASON and not start and self.season > 0  # the same as its own
        if start is None or again or not _within(number - start, self.count):
            return None
        return number - start


def _within(own: int, count: int | None) -> bool:
    return own >= 1 and (count is None or own <= count)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one file belongs, how sure that is (0 to 1), and the rule in words."""

    coordinates: tuple[Coordinates, ...]
    sure: float
    rule: str


# --- the show's timeline ---------------------------------------------------------------------------


def timeline(show: Candidate) -> tuple[Slot, ...]:
    """Put the entries of a show in order: seasons first, specials (season 0) after them."""
    roots = frozenset(normal_form(t.text) for e in show.entries for t in e.titles)
    slots = sorted((_slot(show, entry, roots) for entry in show.entries), key=_order)
    main = [s for s in slots if s.season > 0]
    table = {s.number: s.episodes for s in show.seasons} if show.tabled else {}
    return (*_counted(list(_in_seasons(main)), table), *(s for s in slots if s.season <= 0))


def _slot(show: Candidate, entry: Entry, roots: frozenset[str]) -> Slot:
    season = MOVIE if show.media_type == "movie" else 1 if entry.season is None else entry.season
    first = entry.episode if entry.episode is not None else _plus(entry.offset, 1)
    if season == 0 and not entry.stated and entry.episode is None:
        first = None  # season 0 is in the order in which people added to it
    marker, part = markers(entry, roots)
    count = entry.episodes if show.tabled else _aired(entry)
    return Slot(entry, season, first, count, marker, part, reach=count)


def _order(slot: Slot) -> tuple[int, int, str, str]:
    return slot.season, slot.first or 0, slot.entry.begin or "9999", slot.entry.key


def _in_seasons(main: Sequence[Slot]) -> Iterator[Slot]:
    """Number the cours of each season, and go on where the one before ended.

    Entries that lists call by the same season, one after the other, are its parts.
    """
    for _, members in groupby(main, key=lambda s: s.season):
        group = list(members)
        running: int | None = 1
        placed: list[Slot] = []
        for cour, slot in enumerate(group, 1):
            first = running if slot.first is None else slot.first
            same = sum(s.marker == slot.marker for s in placed) if slot.marker else 0
            part = slot.part or (same + 1 if same else None)
            placed.append(replace(slot, cour=cour, first=first, part=part))
            running = _plus(first, slot.count)
        last = group[-1]
        slack = SLACK if "episodes" in last.entry.derived or last.count != last.entry.episodes else 0
        for slot in placed:
            reach = None if running is None or slot.first is None else running - slot.first + slack
            yield replace(slot, reach=reach, crossed=any(_crosses(other, slot) for other in placed))


def _crosses(earlier: Slot, slot: Slot) -> bool:
    """Whether an entry that began earlier has the episode that `slot` begins with."""
    began = (earlier.entry.begin or "9") < (slot.entry.begin or "")
    return began and _within((slot.first or 0) - (earlier.first or 0) + 1, earlier.count or 1)


def _counted(main: Sequence[Slot], table: Mapping[int, int | None]) -> Iterator[Slot]:
    """Sum up the episodes before each entry, and tell the stories that go on from new ones."""
    before: int | None = 0
    counted, nth = True, 0
    for slot in main:
        exact = table.get(slot.season) == _length(main, slot.season) if table else _is_counted(slot.entry)
        nth += slot.part is None or slot.part == 1 or nth == 0
        agreed = bool(table) and exact and _is_whole(main, slot.season)
        yield replace(
            slot,
            before=before,
            counted=counted,
            exact=exact,
            agreed=agreed,
            nth=nth,
            tabled=table.get(slot.season),
        )
        before = _plus(before, slot.count)
        counted = counted and exact


def _is_whole(main: Sequence[Slot], season: int) -> bool:
    """Whether all entries of a season are as lists have them: none was made or cut to fill the table."""
    return all(s.entry.begin and "room" not in s.entry.derived for s in main if s.season == season)


def _length(main: Sequence[Slot], season: int) -> int:
    return sum(slot.count or 0 for slot in main if slot.season == season)


def _plus(start: int | None, count: int | None) -> int | None:
    return None if start is None or count is None else start + count


def _is_counted(entry: Entry) -> bool:
    """Whether a count can be trusted: its weeks on air agree. Counts often hold extras of the discs."""
    if entry.episodes is None or "episodes" in entry.derived:
        return False
    weeks = _weeks(entry)
    return weeks is None or weeks == entry.episodes or weeks <= 2


def _aired(entry: Entry) -> int | None:
    """How many of a series' episodes were on air: one that is more than its weeks came with the discs.

    So for 44 of 55 series of 12 or 13 weeks; lists of specials have that one.
    """
    weeks = _weeks(entry)
    stated = entry.type == "tv" and "episodes" not in entry.derived
    return weeks if stated and weeks in QUARTERS and entry.episodes == weeks + 1 else entry.episodes


def _weeks(entry: Entry) -> int | None:
    if not entry.begin or not entry.end:
        return None
    return round((date.fromisoformat(entry.end) - date.fromisoformat(entry.begin)).days / 7) + 1


def markers(entry: Entry, roots: frozenset[str] = frozenset()) -> tuple[int | None, int | None]:
    """The season and part that the first of the entry's own titles to have such words names.

    A bare last number is a season word where the rest is a title of the show (`roots`).
    """
    for title in sorted(entry.titles, key=lambda t: not t.main):
        _, season, part = split_season(title.text)
        if season is not None or part is not None:
            return season, part
    bare = (split_number(t.text) for t in entry.titles)
    return next((b.season for b in bare if b.season and normal_form(b.base) in roots), None), None


def number_of_film(entry: Entry) -> int | None:
    """Which film of several an entry is, as the first of its titles that says so."""
    return next(filter(None, (film_number(title.text) for title in entry.titles)), None)


# --- numbers to places ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counting:
    """How a release counts: from where, whether to the end of entries, and which season it names."""

    frame: Frame | None = None
    fills: bool = False
    season: int | None = None


def counting(
    slots: Sequence[Slot],
    slot: Slot,
    numbers: Sequence[int],
    *,
    named: bool = True,
    season: int | None = None,
    cour: bool = True,
) -> Counting:
    """Find the first frame in which the release's numbers are this entry's; None when there is none.

    A release that names the entry or its season mostly counts from there (`named`), from the season where
    the name is not of a later `cour`; one that names only the show counts from the show's beginning, and may
    run through several entries.
    """
    frames = _frames(slot, named=named or slot.is_first, cour=cour)
    for frame in _IN_SEASON_0 if season == slot.season == 0 else frames:
        if numbers and _counts_in(frame, slots, slot, numbers):
            ends = {s.before + s.count for s in slots if s.before is not None and s.count is not None}
            fills = max(numbers) in ends and min(numbers) - 1 in {0, *ends} and len(numbers) > 1
            runs_on = frame is Frame.OWN and slot.count is not None and max(numbers) > slot.count
            if named or slot.is_first or not runs_on:
                return Counting(frame, fills, season)
    return Counting(season=season)


_IN_SEASON_0 = (Frame.SEASON,)  # `S00E07` is a number of the season, whichever special has it


def _frames(slot: Slot, *, named: bool, cour: bool) -> tuple[Frame, ...]:
    """The frames in which a release may count, the likeliest first."""
    if named and (cour or slot.cour == 1):
        return tuple(Frame)
    restarts = slot.before is not None and slot.first != slot.before + 1
    if not named and restarts:
        return Frame.SHOW, Frame.OWN  # nobody counts from a season that the name does not say
    return Frame.SEASON, Frame.SHOW, Frame.OWN


def _counts_in(frame: Frame, slots: Sequence[Slot], slot: Slot, numbers: Sequence[int]) -> bool:
    if frame is not Frame.SHOW:
        return all(slot.own(n, frame) is not None for n in numbers)
    held = [holder(slots, n) for n in numbers]
    return holder(slots, min(numbers)) is slot and all(s is not None for s in held)


def holder(slots: Sequence[Slot], number: int) -> Slot | None:
    """The entry that has the show's episode `number`, counted from its beginning."""
    return next((s for s in slots if s.season > 0 and s.own(number, Frame.SHOW) is not None), None)


def place(slots: Sequence[Slot], slot: Slot, numbers: Sequence[int], counted: Counting) -> Placement:
    """Place one file's numbers, for a release that looks like `slot` and counts as `counted` says."""
    if slot.season == MOVIE:
        return Placement((), STATED, "A film has no episodes.")
    if not numbers:
        return _place_single(slot)
    found = [_place_number(slots, slot, n, counted) for n in numbers]
    coordinates = tuple(c for p in found for c in p.coordinates)
    worst = min(found, key=lambda p: p.sure)
    return Placement(coordinates, worst.sure, worst.rule)


def _place_single(slot: Slot) -> Placement:
    """A file without a number: the only episode of an entry that has one."""
    if slot.count == 1 and slot.first is not None:
        return Placement(
            (_at(slot, 1),), CONTINUED, "The entry has one episode, so the file needs no number."
        )
    return Placement((), 0.0, "The name has no episode number.")


def _place_number(slots: Sequence[Slot], slot: Slot, number: int, counted: Counting) -> Placement:
    frame = counted.frame
    if frame is None and counted.season == 0:
        guess = Coordinates(season=0, episode=number)
        return Placement((guess,), BEYOND, "No list says which special this is; providers number them apart.")
    if frame is Frame.SHOW:
        slot = holder(slots, number) or slot
    own = slot.own(number, frame) if frame else None
    if frame is None or own is None:
        return _place_beyond(slots, slot, number)
    if slot.first is None:
        guess = Coordinates(season=slot.season, episode=number + _earlier(slots, slot))
        return Placement((guess,), UNPLACED, "No list says where this entry stands in its season.")
    runs_on = slot.cour == 1 and slot.count is not None and slot.count < own <= (slot.tabled or 0)
    if frame is Frame.OWN and runs_on and (slot.is_first or counted.season is not None):
        return Placement((_at(slot, own),), TABLED, _RULES[Frame.SEASON])
    beyond = slot.count is not None and own > slot.count
    if beyond and own <= (slot.entry.episodes or 0):
        rule = "This episode seems not to have been on air; it may be a special."
        return Placement((_at(slot, own),), UNCOUNTED, rule)
    long = not slot.count and own > LONG and not (slot.entry.stated or slot.tabled)
    if (
        long
        or not slot.firm
        or (beyond and any(s.season == slot.season and s.cour > slot.cour for s in slots))
    ):
        rule = "No list says where this entry stands; its dates and length suggest it."
        return Placement((_at(slot, own),), DERIVED, rule)
    sure = _sure_of_count(slot, own, counted) if frame is Frame.SHOW else _SURE[frame]
    return Placement(
        (_at(slot, own),), min(sure, NO_COUNT) if beyond or not slot.count else sure, _RULES[frame]
    )


def _sure_of_count(slot: Slot, own: int, counted: Counting) -> float:
    """How sure an absolute number is: as sure as the counts it passes, or as the release that fills them."""
    if slot.is_first:
        return STATED
    if counted.fills:
        return CONTINUED
    known = slot.counted and (slot.exact or own < (slot.count or 0))
    if not known or counted.season is not None:
        return UNCOUNTED
    return TABLED if slot.tabled else COUNTED


_SURE = {Frame.OWN: STATED, Frame.SEASON: CONTINUED}


def _earlier(slots: Sequence[Slot], slot: Slot) -> int:
    """How many episodes of earlier entries stand in the same season, as far as is known."""
    begin = slot.entry.begin or ""
    return sum(s.count or 1 for s in slots if s.season == slot.season and (s.entry.begin or "9") < begin)


def _place_beyond(slots: Sequence[Slot], slot: Slot, number: int) -> Placement:
    """A number that the entry does not hold: another entry's by the absolute count, else only a guess."""
    other = holder(slots, number)
    if other and other.first is not None and other.before is not None:
        return Placement((_at(other, number - other.before),), UNCOUNTED, _RULES[Frame.SHOW])
    guess = Coordinates(season=slot.season, episode=number + (slot.first or 1) - 1)
    return Placement((guess,), BEYOND, f"Episode {number} is beyond what is known of this entry.")


_RULES = {
    Frame.OWN: "The number counts from the entry's own first episode.",
    Frame.SEASON: "The number goes on counting from the season's earlier entries.",
    Frame.SHOW: "The number counts through the whole show.",
}


def _at(slot: Slot, own: int) -> Coordinates:
    absolute = None if slot.before is None else slot.before + own
    return Coordinates(season=slot.season, episode=(slot.first or 1) - 1 + own, absolute=absolute)
