"""The normal form of a name: places stay where they are, and what looks alike reads alike."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.parser.form import LONGEST, blank_of, is_legible, of, of_stem, stem_of
from anivault.parser.read import read_rules
from anivault.parser.vocabulary import EXTENSIONS

NAMES = [
    "[Orb] Texhnolyze - 07 [720p]",
    "Texhnolyze S01E07 - Plot",
    "Texhnolyze (2003) - 07v2 (BD 1080p)",
    "Texhnolyze 07 [0A1B2C3D]",
    "[Orb][Texhnolyze][01-22][BD]",
]
FIELDS = ("titles", "season", "episodes", "version", "year", "group", "resolution", "crc32", "episode_title")


def said(name: str) -> dict[str, object]:
    result = read_rules(name)
    return {field: getattr(result, field) for field in FIELDS}


@given(st.text(max_size=120))
def test_both_spellings_of_any_name_have_one_length_so_that_a_place_is_a_place_in_both(name: str) -> None:
    form = of(name)

    assert len(form.text) == len(form.shown) <= LONGEST


@given(st.text(max_size=120))
def test_a_form_has_no_controls_and_no_lost_bytes(name: str) -> None:
    form = of_stem(name)

    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in form.text + form.shown)


@given(st.sampled_from(NAMES), st.sampled_from(sorted(EXTENSIONS)), st.booleans())
def test_an_extension_says_nothing_in_any_case(name: str, extension: str, upper: bool) -> None:
    written = f"{name}.{extension.upper() if upper else extension}"

    assert said(written) == said(name)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Texhnolyze - 07.mkv", "Texhnolyze - 07"),
        ("Texhnolyze - 07.avi.mkv", "Texhnolyze - 07"),  # as it was called before
        ("Texhnolyze.Vol.1", "Texhnolyze.Vol.1"),
        ("Texhnolyze - 07.de.ass", "Texhnolyze - 07"),
        ("Texhnolyze - 07.zh-Hans.forced.ass", "Texhnolyze - 07"),
        ("Texhnolyze - 07.eng+jpn.ass", "Texhnolyze - 07"),
        ("de.ass", "de"),
        (".mkv", ""),
        ("mkv", "mkv"),
        ("", ""),
    ],
)
def test_a_stem_has_neither_an_extension_nor_what_marks_a_subtitle(name: str, stem: str) -> None:
    assert stem_of(name) == stem


# --- what looks alike reads alike ---


def wide(text: str) -> str:
    """The full-width spelling of a name, as Japanese keyboards type it."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else "\u3000" for char in text)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_full_width_has_the_numbers_and_the_places_of_the_plain_one(name: str) -> None:
    plain, typed = of_stem(name), of_stem(wide(name))

    assert typed.text == plain.text
    assert {field: said(wide(name))[field] for field in ("season", "episodes", "version", "year")} == {
        field: said(name)[field] for field in ("season", "episodes", "version", "year")
    }


@pytest.mark.parametrize("pair", ["【】", "〔〕", "〖〗", "［］", "⟨⟩"])
@pytest.mark.parametrize("name", NAMES)
def test_brackets_of_any_script_are_brackets(name: str, pair: str) -> None:
    assert said(name.replace("[", pair[0]).replace("]", pair[1])) == said(name)


@pytest.mark.parametrize("dash", "‐‑‒–—―−")
@pytest.mark.parametrize("name", NAMES)
def test_dashes_of_any_length_are_dashes(name: str, dash: str) -> None:
    assert said(name.replace("-", dash)) == said(name)


@pytest.mark.parametrize("blank", ["\u00a0", "\u2009", "\u3000", "\ufeff", "\t"])
def test_blanks_of_any_width_part_words(blank: str) -> None:
    name = "[Orb] Texhnolyze - 07 [720p]"

    assert of_stem(name.replace(" ", blank)).text == name


@given(
    st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x17F, categories=["L"]), min_size=2, max_size=12)
)
def test_a_name_that_a_mac_has_taken_apart_is_put_together(title: str) -> None:
    composed = unicodedata.normalize("NFC", f"{title} - 07 [720p].mkv")

    assert said(unicodedata.normalize("NFD", composed)) == said(composed)


@pytest.mark.parametrize(
    ("name", "parted"),
    [
        ("Sakamichi_no_Apollon_-_07_[720p]", "Sakamichi no Apollon - 07 [720p]"),
        ("Sakamichi.no.Apollon.S01E07.720p", "Sakamichi no Apollon S01E07 720p"),
        ("Sakamichi+no+Apollon+-+07", "Sakamichi no Apollon - 07"),
        ("Sakamichi no Apollon_07_[720p]", "Sakamichi no Apollon 07 [720p]"),
        ("Apollon-07-720p", "Apollon-07 720p"),
        ("Dr. Stone - 07", "Dr. Stone - 07"),
        ("Dr.Stone.2.0.S01E07", "Dr Stone 2.0 S01E07"),  # but not within a number
        ("Steins_Gate 0 - 07", "Steins_Gate 0 - 07"),
        ("Eve no Jikan 07.5", "Eve no Jikan 07.5"),
    ],
)
def test_what_parts_the_words_of_a_name_is_a_blank_and_other_marks_stay(name: str, parted: str) -> None:
    assert of_stem(name).text == parted


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("[[Orb]] Texhnolyze", " [Orb]  Texhnolyze"),
        ("[Orb] Texhnolyze - 07]", "[Orb] Texhnolyze - 07 "),
        ("[Orb Texhnolyze [07]", " Orb Texhnolyze [07]"),
        ("Orb] Texhnolyze [07]", "Orb] Texhnolyze [07]"),  # it shuts the group
        ("]Orb] Texhnolyze", "[Orb] Texhnolyze"),
        ("[Orb] Texhnolyze [", "[Orb] Texhnolyze  "),
    ],
)
def test_a_bracket_without_its_other_side_is_a_blank(name: str, text: str) -> None:
    assert of_stem(name).text == text


@pytest.mark.parametrize(
    ("name", "blank"),
    [
        ("Ergo.Proxy.S01E01.mkv", "."),
        ("Ergo Proxy - 01.mkv", " "),
        ("Ergo_Proxy_01.mkv", None),
        ("Ergo Proxy S01.E01.mkv", None),  # both
        ("[a.b] Ergo Proxy - 01 [5.1].mkv", " "),  # brackets have their own
    ],
)
def test_one_mark_alone_parts_the_words_outside_brackets_or_nobody_says_which(
    name: str, blank: str | None
) -> None:
    assert blank_of(name) == blank


@pytest.mark.parametrize(
    ("name", "legible"),
    [
        ("07.mkv", True),
        ("灰羽連盟 - 07.mkv", True),
        ("\u00c5ngstr\u00f6m - 07.mkv", True),
        ("\udce7\udcf4 - 07.mkv", False),
        ("Texh\ufffdolyze - 07.mkv", False),
        ("\ue001 - 07.mkv", False),
        ("★★★ - 07.mkv", False),
    ],
)
def test_lost_bytes_and_symbols_may_hide_a_title(name: str, legible: bool) -> None:
    assert is_legible(name) is legible
