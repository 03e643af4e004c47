"""A title names a show or one entry of it: part words, marks and subtitles are heard wherever they stand."""

from __future__ import annotations

import pytest

from anivault.core.matching.evidence import evidence
from anivault.core.matching.fits import Fit
from anivault.core.matching.places.timeline import timeline
from anivault.core.matching.scoring import rank
from anivault.core.matching.titles.compared import BARE, STRIPPED, claims_of, compare_titles
from anivault.core.matching.titles.names import LENIENT, SLIP, Claim, Names, TitleMatch
from anivault.core.models import Candidate
from tests.core.matching.makers import entry, release, show

SPLIT = show(
    1,
    entry("Show", end="2015-06-17"),
    entry("Show New World", season=2, offset=0, begin="2016-04-01"),
    entry("Show New World 第2クール", season=2, offset=12, begin="2016-10-01"),
)


def best(candidate: Candidate, title: str, *numbers: int, **parsed: object) -> Fit:
    return rank(evidence(release(title, numbers=numbers or (3,), **parsed)), [candidate])[0]


@pytest.mark.parametrize(
    ("title", "part", "key"),
    [
        ("Show", None, "Show"),
        ("Show New World", None, "Show New World"),
        ("Show New World Part 2", None, "Show New World 第2クール"),
        ("Show New World", 2, "Show New World 第2クール"),
        ("Show New World 2nd Cour", None, "Show New World 第2クール"),
    ],
)
def test_an_own_title_with_a_part_is_that_cour(title: str, part: int | None, key: str) -> None:
    assert best(SPLIT, title, part=part).slot.entry.key == key


def test_a_part_that_no_entry_is_makes_a_question() -> None:
    lone = show(1, entry("Show"), entry("Show New World", season=2, offset=0, begin="2016-04-01", count=24))

    assert best(lone, "Show New World Part 2").score.value < 0.9
    assert best(lone, "Show New World").score.value >= 0.9


@pytest.mark.parametrize("mark", ["♭", " ♭", "♯", "◎", "´", "″", "♪♪", "'", "。", " :", "!!"])
def test_a_mark_that_tells_a_sequel_is_never_dropped(mark: str) -> None:
    marked = show(
        1, entry("Shoujo no Uta"), entry(f"Shoujo no Uta{mark}", season=2, offset=0, begin="2016-04-01")
    )

    assert best(marked, f"Shoujo no Uta{mark}").slot.season == 2
    assert best(marked, "Shoujo no Uta").slot.season == 1


def test_a_mark_counts_where_lists_have_it_in_another_language_only() -> None:
    marked = show(
        1,
        entry("Yuru Fuwa", "ゆるふわ"),
        entry("ゆるふわ♪♪", "Yuru Fuwa", season=2, offset=0, begin="2016-04-01"),
    )

    assert best(marked, "Yuru Fuwa♪♪").slot.season == 2


def test_a_title_with_its_own_season_word_is_not_the_plain_one_s() -> None:
    rise = show(
        1,
        entry("Show"),
        entry("Show Rise", season=2, offset=0, begin="2016-04-01"),
        entry("Show Rise 2nd Season", season=2, offset=12, begin="2016-10-01"),
    )

    assert best(rise, "Show Rise", season=2).slot.entry.key == "Show Rise 2nd Season"
    assert best(rise, "Show Rise").slot.entry.key == "Show Rise"


def test_a_special_of_a_later_season_is_told_by_its_own_words() -> None:
    special = entry("Academy S2: Extra Lesson", season=0, episode=2, count=1, type="web", begin="2016-08-01")
    academy = show(1, entry("Academy"), entry("Academy S2", season=2, offset=0, begin="2016-04-01"), special)

    assert best(academy, "Academy Extra Lesson", 1).slot.season == 0
    assert best(academy, "Academy", 1).slot.season == 1


def claimed(candidate: Candidate, title: str, **parsed: object) -> list[tuple[str, Claim]]:
    """The entries that a title names, with how surely."""
    profile = Names(candidate, slots := timeline(candidate))
    said = evidence(release(title, numbers=(3,), **parsed))
    claims = claims_of(said, compare_titles(said, profile), profile)
    return [(slot.entry.key, claim) for slot, claim in zip(slots, claims, strict=True) if claim[0]]


STORY = show(
    1,
    entry("Show"),
    entry("Show: Its Sequel", season=2, offset=0, begin="2016-04-01"),
    entry("Show: Its Sequel Part 2", season=2, offset=12, begin="2016-10-01"),
    entry("Show: The Coda Part 1", season=3, offset=0, begin="2017-04-01"),
)


