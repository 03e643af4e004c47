"""The weights keep what docs/matching.md promises, and each part says what its name says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.matching.decide import THRESHOLDS
from anivault.core.matching.evidence import evidence
from anivault.core.matching.places.timeline import Frame
from anivault.core.matching.scoring import WEIGHTS, Fit, rank, score
from anivault.core.matching.titles.compared import KNOWN
from anivault.core.matching.titles.names import CUT_SHORT, LENIENT, SLIP, UNLIKE
from anivault.core.models import Candidate, Release
from tests.core.matching.makers import entry, film, release, show

parts = st.fixed_dictionaries({}, optional={name: st.floats(0, 1) for name in WEIGHTS})


def best(said: Release, *shows: Candidate) -> Fit:
    return rank(evidence(said), shows)[0]


# --- the inequalities ------------------------------------------------------------------------------


@given(title=st.floats(0, 1), others=parts)
def test_no_other_part_lifts_a_score_above_its_title(title: float, others: dict[str, float]) -> None:
    assert score({"title": title, **others}).value <= title + 1e-9


@given(title=st.floats(0, 1), others=parts, name=st.sampled_from(sorted(WEIGHTS)))
def test_a_part_that_fits_better_never_lowers_the_score(
    title: float, others: dict[str, float], name: str
) -> None:
    worse = score({"title": title, **others, name: 0.0}).value
    better = score({"title": title, **others, name: 1.0}).value

    assert better >= worse


def test_the_year_outweighs_any_other_single_part() -> None:
    assert all(WEIGHTS["year"] > weight for name, weight in WEIGHTS.items() if name != "year")


def test_the_season_outweighs_the_entry_s_name_and_the_numbers() -> None:
    assert WEIGHTS["season"] > max(WEIGHTS["name"], WEIGHTS["numbers"], WEIGHTS["type"])


def test_all_parts_together_outweigh_the_year() -> None:
    assert sum(WEIGHTS.values()) - WEIGHTS["year"] > WEIGHTS["year"]


def test_the_era_alone_decides_nothing_but_between_namesakes() -> None:
    assert all(WEIGHTS["era"] < weight / 2 for name, weight in WEIGHTS.items() if name != "era")


def test_popularity_is_less_than_any_difference_a_part_can_make() -> None:
    assert score({"title": 1.0}, popularity=1e9).value - 1.0 < 1e-5


def test_titles_are_worth_less_the_less_they_are_alike() -> None:
    assert 1 > LENIENT > SLIP - 0.02 > KNOWN > CUT_SHORT > UNLIKE


def test_a_mark_that_was_dropped_never_decides_between_two_shows() -> None:
    assert THRESHOLDS.gap > 1 - LENIENT


# --- what the parts see ----------------------------------------------------------------------------


def test_an_equal_title_beats_one_that_is_nearly_alike() -> None:
    near, equal = show(1, entry("Natsume no Yuujin")), show(2, entry("Natsume no Yuujun"))

    assert best(release("Natsume no Yuujun", numbers=[1]), near, equal).candidate is equal


def test_the_year_tells_remakes_apart() -> None:
    old, new = show(1, entry("Astro", begin="1980-10-01")), show(2, entry("Astro", begin="2003-04-01"))

    assert best(release("Astro", numbers=[3], year=1980), old, new).candidate is old
    assert best(release("Astro", numbers=[3], year=2003), old, new).candidate is new


def test_numbers_tell_namesakes_apart() -> None:
    short, long = show(1, entry("Fort", count=3)), show(2, entry("Fort", count=50))

    assert best(release("Fort", numbers=[30]), short, long).candidate is long


def test_a_release_without_numbers_is_the_film_of_the_name() -> None:
    series, movie = show(1, entry("Memories of Rain")), film(2, "Memories of Rain")

    assert best(release("Memories of Rain"), series, movie).candidate is movie
    assert best(release("Memories of Rain", numbers=[2]), series, movie).candidate is series


def test_two_titles_in_one_name_are_evidence_together() -> None:
    both = show(1, entry("Kimi no Yoru", "你的夜晚"))
    one = show(2, entry("Kimi no Yoru"))

    assert best(release("你的夜晚", "Kimi no Yoru", numbers=[1]), one, both).candidate is both


def test_popularity_breaks_a_tie_and_only_a_tie() -> None:
    quiet, loud = show(1, entry("Same")), show(2, entry("Same"), popularity=900.0)
    right = show(3, entry("Same", begin="2001-01-01"))

    assert best(release("Same", numbers=[1]), quiet, loud).candidate is loud
    assert best(release("Same", numbers=[1], year=2001), quiet, loud, right).candidate is right


@pytest.mark.parametrize(
    ("titles", "season", "expected"),
    [
        (("Show",), None, "Show"),
        (("Show",), 2, "Show 2nd Season"),
        (("Show 2nd Season",), None, "Show 2nd Season"),
        (("Show II",), None, "Show 2nd Season"),
        (("Show 2",), None, "Show 2nd Season"),
        (("Show Season 3",), None, "Show: Final Light"),
        (("Show: Final Light",), None, "Show: Final Light"),
        (("某个节目 第二季", "Show"), None, "Show 2nd Season"),
        (("某个节目",), None, "Show"),
    ],
)
def test_the_entry_is_found_by_its_words(titles: tuple[str, ...], season: int | None, expected: str) -> None:
    whole = show(
        1,
        entry("Show", "某个节目"),
        entry("Show 2nd Season", "某个节目 第二季", "Show", begin="2016-04-01", season=2, offset=0),
        entry("Show: Final Light", begin="2017-04-01", season=3, offset=0),
    )

    assert best(release(*titles, numbers=[4], season=season), whole).slot.entry.key == expected


def test_of_two_entries_of_one_season_word_the_first_is_meant() -> None:
    whole = show(
        1,
        entry("Show"),
        entry("Show!!", "Show 2nd Season", begin="2016-04-01", season=2, offset=0),
        entry("Show!! 2nd Season", begin="2016-10-01", season=2, offset=12),
    )

    assert best(release("Show", numbers=[4], season=2), whole).slot.entry.key == "Show!!"
    assert best(release("Show", numbers=[4], season=2, part=2), whole).slot.entry.key == "Show!! 2nd Season"


def test_a_sequel_s_plain_alias_is_the_show_s_name() -> None:
    whole = show(
        1, entry("Show"), entry("Show 2nd Season", "The Show", begin="2016-04-01", season=2, offset=0)
    )

    assert best(release("The Show", numbers=[4]), whole).slot.entry.key == "Show"


def test_a_title_that_goes_on_after_the_show_s_names_its_entry() -> None:
    whole = show(
        1, entry("Show"), entry("Show (2nd Season)", "Show Dark Tide", begin="2016-04-01", season=2, offset=0)
    )

    assert best(release("Show Dark Tide", numbers=[4]), whole).slot.entry.key == "Show (2nd Season)"


def test_a_stream_is_rather_of_the_newer_namesake() -> None:
    old, new = show(1, entry("Ranmaru", begin="1989-04-01")), show(2, entry("Ranmaru", begin="2024-10-01"))

    assert best(release("Ranmaru", numbers=[3], streamed=True), old, new).candidate is new


def test_a_year_that_names_a_later_entry_is_no_slip_of_the_first_s() -> None:
    cours = show(
        1,
        entry("Tidal Crown", begin="2011-10-01", end="2011-12-17"),
        entry("Tidal Crown 2nd Season", begin="2012-04-01", end="2012-06-17", season=2, offset=0),
    )

    said = release("Tidal Crown", numbers=[8], year=2012)
    assert best(said, cours).slot.entry.key == "Tidal Crown 2nd Season"
    assert best(release("Tidal Crown", numbers=[8], year=2011), cours).slot.entry.key == "Tidal Crown"
    assert best(said, cours).counting.frame is Frame.OWN


def test_a_sequel_that_is_a_show_of_its_own_is_not_what_its_plain_title_means() -> None:
    first, sequel = show(1, entry("Pale Album")), show(2, entry("PALE ALBUM2", "Pale Album 2nd Season"))

    assert best(release("Pale Album", numbers=[8]), first, sequel).candidate is first
    assert best(release("Pale Album", numbers=[8]), sequel).score.value < 0.95
    assert best(release("Pale Album", numbers=[8], season=2), sequel).score.parts["title"] == 1.0


def test_ranking_does_not_depend_on_the_order_of_candidates() -> None:
    shows = [show(n, entry("Same" if n % 2 else "Sama", count=n)) for n in range(1, 12)]
    said = evidence(release("Same", numbers=[3]))
    first = [fit.candidate.id for fit in rank(said, shows)]
    random.Random(1).shuffle(shows)

    assert [fit.candidate.id for fit in rank(said, shows)] == first
