"""Decide which season and episode a number means, in the provider's numbering. Pure.

In: a show's timeline, the entry a release looks like, and the release's numbers. Out: coordinates, each with
how sure that is and by which rule. A number without a place gets none.

A number is read in one of three frames, the first that all numbers of the release fit: the entry's own (1 is
its first episode), the season's (a second cour that goes on counting), the show's (absolute).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anivault.core.matching.timeline import LONG, MOVIE, Frame, PlacedEntry
from anivault.core.models import Coordinates

# How sure a place is. Shares of right ones among the development cases: docs/matching.md.
STATED, CONTINUED, TABLED, NO_COUNT, COUNTED = 1.0, 0.95, 0.95, 0.9, 0.85
DERIVED, UNCOUNTED, UNPLACED, BEYOND = 0.6, 0.5, 0.3, 0.1


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one file belongs, how sure that is (0 to 1), and the rule in words."""

    coordinates: tuple[Coordinates, ...]
    sure: float
    rule: str


@dataclass(frozen=True, slots=True)
class Counting:
    """How a release counts: from where, whether to the end of entries, and which season it names."""

    frame: Frame | None = None
    fills: bool = False
    season: int | None = None


def counting(
    slots: Sequence[PlacedEntry],
    slot: PlacedEntry,
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


def _frames(slot: PlacedEntry, *, named: bool, cour: bool) -> tuple[Frame, ...]:
    """The frames in which a release may count, the likeliest first."""
    if named and (cour or slot.cour == 1):
        return tuple(Frame)
    restarts = slot.before is not None and slot.first != slot.before + 1
    if not named and restarts:
        return Frame.SHOW, Frame.OWN  # nobody counts from a season that the name does not say
    return Frame.SEASON, Frame.SHOW, Frame.OWN


def _counts_in(frame: Frame, slots: Sequence[PlacedEntry], slot: PlacedEntry, numbers: Sequence[int]) -> bool:
    if frame is not Frame.SHOW:
        return all(slot.own(n, frame) is not None for n in numbers)
    held = [holder(slots, n) for n in numbers]
    return holder(slots, min(numbers)) is slot and all(s is not None for s in held)


def holder(slots: Sequence[PlacedEntry], number: int) -> PlacedEntry | None:
    """The entry that has the show's episode `number`, counted from its beginning."""
    return next((s for s in slots if s.season > 0 and s.own(number, Frame.SHOW) is not None), None)


def place(
    slots: Sequence[PlacedEntry], slot: PlacedEntry, numbers: Sequence[int], counted: Counting
) -> Placement:
    """Place one file's numbers, for a release that looks like `slot` and counts as `counted` says."""
    if slot.season == MOVIE:
        return Placement((), STATED, "A film has no episodes.")
    if not numbers:
        return _place_single(slot)
    found = [_place_number(slots, slot, n, counted) for n in numbers]
    coordinates = tuple(c for p in found for c in p.coordinates)
    worst = min(found, key=lambda p: p.sure)
    return Placement(coordinates, worst.sure, worst.rule)


def _place_single(slot: PlacedEntry) -> Placement:
    """A file without a number: the only episode of an entry that has one."""
    if slot.count == 1 and slot.first is not None:
        rule = "The entry has one episode, so the file needs no number."
        return Placement((_at(slot, 1),), CONTINUED, rule)
    return Placement((), 0.0, "The name has no episode number.")


@dataclass(frozen=True, slots=True)
class _Numbered:
    """One number of a file: the entry that has it, and its `own` number there; None where it has none."""

    slots: Sequence[PlacedEntry]
    slot: PlacedEntry
    number: int
    counted: Counting
    own: int | None

    @property
    def beyond(self) -> bool:
        """Whether the entry has fewer episodes: the number runs on into what comes after it."""
        return self.own is not None and self.slot.count is not None and self.own > self.slot.count

    def at_own(self, sure: float, rule: str) -> Placement:
        """The place of the own number."""
        return Placement((_at(self.slot, self.own or 0),), sure, rule)

    def guessed(self, episode: int, sure: float, rule: str) -> Placement:
        """A place that may only be offered."""
        return Placement((Coordinates(season=self.slot.season, episode=episode),), sure, rule)


def _place_number(
    slots: Sequence[PlacedEntry], slot: PlacedEntry, number: int, counted: Counting
) -> Placement:
    """Try the rules in order; the first that speaks decides, and the last always does."""
    if counted.frame is Frame.SHOW:
        slot = holder(slots, number) or slot
    own = slot.own(number, counted.frame) if counted.frame else None
    asked = _Numbered(slots, slot, number, counted, own)
    return next(placed for rule in _PLACING if (placed := rule(asked)))


def _unlisted_special(asked: _Numbered) -> Placement | None:
    """`Show S00E07`, where no list has a special 7: only the number is known."""
    if asked.counted.frame is not None or asked.counted.season != 0:
        return None
    guess = Coordinates(season=0, episode=asked.number)
    return Placement((guess,), BEYOND, "No list says which special this is; providers number them apart.")


def _beyond_entry(asked: _Numbered) -> Placement | None:
    """`Show S2 - 38`, where season 2 has 12: by the absolute count another entry's, else only a guess."""
    if asked.own is not None:
        return None
    other = holder(asked.slots, asked.number)
    if other and other.first is not None and other.before is not None:
        return Placement((_at(other, asked.number - other.before),), UNCOUNTED, _RULES[Frame.SHOW])
    rule = f"Episode {asked.number} is beyond what is known of this entry."
    return asked.guessed(asked.number + (asked.slot.first or 1) - 1, BEYOND, rule)


def _unplaced_special(asked: _Numbered) -> Placement | None:
    """`Show OVA - 02`: season 0 is in the order in which people added to it, and no list says where."""
    if asked.slot.first is not None:
        return None
    guess = asked.number + _earlier(asked.slots, asked.slot)
    return asked.guessed(guess, UNPLACED, "No list says where this entry stands in its season.")


def _runs_on_in_table(asked: _Numbered) -> Placement | None:
    """`Show S2 - 14`, where the first cour has 13 and the provider's own table gives the season 25."""
    slot, counted = asked.slot, asked.counted
    runs_on = asked.beyond and slot.cour == 1 and (asked.own or 0) <= (slot.tabled or 0)
    if counted.frame is Frame.OWN and runs_on and (slot.is_first or counted.season is not None):
        return asked.at_own(TABLED, _RULES[Frame.SEASON])
    return None


def _of_the_discs(asked: _Numbered) -> Placement | None:
    """`Show - 13` of a series that was on air for 12 weeks and has 13 episodes on its discs."""
    if asked.beyond and (asked.own or 0) <= (asked.slot.entry.episodes or 0):
        return asked.at_own(UNCOUNTED, "This episode seems not to have been on air; it may be a special.")
    return None


def _derived_place(asked: _Numbered) -> Placement | None:
    """`Show: Its Sequel - 03`, whose season follows from dates only; `Long Show - 200` without a table."""
    slot = asked.slot
    long = not slot.count and (asked.own or 0) > LONG and not (slot.entry.stated or slot.tabled)
    followed = any(s.season == slot.season and s.cour > slot.cour for s in asked.slots)
    if long or not slot.place_is_sure or (asked.beyond and followed):
        rule = "No list says where this entry stands; its dates and length suggest it."
        return asked.at_own(DERIVED, rule)
    return None


def _absolute(asked: _Numbered) -> Placement | None:
    """`Show - 38`, counted through the whole show."""
    if asked.counted.frame is not Frame.SHOW:
        return None
    sure = _sure_of_count(asked.slot, asked.own or 0, asked.counted)
    return asked.at_own(min(sure, _sure_of_length(asked)), _RULES[Frame.SHOW])


def _counted_number(asked: _Numbered) -> Placement:
    """`Show - 03`, `Show S2 - 03`; `Show Part 2 - 14`, which goes on after the first cour."""
    frame = asked.counted.frame or Frame.OWN
    return asked.at_own(min(_SURE[frame], _sure_of_length(asked)), _RULES[frame])


_PLACING: tuple[Callable[[_Numbered], Placement | None], ...] = (
    _unlisted_special,
    _beyond_entry,
    _unplaced_special,
    _runs_on_in_table,
    _of_the_discs,
    _derived_place,
    _absolute,
    _counted_number,
)


def _sure_of_length(asked: _Numbered) -> float:
    """How sure a number is of an entry whose count nobody knows, or that is past it."""
    return NO_COUNT if asked.beyond or not asked.slot.count else STATED


def _sure_of_count(slot: PlacedEntry, own: int, counted: Counting) -> float:
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


def _earlier(slots: Sequence[PlacedEntry], slot: PlacedEntry) -> int:
    """How many episodes of earlier entries stand in the same season, as far as is known."""
    begin = slot.entry.begin or ""
    return sum(s.count or 1 for s in slots if s.season == slot.season and (s.entry.begin or "9") < begin)


_RULES = {
    Frame.OWN: "The number counts from the entry's own first episode.",
    Frame.SEASON: "The number goes on counting from the season's earlier entries.",
    Frame.SHOW: "The number counts through the whole show.",
}


def _at(slot: PlacedEntry, own: int) -> Coordinates:
    absolute = None if slot.before is None else slot.before + own
    return Coordinates(season=slot.season, episode=(slot.first or 1) - 1 + own, absolute=absolute)
