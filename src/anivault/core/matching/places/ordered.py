"""Decide where a file belongs whose name counts as TVDB does, or as TMDB itself: the user has said which.

In: a show, and a season and number of that order. Out: its place at TMDB, and how sure that is. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from anivault.core.matching.places.placed import DERIVED, STATED, PlacedEntry, Placement
from anivault.core.matching.places.timeline import timeline
from anivault.core.models import Candidate, Coordinates, TvdbPlace


def in_order(order: str, show: Candidate, season: int, numbers: Sequence[int]) -> Placement:
    """Place the numbers of one file; none where a list does not say what one of them is at TMDB."""
    if order == "tmdb":
        places = tuple(Coordinates(season=season, episode=number) for number in numbers)
        return Placement(places, STATED, "The pin says that the name counts as TMDB does.")
    slots = timeline(show)
    found = [_of_tvdb(slots, season, number) for number in numbers]
    known = [slot_and_place for slot_and_place in found if slot_and_place]
    if len(known) < len(numbers):
        lost = f"S{season:02}E{numbers[found.index(None)]:02}"
        return Placement(
            (), 0.0, f"No list here says what {lost} of TVDB is. catalog update gets lists that do."
        )
    sure = STATED if all(slot.place_is_sure for slot, _ in known) else DERIVED
    rule = "The pin says that the name counts as TVDB does, and a list says where that is at TMDB."
    return Placement(tuple(place for _, place in known), sure, rule)


def _of_tvdb(
    slots: Sequence[PlacedEntry], season: int, number: int
) -> tuple[PlacedEntry, Coordinates] | None:
    """The entry that TVDB's episode is of, and where TMDB has it: of several the one that begins last."""
    begun = [
        (place.episode, slot, own)
        for slot in slots
        for place in slot.entry.tvdb
        if place.season == season and (own := _own(slot, place, number)) is not None
    ]
    if not begun:
        return None
    _, slot, own = max(begun, key=lambda each: each[0])
    return slot, Coordinates(season=slot.season, episode=(slot.first or 1) - 1 + own)


def _own(slot: PlacedEntry, place: TvdbPlace, number: int) -> int | None:
    """Which of its own episodes a number of TVDB's is, counted from `place`; None where that has fewer."""
    own = place.own + number - place.episode
    nexts = [other.own for other in slot.entry.tvdb if other.own > place.own]
    end = min(nexts) - 1 if nexts else slot.count
    there = number >= place.episode and slot.first is not None and (end is None or own <= end)
    return own if there else None
