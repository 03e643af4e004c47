"""Where the number stands that varies over the names of one folder, and when it tells nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.pipeline.siblings import varying


def told(names: Sequence[str], asked: Sequence[str] | None = None) -> dict[str, str]:
    """By name the digits that vary."""
    found = varying(names, names if asked is None else asked)
    return {name: name[start:end] for name, (start, end) in found.items()}


def named(pattern: str, *numbers: object) -> list[str]:
    return [pattern.format(n) for n in numbers]


def test_the_first_number_that_varies_is_taken_and_what_stays_is_not() -> None:
    names = ["Area 51 1 - 7.mkv", "Area 51 2 - 8.mkv", "Area 51 3 - 9.mkv"]

    assert told(names) == dict(zip(names, "123", strict=True))


def test_two_names_tell_nothing_and_three_do() -> None:
    assert told(named("Star {}.mkv", 1, 2)) == {}
    assert len(told(named("Star {}.mkv", 1, 2, 3))) == 3


@pytest.mark.parametrize(
    ("numbers", "tells"),
    [
        ([1, 2, 3, 3], True),  # three of four differ: two versions of one
        ([1, 2, 3, 3, 3], False),
        ([1, 2, 3, 4, 5, 6, 6, 6], True),
        ([1, 2, 2], False),
        ([1, 1, 1, 1], False),
    ],
)
def test_nearly_all_have_to_differ(numbers: list[int], tells: bool) -> None:
    names = [f"Star {n} {letter}.mkv" for n, letter in zip(numbers, "abcdefgh", strict=False)]

    assert bool(told(names)) is tells


@pytest.mark.parametrize(
    ("numbers", "tells"),
    [
        ([1, 20, 999], True),
        (["0001", "0002", "0003"], True),
        ([1001, 1002, 1003], True),
        (["00001", "00002", "00003"], False),  # five digits count no episodes
        ([2010, 2011, 2012], False),  # years
    ],
)
def test_what_may_count_episodes(numbers: list[object], tells: bool) -> None:
    assert bool(told(named("Star {}.mkv", *numbers))) is tells


@pytest.mark.parametrize(
    ("front", "tells"),
    [
        ("Star Season ", False),
        ("Star season_", False),
        ("Star S", False),
        ("Star v", False),
        ("Star pt.", False),
        ("Star NCOP", False),
        ("Star Trailer #", False),
        ("Star Cour ", False),
        # the season has its number in front already
        ("Star 2nd Season ", True),
        ("Star 1st Season - ", True),
        # letters of a word
        ("Star Kids", True),
        ("Star rev", True),
        ("Star - ", True),
    ],
)
def test_numbers_behind_words_that_count_something_else_are_no_episodes(front: str, tells: bool) -> None:
    assert bool(told(named(front + "{}.mkv", 1, 2, 3))) is tells


def test_a_checksum_has_no_number() -> None:
    names = [f"Star [{sum_}].mkv" for sum_ in ("12345678", "1a2b3c4d", "99AA88BB")]

    assert told(names) == {}


def test_a_checksum_in_front_does_not_hide_the_number_behind_it() -> None:
    names = [f"[{sum_}] Star {n}.mkv" for n, sum_ in enumerate(("ABCDEF12",) * 3, 1)]

    assert told(names) == dict(zip(names, "123", strict=True))


def test_who_is_asked_about_gets_an_answer_from_all_names_but_only_for_its_own_fronts() -> None:
    star, lake = named("Star {}.mkv", 1, 2, 3), named("Lake {}.mkv", 1, 2, 3)

    assert told([*star, *lake], star[:1]) == dict(zip(star, "123", strict=True))
    assert told([*star, *lake], ["Sea.mkv"]) == {}


def test_the_same_name_twice_is_one_name() -> None:
    assert told(["Star 1.mkv", "Star 1.mkv", "Star 2.mkv"]) == {}


@given(st.lists(st.text(alphabet="Ab 12[]", max_size=8), max_size=12))
def test_a_place_is_digits_behind_a_front_that_three_names_share(names: list[str]) -> None:
    for name, (start, end) in varying(names, names).items():
        assert name[start:end].isdigit()
        assert not name[:start][-1:].isdigit()
        assert len({each for each in names if each.startswith(name[:start])}) >= 3


@given(st.sets(st.integers(1, 999), min_size=3, max_size=20))
def test_the_order_of_names_does_not_matter(numbers: set[int]) -> None:
    names = named("Blue Sea {} Rain.mkv", *numbers)
    mixed = sorted(names, key=lambda name: name[::-1])

    assert varying(names, names) == varying(mixed, mixed)
    assert told(names) == {f"Blue Sea {n} Rain.mkv": str(n) for n in numbers}
