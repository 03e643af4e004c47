"""An entry in its place says which of its own numbers a number is, and where its place can be trusted."""

from __future__ import annotations

from typing import Any

import pytest

from anivault.core.matching.places.placed import Frame, PlacedEntry, is_within, year_of
from tests.core.matching.makers import entry


def placed(**known: Any) -> PlacedEntry:
    """The second cour of a season of 24: its episode 1 is the 13th of the season and the 37th of the show."""
    facts = {"season": 2, "first": 13, "count": 12, "marker": 2, "part": 2, "before": 36, "cour": 2, "nth": 2}
    return PlacedEntry(entry("Show", begin="2015-10-01", stated=False), **{**facts, **known})


@pytest.mark.parametrize(
    ("number", "frame", "own"),
    [
        (1, Frame.OWN, 1),
        (13, Frame.SEASON, 1),
        (24, Frame.SEASON, 12),
        (37, Frame.SHOW, 1),
        (25, Frame.SEASON, None),
        (12, Frame.SEASON, None),
        (36, Frame.SHOW, None),
        (1, Frame.ENTRY, None),
    ],
)
def test_a_number_is_an_own_one_by_what_it_counts_from(number: int, frame: Frame, own: int | None) -> None:
    assert placed().own(number, frame) == own


def test_an_own_number_may_run_on_as_far_as_the_season_reaches_unless_it_has_to_be_the_entrys() -> None:
    assert placed(reach=20).own(18, Frame.OWN) == 18
    assert placed(reach=20).own(18, Frame.OWN, strict=True) is None
    assert placed(reach=20).own(21, Frame.OWN) is None


def test_a_first_cour_has_no_number_of_the_season_that_is_not_its_own() -> None:
    assert placed(first=1, cour=1).own(5, Frame.SEASON) is None


def test_a_place_that_follows_from_dates_is_not_sure_and_one_that_is_agreed_on_is() -> None:
    assert not placed().place_is_sure
    assert placed(agreed=True).place_is_sure
    assert not placed(agreed=True, crossed=True).place_is_sure
    assert placed(nth=1, cour=1, before=0).place_is_sure


def test_the_year_of_an_entry_is_that_in_which_it_began() -> None:
    assert year_of(placed()) == 2015


@pytest.mark.parametrize(
    ("own", "count", "within"),
    [(1, 12, True), (12, 12, True), (13, 12, False), (0, 12, False), (99, None, True)],
)
def test_an_entry_of_unknown_length_has_every_number(own: int, count: int | None, within: bool) -> None:
    assert is_within(own, count) is within
