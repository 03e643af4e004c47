"""Every word of the vocabulary is read by the rule that it is there for, and none of them is a title."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from anivault.parser import vocabulary as words
from anivault.parser.folders import Use
from anivault.parser.models import ParseResult, VideoType
from anivault.parser.read import read_folder, read_rules

TITLE = "Noein"
Claim = Callable[[ParseResult], bool]


def unread(form: str, table: Iterable[str], claim: Claim) -> list[str]:
    """The words of a table that a name of this form is not read by, or that become part of its title."""
    names = {word: form.format(t=TITLE, w=word) for word in table}
    return [
        word
        for word, name in names.items()
        if not (claim(result := read_rules(name)) and result.title == TITLE)
    ]


@pytest.mark.parametrize(
    ("table", "form", "episodes"),
    [
        ("words", "[Orb] {t} {w} 07 [720p].mkv", (7,)),
        ("words", "[Orb] {t} - {w} 07.mkv", (7,)),
        ("counters", "[Orb] {t} - {w} 07 [720p].mkv", (7,)),
        ("of", "[Orb] {t} 07 {w} 24 [720p].mkv", (7,)),
        ("behind", "[Orb] {t} 7. {w} [720p].mkv", (7,)),
        ("endings", "[Orb] {t} - 07 {w} [720p].mkv", (7,)),
        ("endings", "[Orb] {t} 01-24 {w} [720p].mkv", (1, 24)),
        ("with", "[Orb] {t} 01-24+{w} [720p].mkv", (1, 24)),
    ],
)
def test_words_around_an_episode_are_read_with_its_number(
    table: str, form: str, episodes: tuple[int, ...]
) -> None:
    assert unread(form, words.EPISODE[table], lambda it: it.episodes == episodes) == []
    assert unread(form, words.EPISODE[table], lambda it: it.episode_title is None) == []


def test_what_is_counted_in_a_title_is_no_episode() -> None:
    names = [f"[Orb] Solitude 100 {word.title()} [720p].mkv" for word in words.EPISODE["counted"]]

    assert [name for name in names if read_rules(name).episodes] == []


@pytest.mark.parametrize(
    "form", ["[Orb] {t} {w} 2 - 07.mkv", "[Orb] {t} [{w} 2] 07.mkv", "{t} ({w} 2) - 07.mkv"]
)
def test_words_for_a_season_are_read_with_its_number(form: str) -> None:
    table = [word for word in words.SEASON["words"] if word != "seasons"] + words.SEASON["cjk"]

    assert unread(form, table, lambda it: (it.season, it.episodes) == (2, (7,))) == []


def test_an_ordinal_may_have_the_mark_of_any_language() -> None:
    for word in words.SEASON["words"]:
        form = f"[Orb] {{t}} 2{{w}} {word} - 07.mkv"

        assert unread(form, words.SEASON["marks"], lambda it: (it.season, it.episodes) == (2, (7,))) == []


@pytest.mark.parametrize(
    ("table", "form"),
    [(words.ORDINALS, "[Orb] {t} {w} season - 07.mkv"), (words.CARDINALS, "[Orb] {t} season {w} - 07.mkv")],
)
def test_a_season_may_be_counted_in_words(table: dict[str, int], form: str) -> None:
    for word, number in table.items():
        assert unread(form, [word, word.title()], lambda it, n=number: it.season == n) == []  # type: ignore[misc]


def test_words_for_a_part_are_read_with_its_number_and_those_of_discs_apart() -> None:
    parts = [word for word in words.PART["words"] if word in words.PART["seasons"]]
    discs = [word for word in words.PART["words"] if word in ("disc", "disk", "cd")]

    assert len(parts) > 4
    assert unread("{t} {w} 2 [720p].mkv", parts, lambda it: it.part == 2) == []
    assert unread("{t} {w} 2 [720p].mkv", discs, lambda it: (it.disc, it.part) == (2, None)) == []
    assert unread("{t} {w} 2 [720p].mkv", ["vol", "volume"], lambda it: not (it.part or it.disc)) == []


# --- kinds of video ---


@pytest.mark.parametrize(
    "form", ["[Orb] {t} [{w}] [720p].mkv", "[Orb] {t} ({w}).mkv", "[Orb][{t}][{w}][720p].mkv"]
)
def test_a_word_for_a_kind_of_video_says_it_alone_in_brackets(form: str) -> None:
    for kind in VideoType:
        table = [word for word, value in words.TYPES.items() if value is kind and word not in ("tv", "ex")]

        assert unread(form, table, lambda it, kind=kind: it.type is kind) == []  # type: ignore[misc]


def test_short_words_say_a_kind_with_a_number_in_capitals_alone() -> None:
    for word, kind in words.TYPES_CAPITALS.items():
        if kind is not VideoType.TV:  # `TV 2` is a channel
            assert read_rules(f"[Orb] Noein - {word} 2 [720p].mkv").type is kind
        assert read_rules(f"[Orb] Noein - {word.lower()} 2 [720p].mkv").type is None


@pytest.mark.parametrize("number", ["", "1", "12"])
def test_the_endings_of_media_servers_say_an_extra(number: str) -> None:
    for word, kind in words.TYPES_ENDINGS.items():
        assert unread(f"{{t}}-{{w}}{number}.mkv", [word], lambda it, kind=kind: it.type is kind) == []  # type: ignore[misc]


@pytest.mark.parametrize("one", ["TV", "OVA", "Movie"])
@pytest.mark.parametrize("more", ["+ OVA", "+ Specials", "& Movie", "+ SP 1-4"])
def test_a_batch_of_several_kinds_is_of_none(one: str, more: str) -> None:
    result = read_rules(f"[Orb] Noein ({one} {more}) [720p].mkv")

    assert (result.type, result.title, result.episodes) == (None, "Noein", ())


# --- what is in the file ---


@pytest.mark.parametrize("form", ["[Orb] {t} - 07 [{w}].mkv", "[Orb] {t} - 07 [{w} 1080p].mkv"])
def test_a_technical_word_in_brackets_is_neither_a_title_nor_a_group(form: str) -> None:
    assert unread(form, words.TERMS, lambda it: (it.episodes, it.group) == ((7,), "Orb")) == []


@pytest.mark.parametrize("table", [words.STRONG, words.ALONE, [" ".join(pair) for pair in words.TERM_PAIRS]])
def test_a_strong_word_ends_the_title_in_running_text(table: Iterable[str]) -> None:
    assert unread("{t} 07 {w}.mkv", sorted(table), lambda it: it.episodes == (7,)) == []


def test_what_is_said_of_an_edition_is_no_part_of_the_title() -> None:
    for form in ("{t} {w} [720p].mkv", "{t} ({w}).mkv"):
        assert unread(form, words.EDITIONS, lambda it: it.type is None) == []


@pytest.mark.parametrize("title", sorted(words.NUMBERED_TITLES))
def test_the_number_of_a_title_is_none_of_an_episode(title: str) -> None:
    alone, numbered = (read_rules(f"[Orb] {title}{more} [720p].mkv") for more in ("", " - 07"))

    assert (alone.episodes, numbered.episodes) == ((), (7,))
    assert alone.title == numbered.title == title


def test_a_word_for_a_folder_is_no_title_there() -> None:
    uses = {word: read_folder(word).use for word in words.FOLDERS}

    assert [word for word, use in uses.items() if use is Use.TITLE] == []
