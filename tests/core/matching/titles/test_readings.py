"""A title is read in every way that makes sense, and trusted less the less of it a reading says."""

from __future__ import annotations

import pytest

from anivault.core.matching.said import FOLDER, HEAD, PIECE, SCRIPT, WHOLE
from anivault.core.matching.titles.readings import SCRAP, readings_of, titles_of


def texts(title: str, *films: int) -> dict[str, float]:
    """The readings of one title, each with the trust in it."""
    readings = readings_of(titles_of([title]), films)
    return {reading.text: reading.trust for reading in readings if not reading.bare}


def test_a_title_is_read_whole_first() -> None:
    assert texts("Seaside Aria") == {"Seaside Aria": WHOLE}


def test_titles_that_strokes_part_are_titles_of_their_own() -> None:
    titles = titles_of(["海边的曲 / Seaside Aria"])

    assert list(titles) == ["海边的曲", "Seaside Aria"]


def test_a_piece_of_a_title_is_none_beside_it() -> None:
    assert titles_of(["Tokyo Mew Mew New", "Tokyo Mew Mew"]) == {"Tokyo Mew Mew New": ["Tokyo Mew Mew"]}


@pytest.mark.parametrize(
    ("title", "text", "trust"),
    [
        ("Seaside Aria (The Harbour)", "Seaside Aria", PIECE),
        ("Seaside Aria (The Second)", "Seaside Aria", SCRIPT),
        ("Seaside Aria (TV 2)", "Seaside Aria", SCRIPT),
        ("Seaside Aria: The Long Way", "Seaside Aria", HEAD),
        ("Gekijouban Seaside Aria", "Seaside Aria", PIECE),
    ],
)
def test_a_title_is_read_in_its_pieces_too(title: str, text: str, trust: float) -> None:
    assert texts(title)[text] == trust


def test_a_scrap_is_trusted_little() -> None:
    assert texts("Aria (The Very Long Way Home to the Sea)")["Aria"] == SCRAP


def test_season_and_part_words_are_taken_off() -> None:
    (reading,) = readings_of(titles_of(["Seaside Aria 2nd Season Part 2"]))

    assert (reading.base, reading.season, reading.part, reading.bare) == ("Seaside Aria", 2, 2, False)


def test_a_bare_last_number_may_be_a_season() -> None:
    whole, bare = readings_of(titles_of(["Seaside Aria 2"]))

    assert (whole.season, whole.trust) == (None, WHOLE)
    assert (bare.base, bare.season, bare.bare) == ("Seaside Aria", 2, True)
    assert bare.trust < whole.trust


def test_the_number_of_a_film_may_stand_in_its_title() -> None:
    assert texts("Seaside Aria", 9)["Seaside Aria Movie 9"] == WHOLE


def test_titles_of_folders_are_counted_apart() -> None:
    assert {r.title for r in readings_of(titles_of(["A Show", "B Show"]), first=FOLDER)} == {
        FOLDER,
        FOLDER + 1,
    }
