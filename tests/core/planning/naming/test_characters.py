"""No text that a file or provider brings can become more than a part of a name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.planning.naming.characters import clean, cut, finish, fold
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from tests.core.planning.naming.makers import (
    preset,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Re:ZERO", "Re-ZERO"),
        ("Code Geass: R2", "Code Geass - R2"),
        ("Fate/Zero", "Fate-Zero"),
        ("What?", "What"),
        ('"Quoted"', "'Quoted'"),
        ("a|b\\c*d<e>", "a-b-c-de"),
        ("[Oshi no Ko]", "Oshi no Ko"),
        ("{x}", "x"),
        ("a\u202eb\u200b\ufeffc", "abc"),
        ("two\nlines\tand  blanks", "two lines and blanks"),
        ("broken \udcff", "broken"),
        ("a\u0308", "ä"),
        ("Samples", "Samples"),
        ("S01E02 in it", "S01, E02 in it"),
        ("tmdbid-5 tvdb=6", "tmdbid 5 tvdb 6"),
    ],
)
def test_values_are_made_harmless(text: str, shown: str) -> None:
    assert clean(text, preset()) == shown


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ({"colon": "space"}, "A B CD"), ({"colon": "delete"}, "A BCD"), ({"colon": "fullwidth"}, "A： B：CD"),
        ({"characters": "fullwidth"}, "A - B-C？D"), ({"case": "lower"}, "a - b-cd"),
        ({"case": "upper"}, "A - B-CD"),
        ({"spaces": "."}, "A.-.B-CD"), ({"spaces": "_"}, "A_-_B-CD"),
    ],
)  # fmt: skip
def test_policies_of_characters(keys: dict[str, str], shown: str) -> None:
    assert clean("A: B:C?D", preset(**keys)) == shown


@pytest.mark.parametrize(
    ("name", "finished"),
    [
        (".hack", "hack"), ("end.", "end"), (" blanks ", "blanks"), ("CON", "CON_"), ("con.mkv", "con_.mkv"),
        ("nul .x", "nul_.x"), ("COM1", "COM1_"), ("COM", "COM"), ("Console", "Console"),
        ("lpt9.txt", "lpt9_.txt"),
        ("Another", "Another"), ("..", ""),
    ],
)  # fmt: skip
def test_names_are_portable(name: str, finished: str) -> None:
    assert finish(name) == finished


@given(st.text(st.characters(codec=None), max_size=400), st.sampled_from(sorted(builtin_presets())))
def test_no_value_leaves_its_name(text: str, name: str) -> None:
    value = clean(text, load_preset(name))

    assert not set(value) & set('/\\:*?"<>|[]{}\0\n')
    assert unicodedata.is_normalized("NFC", value)
    value.encode("utf-8")


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text, preset())

    assert clean(once, preset()).replace("'", "") == once.replace("'", "")


@given(st.text(max_size=100), st.integers(0, 60))
def test_a_cut_fits_and_is_a_prefix(text: str, room: int) -> None:
    short = cut(text, room)

    assert len(short.encode("utf-8")) <= room or short == text
    assert text.startswith(short.removesuffix("…"))


def test_a_letter_keeps_its_marks_when_cut() -> None:
    assert cut("aaaa" + "n\u0303" * 3, 9) == "aaaa…"


@pytest.mark.parametrize(
    ("one", "other"),
    [("ABC", "abc"), ("\u00e4", "a\u0308"), ("Ä", "a\u0308"), ("straße", "STRASSE"), ("\u212a", "k")],
)
def test_names_that_some_file_system_takes_for_one_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(), st.text())
def test_folding_is_stable(one: str, other: str) -> None:
    assert fold(fold(one)) == fold(one)
    assert (fold(one) == fold(other)) or one != other
