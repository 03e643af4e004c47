"""Every cause has its words, and words alone are for people."""

from __future__ import annotations

from inspect import Parameter, signature
from string import Formatter

import pytest

from anivault.core import causes
from anivault.core.causes import ADVANTAGES, HEADS, WORDS, Advantage, Cause
from anivault.core.models import Held, HeldReason
from anivault.core.planning.places import held


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_is_told_in_words(cause: Cause) -> None:
    assert WORDS[cause]


@pytest.mark.parametrize("reason", HeldReason)
def test_a_reason_stands_above_its_files_in_words(reason: HeldReason) -> None:
    assert HEADS[reason]


def test_every_advantage_is_told_in_words() -> None:
    assert set(ADVANTAGES) == set(Advantage)


def test_the_facts_stand_in_the_words() -> None:
    facts = {"release": "Group 1080p", "season": "season 2", "advantage": Advantage.RESOLUTION.value}

    assert causes.words(Cause.RELEASE_CHOSEN, facts) == (
        "Group 1080p is the release for season 2: a higher resolution"
    )


def test_a_fact_that_is_missing_leaves_a_gap() -> None:
    assert causes.words(Cause.RIVAL, {}) == "… goes there"


@pytest.mark.parametrize("fact", ["{there}", "{0.__class__}", "%s"])
def test_a_fact_is_never_a_template(fact: str) -> None:
    assert causes.words(Cause.THERE_WHOLE, {"there": fact}).endswith(fact)


@pytest.mark.parametrize("cause", Cause)
def test_no_fact_is_called_as_what_a_held_file_has_besides(cause: Cause) -> None:
    facts = {name for _, name, _, _ in Formatter().parse(WORDS[cause]) if name}
    given = signature(held).parameters.values()
    others = {each.name for each in given if each.kind is Parameter.KEYWORD_ONLY}  # not a fact, if called so

    assert facts.isdisjoint(others)


def test_a_crowd_shares_the_words_that_name_none_of_its_files() -> None:
    item = Held(
        root="/r", rel="1.ass", reason=HeldReason.NO_VIDEO, cause=Cause.VIDEO_STAYS, facts={"video": "1.mkv"}
    )

    assert (item.detail, item.shared_detail) == ("its video stays: 1.mkv", "its video stays")


def test_words_of_others_are_shown_as_they_are() -> None:
    item = Held(root="/r", rel="1.mkv", reason=HeldReason.AMBIGUOUS, said="Two shows fit.")

    assert (item.detail, item.shared_detail) == ("Two shows fit.", "Two shows fit.")
