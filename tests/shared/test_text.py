"""What is shown to people never commands their terminal."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anivault.shared.text import as_json, is_text, natural, natural_order, natural_parts, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mushishi - 01.mkv", "Mushishi - 01.mkv"),
        ("蟲師 第3話.mkv", "蟲師 第3話.mkv"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines\r\tand a tab", "two\\x0alines\\x0d\\x09and a tab"),
        ("gnp.\u202eexe", "gnp.\\u202eexe"),
        ("\x9b2J", "\\x9b2J"),
        ("broken \udcff byte", "broken \ufffd byte"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_instead(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text(st.characters(codec=None)))
def test_any_text_becomes_one_printable_line_of_utf8(text: str) -> None:
    line = safe(text)

    line.encode("utf-8")
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in line)


@given(st.text())
def test_safe_text_stays_as_it_is(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@pytest.mark.parametrize(
    ("path", "whole"), [("a.mkv", True), ("蟲師.mkv", True), ("\udcff.mkv", False), ("", True)]
)
def test_a_path_that_is_no_utf8_is_known(path: str, whole: bool) -> None:
    assert is_text(path) is whole


@given(st.lists(st.text(alphabet="aé\udcff1290 -", min_size=1, max_size=6), unique=True, max_size=8))
@example(["1v2", "12"])
@example(["a10", "a9"])
@example(["1a1", "1a10", "1a9", "2a10", "2a9"])
def test_many_names_have_the_order_of_their_keys(names: list[str]) -> None:
    names.sort()

    assert natural_order(names) == sorted(names, key=natural)


@given(st.lists(st.text(alphabet="a\udcff12:", min_size=1, max_size=4), unique=True), st.integers(1, 4))
@example(["a1", "a10", "a2", "b"], 1)
def test_parts_of_many_names_are_in_order_one_after_another(names: list[str], least: int) -> None:
    names.sort()
    parts = list(natural_parts(names, least))

    assert all(len(part) >= least for part in parts[:-1])
    assert [name for part in parts for name in natural_order(part)] == natural_order(names)


def test_numbers_sort_by_value() -> None:
    names = ["b 10000000000", "b 9999999999", "b", "a 100", "a 010 b", "a 10", "a 2"]

    assert sorted(names, key=natural) == names[::-1]


@given(
    st.recursive(
        st.text() | st.text("ab\ud800\udcff") | st.booleans() | st.integers(), st.lists, max_leaves=5
    )
)
def test_any_value_is_shown_as_json_that_can_be_written(value: object) -> None:
    text = as_json(value)

    assert text.encode()
    assert json.loads(text) == value or "\ufffd" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", '"a"'), (["a", "ö"], '["a","ö"]'), (True, "true"), ("/\udcff", '"/\ufffd"'), (0.5, "0.5")],
)
def test_a_value_is_shown_as_a_setting_is_written(value: object, text: str) -> None:
    assert as_json(value) == text
