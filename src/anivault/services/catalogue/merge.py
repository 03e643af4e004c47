"""Decide what the catalogue is once the user's imports are added. Pure.

In: the rows that ship and those of each import. Out: all rows that have a TMDB id. An import adds
titles, ids and what was derived or missing; what a shipped source states stays. A show to which
something was added has its places derived anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import msgspec

from anivault.services.catalogue import places
from anivault.services.catalogue.rows import Row

NEAR = 2  # episodes by which a count that rules imply may differ from the derived one


def merge(rows: Sequence[Row], imports: Iterable[Sequence[Row]]) -> list[Row]:
    """Add `imports`, in order, to `rows`."""
    catalogue = _Catalogue(rows)
    for facts in imports:
        for _, group in groupby(facts, key=lambda fact: sorted(fact.ids.items())):
            catalogue.add(list(group))
    return catalogue.settled()


class _Catalogue:
    """The rows by id, while they grow."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._shows: dict[str, list[Row]] = defaultdict(list)
        self._by_id: dict[tuple[str, int], list[Row]] = defaultdict(list)
        self._touched: set[str] = set()
        for row in rows:
            self._keep(row)

    def add(self, facts: Sequence[Row]) -> None:
        """Add what an import says of one entry; several facts are its parts in several seasons."""
        fact = facts[0]
        known = self._known(fact) or self._at(fact)
        if len(facts) > 1 and known and known[0].tmdb == fact.tmdb:
            self._split(known, facts)
        elif known:
            for row in known:
                self._absorb(row, fact, alone=len(known) == 1)
        elif fact.tmdb and fact.titles:
            for part in facts:
                self._keep(part)
            self._touched.add(fact.tmdb)

    def settled(self) -> list[Row]:
        """Return all rows, those of touched shows in the order of their dates and placed anew."""
        everything = [row for rows in self._shows.values() for row in rows]
        touched = [self._shows[show] for show in sorted(self._touched)]
        for rows in touched:
            rows.sort(key=lambda row: (row.begin or "9", row.season or 0, row.offset or 0, row.key))
            _forget_derived(rows)
        places.place(touched, places.usual_counts(everything))
        return [row for rows in self._shows.values() for row in rows]

    def _keep(self, row: Row) -> None:
        self._shows[row.tmdb].append(row)
        for item in row.ids.items():
            self._by_id[item].append(row)

    def _known(self, fact: Row) -> list[Row]:
        found: list[Row] = []
        for row in (row for item in fact.ids.items() for row in self._by_id.get(item, ())):
            if not any(row is other for other in found):
                found.append(row)
        return found

    def _at(self, fact: Row) -> list[Row]:
        """Find the row that stands where `fact` does and that no list has named yet."""
        if fact.season is None or not fact.tmdb.startswith("tv"):
            return []
        place = (fact.season, fact.offset)
        rows = [row for row in self._shows.get(fact.tmdb, ()) if (row.season, row.offset) == place]
        return rows if len(rows) == 1 and not rows[0].ids.keys() & fact.ids.keys() else []

    def _split(self, known: Sequence[Row], facts: Sequence[Row]) -> None:
        """Put the parts of an entry in the place of the entry; later seasons that have a row keep it."""
        row, *others = sorted(known, key=lambda row: row.begin or "9")
        taken = {other.season for other in others}
        self._shows[row.tmdb].remove(row)
        for item in row.ids.items():
            self._by_id[item].remove(row)
        self._touched.add(row.tmdb)
        for fact in facts:
            part = {"season": fact.season, "offset": fact.offset, "episodes": fact.episodes}
            if fact.season not in taken:
                self._keep(msgspec.structs.replace(row, episode=None, derived=[], **part))

    def _absorb(self, row: Row, fact: Row, *, alone: bool) -> None:
        row.titles = dict(_united(row.titles, fact.titles))
        if not alone:
            return
        for item in fact.ids.items():
            if item[0] not in row.ids:
                row.ids = row.ids | dict([item])
                self._by_id[item].append(row)
        if _placed(row, fact) | _counted(row, fact) | _dated(row, fact):
            self._touched.add(row.tmdb)


def _united(titles: dict[str, list[str]], more: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Join titles by language; what a language has comes first, what any has is not repeated."""
    have = {text for texts in titles.values() for text in texts}
    for language in [*titles, *(language for language in more if language not in titles)]:
        new = [text for text in more.get(language, ()) if text not in have]
        if joined := [*titles.get(language, ()), *new]:
            yield language, joined


def _placed(row: Row, fact: Row) -> bool:
    """Take a place that is stated for one that was derived; tell whether something changed."""
    stated = row.season is not None and "season" not in row.derived and "offset" not in row.derived
    if stated or fact.tmdb != row.tmdb or fact.season is None:
        return False
    row.season, row.episode = fact.season, fact.episode
    row.offset = fact.offset
    row.derived = [name for name in row.derived if name not in ("season", "offset")]
    return True


def _counted(row: Row, fact: Row) -> bool:
    """Take a count that is stated for one that was derived or missing."""
    if not fact.episodes or (row.episodes and "episodes" not in row.derived):
        return False
    if not fact.titles and row.episodes and abs(fact.episodes - row.episodes) > NEAR:
        return False  # a rule about one special in the middle, not about the end
    row.episodes = fact.episodes
    row.derived = [name for name in row.derived if name != "episodes"]
    return True


def _dated(row: Row, fact: Row) -> bool:
    """Take a date that is missing, such as the last day of what was still on air."""
    begin, end = row.begin or fact.begin, row.end or fact.end
    changed = (begin, end) != (row.begin, row.end)
    row.begin, row.end = begin, end
    return changed


def _forget_derived(rows: Iterable[Row]) -> None:
    """Take off what was derived, so that it is derived from what is known now."""
    for row in rows:
        for name in row.derived:
            setattr(row, name, None)
        row.derived = []
