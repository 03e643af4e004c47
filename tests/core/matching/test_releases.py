"""Which files are one release."""

from __future__ import annotations

import gc
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.core.matching.releases import each, group
from anivault.core.matching.titles.normalize import normal_form
from anivault.core.models import FileKind, Release, ScannedFile
from anivault.core.pipeline.parser import parse_files
from tests.core.matching.makers import file


def grouped(*paths: str) -> list[Release]:
    return group(parse_files([ScannedFile("/in", path, FileKind.VIDEO) for path in paths]))


def test_grouping_leaves_nothing_that_keeps_files_in_memory() -> None:
    gc.collect()
    gc.disable()
    grouped("Planetes/Planetes - 01.mkv", "Planetes/Planetes - 02.mkv", "Planetes/SPs/NCOP1.mkv")
    left = gc.collect()
    gc.enable()

    assert not left


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


@pytest.mark.parametrize(
    "lone", ["[Kitsune] Spice and Wolf - 04.mkv", "Spice and Wolf - 04.mkv", "Spice and Wlof - 04.mkv"]
)
def test_a_title_without_a_year_is_a_release_of_its_own_among_names_with_one(lone: str) -> None:
    dated = [f"anime/Spice and Wolf (2024) E{n:02} 720p x264.mkv" for n in (5, 6, 7)]

    assert [len(release.files) for release in grouped(*dated, f"anime/{lone}")] == [3, 1]


def test_a_bare_number_in_a_shows_folder_is_of_the_year_that_its_siblings_say() -> None:
    dated = [f"Spice and Wolf/Spice and Wolf (2024) - {n:02}.mkv" for n in (4, 5, 6)]

    assert [len(release.files) for release in grouped(*dated, "Spice and Wolf/07.mkv")] == [4]


@pytest.mark.parametrize(
    "odd",
    [
        "[Kitsune] Planettes - 07 (1080p).mkv",  # a slip
        "[Other] Planettes - 07 (1080p).mkv",  # of whatever group
        "[Kitsune] NCOP1 (1080p).mkv",  # no title, and an extra
        "[Other] Planetes - 07 (1080p).mkv",  # another group
    ],
)
def test_one_odd_name_among_six_is_the_sixs(odd: str) -> None:
    names = [f"anime/{name}" for name in (*EPISODES, odd)]  # a folder that says no title
    (one,) = grouped(*names)

    assert one.title == "Planetes"
    assert [item.file.rel for item in one.files] == names


@pytest.mark.parametrize(
    "other",
    [
        "[Kitsune] Plastic Memories - 07 (1080p).mkv",  # another title
        "[Kitsune] Planettes S2 - 07 (1080p).mkv",  # another season
        "[Kitsune] Planettes (2019) - 07 (1080p).mkv",  # another year
        "[Kitsune] Planettes OVA - 07 (1080p).mkv",  # another kind
        "[Kitsune] Z Planetes - 07 (1080p).mkv",  # a letter that is a word
    ],
)
def test_one_name_that_says_something_else_is_a_release_of_its_own(other: str) -> None:
    assert [len(release.files) for release in grouped(*EPISODES, other)] == [6, 1]


@pytest.mark.parametrize(("many", "releases"), [(2, 2), (3, 1)])
def test_odd_names_join_those_that_are_three_times_as_many(many: int, releases: int) -> None:
    assert len(grouped(*EPISODES[:many], "[Kitsune] Planettes - 07 (1080p).mkv")) == releases


def test_of_two_releases_of_one_size_the_first_takes_what_has_no_title() -> None:
    one = [file("Planetes", episodes=(n,)) for n in (1, 2, 3)]
    two = [file("Monster", episodes=(n,)) for n in (1, 2, 3)]
    lone = file(episodes=(4,), name="E04.mkv")

    assert [release.files for release in group([*one, *two, lone])] == [(*one, lone), tuple(two)]


def test_a_file_by_itself_is_a_release() -> None:
    files = parse_files([ScannedFile("/in", path, FileKind.VIDEO) for path in EPISODES])

    assert [release.files for release in each(files)] == [(item,) for item in files]


# --- extras belong to the release of the show whose folder they are in ---


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


@pytest.mark.parametrize(
    "stranger",
    [
        "[A] Kaiba NCOP.mkv", "Kaiba (2008)-featurette.mkv", "Paprika (2006)-other.mkv",
        "Perfect Blue-short.mkv", "Perfect.Blue.1998-trailer.mkv",
    ],
)  # fmt: skip
def test_in_a_pile_no_crowd_takes_the_extras_of_another(stranger: str) -> None:
    crowd = [f"anime/[A] Nichijou - {n:02}.mkv" for n in range(1, 7)]

    assert together(*crowd, f"anime/{stranger}") == [crowd, [f"anime/{stranger}"]]


@pytest.mark.parametrize("bare", ["NCOP.mkv", "OP1.mkv", "Menu 2.mkv", "[A] NCED (1080p).mkv"])
def test_what_has_no_title_of_its_own_goes_with_the_crowd(bare: str) -> None:
    crowd = [f"anime/[A] Nichijou - {n:02}.mkv" for n in range(1, 7)]

    assert together(*crowd, f"anime/{bare}") == [[*crowd, f"anime/{bare}"]]


def test_in_its_own_folder_a_show_takes_extras_whatever_they_are_called() -> None:
    crowd = [f"[A] Nichijou (BD 1080p)/[A] Nichijou - {n:02}.mkv" for n in range(1, 7)]
    song = "[A] Nichijou (BD 1080p)/[A] Everyday Life NCOP.mkv"

    assert together(*crowd, song) == [[*crowd, song]]


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


FOLDERS = ["", "Emma/", "Emma/Season 2/", "Emma/Extras/", "Pile/"]
NAMES = [
    "Emma - 01.mkv", "Emma - 02.mkv", "[A] Emma - 01.mkv", "[B] Emma - 02.mkv", "Emma S2 - 01.mkv",
    "Emma OVA.mkv", "Kaiba - 01.mkv", "NCOP.mkv", "01.mkv", "02.mkv", "Emma (2005) - 03.mkv",
    "Emma Movie.mkv", "\udce7 - 01.mkv",
]  # fmt: skip
PATHS = st.builds(str.__add__, st.sampled_from(FOLDERS), st.sampled_from(NAMES))


def told(releases: list[Release]) -> list[tuple[str, str, list[str]]]:
    return sorted(
        (one.folder, str(one.group), sorted(item.file.rel for item in one.files)) for one in releases
    )


@settings(max_examples=150, deadline=None)
@given(st.sets(PATHS, max_size=14), st.randoms(use_true_random=False))
def test_every_file_is_in_one_release_and_the_order_of_files_makes_no_other_ones(
    paths: set[str], random: Random
) -> None:
    files = parse_files([ScannedFile("/in", path, FileKind.VIDEO) for path in sorted(paths)])
    made = group(files)

    assert sorted(item.file.rel for one in made for item in one.files) == sorted(paths)
    assert told(group(random.sample(files, len(files)))) == told(made)
    assert all(one.files[0].file.whole_folder == one.folder for one in made)
