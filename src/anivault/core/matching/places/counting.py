"""Decide what a release's numbers count from: an entry, its season, or the whole show. Pure.

In: a show's timeline, the entry a release looks like, and what the release says. Out: its Counting. A number
is read in one of three frames, the first that all numbers of the release fit: the entry's own (1 is its first
episode), the season's (a second cour that goes on counting), the show's (absolute).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from anivault.core.matching.places.placed import SLACK, UNCUT, Counting, Frame, PlacedEntry

FEW_EXTRAS = 2  # numbers past the end of an entry that are taken for extras (a guess)
NEAR = 2  # the same, where those that do not come right after the last that does
MANY = 4  # as many of a release's numbers have to fit for each that does not (a guess)


class Told(msgspec.Struct, frozen=True, gc=False):
    """What a release says of its numbers, and the entry that it looks like.

    `named`: it names the entry or its season. `cour`: its name may be of a later cour. `printed`: season and
    number are one word, `S02E13`.
    """

    slots: Sequence[PlacedEntry]
    slot: PlacedEntry
    numbers: Sequence[int]
    named: bool = True
    season: int | None = None
    cour: bool = True
    printed: bool = False

    @property
    def known(self) -> bool:
        """Whether the release counts from the entry itself: it names it, or the show begins with it."""
        return self.named or self.slot.is_first


def counting(told: Told) -> Counting:
    """Find the first frame in which the release's numbers are this entry's; None when there is none.

    A few numbers more than an entry has decide nothing: they may be extras.
    """
    found = next(_fitting(told), None)
    if found is not None:
        return _counted(told, *found)
    return _but_for_extras(told) if _of_what_it_names(told) else Counting(season=told.season)


def _counted(told: Told, frame: Frame, strict: bool) -> Counting:
    extra = frozenset() if strict else _past_the_end(told)
    fills = not extra and _fills(told)
    doubt = _doubt(told, (frame, strict)) if told.named and not fills else None
    if frame is Frame.SHOW and _may_be_longer(told):
        doubt = Frame.OWN
    if extra and _came_along(told):
        frame = Frame.OWN
    return Counting(frame, fills, told.season, doubt, extra)


def _came_along(told: Told) -> bool:
    """Whether what goes past the end came with episodes of a first entry: 13 with 1 to 12."""
    return told.slot.is_first and min(told.numbers) <= (told.slot.count or 0)


# --- the ways in which a release may count ---------------------------------------------------------

Way = tuple[Frame, bool]  # a frame, and whether the entry has to have every number itself
_OWN, _ON = (Frame.OWN, True), (Frame.OWN, False)
_SEASON, _SHOW, _ENTRY = (Frame.SEASON, False), (Frame.SHOW, False), (Frame.ENTRY, False)


def _in_season_0(told: Told) -> tuple[Way, ...] | None:
    """`Show S00E07`: a number of the season, whichever special has it."""
    return (_SEASON,) if told.season == told.slot.season == 0 else None


def _of_a_cut_entry(told: Told) -> tuple[Way, ...] | None:
    """`Long Show: Its Sequel - 60`: an entry that the provider cuts is counted through."""
    cut = told.named and told.season is None and told.slot.passed is not None
    return (_ENTRY, _SHOW) if cut else None


def _printed_with_season(told: Told) -> tuple[Way, ...] | None:
    """`Show S02E13` counts from the season, also where lists call its second cour by the same title.

    So does the first cour, where the provider has other episodes before it.
    """
    slot = told.slot
    if not told.printed or slot.season < 1:
        return None
    if slot.cour > 1:
        return (_SEASON,)
    return (_SEASON, _OWN, _ON) if slot.begins_late else (_OWN, _ON)


def _of_what_it_names(told: Told) -> tuple[Way, ...] | None:
    """`Show S2 - 13` mostly counts from there; not from a later cour that the name does not say."""
    names = told.known and (told.cour or told.slot.cour == 1)
    return (_OWN, _SEASON, _ON, _SHOW) if names else None


def _of_the_show(told: Told) -> tuple[Way, ...] | None:
    """`Show - 13`: nobody counts from a season that the name does not say."""
    slot = told.slot
    restarts = slot.before is not None and slot.first != slot.before + 1
    return (_SHOW, _ON) if restarts and not told.known else None


def _of_the_season(_: Told) -> tuple[Way, ...]:
    """`Show S2 - 13`, where season 2 has several cours."""
    return _SEASON, _SHOW, _ON


_WAYS: tuple[Callable[[Told], tuple[Way, ...] | None], ...] = (
    _in_season_0,
    _of_a_cut_entry,
    _printed_with_season,
    _of_what_it_names,
    _of_the_show,
    _of_the_season,
)


def _fitting(told: Told) -> Iterator[Way]:
    """The ways in which all numbers are this entry's, the likeliest first."""
    ways = next(ways for rule in _WAYS if (ways := rule(told)))
    for way in ways if told.numbers else ():
        if _counts_in(way, told) and not _runs_on_unnamed(way, told):
            yield way


def _runs_on_unnamed(way: Way, told: Told) -> bool:
    """Whether own numbers would run on past an entry that the release does not name."""
    count = told.slot.count
    return way[0] is Frame.OWN and not told.known and count is not None and max(told.numbers) > count


def _counts_in(way: Way, told: Told) -> bool:
    frame, strict = way
    slots, slot, numbers = told.slots, told.slot, told.numbers
    if frame is Frame.ENTRY:
        parts = [part_with(slots, slot, n) for n in numbers]
        return None not in parts and part_with(slots, slot, min(numbers)) is slot
    if frame is not Frame.SHOW:  # whoever has the first and the last has all between
        return all(slot.own(n, frame, strict=strict) is not None for n in (min(numbers), max(numbers)))
    return holder(slots, min(numbers)) is slot and all(holder(slots, n) is not None for n in numbers)


