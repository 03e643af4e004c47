"""What numbers count from; a number or two past the end of a season never open the next one unasked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from anivault.core.matching.decide import THRESHOLDS
from anivault.core.matching.places.counting import FEW_EXTRAS, Told, counting
from anivault.core.matching.places.episodes import place
from anivault.core.matching.places.placed import Frame, Placement
from anivault.core.matching.places.timeline import timeline
from anivault.core.models import Candidate, Season
from tests.core.matching.makers import entry, show

COURS = st.lists(st.integers(3, 26), min_size=2, max_size=4)


def seasons(*counts: int, derived: bool = False) -> Candidate:
    """A show with a season of each count, named as people name them."""
    made = ("episodes",) if derived else ()
    names = ("Show", *(f"Show Season {n}" for n in range(2, len(counts) + 1)))
    return show(
        1,
        *(
            entry(name, count=count, season=n, offset=0, begin=f"20{n:02}-01-07", derived=made)
            for n, (name, count) in enumerate(zip(names, counts, strict=True), 1)
        ),
    )


def placed_in(candidate: Candidate, numbers: Sequence[int], **said: object) -> list[list[Placement]]:
    """Where each number goes, whichever entry the release is taken for."""
    slots = timeline(candidate)
    ways = [(slot, counting(Told(slots, slot, numbers, **said))) for slot in slots]  # type: ignore[arg-type]
    return [[place(slots, slot, [number], counted) for slot, counted in ways] for number in numbers]


@pytest.mark.parametrize(
    ("counts", "numbers"),
    [
        ((12, 12), [13]),
        ((12, 12), [13, 14]),
        ((12, 12), range(1, 14)),
        ((24, 25), [25]),
        ((25, 12, 12), [3, 26]),
        ((11, 13, 12), [25]),
        ((13, 13), [12, 13, 14, 15]),
    ],
)
@pytest.mark.parametrize("derived", [False, True])
@pytest.mark.parametrize("tabled", [False, True])
def test_a_bonus_number_opens_no_season(
    counts: tuple[int, ...], numbers: Sequence[int], derived: bool, tabled: bool
) -> None:
    told = seasons(*counts, derived=derived)
    table = tuple(Season(n, count) for n, count in enumerate(counts, 1))
    ends = [sum(counts[:n]) for n in range(1, len(counts) + 1)]
    if tabled:
        told = replace(told, seasons=table, tabled=True)

    for placements in placed_in(told, numbers, named=False)[-1:]:
        for found in placements:
            opened = [c for c in found.coordinates if c.season > 1 and (c.absolute or 0) - FEW_EXTRAS in ends]
            assert found.sure < THRESHOLDS.place or not opened
            assert found.sure < THRESHOLDS.place or found.coordinates[0].episode <= max(counts)


@given(counts=COURS, beyond=st.integers(1, FEW_EXTRAS), alone=st.booleans(), named=st.booleans())
def test_no_release_opens_the_next_season_by_a_number_or_two(
    counts: list[int], beyond: int, alone: bool, named: bool
) -> None:
    end = counts[0]
    numbers = range(end + 1 if alone else 1, end + beyond + 1)
    slots = timeline(seasons(*counts))
    counted = counting(Told(slots, slots[0], numbers, named=named))
    other = counting(Told(slots, slots[1], numbers, named=False))

    assert place(slots, slots[0], [end + beyond], counted).sure < THRESHOLDS.place
    assert place(slots, slots[1], [end + beyond], other).sure < THRESHOLDS.place


@given(counts=COURS)
def test_the_numbers_that_the_season_has_are_filed_with_a_bonus_among_them(counts: list[int]) -> None:
    slots = timeline(seasons(*counts))
    counted = counting(Told(slots, slots[0], range(1, counts[0] + 2)))
    found = [place(slots, slots[0], [n], counted) for n in range(1, counts[0] + 1)]

    assert all(placement.sure >= THRESHOLDS.place for placement in found)
    assert [p.coordinates[0].episode for p in found] == list(range(1, counts[0] + 1))


def test_a_number_under_the_word_of_the_season_that_it_opens_is_no_bonus() -> None:
    slots = timeline(seasons(12, 12))
    named = counting(Told(slots, slots[1], [13], season=2))

    assert place(slots, slots[1], [13], named).sure >= THRESHOLDS.place


def test_a_release_that_goes_on_into_the_next_season_is_filed() -> None:
    slots = timeline(seasons(12, 12))
    through = counting(Told(slots, slots[0], range(1, 25), named=False))
    late = counting(Told(slots, slots[1], [16], named=False))

    assert place(slots, slots[0], [13], through).sure >= THRESHOLDS.place
    assert place(slots, slots[1], [16], late).sure >= THRESHOLDS.place


def test_numbers_that_never_restart_have_no_bonus() -> None:
    running = show(
        3,
        entry("Long", count=61, season=1, offset=0),
        entry("Long 2", count=16, season=2, offset=61, begin="2001-01-01"),
    )
    slots = timeline(running)

    assert not counting(Told(slots, slots[1], [62], named=False)).extra


@pytest.mark.parametrize("numbers", [[4], [3, 4, 5], [2, 3, 4, 5], [1, 2, 3, 4]])
def test_a_number_past_the_end_is_an_extra_whatever_came_with_it(numbers: list[int]) -> None:
    slots = timeline(show(1, entry("Show", count=3)))

    assert counting(Told(slots, slots[0], numbers)).extra == {n for n in numbers if n > 3}
    assert counting(Told(slots, slots[0], [n + 3 for n in numbers])).frame is None


def test_both_readings_of_a_lone_bonus_are_offered() -> None:
    slots = timeline(seasons(12, 12))
    found = place(slots, slots[1], [13], counting(Told(slots, slots[1], [13], named=False)))

    assert [(c.season, c.episode) for c in (*found.coordinates, *found.other)] == [(2, 1), (1, 13)]


def test_a_season_is_filled_by_all_of_its_numbers() -> None:
    slots = timeline(seasons(12, 12))

    assert counting(Told(slots, slots[1], range(13, 25), named=False)).fills
    assert not counting(Told(slots, slots[1], range(13, 24), named=False)).fills
    assert counting(Told(slots, slots[0], range(1, 13))).frame is Frame.OWN


def test_a_few_numbers_past_the_first_cour_do_not_make_it_the_second() -> None:
    cours = show(
        1,
        entry("Show", begin="2020-01-07"),
        entry("Show Season 2", begin="2022-01-07", season=2, offset=0),
        entry("Show Season 2 Part 2", begin="2022-07-07", season=2, offset=12),
    )
    slots = timeline(cours)

    assert counting(Told(slots, slots[2], [1, 12, 13], season=2, cour=False)).frame is None
    first = counting(Told(slots, slots[1], [1, 12, 13], season=2, cour=False))
    assert [c.episode for c in place(slots, slots[1], [13], first).coordinates] == [13]


def test_a_printed_number_of_a_season_is_never_a_later_cour_s_own() -> None:
    cours = show(
        1,
        entry("Show", begin="2020-01-07"),
        entry("Show Season 2", begin="2022-01-07", season=2, offset=0),
        entry("Show Part Two", begin="2022-07-07", season=2, offset=12),
    )
    slots = timeline(cours)

    assert counting(Told(slots, slots[2], [4], season=2, printed=True)).frame is None
    late = counting(Told(slots, slots[2], [16], season=2, printed=True))
    assert [c.episode for c in place(slots, slots[2], [16], late).coordinates] == [16]


@given(COURS, st.sets(st.integers(1, 80), min_size=1, max_size=9), st.sampled_from([Frame.OWN, Frame.SEASON]))
def test_an_entry_that_has_the_first_number_and_the_last_has_all_between(
    counts: list[int], numbers: set[int], frame: Frame
) -> None:
    for slot in timeline(seasons(*counts)):
        has = [slot.own(number, frame) is not None for number in sorted(numbers)]

        assert all(has) == (has[0] and has[-1])


def test_a_number_past_the_first_season_s_end_is_no_extra_under_a_later_season_s_word() -> None:
    second = entry("Show S2", count=11, season=2, offset=0, begin="2016-04-01")
    part = entry("Show S2 Part 2", count=11, season=2, offset=11, begin="2016-10-01")
    slots = timeline(show(1, entry("Show", count=13), second, part))

    assert counting(Told(slots, slots[1], [15], season=2)).extra == frozenset()
    assert counting(Told(slots, slots[1], [15], named=False)).extra == frozenset({15})


def test_a_late_number_of_season_4_is_not_one_of_the_show_s_first_cour() -> None:
    cours = show(
        1,
        entry("Show", count=25),
        entry("Show S2", count=25, season=2, offset=0, begin="2016-04-01"),
        entry("Show S3", count=10, season=3, offset=0, begin="2017-04-01"),
        entry("Show S4", count=13, season=4, offset=0, begin="2018-04-01"),
        entry("Show S4 Part 2", count=12, season=4, offset=13, begin="2018-10-01"),
    )
    slots = timeline(cours)

    assert counting(Told(slots, slots[3], [20], season=4)).doubt is None
    assert (
        place(slots, slots[3], [20], counting(Told(slots, slots[3], [20], season=4))).sure >= THRESHOLDS.place
    )


def test_a_printed_number_is_never_one_of_the_whole_show() -> None:
    cut = show(
        1,
        entry("Show", count=24),
        entry("Show S2", count=12, season=2, offset=0, begin="2016-04-01"),
        entry("Show S2 Part 2", count=12, season=2, offset=12, begin="2016-10-01"),
    )
    slots = timeline(cut)

    assert counting(Told(slots, slots[1], [20], season=2, printed=True)).doubt is None
    assert counting(Told(slots, slots[1], [20], season=2)).doubt is Frame.SHOW
