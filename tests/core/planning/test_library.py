"""A show that the library has under another name keeps its folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import Entry, FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_alone
from anivault.core.planning.library import Library, Origin, show_of, slots_of
from anivault.core.planning.naming.characters import fold
from anivault.parser.read import read_rules
from tests.conftest import Run
from tests.core.records import film, in_library, scanned, show

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
        "Shows/Whatever (1999) [tmdbid-1]",  # a film has that number too
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


# --- places ---

FIRST = f"{MADE}/Season 01/Mushishi S01E01.mkv"
KNOWN = "tmdb:tv:1:S01E01:00000000"


def known(*came: tuple[str, str, str], **more: Any) -> Library:
    """A library of files that runs took in: the place, the old name and what the name was made from."""
    origins = {place: Origin(scanned(name), made_from or None) for place, name, made_from in came}
    return Library([in_library(place) for place, _, _ in came], origins, **more)


def test_a_library_of_nothing_is_none_and_one_of_empty_folders_is_one() -> None:
    assert not Library()
    assert Library(folders=["Shows"])
    assert Library([in_library("a.mkv")])


@pytest.mark.parametrize("place", ["shows/x s01e01.mkv", "Shows/X S01E01.mkv", "SHOWS/X S01E01.MKV"])
def test_a_place_is_one_in_any_case(place: str) -> None:
    library = Library([in_library("Shows/X S01E01.mkv")])

    assert library.at(fold(place)) == library.video(fold(place.rpartition(".")[0]))
    assert library.at(fold(place)) is not None
    assert library.video(fold(place)) is None  # with its extension it is no place of a video


@pytest.mark.parametrize(
    ("folder", "spelled"),
    [
        ("shows", "Shows"),
        ("SHOWS/caf\u00e9", "Shows/Cafe\u0301"),
        ("shows/caf\u00e9/season 1", "Shows/Cafe\u0301/season 1"),  # the rest is new
        ("Films", "Films"),
        ("", ""),
    ],
)
def test_a_folder_is_spelled_as_it_is_there_as_far_as_it_is_there(folder: str, spelled: str) -> None:
    library = Library([in_library("Shows/Cafe\u0301/a.mkv")], folders=["Shows"])

    assert library.spelled(folder) == spelled


def test_a_folder_whose_path_is_no_text_is_nobodys() -> None:
    odd = "Old \udce7/Mushishi (2005)"
    library = Library([in_library(f"{odd}/Season 01/Mushishi S01E01.mkv")], folders=[odd])

    assert library.folder_of(SHOW, MADE, alone=True) == MADE


# --- what a run took in ---


@pytest.mark.parametrize(
    ("now", "there"),
    [
        (scanned("d/m.mkv"), True),
        (scanned("d/m.mkv", size=5), False),  # another file has its name by now
        (scanned("d/m.mkv", mtime_ns=5), False),
        (scanned("e/m.mkv"), False),
        (ScannedFile("/source", "d/m.mkv", FileKind.VIDEO), False),  # only named
    ],
)
def test_a_file_is_there_if_a_run_took_it_in_and_nobody_changed_it(now: ScannedFile, there: bool) -> None:
    assert known((FIRST, "d/m.mkv", KNOWN)).has(now) == (FIRST if there else None)


def test_a_link_is_there_under_whatever_name() -> None:
    assert Library([in_library(FIRST, inode=55)]).has(scanned("x.mkv", inode=55)) == FIRST


def test_what_the_journal_has_and_the_library_lacks_is_not_there() -> None:
    library = Library([], {FIRST: Origin(scanned("d/m.mkv"), KNOWN)})

    assert library.has(scanned("d/m.mkv")) is None
    assert [*library.videos_taken_in()] == []


def test_a_released_place_is_free_with_all_that_belongs_to_it_and_nothing_else() -> None:
    subtitle, second = FIRST.replace(".mkv", ".en.ass"), FIRST.replace("E01", "E02")
    files = [in_library(rel, inode=n) for n, rel in enumerate((FIRST, subtitle, second), 60)]
    origins = {
        FIRST: Origin(scanned("d/1.mkv"), KNOWN),
        subtitle: Origin(scanned("d/1.ass"), None, FIRST),
        second: Origin(scanned("d/2.mkv"), KNOWN.replace("E01", "E02")),
    }
    library = Library(files, origins)
    library.release(files[0])

    free = {rel: library.at(fold(rel)) is None for rel in (FIRST, subtitle, second)}
    assert free == {FIRST: True, subtitle: True, second: False}
    assert library.video(fold(FIRST[:-4])) is None
    assert [library.has(scanned(f"d/{n}.mkv")) for n in (1, 2)] == [None, second]
    assert library.has(scanned("x.mkv", inode=60)) is None


def test_a_file_is_read_under_the_name_that_it_came_with() -> None:
    library = known((FIRST, "d/[A] Mushishi - 01 [720p].mkv", KNOWN), read=read_rules, reread=parse_alone)
    mine, strange = in_library(FIRST), in_library("Films/[B] Angel [1080p].mkv")

    assert library.as_it_came(mine).parsed.resolution == "720p"
    assert library.as_released(mine).file.rel == "d/[A] Mushishi - 01 [720p].mkv"
    assert library.as_it_came(strange).parsed.group == "B"
    bare = known((FIRST, "Mushishi/01.mkv", KNOWN), read=read_rules, reread=parse_alone)
    assert (bare.as_it_came(mine).parsed.title, bare.as_released(mine).parsed.title) == (None, "Mushishi")
    assert library.origin(strange) is None


# --- shows ---


def test_episodes_are_had_by_the_journal_and_else_by_their_names_in_the_shows_folder() -> None:
    by_name = [f"{MADE}/Season 01/x S01E02-E03.mkv", f"{MADE}/Season 02/y S02E01.mkv"]
    elsewhere = "Shows/Other/Season 01/z S01E02.mkv"
    origins = {"odd.mkv": Origin(scanned("d/m.mkv"), KNOWN)}
    library = Library([in_library(rel) for rel in ("odd.mkv", *by_name, elsewhere)], origins)

    def holders(season: int, episode: int) -> list[str]:
        return [file.rel for file in library.holders([(SHOW.key, season, episode)], MADE)]

    assert holders(1, 1) == []  # a file at the top is in no show's folder
    assert [holders(1, n) for n in (2, 3, 4)] == [by_name[:1], by_name[:1], []]
    assert [file.rel for file in library.season(SHOW.key, 1, MADE)] == by_name[:1]
    assert [file.rel for file in library.season(SHOW.key, 2, MADE)] == by_name[1:]


def test_a_video_of_two_episodes_is_had_once_for_both() -> None:
    library = known((FIRST, "d/m.mkv", "tmdb:tv:1:S01E01E02:00000000"))
    both = [(SHOW.key, 1, 1), (SHOW.key, 1, 2)]

    assert [file.rel for file in library.holders(both, MADE)] == [FIRST]
    assert library.owner(MADE) == SHOW.key


@pytest.mark.parametrize(
    ("made_from", "slots"),
    [
        ("tmdb:tv:1:S01E02:00000000", [(1, 2)]),
        ("tmdb:tv:1:S00E1001E1002:0a1b2c3d", [(0, 1001), (0, 1002)]),
        ("tmdb:movie:1:00000000", [(0, 0)]),
        ("tmdb:tv:1:00000000", []),  # an extra
        ("tmdb:tv:1:S01E02", []),
        ("", []),
    ],
)
def test_a_fingerprint_says_which_episodes_a_file_is(made_from: str, slots: list[tuple[int, int]]) -> None:
    assert [(season, episode) for _, season, episode in slots_of(made_from)] == slots


AT = "Shows/Mushishi/Season 01/Mushishi S01E01.mkv"


@pytest.mark.parametrize(
    ("came", "now", "copy"),
    [
        ("d/m - 01.mkv", "e/m - 01.mkv", True),  # the downloads went to another disk
        ("d/m - 01.mkv", "d/[B] m - 01.mkv", False),  # another release, of one time and size
        (None, "d/[B] m - 01.mkv", True),  # nobody knows where that one came from
    ],
)
def test_a_file_is_a_copy_of_the_one_that_a_run_took_in_or_of_one_of_its_name(
    came: str | None, now: str, *, copy: bool
) -> None:
    origins = {AT: Origin(scanned(came, inode=5), KNOWN)} if came else {}
    library = Library([in_library(AT, size=1000, mtime_ns=10**18)], origins)

    assert library.copy_at(fold(AT), scanned(now, inode=6)) == (AT if copy else None)
    assert library.copy_at(fold(AT), scanned(now, inode=5)) == AT
    assert library.copy_at(fold(AT), scanned(now, inode=5, size=1)) is None


MADE_FROM = r"(a:S1|[a-z]{0,2}):(tv|movie|x):\d{1,2}(:S\d{0,2}(E\d{1,2}){0,2}){0,2}:?[0-9a-g]{7,8}"


@given(st.from_regex(MADE_FROM, fullmatch=True))
def test_the_show_of_a_fingerprint_is_that_of_its_episodes(made_from: str) -> None:
    slots = slots_of(made_from)

    assert show_of(made_from) == (slots[0][0] if slots else None)


def test_the_folder_that_a_run_made_for_a_show_goes_before_one_that_is_called_like_it() -> None:
    mine = "Shows/My Favourites/Season 01/m S01E01.mkv"
    library = Library(
        [in_library(mine), in_library("Shows/Mushishi (2005)/Season 01/Mushishi S01E02.mkv")],
        {mine: Origin(scanned("d/m.mkv"), KNOWN)},
    )

    assert library.folder_of(SHOW, MADE, alone=True) == "Shows/My Favourites"
    assert (library.owner("shows/my favourites"), library.owner("Shows/Mushishi (2005)")) == (SHOW.key, None)
    assert library.folder_of(SHOW, "Shows/Mushishi (2005)", alone=True) == "Shows/Mushishi (2005)"
    assert library.season_of("Shows/My Favourites", 1, "x") == "Shows/My Favourites/Season 01"
    assert library.season_of("Shows/My Favourites", 2, "x") == "x"


@pytest.mark.parametrize("there", [MADE, MADE.lower(), "Shows/Mushishi"])
def test_the_folder_of_a_show_is_settled_where_a_run_has_put_it_there(there: str) -> None:
    rel = f"{there}/Season 01/Mushishi S01E01.mkv"
    ours = Library([in_library(rel)], {rel: Origin(scanned("d/m.mkv"), KNOWN)})
    foreign = Library([in_library(rel)])

    assert ours.home_of(SHOW, MADE) == (there if fold(there) == fold(MADE) else None)
    assert ours.folder_of(SHOW, MADE, alone=True) == there
    assert foreign.home_of(SHOW, MADE) is None
