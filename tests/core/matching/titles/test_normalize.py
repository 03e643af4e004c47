"""Spellings of one title meet, and other titles do not."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.matching.titles.normalize import forms, han_variants, is_slip, lone_letters, normal_form
from anivault.parser.vocabulary import ROMANS


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


# --- laws: what never tells two titles apart ---

CYRILLIC = st.text(st.characters(min_codepoint=0x410, max_codepoint=0x44F), max_size=12)
KATAKANA = st.text(st.characters(min_codepoint=0x30A1, max_codepoint=0x30F3), min_size=1, max_size=10)
WORDS = st.lists(st.text(st.sampled_from("aeioukstnhmr"), min_size=1, max_size=6), min_size=1, max_size=4)


@given(st.text(max_size=30))
def test_letters_with_their_marks_apart_or_together_are_the_same(text: str) -> None:
    assert normal_form(normalize("NFD", text)) == normal_form(normalize("NFC", text))


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30))
def test_full_width_is_the_same(text: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) if char > " " else "\u3000" for char in text)

    assert forms(wide) == forms(text)


@given(CYRILLIC)
def test_case_never_matters_in_other_alphabets(text: str) -> None:
    assert forms(text.upper()) == forms(text.lower())


@given(WORDS, st.sampled_from([" ", "_", "-", "  "]))
def test_what_parts_words_never_matters(words: list[str], between: str) -> None:
    assert normal_form(between.join(words)) == normal_form(" ".join(words))


@given(KATAKANA)
def test_both_kinds_of_kana_are_one_title_where_marks_are_forgiven(text: str) -> None:
    hiragana = "".join(chr(ord(char) - 0x60) for char in text)

    assert forms(text)[-1] == forms(hiragana)[-1]
    assert normal_form(text) != normal_form(hiragana)


@pytest.mark.parametrize(("roman", "number"), [(word, n) for word, n in ROMANS.items() if word not in "ivx"])
def test_a_roman_numeral_is_its_number_and_a_letter_that_may_be_a_word_is_not(
    roman: str, number: int
) -> None:
    assert normal_form(f"Initial Stage {roman.upper()}") == normal_form(f"Initial Stage {number}")
    assert normal_form("Initial Stage V") != normal_form("Initial Stage 5")


def test_a_character_and_the_one_that_stands_for_it_are_the_same_and_none_stands_for_two() -> None:
    variants = han_variants()

    assert len(variants) > 1000
    for code, plain in variants.items():
        assert normal_form(chr(code)) == normal_form(plain)
        assert ord(plain) not in variants
