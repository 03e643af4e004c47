"""Numbers as names print them: in Han, in words, in brackets; and what a season looks like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anivault.parser.models import Number
from anivault.parser.rules.numbers import (
    CJK_SEASON,
    LATIN_SEASON,
    Numbers,
    bracket,
    checksum,
    ordinal,
    season_of,
    whole_season,
)
from anivault.parser.vocabulary import HAN_VALUE, han

# --- in Han ---

DIGITS = "〇一二三四五六七八九"


def written(number: int) -> str:
    """A number below a thousand as it is written out: 二百三十四, 百五, 十二."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    some = ("" if hundreds == 1 else DIGITS[hundreds]) + "百" if hundreds else ""
    more = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return some + ("零" if hundreds and ones and not tens else "") + more + (DIGITS[ones] if ones else "")


@given(st.integers(1, 999))
def test_a_number_that_is_written_out_counts_back(number: int) -> None:
    assert han(written(number)) == number
    assert han(str(number)) == number


@given(st.integers(10, 19), st.integers(100, 199))
def test_a_one_that_is_written_before_ten_or_a_hundred_changes_nothing(ten: int, hundred: int) -> None:
    assert han(f"一{written(ten)}") == ten
    assert han(f"一{written(hundred)}") == hundred


@pytest.mark.parametrize(
    ("char", "value"),
    [("两", 2), ("兩", 2), ("零", 0), ("弐", 2), ("貳", 2), ("参", 3), ("叁", 3), ("壱", 1)],
)
def test_a_numeral_has_several_forms(char: str, value: int) -> None:
    assert han(char) == HAN_VALUE[char] == value


# --- in words ---


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1st", 1), ("22nd", 22), ("Third", 3), ("FOURTH", 4), ("two", 2), ("IX", 9), ("vi", 6),
        ("segunda", 2), ("Troisième", 3), ("zweite", 2), ("terceira", 3), ("الثاني", 2), ("2ª", 2), ("3.", 3),
    ],
)  # fmt: skip
def test_ordinals_are_read_in_the_languages_of_release_names(word: str, value: int) -> None:
    assert ordinal(word) == value


@pytest.mark.parametrize("word", ["last", "final", "half", "", "th"])
def test_what_counts_nothing_is_no_ordinal(word: str) -> None:
    assert ordinal(word) is None


# --- in brackets ---


@pytest.mark.parametrize(
    ("content", "episodes"),
    [
        ("07", (7,)),
        ("012", (12,)),
        ("7.5", (7.5,)),
        ("13B", ("13B",)),
        ("01-12", (1, 12)),
        ("01~26", (1, 26)),
        ("01 to 24", (1, 24)),
        ("1 bis 13", (1, 13)),
        ("01&02", (1, 2)),
        ("01-12+14-25", (1, 25)),  # the last of several
        ("01-12 Fin", (1, 12)),
        ("12 END", (12,)),
        ("24完", (24,)),
        ("TV 01-26", (1, 26)),
        ("01-12+OVA", (1, 12)),
        ("01-24 合集", (1, 24)),
        ("07 of 26", (7,)),
    ],
)
def test_a_bracket_may_hold_numbers_with_their_trimmings(content: str, episodes: tuple[Number, ...]) -> None:
    found = bracket(content)

    assert found is not None
    assert found.episodes == episodes
    assert [type(n) for n in found.episodes] == [type(n) for n in episodes]


@pytest.mark.parametrize(
    "content",
    [
        "1080",
        "720",
        "480",
        "5.1",
        "2.0",
        "TV 2006",
        "BD 01",
        "Orb",
        "",
        "01 Orb",
        "v2",
        "x264",
        "12345",
        "-12",
    ],
)
def test_what_measures_the_file_or_says_more_is_no_number(content: str) -> None:
    assert bracket(content) is None


@pytest.mark.parametrize("content", ["EP720", "第480話", "#1080", "1080話", "Ep. 576"])
def test_a_number_that_says_that_it_is_an_episode_may_be_as_large_as_a_picture(content: str) -> None:
    found = bracket(content)

    assert found is not None
    assert found.stated


@given(st.integers(1, 9), st.sampled_from(["07v{}", "07_v{}", "07 v{}", "01-07v{}", "第07話v{}"]))
def test_a_version_stands_behind_the_number_or_its_word(version: int, form: str) -> None:
    found = bracket(form.format(version))

    assert found is not None
    assert (found.episodes[-1], found.version) == (7, version)


