"""Which titles name a show, which one entry of it, and how near another spelling comes."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from anivault.core.matching.places.timeline import timeline
from anivault.core.matching.titles.names import (
    BRIEF,
    CUT_SHORT,
    LENIENT,
    SLIP,
    UNLIKE,
    Names,
)
from anivault.core.matching.titles.normalize import forms, is_brief
from anivault.core.models import Candidate, Title
from tests.core.matching.makers import entry, show


def names(candidate: Candidate) -> Names:
    return Names(candidate, timeline(candidate))


def name_the_show(candidate: Candidate, *titles: str) -> list[bool]:
    """Whether each title names the whole show."""
    roots = names(candidate).roots
    return [roots.likeness_within(forms(title)) >= LENIENT for title in titles]


def entry_called(candidate: Candidate, title: str) -> list[str]:
    """The entries of which a title is the own one."""
    slots, own = timeline(candidate), names(candidate).own
    return [
        slot.entry.key
        for slot, titles in zip(slots, own, strict=True)
        if titles.likeness_within(forms(title)) >= LENIENT
    ]


LATER: dict[str, Any] = {"season": 2, "offset": 0, "begin": "2016-04-01"}
THIRD: dict[str, Any] = {"season": 3, "offset": 0, "begin": "2017-04-01"}


@pytest.mark.parametrize(
    ("title", "likeness"),
    [
        ("Seaside Aria Long", 1.0),
        ("The Seaside Aria Long", LENIENT),  # an article
        ("Seaside Aria Lomg", SLIP - 0.02),  # a letter
        ("Seaside Aria", CUT_SHORT),  # what stands before the subtitle
        ("Seaside Aria Lo", CUT_SHORT),  # cut in the middle of a word
    ],
)
def test_another_spelling_is_worth_less_the_further_it_is(title: str, likeness: float) -> None:
    aria = names(show(1, entry("Seaside Aria: Long", "Seaside Aria Long"))).shared

    assert aria.likeness_within(forms(title)) == pytest.approx(likeness)


def test_what_no_rule_knows_is_no_slip() -> None:
    aria = names(show(1, entry("Seaside Aria"))).shared

    assert 0 < aria.likeness_within(forms("Seaside Opera")) <= UNLIKE
    assert aria.likeness_within(forms("Aria")) < UNLIKE  # a part of it
    assert aria.likeness_within(forms("Monster")) < UNLIKE


@pytest.mark.parametrize("title", ["Seaside K Aria", "Seaside Aria", "Seaside S Aria"])
def test_a_letter_that_is_a_word_of_its_own_is_no_slip(title: str) -> None:
    aria = names(show(1, entry("Seaside T Aria"))).shared

    assert aria.likeness_within(forms(title)) <= UNLIKE
    assert aria.likeness_within(forms("Seeside T Aria")) > UNLIKE


def test_an_equal_title_of_four_letters_is_worth_less_where_the_show_is_not_known() -> None:
    nana = names(show(1, entry("Nana"))).shared

    assert (nana.likeness(forms("Nana")), nana.likeness_within(forms("Nana"))) == (BRIEF, 1.0)


@pytest.mark.parametrize(
    ("form", "brief"), [("nana", True), ("nanas", False), ("蛍", True), ("銀魂", False), ("", True)]
)
def test_up_to_four_letters_are_brief_or_one_han_character(form: str, *, brief: bool) -> None:
    assert is_brief(form) is brief


def test_every_title_of_the_first_entry_names_the_show() -> None:
    both = show(1, entry("Aria", "Seaside Song"), entry("Aria the Second", **LATER))

    assert name_the_show(both, "Aria", "Seaside Song", "Aria the Second") == [True, True, False]
    assert entry_called(both, "Aria the Second") == ["Aria the Second"]
    assert entry_called(both, "Aria") == []


def test_what_a_later_title_is_without_its_season_word_names_the_show() -> None:
    other = show(1, entry("Aria"), entry("Seaside Song 2nd Season", **LATER))

    assert name_the_show(other, "Seaside Song") == [True]


def test_a_story_with_a_sequel_is_not_the_whole_show() -> None:
    stories = show(
        1,
        entry("Monogatari Tales"),
        entry("Owari Story", **LATER),
        entry("Owari Story 2nd Season", **THIRD),
    )

    assert name_the_show(stories, "Monogatari Tales", "Owari Story") == [True, False]
    assert entry_called(stories, "Owari Story") == ["Owari Story"]


def test_a_story_that_only_a_mark_tells_from_the_show_keeps_its_mark() -> None:
    marked = show(
        1,
        entry("Show", begin="2015-04-01"),
        entry("Show!!", **LATER),
        entry("Show!! 2nd Season", **THIRD),
    )

    assert "Show!!" in entry_called(marked, "Show!!")
    assert names(marked).roots.likeness_within(forms("Show!!")) == LENIENT  # not as it is spelled


def test_a_sequel_that_is_a_show_of_its_own_is_known_by_its_season_words() -> None:
    sequel = names(show(1, entry("Aria 2nd Season", season=1)))

    assert sequel.shared.stripped(forms("Aria"))
    assert not sequel.shared.stripped(forms("Aria 2nd Season"))
    assert not names(show(1, entry("Aria 2nd Season", "Aria", season=1))).shared.stripped(forms("Aria"))


def test_a_special_is_called_without_the_season_that_it_goes_with() -> None:
    special = entry("Academy S2: Extra Lesson", season=0, episode=2, count=1, type="web", begin="2016-08-01")
    academy = show(1, entry("Academy"), entry("Academy S2", **LATER), special)

    assert entry_called(academy, "Academy: Extra Lesson") == ["Academy S2: Extra Lesson"]


@pytest.mark.parametrize(
    ("title", "words"), [("Aria 2nd Season Part 2", (2, 2)), ("Aria Part 2", (1, 2)), ("Aria 2", (2, 1))]
)
def test_an_entry_is_known_by_its_season_and_part_words(title: str, words: tuple[int, int]) -> None:
    _, own = names(show(1, entry("Aria"), entry(title, **LATER))).own

    assert own.marked("aria", *words)
    assert not own.marked("aria", 3, 3)


def test_what_the_provider_calls_the_show_in_a_language_names_all_of_it() -> None:
    titles = (
        Title("나츠", "ko", True),
        Title("Natsu: The Return", "", False),
        Title("나츠 리턴", "ko", True),
    )
    plain = show(1, entry("Natsu"), entry("Natsu Return", "나츠 리턴", begin="2016-04-01"))
    known = replace(plain, titles=titles)

    assert name_the_show(known, "나츠", "Natsu: The Return", "나츠 리턴") == [True, False, False]
    assert name_the_show(plain, "나츠") == [False]
