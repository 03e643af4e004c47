"""Any bytes, any length, any script: a result, and never an exception."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.parser import form
from anivault.parser.models import ParseResult
from anivault.parser.read import parse_name, read_rules

HOSTILE = [
    "",
    ".",
    "..",
    " ",
    ".mkv",
    "[",
    "]",
    "[]",
    "[[[[",
    "()[]{}",
    "\x00\x01\x02\x03\x04\x05\x06.mkv",
    "\x04 Show \x04 01.mkv",
    "Show 2 -",
    "Show - - - - 01",
    "Show² - 01.mkv",
    "Show ½ - 0½.mkv",
    "Show - ٠١.mkv",
    "Show - ०१ [१०८०p].mkv",
    "Show - Ⅳ.mkv",
    "\u202eShow - 01\u202c.mkv",
    "\ufeffShow - 01.mkv",
    "Zalgo" + "\u0301" * 300 + " - 01.mkv",
    "İ" * 200 + " - 01.mkv",
    "ß" * 200 + " S01E01.mkv",
    "Show - 99999999999999999999.mkv",
    "S99E9999E9999E9999.mkv",
    "第" * 300,
    "第九九九九九九九九话.mkv",
    "全" * 300 + "话",
    "- " * 2000,
    "[" * 5000,
    "(" * 2500 + ")" * 2500,
    "1" * 5000,
    "1-" * 2500,
    "a." * 2500,
    "_" * 5000,
    "S01E01" * 800,
    "E01 " * 1200,
    "1080p " * 800,
    "x264-" * 1000,
    " v2" * 1600,
    "Season 1 " * 500,
    "🎌" * 1200 + " - 01",
    "/" * 5000,
    "|" * 5000,
    "NCOP" * 1200,
]


@pytest.mark.parametrize("name", HOSTILE, ids=[f"{n}: {name[:20]!r}" for n, name in enumerate(HOSTILE)])
def test_a_hostile_name_gives_a_result(name: str) -> None:
    assert isinstance(parse_name(name), ParseResult)


@given(st.binary(max_size=300))
def test_any_bytes_of_a_file_system_give_a_result(raw: bytes) -> None:
    assert isinstance(parse_name(os.fsdecode(raw)), ParseResult)


@given(st.text(st.sampled_from(" -_.[]()【】第話季全SEPx0123456789v~+&/NCOPVA"), max_size=60))
def test_any_mixture_of_what_rules_look_for_gives_a_result(name: str) -> None:
    assert isinstance(parse_name(name + ".mkv"), ParseResult)


@given(st.text(max_size=400))
def test_the_normal_form_keeps_its_length(name: str) -> None:
    normal = form.of(name)

    assert len(normal.text) == len(normal.shown)


@given(st.text(max_size=120))
def test_a_title_is_never_blank_and_heads_its_list(name: str) -> None:
    result = read_rules(name)

    assert (result.title is None) == (result.titles == ())
    assert result.title is None or (result.title.strip() and result.titles[0] == result.title)


@given(st.text(st.characters(categories=["Cs", "Lu", "Nd", "Zs"]), max_size=60))
def test_no_lone_surrogate_reaches_a_title(name: str) -> None:
    result = parse_name(name)

    "".join(result.titles).encode("utf-8")
