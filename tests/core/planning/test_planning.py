"""Who gets a place that several want or the library has: told by what the files are, never by their order."""

from __future__ import annotations

from random import Random
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.core.causes import Advantage, Cause
from anivault.core.models import Decision, HeldReason, MatchedFile, Mode, ParsedFile, Plan
from anivault.core.organizer import plan
from anivault.core.pipeline.parser import parse_alone
from anivault.core.planning.library import Library, Origin
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import VideoType
from tests.core.records import ROOT, beside, film, in_library, planned, reasons, scanned, show, targets, video

PLANETES = show(21, "Planetes", 2003)
MEMORIES = film(22, "Memories", 1995)
SEASON = "Shows/Planetes (2003) [tmdbid-21]/Season 01"
FOLDER = "Movies/Memories (1995) [tmdbid-22]"
FIRST = f"{SEASON}/Planetes S01E01.mkv"


def episode(rel: str, *numbers: int, size: int = 1000, **said: Any) -> MatchedFile:
    """A video of these episodes of season 1."""
    places = [(1, n) for n in numbers or (1,)]
    return video(rel, PLANETES, *places, file=scanned(rel, size=size), **said)


def causes(made: Plan) -> dict[str, Cause | None]:
    return {held.rel: held.cause for held in made.held}


# --- laws ---

PLACES: list[tuple[int, ...]] = [(1,), (2,), (1, 2), (2, 3), ()]  # without a number it is the film
SAID = st.fixed_dictionaries(
    {
        "folder": st.sampled_from(["", "a/", "b/", "b/c/"]),
        "places": st.sampled_from(PLACES),
        "extension": st.sampled_from(["mkv", "mp4"]),
        "size": st.sampled_from([10, 20]),
        "group": st.sampled_from([None, "Orb", "Wreck"]),
        "resolution": st.sampled_from([None, "720p", "1080p"]),
        "version": st.sampled_from([None, 2]),
        "disc": st.sampled_from([None, None, None, 1, 2]),
    }
)
TAILS = [".ass", ".en.ass", ".mka", ".jpg", ".nfo", ".ttf"]
WISHES = st.fixed_dictionaries(
    {
        "on_conflict": st.sampled_from(["hold", "version"]),
        "preset": st.sampled_from(["jellyfin", "plex", "kodi", "emby"]),
    }
)


def _video(number: int, said: dict[str, Any]) -> MatchedFile:
    told = {field: said[field] for field in ("group", "resolution", "version", "disc")}
    which = PLANETES if said["places"] else MEMORIES
    rel = f"{said['folder']}[{said['group']}] {which.title} {number}.{said['extension']}"
    file = scanned(rel, size=said["size"], mtime_ns=number, inode=number + 1)
    return video(rel, which, *((1, n) for n in said["places"]), file=file, **told)


@st.composite
def piles(draw: st.DrawFn) -> tuple[list[MatchedFile], list[ParsedFile]]:
    """Videos of a few episodes and a film in some folders, and what is named after some of them."""
    videos = [
        _video(number, said) for number, said in enumerate(draw(st.lists(SAID, min_size=1, max_size=7)))
    ]
    stems = [item.file.rel.rpartition(".")[0] for item in videos]
    along = draw(st.sets(st.tuples(st.sampled_from(stems), st.sampled_from(TAILS)), max_size=6))
    return videos, [beside(stem + tail) for stem, tail in sorted(along)]


@settings(max_examples=150, deadline=None)
@given(pile=piles(), wishes=WISHES, random=st.randoms(use_true_random=False))
def test_the_order_in_which_files_are_found_never_matters(
    pile: tuple[list[MatchedFile], list[ParsedFile]], wishes: dict[str, Any], random: Random
) -> None:
    videos, others = pile
    made = planned(videos, others, **wishes)
    again = planned(random.sample(videos, len(videos)), random.sample(others, len(others)), **wishes)

    assert targets(again) == targets(made)
    assert causes(again) == causes(made)


THERE = [
    FIRST,
    f"{SEASON}/Planetes S01E02.mkv",
    f"{SEASON}/Planetes S01E01-E02.mkv",
    f"{FOLDER}/Memories.mkv",
]
MADE_FROM = ["tv:21:S01E01", "tv:21:S01E02", "tv:21:S01E01E02", "movie:22"]
CAME = ["[Orb] Planetes - 01 [720p].mkv", "Planetes - 01.mkv", "[Wreck] Planetes - 01 [1080p].mkv"]


