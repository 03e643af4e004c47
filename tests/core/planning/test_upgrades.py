"""A file takes the place of one in the library only if it is surely better, and that one is AniVault's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.causes import Advantage, Cause
from anivault.core.models import Mode, ParsedFile, Plan, ScannedFile
from anivault.core.organizer import plan
from anivault.core.pipeline.parser import parse_alone
from anivault.core.planning.library import Library, Origin
from anivault.core.planning.naming.presets import load_preset
from anivault.core.planning.preference import compared
from tests.core.records import ROOT, in_library, scanned, show, video

MUSHISHI = show(1, "Mushishi", 2005)
SEASON = "Shows/Mushishi (2005) [tmdbid-1]/Season 01"


def named(name: str, size: int = 1000) -> ParsedFile:
    return parse_alone(scanned(name, size=size))


@pytest.mark.parametrize(
    ("new", "old", "prefer", "why"),
    [
        ("[A] Mushishi - 01v2 [1080p].mkv", "[A] Mushishi - 01 [1080p].mkv", [], Advantage.VERSION),
        ("[A] Mushishi - 01v2.mkv", "[A] Mushishi - 01 [1080p].mkv", [], Advantage.VERSION),
        ("Mushishi - 01v3.mkv", "Mushishi - 01v2.mkv", [], Advantage.VERSION),
        ("[B] Mushishi - 01 [1080p].mkv", "[A] Mushishi - 01 [720p].mkv", [], Advantage.RESOLUTION),
        ("[B] Mushishi - 01 [BD][720p].mkv", "[A] Mushishi - 01 [HDTV][720p].mkv", [], Advantage.SOURCE),
        ("[B] Mushishi - 01 [720p].mkv", "[A] Mushishi - 01 [1080p].mkv", ["group:b"], Advantage.GROUP),
        (
            "[B] Mushishi - 01 [720p].mkv", "[A] Mushishi - 01 [1080p].mkv", ["resolution:720p"],
            Advantage.RESOLUTION_WISHED,
        ),
        (
            "[B] Mushishi - 01 [WEB 720p].mkv", "[A] Mushishi - 01 [BD 720p].mkv", ["source:web"],
            Advantage.SOURCE_WISHED,
        ),
        # as good, or worse, or it is not known which
        ("[A] Mushishi - 01 [1080p].mkv", "[A] Mushishi - 01v2 [1080p].mkv", [], None),
        ("[A] Mushishi - 01 [1080p].mkv", "[A] Mushishi - 01 [1080p].mkv", ["size:larger"], None),
        ("[A] Mushishi - 01v2 [480p].mkv", "[A] Mushishi - 01 [1080p].mkv", [], None),
        ("[B] Mushishi - 01v2 [1080p].mkv", "[A] Mushishi - 01 [1080p].mkv", [], None),
        ("[B] Mushishi - 01 [1080p].mkv", "[A] Mushishi - 01 [1080p].mkv", [], None),
        ("[B] Mushishi - 01 [TV 1080p].mkv", "[A] Mushishi - 01 [BD 720p].mkv", [], None),
        ("[B] Mushishi - 01 [1080p].mkv", "[A] Mushishi - 01.mkv", [], None),
        ("[B] Mushishi - 01 [1080p].mkv", "Mushishi S01E01.mkv", ["group:b"], None),
        ("[B] Mushishi - 01 [2160p].mkv", "[A] Mushishi - 01 [1080p].mkv", ["group:a"], None),
        ("Mushishi - 01v2.mkv", "Mushishi S01E01 - The Green Seat.mkv", [], None),
    ],
)  # fmt: skip
def test_what_is_better_is_said_and_nothing_else_is(
    new: str, old: str, prefer: list[str], why: Advantage | None
) -> None:
    assert compared(named(new), named(old), prefer).advantage is why


@pytest.mark.parametrize(
    ("new", "old", "unsure"),
    [
        ("[B] Mushishi - 01 [1080p].mkv", "[A] Mushishi - 01.mkv", True),
        ("[B] Mushishi - 01 [1080p].mkv", "Mushishi S01E01.mkv", True),
        ("[B] Mushishi - 01 [480p].mkv", "[A] Mushishi - 01 [720p].mkv", False),
    ],
)
def test_it_is_told_where_names_do_not_say_which_is_better(new: str, old: str, unsure: bool) -> None:
    assert compared(named(new), named(old), []).unsure is unsure


NAMES = st.builds(
    lambda group, version, source, height: f"{group}Mushishi - 01{version} {source}{height}.mkv",
    st.sampled_from(["[A] ", "[B] ", ""]),
    st.sampled_from(["", "v2", "v3"]),
    st.sampled_from(["[BD] ", "[WEB] ", "[TV] ", ""]),
    st.sampled_from(["[480p]", "[720p]", "[1080p]", ""]),
)
WISHES = st.sampled_from(
    ["group:a", "group:b", "resolution", "resolution:720p", "source", "source:web", "source:bd"]
)


@given(one=NAMES, other=NAMES, prefer=st.lists(WISHES, max_size=3), sizes=st.tuples(*[st.integers(0, 9)] * 2))
def test_of_two_files_at_most_one_is_better(
    one: str, other: str, prefer: list[str], sizes: tuple[int, int]
) -> None:
    first, second = named(one, sizes[0]), named(other, sizes[1])

    there, back = compared(first, second, prefer), compared(second, first, prefer)
    assert not (there.advantage and back.advantage)
    assert compared(first, first, prefer).advantage is None


TELLING = ("group", "resolution", "source", "version")
OLD = f"{SEASON}/Mushishi S01E01.mkv"
CAME = "[A] Mushishi - 01 [720p].mkv"


def upgraded(
    names: list[str],
    *,
    there: list[ScannedFile] | None = None,
    known: dict[str, str] | None = None,
    slots: str = "S01E01",
    **more: Any,
) -> Plan:
    """Plan episodes of these names with `upgrade`; the library has `known` files, each with its old name."""
    known = {OLD: CAME} if known is None else known
    files = there if there is not None else [in_library(rel) for rel in known]
    origins = {rel: Origin(scanned(came), f"tmdb:tv:1:{slots}:00000000") for rel, came in known.items()}
    videos = [
        video(
            name,
            MUSHISHI,
            (1, 1),
            **{field: getattr(named(name).parsed, field) for field in TELLING},
        )
        for name in names
    ]
    return plan(
        videos, library="/library", roots=[ROOT], mode=Mode.HARDLINK, preset=load_preset("jellyfin"),
        taken=Library(files, origins, reread=parse_alone), upgrade=True, **more,
    )  # fmt: skip


def test_the_better_file_takes_the_place_and_says_whose_and_why() -> None:
    (move,) = upgraded(["[B] Mushishi - 01 [1080p].mkv"]).moves

    assert move.target == OLD
    assert move.replaces is not None
    assert (move.replaces.rel, move.replaces.advantage) == (OLD, Advantage.RESOLUTION)


def test_of_several_better_ones_the_best_goes() -> None:
    made = upgraded(["[B] Mushishi - 01 [1080p].mkv", "[C] Mushishi - 01 [2160p].mkv"])

    assert [move.rel for move in made.moves] == ["[C] Mushishi - 01 [2160p].mkv"]
    assert [(item.rel, item.cause) for item in made.held] == [
        ("[B] Mushishi - 01 [1080p].mkv", Cause.BETTER_FILE)
    ]


@pytest.mark.parametrize(
    ("known", "there", "slots", "cause"),
    [
        ({}, [OLD], "", Cause.NOT_IN_JOURNAL),  # AniVault did not put it there
        ({OLD: "[A] Mushishi - 01.mkv"}, [OLD], "S01E01", Cause.NOT_KNOWN_BETTER),
        ({OLD: "[A] Mushishi - 01 [2160p].mkv"}, [OLD], "S01E01", Cause.NOT_BETTER),
        ({OLD: CAME}, [OLD], "S01E01E02", Cause.OTHER_EPISODE_FILE),  # it has another episode too
        ({OLD: CAME}, [OLD, OLD.replace(".mkv", " - [x].mkv")], "S01E01", Cause.OTHER_EPISODE_FILE),  # two
    ],
)  # fmt: skip
def test_whose_place_is_not_taken_is_told(
    known: dict[str, str], there: list[str], slots: str, cause: Cause
) -> None:
    files = [in_library(rel) for rel in there]
    made = upgraded(["[B] Mushishi - 01 [1080p].mkv"], known=known, there=files, slots=slots)

    assert made.moves == ()
    assert [item.cause for item in made.held] == [cause]


def test_a_worse_file_is_no_version_of_the_better_one() -> None:
    made = upgraded(["[B] Mushishi - 01 [480p].mkv"], on_conflict="version")

    assert made.moves == ()
    assert [item.cause for item in made.held] == [Cause.NOT_BETTER]


def test_a_file_that_may_be_as_good_is_a_version_where_versions_are_wished_for() -> None:
    (move,) = upgraded(["[B] Mushishi - 01 [720p].mkv"], on_conflict="version").moves

    assert move.replaces is None
    assert move.target != OLD


@pytest.mark.parametrize(("other", "goes"), [("1080p", True), ("480p", False)])
def test_of_several_that_are_better_the_others_are_versions_where_they_are_not_worse(
    other: str, goes: bool
) -> None:
    names = ["[B] Mushishi - 01 [1080p].mkv", f"[C] Mushishi - 01 [{other}].mkv"]
    made = upgraded(names, on_conflict="version")

    assert [(move.rel, bool(move.replaces)) for move in made.moves] == [(names[0], True), (names[1], False)][
        : 1 + goes
    ]
    assert [item.cause for item in made.held] == [] if goes else [Cause.BETTER_FILE]


def test_without_upgrade_nothing_is_replaced() -> None:
    origins = {OLD: Origin(scanned(CAME), "tmdb:tv:1:S01E01:00000000")}
    made = plan(
        [video("[A] Mushishi - 01v2 [720p].mkv", MUSHISHI, (1, 1), group="A", version=2, resolution="720p")],
        library="/library", roots=[ROOT], mode=Mode.HARDLINK, preset=load_preset("jellyfin"),
        taken=Library([in_library(OLD)], origins, reread=parse_alone),
    )  # fmt: skip

    assert made.moves == ()
