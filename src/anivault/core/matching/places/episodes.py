"""Decide which season and episode a number means, in the provider's numbering. Pure.

In: a show's timeline, the entry a release looks like, its numbers and what they count from. Out: coordinates,
each with how sure that is and by which rule. A number without a place gets none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from anivault.core.matching.places.counting import holder, part_with
from anivault.core.matching.places.placed import (
    BEYOND,
    CONTINUED,
    COUNTED,
    DERIVED,
    MOVIE,
    NO_COUNT,
    RUNNING,
    STATED,
    TABLED,
    UNCOUNTED,
    UNPLACED,
    Counting,
    Frame,
    PlacedEntry,
    Placement,
)
from anivault.core.models import Coordinates

WEEKS = 13  # of a quarter of a year


def place(
    slots: Sequence[PlacedEntry], slot: PlacedEntry, numbers: Sequence[int], counted: Counting
) -> Placement:
    """Place one file's numbers, for a release that looks like `slot` and counts as `counted` says."""
    if slot.season == MOVIE:
        return Placement((), STATED, "A film has no episodes.")
    if not numbers:
        return _place_single(slot)
    if len(numbers) == 1:
        return _place_number(slots, slot, numbers[0], counted)
    found = [_place_number(slots, slot, n, counted) for n in numbers]
    coordinates = tuple(c for p in found for c in p.coordinates)
    worst = min(found, key=lambda p: p.sure)
    others = tuple(c for p in found for c in p.other)
    return Placement(coordinates, worst.sure, worst.rule, others if len(others) == len(coordinates) else ())


def _place_single(slot: PlacedEntry) -> Placement:
    """A file without a number: the only episode of an entry that has one."""
    if slot.count == 1 and slot.first is not None:
        rule = "The entry has one episode, so the file needs no number."
        return Placement((_at(slot, 1),), CONTINUED, rule)
    return Placement((), 0.0, "The name has no episode number.")


class _Numbered(msgspec.Struct, frozen=True, gc=False):
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

    def at_own(self, sure: float, rule: str, other: Coordinates | None = None) -> Placement:
        """The place of the own number, and that of the number in another reading."""
        here = _at(self.slot, self.own or 0)
        return Placement((here,), sure, rule, (other,) if other and other != here else ())

    @property
    def in_show(self) -> Coordinates | None:
        """The place of the number, counted through the whole show."""
        slot = holder(self.slots, self.number)
        known = slot is not None and slot.first is not None and slot.before is not None
        return _at(slot, self.number - (slot.before or 0)) if slot is not None and known else None

    @property
    def in_own_season(self) -> Coordinates | None:
        """The place of the number in the season that the entry's titles name, where that is another."""
        season = self.slot.marker
        if self.counted.frame is not Frame.OWN or season is None or season < 1 or season == self.slot.season:
            return None
        return Coordinates(season=season, episode=self.number)

    def guessed(self, episode: int, sure: float, rule: str) -> Placement:
        """A place that may only be offered."""
        return Placement((Coordinates(season=self.slot.season, episode=episode),), sure, rule)


def _place_number(
    slots: Sequence[PlacedEntry], slot: PlacedEntry, number: int, counted: Counting
) -> Placement:
    """Try the rules in order; the first that speaks decides."""
    if counted.frame is Frame.SHOW:
        slot = holder(slots, number) or slot
    if counted.frame is Frame.ENTRY:
        slot = part_with(slots, slot, number) or slot
    own = slot.own(number, counted.frame) if counted.frame else None
    asked = _Numbered(slots, slot, number, counted, own)
    return _first(_PLACING, asked) or _counted_number(asked)


Rules = tuple[Callable[[_Numbered], Placement | None], ...]


def _first(rules: Rules, asked: _Numbered) -> Placement | None:
    """What the first of these rules says that speaks."""
    for rule in rules:
        if placed := rule(asked):
            return placed
    return None


def _unlisted_special(asked: _Numbered) -> Placement | None:
    """`Show S00E07`, where no list has a special 7: only the number is known."""
    if asked.counted.frame is not None or asked.counted.season != 0:
        return None
    guess = Coordinates(season=0, episode=asked.number)
    return Placement(
        (guess,),
        BEYOND,
        "Which special is this? No list says, and each database numbers them in its own way.",
    )


def _beyond_entry(asked: _Numbered) -> Placement | None:
    """`Show S2 - 38`, where season 2 has 12: by the absolute count another entry's, else only a guess."""
    if asked.own is not None:
        return None
    other = holder(asked.slots, asked.number)
    if other and other.first is not None and other.before is not None:
        return Placement((_at(other, asked.number - other.before),), UNCOUNTED, _RULES[Frame.SHOW])
    rule = f"No list knows an episode {asked.number} of it: is it new, or counted in another way?"
    return asked.guessed(asked.number + (asked.slot.first or 1) - 1, BEYOND, rule)


