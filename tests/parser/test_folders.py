"""What one folder's name is for, whatever language and whatever marks it has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.parser.folders import Use
from anivault.parser.models import VideoType
from anivault.parser.read import is_of_specials, read_folder


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Season 1", 1),
        ("season_02", 2),
        ("S3", 3),
        ("S04", 4),
        ("2nd Season", 2),
        ("Third Season", 3),
        ("Staffel 3", 3),
        ("Saison 2", 2),
        ("Temporada 1", 1),
        ("第二季", 2),
        ("第3期", 3),
        ("2기", 2),
        ("シーズン2", 2),
        ("Series 2", 2),
        ("[BD] Season 2", 2),
        ("Season 2 (2018)", 2),
        ("02. Season 2", 2),
    ],
)
def test_seasons(name: str, number: int) -> None:
    found = read_folder(name)

    assert (found.use, found.number) == (Use.SEASON, number)


@pytest.mark.parametrize(
    ("name", "use", "kind"),
    [
        ("Specials", Use.SPECIALS, VideoType.SPECIAL),
        ("OVA", Use.SPECIALS, VideoType.OVA),
        ("OVAs", Use.SPECIALS, VideoType.OVA),
        ("Movies", Use.SPECIALS, VideoType.MOVIE),
        ("NCOP", Use.EXTRAS, VideoType.OP),
        ("NCED", Use.EXTRAS, VideoType.ED),
        ("Menus", Use.EXTRAS, VideoType.MENU),
        ("Sample", Use.EXTRAS, VideoType.SAMPLE),
        ("Extras", Use.EXTRAS, VideoType.EXTRA),
        ("Interviews", Use.EXTRAS, VideoType.INTERVIEW),
        ("Clips", Use.MISC, VideoType.CLIP),
        ("Shorts", Use.MISC, VideoType.SHORT),
    ],
)
def test_places(name: str, use: Use, kind: VideoType) -> None:
    for spelled in (name, name.lower(), name.upper()):
        found = read_folder(spelled)
        assert (found.use, found.type) == (use, kind), spelled


@pytest.mark.parametrize(
    ("name", "number"),
    [("Disc 1", 1), ("CD2", 2), ("dvd_3", 3), ("Vol. 4", 4), ("Disc 1 of 3", 1), ("第1巻", 1), ("BD 2", 2)],
)
def test_discs(name: str, number: int) -> None:
    found = read_folder(name)

    assert (found.use, found.number) == (Use.DISC, number)


@pytest.mark.parametrize(("name", "part"), [("Part 2", 2), ("2nd Cour", 2), ("pt_1", 1), ("cour 2", 2)])
def test_parts(name: str, part: int) -> None:
    found = read_folder(name)

    assert (found.use, found.part) == (Use.PART, part)


@pytest.mark.parametrize("name", ["Season 0", "season_00", "Specials", "Specials 2"])
def test_season_0_is_that_of_specials(name: str) -> None:
    found = read_folder(name)

    assert (found.use, found.number, found.type) == (Use.SPECIALS, 0, VideoType.SPECIAL)


@pytest.mark.parametrize("name", ["OVA", "Movies", "NCOP 1", "Extras"])
def test_other_places_have_no_season(name: str) -> None:
    assert read_folder(name).number is None


@pytest.mark.parametrize("name", ["Seasons 1-3", "Season 1-2"])
def test_several_seasons_are_none_in_particular(name: str) -> None:
    found = read_folder(name)

    assert (found.use, found.number) == (Use.SEASON, None)


def test_an_arc_is_a_title_that_is_asked_about() -> None:
    found = read_folder("Arc 2")

    assert (found.use, found.number) == (Use.TITLE, None)
    assert found.parsed is not None
    assert found.parsed.titles == ("arc 2",)


@pytest.mark.parametrize(
    ("name", "of_specials"),
    [
        ("Natsu OVA", True), ("OVA Natsu", True), ("2. oad Natsu", True), ("Natsu Specials", True),
        ("Natsu TV + OVA", False), ("Natsu", False),
    ],
)  # fmt: skip
def test_a_title_says_that_its_folder_is_of_specials_alone(name: str, of_specials: bool) -> None:
    found = read_folder(name)

    assert (found.use, found.of_specials) == (Use.TITLE, of_specials)
    assert is_of_specials(name) is of_specials


def test_a_numbered_word_that_says_nothing_may_be_a_title() -> None:
    assert read_folder("Downloads").use is Use.GENERIC
    assert read_folder("Downloads 2").use is Use.TITLE


@pytest.mark.parametrize(
    "name", ["Downloads", "Anime", "anime", "complete", "TV", "A-F", "A", "#", "[BD]", "..."]
)
def test_what_says_nothing(name: str) -> None:
    assert read_folder(name).use is Use.GENERIC


def test_a_year_says_nothing_but_the_year() -> None:
    found = read_folder("2019")

    assert (found.use, found.number) == (Use.GENERIC, 2019)


@pytest.mark.parametrize("name", ["1", "02", "86"])
def test_a_bare_number_waits_for_what_stands_above(name: str) -> None:
    found = read_folder(name)

    assert (found.use, found.number) == (Use.NUMBER, int(name))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Nichijou", "Nichijou"),
        ("[Grp] Nichijou [BD 1080p]", "Nichijou"),
        ("Nichijou (2011)", "Nichijou"),
        ("Season of Love", "Season of Love"),
        ("Special A", "Special A"),
        ("Discommunication", "Discommunication"),
        ("2. Its Sequel", "Its Sequel"),
    ],
)
def test_titles(name: str, title: str) -> None:
    found = read_folder(name)

    assert found.use is Use.TITLE
    assert found.parsed is not None
    assert found.parsed.title == title


@given(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="/\0"), min_size=1, max_size=40)
)
def test_any_name_is_for_something_and_a_title_is_said(name: str) -> None:
    found = read_folder(name)

    assert (found.use is Use.TITLE) == (found.parsed is not None and found.use is not Use.GENERIC)
    assert found == read_folder(name)
