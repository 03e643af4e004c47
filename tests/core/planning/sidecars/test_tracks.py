"""Language and flags are read from what a name says beyond that of its video."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.planning.sidecars.tracks import Track, read_tail, vocabulary
from tests.core.planning.sidecars.makers import track


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        ("", track()),
        (".en", track("en")),
        (".ENG", track("en")),
        (".zh-Hans", track("zh-Hans")),
        (".zh-Hant.forced", track("zh-Hant", "", "forced")),
        (".pt-BR", track("pt-BR")),
        (" [CHS]", track("zh-Hans")),
        ("[cht]", track("zh-Hant")),
        (".sc", track("zh-Hans")),
        (".TC", track("zh-Hant")),
        (".gb", track("zh-Hans")),
        (".big5", track("zh-Hant")),
        (".简体", track("zh-Hans")),
        (".JPSC", track("zh-Hans", "jpsc")),
        (".jp&tc", track("zh-Hant", "jp_tc")),
        (".CHS_JPN", track("zh-Hans", "chs_jpn")),
        (".繁日雙語", track("zh-Hant", "繁日雙語")),
        (".zh-Hans.chi", track("zh-Hans")),
        ("_track3_[eng]", track("en")),
        (".2_English", track("en")),
        (".English (SDH)", track("en", "", "sdh")),
        (".en.cc", track("en", "", "sdh")),
        (".fr.hi", track("fr", "", "sdh")),
        (".hi", track("hi")),
        (".en-forced", track("en", "", "forced")),
        (".default.en.foreign", track("en", "", "forced", "default")),
        (".Signs & Songs.eng", track("en", "Signs Songs")),
        (" English Signs", track("en", "Signs")),
        (".GroupX.ru", track("ru", "GroupX")),
    ],
)
def test_tails_are_read_by_whole_words(tail: str, said: Track) -> None:
    assert read_tail(tail) == said


@pytest.mark.parametrize(
    "tail",
    [
        ".To Love-Ru",
        ".Love Ru",
        " - No Name",
        ".It is so",
        "_as_he_is",
        ".Foreigner",
        ".Defaulted",
        ".Hit",
        " - It",
    ],
)
def test_words_of_a_phrase_are_no_languages_and_no_flags(tail: str) -> None:
    said = read_tail(tail)

    assert (said.language, said.forced, said.sdh, said.default) == ("", False, False, False)


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_tail_reads_as_a_known_language_or_none(tail: str) -> None:
    words = vocabulary()

    assert read_tail(tail).language in {"", *words.languages.values(), *words.pairs.values()}


def test_no_word_means_two_things() -> None:
    words = vocabulary()

    assert not set(words.languages) & set(words.flags)
    assert not set(words.languages) & set(words.pairs)
    assert not words.folders & set(words.languages)