def _unplaced_special(asked: _Numbered) -> Placement | None:
    """`Show OVA - 02`: season 0 is in the order in which people added to it, and no list says where."""
    if asked.slot.first is not None:
        return None
    guess = asked.number + _earlier(asked.slots, asked.slot)
    return asked.guessed(
        guess, UNPLACED, "Which special is this? No list says where it stands among the specials of the show."
    )


def _extra_of_discs(asked: _Numbered) -> Placement | None:
    """`Show` 01 to 13, of a series with 12 episodes: the last is a special, or the next season's first.

    Where it came without the twelve, the next season's is the likelier.
    """
    if asked.number not in asked.counted.extra:
        return None
    rule = f"Lists know fewer than {asked.number} episodes: is this one a special?"
    if asked.counted.frame is Frame.SHOW and asked.own is not None:
        before = [s for s in asked.slots if 0 < s.season < asked.slot.season][-1:]
        special = [Coordinates(season=s.season, episode=asked.number - (s.before or 0)) for s in before]
        return asked.at_own(UNCOUNTED, rule, *special)
    first = asked.slot.first or 1
    guess = asked.guessed(first - 1 + asked.number, UNCOUNTED, rule)
    return replace(guess, other=(asked.in_show,) if asked.in_show else ())


def _of_a_late_entry(asked: _Numbered) -> Placement | None:
    """`Show S02E02`, where the provider's season begins an episode earlier: is it the entry's 1 or 2?"""
    if asked.counted.doubt is not Frame.SEASON:
        return None
    printed = Coordinates(season=asked.slot.season, episode=asked.number)
    rule = "The provider's season has another episode before these: does the number count it?"
    return Placement((printed,), UNCOUNTED, rule, (_at(asked.slot, asked.number),))


def _of_a_running_season(asked: _Numbered) -> Placement | None:
    """`Long Show S02E05`, where the provider's season 2 begins with 62: or another list's season 2."""
    slot, first = asked.slot, asked.slot.first or 1
    runs_on = slot.cour == 1 and first > 1 and first == (slot.before or 0) + 1
    said = asked.counted.season == slot.season and asked.counted.frame is Frame.OWN
    if not (runs_on and said) or asked.number >= first:
        return None
    rule = (
        f"Season {slot.season} begins with episode {first}; in which list's counting is this {asked.number}?"
    )
    return asked.at_own(UNCOUNTED, rule)


def _of_season_or_show(asked: _Numbered) -> Placement | None:
    """`Show S2 - 14`, where only dates say that season 2 has 13: the season's, or the show's."""
    if asked.counted.doubt is not Frame.OWN:
        return None
    rule = "No list counts the season: is this number the season's, or does it count through the show?"
    return asked.at_own(UNCOUNTED, rule, Coordinates(season=asked.slot.season, episode=asked.number))


def _in_doubt(asked: _Numbered) -> Placement | None:
    """`Show S2 - 13`, where both seasons have 24: the season's or the show's."""
    rule = "The number may count from the start of the season, or from that of the show: which?"
    return asked.at_own(UNCOUNTED, rule, asked.in_show) if asked.counted.doubt else None


def _past_the_count(asked: _Numbered) -> Placement | None:
    """`Show - 13`, where lists count 12."""
    return _first(_PAST_THE_COUNT, asked) if asked.beyond else None


def _runs_on_in_table(asked: _Numbered) -> Placement | None:
    """`Show S2 - 14`, where the first cour has 13 and the provider's own table gives the season 25."""
    slot, counted = asked.slot, asked.counted
    runs_on = slot.cour == 1 and (asked.own or 0) <= (slot.tabled or 0)
    if counted.frame is Frame.OWN and runs_on and (slot.is_first or counted.season is not None):
        return asked.at_own(TABLED, _RULES[Frame.SEASON])
    return None


def _of_the_discs(asked: _Numbered) -> Placement | None:
    """`Show - 13` of a series that was on air for 12 weeks and has 13 episodes on its discs."""
    if (asked.own or 0) > (asked.slot.entry.episodes or 0):
        return None
    rule = "This episode seems not to have been on air: is it one of the season, or a special?"
    return asked.at_own(UNCOUNTED, rule)


def _past_the_dates(asked: _Numbered) -> Placement | None:
    """`Show - 13`, where dates let a season have 12, and nobody has counted them."""
    end = _end_of_season(asked)
    if end is None or _at(asked.slot, asked.own or 0).episode <= end:
        return None
    rule = "By its dates the season has fewer episodes; this may be a special."
    return asked.at_own(UNCOUNTED, rule, asked.in_show)


