"""A track finds its video, or stays."""

from __future__ import annotations

import pytest

from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_files
from anivault.core.pipeline.records import kind_of
from anivault.core.planning.sidecars.owners import Videos
from anivault.parser.models import ParseResult, VideoType
from tests.core.planning.sidecars.makers import FILM, FILM_FOLDER, SEASON, SHOW, follow
from tests.core.records import beside, planned, reasons, scanned, targets, video


@pytest.mark.parametrize(
    ("sidecar", "name"),
    [
        ("s/[G] Show - 01 [1080p].ass", "Show S01E01.ass"),
        ("s/[G] Show - 01 [1080p].en.ass", "Show S01E01.en.ass"),
        ("s/[g] show - 01 [1080P].EN.ASS", "Show S01E01.en.ass"),
        ("s/[G] Show - 01 [1080p][CHS].ass", "Show S01E01.zh-Hans.ass"),
        ("s/Subs/[G] Show - 01 [1080p].en.ass", "Show S01E01.en.ass"),
        ("s/Subs/English/[G] Show - 01 [1080p].ass", "Show S01E01.en.ass"),
        ("s/Rus Sub/AniTeam/[G] Show - 01 [1080p].ass", "Show S01E01.AniTeam.ru.ass"),
        ("s/Subs/[G] Show - 01 [1080p]/2_English.srt", "Show S01E01.en.srt"),
        ("s/[G] Show - 01.zh-Hant.ass", "Show S01E01.zh-Hant.ass"),
        ("s/[Fansub] Show - 01 [BIG5].ass", "Show S01E01.zh-Hant.ass"),
        ("s/Sound/[G] Show - 01 [1080p].rus.mka", "Show S01E01.ru.mka"),
        ("s/[G] Show - 01 [1080p].idx", "Show S01E01.idx"),
    ],
)
def test_a_track_finds_its_video(sidecar: str, name: str) -> None:
    assert follow(sidecar, "s/[G] Show - 01 [1080p].mkv", "s/[G] Show - 02 [1080p].mkv") == name


@pytest.mark.parametrize(
    "sidecar",
    [
        "s/[G] Show - 010 [1080p].ass",
        "other/[G] Show - 01 [1080p].ass",
        "s/readme.ass",
        "s/Season 2/[H] X.ass",
    ],
)
def test_a_track_of_no_video_stays(sidecar: str) -> None:
    assert follow(sidecar, "s/[G] Show - 01 [1080p].mkv", "s/[G] Show - 02 [1080p].mkv") is None


def test_the_longest_name_wins() -> None:
    assert follow("Show 1.5.ass", "Show 1.mkv", "Show 1.5.mkv") == "Show S01E02.ass"


def test_the_number_finds_the_video_when_the_names_differ() -> None:
    assert follow("s/Subs/Another Spelling 02.ass", "s/a.mkv", "s/b.mkv", episodes=(2,)) == "Show S01E02.ass"
    assert follow("s/Another Spelling 03.ass", "s/a.mkv", "s/b.mkv", episodes=(3,)) is None
    assert follow("s/Another S2 - 02.ass", "s/a.mkv", "s/b.mkv", episodes=(2,), season=2) is None


@pytest.mark.parametrize(
    ("folder", "sidecar", "follows"),
    [
        ("anime", "[B] Hyouka - 01.ass", False),  # of another show, whose video is not here
        ("anime", "[B] Hyouka - 01.mka", False),
        ("anime", "Perfect Blue - 01.en.srt", False),
        ("anime", "[B] Nichijuo - 01.ass", True),  # a slip
        ("anime", "Nichijou My Ordinary Life - 01.ass", True),
        ("anime", "S01E01.ass", True),
        ("Nichijou", "My Ordinary Life - 01.ass", True),  # all in the folder of a show is the show's
        ("Nichijou/Subs", "My Ordinary Life - 01.ass", True),
    ],
)
def test_the_number_finds_no_video_of_another_show(folder: str, sidecar: str, follows: bool) -> None:
    base = folder.removesuffix("/Subs")
    names = [f"{base}/[A] Nichijou - 01.mkv", f"{base}/[A] Nichijou - 02.mkv", f"{folder}/{sidecar}"]
    *videos, item = parse_files([ScannedFile("/pile", name, kind_of(name)) for name in names])

    owner = Videos([each.file for each in videos], [each.parsed for each in videos]).owner(item)

    assert (owner is not None and owner.video == 0) is follows


def test_the_number_of_an_opening_is_no_episode() -> None:
    items = [video("s/a.mkv", SHOW, (1, 1)), video("s/NCOP1.mkv", SHOW, type=VideoType.OP, episodes=(1,))]

    result = planned(items, [beside("s/Other - 01.ass", episodes=(1,))])

    assert targets(result)["s/Other - 01.ass"] == f"{SEASON}/Show S01E01.ass"


def test_a_language_alone_names_the_track_of_the_only_video() -> None:
    result = planned([video("f/x.mkv", FILM)], [beside("f/English.srt"), beside("f/Commentary.srt")])

    assert targets(result)["f/English.srt"] == f"{FILM_FOLDER}/Film (2021) [tmdbid-2].en.srt"
    assert reasons(result) == {"f/Commentary.srt": "no-video"}


def test_a_name_that_grows_in_lower_case_still_finds_its_video() -> None:
    assert follow("İ 1.en.ass", "İ 1.mkv", "x.mkv") == "Show S01E01.en.ass"
    assert Videos([scanned("İ 1.mkv")], [ParseResult()]).owner(beside("İ 1.ass")) is not None


def test_kinds_are_those_of_the_scan() -> None:
    assert {scanned(f"x.{e}").kind for e in ("ass", "mka", "ttf", "jpg", "nfo", "txt")} == set(FileKind) - {
        FileKind.VIDEO
    }
