"""A show's entries stand in order, each in its place, and what nobody states is not sure."""

from __future__ import annotations

from msgspec.structs import replace

from anivault.core.matching.places.counting import Told, counting
from anivault.core.matching.places.episodes import place
from anivault.core.matching.places.placed import Frame
from anivault.core.matching.places.timeline import timeline
from tests.core.matching.makers import entry, film, show


def test_an_entry_without_a_place_goes_on_where_the_one_before_it_ends() -> None:
    first, second = timeline(show(1, entry("Show"), entry("Show Part 2", begin="2015-10-01", stated=False)))

    assert (first.first, second.first, second.cour, second.before) == (1, 13, 2, 12)
    assert (first.place_is_sure, second.place_is_sure) == (True, False)


def test_counts_that_are_facts_settle_the_place_of_a_later_cour() -> None:
    cours = (
        entry("Show", checked=("episodes",)),
        entry("Show Part 2", begin="2015-10-01", stated=False, checked=("episodes",)),
    )

    assert timeline(show(1, *cours))[1].place_is_sure
    assert not timeline(show(1, entry("Show"), cours[1]))[1].place_is_sure


def test_counts_that_are_facts_tell_nothing_of_a_season_that_follows_from_dates() -> None:
    guessed = entry(
        "Show", begin="2016-10-01", stated=False, checked=("episodes",), derived=("season", "offset")
    )
    slots = timeline(show(1, entry("Show", checked=("episodes",)), guessed))

    assert not slots[1].place_is_sure


def test_a_count_that_is_a_fact_holds_no_extras_of_the_discs() -> None:
    weeks = {"begin": "2015-04-01", "end": "2015-06-17"}

    assert timeline(show(1, entry("Show", count=13, **weeks)))[0].count == 12
    assert timeline(show(1, entry("Show", count=13, checked=("episodes",), **weeks)))[0].count == 13


def test_a_long_entry_may_be_cut_into_seasons_unless_a_list_says_where_the_next_begins() -> None:
    long, sequel = entry("Long", count=150), entry("Long 2", season=3, offset=0, begin="2019-01-01")
    next_one = entry("Long 2", season=2, offset=0, begin="2019-01-01")

    assert timeline(show(1, long, sequel))[0].may_be_cut(100)
    assert not timeline(show(1, long, sequel))[0].may_be_cut(12)
    assert not timeline(show(1, long, next_one))[0].may_be_cut(100)
    assert not timeline(show(1, long))[0].may_be_cut(100)
    assert timeline(show(1, entry("Long", count=500)))[0].may_be_cut(100)


def test_an_entry_that_is_cut_is_counted_through_its_seasons() -> None:
    parts = [
        entry("Wars", "Star Wars", season=season, offset=0, count=50, begin="2010-01-01")
        for season in (4, 5, 6)
    ]
    slots = timeline(show(1, entry("Star", count=24, begin="2000-01-01"), *parts))
    whole = counting(Told(slots, slots[1], range(1, 121)))
    late = counting(Told(slots, slots[3], range(105, 121)))

    assert [s.passed for s in slots] == [None, 0, 50, 100]
    assert (whole.frame, late.frame) == (Frame.ENTRY, Frame.ENTRY)
    assert [(c.season, c.episode) for c in place(slots, slots[1], [60], whole).coordinates] == [(5, 10)]
    assert [(c.season, c.episode) for c in place(slots, slots[3], [105], late).coordinates] == [(6, 5)]
    assert counting(Told(slots, slots[2], range(1, 41))).frame is None
    assert counting(Told(slots, slots[2], range(1, 41), season=5)).frame is Frame.OWN


def test_a_film_has_no_season() -> None:
    assert timeline(film(1, "Film"))[0].season < 0


def test_only_the_first_entry_is_first_whatever_parts_later_ones_call_themselves() -> None:
    slots = timeline(show(1, entry("Show"), entry("Show Part II", season=2, offset=0, begin="2017-04-01")))

    assert [slot.is_first for slot in slots] == [True, False]


def test_a_season_that_was_shown_once_more_has_all_of_its_episodes() -> None:
    again = show(
        1,
        entry("Show", count=22, begin="2012-10-12"),
        entry("Show New Edit", count=11, begin="2014-07-11", offset=0, stated=False),
    )
    slots = timeline(again)
    found = place(slots, slots[0], [12], counting(Told(slots, slots[0], [12])))

    assert [(c.season, c.episode) for c in found.coordinates] == [(1, 12)]
    assert found.sure > 0.8


def test_what_comes_after_a_season_that_lists_lack_is_not_counted_through_the_show() -> None:
    gap = timeline(show(1, entry("Show"), entry("Show 3", season=3, offset=0, begin="2017-04-01")))

    assert [slot.before for slot in gap] == [0, None]
    assert [slot.gap for slot in gap] == [True, False]


def test_a_season_before_one_that_lists_lack_may_be_cut() -> None:
    later = entry("Show 4", season=4, offset=0, begin="2018-04-01")
    cut = timeline(show(1, entry("Show", count=70, checked=("episodes",)), later))[0]
    next_one = timeline(show(1, entry("Show", count=70, checked=("episodes",)), replace(later, season=2)))[0]

    assert [cut.may_be_cut(n) for n in (20, 60)] == [False, True]
    assert not next_one.may_be_cut(60)


def test_a_recap_in_the_place_of_a_season_adds_nothing_to_the_count() -> None:
    recap = entry("Show: New Edit", count=11, season=1, offset=0, begin="2015-10-01")
    slots = timeline(show(1, entry("Show"), recap, entry("Show 2", season=2, offset=0, begin="2016-04-01")))

    assert [slot.before for slot in slots if slot.season == 2] == [12]
