"""Extras belong to the release of the show whose folder they are in."""

from __future__ import annotations

from anivault.core.matching.releases import group
from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_files


def together(*paths: str) -> list[list[str]]:
    files = [ScannedFile(root="/pile", rel=path, kind=FileKind.VIDEO) for path in paths]
    return [[item.file.rel for item in release.files] for release in group(parse_files(files))]


def test_extras_below_a_show_join_it_behind_its_own_files() -> None:
    main = ["Nichijou/Nichijou - 01.mkv"]
    extras = [
        "Nichijou/NC/Nichijou NCED.mkv",
        "Nichijou/SPs/Nichijou NCOP.mkv",
        "Nichijou/Extras/Menu 1.mkv",
        "Nichijou/映像特典/Nichijou PV1.mkv",
        "Nichijou/CDs/Nichijou CM.mkv",
    ]

    assert together(*extras, *main) == [[*main, *extras]]


def test_extras_beside_a_season_folder_join_it() -> None:
    paths = ["Toradora!/Season 1/Toradora! - 01.mkv", "Toradora!/Extras/NCOP.mkv"]

    assert together(*paths) == [paths]


def test_extras_join_the_series_and_no_film_of_its_name() -> None:
    series, song, other = "Yuru Camp/[G] Yuru Camp [01].mkv", "Yuru Camp/[G] Yuru Camp [NCOP].mkv", "film"
    movie = "Yuru Camp/[G] Yuru Camp [Movie].mkv"
    other = "Yuru Camp/SPs/[G] Laid-Back Camp [NCED].mkv"

    assert [series, song, other] in together(movie, series, song, other)


def test_in_a_pile_extras_join_what_has_their_title_and_nothing_else() -> None:
    one, two = "anime/[A] Nichijou - 01.mkv", "anime/[A] Toradora! - 01.mkv"
    song, stranger = "anime/Extras/[A] Toradora! NCOP.mkv", "anime/Extras/[A] Kaiba NCOP.mkv"

    assert together(one, two, song, stranger) == [[one], [two, song], [stranger]]


def test_extras_that_name_more_than_the_show_are_judged_by_themselves() -> None:
    show, film = "Kaiba/Kaiba - 01.mkv", "Kaiba/SPs/Kaiba the Lost Film PV.mkv"

    assert together(show, film) == [[show], [film]]


def test_extras_beside_specials_go_with_the_series() -> None:
    series, special = "Nichijou/[G] Nichijou [01].mkv", "Nichijou/SPs/[G] Nichijou [SP01].mkv"
    song = "Nichijou/SPs/[G] Nichijou [NCOP].mkv"

    assert together(series, special, song) == [[series, song], [special]]


def test_extras_of_a_season_go_with_that_season() -> None:
    seasons = [f"Trigun/Season {n}/Trigun - 01.mkv" for n in (1, 2)]
    songs = [f"Trigun/Season {n}/Extras/NCOP.mkv" for n in (1, 2)]

    assert together(*seasons, *songs) == [[seasons[0], songs[0]], [seasons[1], songs[1]]]
