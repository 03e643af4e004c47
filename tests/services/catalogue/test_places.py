"""Counts, seasons and offsets follow from dates, counts and titles where no source states them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.services.catalogue.places import place as place_among
from anivault.services.catalogue.places import usual_counts, weeks_on_air
from anivault.services.catalogue.rows import Row

START = date(2015, 4, 5)


def row(
    title: str,
    *,
    begin: date = START,
    weeks: int = 12,
    kind: str = "tv",
    episodes: int | None = None,
    season: int | None = None,
    episode: int | None = None,
    tmdb: str = "tv/900001",
) -> Row:
    end = begin + timedelta(weeks=weeks - 1)
    return Row(
        tmdb=tmdb,
        type=kind,
        begin=begin.isoformat(),
        end=end.isoformat(),
        episodes=episodes,
        season=season,
        episode=episode,
        titles={"ja": [title]},
    )


def place(shows: list[list[Row]]) -> None:
    place_among(shows, usual_counts(entry for rows in shows for entry in rows))


def placed(*rows: Row) -> list[tuple[int | None, int | None]]:
    place([list(rows)])
    return [(r.season, r.offset) for r in rows]


def later(years: int) -> date:
    return START + timedelta(days=365 * years)


# --- places ---------------------------------------------------------------------------------------


def test_an_entry_alone_is_the_first_season() -> None:
    only = row("Harbour Days")

    assert placed(only) == [(1, 0)]
    assert "season" in only.derived


def test_a_later_entry_without_a_season_goes_on_where_the_earlier_ended() -> None:
    first, second = row("Harbour Days", episodes=12), row("Harbour Days 2", begin=later(1), episodes=13)
    third = row("Harbour Days 3", begin=later(2))

    assert placed(first, second, third) == [(1, 0), (1, 12), (1, 25)]
    assert "offset" not in first.derived
    assert {"season", "offset"} <= set(third.derived)


def test_a_stated_season_is_kept_and_counted_by_itself() -> None:
    rows = [
        row("Harbour Days", episodes=12),
        row("Harbour Days Winter", begin=later(1), episodes=11, season=2),
        row("Harbour Days Winter, second cour", begin=later(2), episodes=10, season=2),
    ]

    assert placed(*rows) == [(1, 0), (2, 0), (2, 11)]
    assert [r.derived for r in rows] == [["season"], [], ["offset"]]


def test_nothing_is_placed_after_an_entry_of_unknown_length() -> None:
    endless = row("Harbour Days")
    endless.end = ""

    assert placed(endless, row("Harbour Days 2", begin=later(1))) == [(1, 0), (1, None)]


def test_a_named_episode_gives_the_offset() -> None:
    special = row("Harbour Days OVA", begin=later(1), kind="ova", season=0, episode=4, episodes=3)

    assert placed(row("Harbour Days", episodes=12), special) == [(1, 0), (0, 3)]
    assert special.derived == []


def test_a_stated_offset_ends_the_entry_before_it() -> None:
    first, second = row("Harbour Days", weeks=12), row("Harbour Days 2", begin=later(1), episodes=11)
    second.season, second.offset = 1, 13
    place([[first, second]])

    assert first.episodes == 13


def test_specials_without_an_episode_are_laid_end_to_end() -> None:
    rows = [row(f"Short {n}", begin=later(n), season=0, episodes=5) for n in range(3)]

    assert placed(*rows) == [(0, 0), (0, 5), (0, 10)]
    assert all("offset" in r.derived for r in rows)


def test_another_language_of_the_same_broadcast_takes_the_same_place() -> None:
    assert placed(row("Lantern Road", episodes=12), row("Lantern Road", episodes=12)) == [(1, 0), (1, 0)]


def test_an_edited_rerun_takes_the_place_of_what_it_reruns() -> None:
    rerun = row("Lantern Road 新編集版", begin=later(1), episodes=6)
    sequel = row("Lantern Road 2", begin=later(2), episodes=12)

    assert placed(row("Lantern Road", episodes=12), rerun, sequel) == [(1, 0), (1, 0), (1, 12)]


def test_a_remaster_takes_the_place_of_what_it_remasters() -> None:
    first, remaster = row("Harbour Days"), row("Harbour Days HDリマスター", begin=later(9))

    assert placed(first, remaster) == [(1, 0), (1, 0)]


def test_a_season_begins_with_the_entry_that_it_goes_on_from() -> None:
    first, part_one = row("Harbour Days"), row("Harbour Days x2 Dawn", begin=later(4))
    part_two = row("Harbour Days x2 Noon", begin=later(4) + timedelta(weeks=24), season=2)

    assert placed(first, part_one, part_two) == [(1, 0), (2, 0), (2, 12)]
    assert "season" in part_one.derived
    assert "offset" in part_two.derived  # nobody says that the season begins with it


def test_a_second_cour_opens_no_season() -> None:
    first, second = row("Harbour Days"), row("Harbour Days Part 2", begin=START + timedelta(weeks=24))
    third = row("Harbour Days 2nd Season", begin=START + timedelta(weeks=50), season=2)

    assert placed(first, second, third) == [(1, 0), (1, 12), (2, 0)]


def test_a_prologue_is_a_special_and_moves_nothing() -> None:
    prologue = row("Lantern Road PROLOGUE", weeks=1, kind="web")

    assert placed(prologue, row("Lantern Road", begin=later(1), episodes=12)) == [(0, 0), (1, 0)]


def test_films_have_no_season() -> None:
    assert placed(row("Lantern Road the Film", kind="movie", tmdb="movie/900002")) == [(None, None)]


@given(counts=st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_entries_of_a_season_never_overlap(counts: list[int]) -> None:
    rows = [row(f"Cour {n}", begin=later(n), episodes=count, season=3) for n, count in enumerate(counts)]
    place([rows])

    spans = [(r.offset or 0, (r.offset or 0) + (r.episodes or 0)) for r in rows]
    assert all(end == start for (_, end), (start, _) in pairwise(spans))


@given(counts=st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_placing_twice_changes_nothing(counts: list[int]) -> None:
    rows = [row(f"Cour {n}", begin=later(n), episodes=count) for n, count in enumerate(counts)]

    assert placed(*rows) == placed(*rows)


# --- counts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "weeks", "episodes"),
    [
        ("tv", 12, 12),
        ("tv", 26, 26),
        ("tv", 1, 1),
        ("movie", 1, 1),
        ("movie", 3, 1),
        ("ova", 1, 1),
        ("ova", 20, None),  # discs come when they come
        ("web", 1, None),  # all at once, or one
        ("web", 10, 10),
        ("tv", 300, None),  # too many breaks
    ],
)
def test_a_count_follows_from_the_dates(kind: str, weeks: int, episodes: int | None) -> None:
    entry = row("Quiet Lighthouse", kind=kind, weeks=weeks)
    place([[entry]])

    assert entry.episodes == episodes
    assert ("episodes" in entry.derived) == (episodes is not None)


def test_a_stated_count_is_kept() -> None:
    entry = row("Quiet Lighthouse", weeks=13, episodes=11)
    place([[entry]])

    assert entry.episodes == 11
    assert "episodes" not in entry.derived


def test_the_usual_count_of_as_many_weeks_wins_over_the_weeks() -> None:
    stated = [[row(f"Show {n}", weeks=14, episodes=13, tmdb=f"tv/{n}")] for n in range(6)]
    entry = row("Quiet Lighthouse", weeks=14)
    place([*stated, [entry]])

    assert entry.episodes == 13


def test_a_few_odd_series_make_no_usual_count() -> None:
    rows = [row(f"Show {n}", weeks=14, episodes=9) for n in range(4)]

    assert usual_counts(rows) == {}


def test_derived_counts_teach_nothing() -> None:
    rows = [row(f"Show {n}", weeks=14, episodes=9) for n in range(9)]
    for entry in rows:
        entry.derived = ["episodes"]

    assert usual_counts(rows) == {}


def test_without_an_end_there_are_no_weeks() -> None:
    entry = row("Quiet Lighthouse")
    entry.end = ""

    assert weeks_on_air(entry) == 0
