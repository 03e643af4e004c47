"""Decide where each entry of a show stands: its season, its first episode, and what comes before it. Pure.

In: a show with its entries (cours). Out: its timeline, each entry in its place. Where an entry's season and
offset are stated they are used; else they follow from the order of the entries, their counts and their
season words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date
from functools import cache
from itertools import groupby

from msgspec.structs import replace

from anivault.core.matching.places.placed import MOVIE, SLACK, PlacedEntry, is_within
from anivault.core.matching.titles.normalize import normal_form
from anivault.core.models import Candidate, Entry
from anivault.parser.title_words import film_number, split_number, split_season

QUARTERS = (12, 13, 26)  # weeks that a series for one or two quarters of a year is on air
REST = 4  # weeks in which a series shows a recap or nothing (a guess)


def timeline(show: Candidate) -> tuple[PlacedEntry, ...]:
    """Put the entries of a show in order: seasons first, specials (season 0) after them."""
    roots = cache(lambda: frozenset(normal_form(t.text) for e in show.entries for t in e.titles))
    slots = sorted((_slot(show, entry, roots) for entry in show.entries), key=_order)
    main = [s for s in slots if s.season > 0]
    table = {s.number: s.episodes for s in show.seasons} if show.tabled else {}
    return (*_counted(list(_in_seasons(main)), table), *(s for s in slots if s.season <= 0))


def _slot(show: Candidate, entry: Entry, roots: Callable[[], Set[str]]) -> PlacedEntry:
    season = MOVIE if show.media_type == "movie" else 1 if entry.season is None else entry.season
    first = entry.episode if entry.episode is not None else _plus(entry.offset, 1)
    if season == 0 and not entry.stated and entry.episode is None:
        first = None  # season 0 is in the order in which people added to it
    marker, part = markers(entry, roots)
    count = entry.episodes if show.tabled else _aired(entry)
    return PlacedEntry(entry, season, first, count, marker, part, reach=count)


def _order(slot: PlacedEntry) -> tuple[int, int, str, str]:
    return slot.season, slot.first or 0, slot.entry.begin or "9999", slot.entry.key


def _in_seasons(main: Sequence[PlacedEntry]) -> Iterator[PlacedEntry]:
    """Number the cours of each season, and go on where the one before ended."""
    for _, members in groupby(main, key=lambda s: s.season):
        placed = _laid_end_to_end(list(members))
        end = _end(placed)
        for slot in placed:
            reach = None if end is None or slot.first is None else end - slot.first + 1
            yield replace(slot, reach=reach, crossed=any(_crosses(other, slot) for other in placed))


def _laid_end_to_end(group: Sequence[PlacedEntry]) -> list[PlacedEntry]:
    """The entries of a season. Those that lists call by one season, one after the other, are its parts."""
    running: int | None = 1
    placed: list[PlacedEntry] = []
    for cour, slot in enumerate(group, 1):
        first = running if slot.first is None else slot.first
        same = sum(s.marker == slot.marker for s in placed) if slot.marker else 0
        placed.append(replace(slot, cour=cour, first=first, part=slot.part or (same + 1 if same else None)))
        running = _plus(first, slot.count)
    return placed


def _end(placed: Sequence[PlacedEntry]) -> int | None:
    """The last number that a season may have; one that is shown once more, in part, ends no earlier."""
    ends = [_may_end(slot) for slot in placed]
    return None if ends[-1] is None else max(end for end in ends if end is not None)


def _may_end(slot: PlacedEntry) -> int | None:
    doubtful = "episodes" in slot.entry.derived or slot.count != slot.entry.episodes
    end = _plus(slot.first, slot.count)
    return None if end is None else end - 1 + (SLACK if doubtful else 0)


def _crosses(earlier: PlacedEntry, slot: PlacedEntry) -> bool:
    """Whether an entry that began earlier has the episode that `slot` begins with."""
    began = (earlier.entry.begin or "9") < (slot.entry.begin or "")
    return began and is_within((slot.first or 0) - (earlier.first or 0) + 1, earlier.count or 1)


def _counted(main: Sequence[PlacedEntry], table: Mapping[int, int | None]) -> Iterator[PlacedEntry]:
    """Sum up the episodes before each entry, and tell the stories that go on from new ones."""
    before: int | None = 0
    counted, likely, nth, season = True, True, 0, 1
    for slot in main:
        if slot.season > season + 1:
            before = None  # lists lack what comes between
        season = slot.season
        exact = table.get(slot.season) == _length(main, slot.season) if table else _is_counted(slot.entry)
        nth += slot.part in (None, 1) or nth == 0
        told = replace(slot, before=before, counted=counted, likely=likely, exact=exact, nth=nth)
        yield _among(main, told, table)
        before = before if slot.crossed else _plus(before, slot.count)
        counted = counted and exact and not slot.crossed
        likely = likely and (exact or _is_likely(slot.entry))


def _among(main: Sequence[PlacedEntry], slot: PlacedEntry, table: Mapping[int, int | None]) -> PlacedEntry:
    """An entry with what those around it, and the provider's own table, say of it."""
    return replace(
        slot,
        alone=all(s.season == 1 for s in main),
        gap=_has_gap_after(main, slot),
        passed=_passed(main, slot),
        bounded=_is_bounded(main, slot),
        settled=_is_settled(main, slot),
        agreed=bool(table) and slot.exact and _is_whole(main, slot.season),
        tabled=table.get(slot.season),
    )


