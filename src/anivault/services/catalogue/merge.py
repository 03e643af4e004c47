"""Decide what the catalogue is once the user's imports are added. Pure.

In: the rows that ship and those of each import. Out: all rows that have a TMDB id. An import adds
titles, ids and what was derived or missing; what a shipped source states stays, but for what a newer release
of that source says otherwise. A show to which something was added has its places derived again.
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
        if not known:
            self._begin(facts)
            return
        by_hand = _is_cut_by_hand(known)
        if not by_hand:
            if len(known) == 1 and "bangumi" in fact.ids:
                self._renew(known[0], fact)
            if len(facts) > 1 and known[0].tmdb == fact.tmdb:
                self._split(known, facts)
                return
        self._absorb_all(known, facts)
        if by_hand and len(known) > 1:
            _give_places(known, fact)

    def _absorb_all(self, known: Sequence[Row], facts: Sequence[Row]) -> None:
        """Add to the rows of an entry what is said of it; of one row also whether it is whole."""
        for row in known:
            self._absorb(row, facts[0], alone=len(known) == 1)
        if len(known) == len(facts) == 1:
            known[0].whole |= _is_in_one_season(known[0], facts[0])

    def _begin(self, facts: Sequence[Row]) -> None:
        """Take in an entry that nobody has named before, if it says what it is called and whose it is."""
        if facts[0].tmdb and facts[0].titles:
            for part in facts:
                self._keep(part)
            self._touched.add(facts[0].tmdb)

    def settled(self) -> list[Row]:
        """Return all rows, those of touched shows in the order of their dates and placed again."""
        everything = [row for rows in self._shows.values() for row in rows]
        touched = [rows for show in sorted(self._touched) if (rows := self._shows[show])]
        for rows in touched:
            rows.sort(key=_begin_of)
            _forget_derived(rows)
        places.place(touched, places.usual_counts(everything))
        for row in everything:
            _agree(row)
        return [row for rows in self._shows.values() for row in rows]

    def _keep(self, row: Row) -> None:
        self._shows[row.tmdb].append(row)
        for item in row.ids.items():
            self._by_id[item].append(row)

    def _known(self, fact: Row) -> list[Row]:
        own = [item for item in fact.ids.items() if item[0] != "tvdb"]  # which is the show's
        found: list[Row] = []
        for row in (row for item in own for row in self._by_id.get(item, ())):
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

    def _renew(self, row: Row, fact: Row) -> None:
        """Take the place that a newer release states, or no longer states; it may be in another show."""
        stated = not {"season", "offset"} & {*row.derived}
        if (row.tmdb, row.season if stated else None) == (fact.tmdb, fact.season) and (
            fact.episode in (None, row.episode) or not stated
        ):
            return
        self._touched |= {row.tmdb, fact.tmdb}
        if row.tmdb != fact.tmdb:
            self._shows[row.tmdb].remove(row)
            self._shows[fact.tmdb].append(row)
        row.tmdb, row.season, row.episode = fact.tmdb, fact.season, fact.episode
        row.offset = None if fact.episode is None else fact.episode - 1
        row.derived = [name for name in row.derived if name not in ("season", "offset")]

    def _split(self, known: Sequence[Row], facts: Sequence[Row]) -> None:
        """Put the parts of an entry in the place of the entry; later seasons that have a row keep it."""
        row, *others = sorted(known, key=lambda row: row.begin or "9")
        taken = {other.season for other in others}
        self._shows[row.tmdb].remove(row)
        for item in row.ids.items():
            self._by_id[item].remove(row)
        self._touched.add(row.tmdb)
        parts = [fact for fact in facts if fact.season not in taken]
        for fact, spans in zip(parts, _shared_out(parts, facts[0].tvdb), strict=True):
            part = {"season": fact.season, "offset": fact.offset, "episodes": fact.episodes, "tvdb": spans}
            self._keep(msgspec.structs.replace(row, episode=None, derived=[], ids=fact.ids | row.ids, **part))

    def _absorb(self, row: Row, fact: Row, *, alone: bool) -> None:
        row.titles = dict(_united(row.titles, fact.titles))
        if not alone:
            return
        for item in fact.ids.items():
            if item[0] not in row.ids:
                row.ids = row.ids | dict([item])
                self._by_id[item].append(row)
        row.tvdb = row.tvdb or fact.tvdb
        if _placed(row, fact) | _counted(row, fact) | _dated(row, fact):
            self._touched.add(row.tmdb)


def _is_cut_by_hand(rows: Sequence[Row]) -> bool:
    """Whether somebody has checked the season of a row: what imports say of places does not change it."""
    return any("season" in row.checked for row in rows)


def _shared_out(parts: Sequence[Row], spans: list[list[int]]) -> Iterator[list[list[int]]]:
    """Return for each part of an entry, in order, its places on TVDB, counted from the part's beginning."""
    start = 0
    for part in parts:
        before = [span for span in spans if span[0] <= start + 1][-1:]
        inside = [span for span in spans if start + 1 < span[0] <= start + (part.episodes or 10**6)]
        at_start = [[1, season, first + start + 1 - own] for own, season, first in before]
        yield at_start + [[own - start, season, first] for own, season, first in inside]
        start += part.episodes or 0


