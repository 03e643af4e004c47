"""Two files of one episode are rivals whatever they are called, in a run and against the library."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from anivault.core.causes import Cause
from anivault.core.models import Candidate, HeldReason, Mode, Plan, ScannedFile
from anivault.core.organizer import plan
from anivault.core.planning.library import Library, Origin
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import VideoType
from anivault.parser.read import read_rules
from tests.core.records import ROOT, beside, film, in_library, planned, reasons, scanned, show, targets, video

MUSHISHI = show(1, "Mushishi", 2005)
SHOW = "Shows/Mushishi (2005) [tmdbid-1]"
OWN = {
    "mine": {"base": "jellyfin", "episode": "{title} S{season:00}E{episode:00-E00} [{group}]< {resolution}>"}
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"group": "A"}, {"group": "B"}),
        ({"group": "A", "resolution": "1080p"}, {"group": "A", "resolution": "720p"}),
    ],
)
def test_names_that_differ_do_not_hide_rivals(one: dict[str, Any], other: dict[str, Any]) -> None:
    files = [video("a.mkv", MUSHISHI, (1, 1), **one), video("b.mkv", MUSHISHI, (1, 1), **other)]

    result = planned(files, preset="mine", own=OWN)

    assert list(targets(result)) == ["a.mkv"]
    assert (result.held[0].reason, result.held[0].other) == (HeldReason.SAME_TARGET, f"{ROOT}/a.mkv")
    assert len(planned(files, preset="mine", own=OWN, on_conflict="version").moves) == 2


def test_a_show_and_a_film_in_its_folder_can_want_one_place() -> None:
    name = "{title} S{season:00}E{episode:00}"
    own = {"show": "{title}", "season": "{title} {season}", "episode": name}
    own["film"] = "{title}/{title} 1/{title} S01E01"
    files = [video("a.mkv", MUSHISHI, (1, 1)), video("b.mkv", film(2, "Mushishi"))]

    result = planned(files, preset="mine", own={"mine": {"base": "jellyfin", **own}})

    assert targets(result) == {"a.mkv": "Mushishi/Mushishi 1/Mushishi S01E01.mkv"}
    assert reasons(result) == {"b.mkv": "same-target"}


def test_an_episode_and_a_range_with_it_share_a_place() -> None:
    files = [
        video("a.mkv", MUSHISHI, (1, 1), (1, 2)),
        video("b.mkv", MUSHISHI, (1, 2)),
        video("c.mkv", MUSHISHI, (1, 3)),
    ]

    result = planned(files)

    assert set(targets(result)) == {"a.mkv", "c.mkv"}
    assert reasons(result) == {"b.mkv": "same-target"}


@pytest.mark.parametrize(
    "there",
    [
        "Mushishi (2005)/Season 1/Mushishi (2005) - S01E02 - The Light WEBDL-1080p.mkv",
        "Shows/Mushishi (2005) {tmdb-1}/Season 01/Mushishi (2005) - s01e02-e03.mkv",
        "MUSHI-SHI (2005)/Specials/../Staffel 1/x S01E01-E02.mkv".replace("Specials/../", ""),
        "Mushishi [tmdbid=1]/Mushishi.S01E02.1080p-GROUP.mp4",
        "Mushishi/Season 01/Mushishi - S01E02.mkv",
    ],
)
@pytest.mark.parametrize("preset", ["jellyfin", "plex", "kodi", "emby"])
def test_a_folder_of_another_program_is_used_and_its_episodes_count(there: str, preset: str) -> None:
    named = show(1, "Mushishi", 2005, titles={"ja-Latn": "Mushi-Shi"})
    files = [video("2.mkv", named, (1, 2)), video("4.mkv", named, (1, 4))]

    result = planned(files, preset=preset, library=[in_library(there)])

    assert reasons(result) == {"2.mkv": "target-taken"}
    assert result.held[0].other == f"/library/{there}"
    folder = there.rpartition("/")[0]
    assert targets(result)["4.mkv"].startswith(there.split("/")[0] if "Shows" not in there else folder)


@pytest.mark.parametrize(
    "there",
    [
        "Mushishi (2014)/Season 01/Mushishi - S01E02.mkv",
        "Shows/Mushishi (2005) [tmdbid-2]/Season 01/Mushishi S01E02.mkv",
        "Other (2005)/Season 01/Mushishi - S01E02.mkv",
    ],
)
def test_the_folder_of_another_show_is_not_used(there: str) -> None:
    result = planned([video("2.mkv", MUSHISHI, (1, 2))], library=[in_library(there)])

    assert targets(result) == {"2.mkv": f"{SHOW}/Season 01/Mushishi S01E02.mkv"}


def test_a_film_that_another_program_put_there_counts() -> None:
    there = in_library("Movies/Paprika (2006)/Paprika.2006.1080p.mkv")

    result = planned([video("p.mkv", film(9, "Paprika", 2006))], library=[there])

    assert reasons(result) == {"p.mkv": "target-taken"}


def with_origins(
    videos: list[ScannedFile],
    origins: dict[str, Origin],
    subtitle: str | None = None,
    preset: str = "jellyfin",
) -> Plan:
    return plan(
        [video("", MUSHISHI, (1, 1), file=file) for file in videos], [beside(subtitle)] if subtitle else [],
        library="/library", roots=[ROOT], mode=Mode.COPY, preset=load_preset(preset),
        taken=Library([in_library(rel) for rel in origins], origins, read=read_rules),
    )  # fmt: skip


def test_a_file_that_a_run_took_in_is_there_whatever_it_is_called_now() -> None:
    old = scanned("downloads/m 01.mkv")
    origins = {f"{SHOW}/Season 01/renamed.mkv": Origin(old, "tmdb:tv:1:S01E01:00000000")}

    result = with_origins([scanned("downloads/m 01.mkv")], origins)

    assert reasons(result) == {"downloads/m 01.mkv": "already-there"}


def test_a_folder_of_one_show_stays_with_it_in_later_runs() -> None:
    other = Origin(scanned("other 01.mkv"), "tmdb:tv:7:S01E01:00000000")
    origins = {"Shows/Mushishi (2005)/Season 01/Mushishi S01E01.mkv": other}

    result = with_origins([scanned("m 02.mkv")], origins, preset="kodi")

    assert reasons(result) == {"m 02.mkv": "same-target"}


@pytest.mark.parametrize(
    ("subtitle", "name"),
    [
        ("downloads/[A] Mushishi - 01.en.ass", "x.en.ass"),
        ("downloads/Subs/[A] Mushishi - 01.de.srt", "x.de.srt"),
    ],
)
def test_a_subtitle_joins_a_video_that_went_before(subtitle: str, name: str) -> None:
    old = scanned("downloads/[A] Mushishi - 01.mkv")
    origins = {f"{SHOW}/Season 01/x.mkv": Origin(old, "tmdb:tv:1:S01E01:00000000")}

    assert targets(with_origins([], origins, subtitle)) == {subtitle: f"{SHOW}/Season 01/{name}"}


@pytest.mark.parametrize(
    "subtitle",
    ["downloads/[B] Other - 01.ass", "later/[A] Mushishi - 01.fr.srt", "[A] Mushishi - 01.fr.srt"],
)
def test_one_of_another_number_or_in_a_folder_where_it_never_was_does_not(subtitle: str) -> None:
    old = scanned("downloads/[A] Mushishi - 01.mkv")
    origins = {f"{SHOW}/Season 01/x.mkv": Origin(old, "tmdb:tv:1:S01E01:00000000")}

    assert reasons(with_origins([], origins, subtitle)) == {subtitle: "no-video"}


def test_a_picture_of_a_folder_from_which_two_shows_went_is_neither_s() -> None:
    there = {
        f"{SHOW}/Season 01/x.mkv": "tmdb:tv:1:S01E02:00000000",
        "Shows/Other (2020)/Season 01/y.mkv": "tmdb:tv:9:S01E01:00000000",
    }
    origins = {rel: Origin(scanned(f"d/{rel[-5:]}"), show) for rel, show in there.items()}
    new = [scanned("d/Mushishi - 01.mkv")]

    only = with_origins(new, dict([*origins.items()][:1]), "d/poster.jpg")
    both = with_origins(new, origins, "d/poster.jpg")

    assert targets(only)["d/poster.jpg"] == f"{SHOW}/poster.jpg"
    assert reasons(both) == {"d/poster.jpg": "no-video"}


# --- what no name helps ---


@pytest.mark.parametrize("preset", ["jellyfin", "plex"])
def test_jellyfin_takes_an_episode_and_a_range_that_begins_with_it_for_one(preset: str) -> None:
    files = [
        video("a.mkv", MUSHISHI, (1, 2), group="A"),
        video("b.mkv", MUSHISHI, (1, 2), (1, 3), group="B"),
        video("c.mkv", MUSHISHI, (1, 1), (1, 2), group="C"),
    ]

    result = planned(files, preset=preset, on_conflict="version")

    held = {} if preset == "plex" else {"a.mkv": Cause.ONE_OF_TWO}
    assert {item.rel: item.cause for item in result.held} == held


def test_a_range_is_held_against_the_episode_that_the_library_has() -> None:
    there = [in_library(f"{SHOW}/Season 01/Mushishi S01E02.mkv")]
    files = [video("b.mkv", MUSHISHI, (1, 2), (1, 3), group="B")]

    result = planned(files, library=there, on_conflict="version")

    assert [item.cause for item in result.held] == [Cause.ONE_OF_TWO]


@pytest.mark.parametrize(
    ("preset", "read"), [("jellyfin", False), ("emby", False), ("plex", True), ("kodi", True)]
)
def test_a_range_beyond_999_needs_an_nfo_where_the_server_reads_three_digits(preset: str, read: bool) -> None:
    files = [video("a.mkv", MUSHISHI, (1, 1071), (1, 1072))]

    bare = planned(files, preset=preset)
    (described,) = planned(files, preset=preset, described=True).moves

    assert [item.cause for item in bare.held] == ([] if read else [Cause.RANGE_TOO_HIGH])
    assert ("1072" in described.target) == read


def test_two_labels_that_differ_in_the_last_letter_are_no_parts_of_one() -> None:
    one = film(2, "Paprika", 2006)
    files = [video(f"{group}.mkv", one, group=f"Ani{group}") for group in "ABC"]

    made = targets(planned(files, preset="emby", on_conflict="version"))

    assert len({target[:-5] for target in made.values()}) == 3


def test_the_parts_of_an_episode_are_held_for_kodi() -> None:
    files = [video(f"e cd{n}.mkv", MUSHISHI, (1, 1), disc=n) for n in (1, 2)]

    assert {item.cause for item in planned(files, preset="kodi").held} == {Cause.PARTS_APART}
    assert len(planned(files, preset="jellyfin").moves) == 2


def test_an_extension_that_begins_with_a_digit_is_no_part_of_an_episode() -> None:
    (move,) = planned([video("e.3gp", MUSHISHI, (1, 3))], preset="kodi").moves

    assert move.target.endswith("Mushishi S01E03 - Episode 3.3gp")


@pytest.mark.parametrize("candidate", [MUSHISHI, film(149, "Akira", 1988)], ids=["show", "film"])
def test_one_extra_in_two_folders_is_had_once(candidate: Candidate) -> None:
    videos = [
        video(f"A/{folder}/{name}.mkv", candidate, type=kind, title="A")
        for folder in ("Bonus", "NC")
        for name, kind in (("NCOP", VideoType.OP), ("NCED", VideoType.ED))
    ]

    result = planned(videos)

    assert sorted(targets(result)) == ["A/Bonus/NCED.mkv", "A/Bonus/NCOP.mkv"]
    why = {held.detail for held in result.held}
    assert why == {"A/Bonus is the release for the extras: its name sorts first"}


def test_a_rival_below_another_root_is_named_by_its_whole_path() -> None:
    rels = ("Mushishi/Mushishi - 01.mkv",) * 2
    files = [
        msgspec.structs.replace(scanned(rel), root=root) for rel, root in zip(rels, ("/a", "/b"), strict=True)
    ]

    result = planned([video(file.rel, MUSHISHI, (1, 1), file=file) for file in files])

    assert result.held[0].detail.startswith("/a/Mushishi/Mushishi - 01.mkv goes there: ")
