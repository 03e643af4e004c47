"""Whatever a foreign parser returns, its fields are text, whole numbers and kinds, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.parser.engines.values import numbers, result, texts
from anivault.parser.models import Number, ParseResult, VideoType

LOOSE = (
    st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.booleans()
)
VALUES = LOOSE | st.lists(LOOSE, max_size=4) | st.tuples(LOOSE, LOOSE)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, []),
        ("", []),
        ("a", ["a"]),
        (7, ["7"]),
        (0, ["0"]),
        (["a", None, "", "b"], ["a", "b"]),
        (("a", 1), ["a", "1"]),
        ([], []),
    ],
)
def test_texts_of_none_one_or_several(value: Any, found: list[str]) -> None:
    assert texts(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("05", [5]),
        (5, [5]),
        (5.0, [5]),
        (12.5, [12.5]),
        ("12.5", [12.5]),
        (" 7 ", [7]),
        (["01", "02"], [1, 2]),
        (None, []),
        (0, [0]),
    ],
)
def test_numbers_are_whole_where_they_can_be(value: Any, found: list[Number]) -> None:
    read = numbers(value)

    assert read == found
    assert [type(n) for n in read] == [type(n) for n in found]


def test_the_first_of_several_is_the_field_and_all_are_kept_where_there_is_a_place() -> None:
    found = result("x", title=["Natsu", "夏"], season=["1", "2"], year=["2011", "2012"], group=["A", "B"])

    assert (found.title, found.titles) == ("Natsu", ("Natsu", "夏"))
    assert (found.season, found.seasons) == (1, (1, 2))
    assert (found.year, found.group, found.engine) == (2011, "A", "x")


@pytest.mark.parametrize(
    ("seasons", "every"),
    [
        ([1, 4], (1, 2, 3, 4)),
        (["2", "3"], (2, 3)),
        ([1, 2, 3], (1, 2, 3)),
        ([1, 2, 4], (1, 2, 4)),
        ([4, 1], (4, 1)),
        ([1, 99], (1, 99)),  # another number
        ([2], ()),
    ],
)
def test_two_seasons_are_the_ends_of_a_range_as_the_rules_read_them(
    seasons: list[Any], every: tuple[int, ...]
) -> None:
    assert result("x", season=seasons).seasons == every


@pytest.mark.parametrize(
    ("episodes", "printed"),
    [
        ([1, 2, 3, 4], (1, 4)),
        (["01", "02", "03"], (1, 3)),
        ([1, 2], (1, 2)),
        ([1, 3, 4], (1, 3, 4)),
        ([3, 2, 1], (3, 2, 1)),
        ([1, 1.5, 2], (1, 1.5, 2)),
        (["1b", 2, 3], ("1b", 2, 3)),
    ],
)
def test_a_range_that_is_told_number_by_number_is_its_two_ends(
    episodes: list[Any], printed: tuple[Number, ...]
) -> None:
    assert result("x", episodes=episodes).episodes == printed


def test_one_season_is_no_list_of_seasons() -> None:
    assert (result("x", season=2).season, result("x", season=2).seasons) == (2, ())


def test_halves_are_no_season_version_or_year() -> None:
    found = result("x", season=1.5, version="1.5", year=2011.5, episodes=1.5)

    assert (found.season, found.version, found.year) == (None, None, None)
    assert found.episodes == (1.5,)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("TV", VideoType.TV),
        ("oad", VideoType.OVA),
        ("SP", VideoType.SPECIAL),
        ("ONA", VideoType.ONA),
        ("Movie", VideoType.MOVIE),
        ("nonsense", None),
        (None, None),
        (["nonsense", "ova"], VideoType.OVA),  # the first that says something
    ],
)
def test_words_for_kinds_in_any_case(word: Any, kind: VideoType | None) -> None:
    assert result("x", type=word).type is kind


def test_what_is_missing_is_nothing() -> None:
    assert result("x") == ParseResult(engine="x")


@given(
    st.dictionaries(st.sampled_from(["title", "group", "source", "crc32", "type", "episode_title"]), VALUES)
)
def test_any_values_of_text_give_texts(found: dict[str, Any]) -> None:
    read = result("x", **found)

    assert all(isinstance(title, str) and title for title in read.titles)
    assert read.title == (read.titles[0] if read.titles else None)
    for field in ("group", "source", "crc32", "episode_title"):
        value = getattr(read, field)
        assert value is None or (isinstance(value, str) and value)
