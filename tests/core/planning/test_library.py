"""A show that the library has under another name keeps its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anivault.core.models import Entry
from anivault.core.planning.library import Library
from tests.conftest import Run
from tests.core.records import film, in_library, show

SHOW = show(1, "Mushishi", 2005, entries=(Entry(key="e", titles=(), type="tv", ids={"anidb": 3348}),))
MADE = "Shows/Mushishi (2005) [tmdbid-1]"


def folder(there: str, *, alone: bool = True, video: str = "Season 01/Mushishi S01E01.mkv") -> str:
    return Library([in_library(f"{there}/{video}")]).folder_of(SHOW, MADE, alone=alone)


@pytest.mark.parametrize(
    "there",
    [
        "Shows/Mushishi (2005)",
        "Shows/mushishi (2005)",
        "Shows/Mushishi",
        "Shows/Mushishi (2005) [tvdbid-79055]",
        "Shows/Mushishi (2005) {imdb-tt0807832}",
        "Shows/Mushishi (2005) [anidb-3348]",
        "Anime/Mushishi (2005)",
        "Shows/Whatever [tmdbid-1]",
    ],
)
def test_a_folder_by_hand_or_by_another_program_is_used(there: str) -> None:
    assert folder(there) == there


@pytest.mark.parametrize(
    "there",
    [
        "Shows/Mushishi (2014)",
        "Shows/Mushishi (2005) [tmdbid-2]",
        "Shows/Mushishi (2005) [anidb-99]",
        "Shows/Other (2005)",
    ],
)
def test_a_folder_that_says_another_year_or_id_is_of_another_show(there: str) -> None:
    assert folder(there) == MADE


def test_a_folder_without_a_year_is_used_only_for_the_one_show_of_that_title() -> None:
    assert folder("Shows/Mushishi", alone=False) == MADE


@pytest.mark.parametrize("name", ["Mushishi (2005)", "Mushishi (2005) [tvdbid-79055]", "Whatever [tmdbid-1]"])
def test_a_folder_that_is_empty_as_yet_is_used(name: str) -> None:
    empty = Library(folders=["Shows", f"Shows/{name}", f"Shows/{name}/Season 1"])

    assert empty.folder_of(SHOW, MADE, alone=True) == f"Shows/{name}"


def test_an_empty_folder_elsewhere_may_be_anything() -> None:
    library = Library(folders=["Movies", "Movies/Mushishi (2005)", "Mushishi (2005)"])

    assert library.folder_of(SHOW, MADE, alone=True) == MADE


def test_the_folder_of_a_film_is_not_that_of_a_show() -> None:
    library = Library([in_library("Shows/Mushishi (2005)/Season 01/Mushishi S01E01.mkv")])

    assert library.folder_of(film(2, "Mushishi", 2005), "Movies/Mushishi (2005)", alone=True) == (
        "Movies/Mushishi (2005)"
    )


def test_a_preset_that_puts_all_seasons_into_one_folder_goes_on_using_it(
    run: Run, home: Path, tmp_path: Path
) -> None:
    (home / "config/anivault").mkdir(parents=True, exist_ok=True)
    (home / "config/anivault/config.toml").write_text(
        '[presets.flat]\nbase = "jellyfin"\nseason = "All"\nepisode = "{title} S{season:00}E{episode:00}"\n'
    )
    targets = []
    for number in (1, 2):
        folder = tmp_path / "ab"[number - 1]
        folder.mkdir()
        (folder / f"[A] Nichijou - {number:02}.mkv").write_text(str(number))
        words = ("organize", folder, "--to", tmp_path / "library", "--preset", "flat", "--apply", "--json")
        targets += [os.path.dirname(each["target"]) for each in run(*words).of("move")]

    assert len(targets) == 2
    assert len(set(targets)) == 1