@settings(max_examples=150, deadline=None)
@given(
    pile=piles(),
    there=st.dictionaries(st.integers(0, 3), st.none() | st.sampled_from(CAME), max_size=3),
    on_conflict=st.sampled_from(["hold", "version"]),
    random=st.randoms(use_true_random=False),
)
def test_which_file_is_upgraded_to_does_not_hang_on_their_order_either(
    pile: tuple[list[MatchedFile], list[ParsedFile]],
    there: dict[int, str | None],
    on_conflict: Literal["hold", "version"],
    random: Random,
) -> None:
    def upgraded(videos: list[MatchedFile], numbers: list[int]) -> Plan:
        origins = {
            THERE[n]: Origin(scanned(f"old/{came}", inode=999), f"tmdb:{MADE_FROM[n]}:00000000")
            for n in numbers
            if (came := there[n])
        }
        taken = Library([in_library(THERE[n]) for n in numbers], origins, reread=parse_alone)
        return plan(
            videos, library="/library", roots=[ROOT], mode=Mode.HARDLINK, preset=load_preset("jellyfin"),
            taken=taken, upgrade=True, on_conflict=on_conflict,
        )  # fmt: skip

    videos, numbers = pile[0], list(there)
    made = upgraded(videos, numbers)
    again = upgraded(random.sample(videos, len(videos)), numbers[::-1])

    assert {move.rel: (move.target, move.replaces) for move in again.moves} == {
        move.rel: (move.target, move.replaces) for move in made.moves
    }
    assert causes(again) == causes(made)


@settings(max_examples=150, deadline=None)
@given(pile=piles(), wishes=WISHES)
def test_a_sidecar_goes_with_its_own_video_and_with_no_other(
    pile: tuple[list[MatchedFile], list[ParsedFile]], wishes: dict[str, Any]
) -> None:
    videos, others = pile
    made = planned(videos, others, **wishes)
    goes = {move.rel.rpartition(".")[0]: move.target for move in made.moves if not move.video}

    for item in others:
        rel, target = item.file.rel, targets(made).get(item.file.rel)
        stem = next(one.file.rel[:-4] for one in videos if rel.startswith(one.file.rel[:-4]))
        if item.file.name.endswith(".ttf"):  # fonts go to a folder that many share
            continue
        if target is None:
            assert rel in reasons(made)
        else:
            assert target.startswith(goes[stem].rpartition(".")[0])
            assert next(move.video for move in made.moves if move.rel == rel) == goes[stem]


@settings(max_examples=150, deadline=None)
@given(pile=piles(), wishes=WISHES)
def test_a_video_stays_only_where_another_one_goes_that_is_of_its_episodes(
    pile: tuple[list[MatchedFile], list[ParsedFile]], wishes: dict[str, Any]
) -> None:
    videos = [item for item in pile[0] if not item.parsed.disc]
    made = planned(videos, **wishes)
    goes = [item for item in videos if item.file.rel in targets(made)]

    for item in videos:
        if item.file.rel in reasons(made):
            assert any(set(one.coordinates) & set(item.coordinates) or not item.coordinates for one in goes)
            assert reasons(made)[item.file.rel] == "same-target"


# --- what the library has already ---


@pytest.mark.parametrize(
    ("arriving", "there", "cause"),
    [
        ([episode("b.mkv")], FIRST, Cause.OTHER_EPISODE_FILE),
        ([episode("b.mkv")], FIRST.replace(".mkv", ".avi"), Cause.OTHER_EPISODE_FILE),
        ([episode("b.mkv")], f"{SEASON}/S01E01 - of another program.mkv", Cause.OTHER_EPISODE_FILE),
        ([video("m.mkv", MEMORIES)], f"{FOLDER}/Memories (1995) [tmdbid-22].mp4", Cause.OTHER_EPISODE_FILE),
        ([video("m.mkv", MEMORIES)], f"{FOLDER}/Memories.mkv", Cause.OTHER_EPISODE_FILE),
        ([video("m.mkv", MEMORIES)], f"{FOLDER}/Memories (1995) [tmdbid-22] - cd1.mkv", Cause.THERE_IN_PARTS),
    ],
)
def test_what_the_library_has_keeps_its_place_whatever_it_is_called(
    arriving: list[MatchedFile], there: str, cause: Cause
) -> None:
    made = planned(arriving, library=[in_library(there)])

    assert made.moves == ()
    assert causes(made) == {arriving[0].file.rel: cause}
    assert made.held[0].reason is HeldReason.TARGET_TAKEN
    assert made.held[0].other == f"/library/{there}"


