"""What a name says against the show and place of a pin is said as facts, and as a sentence of them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from anivault.core.matching.evidence import evidence
from anivault.core.matching.said import Against, Objection, numbers_of, objections
from anivault.core.models import Candidate, Coordinates, Season, ShowId
from anivault.parser.models import Number, ParseResult, VideoType
from tests.core.matching.makers import entry, file, release, show

SERIES, FILM = ShowId("tmdb", "tv", 1), ShowId("tmdb", "movie", 1)
KNOWN = show(1, entry("Natsu", begin="2011-04-01"), entry("Natsu 2", begin="2014-04-01"))


def against(
    *, show: ShowId = SERIES, seasons: tuple[int, ...] = (), known: Candidate | None = None, **said: Any
) -> list[tuple[Against, str, str]]:
    places = [Coordinates(season=season, episode=1) for season in seasons]
    return [tuple(one) for one in objections(ParseResult(**said), show, places, known)]  # type: ignore[misc]


def test_a_name_that_says_nothing_speaks_against_nothing() -> None:
    assert against(seasons=(2,), known=KNOWN) == []
    assert against(show=FILM) == []


def test_another_season_is_told_with_both() -> None:
    assert against(seasons=(2,), season=3) == [(Against.SEASON, "3", "2")]
    assert against(seasons=(3,), season=3) == []
    assert against(seasons=(0,), season=3) == [(Against.SEASON, "3", "0")]


def test_each_season_that_a_file_would_be_of_is_told_once_in_order() -> None:
    assert against(seasons=(4, 2, 4, 3), season=3) == [
        (Against.SEASON, "3", "2"),
        (Against.SEASON, "3", "4"),
    ]


@pytest.mark.parametrize(
    ("kind", "about", "said"),
    [
        (VideoType.OVA, Against.SPECIAL, "OVA"),
        (VideoType.SPECIAL, Against.SPECIAL, "Special"),
        (VideoType.MOVIE, Against.SERIES, ""),
    ],
)
def test_a_special_or_film_that_would_be_an_episode_of_a_season(
    kind: VideoType, about: Against, said: str
) -> None:
    assert against(seasons=(1,), type=kind) == [(about, said, "1")]
    assert against(seasons=(0,), type=kind) == []  # among the specials it may be


@pytest.mark.parametrize("kind", [VideoType.TV, VideoType.ONA, None])
def test_other_kinds_are_episodes(kind: VideoType | None) -> None:
    assert against(seasons=(1,), type=kind) == []


def test_an_episode_that_would_be_a_film() -> None:
    assert against(show=FILM, episodes=(7, 8)) == [(Against.FILM, "7", "")]
    assert against(show=FILM, episodes=(1,), type=VideoType.MOVIE) == []  # `Movie 1`
    assert against(show=FILM, type=None) == []
    assert against(show=SERIES, episodes=(7,)) == []


@pytest.mark.parametrize(
    ("year", "objected"),
    [(2009, True), (2010, False), (2011, False), (2012, False), (2013, False), (2015, False), (2016, True)],
)
def test_a_year_that_is_more_than_one_off_every_entry_is_told(year: int, objected: bool) -> None:
    found = [(Against.YEAR, str(year), "Natsu is of 2011 to 2014")] if objected else []

    assert against(known=KNOWN, year=year) == found


def test_seasons_of_the_provider_have_years_too_and_a_show_of_one_year_is_told_so() -> None:
    one = show(1, entry("Natsu", begin="2011-04-01"))

    assert against(known=one, year=2020) == [(Against.YEAR, "2020", "Natsu is of 2011")]
    assert against(known=replace(one, seasons=(Season(2, 12, begin="2020-01-01"),)), year=2020) == []
    assert against(known=replace(one, year=1999), year=1999) == []


def test_of_a_show_without_any_year_no_year_is_wrong() -> None:
    nowhen = replace(show(1, entry("Natsu")), year=None, entries=(replace(entry("Natsu"), begin=None),))

    assert against(known=nowhen, year=1999) == []
    assert against(known=None, year=1999) == []


def test_all_that_speaks_against_it_is_told_together() -> None:
    found = against(seasons=(1,), season=2, type=VideoType.OVA, year=1999, known=KNOWN)

    assert [about for about, _, _ in found] == [Against.SEASON, Against.SPECIAL, Against.YEAR]


@pytest.mark.parametrize("about", Against)
def test_every_objection_has_a_sentence_with_what_is_said(about: Against) -> None:
    words = Objection(about, "SAID", "WANTED").words

    assert ("SAID" in words) is (about is not Against.SERIES)
    assert ("WANTED" in words) is (about is not Against.FILM)
    assert "{" not in words


# --- the numbers of one file ---


@pytest.mark.parametrize(
    ("episodes", "numbers"),
    [
        ((), []),
        ((5,), [5]),
        ((1, 3), [1, 2, 3]),  # a range
        ((3, 1), None),
        ((3, 3), None),
        ((12.5,), None),
        ((1, 2.5), None),
        ((1, 3, 7), [1, 3, 7]),
    ],
)
def test_two_numbers_are_a_range_and_halves_are_none(
    episodes: tuple[Number, ...], numbers: list[int] | None
) -> None:
    assert numbers_of(file("Natsu", episodes=episodes)) == numbers


@given(st.integers(0, 500), st.integers(1, 30))
def test_a_range_has_every_number_from_its_first_to_its_last(first: int, more: int) -> None:
    assert numbers_of(file("Natsu", episodes=(first, first + more))) == [*range(first, first + more + 1)]


@pytest.mark.parametrize(
    ("numbers", "whole"),
    [((1, 2), (1, 2)), ((0, 1, 2), (1, 2)), ((0,), (0,)), ((1, 12.5, 13), (1, 13)), ((12.5,), ()), ((), ())],
)
def test_episodes_are_whole_numbers_and_a_prologue_is_none_among_others(
    numbers: tuple[Number, ...], whole: tuple[int, ...]
) -> None:
    said = dataclasses.replace(evidence(release("Natsu")), numbers=numbers)

    assert said.whole_numbers == whole
