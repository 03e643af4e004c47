"""What a release says as a whole: most names win over few, names over folders, and the parser over titles."""

from __future__ import annotations

import pytest

from anivault.core.matching.evidence import evidence, query
from anivault.core.matching.releases import group
from anivault.core.matching.said import FOLDER, numbers_of
from anivault.core.models import FileKind, Release, ScannedFile
from anivault.core.pipeline.parser import parse_alone
from anivault.parser.models import Number, VideoType
from tests.core.matching.makers import file, release


def together(*files: object, folder: str = "/in/box") -> Release:
    return Release(folder, "Aria", None, tuple(files))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "parsed", "season", "part"),
    [
        ("Aria", {}, None, None),
        ("Aria", {"season": 2}, 2, None),
        ("Aria 2nd Season", {}, 2, None),
        ("Aria 2nd Season", {"season": 3}, 3, None),  # what the parser read wins
        ("Aria II", {}, 2, None),
        ("Aria Part 2", {"part": 3}, None, 3),
        ("Aria 2", {}, None, None),  # a bare last number may be none
        ("Song / Aria 2nd Season", {}, 2, None),
    ],
)
def test_a_season_is_the_parser_s_or_else_a_title_s(
    title: str, parsed: dict[str, int], season: int | None, part: int | None
) -> None:
    said = evidence(release(title, numbers=(1, 2), **parsed))

    assert (said.season, said.part) == (season, part)


@pytest.mark.parametrize(
    ("folder", "season", "part"), [("Aria Part 2", None, 2), ("Aria S2", None, None), ("Part 2", None, None)]
)
def test_a_folder_says_the_part_and_leaves_the_season_to_the_parser(
    folder: str, season: int | None, part: int | None
) -> None:
    said = evidence(release("Aria", numbers=(1,), folder=folder))

    assert (said.season, said.part) == (season, part)


def test_what_one_of_many_names_says_is_a_slip() -> None:
    many = [file("Aria", episodes=(n,), season=2) for n in range(1, 7)]
    said = evidence(together(*many, file("Area", episodes=(7,), season=3)))

    assert said.season == 2
    assert {reading.text for reading in said.readings} == {"Aria"}


def test_what_two_of_five_names_say_is_heard_too() -> None:
    many = [file("Aria", episodes=(n,)) for n in (1, 2, 3)]
    few = [file("Song", episodes=(n,)) for n in (4, 5)]

    assert {reading.text for reading in evidence(together(*many, *few)).readings} == {"Aria", "Song"}


def test_extras_say_nothing_where_there_are_episodes() -> None:
    song = file("Aria Creditless", episodes=(1,), type=VideoType.OP)
    with_episodes = evidence(together(file("Aria", episodes=(3,)), song))
    alone = evidence(together(song))

    assert (with_episodes.numbers, with_episodes.songs) == ((3,), False)
    assert (alone.numbers, alone.songs) == ((1,), True)


def test_a_title_that_only_folders_have_is_counted_apart() -> None:
    said = evidence(release("Aria", numbers=(1,), folder_titles=("Aria", "Seaside")))

    assert {(r.text, r.title >= FOLDER) for r in said.readings} == {("Aria", False), ("Seaside", True)}


def test_titles_of_a_folder_in_a_folder_are_known_as_joined() -> None:
    said = evidence(release("Aria", numbers=(1,), folder_titles=("Seaside", "Song", "Seaside Song")))
    (joined,) = said.joined

    assert next(r.text for r in said.readings if r.title == joined) == "Seaside Song"
    assert not evidence(release("Aria", numbers=(1,), folder_titles=("Seaside Song",))).joined