def _has_gap_after(main: Sequence[PlacedEntry], slot: PlacedEntry) -> bool:
    """Whether lists know later seasons, but not the next one: the provider may have cut this one."""
    later = {s.season for s in main if s.season > slot.season}
    return bool(later) and slot.season + 1 not in later


def _is_bounded(main: Sequence[PlacedEntry], slot: PlacedEntry) -> bool:
    """Whether a list says where the season after an entry's begins."""
    return any(s.season == slot.season + 1 and s.entry.stated and s.cour == 1 for s in main)


def _passed(main: Sequence[PlacedEntry], slot: PlacedEntry) -> int | None:
    """How many episodes of an entry stand in the seasons before one of its parts; None if it is whole."""
    parts = [s for s in main if s.entry.key == slot.entry.key]
    earlier = [s.count for s in parts if s.season < slot.season]
    return sum(n or 0 for n in earlier) if len(parts) > 1 and None not in earlier else None


def _is_settled(main: Sequence[PlacedEntry], slot: PlacedEntry) -> bool:
    """Whether the counts of an entry and of those before it in its season are facts.

    They tell nothing of an entry whose season follows from dates: it may begin the next one.
    """
    if slot.cour > 1 and "season" in slot.entry.derived:
        return False
    until = [s for s in main if s.season == slot.season and s.cour <= slot.cour]
    return all("episodes" in s.entry.checked for s in until)


def _is_whole(main: Sequence[PlacedEntry], season: int) -> bool:
    """Whether all entries of a season are as lists have them: none was made or cut to fill the table."""
    return all(s.entry.begin and "room" not in s.entry.derived for s in main if s.season == season)


def _length(main: Sequence[PlacedEntry], season: int) -> int:
    return sum(slot.count or 0 for slot in main if slot.season == season)


def _plus(start: int | None, count: int | None) -> int | None:
    return None if start is None or count is None else start + count


def _is_counted(entry: Entry) -> bool:
    """Whether a count can be trusted: its weeks on air agree. Counts often hold extras of the discs."""
    if entry.episodes is None or "episodes" in entry.derived:
        return False
    if "episodes" in entry.checked:
        return True
    weeks = _weeks(entry)
    return weeks is None or weeks == entry.episodes or weeks <= 2


def _is_likely(entry: Entry) -> bool:
    """Whether a count is a list's, and was on air with a week or two of rest."""
    weeks = _weeks(entry)
    if entry.episodes is None or weeks is None or "episodes" in entry.derived:
        return False
    return entry.episodes <= weeks <= entry.episodes + REST


def _aired(entry: Entry) -> int | None:
    """How many of a series' episodes were on air: one that is more than its weeks came with the discs.

    So for 44 of 55 series of 12 or 13 weeks; lists of specials have that one.
    """
    weeks = _weeks(entry)
    stated = entry.type == "tv" and "episodes" not in (*entry.derived, *entry.checked)
    return weeks if stated and weeks in QUARTERS and entry.episodes == weeks + 1 else entry.episodes


def _weeks(entry: Entry) -> int | None:
    if not entry.begin or not entry.end:
        return None
    return round((date.fromisoformat(entry.end) - date.fromisoformat(entry.begin)).days / 7) + 1


def markers(entry: Entry, roots: Callable[[], Set[str]] = frozenset) -> tuple[int | None, int | None]:
    """The season and part that the first of the entry's own titles to have such words names.

    A bare last number is a season word where the rest is a title of the show (`roots`).
    """
    for title in sorted(entry.titles, key=lambda t: not t.main):
        _, season, part = split_season(title.text)
        if season is not None or part is not None:
            return season, part
    bare = (split_number(t.text) for t in entry.titles)
    return next((b.season for b in bare if b.season and normal_form(b.base) in roots()), None), None


def number_of_film(entry: Entry) -> int | None:
    """Which film of several an entry is, as the first of its titles that says so."""
    return next(filter(None, (film_number(title.text) for title in entry.titles)), None)
