"""A pin says what was asked and no more: the nearest folder of the show, or the numbers of a name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from anivault.core.matching.scope import Alone, Scope, first_number
from anivault.core.models import Candidate, Decision, Match, MatchedFile, Ranked, Score
from anivault.parser.models import Number, VideoType
from tests.core.matching.makers import entry, file, show

NATSU, FUYU = show(1, entry("Natsu")), show(2, entry("Fuyu"))


def video(
    folder: str, *episodes: Number, title: str = "Natsu", best: Candidate | None = NATSU, **parsed: Any
) -> MatchedFile:
    name = f"{title} {episodes} {parsed.get('group', '')}.mkv"
    made = file(title, episodes=episodes, folder=folder, name=name, **parsed)
    ranked = (Ranked(best, Score(0.9, {})),) if best else ()
    match = Match(Decision.AMBIGUOUS, 0.9, ranked)
    return MatchedFile(made.file, made.parsed, match, Decision.AMBIGUOUS)


def scope(*items: MatchedFile) -> Scope:
    return Scope({(item.file.root, item.file.rel): item for item in items})


# --- the path of a pin for a show ---


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        ("Natsu", "/in/Natsu"),
        ("Natsu/Season 1", "/in/Natsu"),  # the nearest that is called so
        ("[Grp] Natsu (BD)/Natsu OVA", "/in/[Grp] Natsu (BD)/Natsu OVA"),
        ("NATSU!/Disc 1", "/in/NATSU!"),
    ],
)
def test_the_nearest_folder_called_like_the_show_says_it(folder: str, path: str) -> None:
    one = video(folder, 1)

    assert scope(one, video(folder, 2)).show_path(one) == path


def test_a_folder_that_holds_another_show_too_says_too_much() -> None:
    one, other = video("Natsu/TV", 1), video("Natsu/More", 1, title="Fuyu", best=FUYU)
    both = scope(one, other)

    assert both.mixed == {"/in", "/in/Natsu"}
    assert both.show_path(one) == one.file.path  # no folder that is its alone is called like it
    assert both.show_path(other) == other.file.path


def test_a_video_that_nobody_knows_is_another_show() -> None:
    one = video("Natsu", 1)

    assert scope(one, video("Natsu", 1, title="Zzqqx", best=None)).mixed == {"/in", "/in/Natsu"}
    assert scope(one, video("Natsu", 2)).mixed == frozenset()


def test_in_a_pile_the_name_of_the_file_says_it() -> None:
    one = video("", 1)

    assert scope(one, video("", 2), video("", 1, title="Fuyu", best=FUYU)).show_path(one) == one.file.path


def test_a_name_that_two_shows_share_is_told_by_its_folder_or_not_at_all() -> None:
    here, there = video("a", 1), video("b", 1, best=FUYU)

    assert scope(here, there).show_path(here) == "/in/a"
    piled = video("", 1), video("", 2, best=FUYU)
    assert scope(*piled).show_path(piled[0]) == ""


def test_a_file_without_a_title_is_in_no_folder_that_is_called_like_it() -> None:
    one = video("Anything", 1)
    untitled = replace(one, parsed=replace(one.parsed, title=None, titles=()))

    assert scope(untitled).show_path(untitled) == one.file.path


# --- a pin for some files alone ---


def test_where_no_other_file_has_the_name_the_name_is_enough() -> None:
    asked = [video("Natsu", 1), video("Natsu", 2)]

    assert scope(*asked, video("Fuyu", 1, title="Fuyu")).alone(asked) == Alone(asked[0].file.path)


def test_a_folder_of_their_own_is_enough_too() -> None:
    asked = [video("Natsu/S2", 1), video("Natsu/S2", 2)]

    assert scope(*asked, video("Natsu/S1", 1)).alone(asked) == Alone("/in/Natsu/S2")


def test_a_folder_with_others_in_it_at_any_depth_is_not_their_own() -> None:
    asked = [video("Natsu", 13)]
    below = video("Natsu/Old", 1)

    assert scope(*asked, below).alone(asked) == Alone(asked[0].file.path, "13", goes_on=True)


def test_a_root_is_a_folder_of_nobody() -> None:
    asked = [video("", 13)]

    other = video("", 1)
    elsewhere = replace(other, file=replace(other.file, root="/more"))

    assert scope(*asked, elsewhere).alone(asked) == Alone(asked[0].file.path, "13", goes_on=True)


@pytest.mark.parametrize(
    ("asked", "others", "numbers", "goes_on"),
    [
        ([13, 14, 15], [1, 2], "13-15", True),
        ([1, 2], [13], "1-2", False),
        ([7], [6, 8], "7", False),
        ([1, 3], [4], "1-3", False),
        ([14, 13], [12], "13-14", True),
    ],
)
def test_else_the_range_of_their_numbers_tells_them_from_the_others(
    asked: list[int], others: list[int], numbers: str, goes_on: bool
) -> None:
    mine = [video("", n) for n in asked]

    assert scope(*mine, *(video("", n) for n in others)).alone(mine) == Alone(
        mine[0].file.path, numbers, goes_on
    )


@pytest.mark.parametrize(
    ("asked", "others"),
    [
        ([1, 3], [2]),  # another's number lies between
        ([1, 2], [1]),
        ([1, 2], [2]),
        ([12.5], [1]),  # a number that stands in no range
        ([12, 12.5], [1]),
    ],
)
def test_where_no_range_tells_them_apart_no_pin_does(asked: list[Number], others: list[Number]) -> None:
    mine = [video("", n, source="BD") for n in asked]

    assert scope(*mine, *(video("old", n) for n in others)).alone(mine) is None


def test_a_file_without_a_number_cannot_be_told_by_one() -> None:
    mine = [video("")]

    assert scope(*mine, video("", 1)).alone(mine) is None


def test_the_numbers_of_extras_are_in_nobodys_way() -> None:
    mine = [video("", 1), video("", 3)]
    extra = video("", 2, type=VideoType.PV)

    assert scope(*mine, extra).alone(mine) is not None
    assert scope(*mine, video("", 2)).alone(mine) is None


@given(st.sets(st.integers(1, 30), min_size=1), st.sets(st.integers(1, 30)))
def test_a_range_holds_all_that_is_asked_about_and_no_other(asked: set[int], more: set[int]) -> None:
    others = more - asked
    mine = [video("", n) for n in sorted(asked)]
    found = scope(*mine, *(video("", n) for n in others)).alone(mine)

    between = {n for n in others if min(asked) < n < max(asked)}
    assert (found is None) == bool(between)
    if found is not None and others:
        first, _, last = found.numbers.partition("-")
        said = range(int(first), int(last or first) + 1)
        assert asked <= set(said)
        assert others.isdisjoint(said)
        assert found.goes_on == (max(others) < min(asked))


def test_another_group_season_or_kind_is_another_name() -> None:
    mine = [video("", 1, group="Grp")]

    for other in ({"group": "Other"}, {"group": "Grp", "season": 2}, {"group": "Grp", "type": VideoType.OVA}):
        assert scope(*mine, video("", 1, **other)).alone(mine) == Alone(mine[0].file.path), other
    assert scope(*mine, video("", 2, group="GRP")).alone(mine) == Alone(mine[0].file.path, "1")


def test_a_name_without_a_group_holds_for_every_group() -> None:
    mine = [video("", 1)]

    assert scope(*mine, video("", 2, group="Grp")).alone(mine) == Alone(mine[0].file.path, "1")


# --- the numbers of a pin into a season ---


def test_next_weeks_episodes_go_on_in_a_season_but_specials_end() -> None:
    assert Alone("p", "13-15", goes_on=True).into(2) == "13-"
    assert Alone("p", "13", goes_on=True).into(2) == "13-"
    assert Alone("p", "13-15", goes_on=True).into(0) == "13-15"
    assert Alone("p", "13-15", goes_on=True).into(None) == "13-15"
    assert Alone("p", "1-2").into(2) == "1-2"
    assert Alone("p").into(2) is None


def test_the_first_whole_number_of_a_file() -> None:
    assert first_number(video("", 12.5, 13, 14)) == 13
    assert first_number(video("", 12.5)) is None
    assert first_number(video("")) is None
