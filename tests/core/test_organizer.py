"""Every file gets one place or a reason to stay; nothing is overwritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anivault.core.models import Coordinates, Decision, HeldReason, MatchedFile, Mode, ParsedFile
from anivault.core.organizer import plan
from anivault.core.pipeline.scanner import scan
from anivault.core.planning.library import Library
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from anivault.parser.models import VideoType
from tests.core.records import (
    ROOT,
    beside,
    film,
    in_library,
    planned,
    reasons,
    scanned,
    show,
    targets,
    video,
)

MUSHISHI = show(1, "Mushishi", 2005)
SEASON = "Shows/Mushishi (2005) [tmdbid-1]/Season 01"


def test_an_episode_goes_to_its_season_of_its_show() -> None:
    result = planned([video("m/[G] Mushishi - 03.mkv", MUSHISHI, (1, 3))])

    assert targets(result) == {"m/[G] Mushishi - 03.mkv": f"{SEASON}/Mushishi S01E03.mkv"}
    assert result.moves[0].reason == "Mushishi, 97%"
    assert result.moves[0].mode is Mode.HARDLINK


def test_an_episode_title_is_shown_where_it_is_known() -> None:
    place = Coordinates(season=1, episode=3, title="Tender Horns")

    assert targets(planned([video("a.mkv", MUSHISHI, place)]))["a.mkv"].endswith("S01E03 - Tender Horns.mkv")


def test_a_special_goes_to_season_zero() -> None:
    result = planned([video("a.mkv", MUSHISHI, (0, 2))])

    assert targets(result)["a.mkv"] == "Shows/Mushishi (2005) [tmdbid-1]/Season 00/Mushishi S00E02.mkv"


def test_a_film_has_its_own_root_and_a_folder_of_its_name() -> None:
    result = planned([video("a.MKV", film(9, "Paprika", 2006))])

    assert targets(result)["a.MKV"] == "Movies/Paprika (2006) [tmdbid-9]/Paprika (2006) [tmdbid-9].mkv"


@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("jellyfin", "Mushishi S01E03-E05.mkv"),
        ("plex", "Mushishi (2005) - s01e03-e05.mkv"),
        ("emby", "Mushishi - S01E03-E05.mkv"),
        ("kodi", "Mushishi S01E03-E04-E05.mkv"),
    ],
)
def test_several_episodes_in_one_file_are_named_as_the_server_reads_them(preset: str, name: str) -> None:
    result = planned([video("a.mkv", MUSHISHI, (1, 3), (1, 4), (1, 5))], preset=preset)

    assert targets(result)["a.mkv"].rpartition("/")[2] == name


@pytest.mark.parametrize("places", [(), ((1, 3), (1, 5)), ((1, 12), (2, 1))])
def test_what_no_server_could_read_from_one_name_has_no_place(places: tuple[tuple[int, int], ...]) -> None:
    assert reasons(planned([video("a.mkv", MUSHISHI, *places)])) == {"a.mkv": "no-place"}


def test_what_would_have_no_name_stays() -> None:
    own = {"mine": {"base": "jellyfin", "season": "all", "episode": "{absolute:000}"}}

    assert reasons(planned([video("a.mkv", MUSHISHI, (1, 1))], preset="mine", own=own)) == {
        "a.mkv": "no-place"
    }


def test_films_can_lie_beside_shows() -> None:
    own = {"mine": {"base": "jellyfin", "show": "{title}", "film": "{title} ({year})/{title}"}}
    items = [video("a.mkv", film(9, "Paprika", 2006)), video("b.mkv", MUSHISHI, (1, 1))]

    assert sorted(targets(planned(items, preset="mine", own=own)).values()) == [
        "Mushishi/Season 01/Mushishi S01E01.mkv", "Paprika (2006)/Paprika.mkv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "title", "reason"),
    [
        (Decision.AMBIGUOUS, "x", HeldReason.AMBIGUOUS),
        (Decision.UNMATCHED, "x", HeldReason.UNMATCHED),
        (Decision.UNMATCHED, None, HeldReason.UNREADABLE_NAME),
    ],
)
def test_what_is_not_matched_stays(decision: Decision, title: str | None, reason: HeldReason) -> None:
    result = planned([video("a.mkv", MUSHISHI, (1, 1), decision=decision, title=title)])

    assert reasons(result) == {"a.mkv": reason.value}


def test_a_file_without_a_place_in_a_matched_release_says_so() -> None:
    item = video("a.mkv", MUSHISHI)
    lost = type(item)(item.file, item.parsed, item.match, Decision.AMBIGUOUS, (), ("there is no episode 99",))

    result = planned([lost])

    assert reasons(result) == {"a.mkv": "no-place"}
    assert result.held[0].detail == "there is no episode 99"


def test_samples_stay_whatever_they_are_of() -> None:
    result = planned([video("sample.mkv", MUSHISHI, (1, 1), type=VideoType.SAMPLE)])

    assert reasons(result) == {"sample.mkv": "sample"}


# --- two files for one place ---


def test_two_containers_of_one_episode_are_rivals() -> None:
    result = planned([video("a.mp4", MUSHISHI, (1, 1)), video("a.mkv", MUSHISHI, (1, 1))])

    assert len(result.moves) == len(result.held) == 1


def test_as_a_version_the_second_goes_beside_the_first_by_what_tells_them_apart() -> None:
    files = [
        video("a.mkv", MUSHISHI, (1, 1), resolution="1080p", group="Alpha"),
        video("b.mkv", MUSHISHI, (1, 1), resolution="720p", group="Beta"),
        video("c.mkv", MUSHISHI, (1, 1), resolution="720p", group="Beta"),
    ]

    result = planned(files, on_conflict="version")

    assert sorted(target.rpartition("/")[2] for target in targets(result).values()) == [
        "Mushishi S01E01 - 720p Beta 2.mkv",
        "Mushishi S01E01 - 720p Beta.mkv",
        "Mushishi S01E01.mkv",
    ]


def test_a_server_without_versions_gets_none() -> None:
    files = [video("a.mkv", MUSHISHI, (1, 1)), video("b.mkv", MUSHISHI, (1, 1))]

    assert len(planned(files, preset="kodi", on_conflict="version").moves) == 1


def test_emby_takes_eight_versions() -> None:
    files = [video(f"{n}.mkv", MUSHISHI, (1, 1)) for n in range(10)]

    assert len(planned(files, preset="emby", on_conflict="version").moves) == 8


def test_a_hard_link_of_the_winner_is_no_version() -> None:
    first, second = scanned("a.mkv", inode=7), scanned("b.mkv", inode=7)

    result = planned(
        [video("a.mkv", MUSHISHI, (1, 1), file=first), video("b.mkv", MUSHISHI, (1, 1), file=second)],
        on_conflict="version",
    )

    assert reasons(result) == {"b.mkv": "same-target"}
    assert result.held[0].detail == "it is a hard link of a.mkv"


def test_a_film_in_parts_keeps_them_all() -> None:
    paprika = film(9, "Paprika", 2006)
    files = [video(f"p/cd{n}.avi", paprika, part=n, group="G") for n in (2, 1)]

    names = {rel: target.rpartition("/")[2] for rel, target in targets(planned(files)).items()}

    assert names == {
        "p/cd1.avi": "Paprika (2006) [tmdbid-9] - cd1.avi",
        "p/cd2.avi": "Paprika (2006) [tmdbid-9] - cd2.avi",
    }


def test_a_part_number_alone_is_no_part_of_a_file() -> None:
    """`Part 2` in a name mostly means a half season."""
    assert targets(planned([video("a.mkv", MUSHISHI, (1, 1), part=2)]))["a.mkv"].endswith("S01E01.mkv")


def test_shows_whose_folders_would_be_one_are_not_mixed() -> None:
    result = planned(
        [
            video("a.mkv", show(1, "Fruits Basket", 2019), (1, 1)),
            video("b.mkv", show(2, "FRUITS basket", 2019), (1, 2)),
        ],
        preset="kodi",
    )

    assert list(targets(result)) == ["a.mkv"]
    assert reasons(result) == {"b.mkv": "same-target"}


# --- what the library holds ---


def test_a_place_that_is_taken_is_never_planned() -> None:
    result = planned(
        [video("a.mkv", MUSHISHI, (1, 1))], library=[in_library(f"{SEASON}/Mushishi S01E01.mkv")]
    )

    assert reasons(result) == {"a.mkv": "target-taken"}


@pytest.mark.parametrize("name", ["MUSHISHI s01e01.MKV", "Mushishi S01E01.mp4"])
def test_case_and_container_do_not_hide_that_a_place_is_taken(name: str) -> None:
    result = planned([video("a.mkv", MUSHISHI, (1, 1))], library=[in_library(f"{SEASON}/{name}")])

    assert reasons(result) == {"a.mkv": "target-taken"}


def test_folders_keep_the_spelling_that_the_library_has() -> None:
    there = [
        in_library("SHOWS/mushishi (2005) [TMDBID-1]/season 1/x.txt"),
        in_library("SHOWS/Other/season 01/y.mkv"),
    ]

    result = planned([video("a.mkv", MUSHISHI, (1, 1)), video("b.mkv", film(9, "X"))], library=there)

    assert targets(result) == {
        "a.mkv": "SHOWS/mushishi (2005) [TMDBID-1]/Season 01/Mushishi S01E01.mkv",
        "b.mkv": "Movies/X (2020) [tmdbid-9]/X (2020) [tmdbid-9].mkv",
    }


def test_unicode_form_does_not_hide_that_a_place_is_taken() -> None:
    there = "Shows/Nausicaä (1984) [tmdbid-1]/Season 01/Nausicaä S01E01.mkv"

    result = planned([video("a.mkv", show(1, "Nausicaä", 1984), (1, 1))], library=[in_library(there)])

    assert reasons(result) == {"a.mkv": "target-taken"}


def test_a_taken_place_can_have_a_second_version() -> None:
    result = planned(
        [video("a.mkv", MUSHISHI, (1, 1))],
        library=[in_library(f"{SEASON}/Mushishi S01E01.mkv")],
        on_conflict="version",
    )

    assert targets(result) == {"a.mkv": f"{SEASON}/Mushishi S01E01 - Version.mkv"}


def test_the_same_inode_anywhere_in_the_library_is_already_there() -> None:
    file = scanned("a.mkv", inode=7)

    result = planned(
        [video("a.mkv", MUSHISHI, (1, 1), file=file)], library=[in_library("elsewhere/b.mkv", inode=7)]
    )

    assert reasons(result) == {"a.mkv": "already-there"}
    assert result.held[0].detail == "elsewhere/b.mkv"


def test_a_copy_at_its_place_is_already_there() -> None:
    copy = in_library(f"{SEASON}/Mushishi S01E01.mkv", size=1000, mtime_ns=10**18 - 10**9)

    assert reasons(planned([video("a.mkv", MUSHISHI, (1, 1))], library=[copy])) == {"a.mkv": "already-there"}


def test_what_is_there_keeps_its_place_against_a_better_file() -> None:
    there = in_library(f"{SEASON}/Mushishi S01E01.mkv", inode=7)
    old = video("v1.mkv", MUSHISHI, (1, 1), file=scanned("v1.mkv", inode=7))
    better = video("v2.mkv", MUSHISHI, (1, 1), version=2)

    result = planned([old, better], library=[there])

    assert reasons(result) == {"v1.mkv": "already-there", "v2.mkv": "same-target"}


def test_a_new_subtitle_still_joins_a_video_that_is_there() -> None:
    there = in_library(f"{SEASON}/Mushishi S01E01.mkv", inode=7)
    old = video("m.mkv", MUSHISHI, (1, 1), file=scanned("m.mkv", inode=7))

    result = planned([old], [beside("m.en.srt")], library=[there])

    assert targets(result) == {"m.en.srt": f"{SEASON}/Mushishi S01E01.en.srt"}


@pytest.mark.parametrize("on_conflict", ["hold", "version"])
@pytest.mark.parametrize("how", ["link", "copy"])
def test_a_second_run_changes_nothing(tmp_path: Path, how: str, on_conflict: str) -> None:
    source, library = tmp_path / "source", tmp_path / "library"
    files = {"a - 01.mkv": b"1", "b - 01.mkv": b"22", "a - 01.en.ass": b"s", "a - 02.mkv": b"333"}
    source.mkdir()
    for name, content in files.items():
        (source / name).write_bytes(content)
    numbers = {"a - 01.mkv": 1, "b - 01.mkv": 1, "a - 02.mkv": 2}

    def run() -> int:
        found = scan([str(source)]).files
        videos = [video(f.rel, MUSHISHI, (1, numbers[f.rel]), file=f) for f in found if f.rel in numbers]
        others = [beside(f.rel, file=f) for f in found if f.rel not in numbers]
        there = Library(scan([str(library)]).files if library.exists() else [])
        result = plan(
            videos, others, library=str(library), roots=[str(source)], mode=Mode.COPY,
            preset=load_preset("jellyfin"), taken=there, on_conflict=on_conflict,  # type: ignore[arg-type]
        )  # fmt: skip
        for move in result.moves:
            target = library / move.target
            target.parent.mkdir(parents=True, exist_ok=True)
            assert not target.exists()
            if how == "link":
                target.hardlink_to(move.source)
            else:
                shutil.copy2(move.source, target)
        return len(result.moves)

    assert run() == (4 if on_conflict == "version" else 2)
    assert run() == 0


# --- extras ---


@pytest.mark.parametrize(
    ("name", "kind", "target"),
    [
        ("[G] Mushishi - NCOP1a [BD].mkv", VideoType.OP, "shorts/Creditless Opening 1a.mkv"),
        ("Mushishi Creditless Ending.mkv", VideoType.ED, "shorts/Creditless Ending.mkv"),
        ("[G][Mushishi][NCED02][1080p].mkv", VideoType.ED, "shorts/Creditless Ending 02.mkv"),
        ("Mushishi PV3.mkv", VideoType.PV, "trailers/Trailer 3.mkv"),
        ("Mushishi Menu Vol.2.mkv", VideoType.MENU, "featurettes/Menu Vol.2.mkv"),
        ("[G] Mushishi - Cast Interview 2 [BD].mkv", VideoType.INTERVIEW, "interviews/Interview 2.mkv"),
        (
            "Mushishi - The Making of.mkv",
            VideoType.BEHIND_THE_SCENES,
            "behind the scenes/Behind the Scenes.mkv",
        ),
        ("Mushishi CM 103.mkv", VideoType.CM, "trailers/Commercial (103).mkv"),
        ("Mushishi PV S01E01.mkv", VideoType.PV, "trailers/Trailer (S01), Episode 01.mkv"),
    ],
)
def test_extras_go_to_typed_folders_by_names_that_are_no_episodes(
    name: str, kind: VideoType, target: str
) -> None:
    result = planned([video(name, MUSHISHI, type=kind)])

    assert targets(result) == {name: f"Shows/Mushishi (2005) [tmdbid-1]/{target}"}


def test_extras_of_one_release_are_all_kept_and_those_of_another_are_rivals() -> None:
    names = ("a/[G] Mushishi Menu [Vol.1].mkv", "a/[G] Mushishi Menu [Vol.2].mkv")
    items = [video(name, MUSHISHI, type=VideoType.MENU, group="G") for name in names]
    other = video("b/[H] Mushishi Menu.mkv", MUSHISHI, type=VideoType.MENU, group="H")

    result = planned([*items, other])

    assert [move.target.rpartition("/")[2] for move in result.moves] == ["Menu.mkv", "Menu - 2.mkv"]
    assert reasons(result) == {"b/[H] Mushishi Menu.mkv": "same-target"}


def test_extras_of_a_later_season_say_so() -> None:
    result = planned([video("NCOP1.mkv", MUSHISHI, type=VideoType.OP, season=2)])

    assert targets(result)["NCOP1.mkv"].endswith("/shorts/Creditless Opening 1 (Season 2).mkv")


def test_extras_of_a_film_lie_beside_it() -> None:
    result = planned([video("Paprika Trailer.mkv", film(9, "Paprika", 2006), type=VideoType.PV)])

    assert list(targets(result).values()) == ["Movies/Paprika (2006) [tmdbid-9]/trailers/Trailer.mkv"]


def test_extras_of_an_unknown_show_stay() -> None:
    result = planned([video("NCOP.mkv", None, type=VideoType.OP, decision=Decision.UNMATCHED)])

    assert reasons(result) == {"NCOP.mkv": "unmatched"}


# --- laws ---

TITLES = st.one_of(
    st.sampled_from(
        [
            "Mushishi",
            "MUSHISHI",
            "Re:ZERO",
            "../../etc",
            "[Oshi no Ko]",
            ".hack//SIGN",
            "CON",
            "??",
            "ＡＢ",
            "ﬁ",
            "İstanbul",
            "ä",
            "ä",
        ]
    ),
    st.text(st.characters(codec=None), max_size=300),
)
EPISODE_TITLES = st.none() | TITLES
YEARS = st.sampled_from([None, 2001, 2002])
NAMES = st.text(st.characters(exclude_characters="/\0", codec=None), min_size=1, max_size=40).filter(
    lambda name: name not in {".", ".."}
)


@st.composite
def collections(draw: st.DrawFn) -> tuple[list[MatchedFile], list[ParsedFile]]:
    """Videos of a few shows, with collisions more likely than not, and files beside them."""
    candidates = [
        show(n, draw(TITLES), draw(YEARS), draw(st.sampled_from(["tv", "movie"])))
        for n in range(draw(st.integers(1, 4)))
    ]
    names = draw(st.lists(NAMES, min_size=1, max_size=12, unique=True))
    videos = [
        video(
            f"{name}.mkv", draw(st.sampled_from(candidates)),
            Coordinates(
                season=draw(st.integers(0, 2)), episode=draw(st.integers(1, 3)), title=draw(EPISODE_TITLES)
            ),
            type=draw(st.sampled_from([None, None, None, VideoType.OP, VideoType.PV, VideoType.SAMPLE])),
            decision=draw(st.sampled_from([Decision.MATCHED] * 4 + [Decision.AMBIGUOUS])),
            group=draw(st.none() | NAMES), resolution=draw(st.sampled_from([None, "720p", "1080p"])),
            version=draw(st.sampled_from([None, 2])),
        )
        for name in names
    ]  # fmt: skip
    tails = st.sampled_from(
        [".en.ass", ".ass", ".EN.srt", " [CHS].ass", ".forced.srt", ".jpg", ".nfo", ".txt", ".ttf"]
    )
    others = [
        beside(name + tail)
        for name in draw(st.lists(st.sampled_from(names), max_size=8))
        for tail in {draw(tails)}
    ]
    unique = {item.file.rel: item for item in others}
    return videos, list(unique.values())


def one_special(*titles: str | None) -> list[MatchedFile]:
    """As many files of one special, some with the title of the episode."""
    found = show(0, "A", None, "tv")
    places = (Coordinates(season=0, episode=1, title=title) for title in titles)
    return [video(f"{n}.mkv", found, place) for n, place in enumerate(places)]


@settings(max_examples=150, deadline=None)
@given(
    collections(),
    st.sampled_from(sorted(builtin_presets())),
    st.sampled_from(["hold", "version"]),
    st.sampled_from([143, 255]),
)
@example((one_special("T", None, None), []), "emby", "version", 143)  # two of them have one name
@example((one_special(None, "T", "T"), []), "emby", "version", 143)
def test_every_plan_is_safe_to_carry_out(
    collection: tuple[list[MatchedFile], list[ParsedFile]], preset: str, on_conflict: str, name_max: int
) -> None:
    videos, others = collection
    result = planned(videos, others, preset=preset, on_conflict=on_conflict, name_max=name_max)

    sources = [*(move.rel for move in result.moves), *(item.rel for item in result.held)]
    given_files = [*(item.file.rel for item in videos), *(item.file.rel for item in others)]
    assert sorted(sources) == sorted(given_files)
    folded = [fold(move.target) for move in result.moves]
    assert len(folded) == len(set(folded))
    for move in result.moves:
        parts = move.target.split("/")
        assert all(part not in {"", ".", ".."} and not part.startswith(".") for part in parts)
        assert all(len(part.encode("utf-8")) <= name_max for part in parts)
        assert not set(move.target) & set('\0\\:*?"<>|\n\r')
        assert all(not part.endswith((" ", ".")) for part in parts)
    assert result == planned(videos, others, preset=preset, on_conflict=on_conflict, name_max=name_max)


def test_the_source_root_stands_in_every_entry() -> None:
    assert planned([video("a.mkv", MUSHISHI, (1, 1))]).moves[0].root == ROOT
