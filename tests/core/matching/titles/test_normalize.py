"""Spellings of one title meet, and other titles do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.matching.titles.normalize import forms, is_slip, lone_letters, normal_form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ōkami to Kōshinryō", "Ookami to Koushinryou"),
        ("Kono Sekai wo Mamoru", "Kono Sekai o Mamoru"),
        ("Boku ha Tomodachi", "Boku wa Tomodachi"),
        ("Hajime-tachi", "Hajimetachi"),
        ("Spice & Wolf", "Spice and Wolf"),
        ("ＦＵＬＬ　ＷＩＤＴＨ", "full width"),
        ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
        ("進擊的巨人", "进击的巨人"),
        ("戦姫絶唱", "战姬绝唱"),
        ("Overlord II", "Overlord 2"),
        ("Pokémon", "Pokemon"),
        ("Tokyo_Ghoul", "Tokyo Ghoul"),
        ("Ranma ½", "Ranma 1/2"),
        ("Hunter × Hunter", "Hunter x Hunter"),
        ("NieR:Automata", "NieR Automata"),
    ],
)
def test_spellings_of_one_title_have_one_normal_form(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("K-On!", "K-On!!"),
        ("Gintama", "Gintama'"),
        ("ニセコイ", "ニセコイ:"),
        ("Kaguya-sama", "Kaguya-sama?"),
        ("Robot Girls Z", "Robot Girls Z+"),
        ("WORKING!!", "WORKING'!!"),
        ("銀魂", "銀魂゜"),
    ],
)
def test_marks_that_tell_sequels_apart_stay_in_the_exact_form_only(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)
    assert forms(one)[-1] == forms(other)[-1]


@pytest.mark.parametrize(
    ("one", "other"), [("Railgun S", "Railgun T"), ("Show 2", "Show 3"), ("ひ", "へ"), ("Aria", "Ariel")]
)
def test_other_titles_have_other_forms(one: str, other: str) -> None:
    assert not set(forms(one)) & set(forms(other))


@given(st.text(max_size=200))
def test_any_text_has_forms_and_they_are_settled(text: str) -> None:
    first = forms(text)

    assert forms(text) == first
    assert 1 <= len(first) <= 2
    assert all(" " not in form for form in first)


@given(st.text(max_size=100))
def test_case_and_width_never_matter_for_latin_letters(text: str) -> None:
    ascii_text = text.encode("ascii", "ignore").decode()

    assert normal_form(ascii_text.upper()) == normal_form(ascii_text.lower())


def test_a_changed_digit_or_ending_is_no_slip() -> None:
    assert is_slip("natsumeyujincho", "natsumeyujinncho")
    assert not is_slip("railguns", "railgunt")
    assert not is_slip("show2a", "show3a")


def test_a_letter_that_is_a_word_is_kept_in_mind() -> None:
    assert lone_letters("Gekkou Z no Kishi") == lone_letters("Gekkou Z-no Kishi") == "z"
    assert lone_letters("Hikari's Garden x a Wind o Yobu") == ""  # a genitive, a sign, an article, a particle
