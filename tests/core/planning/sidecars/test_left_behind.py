"""What was left behind follows the videos that earlier runs took in, by their old names and folders."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from anivault.core.causes import Cause
from anivault.core.models import FileKind, HeldReason, MatchedFile, Mode, ParsedFile, Plan, ScannedFile
from anivault.core.organizer import plan
from anivault.core.pipeline.records import kind_of
from anivault.core.planning.library import Library, Origin
from anivault.core.planning.naming.presets import load_preset
from tests.core.records import ROOT, beside, film, in_library, reasons, scanned, show, targets, video

EMMA, ANGEL = show(31, "Emma", 2005), film(33, "Angel's Egg", 1985)
SEASON = "Shows/Emma (2005) [tmdbid-31]/Season 01"
FOLDER = "Movies/Angel's Egg (1985) [tmdbid-33]"
FIRST, SECOND = f"{SEASON}/Emma S01E01.mkv", f"{SEASON}/Emma S01E02.mkv"
FILM = f"{FOLDER}/Angel's Egg (1985) [tmdbid-33].mkv"
OTHER = "Shows/Other (2020) [tmdbid-9]/Season 01/Other S01E01.mkv"
MADE_FROM = {
    FIRST: "tmdb:tv:31:S01E01:00000000",
    SECOND: "tmdb:tv:31:S01E02:00000000",
    FILM: "tmdb:movie:33:00000000",
    OTHER: "tmdb:tv:9:S01E01:00000000",
}


def later(
    went: dict[str, str],
    *left: ParsedFile | str,
    videos: Sequence[MatchedFile] = (),
    roots: Sequence[str] = (ROOT,),
    library: Sequence[ScannedFile] = (),
) -> Plan:
    """The plan of a later run; `went` are the old names of videos of the library, by their places there."""
    origins = {place: Origin(_at(name), MADE_FROM[place]) for place, name in went.items()}
    others = [item if isinstance(item, ParsedFile) else beside(item) for item in left]
    return plan(
        videos, others, library="/library", roots=roots, mode=Mode.HARDLINK, preset=load_preset("jellyfin"),
        taken=Library([*library, *(in_library(place) for place in went)], origins),
    )  # fmt: skip


def _at(name: str) -> ScannedFile:
    """A file by its name below the usual root, or by its whole path."""
    if not name.startswith("/"):
        return scanned(name)
    folder, _, last = name.rpartition("/")
    return ScannedFile(folder, last, kind_of(last), scanned(last).identity)


@pytest.mark.parametrize(
    ("left", "place"),
    [
        ("d/Emma 01.de.ass", f"{SEASON}/Emma S01E01.de.ass"),
        ("d/Subs/Emma 01.forced.srt", f"{SEASON}/Emma S01E01.forced.srt"),
        ("d/Emma 01.jpg", f"{SEASON}/Emma S01E01-thumb.jpg"),
        ("d/Emma 01.nfo", f"{SEASON}/Emma S01E01.nfo"),
        ("d/Emma 01.chapters.xml", f"{SEASON}/Emma S01E01.chapters.xml"),
        ("d/fonts/a.ttf", f"{SEASON}/fonts/a.ttf"),
    ],
)
def test_it_gets_the_name_that_it_would_have_got_with_its_video(left: str, place: str) -> None:
    made = later({FIRST: "d/Emma 01.mkv", SECOND: "d/Emma 02.mkv"}, left)

    assert targets(made) == {left: place}
    assert made.moves[0].video == FIRST


def test_what_goes_with_a_film_is_named_as_that_of_a_film() -> None:
    made = later({FILM: "f/egg.mkv"}, "f/egg.jpg", "f/egg-fanart.jpg", "f/a.ttf")

    assert targets(made) == {
        "f/egg.jpg": f"{FILM[:-4]}-poster.jpg", "f/egg-fanart.jpg": f"{FILM[:-4]}-fanart.jpg",
        "f/a.ttf": f"{FOLDER}/subs/fonts/a.ttf",
    }  # fmt: skip


def test_fonts_of_videos_that_went_to_several_folders_are_nobodys() -> None:
    made = later({FIRST: "d/Emma 01.mkv", OTHER: "d/Other 01.mkv"}, "d/a.ttf")

    assert made.moves == ()
    assert [item.cause for item in made.held] == [Cause.NO_VIDEO_NEAR]


def test_a_video_that_is_here_goes_before_one_that_went() -> None:
    new = scanned("d/Emma.mkv", size=5)
    made = later({FIRST: new.rel}, "d/Emma.ass", videos=[video(new.rel, EMMA, (1, 2), file=new)])

    assert targets(made)["d/Emma.ass"] == SECOND.replace(".mkv", ".ass")


def test_a_number_alone_leads_to_no_video_that_went() -> None:
    """A folder has seen many a fifth episode."""
    made = later({FIRST: "d/Emma 01.mkv"}, beside("d/Another 01.ass", episodes=(1,)))

    assert reasons(made) == {"d/Another 01.ass": "no-video"}


@pytest.mark.parametrize("roots", [["/pile"], ["/pile/d", "/pile"], ["/"]])
def test_the_roots_of_then_and_of_now_may_be_others(roots: list[str]) -> None:
    root = max((one for one in roots if "/pile/d/".startswith(one.rstrip("/") + "/")), key=len)
    rel = "/pile/d/Emma 01.ass".removeprefix(root).lstrip("/")
    left = ParsedFile(
        ScannedFile(root, rel, FileKind.SUBTITLE, scanned(rel).identity), beside("x.ass").parsed
    )

    assert targets(later({FIRST: "/pile/d/Emma 01.mkv"}, left, roots=roots)) == {
        rel: FIRST.replace(".mkv", ".ass")
    }


def test_spelling_tells_which_of_two_that_went_it_is_of() -> None:
    made = later({FIRST: "d/OP.mkv", SECOND: "d/op.mkv"}, "d/op.ass", "d/OP.ass")

    assert targets(made) == {
        "d/op.ass": SECOND.replace(".mkv", ".ass"), "d/OP.ass": FIRST.replace(".mkv", ".ass")
    }  # fmt: skip


# --- what the library has ---


def test_a_sidecar_that_the_library_has_is_there() -> None:
    mine = scanned("d/Emma 01.ass", inode=90)
    there = in_library(FIRST.replace(".mkv", ".en.ass"), inode=90)
    made = later({FIRST: "d/Emma 01.mkv"}, beside(mine.rel, file=mine), library=[there])

    assert [(item.reason, item.facts) for item in made.held] == [
        (HeldReason.ALREADY_THERE, {"there": there.rel})
    ]


def test_a_copy_at_its_place_is_there_and_another_file_gets_the_next_name() -> None:
    mine = scanned("d/Emma 01.ass", size=7, mtime_ns=10**18)
    place = FIRST.replace(".mkv", ".ass")
    copy, other = (in_library(place, size=size, mtime_ns=10**18) for size in (7, 8))

    same = later({FIRST: "d/Emma 01.mkv"}, beside(mine.rel, file=mine), library=[copy])
    apart = later({FIRST: "d/Emma 01.mkv"}, beside(mine.rel, file=mine), library=[other])
    assert reasons(same) == {mine.rel: "already-there"}
    assert targets(apart) == {mine.rel: place.replace(".ass", ".2.ass")}


def test_where_every_name_is_taken_it_stays() -> None:
    names = ["", ".2", *(f".{n}" for n in range(3, 20))]
    there = [in_library(f"{FIRST[:-4]}{name}.ass", size=8) for name in names]
    made = later({FIRST: "d/Emma 01.mkv"}, "d/Emma 01.ass", library=there)

    assert [(item.reason, item.cause) for item in made.held] == [(HeldReason.TARGET_TAKEN, Cause.PLACE_TAKEN)]


# --- names that nobody can read ---


def test_a_sidecar_whose_name_nobody_can_read_goes_with_a_video_of_just_that_name_alone() -> None:
    lost = ParsedFile(scanned("d/\udce7\udcf4 2.ass"), beside("x.ass").parsed, "Its name is damaged.")
    item = video("d/\udce7\udcf4.mkv", EMMA, (1, 1))
    mine = later({}, lost, videos=[item])
    assert reasons(mine) == {}

    by_number = ParsedFile(
        scanned("d/\udce7 01.ass"), beside("x.ass", episodes=(1,)).parsed, "Its name is damaged."
    )
    other = later({}, by_number, videos=[item])
    assert [(held.reason, held.said) for held in other.held] == [
        (HeldReason.UNREADABLE_NAME, "Its name is damaged.")
    ]