@pytest.mark.parametrize(
    ("title", "parsed", "surely"),
    [
        ("Show", {}, {}),
        ("Show: Its Sequel", {}, {"Show: Its Sequel": 1.0}),
        ("Show: Its Sequel Part 2", {}, {"Show: Its Sequel Part 2": 1.0, "Show: Its Sequel": BARE}),
        ("Show: Its Sequel", {"part": 2}, {"Show: Its Sequel Part 2": 1.0, "Show: Its Sequel": BARE}),
        ("Show: Its Sequel", {"season": 4}, {"Show: Its Sequel": BARE}),  # the word stands elsewhere
        ("Show: The Coda", {}, {"Show: The Coda Part 1": LENIENT}),
        ("Show: Its Sequal", {}, {"Show: Its Sequel": SLIP - 0.02}),
    ],
)
def test_a_title_names_an_entry_in_one_of_several_ways(
    title: str, parsed: dict[str, object], surely: dict[str, float]
) -> None:
    assert {key: trust for key, (trust, _) in claimed(STORY, title, **parsed)} == pytest.approx(surely)


def test_the_longer_title_names_an_entry_better() -> None:
    (_, short), (_, long) = claimed(STORY, "Show: Its Sequel Part 2")

    assert short[1] == long[1] == len("showitssequel")


def test_where_there_is_one_entry_none_is_named() -> None:
    assert claimed(show(1, entry("Show")), "Show") == []


def heard(candidate: Candidate, title: str, **parsed: object) -> TitleMatch:
    said = evidence(release(title, numbers=(3,), **parsed))
    return compare_titles(said, Names(candidate, timeline(candidate)))


@pytest.mark.parametrize(
    ("title", "parsed", "season", "part"),
    [
        ("Show 2nd Season", {}, 2, None),
        ("Show 2", {}, 2, None),  # only as a season is it this show's
        ("Show", {"season": 3}, 3, None),
        ("Show 2nd Season", {"season": 3}, 3, None),  # what the parser read wins
        ("Show Part 2", {}, None, 2),
    ],
)
def test_the_season_words_that_a_title_leaves_are_heard(
    title: str, parsed: dict[str, object], season: int | None, part: int | None
) -> None:
    found = heard(show(1, entry("Show")), title, **parsed)

    assert (found.season, found.part) == (season, part)


def test_a_number_that_belongs_to_the_title_is_no_season() -> None:
    assert heard(show(1, entry("Area 88")), "Area 88").season is None
    assert not heard(show(1, entry("Area II")), "Area II").by_show


def test_halves_of_a_title_in_two_scripts_are_trusted_more_where_both_are_the_show_s() -> None:
    both, one = show(1, entry("Kimetsu", "鬼灭之刃")), show(1, entry("Kimetsu"))

    assert heard(both, "鬼灭之刃 Kimetsu").best > heard(one, "鬼灭之刃 Kimetsu").best
    assert heard(both, "鬼灭之刃 Kimetsu").agreeing == {0}


def test_a_sequel_that_is_a_show_of_its_own_is_not_meant_without_season_words() -> None:
    sequel = show(1, entry("Seaside 2nd Season"))

    assert heard(sequel, "Seaside").best == STRIPPED
    assert heard(sequel, "Seaside", season=2).best == 1.0


def test_a_folder_names_an_entry_without_slips_of_the_pen_or_not_at_all() -> None:
    marked = show(
        1,
        entry("Aria Brothers Let's Go!!", "Aria Brothers Let`s Go!!"),
        entry("Aria Brothers Let's Go", "Aria Max", begin="2016-04-01", season=2, offset=0),
    )

    def claimed(folder: str) -> bool:
        said = evidence(release("Aria Brothers Let's Go!!", numbers=(1,), folder_titles=(folder,)))
        names = Names(marked, timeline(marked))
        return max(claims_of(said, compare_titles(said, names), names))[0] > 0

    assert not claimed("in Aria Brothers Let's Go!!")
    assert claimed("Aria Max")


def test_a_story_of_a_season_is_not_its_first_cour() -> None:
    cours = show(
        1,
        entry("Show"),
        entry("Show III: The Maze", "Show 3rd Season", season=3, offset=0, begin="2016-04-01"),
        entry("Show III: The Flood", "Show III Part 2", season=3, offset=12, begin="2016-10-01"),
    )

    assert best(cours, "Show III: The Flood").slot.entry.key == "Show III: The Flood"
    assert best(cours, "Show III", 3).slot.entry.key == "Show III: The Maze"


def test_a_season_word_behind_a_sequel_s_own_title_counts_within_the_sequel() -> None:
    found = best(SPLIT, "Show New World 2nd Season")

    assert found.slot.entry.key == "Show New World 第2クール"
    assert found.score.value > 0.95
    assert best(SPLIT, "Show New World 3rd Season").score.value < 0.9
    assert best(SPLIT, "Show 2nd Season").slot.entry.key == "Show New World"


def test_a_number_behind_a_title_and_the_season_of_that_number_are_one() -> None:
    numbered = show(
        1,
        entry("Show"),
        entry("Show 2", season=2, offset=0, begin="2016-04-01"),
        entry("Show 2 第2クール", season=2, offset=12, begin="2016-10-01"),
    )

    assert best(numbered, "Show 2", 3, season=2).slot.entry.key == "Show 2"
