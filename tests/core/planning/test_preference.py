"""Of several files for one place the better goes first, and it is said why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import HeldReason, MatchedFile, Mode, Plan
from anivault.core.organizer import plan
from anivault.core.planning.library import Library, Origin
from anivault.core.planning.naming.presets import load_preset
from anivault.core.planning.preference import Choice, lines, source_rank, told_apart
from anivault.parser.read import read_rules
from anivault.shared.errors import ConfigError
from anivault.shared.settings import load
from tests.conftest import Run
from tests.core.records import ROOT, in_library, planned, scanned, show, targets, video

MUSHISHI = show(1, "Mushishi", 2005)
SEASON = "Shows/Mushishi (2005) [tmdbid-1]/Season 01"


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        ({"version": 2, "resolution": "480p"}, {"resolution": "1080p"}, "a later version"),
        ({"resolution": "1080p"}, {"resolution": "1280x720"}, "a higher resolution"),
        (
            {"source": "BD", "resolution": "1080p"},
            {"source": "WEB-DL", "resolution": "1080p"},
            "a better source",
        ),
    ],
)
def test_the_better_of_two_files_goes_and_the_other_is_told_why(
    better: dict[str, Any], worse: dict[str, Any], why: str
) -> None:
    files = [video("a.mkv", MUSHISHI, (1, 1), **worse), video("z.mkv", MUSHISHI, (1, 1), **better)]

    result = planned(files)

    assert list(targets(result)) == ["z.mkv"]
    assert (result.held[0].reason, result.held[0].detail) == (
        HeldReason.SAME_TARGET,
        f"z.mkv goes there: {why}",
    )


def why_held(*files: MatchedFile) -> dict[str, str]:
    """Why each of the files that stay does so."""
    return {item.rel: item.detail for item in planned(list(files)).held}


def of_group(name: str, group: str | None, episode: int = 1, **said: Any) -> MatchedFile:
    return video(name, MUSHISHI, (1, episode), group=group, **said)


def test_that_a_release_has_more_episodes_is_said_of_the_release_and_not_of_a_file() -> None:
    season = [of_group(f"a{n}.mkv", "A", n) for n in (1, 2, 3)]

    assert why_held(*season, of_group("b1.mkv", "B")) == {
        "b1.mkv": "a1.mkv goes there: more episodes of its release are here"
    }


def test_a_file_is_not_said_to_be_better_by_what_the_other_is_better_by() -> None:
    told = why_held(
        of_group("a.mkv", "A", resolution="720p"),
        of_group("b.mkv", "B", resolution="1080p"),
        of_group("b v2.mkv", "B", resolution="480p", version=2),
    )

    assert told == {
        "b.mkv": "a.mkv goes there: a later version of the other is here",
        "b v2.mkv": "a.mkv goes there: a higher resolution",
    }


def test_of_two_that_are_equal_none_is_said_to_be_better() -> None:
    told = why_held(of_group("Zeta/1.mkv", None), of_group("Alpha/1.mkv", "Alpha"))

    assert told == {"Alpha/1.mkv": "Zeta/1.mkv goes there: as good as the other, and one has to be chosen"}


def test_of_two_equal_files_the_larger_goes_then_the_first_by_path() -> None:
    large = video("c.mkv", MUSHISHI, (1, 1), file=scanned("c.mkv", size=2000))
    small = [video(name, MUSHISHI, (1, 2)) for name in ("b.mkv", "a.mkv")]

    result = planned([video("b2.mkv", MUSHISHI, (1, 1)), large, *small])

    assert sorted(targets(result)) == ["a.mkv", "c.mkv"]


@given(st.permutations(range(5)))
def test_who_wins_does_not_depend_on_the_order_of_the_files(order: list[int]) -> None:
    files = [
        video(f"{n}.mkv", MUSHISHI, (1, 1), version=version, resolution=resolution)
        for n, (version, resolution) in enumerate(
            [(None, "1080p"), (2, "480p"), (2, "720p"), (1, None), (2, "720p")]
        )
    ]

    assert list(targets(planned([files[n] for n in order]))) == ["2.mkv"]


@pytest.mark.parametrize(
    ("text", "height"),
    [("1080p", 1080), ("1920x1080", 1080), ("4K", 2160), ("8K", 4320), ("x", 0), (None, 0)],
)
def test_resolutions_compare_by_their_lines(text: str | None, height: int) -> None:
    assert lines(text) == height


def test_sources_rank_from_tape_to_disc_and_who_says_nothing_has_it_from_the_web() -> None:
    ranked = sorted(["BDRip", "WEB-DL", "DVD", "HDTV", None, "Blu-ray"], key=source_rank)

    assert ranked == ["HDTV", "DVD", "WEB-DL", None, "Blu-ray", "BDRip"]


def test_a_path_of_any_bytes_can_be_compared() -> None:
    odd = video("\udcff.mkv", MUSHISHI, (1, 1), resolution="??", source="!")
    items = [odd, video("a.mkv", MUSHISHI, (1, 1))]

    assert Choice(items, ()).order(items) == [1, 0]


def test_a_later_version_of_another_group_does_not_beat_a_better_picture() -> None:
    files = [
        video("a.mkv", MUSHISHI, (1, 1), group="Alpha", version=2, resolution="480p"),
        video("b.mkv", MUSHISHI, (1, 1), group="Beta", resolution="1080p"),
    ]

    assert list(targets(planned(files))) == ["b.mkv"]


@pytest.mark.parametrize(
    ("prefer", "winner"),
    [
        ([], "alpha.mkv"),
        (["size:smaller"], "alpha.mkv"),
        (["size:larger"], "beta.mkv"),
        (["group:BETA"], "beta.mkv"),
        (["group:Gamma", "group:beta", "group:alpha"], "beta.mkv"),
        (["resolution:720p"], "beta.mkv"),
        (["resolution", "group:Beta"], "alpha.mkv"),
        (["source:tv"], "beta.mkv"),
        (["source"], "alpha.mkv"),
        (["source:bd", "source:web"], "alpha.mkv"),
        (["language:de"], "beta.mkv"),
        (["language:fr"], "alpha.mkv"),
    ],
)
def test_the_order_of_preference_is_the_users(prefer: list[str], winner: str) -> None:
    alpha: dict[str, Any] = {"group": "Alpha", "resolution": "1080p", "file": scanned("alpha.mkv", size=5)}
    german = scanned("beta.german.mkv", size=6)
    beta: dict[str, Any] = {"group": "Beta", "resolution": "720p", "source": "HDTV", "file": german}
    files = [video("", MUSHISHI, (1, 1), **alpha), video("", MUSHISHI, (1, 1), **beta)]

    assert [rel.replace(".german", "") for rel in targets(planned(files, prefer=prefer))] == [winner]


@pytest.mark.parametrize(
    "wish", ["beauty", "group:", "group", "resolution:big", "language:", "size", "source:a b"]
)
def test_a_wish_that_means_nothing_is_refused(tmp_path: Path, wish: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[organize]\nprefer = ["group:A", "{wish}"]\n')

    with pytest.raises(ConfigError, match=rf"\[organize\] prefer: '{re.escape(wish)}' is not a wish"):
        load(config=str(config), environment={})


# --- a release for a season ---


def season(group: str, episodes: Iterable[int], size: int = 1000, **parsed: Any) -> list[MatchedFile]:
    return [
        video(
            f"{group}/[{group}] Mushishi - {n:02}.mkv", MUSHISHI, (1, n), group=group,
            file=scanned(f"{group}/[{group}] Mushishi - {n:02}.mkv", size=size + n * (-1) ** n), **parsed,
        )
        for n in episodes
    ]  # fmt: skip


def groups_of(result: Plan) -> list[str]:
    return [move.rel.partition("/")[0] for move in sorted(result.moves, key=lambda move: move.target)]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("Mushishi - 01.mkv", "My D'l/Mushishi - 01.mkv", "Mushishi - 01.mkv in pile"),
        ("A/Mushishi - 01.mkv", "B/Mushishi - 01.mkv", "A"),
        ("A/[G] Mushishi - 01.mkv", "B/[G] Mushishi - 01.mkv", "G in A"),
        ("[G] Mushishi - 01.mkv", "B/[G] Mushishi - 01.mkv", "G in pile"),
        ("A/[G] Mushishi - 01.mkv", "B/[H] Mushishi - 01.mkv", "G"),
    ],
)
def test_releases_that_are_called_the_same_are_told_apart_by_their_folders(
    first: str, second: str, told: str
) -> None:
    winner, other = (video(name, MUSHISHI, (1, 1), group=_group(name)) for name in (first, second))

    assert told_apart(winner, other) == told.replace("pile", ROOT.rpartition("/")[2])


def test_a_file_of_the_same_name_further_up_is_named_with_its_folder() -> None:
    items = [video(name, MUSHISHI, (1, 1)) for name in ("Mushishi - 01.mkv", "My D'l/Mushishi - 01.mkv")]
    (held,) = planned(items).held

    assert held.rel == "My D'l/Mushishi - 01.mkv"
    assert held.detail.startswith(f"{ROOT.rpartition('/')[2]}/Mushishi - 01.mkv goes there: ")


def _group(name: str) -> str | None:
    return name.partition("[")[2].partition("]")[0] or None


def test_of_several_releases_one_is_taken_whole_whatever_the_sizes() -> None:
    files = [item for group in ("F", "B", "E", "A", "D", "C") for item in season(group, range(1, 13))]

    result = planned(files)

    assert groups_of(result) == ["A"] * 12
    assert {item.detail for item in result.held} == {"A is the release for season 1: its name sorts first"}
    assert {item.other for item in result.held} == {
        f"{ROOT}/A/[A] Mushishi - {n:02}.mkv" for n in range(1, 13)
    }
    assert all(item.place.endswith(f"S01E{item.rel[-6:-4]}.mkv") for item in result.held)


def test_only_where_the_release_lacks_an_episode_the_next_one_has_it() -> None:
    files = [*season("A", (1, 2, 4)), *season("B", (1, 2, 3)), *season("C", (1, 2, 3, 4, 5, 6))]

    assert groups_of(planned(files)) == ["C"] * 6
    assert groups_of(planned(files, prefer=["group:B"])) == ["B", "B", "B", "C", "C", "C"]
    assert groups_of(planned(files, prefer=["group:B", "group:A"])) == ["B", "B", "B", "A", "C", "C"]


def test_a_television_recording_is_not_better_than_a_release_that_says_nothing() -> None:
    files = [*season("Z", (1, 2), source=None), *season("A", (1, 2), source="HDTV", size=9000)]

    assert groups_of(planned(files)) == ["Z", "Z"]
    assert groups_of(planned(files, prefer=["source:tv"])) == ["A", "A"]


def test_each_season_has_its_own_release() -> None:
    second = [video(f"B/s2 {n}.mkv", MUSHISHI, (2, n), group="B") for n in (1, 2, 3)]
    other = [video(f"A/s2 {n}.mkv", MUSHISHI, (2, n), group="A") for n in (1,)]

    assert groups_of(planned([*season("A", (1, 2)), *season("B", (1,)), *second, *other])) == list("AABBB")


def test_an_empty_file_never_wins_a_place() -> None:
    empty = video("a.mkv", MUSHISHI, (1, 1), group="A", resolution="1080p", file=scanned("a.mkv", size=0))
    whole = video("z.mkv", MUSHISHI, (1, 1), group="Z", resolution="720p")

    result = planned([empty, whole], prefer=["group:A"])

    assert list(targets(result)) == ["z.mkv"]
    assert result.held[0].detail == "z.mkv goes there: the other is empty"


def test_the_release_that_the_library_has_goes_on() -> None:
    there = [in_library(f"{SEASON}/Mushishi S01E{n:02}.mkv") for n in (1, 2)]
    origins = {
        file.rel: Origin(scanned(f"B/[B] Mushishi - {n:02}.mkv"), f"tmdb:tv:1:S01E{n:02}:00000000")
        for n, file in enumerate(there, 1)
    }
    files = [*season("A", range(1, 5)), *season("B", (3, 4))]

    result = plan(
        files, library="/library", roots=[ROOT], mode=Mode.COPY, preset=load_preset("jellyfin"),
        taken=Library(there, origins, read=read_rules), prefer=["group:A"],
    )  # fmt: skip

    assert groups_of(result) == ["B", "B"]
    assert {item.detail for item in result.held if item.reason is HeldReason.SAME_TARGET} == {
        "B is the release for season 1: the library has more of this release"
    }


def test_a_command_knows_which_release_the_library_has(run: Run, tmp_path: Path) -> None:
    """Of a season that group B began, B goes on, though A has more of it."""
    for folder, names in (
        ("first", [f"[B] Mushishi - {n:02}" for n in (1, 2)]),
        (
            "then",
            [f"[{group}] Mushishi - {n:02}" for group, n in (*(("A", n) for n in range(1, 5)), ("B", 3))],
        ),
    ):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"{name}.mkv").write_bytes(name.encode())
    library = tmp_path / "library"
    run("organize", tmp_path / "first", "--to", library, "--mode", "copy", "--apply")

    done = run("organize", tmp_path / "then", "--to", library, "--mode", "copy", "--json")

    went = {Path(event["path"]).name for event in done.of("move")}
    assert went == {"[B] Mushishi - 03.mkv", "[A] Mushishi - 04.mkv"}