def holder(slots: Sequence[PlacedEntry], number: int) -> PlacedEntry | None:
    """The entry that has the show's episode `number`, counted from its beginning."""
    return next((s for s in slots if s.season > 0 and s.own(number, Frame.SHOW) is not None), None)


def part_with(slots: Sequence[PlacedEntry], slot: PlacedEntry, number: int) -> PlacedEntry | None:
    """The part of an entry that has its episode `number`."""
    parts = (s for s in slots if s.entry.key == slot.entry.key)
    return next((s for s in parts if s.own(number, Frame.ENTRY) is not None), None)


# --- what the numbers as a whole say ---------------------------------------------------------------


def _fills(told: Told) -> bool:
    """Whether the numbers go from where an entry begins to where one ends: `Show` 13 to 24."""
    ends = {_end(s) for s in told.slots} - {None}
    numbers = told.numbers
    return max(numbers) in ends and min(numbers) - 1 in {0, *ends} and len(numbers) > 1


def _doubt(told: Told, found: Way) -> Frame | None:
    """What else the numbers may count from, where that gives another place."""
    late = _is_printed_late(told)
    if (found[1] or told.printed) and not late:
        return None
    frames = [frame for frame, _ in _fitting(told)]
    if late:
        return Frame.SEASON if Frame.OWN in frames and not _has_all(told) else None
    return Frame.SHOW if _may_be_the_show_s(told, frames) or _is_late(told, frames[0]) else None


def _is_printed_late(told: Told) -> bool:
    """Whether a season is printed with its numbers, and the entry is not where that season begins."""
    return told.printed and told.slot.begins_late


def _may_be_longer(told: Told) -> bool:
    """`S2 - 14`, where only dates say that season 2 has 13: its 14th, or the show's."""
    guessed = told.season is not None and "episodes" in told.slot.entry.derived
    return guessed and max(told.numbers) <= UNCUT


def _has_all(told: Told) -> bool:
    """Whether all episodes of an entry have come together."""
    return 1 < len(told.numbers) == told.slot.count


def _may_be_the_show_s(told: Told, frames: Sequence[Frame]) -> bool:
    """`S2 - 13`, where both seasons have 24: the season's 13th, or the show's."""
    start = 0 if frames[0] is Frame.OWN else (told.slot.first or 1) - 1
    return Frame.SHOW in frames[1:] and told.slot.before != start


def _is_late(told: Told, frame: Frame) -> bool:
    """`Season 2/021`, where the season has 40 in two cours: its 21st, or the show's.

    `S4 - 20` is season 4's: no list calls the show's first cour so.
    """
    slot, first = told.slot, min(told.numbers)
    other = holder(told.slots, first)
    late = frame is Frame.OWN and slot.count is not None and first > slot.count + SLACK
    return late and other is not None and other.season != slot.season and _may_be_called(told, other)


def _may_be_called(told: Told, slot: PlacedEntry) -> bool:
    """Whether a list may count an entry as the season that the name says: it cuts one cour in two at most."""
    turn = 1 + [s for s in told.slots if s.season > 0].index(slot)
    return told.season is None or turn + 1 >= told.season


def _past_the_end(told: Told) -> frozenset[int]:
    """The last one or two of a release that go past the end of an entry: 13 of 12 is an extra as a rule.

    It never opens the next season, whether the twelve came with it or not.
    """
    for slot in told.slots:
        end = None if _is_of_an_earlier_season(told, slot) else _end(slot)
        past = frozenset(n for n in told.numbers if end is not None and n > end)
        near = end is not None and past and max(past) <= end + FEW_EXTRAS
        if near and _restarts_after(told, end):
            return past
    return frozenset()


def _is_of_an_earlier_season(told: Told, slot: PlacedEntry) -> bool:
    """Whether the name says a later season than an entry's: `S4 - 15` is not the first season's."""
    return (told.season or 1) > 1 and slot.season < told.slot.season


def _restarts_after(told: Told, end: int | None) -> bool:
    """Whether a season that the release does not name, with numbers of its own, follows; or nothing does."""
    after = holder(told.slots, (end or 0) + 1)
    if after is None:
        return True
    return after.cour == 1 and after.season != told.season and after.first != (after.before or 0) + 1


def _end(slot: PlacedEntry) -> int | None:
    """The last episode of an entry of a season, counted through the show."""
    known = slot.season > 0 and slot.before is not None and slot.count is not None
    return (slot.before or 0) + (slot.count or 0) if known else None


def _but_for_extras(told: Told) -> Counting:
    """`Show` 01 to 12 and 99, of a show with 12 episodes: own numbers, but for the last.

    A 13 that no other entry has may be an extra whatever came with it: alone it says no more against the
    show than among 01 to 12.
    """
    slot, numbers = told.slot, told.numbers
    odd = frozenset(n for n in numbers if slot.own(n, Frame.OWN, strict=True) is None)
    if not odd or slot.count is None or slot.season < 1:
        return Counting(season=told.season)
    near = max(odd) <= slot.count + FEW_EXTRAS
    few = len(odd) * (NEAR if near else MANY) <= len(numbers)
    extras = few or (near and holder(told.slots, max(odd)) is None)
    return Counting(Frame.OWN, False, told.season, None, odd) if extras else Counting(season=told.season)
