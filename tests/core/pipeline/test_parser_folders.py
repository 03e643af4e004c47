"""What a path says, folder by folder: every line of tables/folder_paths.tsv is a claim."""

from __future__ import annotations

from pathlib import Path

import pytest

from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_alone, parse_files

_LINES = (Path(__file__).with_name("tables") / "folder_paths.tsv").read_text(encoding="utf-8").split("\n")
CASES = [line.split("\t") for line in _LINES if line and not line.startswith("# ")]


@pytest.mark.parametrize(
    ("path", "title", "season", "episodes", "kind"), CASES, ids=[case[0] for case in CASES]
)
def test_a_path_reads_as_its_folders_say(
    path: str, title: str, season: str, episodes: str, kind: str
) -> None:
    parsed = parse_alone(ScannedFile(root="", rel=path, kind=FileKind.VIDEO)).parsed

    read = (parsed.title, parsed.season, "-".join(map(str, parsed.episodes)), parsed.type)
    assert tuple("-" if value in (None, "") else str(value) for value in read) == (
        title,
        season,
        episodes,
        kind,
    )


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(CASES) >= 150


def folder_titles(path: str) -> tuple[str, ...]:
    return parse_alone(ScannedFile(root="", rel=path, kind=FileKind.VIDEO)).parsed.folder_titles


def test_two_titles_of_folders_may_be_one_that_was_cut() -> None:
    assert "Gintama Silver Soul Arc" in folder_titles("Gintama/Silver Soul Arc/Gintama - 03.mkv")
    assert folder_titles("Planetes/Planetes BD/Planetes - 03.mkv") == ("Planetes",)


def test_a_folder_that_ends_a_title_says_so_to_files_that_carry_the_title() -> None:
    assert folder_titles("Golden Kamuy/Final Season/Golden Kamuy - 03.mkv") == (
        "Golden Kamuy Final Season",
        "Golden Kamuy",
    )


@pytest.mark.parametrize(
    ("path", "year"),
    [
        ("Spice and Wolf/2024/Spice and Wolf - 03.mkv", 2024),
        ("Fruits Basket/2001/03.mkv", 2001),
        ("Spice and Wolf (2008)/2024/Spice and Wolf - 03.mkv", 2024),
        ("Spice and Wolf/2024/Spice and Wolf (2008) - 03.mkv", 2008),
        ("My Things/2024/Spice and Wolf - 03.mkv", None),  # when it was put there
        ("2024/Spice and Wolf/Spice and Wolf - 03.mkv", None),
    ],
)
def test_a_year_below_a_title_is_of_files_that_carry_the_title(path: str, year: int | None) -> None:
    assert parse_alone(ScannedFile(root="", rel=path, kind=FileKind.VIDEO)).parsed.year == year


@pytest.mark.parametrize(
    ("path", "season", "part"),
    [
        ("Golden Kamuy/Season 3 Part 2/03.mkv", 3, 2),
        ("Golden Kamuy/Season 3 Part 2/Golden Kamuy - 03.mkv", 3, 2),
        ("Golden Kamuy/Part 2/03.mkv", None, 2),
        ("Golden Kamuy/Season 3/2nd Cour/03.mkv", 3, 2),
        ("Golden Kamuy/Season 3 Part 2/Golden Kamuy S02E03.mkv", 2, None),
        ("Golden Kamuy/Season 3/03.mkv", 3, None),
    ],
)
def test_a_folder_names_the_part_of_a_season(path: str, season: int | None, part: int | None) -> None:
    parsed = parse_alone(ScannedFile(root="", rel=path, kind=FileKind.VIDEO)).parsed

    assert (parsed.season, parsed.part) == (season, part)


def test_a_year_of_the_outer_folder_is_of_files_that_carry_its_title() -> None:
    path = "Hunter x Hunter (2011)/Greed Island/Hunter x Hunter - 03.mkv"

    assert parse_alone(ScannedFile(root="", rel=path, kind=FileKind.VIDEO)).parsed.year == 2011


def kinds(*paths: str) -> dict[str, str | None]:
    files = [ScannedFile(root="/pile", rel=path, kind=FileKind.VIDEO) for path in paths]
    return {item.file.rel: item.parsed.type for item in parse_files(files)}


def test_a_numbered_file_among_extras_is_one_where_its_show_has_that_episode() -> None:
    read = kinds("Trigun/Trigun - 01.mkv", "Trigun/Extras/Trigun - 01.mkv", "Trigun/Extras/Trigun - 02.mkv")

    assert read == {
        "Trigun/Trigun - 01.mkv": None,
        "Trigun/Extras/Trigun - 01.mkv": "Extra",
        "Trigun/Extras/Trigun - 02.mkv": None,
    }


def test_clips_of_another_name_are_extras_where_the_show_lies_above_them() -> None:
    read = kinds("Paprika/Paprika.mkv", "Paprika/Clips/The Parade.mkv", "My Things/Clips/Akira.mkv")

    assert read == {
        "Paprika/Paprika.mkv": None,
        "Paprika/Clips/The Parade.mkv": "Clip",
        "My Things/Clips/Akira.mkv": None,
    }


def test_a_folder_of_a_disc_numbers_the_half_of_a_film_but_no_episode() -> None:
    half = parse_alone(ScannedFile(root="", rel="Akira/CD2/Akira.avi", kind=FileKind.VIDEO)).parsed
    episode = parse_alone(ScannedFile(root="", rel="Trigun/Disc 2/01.mkv", kind=FileKind.VIDEO)).parsed

    assert (half.disc, half.said["disc"]) == (2, "folder")
    assert episode.disc is None


@pytest.mark.parametrize(
    ("root", "rel"),
    [
        ("/media/old/Planetes/Season 2", "05.mkv"),
        ("/media/old/Planetes/Season 2/Disc 1", "05.mkv"),
        ("/media/old/Planetes", "Season 2/05.mkv"),
        ("/media/old", "Planetes/Season 2/05.mkv"),
        ("/Planetes/Season 2", "05.mkv"),
    ],
)
def test_a_root_that_names_no_show_is_read_with_the_folders_above_it(root: str, rel: str) -> None:
    parsed = parse_alone(ScannedFile(root=root, rel=rel, kind=FileKind.VIDEO)).parsed

    assert (parsed.title, parsed.season, parsed.episodes) == ("Planetes", 2, (5,))


def test_a_part_of_a_show_is_read_with_the_show_above_its_root() -> None:
    file = ScannedFile(root="/media/old/Gintama/Silver Soul Arc", rel="03.mkv", kind=FileKind.VIDEO)

    assert "Gintama Silver Soul Arc" in parse_alone(file).parsed.folder_titles


@pytest.mark.parametrize(
    "root",
    [
        "/home/akira/Downloads",
        "/srv/Monster/Downloads",
        "/home/akira/Season 1",
        "/mnt/Monster/Downloads/complete",
        "/Users/Akira",
    ],
)
def test_where_downloads_and_people_live_says_nothing_of_a_show(root: str) -> None:
    parsed = parse_alone(ScannedFile(root=root, rel="Planetes/Planetes - 05.mkv", kind=FileKind.VIDEO)).parsed

    assert not {"akira", "monster"} & {t.lower() for t in (*parsed.titles, *parsed.folder_titles)} - (
        {"akira"} if root == "/Users/Akira" else set()  # a root's own name is always read
    )
