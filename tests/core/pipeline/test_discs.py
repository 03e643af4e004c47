"""Discs that each begin at 1 are numbered on from disc to disc, but not behind one that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.discs import renumber
from anivault.core.pipeline.parser import parse_files
from anivault.core.pipeline.records import Context
from anivault.parser.models import SURE, Number, ParseResult, VideoType


def numbers(
    *discs: tuple[int | None, Sequence[Number]],
    title: str | None = None,
    titled: ParseResult | None = None,
    **more: Any,
) -> list[list[Number]]:
    """What the files of each disc are numbered after all discs were seen."""
    files: list[ScannedFile] = []
    results: dict[int, ParseResult] = {}
    above: dict[int, Context] = {}
    places: list[range] = []
    for disc, episodes in discs:
        places.append(range(len(files), len(files) + len(episodes)))
        for number in episodes:
            results[len(files)] = ParseResult(title=title, episodes=(number,), **more)
            above[len(files)] = Context(disc=disc, titled=titled)
            files.append(ScannedFile("/in", f"Show/Disc {disc}/{len(files)}.mkv", FileKind.VIDEO))
    renumber(files, results, above)
    return [[n for place in disc for n in results[place].episodes] for disc in places]


def numbered(*names: str) -> dict[str, tuple[Number, ...]]:
    """What files are numbered that are read together, from their names and folders."""
    files = [ScannedFile("/in", name, FileKind.VIDEO) for name in names]
    return {item.file.rel: item.parsed.episodes for item in parse_files(files)}


def test_each_disc_goes_on_where_the_one_before_it_ends() -> None:
    assert numbers((1, [1, 2, 3]), (2, [1, 2]), (3, [1])) == [[1, 2, 3], [4, 5], [6]]
    assert numbers((2, [1, 2]), (1, [1, 2, 3])) == [[4, 5], [1, 2, 3]]  # in whatever order they are found
    assert numbers((1, [1, 3]), (2, [1])) == [[1, 3], [4]]  # a gap on a disc is a gap


def test_discs_that_go_on_already_are_right_as_they_are() -> None:
    assert numbers((1, [1, 2, 3]), (2, [4, 5])) == [[1, 2, 3], [4, 5]]
    assert numbers((1, [1, 2]), (2, [3]), (3, [1])) == [[1, 2], [3], [1]]


def test_one_disc_alone_changes_nothing() -> None:
    assert numbers((1, [1, 2])) == [[1, 2]]


def test_numbers_behind_a_missing_disc_are_forgotten_and_those_of_disc_1_are_not() -> None:
    assert numbers((1, [1, 2]), (3, [1, 2])) == [[1, 2], []]
    assert numbers((2, [1, 2])) == [[]]
    assert numbers((2, [13, 14])) == [[13, 14]]  # they do not begin again: they say what they are


def test_a_lone_folder_called_disc_2_says_nothing_where_names_have_a_title() -> None:
    assert numbers((2, [1, 2]), title="Natsu") == [[1, 2]]
    assert numbers((2, [1, 2]), title="Natsu", titled=ParseResult(title="Natsu")) == [
        []
    ]  # a show's folder stands above


@pytest.mark.parametrize(("episodes", "kind"), [([1.5], None), ([1], VideoType.PV), ([1], VideoType.MENU)])
def test_halves_and_extras_are_not_counted(episodes: list[Number], kind: VideoType | None) -> None:
    assert numbers((2, episodes), type=kind) == [episodes]


def test_discs_of_two_shows_are_counted_apart() -> None:
    names = ["Box/Disc 1/Natsu - 01.mkv", "Box/Disc 1/Natsu - 02.mkv", "Box/Disc 2/Natsu - 01.mkv"]
    read = numbered(*names, "Box/Disc 1/Fuyu - 01.mkv", "Box/Disc 2/Fuyu - 01.mkv")

    assert read["Box/Disc 2/Natsu - 01.mkv"] == (3,)
    assert read["Box/Disc 2/Fuyu - 01.mkv"] == (2,)


def test_discs_of_two_boxes_are_counted_apart() -> None:
    names = ["Natsu/Disc 1/1", "Natsu/Disc 2/1", "Fuyu/Disc 1/1", "Fuyu/Disc 1/2", "Fuyu/Disc 2/1"]
    files = [ScannedFile("/in", f"{name}.mkv", FileKind.VIDEO) for name in names]
    results = {place: ParseResult(episodes=(int(name[-1]),)) for place, name in enumerate(names)}
    renumber(files, results, {place: Context(disc=int(name[-3])) for place, name in enumerate(names)})

    assert [results[place].episodes for place in range(5)] == [(1,), (2,), (1,), (2,), (3,)]


def test_what_lies_on_no_disc_and_files_of_two_episodes_are_left_alone() -> None:
    others = ["Natsu/05.mkv", "Natsu/TV/07.mkv"]
    found = numbered("Natsu/Disc 1/01.mkv", "Natsu/Disc 2/01-02.mkv", "Natsu/Disc 2/01.mkv", *others)

    assert [found[name] for name in others] == [(5,), (7,)]
    assert found["Natsu/Disc 2/01-02.mkv"] == (1, 2)
    assert found["Natsu/Disc 2/01.mkv"] == (2,)


def test_a_number_that_follows_from_discs_is_sure_and_says_where_it_is_from() -> None:
    files = [ScannedFile("/in", f"S/Disc {d}/1.mkv", FileKind.VIDEO) for d in (1, 2)]
    results = {place: ParseResult(episodes=(1,), confidence=0.5) for place in range(2)}
    renumber(files, results, {place: Context(disc=place + 1) for place in range(2)})

    assert (results[1].episodes, results[1].said["episodes"], results[1].confidence) == (
        (2,),
        "siblings",
        SURE,
    )
    assert results[0] == ParseResult(episodes=(1,), confidence=0.5)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=6))
def test_whole_discs_are_numbered_without_gap_or_double(lengths: list[int]) -> None:
    found = numbers(*((disc, range(1, n + 1)) for disc, n in enumerate(lengths, 1)))

    assert [n for disc in found for n in disc] == list(range(1, sum(lengths) + 1))