_PAST_THE_COUNT: Rules = (_runs_on_in_table, _of_the_discs, _past_the_dates)


def _end_of_season(asked: _Numbered) -> int | None:
    """The last episode of the season, as far as entries are known."""
    season = [s for s in asked.slots if s.season == asked.slot.season]
    ends = [s.first - 1 + s.count for s in season if s.first is not None and s.count is not None]
    return max(ends) if len(ends) == len(season) else None


def _as_printed(asked: _Numbered) -> Placement | None:
    """`Show - 30`, `Show S2 - 30`: a number that is the season's, however lists cut it into cours."""
    slot, frame = asked.slot, asked.counted.frame
    episode = (slot.first or 1) - 1 + (asked.own or 0)
    runs = frame in (Frame.SEASON, Frame.SHOW) or (asked.beyond and slot.cour == 1)
    if not runs or episode != asked.number or not _is_of_season(asked, _entry_with(asked)):
        return None
    return asked.at_own(RUNNING, _RULES[Frame.SEASON])


def _entry_with(asked: _Numbered) -> PlacedEntry:
    """The entry of the season that has the number, where own numbers run on into it."""
    season = [s for s in asked.slots if s.season == asked.slot.season and s.first]
    until = [s for s in season if (s.first or 0) <= asked.number]
    return until[-1] if until and asked.counted.frame is Frame.OWN else asked.slot


def _is_of_season(asked: _Numbered, slot: PlacedEntry) -> bool:
    """Whether the entry with the number is of its season: stated, or a cour that calls itself no other."""
    if slot.season < 1 or slot.crossed or slot.may_be_cut(asked.number - (slot.first or 1) + 1):
        return False
    return slot.place_is_sure or slot.marker in (None, slot.season)


def _which_season(season: int) -> str:
    """The question about a sequel that no list places."""
    if season < 2:
        return "No list says where these episodes stand in the show: are they season 1?"
    return f"TMDB may count this as season {season}, or go on counting season {season - 1}: which?"


def _derived_place(asked: _Numbered) -> Placement | None:
    """`Show: Its Sequel - 03`, whose season follows from dates only; `Long Show - 200` without a table."""
    slot = asked.slot
    if slot.may_be_cut(asked.own or 0) or not slot.place_is_sure or (asked.beyond and _is_followed(asked)):
        return asked.at_own(DERIVED, _which_season(slot.season), asked.in_own_season)
    return None


def _is_followed(asked: _Numbered) -> bool:
    """Whether another entry of the season follows."""
    return any(s.season == asked.slot.season and s.cour > asked.slot.cour for s in asked.slots)


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


_PLACING: Rules = (
    _unlisted_special,
    _extra_of_discs,
    _beyond_entry,
    _unplaced_special,
    _of_a_late_entry,
    _of_a_running_season,
    _of_season_or_show,
    _in_doubt,
    _past_the_count,
    _as_printed,
    _derived_place,
    _absolute,
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
    if not (slot.counted and (slot.exact or own < _least(slot))):
        likely = counted.season is not None and slot.likely
        return COUNTED if likely and (_is_listed(slot) or own < _least(slot)) else UNCOUNTED
    return TABLED if slot.tabled else COUNTED


def _is_listed(slot: PlacedEntry) -> bool:
    """Whether a list counts an entry; else its count follows from dates."""
    return "episodes" not in slot.entry.derived


def _least(slot: PlacedEntry) -> int:
    """How many episodes an entry has at least: dates may be too long by a week of rest a quarter."""
    count = slot.count or 0
    return count if _is_listed(slot) else count - count // WEEKS


_SURE = {Frame.OWN: STATED, Frame.ENTRY: STATED, Frame.SEASON: CONTINUED}


def _earlier(slots: Sequence[PlacedEntry], slot: PlacedEntry) -> int:
    """How many episodes of earlier entries stand in the same season, as far as is known."""
    begin = slot.entry.begin or ""
    return sum(s.count or 1 for s in slots if s.season == slot.season and (s.entry.begin or "9") < begin)


_RULES = {
    Frame.OWN: "The number counts from the entry's own first episode.",
    Frame.ENTRY: "The number counts from the entry's first episode, through the seasons that it is cut into.",
    Frame.SEASON: "The number goes on counting from the season's earlier entries.",
    Frame.SHOW: "The number counts through the whole show.",
}


def _at(slot: PlacedEntry, own: int) -> Coordinates:
    absolute = None if slot.before is None else slot.before + own
    return Coordinates(season=slot.season, episode=(slot.first or 1) - 1 + own, absolute=absolute)
