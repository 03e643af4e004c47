"""A video that somebody else has named is asked about where its name may count as AniVault does not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from anivault.core.causes import Cause
from anivault.core.living.doubts import doubt
from anivault.core.models import Candidate, Coordinates, Decision, Match, MatchedFile, Ranked, Score, Season
from tests.core.matching.makers import entry, file, show

OLD, NEW = show(1, entry("Aria", begin="1989-04-01")), show(2, entry("Aria", begin="2024-10-01"))


def matched(
    *shows: Candidate, place: tuple[int, int] = (1, 1), by: str | None = None, **said: Any
) -> MatchedFile:
    """A video that is surely the first of these shows, whose titles all fit."""
    said.setdefault("episodes", [place[1]])
    named = file("Aria", **said)
    ranked = tuple(Ranked(each, Score(1.0, {"title": 1.0}), each.entries[0]) for each in shows)
    there = (Coordinates(season=place[0], episode=place[1]),)
    match = Match(Decision.MATCHED, 1.0, ranked)
    return MatchedFile(named.file, named.parsed, match, Decision.MATCHED, there, pinned=by)


def cause(item: MatchedFile, *, by_id: bool = False) -> Cause | None:
    found = doubt(item, by_id=by_id)
    return found.cause if found else None


def test_a_video_that_nothing_speaks_against_is_taken() -> None:
    assert cause(matched(OLD)) is None


def test_another_show_of_the_same_title_is_asked_about_though_the_numbers_tell() -> None:
    assert cause(matched(OLD, NEW)) is Cause.SAME_TITLE
    assert cause(matched(OLD, NEW, year=1989)) is None
    assert cause(matched(OLD, NEW, by="tmdb:1")) is None


def test_a_show_that_is_called_as_the_folder_is_in_full_is_asked_about() -> None:
    full = show(3, entry("Aria [Blade Works]", begin="2014-10-01"))
    item = matched(OLD, full, folder="Aria [Blade Works]", year=1989)

    assert cause(item) is Cause.SAME_TITLE


def test_a_part_that_is_called_as_the_folder_is_counts_for_itself() -> None:
    two = show(1, entry("Aria"), entry("Aria Sono Ni", begin="2016-04-01", season=2, offset=13))
    item = matched(two, place=(2, 1), folder="Aria Sono Ni", name="Aria Sono Ni - 01.mkv")

    assert cause(item) is Cause.COUNTS_IN_PART
    assert cause(matched(two, place=(2, 14), folder="Aria Sono Ni", name="01.mkv", episodes=[1])) is None


@pytest.mark.parametrize(("there", "why"), [(2, None), (3, Cause.OTHER_SEASON)])
def test_a_place_that_a_name_states_is_not_counted_on(there: int, why: Cause | None) -> None:
    two = show(1, entry("Aria"), entry("Aria 2", begin="2018-04-01", season=2))
    item = matched(two, place=(2, there), name="Aria - S02E02.mkv", season=2, episodes=[2])

    assert cause(item) is why


def test_a_season_that_goes_on_from_the_one_before_may_be_counted_from_its_first() -> None:
    one = replace(OLD, seasons=(Season(1, 12), Season(2, 12, first=13)))
    item = matched(one, place=(2, 14), name="Aria - S02E02.mkv", season=2, episodes=[2])

    assert cause(item) is None


def test_a_season_that_was_read_as_another_is_asked_about_where_parts_lie_close() -> None:
    later = entry("Aria 2", begin="2016-10-01", season=2)
    close = show(1, entry("Aria", begin="2016-04-01", end="2016-06-20"), later)
    apart = show(1, entry("Aria", begin="2012-04-01", end="2012-06-20"), later)
    says: dict[str, Any] = {"name": "Aria - S03E02.mkv", "season": 3, "place": (2, 2)}

    assert cause(matched(close, **says)) is Cause.OTHER_SEASON
    assert cause(matched(apart, **says)) is None
    assert cause(matched(close, by="tmdb:1", **says)) is None
