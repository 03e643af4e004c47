"""A track finds its video, or stays."""

from __future__ import annotations

import pytest

from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_files
from anivault.core.pipeline.records import kind_of
from anivault.core.planning.sidecars.owners import Videos
from anivault.core.planning.sidecars.tracks import Track, own_track
from anivault.parser.models import ParseResult, VideoType
from tests.core.planning.sidecars.makers import FILM, FILM_FOLDER, SEASON, SHOW, follow, track
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


VIDEOS_OF_OTHERS = (
    "Toradora! S01E03.mkv",
    "Toradora! S01E03 1080p BluRay-X.mkv",
    "Toradora.S01E03.1080p.WEB-DL.H.264-X.mkv",
    "[B] Toradora! - 03.mkv",
    "[B] Toradora! - 03 [1080p][ABCD1234].mkv",
)


@pytest.mark.parametrize("video_name", VIDEOS_OF_OTHERS)
@pytest.mark.parametrize(
    ("sidecar", "said"),
    [
        ("[A] Toradora! - 03 (1080p).de.ass", track("de")),
        ("[A] Toradora! - 03 (1080p).EN.ass", track("en")),
        ("[A] Toradora! - 03v2 (BD 1080p FLAC) [ABCD1234].en.ass", track("en")),
        ("[A] Toradora! - 03 (1080p).zh-Hans.ass", track("zh-Hans")),
        ("[A] Toradora! - 03 (1080p).pt-BR.mka", track("pt-BR")),
        ("[A] Toradora! - 03 (1080p).CHS_JPN.ass", track("zh-Hans")),
        ("[A] Toradora! - 03 (1080p).eng.forced.srt", track("en", "", "forced")),
        ("[A] Toradora! - 03 (1080p).forced.srt", track("", "", "forced")),
        ("[A] Toradora! - 03 (1080p)_eng.ass", track("en")),
        ("[A] Toradora! - 03 [1080p][eng].ass", track("en")),
        ("[A] Toradora! - 03 [eng][1080p].ass", track("en")),
        ("[A] Toradora! - 03 (1080p) [English Subs].ass", track("en")),
        ("[A][Toradora][03][CHS][1080p].ass", track("zh-Hans")),
        ("Toradora.S01E03.WEB-DL.de.srt", track("de")),
        ("Toradora.S01E03.1080p.WEB-DL.German.srt", track("de")),
        ("Toradora.S01E03.English.GroupX.srt", track("en")),
        ("Toradora.S01E03.sdh.en.srt", track("en", "", "sdh")),
        ("Toradora.S01E03.en.cc.default.srt", track("en", "", "sdh", "default")),
        ("Toradora_S01E03_1080p_eng.srt", track("en")),
        ("Subs/German/[A] Toradora! - 03 (1080p).ass", track("de")),
        ("German/Toradora.S01E03.WEB-DL.srt", track("de")),
        ("German/[A] Toradora! - 03 (1080p).en.srt", track("en")),
    ],
)
def test_the_track_of_another_release_is_read_from_the_end_of_its_name(
    video_name: str, sidecar: str, said: Track
) -> None:
    assert track_beside(video_name, sidecar) == said


@pytest.mark.parametrize("video_name", VIDEOS_OF_OTHERS)
@pytest.mark.parametrize(
    "sidecar",
    [
        "[Eng] Toradora! - 03.ass",
        "[Eng] Toradora! - 03 (1080p).ass",
        "[Eng][Toradora][03][1080p].ass",
        "[A] Toradora! - 03 - It.ass",
        "[A] Toradora! - 03 - Oh No (1080p).ass",
        "Toradora.S01E03.As.You.Like.It.srt",
        "Toradora.S01E03.1080p.WEB-DL.H.264-NO.srt",
        "Toradora.S01E03.1080p.NL.WEB.x264-Y.srt",
    ],
)
def test_a_group_or_a_title_is_no_language_of_another_release(video_name: str, sidecar: str) -> None:
    assert track_beside(video_name, sidecar) == track()


@pytest.mark.parametrize("stem", ["[A] Mr. No [03]", "[A][No][03][1080p]", "Mr.No.03", "Kimi.no.It [03]"])
def test_what_stands_before_the_number_is_no_language(stem: str) -> None:
    assert own_track(stem) == track()


def track_beside(video_name: str, sidecar: str) -> Track:
    """What the name of a sidecar says beside this third episode and a fourth."""
    names = [video_name, "Toradora! S01E04.mkv", sidecar]
    *videos, item = parse_files([ScannedFile("/pile", f"s/{name}", kind_of(name)) for name in names])
    owner = Videos([each.file for each in videos], [each.parsed for each in videos]).owner(item)

    assert owner is not None
    assert owner.video == 0
    return owner.track


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
