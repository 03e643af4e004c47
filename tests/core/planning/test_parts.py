"""A film that was cut up goes to the library in parts; a part without the others stays."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from anivault.core.models import MatchedFile, Score
from anivault.core.planning.naming.presets import builtin_presets
from anivault.parser.models import VideoType
from tests.core.records import beside, film, in_library, planned, reasons, show, targets, video

AKIRA = film(149, "Akira", 1988)
HOME = "Movies/Akira (1988) [tmdbid-149]/Akira (1988) [tmdbid-149]"


def half(rel: str, number: int, **parsed: Any) -> MatchedFile:
    return video(rel, AKIRA, disc=number, **parsed)


def _of_its_number(item: MatchedFile) -> MatchedFile:
    """The same video, where the show that it is has its number."""
    best = msgspec.structs.replace(item.match.ranked[0], score=Score(1.0, {"title": 1.0, "season": 1.0}))
    return msgspec.structs.replace(item, match=msgspec.structs.replace(item.match, ranked=(best,)))


@pytest.mark.parametrize("preset", builtin_presets())
@pytest.mark.parametrize("field", ["disc", "part"])
def test_parts_keep_their_number_in_the_form_that_every_server_joins(preset: str, field: str) -> None:
    names = [f"a/Akira cd{number}.avi" for number in (1, 2, 3)]
    said: list[dict[str, Any]] = [{field: number} for number in (1, 2, 3)]
    videos = [video(name, AKIRA, **each) for name, each in zip(names, said, strict=True)]

    stems = [target.removesuffix(".avi") for target in targets(planned(videos, preset=preset)).values()]

    assert len({stem.removesuffix(f" - cd{number}") for number, stem in enumerate(stems, 1)}) == 1
    assert [stem.rpartition(" - ")[2] for stem in stems] == ["cd1", "cd2", "cd3"]


def test_the_subtitles_of_a_part_go_with_it() -> None:
    videos = [half("a/Akira cd1.avi", 1), half("a/Akira cd2.avi", 2)]

    result = planned(videos, [beside("a/Akira cd1.en.srt"), beside("a/Akira cd2.en.srt")])

    assert targets(result)["a/Akira cd1.en.srt"] == f"{HOME} - cd1.en.srt"
    assert targets(result)["a/Akira cd2.en.srt"] == f"{HOME} - cd2.en.srt"


def test_parts_in_folders_of_discs_are_of_one_release() -> None:
    said = {"disc": "folder"}
    videos = [half("a/CD1/Akira.avi", 1, said=said), half("a/CD2/Akira.avi", 2, said=said)]

    assert list(targets(planned(videos)).values()) == [f"{HOME} - cd1.avi", f"{HOME} - cd2.avi"]


def test_a_part_that_the_name_says_goes_before_the_disc_of_its_folder() -> None:
    said = {"disc": "folder"}
    videos = [half(f"Disc 1/Akira pt{n}.avi", 1, part=n, said=said) for n in (1, 2)]

    assert list(targets(planned(videos)).values()) == [f"{HOME} - cd1.avi", f"{HOME} - cd2.avi"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_part_that_is_there_twice_goes_once(number: int) -> None:
    halves = [half(f"Akira (1988) - cd{n}.mkv", n) for n in (1, 2)]
    again = half(f"Disc 1/Akira pt{number}.mkv", 1, part=number, said={"disc": "folder"})

    result = planned([*halves, again])

    assert list(targets(result)) == [item.file.rel for item in halves]
    assert reasons(result) == {again.file.rel: "same-target"}


def test_parts_of_several_folders_that_are_there_twice_go_once() -> None:
    videos = [half(f"{folder}/Akira cd{n}.mkv", n) for folder, n in (("a", 1), ("b", 2), ("c", 2))]

    result = planned(videos)

    assert list(targets(result).values()) == [f"{HOME} - cd1.mkv", f"{HOME} - cd2.mkv"]
    assert reasons(result) == {"c/Akira cd2.mkv": "same-target"}


def test_the_number_of_a_film_is_not_that_of_its_disc() -> None:
    said = {"disc": "folder"}
    videos = [_of_its_number(half(f"CD{n}/Akira Part 2.avi", n, part=2, said=said)) for n in (1, 2)]

    assert [target[-7:] for target in targets(planned(videos)).values()] == ["cd1.avi", "cd2.avi"]


@pytest.mark.parametrize("numbers", [(1,), (2,), (1, 3), (2, 3)])
def test_a_part_without_the_others_stays(numbers: tuple[int, ...]) -> None:
    result = planned([half(f"a/Akira cd{number}.avi", number) for number in numbers])

    assert result.moves == ()
    assert set(reasons(result).values()) == {"no-place"}
    assert "the other parts are not here" in result.held[0].detail


def test_a_lone_folder_of_a_disc_may_hold_the_whole_film() -> None:
    result = planned([half("a/Disc 1/Akira.avi", 1, said={"disc": "folder"})])

    assert targets(result) == {"a/Disc 1/Akira.avi": f"{HOME}.avi"}


def test_a_part_joins_the_one_that_is_in_the_library() -> None:
    result = planned([half("a/Akira cd2.avi", 2)], library=[in_library(f"{HOME} - cd1.avi")])

    assert targets(result) == {"a/Akira cd2.avi": f"{HOME} - cd2.avi"}


def test_parts_yield_to_the_whole_film_here_and_in_the_library() -> None:
    halves = [half("a/Akira cd1.avi", 1), half("a/Akira cd2.avi", 2)]

    beside_it = planned([*halves, video("b/Akira.mkv", AKIRA)])
    after_it = planned(halves, library=[in_library(f"{HOME}.mkv")])

    assert targets(beside_it) == {"b/Akira.mkv": f"{HOME}.mkv"}
    assert set(reasons(beside_it).values()) == {"same-target"}
    assert set(reasons(after_it).values()) == {"target-taken"}


@pytest.mark.parametrize("policy", ["hold", "version"])
def test_the_whole_film_does_not_go_beside_its_parts_in_the_library(policy: str) -> None:
    there = [in_library(f"{HOME} - cd1.avi"), in_library(f"{HOME} - cd2.avi")]
    made = planned([video("b/Akira.mkv", AKIRA)], library=there, on_conflict=policy)

    assert reasons(made) == {"b/Akira.mkv": "target-taken"}


def test_of_two_releases_in_parts_one_is_taken_whole() -> None:
    low = [half(f"a/Akira cd{n}.avi", n, group="A", resolution="480p") for n in (1, 2)]
    high = [half(f"a/Akira HD cd{n}.avi", n, group="B", resolution="1080p") for n in (1, 2)]

    result = planned([*low, *high])

    assert sorted(targets(result)) == ["a/Akira HD cd1.avi", "a/Akira HD cd2.avi"]
    assert set(reasons(result)) == {"a/Akira cd1.avi", "a/Akira cd2.avi"}


def test_an_extra_of_one_disc_is_no_part() -> None:
    menu = video("a/[Disc 2] Menu.mkv", show(1, "Mushishi"), type=VideoType.MENU, disc=2)

    assert reasons(planned([menu])) == {}


def test_part_2_of_a_film_is_held_unless_the_film_has_that_number_or_is_pinned() -> None:
    second = video("a/Akira Part 2.avi", AKIRA, part=2)

    assert reasons(planned([second])) == {"a/Akira Part 2.avi": "no-place"}
    assert reasons(planned([_of_its_number(second)])) == {}
    assert reasons(planned([msgspec.structs.replace(second, pinned="tmdb:149")])) == {}
