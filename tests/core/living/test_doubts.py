"""A video that somebody else has named is asked about where its name may count as AniVault does not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from anivault.core.causes import Cause
from anivault.core.living.doubts import doubt, twice
from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    HeldReason,
    Match,
    MatchedFile,
    Ranked,
    ReleaseKey,
    Score,
    Season,
    TvdbPlace,
)
from anivault.parser.models import VideoType
from tests.core.matching.makers import entry, file, film, show

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


def why(item: MatchedFile, *, by_id: bool = False) -> tuple[HeldReason, Cause | None, dict[str, str]]:
    found = doubt(item, by_id=by_id)
    assert found is not None
    assert (found.root, found.rel, found.other) == (item.file.root, item.file.rel, "")
    assert "…" not in found.detail  # every gap of its sentence has its fact
    return found.reason, found.cause, found.facts


def test_what_is_asked_names_both_shows_that_it_may_be() -> None:
    shows = {"show": "Aria (1989)", "namesake": "Aria (2024)"}

    assert why(matched(OLD, NEW)) == (HeldReason.AMBIGUOUS, Cause.SAME_TITLE, shows)


def test_a_film_of_the_same_title_is_no_namesake_of_a_series() -> None:
    assert cause(matched(OLD, film(2, "Aria"))) is None


def test_only_shows_whose_title_fits_whole_are_namesakes() -> None:
    item = matched(OLD, NEW)
    first, second = item.match.ranked

    def scored(one: float, two: float) -> MatchedFile:
        ranked = (
            replace(first, score=Score(1.0, {"title": one})),
            replace(second, score=Score(1.0, {"title": two})),
        )
        return replace(item, match=replace(item.match, ranked=ranked))

    assert cause(scored(1.0, 1.0)) is Cause.SAME_TITLE
    assert cause(scored(1.0, 0.99)) is None
    assert cause(scored(0.99, 1.0)) is None


def test_the_same_show_found_twice_is_one() -> None:
    assert cause(matched(OLD, OLD)) is None


def test_the_show_that_the_folder_names_in_full_is_not_doubted_for_another_called_so_too() -> None:
    both = [show(n, entry("Aria [Blade Works]", begin=f"20{n}0-10-01")) for n in (1, 2)]

    assert cause(matched(*both, folder="Aria [Blade Works]", year=2010)) is None


def test_who_is_matched_with_nothing_has_no_number() -> None:
    nobody = replace(matched(OLD), match=Match(Decision.MATCHED, 1.0, ()))

    assert why(nobody) == (HeldReason.UNMATCHED, Cause.NO_NUMBER, {})


def test_an_episode_without_a_place_is_asked_about_but_films_and_extras_need_none() -> None:
    def placeless(item: MatchedFile) -> MatchedFile:
        return replace(item, coordinates=())

    assert why(placeless(matched(OLD))) == (HeldReason.NO_PLACE, Cause.NO_NUMBER, {})
    assert cause(placeless(matched(OLD, by="tmdb:1"))) is Cause.NO_NUMBER
    assert cause(placeless(matched(OLD, type=VideoType.OP))) is None
    assert cause(placeless(matched(film(1, "Aria")))) is None


PARTS = show(1, entry("Aria"), entry("Aria Sono Ni", begin="2016-04-01", season=2, offset=13, count=12))


@pytest.mark.parametrize(
    ("number", "place", "why"),
    [
        (1, (2, 1), Cause.COUNTS_IN_PART),
        (1, (2, 14), None),  # counted in the part
        (12, (2, 12), Cause.COUNTS_IN_PART),
        (13, (2, 13), None),  # the part has no thirteenth
        (1.5, (2, 1), None),  # no whole number
    ],
)
def test_a_number_is_doubted_where_the_part_that_the_folder_names_has_it_elsewhere(
    number: float, place: tuple[int, int], why: Cause | None
) -> None:
    item = matched(PARTS, place=place, folder="Aria Sono Ni", name=f"Aria - {number}.mkv", episodes=[number])

    assert cause(item) is why


def test_a_name_that_states_its_season_is_not_counted_in_a_part() -> None:
    says: dict[str, Any] = {"folder": "Aria Sono Ni", "place": (2, 1)}

    assert cause(matched(PARTS, name="Aria 2x01.mkv", **says)) is None
    assert cause(matched(PARTS, name="Aria 01.mkv", **says)) is Cause.COUNTS_IN_PART
    assert cause(matched(PARTS, name="Aria 01.mkv", by="tmdb:1", **says)) is None
    assert cause(matched(PARTS, name="Aria 01.mkv", by="tmdb:1", **says), by_id=True) is Cause.COUNTS_IN_PART


@pytest.mark.parametrize("where", [{"season": None}, {"offset": None}])
def test_a_part_that_nobody_has_placed_tells_nothing(where: dict[str, Any]) -> None:
    part = entry("Aria Sono Ni", begin="2016-04-01", **({"season": 2, "offset": 13} | where))

    assert cause(matched(show(1, entry("Aria"), part), folder="Aria Sono Ni", name="01.mkv")) is None


def test_a_folder_lacks_what_windows_refuses_and_is_the_part_all_the_same() -> None:
    part = entry("Aria: Sono/Ni", begin="2016-04-01", season=2, offset=13)

    assert (
        cause(matched(show(1, entry("Aria"), part), folder="Aria SonoNi", name="01.mkv"))
        is Cause.COUNTS_IN_PART
    )


CLOSE = show(
    1,
    entry("Aria", begin="2016-04-01", end="2016-06-20"),
    entry("Aria 2", begin="2016-10-01", season=2),
)


def converted(shown: Candidate = CLOSE, **said: Any) -> Cause | None:
    says: dict[str, Any] = {"name": "Aria - S03E02.mkv", "season": 3, "place": (2, 2)}
    return cause(matched(shown, **(says | said)))


def test_a_place_is_only_called_converted_where_the_name_states_another_season() -> None:
    assert converted() is Cause.OTHER_SEASON
    assert converted(name="Aria 3x02.mkv") is Cause.OTHER_SEASON
    assert converted(name="Aria III - 02.mkv") is None  # a word for a season is no code
    assert converted(place=(0, 2)) is None  # specials are counted by everybody in their way
    assert converted(season=None) is None
    assert why(matched(CLOSE, name="Aria - S03E02.mkv", season=3, place=(2, 2)))[2] == {"season": "3"}


def test_a_list_that_knows_where_tvdb_has_it_is_believed() -> None:
    first, second = CLOSE.entries
    known = replace(CLOSE, entries=(replace(first, tvdb=(TvdbPlace(1, 1, 1),)), second))

    assert converted(known) is None


@pytest.mark.parametrize(
    ("end", "begin", "close"),
    [
        ("2016-01-01", "2016-08-27", True),  # 239 days
        ("2016-01-01", "2016-08-28", False),  # 240
        ("2016", "2026-01-01", True),  # a year alone: nobody knows
        (None, "2026-01-01", True),
    ],
)
def test_parts_lie_close_within_eight_months(end: str | None, begin: str, close: bool) -> None:
    two = show(1, entry("Aria", begin="2015-10-01", end=end), entry("Aria 2", begin=begin, season=2))

    assert (converted(two) is Cause.OTHER_SEASON) is close


def test_only_what_was_on_air_counts_as_a_part() -> None:
    first, second = CLOSE.entries

    assert converted(replace(CLOSE, entries=(first, replace(second, type="ova")))) is None
    assert converted(replace(CLOSE, entries=(first, replace(second, type="web")))) is Cause.OTHER_SEASON
    assert converted(replace(CLOSE, entries=(first, replace(second, begin=None)))) is None


# --- two videos that would be one episode ---


def placed(name: str, *numbers: int, season: int | None = None, release: str = "Aria") -> MatchedFile:
    item = matched(OLD, name=name, season=season, episodes=list(numbers))
    return replace(item, release=ReleaseKey(release))


def test_two_names_that_count_apart_are_not_one_episode() -> None:
    one, two, other = placed("A 1.mkv", 1), placed("A S02E01.mkv", 1, season=2), placed("A 2.mkv", 2)
    other = replace(other, coordinates=(Coordinates(season=1, episode=2),))
    found = twice([one, two, other])

    assert set(found) == {one.file.rel, two.file.rel}
    assert found[one.file.rel].facts == {"file": two.file.rel}
    assert found[two.file.rel].facts == {"file": one.file.rel}
    assert {held.cause for held in found.values()} == {Cause.SAME_AS_OTHER}


def test_two_files_of_one_episode_that_count_alike_are_two_versions() -> None:
    assert twice([placed("A 1.mkv", 1), placed("B 1.mkv", 1, release="Other")]) == {}


def test_films_have_no_numbers_so_their_releases_tell_them_apart() -> None:
    films = [replace(matched(film(1, "Aria"), name=f"{n}.mkv"), coordinates=()) for n in "ab"]
    films = [replace(item, parsed=replace(item.parsed, episodes=())) for item in films]

    assert twice([replace(item, release=ReleaseKey("Aria")) for item in films]) == {}
    assert len(twice([replace(item, release=ReleaseKey(item.file.rel)) for item in films])) == 2


@pytest.mark.parametrize("kind", [VideoType.OP, VideoType.PV, VideoType.INTERVIEW])
def test_an_extra_of_a_film_is_not_the_film_whatever_number_it_has(kind: VideoType) -> None:
    whole = replace(matched(film(1, "Aria"), name="Aria.mkv"), coordinates=())
    extra = replace(matched(film(1, "Aria"), name="Extras/2.mkv", type=kind), coordinates=())

    assert twice([replace(whole, parsed=replace(whole.parsed, episodes=())), extra]) == {}
