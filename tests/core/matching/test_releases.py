"""Which files are one release."""

from __future__ import annotations

import pytest

from anivault.core.matching.releases import group
from anivault.core.matching.titles.normalize import normal_form
from anivault.core.models import FileKind, Release, ScannedFile
from anivault.core.pipeline.parser import parse_files


def grouped(*paths: str) -> list[Release]:
    return group(parse_files([ScannedFile("/in", path, FileKind.VIDEO) for path in paths]))


EPISODES = [f"[Kitsune] Planetes - {n:02} (1080p).mkv" for n in range(1, 7)]


@pytest.mark.parametrize(
    "name",
    [
        "\udcd2\udcee\udcf0\udce0\udce4\udcee\udcf0\udce0 - 07 (1080p).mkv",  # cp1251
        "[Kitsune] \udcf0\udcce\udcd2 - 07.mkv",  # KOI8-R
        "\udce9\udce8 - 07.mkv",  # latin-1
        "\ufffd\ufffd\ufffd - 07.mkv",  # made readable by a tool that could not
        "★☆★ - 07.mkv",
        "♪ 07.mkv",
    ],
)
@pytest.mark.parametrize("folder", ["", "Planetes/"])
def test_a_name_that_nobody_can_read_never_takes_its_siblings_show(name: str, folder: str) -> None:
    releases = grouped(*(folder + episode for episode in EPISODES), folder + name)

    assert [len(release.files) for release in releases] == [6, 1]
    assert normal_form(releases[1].title) in {"", "07"}


@pytest.mark.parametrize("name", ["07.mkv", "E07.mkv", "[Kitsune] 07.mkv", "第07話.mkv"])
def test_a_bare_number_in_a_shows_folder_is_one_more_of_its_siblings(name: str) -> None:
    releases = grouped(*(f"Planetes/Planetes - {n:02}.mkv" for n in range(1, 7)), f"Planetes/{name}")

    assert max(len(release.files) for release in releases) == 7


def test_names_that_say_two_years_are_two_releases() -> None:
    names = [f"Fruits Basket ({year}) - {n:02}.mkv" for year in (2001, 2019) for n in (1, 2, 3)]

    assert [len(release.files) for release in grouped(*names)] == [3, 3]


def test_names_with_and_without_a_year_are_two_releases() -> None:
    names = ["Spice and Wolf - 01.mkv", "Spice and Wolf - 02.mkv", "Spice and Wolf (2024) - 03.mkv"]

    assert [len(release.files) for release in grouped(*names)] == [2, 1]
