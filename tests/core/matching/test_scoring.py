"""The weights keep what docs/matching.md promises, and each part says what its name says."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.matching import scoring
from anivault.core.matching.decide import THRESHOLDS
from anivault.core.matching.evidence import evidence
from anivault.core.matching.fits import WEIGHTS, Fit, score
from anivault.core.matching.places.placed import Frame
from anivault.core.matching.scoring import Profiles, rank
from anivault.core.matching.titles.names import CUT_SHORT, KNOWN, LENIENT, SLIP, UNLIKE
from anivault.core.models import Candidate, Entry, Release
from anivault.parser.models import VideoType
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


def test_what_is_known_of_a_show_is_derived_again_where_a_source_knows_more_of_it() -> None:
    said, profiles = evidence(release("Winter Solstice", numbers=[3])), Profiles()
    less, more = show(1, entry("Touji no Yoru")), show(1, entry("Touji no Yoru", "Winter Solstice"))

    assert rank(said, [less], profiles)[0].score.parts["title"] < KNOWN
    assert rank(said, [more], profiles)[0].score.parts["title"] == 1.0
    assert rank(said, [more], profiles)[0].slots is rank(said, [more], profiles)[0].slots


# --- what one part says for itself -----------------------------------------------------------------

ERASED = show(1, entry("Boku dake ga Inai Machi", begin="2016-01-08"))
SOLSTICE = show(2, entry("Touji no Yoru", begin="2006-12-20"))
BOKURANO = show(3, entry("Bokurano Story", begin="2007-04-08", count=24))
PAPRIKA = film(4, "Paprika Dreams", begin="2006-11-25")


def says(part: str, said: Release, *shows: Candidate) -> str:
    """What a part says of the best fit, in a word."""
    value = best(said, *shows).score.parts.get(part)
    return "nothing" if value is None else "fits" if value == 1 else "may be" if value >= 0.7 else "against"


@pytest.mark.parametrize(
    ("known", "years"),
    [
        # a show that began about New Year may carry either year; `Erased 2017` is the live action
        (ERASED, {2014: "against", 2015: "may be", 2016: "fits", 2017: "against"}),
        (SOLSTICE, {2005: "against", 2006: "fits", 2007: "may be"}),
        (BOKURANO, {2006: "against", 2007: "fits", 2008: "against", None: "nothing"}),
        (
            PAPRIKA,
            {2005: "may be", 2006: "fits", 2007: "may be", 2009: "against"},
        ),  # of festivals and of cinemas
    ],
)
def test_a_year_that_is_one_off_may_be_a_slip(known: Candidate, years: dict[int | None, str]) -> None:
    numbers = [] if known is PAPRIKA else [1]
    said = {year: release(known.title, numbers=numbers, year=year) for year in years}

    assert {year: says("year", each, known) for year, each in said.items()} == years


KINDS = [None, VideoType.OVA, VideoType.MOVIE, VideoType.OP]


FITS, NOT, NONE = "fits", "against", "nothing"


@pytest.mark.parametrize(
    ("one", "numbered", "unnumbered"),
    [
        (entry("Kigeki Comedy"), [FITS, NOT, NOT, FITS], [NOT, NOT, NOT, NONE]),  # an opening has no number
        (entry("Kigeki Comedy", type="ova", count=3), [FITS, FITS, NOT, FITS], [NOT, NOT, NOT, NONE]),
        (entry("Kigeki Comedy", type="ova", count=1), [FITS, FITS, NOT, FITS], [NONE, NONE, NOT, NONE]),
    ],
)
def test_numbers_and_kind_of_a_name_are_compared_with_the_kind_of_an_entry(
    one: Entry, numbered: list[str], unnumbered: list[str]
) -> None:
    known = show(5, one)
    for numbers, told in (([1], numbered), ([], unnumbered)):
        said = [release("Kigeki Comedy", numbers=numbers, type=kind) for kind in KINDS]

        assert [says("type", each, known) for each in said] == told


def test_a_film_has_no_numbers_and_no_openings() -> None:
    said = [release("Paprika Dreams", type=kind) for kind in KINDS]

    assert [says("type", each, PAPRIKA) for each in said] == ["nothing", "against", "fits", "against"]
    assert says("type", release("Paprika Dreams", numbers=[1]), PAPRIKA) == "against"


@pytest.mark.parametrize(
    ("count", "numbers", "told"),
    [
        (24, [1], "fits"),
        (24, [1, 12, 24], "fits"),
        (24, [25], "nothing"),  # it may be an extra of the discs
        (24, [40], "against"),
        (24, [], "nothing"),
        (None, [40], "may be"),
    ],
)
def test_numbers_fit_a_show_that_has_them(count: int | None, numbers: list[int], told: str) -> None:
    known = show(6, entry("Bokurano Story", count=count))

    assert says("numbers", release("Bokurano Story", numbers=numbers), known) == told


@pytest.mark.parametrize(
    ("streamed", "old", "new"), [(True, "against", "fits"), (False, "nothing", "nothing")]
)
def test_a_copy_of_a_stream_speaks_for_a_show_of_the_time_of_streams(
    streamed: bool, old: str, new: str
) -> None:
    said = release("Bokurano Story", numbers=[1], streamed=streamed)

    assert says("era", said, BOKURANO) == old
    assert says("era", said, show(7, entry("Bokurano Story", begin="2022-01-09"))) == new


COURS = show(
    8,
    entry("Bokurano Story"),
    entry("Bokurano Story 2nd Season", season=2, offset=0, begin="2016-04-01"),
    entry("Bokurano Story Final Season", season=3, offset=0, begin="2017-04-01"),
)


@pytest.mark.parametrize(
    ("title", "words", "meant", "told"),
    [
        ("Bokurano Story", {}, 0, "fits"),
        ("Bokurano Story", {"season": 1}, 0, "fits"),
        ("Bokurano Story", {"season": 2}, 1, "fits"),
        ("Bokurano Story", {"season": 3}, 2, "may be"),  # it is called the final one
        ("Bokurano Story Final Season", {}, 2, "fits"),
        ("Bokurano Story", {"season": 2, "part": 2}, 1, "against"),
        ("Bokurano Story The Final Season Part 2", {}, 2, "against"),
        ("Bokurano Story", {"season": 4}, 0, "against"),
        ("Bokurano Story", {"season": 0}, 0, "against"),
    ],
)
def test_season_and_part_words_fit_the_entry_that_is_called_so(
    title: str, words: dict[str, Any], meant: int, told: str
) -> None:
    said = release(title, numbers=[3], **words)

    assert best(said, COURS).slot.entry is COURS.entries[meant]
    assert says("season", said, COURS) == told


# The same parts, as providers count them: all in one season, one season later than titles say, in cours, and
# with a sequel of its own name that has a second season.
NEXT: dict[str, Any] = {"begin": "2016-04-01"}
COUNTED: dict[str, Candidate] = {
    "in one": show(9, entry("Bokurano Story"), entry("Bokurano Story: Dark Tide", offset=12, **NEXT)),
    "in two": show(
        9, entry("Bokurano Story"), entry("Bokurano Story: Dark Tide", season=2, offset=0, **NEXT)
    ),
    "later": show(9, entry("Bokurano Story"), entry("Bokurano Story 2nd Season", season=3, offset=0, **NEXT)),
    "parts": show(
        9,
        entry("Bokurano Story"),
        entry("Bokurano Story 2nd Season", offset=12, **NEXT),
        entry("Bokurano Story 2nd Season Part 2", offset=24, begin="2016-10-01"),
    ),
    "cours": show(
        9,
        entry("Bokurano Story"),
        entry("Bokurano Story: Dark Tide", offset=12, begin="2015-10-01"),
        entry("Bokurano Story 2", season=2, offset=0, begin="2017-01-07"),
    ),
    "sequel": show(
        9,
        entry("Bokurano Story"),
        entry("Dark Tide", season=2, offset=0, **NEXT),
        entry("Dark Tide 2nd Season", season=3, offset=0, begin="2017-04-01"),
    ),
}


@pytest.mark.parametrize(
    ("counted", "title", "words", "meant", "told"),
    [
        ("in one", "Bokurano Story", {"season": 2}, 1, "may be"),  # the second to be shown
        ("in one", "Bokurano Story", {"season": 3}, 0, "against"),
        ("in two", "Bokurano Story", {"season": 2}, 1, "fits"),
        ("in two", "Bokurano Story Final Season", {}, 1, "fits"),  # the last that there is
        ("later", "Bokurano Story", {"season": 2}, 1, "fits"),  # as its title says
        ("later", "Bokurano Story", {"season": 3}, 1, "may be"),  # as the provider does
        ("parts", "Bokurano Story", {"season": 2}, 1, "fits"),
        ("parts", "Bokurano Story", {"season": 2, "part": 2}, 2, "fits"),
        ("parts", "Bokurano Story", {"season": 2, "part": 3}, 1, "against"),
        ("cours", "Bokurano Story", {"part": 2}, 1, "fits"),
        ("cours", "Bokurano Story", {"season": 1, "part": 2}, 1, "may be"),
        ("cours", "Bokurano Story", {"season": 2}, 2, "fits"),
        ("sequel", "Dark Tide", {}, 1, "nothing"),  # its own name says it
        ("sequel", "Dark Tide", {"season": 2}, 2, "fits"),  # of the sequel
        ("sequel", "Bokurano Story", {"season": 2}, 1, "fits"),  # of the show
        ("sequel", "Bokurano Story", {"season": 3}, 2, "may be"),
    ],
)
def test_season_words_find_their_entry_however_a_provider_counts(
    counted: str, title: str, words: dict[str, Any], meant: int, told: str
) -> None:
    known, said = COUNTED[counted], release(title, numbers=[3], **words)

    assert best(said, known).slot.entry is known.entries[meant]
    assert says("season", said, known) == told


# --- entries that are not rated ---------------------------------------------------------------------

LONG = show(
    1,
    entry("Show", begin="2010-04-01"),
    entry("Show 2nd Season", season=2, offset=0, begin="2012-10-01"),
    entry("Show 2nd Season Part 2", season=2, offset=12, begin="2013-01-01"),
    entry("Show: Its Story", season=3, offset=0, begin="2015-04-01", stated=False),
    entry("Show OVA", count=2, season=0, begin="2013-03-01", type="ova"),
)


@given(
    title=st.sampled_from(
        ["Show", "Show 2nd Season", "Show Part 2", "Show: Its Story", "Shov", "Show Final"]
    ),
    first=st.integers(0, 50),
    last=st.integers(0, 12),
    season=st.none() | st.integers(0, 4),
    year=st.none() | st.integers(2009, 2016),
    kind=st.none() | st.sampled_from([VideoType.OVA, VideoType.MOVIE]),
)
def test_an_entry_that_cannot_fit_best_needs_no_rating(
    title: str, first: int, last: int, season: int | None, year: int | None, kind: VideoType | None
) -> None:
    numbers = range(first, first + last)
    said = release(title, numbers=numbers, season=season, year=year, type=kind)
    found = best(said, LONG)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "_at_most", lambda *_: 2.0)
        assert best(said, LONG) == found
