"""An expression that is compiled late answers as one that is compiled at once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.shared import regex

PATTERNS = [(r"\d+", 0), (r"(?P<a>[a-c])|x", re.IGNORECASE), (r"^\s*|$", re.MULTILINE)]


@given(st.text(), st.sampled_from(PATTERNS))
def test_it_answers_as_one_that_was_compiled_at_once(text: str, how: tuple[str, int]) -> None:
    late, soon = regex.compile(*how), re.compile(*how)

    assert late.findall(text) == soon.findall(text)
    assert late.sub("-", text) == soon.sub("-", text)
    assert late.split(text) == soon.split(text)
    assert bool(late.fullmatch(text)) == bool(soon.fullmatch(text))
    assert [found.span() for found in late.finditer(text)] == [found.span() for found in soon.finditer(text)]


def test_it_is_compiled_when_it_is_first_asked_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile

    def watched(pattern: str, flags: int) -> re.Pattern[str]:
        compiled.append(pattern)
        return real(pattern, flags)

    monkeypatch.setattr(re, "compile", watched)
    late = regex.compile("a+")
    before = list(compiled)
    answers = [late.match("aa"), late.search("baa"), late.match("b")]

    assert (before, compiled) == ([], ["a+"])
    assert [found and found[0] for found in answers] == ["aa", "aa", None]


def test_an_expression_that_cannot_be_says_so_when_it_is_asked() -> None:
    with pytest.raises(re.error, match="unterminated"):
        regex.compile("(a").search("a")


def test_the_text_and_flags_of_an_expression_can_be_read() -> None:
    late = regex.compile(rb"\d(?P<n>.)", re.DOTALL)

    assert (late.pattern, late.flags, dict(late.groupindex)) == (rb"\d(?P<n>.)", re.DOTALL, {"n": 1})
