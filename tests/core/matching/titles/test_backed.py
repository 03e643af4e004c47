"""A short title, or one that is cut short, is sure where something else speaks for it."""

from __future__ import annotations

from typing import Any

import pytest

from anivault.core.matching.decide import THRESHOLDS
from anivault.core.matching.evidence import evidence
from anivault.core.matching.scoring import rank
from anivault.core.models import Candidate, Release
from anivault.parser.models import VideoType
from tests.core.matching.makers import entry, film, release, show

BRIEF = entry("Nana", count=12, begin="2006-04-05")
NANA = show(1, BRIEF)
CUT = show(1, entry("Grand Princess Aria: The Long Way Home"))
SEASONS = (BRIEF, entry("Nana 2", season=2, offset=0, begin="2016-04-01"))


def is_sure(said: Release, *candidates: Candidate) -> bool:
    best = rank(evidence(said), candidates)[0]
    return best.candidate is candidates[0] and best.score.value >= THRESHOLDS.score


def nana(*numbers: int, **parsed: Any) -> Release:
    return release("Nana", numbers=numbers or (3,), **parsed)


def aria(*numbers: int, **parsed: Any) -> Release:
    return release("Grand Princess Aria", numbers=numbers or (3,), **parsed)


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        (nana(year=2006), (NANA,)),
        (nana(*range(1, 13)), (NANA,)),  # all of its episodes
        (nana(), (show(1, BRIEF, popularity=20_000),)),  # everybody means that one
        (nana(1, 2, 3), (show(1, BRIEF, popularity=1_500),)),  # two that count one each
        (nana(season=2), (show(1, *SEASONS, popularity=1_500),)),
        (nana(1, 2, 3, folder="NANA", folder_titles=("NANA",)), (NANA,)),
        (nana(1, 2, 3, streamed=True), (show(1, entry("Nana", begin="2016-04-05")),)),
    ],
)
def test_two_things_back_a_short_title(said: Release, shows: tuple[Candidate, ...]) -> None:
    assert is_sure(said, *shows)


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        (nana(), (NANA,)),
        (nana(1, 2, 3), (NANA,)),  # its first episodes alone
        (nana(1, 2), (show(1, BRIEF, popularity=1_500),)),  # too few to be the first of a run
        (nana(*range(1, 14)), (NANA,)),  # more than it has
        (nana(2, 3, 4), (show(1, BRIEF, popularity=1_500),)),  # not the first of them
        (nana(year=2007), (NANA,)),
        (nana(1, 2, 3, streamed=True), (NANA,)),  # too old for a stream
    ],
)
def test_less_than_two_things_do_not(said: Release, shows: tuple[Candidate, ...]) -> None:
    assert not is_sure(said, *shows)


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        (aria(1, 2, 3), (CUT,)),
        (aria(year=2015), (CUT,)),
        (aria(), (show(1, *CUT.entries, popularity=1_500),)),
    ],
)
def test_one_thing_backs_a_title_that_is_cut_short(said: Release, shows: tuple[Candidate, ...]) -> None:
    assert is_sure(said, *shows)
    assert not is_sure(aria(), CUT)


LATER = show(1, entry("Aria"), entry("Grand Princess Aria: The Way", season=2, offset=0, begin="2016-04-01"))
NAMESAKE = show(2, entry("Grand Princess Aria", count=1, begin="2001-04-01", type="ova"))


def test_a_part_of_what_one_entry_is_called_is_not_backed() -> None:
    assert not is_sure(aria(1, 2, 3), LATER)


def test_a_name_with_another_title_is_not_backed() -> None:
    both = release("Grand Princess Aria", "Grand Princess Lost", numbers=(1, 2, 3))

    assert not is_sure(both, CUT)


def test_what_another_show_is_called_is_backed_by_a_year_alone() -> None:
    assert is_sure(aria(1, 2, 3), CUT)
    assert not is_sure(aria(1, 2, 3), CUT, NAMESAKE)
    assert is_sure(aria(1, 2, 3, year=2015), CUT, NAMESAKE)


@pytest.mark.parametrize(
    ("said", "called"),
    [
        ("Samurai Wanderer", "Samurai Wanderer: The Tale of Kyoto"),
        ("Paku", "Paku"),
        ("Paku", "Paku: The Well"),
    ],
)
def test_a_film_s_title_that_is_short_or_cut_is_not_backed_by_a_year(said: str, called: str) -> None:
    assert not is_sure(release(said, year=2015, type=VideoType.MOVIE), film(1, called))