def test_of_a_whole_release_that_the_library_has_from_another_it_is_said_once() -> None:
    names = [f"[Orb] Planetes - {n:02}.mkv" for n in (1, 2, 3)]
    there = [in_library(f"{SEASON}/Planetes S01E{n:02}.mkv") for n in (1, 2, 3)]
    made = planned([episode(name, n, group="Orb") for n, name in enumerate(names, 1)], library=there)

    assert causes(made) == dict.fromkeys(names, Cause.OTHER_RELEASE)
    assert len({held.shared_detail for held in made.held}) == 1


def test_the_part_that_the_library_has_is_there_and_the_other_joins_it() -> None:
    one = scanned("Memories cd1.mkv", size=70, mtime_ns=5)
    there = in_library(f"{FOLDER}/Memories (1995) [tmdbid-22] - cd1.mkv", size=70, mtime_ns=5)
    made = planned(
        [video("Memories cd1.mkv", MEMORIES, file=one, disc=1), video("Memories cd2.mkv", MEMORIES, disc=2)],
        library=[there],
    )

    assert reasons(made) == {"Memories cd1.mkv": "already-there"}
    assert targets(made) == {"Memories cd2.mkv": f"{FOLDER}/Memories (1995) [tmdbid-22] - cd2.mkv"}


def test_a_second_name_of_the_file_that_wins_is_no_version_of_it() -> None:
    names = [scanned("a/Planetes.mkv", inode=77), scanned("b/Planetes.mkv", inode=77)]
    videos = [video(file.rel, PLANETES, (1, 1), file=file) for file in names]

    assert causes(planned(videos, on_conflict="version")) == {"b/Planetes.mkv": Cause.HARD_LINK}


def test_a_file_that_is_there_is_there_though_nobody_knows_today_what_it_is() -> None:
    file = scanned("what.mkv", inode=78)
    made = planned(
        [video(file.rel, None, decision=Decision.UNMATCHED, file=file)], library=[in_library(FIRST, inode=78)]
    )

    assert reasons(made) == {"what.mkv": "already-there"}
    assert planned([video("what.mkv", None, decision=Decision.UNMATCHED)]).held[0].reason.value == "unmatched"


def test_who_stays_for_a_file_that_is_there_is_told_that_it_is_there() -> None:
    mine = scanned("small.mkv", size=5, inode=79)
    made = planned(
        [video("small.mkv", PLANETES, (1, 1), file=mine), episode("large.mkv", size=900)],
        library=[in_library(FIRST, inode=79)],
    )

    assert reasons(made) == {"small.mkv": "already-there", "large.mkv": "same-target"}
    assert made.held[1].facts["advantage"] == Advantage.IN_LIBRARY.value


def test_of_two_files_of_a_library_the_one_that_has_the_name_keeps_it() -> None:
    better, named = "Planetes S01E01 [2160p].mkv", FIRST
    files = [in_library(rel, inode=n) for n, rel in enumerate((better, named), 80)]
    resolutions = ("2160p", "480p")
    items = [
        video(file.rel, PLANETES, (1, 1), file=file, resolution=resolution)
        for file, resolution in zip(files, resolutions, strict=True)
    ]
    made = plan(items, library="/library", roots=["/library"], mode=Mode.MOVE, preset=load_preset("jellyfin"))

    assert targets(made) == {named: FIRST}
    assert reasons(made) == {better: "same-target"}


# --- versions ---


def versions(*said: dict[str, Any], **more: Any) -> list[str]:
    """The names that files of one episode get where versions are wished for."""
    items = [episode(f"{n}.mkv", **one) for n, one in enumerate(said)]
    return sorted(
        target.rpartition("/")[2]
        for target in targets(planned(items, on_conflict="version", **more)).values()
    )


