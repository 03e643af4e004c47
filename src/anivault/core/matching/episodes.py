"""Decide which season and episode a number means, in the provider's numbering. Pure.

In: a show with its entries (cours), the entry a release looks like, and the release's numbers.
Out: coordinates, each with how sure that is and by which rule. A number without a place gets none.

Where an entry's season and offset are stated they are used; else they follow from the order of the
entries, their counts and their season words. A number is read in one of three frames, the first
that all numbers of the release fit: the entry's own (1 is its first episode), the season's (a second
cour that goes on counting), the show's (absolute).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from anivault.core.matching.normalize import normal_form, split_number, split_season
from anivault.core.models import Candidate, Coordinates, Entry

MOVIE = -1  # the season of what has no seasons


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
    before: int | None
    cour: int  # 1 for the first entry of its season
    marker: int | None  # the season its own title names, in the counting of its lists
    part: int | None
    nth: int  # 1 for the first story that is told, whatever the provider makes of it
    stated: bool

    @property
    def is_first(self) -> bool:
        """Whether the show begins with this entry."""
        return self.nth == 1 and self.cour == 1

    def frames(self, number: int) -> dict[Frame, int]:
        """The own number that `number` would be in each frame that it fits."""
        bases = {Frame.OWN: 0, Frame.SEASON: (self.first or 1) - 1, Frame.SHOW: self.before or 0}
        return {frame: number - base for frame, base in bases.items() if self._holds(number - base)}

    def _holds(self, own: int) -> bool:
        return own >= 1 and (self.count is None or own <= self.count)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one file belongs, how sure that is (0 to 1), and the rule in words."""

    coordinates: tuple[Coordinates, ...]
    sure: float
    rule: str


def timeline(show: Candidate) -> tuple[Slot, ...]:
    """Put the entries of a show in order: seasons first, specials (season 0) after them."""
    placed = [(e, _season(show, e)) for e in show.entries]
    roots = frozenset(normal_form(t.text) for e in show.entries for t in e.titles)
    main = sorted((p for p in placed if p[1] > 0), key=_order)
    rest = sorted((p for p in placed if p[1] <= 0), key=_order)
    return tuple(_main_slots(main, roots)) + tuple(_special_slot(e, season) for e, season in rest)


def _season(show: Candidate, entry: Entry) -> int:
    if show.media_type == "movie":
        return MOVIE
    return 1 if entry.season is None else entry.season


def _order(placed: tuple[Entry, int]) -> tuple[int, int, str, str]:
    entry, season = placed
    return season, entry.offset if entry.offset is not None else -1, entry.begin or "9999", entry.key


def _main_slots(main: Sequence[tuple[Entry, int]], roots: frozenset[str]) -> Iterable[Slot]:
    before: int | None = 0
    nth = 0
    for season, members in groupby(main, key=lambda p: p[1]):
        running: int | None = 0
        for cour, (entry, _) in enumerate(members, 1):
            offset = entry.offset if entry.offset is not None else running
            marker, part = markers(entry, roots)
            nth += part is None or part == 1
            yield Slot(
                entry=entry,
                season=season,
                first=None if offset is None else offset + 1,
                count=entry.episodes,
                before=before,
                cour=cour,
                marker=marker,
                part=part,
                nth=max(nth, 1),
                stated=entry.stated,
            )
            running = _plus(offset, entry.episodes)
            before = _plus(before, entry.episodes)


def _plus(start: int | None, count: int | None) -> int | None:
    return None if start is None or count is None else start + count


def _special_slot(entry: Entry, season: int) -> Slot:
    first = entry.episode if entry.episode is not None else _plus(entry.offset, 1)
    marker, part = markers(entry)
    return Slot(
        entry=entry,
        season=season,
        first=first,
        count=entry.episodes,
        before=None,
        cour=1,
        marker=marker,
        part=part,
        nth=0,
        stated=entry.stated,
    )


