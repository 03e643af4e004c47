"""Spellings of one title meet, other titles do not, and season words are read in many languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.matching.normalize import (
    FINAL,
    forms,
    is_slip,
    normal_form,
    number,
    split_number,
    split_season,
    without_film_words,
)


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


@pytest.mark.parametrize(
    ("title", "base", "season", "part"),
    [
        ("Show 2nd Season", "Show", 2, None),
        ("Show Season 3", "Show", 3, None),
        ("Show S4", "Show", 4, None),
        ("Show Second Season", "Show", 2, None),
        ("Show II", "Show", 2, None),
        ("Show Iii", "Show", 3, None),
        ("Show II: The Return", "Show: The Return", 2, None),
        ("無職転生Ⅱ ～異世界～", "無職転生 ~異世界", 2, None),
        ("某部动画 第二季", "某部动画", 2, None),
        ("某部動畫 第十二季", "某部動畫", 12, None),
        ("アニメ 第3期", "アニメ", 3, None),
        ("アニメ 2期", "アニメ", 2, None),
        ("アニメ セカンドシーズン", "アニメ", 2, None),
        ("어떤 작품 2기", "어떤 작품", 2, None),
        ("어떤 작품 시즌 3", "어떤 작품", 3, None),
        ("Titel Staffel 2", "Titel", 2, None),
        ("Titre Saison 2", "Titre", 2, None),
        ("Название 2 сезон", "Название", 2, None),
        ("Title Dai 2 Ki", "Title", 2, None),
        ("Title Dai Ni Ki", "Title", 2, None),
        ("Show Season 2 Part 2", "Show", 2, 2),
        ("Show 2nd Cour", "Show", None, 2),
        ("アニメ 第2クール", "アニメ", None, 2),
        ("アニメ 2期 後半クール", "アニメ", 2, 2),
        ("某部动画 后半", "某部动画", None, 2),
        ("The Final Season", "The Final Season", None, None),
        ("Show The Final Season", "Show", FINAL, None),
        ("某部动画 最终季", "某部动画", FINAL, None),
    ],
)
def test_season_words_are_taken_off_in_many_languages(
    title: str, base: str, season: int | None, part: int | None
) -> None:
    assert split_season(title) == (base, season, part)


@pytest.mark.parametrize(
    "title", ["Area 88", "Part-Timer", "Season 2", "S", "Vivid Strike!", "K", "86", "Code:Realize", "第一"]
)
def test_what_is_no_season_word_stays(title: str) -> None:
    assert split_season(title) == (title, None, None)


@given(st.text(max_size=80))
def test_splitting_never_leaves_a_title_without_a_base(title: str) -> None:
    split = split_season(title)

    assert split.base or not title.strip()
    assert split.season is None or split.season == FINAL or split.season > 0


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Show 2", ("Show", 2)),
        ("ラブライブ2", ("ラブライブ", 2)),
        ("Area 88", None),
        ("Ranma 1/2", None),
        ("2.5", None),
        ("86", None),
    ],
)
def test_a_bare_last_number_may_be_a_season(title: str, expected: tuple[str, int] | None) -> None:
    base, season, _ = split_number(title)

    assert (base, season) == (expected or (title, None))


@pytest.mark.parametrize(
    ("word", "value"),
    [("2nd", 2), ("third", 3), ("IV", 4), ("十", 10), ("二十", 20), ("ni", 2), ("x!", None)],
)
def test_numbers_are_read_in_words(word: str, value: int | None) -> None:
    assert number(word) == value


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("剧场版 紫罗兰", "紫罗兰"),
        ("Gekijouban Shirobako", "Shirobako"),
        ("Shirobako the Movie", "Shirobako"),
        ("One Piece Movie 9", "One Piece Movie 9"),
        ("Movie", "Movie"),
    ],
)
def test_film_words_are_taken_off_unless_nothing_or_a_number_depends_on_them(title: str, plain: str) -> None:
    assert without_film_words(title) == plain


def test_a_changed_digit_or_ending_is_no_slip() -> None:
    assert is_slip("natsumeyujincho", "natsumeyujinncho")
    assert not is_slip("railguns", "railgunt")
    assert not is_slip("show2a", "show3a")
