"""Decide how many episodes an entry has and where it stands in TMDB's numbering, when no source says. Pure.

In: the rows of a show, with what sources state. Out: the same rows with `episodes`, `season` and
`offset` filled in where dates, counts and titles tell them; `derived` names the fields that were.

It rests on one habit of bangumi-data: it names a TMDB season wherever TMDB has more than one. An entry
without one belongs to the first, and a later entry without one goes on where the earlier one ended.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

from anivault.services.catalogue.rows import Row

Usual: TypeAlias = dict[tuple[int, int], int]  # (weeks on air, quarter of the year it began) -> episodes

ANY = -1  # whatever the quarter
ENOUGH = 5  # series that must agree before their count is called usual (a guess)
YEAR = 365  # days
LONGEST = 104  # weeks; what ran longer had more breaks than its dates can tell
RERUN = ("再編集", "新編集", "再放送", "HDリマスター", "TV Edition", "TV版")  # the same episodes once more
PROLOGUE = ("PROLOGUE", "プロローグ", "エピソード0", "EPISODE 0")


def place(shows: Iterable[Sequence[Row]], usual: Usual) -> None:
    """Fill in the rows of every show; each show's rows are in the order of their dates."""
    for rows in shows:
        for row in rows:
            count_episodes(row, usual)
        place_show(rows)


# --- counts ---------------------------------------------------------------------------------------


def usual_counts(rows: Iterable[Row]) -> Usual:
    """Learn from the series whose count is stated: most that ran 14 weeks have 13 episodes, not 14."""
    counts: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for row in rows:
        if (
            row.type == "tv"
            and row.episodes
            and "episodes" not in row.derived
            and (weeks := weeks_on_air(row))
        ):
            counts[weeks, quarter(row)][row.episodes] += 1
            counts[weeks, ANY][row.episodes] += 1
    best = {key: found.most_common(1)[0] for key, found in counts.items()}
    return {key: episodes for key, (episodes, agreeing) in best.items() if agreeing >= ENOUGH}


def count_episodes(row: Row, usual: Usual) -> None:
    """Derive the count that no source states. Films and one-day entries are one, series are weekly."""
    if row.episodes:
        return
    weeks = weeks_on_air(row)
    if row.type == "movie" or (weeks == 1 and row.type in ("tv", "ova")):
        row.episodes = 1
    elif is_weekly(row, weeks):
        row.episodes = usual.get((weeks, quarter(row))) or usual.get((weeks, ANY), weeks)
    if row.episodes:
        row.derived = [*row.derived, "episodes"]


def is_weekly(row: Row, weeks: int) -> bool:
    """Tell whether one episode came a week: series do, and web releases that took a month or more."""
    return 0 < weeks <= LONGEST and (row.type == "tv" or (row.type == "web" and weeks > 3))


def weeks_on_air(row: Row) -> int:
    """Return the number of weekly slots from begin to end; 0 when a date is missing."""
    if not (row.begin and row.end):
        return 0
    return round((date.fromisoformat(row.end) - date.fromisoformat(row.begin)).days / 7) + 1


def quarter(row: Row) -> int:
    """Return the broadcasting quarter, 0 to 3; what premieres in late March belongs to the next."""
    begin = date.fromisoformat(row.begin)
    return (begin.month * 31 + begin.day - 20) // 93 % 4


# --- places ---------------------------------------------------------------------------------------


def place_show(rows: Sequence[Row]) -> None:
    """Give every row of one series its season and offset; films have none."""
    if not rows[0].tmdb.startswith("tv"):
        return
    _give_seasons(rows)
    by_season: defaultdict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_season[row.season].append(row)
    for season in by_season.values():
        place_season(season)


def _give_seasons(rows: Sequence[Row]) -> None:
    prologues = [row for row in rows if is_prologue(row, rows)]
    for row in [row for row in rows if row.season is None]:
        row.season = 0 if row in prologues else opens(row, rows) or 1
        row.derived = [*row.derived, "season"]


def is_prologue(row: Row, rows: Sequence[Row]) -> bool:
    """Tell whether a single episode stands before a series that begins again: TMDB keeps it as a special."""
    if row.season is not None or not _is_single(row):
        return False
    return any(r.season is None and r.begin > row.begin and (r.episodes or 2) > 1 for r in rows)


def _is_single(row: Row) -> bool:
    """Tell whether a row has one episode: as lists say, or called a prologue and on air for a week."""
    named = any(word in title.upper() for title in row.main_titles for word in PROLOGUE)
    return row.episodes == 1 or (named and weeks_on_air(row) == 1)


def opens(row: Row, rows: Sequence[Row]) -> int | None:
    """Return the season that goes on within half a year of `row`, where nothing was on for a year before."""
    position = next(n for n, other in enumerate(rows) if other is row)
    before = [other for other in rows[:position] if other.season != 0]
    after = next(filter(_has_season, rows[position + 1 :]), None)
    if after is None or not _begins_as_stated(after) or not _may_open(row, before):
        return None
    return after.season if _is_opening(before[-1], row, after) else None


def _has_season(row: Row) -> bool:
    return bool(row.season)


def _may_open(row: Row, before: Sequence[Row]) -> bool:
    """Tell whether a row is a series that comes after others, and none of them once more."""
    return row.type == "tv" and bool(before) and not any(is_same(row, other) for other in before)


def _begins_as_stated(row: Row) -> bool:
    """Tell whether a source says that a row is of its season, and not where in it."""
    return "season" not in row.derived and not row.episode


def _is_opening(before: Row, row: Row, after: Row) -> bool:
    """Tell whether `row` begins a year after the one before it, and ends half a year before the next."""
    return _days(before.end, row.begin) > YEAR and 0 < _days(row.end, after.begin) <= YEAR / 2


def _days(end: str, begin: str) -> int:
    return (date.fromisoformat(begin) - date.fromisoformat(end)).days if end and begin else 0


def place_season(rows: Sequence[Row]) -> None:
    """Lay the entries of one season end to end. After an entry of unknown length nothing can be placed."""
    end: int | None = 0
    laid: list[Row] = []
    for row in rows:
        if row.offset is None and row.episode is not None:
            row.offset = row.episode - 1
        end = _laid(row, laid, end) if row.offset is None else _placed(row, laid, end)


def _laid(row: Row, laid: list[Row], end: int | None) -> int | None:
    """Put a row whose place nobody states after the others, or where it was the first time."""
    same = next((other for other in laid if is_same(row, other)), None)
    row.offset = same.offset if same else end
    if laid or row.season == 0:
        row.derived = [*row.derived, "offset"]
    laid.append(row)
    return end if same else _after(row.offset, row)


def _placed(row: Row, laid: list[Row], end: int | None) -> int | None:
    """Go on after a row whose place is stated. Where it begins, the one before it has ended."""
    if not row.season:
        return end
    last = laid[-1] if laid else None
    if last and "episodes" in last.derived and last.offset is not None and row.offset:
        last.episodes = max(row.offset - last.offset, 1)
    laid.append(row)
    return _after(row.offset, row)


def _after(offset: int | None, row: Row) -> int | None:
    return None if offset is None or not row.episodes else offset + row.episodes


def is_same(row: Row, earlier: Row) -> bool:
    """Tell whether `row` is `earlier` once more: another language's edition, or an edited rerun."""
    if row.begin == earlier.begin:
        return bool(row.main_titles & earlier.main_titles)
    return any(mark in title for title in row.main_titles for mark in RERUN)