def test_a_second_number_of_the_same_episode_is_kept_apart() -> None:
    assert bracket("01 (25)") == Numbers((1,), None, 25)
    assert bracket("01 (Pilot)") == Numbers((1,))


@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from("-~&+_"))
def test_both_ends_of_a_range_are_read_as_they_are_printed(first: int, last: int, sign: str) -> None:
    assume({str(first), str(last)}.isdisjoint({"480"}) and first < last)
    found = bracket(f"{first}{sign}{last}")

    assert found is not None
    assert found.episodes == (first, last)


@given(st.integers(0, 16**8 - 1), st.sampled_from(["{:08x}", "{:08X}", " {:08X} "]))
def test_eight_hexadecimal_digits_are_a_checksum_unless_they_are_a_day(value: int, form: str) -> None:
    text = form.format(value)
    day = text.strip().isdecimal() and text.strip()[:2] in ("19", "20")

    assert checksum(text) == text.strip() or (day and checksum(text) is None)


@pytest.mark.parametrize("content", ["20081004", "19991231", "0A1B2C3", "0A1B2C3D4", "0A1B2C3G", ""])
def test_a_day_and_what_is_longer_or_shorter_is_none(content: str) -> None:
    assert checksum(content) is None


# --- seasons ---

SEASONS = [
    "Season {}", "season {}", "S{}", "S{:02}", "Staffel {}", "Saison {}", "Temporada {}", "TV-{}",
    "{}. Staffel", "Stagione {}", "Sezon {}", "第{}季", "第{}期", "第 {} 期", "{}기", "シーズン{}",
    "시즌 {}", "{} сезон",
]  # fmt: skip


@given(st.sampled_from(SEASONS), st.integers(1, 9))
def test_a_season_counts_alike_in_every_language(form: str, number: int) -> None:
    assert whole_season(form.format(number)) == {"season": number}


@given(st.integers(1, 30))
def test_a_season_in_han_counts_as_one_in_digits(number: int) -> None:
    assert whole_season(f"第{written(number)}季") == {"season": number}


RANGES = [
    "Season {}-{}", "Seasons {} and {}", "S{}-S{}", "S{:02}-{:02}", "S{}+S{}", "第{}-{}季", "第{}季至第{}季",
]  # fmt: skip


@given(st.sampled_from(RANGES), st.integers(1, 6), st.integers(1, 3))
def test_a_range_of_seasons_has_each_of_them(form: str, first: int, more: int) -> None:
    last = first + more
    wanted = {"season": first, "seasons": tuple(range(first, last + 1))}

    assert whole_season(form.format(first, last)) == wanted


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Season 2 + OVA", {"season": 2}),
        ("S1+OVA", {"season": 1}),
        ("Season 2 Part 2", {"season": 2, "part": 2}),
        ("S3P2", {"season": 3, "part": 2}),
        ("第二季 第2部", {"season": 2, "part": 2}),
        ("第2期 後半", {"season": 2, "part": 2}),
        ("2nd Season", {"season": 2}),
        ("Second Season", {"season": 2}),
        ("Season Two", {"season": 2}),
        ("Season III", {"season": 3}),
        ("Complete Season 2", {"season": 2}),
        ("The Complete Season 2", {"season": 2}),
        ("1st and 2nd Season", {"season": 1, "seasons": (1, 2)}),
        ("四季", {"season": 4}),
    ],
)
def test_a_bracket_may_hold_a_season_and_what_comes_with_it(content: str, said: dict[str, Any]) -> None:
    assert whole_season(content) == said


@pytest.mark.parametrize(
    "content",
    [
        "Season of Love",
        "Final Season",
        "S",
        "Seasons",
        "Spring 2",
        "2nd",
        "Part 2",
        "第二章",
        "S2E05",
        "S100A",
    ],
)
def test_words_that_count_no_season_are_none(content: str) -> None:
    assert whole_season(content) is None


def test_what_goes_down_or_far_up_is_one_season() -> None:
    for text in ("S4-2", "Season 1-90"):
        found = LATIN_SEASON.match(text)
        assert found is not None
        assert season_of(found)["season"] == int(text.lstrip("Season ")[0])
        assert "seasons" not in season_of(found)
    assert (found := CJK_SEASON.match("第3-1季")) is not None
    assert season_of(found) == {"season": 3}