@pytest.mark.parametrize(
    ("parsed", "special"),
    [
        ({}, False),
        ({"type": VideoType.OVA}, True),
        ({"type": VideoType.SPECIAL}, True),
        ({"season": 0}, True),
        ({"folder": "Aria OVA"}, True),
        ({"folder": "Aria + OVA"}, False),  # and more,
    ],
)
def test_a_name_or_its_folder_says_special(parsed: dict[str, object], *, special: bool) -> None:
    assert evidence(release("Aria", numbers=(1,), **parsed)).special is special


@pytest.mark.parametrize(
    ("parsed", "movie"), [({"type": VideoType.MOVIE}, True), ({"episodes": (1,)}, False), ({}, None)]
)
def test_a_film_is_one_that_says_so_and_what_has_a_number_is_none(
    parsed: dict[str, object], *, movie: bool | None
) -> None:
    assert evidence(together(file("Aria", **parsed))).movie is movie  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ({"season": "rule:sxe", "episodes": "rule:sxe"}, True),  # S02E13
        ({"season": "rule:season", "episodes": "rule:number"}, False),  # Season 2 - 13
        ({"season": "folder", "episodes": "folder"}, False),
        ({}, False),
    ],
)
def test_season_and_number_are_printed_as_one_where_one_rule_read_both(
    said: dict[str, str], *, printed: bool
) -> None:
    assert evidence(release("Aria", numbers=(13,), season=2, said=said)).printed is printed


@pytest.mark.parametrize(
    ("numbers", "whole"),
    [((1, 2), (1, 2)), ((0, 1), (1,)), ((0,), (0,)), ((1, 12.5), (1,)), (("05a",), ())],
)
def test_numbers_that_can_be_episodes(numbers: tuple[int | float | str, ...], whole: tuple[int, ...]) -> None:
    assert evidence(together(file("Aria", episodes=numbers))).whole_numbers == whole


def test_one_of_several_films_is_asked_for_by_its_longer_title_too() -> None:
    assert "Gekijouban Aria" in query(evidence(together(file("Aria", part=2)))).titles
    assert "Gekijouban Aria" not in query(evidence(together(file("Aria", part=2, episodes=(1,))))).titles


@pytest.mark.parametrize(
    ("episodes", "numbers"),
    [((1,), [1]), ((1, 3), [1, 2, 3]), ((), []), ((12.5,), None), ((3, 1), None), ((1, 2, 4), [1, 2, 4])],
)
def test_a_range_is_all_of_its_numbers(episodes: tuple[Number, ...], numbers: list[int] | None) -> None:
    assert numbers_of(file("Aria", episodes=episodes)) == numbers


def read(*names: str) -> Release:
    """The release of files that have these names on disk."""
    (found,) = group([parse_alone(ScannedFile("/in", name, FileKind.VIDEO)) for name in names])
    return found


@pytest.mark.parametrize(
    ("folder", "season"),
    [("Shadow Plays 12", 12), ("Shadow Plays - 12 [1080p]", 12), ("Shadow Plays 28", None)],
)
def test_the_number_of_a_folder_is_a_season_where_its_files_have_their_own(
    folder: str, season: int | None
) -> None:
    said = evidence(read(f"{folder}/01.mkv", f"{folder}/02.mkv"))

    assert {r.season for r in said.readings if r.bare and r.title < FOLDER} == ({season} if season else set())


def test_the_number_of_a_folder_of_one_episode_is_no_season() -> None:
    name = "[Grp] Shadow Plays - 12 [1080p]"

    assert not any(r.season for r in evidence(read(f"{name}/{name}.mkv")).readings if r.title < FOLDER)


def test_a_folder_says_what_it_says_whatever_the_one_above_it_is_called() -> None:
    alone = evidence(release("Aria", numbers=(1,), folder_titles=("Aria Seaside",)))
    below = evidence(release("Aria", numbers=(1,), folder_titles=("Aria Seaside", "in Aria Seaside", "in")))

    def said(words: object) -> set[tuple[str, float]]:
        return {(r.text, r.trust) for r in words.readings}  # type: ignore[attr-defined]

    assert said(alone) <= said(below)