def markers(entry: Entry, roots: frozenset[str] = frozenset()) -> tuple[int | None, int | None]:
    """The season and part that the entry's own titles name, the main one first.

    A bare last number is a season word where the rest is a title of the show (`roots`).
    """
    season = part = None
    for title in sorted(entry.titles, key=lambda t: not t.main):
        split = split_season(title.text)
        season = split.season if season is None else season
        part = split.part if part is None else part
    if season is None:
        bare = [split_number(t.text) for t in entry.titles]
        season = next((b.season for b in bare if b.season and normal_form(b.base) in roots), None)
    return season, part


# --- numbers to places ----------------------------------------------------------------------------


def frame_of(slot: Slot, numbers: Sequence[int], *, named: bool) -> Frame | None:
    """The first frame that every number of the release fits; None when none does.

    A release that names the entry or its season mostly counts from there; one that names only the
    show counts from the show's beginning.
    """
    order = tuple(Frame) if named or slot.is_first else (Frame.SEASON, Frame.SHOW, Frame.OWN)
    for frame in order:
        if numbers and all(frame in slot.frames(n) for n in numbers):
            return frame
    return None


def place(slots: Sequence[Slot], slot: Slot, numbers: Sequence[int], frame: Frame | None) -> Placement:
    """Place one file's numbers, for a release that looks like `slot` and counts in `frame`."""
    if slot.season == MOVIE:
        return Placement((), 1.0, "A film has no episodes.")
    if not numbers:
        return _place_single(slot)
    found = [_place_number(slots, slot, n, frame) for n in numbers]
    coordinates = tuple(c for p in found for c in p.coordinates)
    worst = min(found, key=lambda p: p.sure)
    return Placement(coordinates, worst.sure, worst.rule)


def _place_single(slot: Slot) -> Placement:
    """A file without a number: the only episode of an entry that has one."""
    if slot.count == 1 and slot.first is not None:
        return Placement((_at(slot, 1),), 0.9, "The entry has one episode, so the file needs no number.")
    return Placement((), 0.0, "The name has no episode number.")


def _place_number(slots: Sequence[Slot], slot: Slot, number: int, frame: Frame | None) -> Placement:
    if frame is None:
        return _place_beyond(slots, slot, number)
    if slot.first is None:
        guess = Coordinates(season=slot.season, episode=number + _earlier(slots, slot))
        return Placement((guess,), 0.2, "No list says where this entry stands in its season.")
    own = slot.frames(number)[frame]
    sure = 0.7 if slot.count is None else {Frame.OWN: 1.0, Frame.SEASON: 0.95, Frame.SHOW: 0.9}[frame]
    return Placement((_at(slot, own),), sure, _RULES[frame])


def _earlier(slots: Sequence[Slot], slot: Slot) -> int:
    """How many episodes of earlier entries stand in the same season, as far as is known."""
    begin = slot.entry.begin or ""
    return sum(s.count or 1 for s in slots if s.season == slot.season and (s.entry.begin or "9") < begin)


def _place_beyond(slots: Sequence[Slot], slot: Slot, number: int) -> Placement:
    """A number that the entry does not hold: another entry's by the absolute count, else only a guess."""
    for other in slots:
        if other.season > 0 and other.before is not None and other.first is not None:
            own = other.frames(number).get(Frame.SHOW)
            if own is not None:
                sure = 0.8 if other.count is not None else 0.5
                return Placement((_at(other, own),), sure, _RULES[Frame.SHOW])
    guess = Coordinates(season=slot.season, episode=number + (slot.first or 1) - 1)
    return Placement((guess,), 0.1, f"Episode {number} is beyond what is known of this entry.")


_RULES = {
    Frame.OWN: "The number counts from the entry's own first episode.",
    Frame.SEASON: "The number goes on counting from the season's earlier entries.",
    Frame.SHOW: "The number counts through the whole show.",
}


def _at(slot: Slot, own: int) -> Coordinates:
    absolute = None if slot.before is None else slot.before + own
    return Coordinates(season=slot.season, episode=(slot.first or 1) - 1 + own, absolute=absolute)
