"""A number means one place, by rules that can be told, and is no place when nobody can know."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from anivault.core.matching.places.counting import Told, counting, holder
from anivault.core.matching.places.episodes import place
from anivault.core.matching.places.placed import (
    COUNTED,
    DERIVED,
    STATED,
    UNCOUNTED,
    Counting,
    Frame,
    Placement,
)
from anivault.core.matching.places.timeline import timeline
from anivault.core.models import Candidate, Season
from tests.core.matching.makers import entry, film, show

# Two seasons of twelve; the weeks on air agree with the counts.
PAIR = show(
    1,
    entry("Show", begin="2015-04-01", end="2015-06-17"),
    entry("Show 2nd Season", begin="2016-04-01", end="2016-06-17", season=2, offset=0),
)
# One season in two cours.
SPLIT = show(
    2,
    entry("Show", begin="2015-04-01", end="2015-06-17"),
    entry("Show Part 2", begin="2015-10-01", end="2015-12-17", season=1, offset=12),
)
# The provider's season 2 has an episode before those that lists know.
LATE = show(
    9,
    entry("Show", count=24, begin="2015-04-01"),
    entry("Show? Once More", begin="2016-04-01", season=2, offset=1),
)
# A show whose numbers never restart: season 2 begins at 62.
RUNNING = show(
    3,
    entry("Long", count=61, season=1, offset=0),
    entry("Long 2", count=16, season=2, offset=61, begin="2001-01-01"),
)


def placed(
    candidate: Candidate,
    index: int,
    *numbers: int,
    among: Sequence[int] = (),
    named: bool = True,
    season: int | None = None,
) -> Placement:
    """Place `numbers` in a release of the numbers `among`, that looks like the entry at `index`."""
    slots = timeline(candidate)
    counted = counting(Told(slots, slots[index], among or numbers, named=named, season=season))
    return place(slots, slots[index], numbers, counted)


def at(placement: Placement) -> list[tuple[int, int]]:
    return [(c.season, c.episode) for c in placement.coordinates]


def test_an_own_number_goes_to_the_entry_s_season() -> None:
    assert at(placed(PAIR, 1, 5)) == [(2, 5)]
    assert placed(PAIR, 1, 5).sure == STATED


def test_the_absolute_number_is_kept_beside() -> None:
    assert placed(PAIR, 1, 5).coordinates[0].absolute == 17


def test_a_second_cour_starts_where_the_first_ended() -> None:
    assert at(placed(SPLIT, 1, 3)) == [(1, 15)]


def test_a_second_cour_that_goes_on_counting_is_read_so() -> None:
    assert at(placed(SPLIT, 1, 15)) == [(1, 15)]


def test_a_number_past_the_first_season_is_absolute() -> None:
    assert at(placed(PAIR, 1, 16, named=False)) == [(2, 4)]
    assert placed(PAIR, 1, 16, named=False).sure == COUNTED


def test_the_provider_s_own_table_settles_absolute_numbers() -> None:
    table = (Season(1, 12), Season(2, 12))
    tabled = replace(PAIR, seasons=table, tabled=True)
    other = replace(tabled, seasons=(Season(1, 13), Season(2, 12)))

    assert placed(tabled, 1, 16, named=False).sure > COUNTED
    assert placed(other, 1, 16, named=False).sure == UNCOUNTED


def test_an_absolute_number_under_a_season_word_is_sure_where_it_is_that_season_s() -> None:
    late = show(1, entry("Show", count=13, derived=("episodes",)), PAIR.entries[1])

    assert at(placed(PAIR, 1, 13, season=2)) == [(2, 1)]
    assert placed(PAIR, 1, 13, season=2).sure == COUNTED
    assert placed(late, 1, 14, season=2).sure == UNCOUNTED  # the first season may be one shorter


def test_a_season_that_only_dates_count_may_have_the_number_itself() -> None:
    dated = replace(PAIR.entries[1], derived=("episodes",))
    unlisted = replace(PAIR, entries=(PAIR.entries[0], dated))
    asked = placed(unlisted, 1, 14, season=2)

    assert placed(PAIR, 1, 14, season=2).sure == COUNTED
    assert (at(asked), asked.sure) == ([(2, 2)], UNCOUNTED)
    assert [(c.season, c.episode) for c in asked.other] == [(2, 14)]


def test_an_absolute_number_near_the_end_of_a_count_by_dates_is_asked_about() -> None:
    dated = replace(PAIR.entries[1], episodes=65, end=None, derived=("episodes",))
    unlisted = replace(PAIR, entries=(PAIR.entries[0], dated))

    assert placed(unlisted, 1, 12 + 40, named=False).sure == COUNTED
    assert placed(unlisted, 1, 12 + 62, named=False).sure == UNCOUNTED  # there may have been weeks of rest


def test_a_season_whose_numbers_run_on_has_no_early_ones() -> None:
    asked = placed(RUNNING, 1, 5, season=2)

    assert (at(asked), asked.sure) == ([(2, 66)], UNCOUNTED)  # another list's season 2 begins elsewhere
    assert placed(RUNNING, 1, 66, season=2).sure > UNCOUNTED


def test_a_number_that_may_be_the_season_s_or_the_show_s_is_asked_about() -> None:
    longer = replace(PAIR.entries[1], episodes=24, end="2016-09-09")
    cours = show(
        1, PAIR.entries[0], *(replace(longer, key=k, episodes=12, offset=o) for k, o in (("a", 0), ("b", 12)))
    )
    slots = timeline(cours)

    assert counting(Told(slots, slots[1], [13], season=2)).doubt is Frame.SHOW
    assert placed(cours, 1, 13, season=2).sure == UNCOUNTED
    printed = counting(Told(slots, slots[1], [13], season=2, printed=True))
    assert at(place(slots, slots[1], [13], printed)) == [(2, 13)]
    assert place(slots, slots[1], [13], printed).sure > COUNTED


def test_the_range_of_a_release_decides_how_all_of_it_counts() -> None:
    longer = show(
        1,
        *PAIR.entries[:1],
        entry("Show 2nd Season", count=24, begin="2016-04-01", end="2016-09-09", season=2, offset=0),
    )

    assert at(placed(longer, 1, 13, among=range(1, 25))) == [(2, 13)]
    assert at(placed(longer, 1, 13, among=range(13, 37), named=False)) == [(2, 1)]


def test_a_release_may_run_through_several_entries() -> None:
    assert at(placed(PAIR, 0, 4, among=range(1, 25), named=False)) == [(1, 4)]
    assert at(placed(PAIR, 0, 20, among=range(1, 25), named=False)) == [(2, 8)]


def test_numbers_that_end_where_entries_end_confirm_the_counts() -> None:
    unsure = show(1, entry("Show", end="2015-06-03"), PAIR.entries[1])  # ten weeks on air, twelve episodes

    assert placed(unsure, 1, 14, named=False).sure == UNCOUNTED
    assert placed(unsure, 1, 14, among=range(13, 25), named=False).sure > COUNTED


def test_seasons_that_never_restart_keep_their_numbers() -> None:
    assert at(placed(RUNNING, 1, 70, named=False)) == [(2, 70)]
    assert at(placed(RUNNING, 1, 3)) == [(2, 64)]


def test_a_printed_number_of_a_season_with_another_episode_ahead_is_asked_about() -> None:
    slots = timeline(LATE)

    def printed(*numbers: int) -> Placement:
        counted = counting(Told(slots, slots[1], numbers, season=2, printed=True))
        return place(slots, slots[1], numbers[-1:], counted)

    assert at(printed(2)) == [(2, 2)]
    assert [(c.season, c.episode) for c in printed(2).other] == [(2, 3)]
    assert printed(2).sure == printed(1).sure == UNCOUNTED
    assert (at(printed(*range(1, 13))), printed(*range(1, 13)).sure) == ([(2, 13)], STATED)
    assert (at(printed(13)), printed(13).sure > UNCOUNTED) == ([(2, 13)], True)


def test_a_number_beyond_what_is_known_is_only_a_guess() -> None:
    assert placed(PAIR, 1, 77).sure < 0.2


def test_a_derived_place_of_a_later_entry_is_a_suggestion() -> None:
    derived = show(1, PAIR.entries[0], entry("Show 2", begin="2016-04-01", season=1, offset=12, stated=False))

    assert placed(derived, 1, 3).sure == DERIVED


def test_a_derived_place_is_sure_where_the_provider_s_season_is_as_long_as_its_entries() -> None:
    cours = (PAIR.entries[0], entry("Show Part 2", begin="2016-04-01", offset=12, stated=False))
    agreed = replace(show(1, *cours), seasons=(Season(1, 24),), tabled=True)
    longer = replace(agreed, seasons=(Season(1, 25),))
    filled = replace(longer, entries=(*cours, entry("Show Part 3", count=1, begin="", offset=24)))

    assert placed(agreed, 1, 3).sure == STATED
    assert placed(longer, 1, 3).sure == DERIVED
    assert placed(filled, 1, 3).sure == DERIVED  # what only fills the table up agrees with nothing


def test_a_count_that_was_cut_to_fill_a_season_agrees_with_nothing() -> None:
    cut = entry("Show Part 2", begin="2016-04-01", count=11, offset=13, stated=False, derived=("room",))
    season = show(1, entry("Show", count=13, derived=("episodes",)), cut)

    assert placed(replace(season, seasons=(Season(1, 24),), tabled=True), 1, 3).sure == DERIVED


def test_a_season_word_counts_from_the_season_and_not_from_its_second_cour() -> None:
    slots = timeline(SPLIT)

    assert counting(Told(slots, slots[1], [8], season=1, cour=False)).frame is Frame.OWN
    assert counting(Told(slots, slots[1], [14], season=1, cour=False)).frame is Frame.SEASON
    late = timeline(show(1, SPLIT.entries[0], replace(SPLIT.entries[1], episodes=24)))
    assert counting(Told(late, late[1], [14], season=1, cour=False)).frame is Frame.SEASON
    assert counting(Told(late, late[1], [14], season=1)).frame is Frame.OWN


def test_who_names_only_the_show_does_not_count_from_a_later_season() -> None:
    twice = show(
        1,
        entry("Show", end="2015-06-17"),
        entry("Show 2nd Season", begin="2016-04-01", season=2, offset=0),
        entry("Show 2nd Season Part 2", begin="2016-10-01", season=2, offset=12),
    )
    slots = timeline(twice)

    assert at(placed(twice, 1, 20, named=False)) == [(2, 8)]
    assert counting(Told(slots, slots[2], [20], named=False)).frame is None
    assert counting(Told(slots, slots[1], [20], named=True)).doubt is Frame.SHOW
    assert at(placed(twice, 2, 20)) == [(2, 20)]


def test_a_number_that_runs_on_is_sure_where_the_provider_s_season_has_it() -> None:
    half = show(1, PAIR.entries[0], entry("Show 2nd Season", begin="2016-04-01", offset=12, stated=False))
    tabled = replace(half, seasons=(Season(1, 25),), tabled=True)

    assert placed(half, 0, 14).sure == DERIVED
    assert at(placed(tabled, 0, 14)) == [(1, 14)]
    assert placed(tabled, 0, 14).sure > COUNTED
    second = show(1, PAIR.entries[0], *(replace(e, season=2) for e in half.entries))
    assert (
        placed(replace(second, seasons=(Season(1, 12), Season(2, 24)), tabled=True), 1, 14).sure == UNCOUNTED
    )


def test_two_entries_in_one_place_are_not_both_right() -> None:
    crossed = show(
        1,
        entry("Show x2 Shou", begin="2015-01-10", season=2, offset=0),
        entry("Show x2 Ten", begin="2015-07-04", season=2, offset=0),
    )

    assert placed(crossed, 0, 4).sure == STATED
    assert placed(crossed, 1, 4).sure == DERIVED


def test_the_first_entry_needs_no_source_for_its_place() -> None:
    assert placed(show(1, entry("Show", stated=False)), 0, 3).sure == STATED


def test_a_very_long_show_may_have_been_cut_into_seasons() -> None:
    assert placed(show(1, entry("Long", count=500, stated=False)), 0, 333).sure == DERIVED


def test_a_number_past_all_usual_seasons_needs_a_count_that_is_known() -> None:
    endless = show(1, entry("Long", count=None, stated=False))

    assert placed(endless, 0, 40).sure > COUNTED
    assert placed(endless, 0, 140).sure == DERIVED
    assert placed(show(1, entry("Long", count=None)), 0, 140).sure == DERIVED  # a list says where it begins
    followed = show(1, entry("Long", count=None), entry("Long 2", season=2, offset=0, begin="2019-01-01"))
    assert placed(followed, 0, 140).sure > COUNTED


def test_a_special_without_a_known_place_is_a_guess() -> None:
    special = show(1, PAIR.entries[0], entry("Show OVA", count=2, season=0, stated=False, type="ova"))

    assert placed(special, 1, 1).sure < 0.5


def test_a_special_with_a_stated_place_goes_there() -> None:
    special = show(1, PAIR.entries[0], entry("Show OVA", count=1, season=0, episode=7, type="ova"))

    assert at(placed(special, 1, 1)) == [(0, 7)]


def test_a_lone_episode_needs_no_number() -> None:
    special = show(1, PAIR.entries[0], entry("Show OVA", count=1, season=0, episode=7, type="ova"))

    assert at(place(timeline(special), timeline(special)[1], (), Counting())) == [(0, 7)]


def test_a_film_has_no_episodes() -> None:
    assert placed(film(9, "Film"), 0) == Placement((), STATED, "A film has no episodes.")


def test_a_file_of_several_episodes_goes_to_all_of_them() -> None:
    assert at(placed(PAIR, 0, 3, 4, 5)) == [(1, 3), (1, 4), (1, 5)]


def test_an_episode_more_than_weeks_on_air_came_with_the_discs() -> None:
    disc = show(
        1,
        entry("Show", count=13, begin="2015-04-01", end="2015-06-17"),
        entry("Show 2nd Season", begin="2016-04-01", end="2016-06-17", season=2, offset=0),
    )

    assert at(placed(disc, 1, 15, named=False)) == [(2, 3)]
    assert placed(disc, 0, 12).sure == STATED
    assert placed(disc, 0, 13).sure == UNCOUNTED
    assert placed(show(1, entry("Show", count=13)), 0, 13).sure == STATED  # who knows how long it was on air


def test_a_count_that_follows_from_dates_may_be_one_short() -> None:
    short = show(1, entry("Show", count=11, derived=("episodes",)))

    assert at(placed(short, 0, 12)) == [(1, 12)]
    assert placed(short, 0, 12).sure == UNCOUNTED
    assert placed(short, 0, 14).sure < 0.2


@pytest.mark.parametrize("first", [Frame.OWN, Frame.SHOW])
def test_a_release_that_names_only_the_show_counts_from_its_beginning(first: Frame) -> None:
    slots = timeline(PAIR)

    assert counting(Told(slots, slots[1], [13], named=first is Frame.OWN)).frame is Frame.SHOW
    assert counting(Told(slots, slots[1], [5], named=first is Frame.OWN)).frame is Frame.OWN


@given(counts=st.lists(st.integers(1, 30), min_size=1, max_size=6), number=st.integers(1, 200))
def test_every_absolute_number_has_one_holder_and_comes_back(counts: list[int], number: int) -> None:
    entries = [
        entry(f"S{n}", count=c, season=n, offset=0, begin=f"20{n:02}-01-01") for n, c in enumerate(counts, 1)
    ]
    slots = timeline(show(1, *entries))
    found = holder(slots, number)

    assert (found is not None) == (number <= sum(counts))
    if found:
        back = place(slots, found, [number], Counting(Frame.SHOW)).coordinates[0]
        assert sum(counts[: back.season - 1]) + back.episode == number == back.absolute


def test_entries_are_put_in_order_whatever_order_they_come_in() -> None:
    backwards = show(1, *reversed(PAIR.entries))

    assert [s.entry.key for s in timeline(backwards)] == ["Show", "Show 2nd Season"]


@pytest.mark.parametrize(("number", "sure"), [(1, False), (6, False), (7, True), (9, True), (10, False)])
def test_a_number_of_season_0_is_the_season_s_whichever_special_it_is(number: int, sure: bool) -> None:
    special = show(1, PAIR.entries[0], entry("Show OVA", count=3, season=0, episode=7, type="ova"))
    found = placed(special, -1, number, season=0)

    assert at(found) == [(0, number)]
    assert (found.sure > DERIVED) is sure


def test_a_special_s_own_number_counts_from_its_place_where_no_season_is_named() -> None:
    special = show(1, PAIR.entries[0], entry("Show OVA", count=3, season=0, episode=7, type="ova"))

    assert at(placed(special, -1, 2)) == [(0, 8)]


def test_a_number_or_two_past_the_end_open_no_season_and_hold_no_other() -> None:
    bonus = range(1, 14)

    assert at(placed(PAIR, 0, 12, among=bonus, named=False)) == [(1, 12)]
    assert placed(PAIR, 0, 12, among=bonus, named=False).sure > COUNTED
    assert placed(PAIR, 0, 13, among=bonus, named=False).sure == UNCOUNTED
    assert placed(PAIR, 0, 13, among=bonus, named=False).other[0].season == 2
    odd = (*range(1, 13), 99)
    lone = show(1, PAIR.entries[0])
    assert placed(lone, 0, 5, among=odd).sure == STATED
    assert placed(lone, 0, 99, among=odd).sure == UNCOUNTED


def test_a_later_season_without_a_stated_place_has_two_readings() -> None:
    merged = show(1, PAIR.entries[0], entry("Show 2nd Season", begin="2016-04-01", offset=12, stated=False))
    found = placed(merged, 1, 3)

    assert (at(found), found.sure) == ([(1, 15)], DERIVED)
    assert [(c.season, c.episode) for c in found.other] == [(2, 3)]
