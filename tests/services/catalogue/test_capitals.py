"""Titles are written as a person would write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.services.catalogue.capitals import as_written
from anivault.services.catalogue.shows import candidates
from anivault.services.catalogue.store import rows_of, shipped


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("BLEACH", "Bleach"),
        ("PUELLA MAGI MADOKA MAGICA", "Puella Magi Madoka Magica"),
        ("CLANNAD ~AFTER STORY~", "Clannad ~After Story~"),
        ("DARKER THAN BLACK", "Darker than Black"),
        ("H2O ~FOOTPRINTS IN THE SAND~", "H2O ~Footprints in the Sand~"),
        ("THE IDOLM@STER CINDERELLA GIRLS", "The IDOLM@STER Cinderella Girls"),
        ("SWORD ART ONLINE II", "Sword Art Online II"),
        ("AKIBA'S TRIP", "Akiba's Trip"),
        ("CARDFIGHT!! Vanguard", "Cardfight!! Vanguard"),
        ("NARUTO -ナルト-", "Naruto -ナルト-"),
        ("attack on titan", "Attack on Titan"),
        ("handa-kun", "Handa-kun"),
        ("FLCL", "FLCL"),
        ("K-ON!!", "K-ON!!"),
        ("SSSS.GRIDMAN", "SSSS.GRIDMAN"),
        ("AKB0048", "AKB0048"),
        ("GTO", "GTO"),
        ("86 EIGHTY-SIX", "86 Eighty-Six"),
        ("Mobile Suit Gundam SEED DESTINY", "Mobile Suit Gundam SEED Destiny"),
        ("ReLIFE", "ReLIFE"),
        ("NieR:Automata", "NieR:Automata"),
        ("tsu ri ta ma", "tsu ri ta ma"),
        ("氷菓", "氷菓"),
        ("", ""),
    ],
)
def test_a_title_is_written_as_a_person_would(title: str, written: str) -> None:
    assert as_written(title) == written


@given(st.text(max_size=40))
def test_nothing_but_capitals_is_changed_and_once_is_enough(title: str) -> None:
    written = as_written(title)

    assert written.casefold() == title.casefold()
    assert as_written(written) == written


def test_every_title_that_ships_is_the_same_but_for_capitals() -> None:
    titles = [text for row in rows_of(shipped()) for texts in row.titles.values() for text in texts]
    written = [as_written(title) for title in titles]

    assert [title.casefold() for title in written] == [title.casefold() for title in titles]
    assert sum(a != b for a, b in zip(titles, written, strict=True)) > 500


def test_hardly_a_show_that_ships_is_shouted() -> None:
    names = [show.title for show in candidates(rows_of(shipped()))]
    loud = [name for name in names if len(name) > 5 and name.isupper() and name.isascii()]

    assert len(loud) < 20, loud
