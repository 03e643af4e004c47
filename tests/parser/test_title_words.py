"""Season, part and film words are taken off titles in many languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.parser.title_words import (
    FINAL,
    film_number,
    number,
    split_number,
    split_season,
    without_film_words,
)


@pytest.mark.parametrize(
    ("title", "base", "season", "part"),
    [
        ("Show 2nd Season", "Show", 2, None),
        ("Show Season 3", "Show", 3, None),
        ("Show S4", "Show", 4, None),
        ("Show – Season 2", "Show", 2, None),
        ("Show ― 第二季", "Show", 2, None),
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
        ("Show Second Half", "Show", None, 2),
        ("Show Dai 2 Cour", "Show", None, 2),
        ("Show Dai Ni Kuuru", "Show", None, 2),
        ("Show IV Part 2", "Show", 4, 2),
        ("Show Season Two Part Three", "Show", 2, 3),
        ("アニメ 2クール目", "アニメ", None, 2),
        ("某部动画 第二季 下半", "某部动画", 2, 2),
        ("アニメ 第弐期", "アニメ", 2, None),
        ("アニメ 第参期その弐", "アニメ", 3, 2),
        ("Anime Daini Ki Sono Ni", "Anime", 2, 2),
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
    "title",
    [
        "Area 88",
        "Part-Timer",
        "Season 2",
        "S",
        "Vivid Strike!",
        "K",
        "86",
        "Code:Realize",
        "第一",
        "Show Sono Ni",
    ],
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


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Kara no Kyoukai Part 3", 3),
        ("某剧场版 第二章", 2),
        ("傷物語II", 2),
        ("傷物語I 鉄血篇", 1),
        ("Break Blade: I. The Time of Awakening", 1),
        ("Area 88", None),
    ],
)
def test_a_title_may_say_which_film_of_several_it_is(title: str, value: int | None) -> None:
    assert film_number(title) == value