def _give_places(parts: Sequence[Row], fact: Row) -> None:
    """Give the parts of an entry that was cut by hand their places on TVDB."""
    cut = sorted((row for row in parts if "season" in row.checked), key=lambda row: row.season or 0)
    for row, spans in zip(cut, _shared_out(cut, fact.tvdb), strict=True):
        if fact.tvdb and not row.tvdb:
            row.tvdb, row.ids = spans, row.ids | {"tvdb": fact.ids["tvdb"]}


def _is_in_one_season(row: Row, fact: Row) -> bool:
    """Tell whether a list that knows seasons of TMDB has the whole entry where the row is."""
    place = (fact.tmdb, fact.season, fact.offset)
    return bool(fact.season) and "bangumi" not in fact.ids and place == (row.tmdb, row.season, row.offset)


def _agree(row: Row) -> None:
    """Take a derived place for stated where TVDB has the entry in the same: that was right for 50 of 52.

    TVDB cuts long shows more often than TMDB: what it has in one season is in one there.
    """
    if row.season and not row.unsure and row.tvdb[:1] == [[1, row.season, (row.offset or 0) + 1]]:
        row.whole |= len(row.tvdb) == 1
        row.derived = [name for name in row.derived if name not in ("season", "offset")]


def _united(titles: dict[str, list[str]], more: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Join titles by language; what a language has comes first, what any has is not repeated."""
    have = {text for texts in titles.values() for text in texts}
    for language in [*titles, *(language for language in more if language not in titles)]:
        new = [text for text in more.get(language, ()) if text not in have]
        if joined := [*titles.get(language, ()), *new]:
            yield language, joined


def _placed(row: Row, fact: Row) -> bool:
    """Take a place that is stated for one that was derived; tell whether something changed."""
    special = row.season == 0 or row.type == "ova"
    if _is_stated(row) or fact.tmdb != row.tmdb or fact.season is None or (fact.unsure and not special):
        return False
    row.season, row.episode, row.offset, row.unsure = fact.season, fact.episode, fact.offset, fact.unsure
    row.derived = [name for name in row.derived if name not in ("season", "offset")]
    return True


def _is_stated(row: Row) -> bool:
    """Whether a list says where an entry stands."""
    return row.season is not None and not {"season", "offset"} & {*row.derived} and not row.unsure


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


def _begin_of(row: Row) -> tuple[str, int, int, str]:
    """What orders the entries of a show: the day, then the place."""
    return row.begin or "9", row.season or 0, row.offset or 0, row.key


def _forget_derived(rows: Iterable[Row]) -> None:
    """Take off what was derived, so that it is derived from what is known now."""
    for row in rows:
        for name in row.derived:
            setattr(row, name, None)
        row.derived = []
