"""Say how many episodes an entry has and where it stands in TMDB's numbering, when no source does.

In: the rows of all shows, with what bangumi-data and Bangumi state. Out: the same rows with
`episodes`, `season` and `offset` filled in where they can be told from dates, counts and titles;
`derived` names the fields that were. Pure but for filling the rows in.

What it rests on: bangumi-data names a TMDB season wherever TMDB has more than one. An entry without
one belongs to the first, and a later entry without one goes on where the earlier one ended.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

Row = dict[str, Any]
Usual = dict[tuple[int, int], int]  # (weeks on air, quarter of the year it began) -> episodes
ANY = -1  # whatever the quarter
ENOUGH = 5  # entries that must agree before their count is called usual (a guess)
LONGEST = 104  # weeks; what ran longer had more breaks than its dates can tell
RERUN = ("再編集", "新編集", "再放送", "TV Edition", "TV版")  # the same episodes once more
PROLOGUE = ("PROLOGUE", "プロローグ", "エピソード0", "EPISODE 0")


def place_entries(shows: Iterable[list[Row]]) -> None:
    """Fill in the rows of every show; each show's rows are in the order of their dates."""
    shows = list(shows)
    usual = usual_counts(row for rows in shows for row in rows)
    for rows in shows:
        for row in rows:
            row["derived"] = []
            count_episodes(row, usual)
        if rows[0]["tmdb"].startswith("tv"):
            place_show(rows)


# --- counts ---------------------------------------------------------------------------------------


def usual_counts(rows: Iterable[Row]) -> Usual:
    """Learn from the series whose count is stated: most that ran 14 weeks have 13 episodes, not 14."""
    counts: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for row in rows:
        if row["type"] == "tv" and row.get("episodes") and (weeks := weeks_on_air(row)):
            counts[weeks, quarter(row)][row["episodes"]] += 1
            counts[weeks, ANY][row["episodes"]] += 1
    best = {key: found.most_common(1)[0] for key, found in sorted(counts.items())}
    return {key: episodes for key, (episodes, agreeing) in best.items() if agreeing >= ENOUGH}


def count_episodes(row: Row, usual: Usual) -> None:
    """Derive the count that no source states. Films and one-day entries are one, series are weekly."""
    if row.get("episodes"):
        return
    weeks = weeks_on_air(row)
    one_day = weeks == 1 and row["type"] in ("tv", "ova")
    if row["type"] == "movie" or one_day:
        row["episodes"] = 1
    elif weeks and weeks <= LONGEST and is_weekly(row, weeks):
        row["episodes"] = usual.get((weeks, quarter(row))) or usual.get((weeks, ANY), weeks)
    if row.get("episodes"):
        row["derived"].append("episodes")


def weeks_on_air(row: Row) -> int:
    """Return the number of weekly slots from begin to end; 0 when a date is missing."""
    if not (row["begin"] and row["end"]):
        return 0
    return round((date.fromisoformat(row["end"]) - date.fromisoformat(row["begin"])).days / 7) + 1


def quarter(row: Row) -> int:
    """Return the quarter of the year in which the entry began, 0 to 3; premieres of late March are in the next."""
    begin = date.fromisoformat(row["begin"])
    return (begin.month * 31 + begin.day + 10) // 93 % 4


def is_weekly(row: Row, weeks: int) -> bool:
    """Tell whether one episode came a week: series do, web releases when their period says so."""
    return row["type"] == "tv" or (row["type"] == "web" and weeks > 3)


# --- places ---------------------------------------------------------------------------------------


def place_show(rows: list[Row]) -> None:
    """Give every row of one series its season and offset."""
    for row in rows:
        if "season" not in row:
            row["season"] = 0 if is_prologue(row, rows) else 1
            row["derived"].append("season")
    for season in {row["season"] for row in rows}:
        place_season([row for row in rows if row["season"] == season])


def is_prologue(row: Row, rows: list[Row]) -> bool:
    """Tell whether a single episode stands before a series that begins anew: TMDB keeps it as a special."""
    later = [r for r in rows[rows.index(row) + 1 :] if "season" not in r and r["begin"] > row["begin"]]
    named = any(word in title.upper() for title in main_titles(row) for word in PROLOGUE)
    single = row.get("episodes") == 1 or (named and weeks_on_air(row) == 1)
    return single and any((r.get("episodes") or 2) > 1 for r in later)


def place_season(rows: list[Row]) -> None:
    """Lay the entries of one season end to end. After an entry of unknown length nothing can be placed."""
    offset: int | None = 0
    laid: list[Row] = []
    for row in rows:
        if "episode" in row:  # the source names the first episode
            row["offset"] = row["episode"] - 1
            continue
        if same := next((other for other in laid if is_same(row, other)), None):
            begin = same.get("offset")
        else:
            begin = offset
        if begin is not None:
            row["offset"] = begin
        if laid or row["season"] == 0:
            row["derived"].append("offset")
        laid.append(row)
        if same is None:
            offset = None if begin is None or not row.get("episodes") else begin + row["episodes"]


def is_same(row: Row, earlier: Row) -> bool:
    """Tell whether `row` is `earlier` once more: another language's edition, or an edited rerun."""
    if row["begin"] == earlier["begin"]:
        return bool(main_titles(row) & main_titles(earlier))
    return any(mark in title for title in main_titles(row) for mark in RERUN)


def main_titles(row: Row) -> set[str]:
    """Return the first title in each language."""
    return {texts[0] for texts in row["titles"].values()}
