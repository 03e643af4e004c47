"""Of several files for one place the better goes first, and it is said why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import HeldReason
from anivault.core.planning.naming import load_preset
from anivault.core.planning.preference import RANKS, best_first, lines, source_rank
from anivault.shared.errors import PresetError
from tests.core.records import planned, scanned, show, targets, video

MUSHISHI = show(1, "Mushishi", 2005)


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


def test_sources_rank_from_tape_to_disc() -> None:
    ranked = sorted(["BDRip", "WEB-DL", "DVD", "HDTV", None, "Blu-ray"], key=source_rank)

    assert ranked == [None, "HDTV", "DVD", "WEB-DL", "Blu-ray", "BDRip"]


def test_a_path_of_any_bytes_can_be_compared() -> None:
    odd = video("\udcff.mkv", MUSHISHI, (1, 1), resolution="??", source="!")

    assert best_first([odd, video("a.mkv", MUSHISHI, (1, 1))], load_preset("jellyfin")) == [1, 0]


def test_a_later_version_of_another_group_does_not_beat_a_better_picture() -> None:
    files = [
        video("a.mkv", MUSHISHI, (1, 1), group="Alpha", version=2, resolution="480p"),
        video("b.mkv", MUSHISHI, (1, 1), group="Beta", resolution="1080p"),
    ]

    assert list(targets(planned(files))) == ["b.mkv"]


@pytest.mark.parametrize(
    ("keys", "winner"),
    [
        ({}, "beta.mkv"),
        ({"prefer": ["smaller"]}, "alpha.mkv"),
        ({"groups": ["ALPHA"]}, "alpha.mkv"),
        ({"groups": ["Gamma", "beta", "alpha"]}, "beta.mkv"),
        ({"prefer": ["resolution"], "groups": ["Beta"]}, "alpha.mkv"),
        ({"prefer": []}, "alpha.mkv"),
    ],
)
def test_the_order_of_preference_is_the_presets(keys: dict[str, Any], winner: str) -> None:
    files = [
        video("alpha.mkv", MUSHISHI, (1, 1), group="Alpha", file=scanned("alpha.mkv", size=5)),
        video("beta.mkv", MUSHISHI, (1, 1), group="Beta", file=scanned("beta.mkv", size=6)),
    ]
    own = {"mine": {"base": "jellyfin", **keys}}

    assert list(targets(planned(files, preset="mine", own=own))) == [winner]


def test_what_can_be_preferred_is_known() -> None:
    assert load_preset("mine", {"mine": {"base": "plex", "prefer": sorted(RANKS)}}).prefer == tuple(
        sorted(RANKS)
    )
    with pytest.raises(PresetError, match="prefer"):
        load_preset("mine", {"mine": {"base": "plex", "prefer": ["beauty"]}})