@pytest.mark.parametrize(
    ("one", "other", "label"),
    [
        ({"resolution": "1080p"}, {"resolution": "720p"}, "720p"),
        ({"group": "Orb", "resolution": "1080p"}, {"group": "Wreck", "resolution": "720p"}, "720p Wreck"),
        ({"version": 2}, {}, "v1"),
        ({"source": "BD", "video_codec": "HEVC"}, {"source": "TV", "video_codec": "AVC"}, "TV AVC"),
        ({}, {}, "Version"),  # nothing tells them apart
    ],
)
def test_a_version_is_called_by_what_tells_it_from_the_others_alone(
    one: dict[str, Any], other: dict[str, Any], label: str
) -> None:
    assert versions(one, other) == ["Planetes S01E01 - " + label + ".mkv", "Planetes S01E01.mkv"]


def test_versions_that_nothing_tells_apart_are_numbered_up_to_what_the_server_takes() -> None:
    same = [{"resolution": "1080p"}] + [{"resolution": "720p"}] * 3

    assert versions(*same) == [
        "Planetes S01E01 - 720p 2.mkv", "Planetes S01E01 - 720p 3.mkv", "Planetes S01E01 - 720p.mkv",
        "Planetes S01E01.mkv",
    ]  # fmt: skip
    assert len(versions(*[{}] * 9, preset="emby")) == 8
    assert len(versions(*[{}] * 3, preset="kodi")) == 1


def test_a_label_that_the_library_has_is_numbered_on() -> None:
    there = [in_library(FIRST), in_library(f"{SEASON}/Planetes S01E01 - 720p.mkv")]
    arriving = [episode("a.mkv", resolution="720p"), episode("b.mkv", resolution="480p")]
    made = planned(arriving, on_conflict="version", library=there)

    assert targets(made) == {
        "a.mkv": f"{SEASON}/Planetes S01E01 - 720p 2.mkv", "b.mkv": f"{SEASON}/Planetes S01E01 - 480p.mkv",
    }  # fmt: skip


def test_an_episode_of_a_pair_goes_where_only_the_pair_is_in_its_way() -> None:
    both = [episode("pair.mkv", 1, 2, resolution="1080p"), episode("second.mkv", 2, resolution="720p")]
    made = planned(both, on_conflict="version", preset="plex")

    assert targets(made)["second.mkv"].endswith("/Planetes (2003) - s01e02.mkv")


# --- sidecars of videos that share a name ---


def test_what_is_named_as_two_containers_are_goes_with_the_one_that_goes() -> None:
    items = [episode("Planetes - 01.mkv", size=10), episode("Planetes - 01.mp4", size=20)]
    made = planned(items, [beside("Planetes - 01.en.ass"), beside("Planetes - 01.jpg")])

    assert causes(made) == {"Planetes - 01.mkv": Cause.BETTER_FILE}
    assert {move.video for move in made.moves[1:]} == {FIRST.replace(".mkv", ".mp4")}


def test_a_spelling_tells_whose_sidecar_it_is_where_names_differ_in_case_alone() -> None:
    items = [episode("OP.mkv", 1), episode("op.mkv", 2)]
    made = planned(items, [beside("OP.ass"), beside("op.ass"), beside("Op.en.ass")])

    assert targets(made) | {"OP.mkv": "", "op.mkv": ""} == {
        "OP.mkv": "", "op.mkv": "", "OP.ass": f"{SEASON}/Planetes S01E01.ass",
        "op.ass": f"{SEASON}/Planetes S01E02.ass", "Op.en.ass": f"{SEASON}/Planetes S01E01.en.ass",
    }  # fmt: skip


@pytest.mark.parametrize(
    "sidecar", ["Die Flu\u0308gel.ass", "Die Flu\u0308gel.de.ass", "Die Flu\u0308gel.jpg"]
)
def test_a_sidecar_that_a_mac_has_named_finds_its_video(sidecar: str) -> None:
    made = planned(
        [video("Die Fl\u00fcgel.mkv", MEMORIES), video("Other.mkv", PLANETES, (1, 1))], [beside(sidecar)]
    )

    assert targets(made)[sidecar].startswith(f"{FOLDER}/Memories (1995)")


def test_an_extra_that_the_library_has_from_elsewhere_is_told_by_its_file() -> None:
    there = "Shows/Planetes (2003) [tmdbid-21]/shorts/Creditless Opening.mkv"
    made = planned([video("NCOP.mkv", PLANETES, type=VideoType.OP)], library=[in_library(there)])

    assert causes(made) == {"NCOP.mkv": Cause.OTHER_FILE}
    assert made.held[0].facts == {"there": there}
