"""A title names a show or one entry of it: part words, marks and subtitles are heard wherever they stand."""

from __future__ import annotations

import pytest

from anivault.core.matching.evidence import evidence
from anivault.core.matching.scoring import Fit, rank
from anivault.core.models import Candidate
from anivault.parser.models import VideoType
from tests.core.matching.makers import entry, film, release, show

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


def test_a_short_title_is_sure_where_something_backs_it() -> None:
    nana = show(1, entry("Nana", count=12, begin="2006-04-05"))
    famous = show(1, entry("Nana", count=12, begin="2006-04-05"), popularity=20_000)
    sequel = show(1, entry("Nana"), entry("Nana 2", season=2, offset=0, begin="2016-04-01"), popularity=1_500)

    assert best(nana, "Nana", 3).score.value < 0.9
    assert best(nana, "Nana", 3, year=2006).score.value >= 0.9
    assert best(nana, "Nana", *range(1, 13)).score.value >= 0.9
    assert best(famous, "Nana", 3).score.value >= 0.9
    assert best(sequel, "Nana", 3, season=2).score.value >= 0.9


def test_a_title_that_is_cut_short_is_sure_where_something_backs_it() -> None:
    cut = show(1, entry("Grand Princess Aria: The Long Way Home"))
    later = show(
        1, entry("Aria"), entry("Grand Princess Aria: The Way", season=2, offset=0, begin="2016-04-01")
    )

    assert best(cut, "Grand Princess Aria", 3).score.value < 0.9
    assert best(cut, "Grand Princess Aria", 1, 2, 3).score.value >= 0.9
    assert best(later, "Grand Princess Aria", 1, 2, 3).score.value < 0.95


def test_a_part_of_a_film_s_title_is_not_backed_by_a_year() -> None:
    story = film(1, "Samurai Wanderer: The Tale of Kyoto", "2012-06-01")

    assert best(story, "Samurai Wanderer", year=2012, type=VideoType.MOVIE).score.value < 0.9
