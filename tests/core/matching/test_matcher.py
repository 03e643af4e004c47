"""Releases are matched by what sources propose, or as the user said; what was found is not asked again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from anivault.core.matching.matcher import FEW, match_releases
from anivault.core.matching.pins import Pin
from anivault.core.matching.releases import group
from anivault.core.models import Candidate, Decision, MatchedFile, ParsedFile, Query, Season
from anivault.parser.models import VideoType
from tests.core.matching.makers import Shelf, entry, file, film, release, show
from tests.core.records import Notebook

EMMA = show(
    31, entry("Eikoku Koi Monogatari Emma"),
    entry("Eikoku Koi Monogatari Emma Dai Ni Maku", begin="2017-04-16", season=2, offset=0),
)  # fmt: skip
KAIBA = show(32, entry("Kaiba of the Memories", begin="2008-04-11"))
ANGEL = film(33, "Tenshi no Tamago", begin="1985-12-15")
SHOWS = (EMMA, KAIBA, ANGEL)


class Steady(Shelf):
    """A shelf that answers as it did before, as long as its version is the same."""

    def __init__(self, *shows: Candidate, version: str = "1") -> None:
        super().__init__(*shows)
        self.version = version

    def reopen(self) -> None:
        """Nothing is open."""


def matched(
    files: Sequence[ParsedFile], *pins: Pin, source: Shelf | None = None, **more: Any
) -> list[MatchedFile]:
    return match_releases(group(files), [source or Shelf(*SHOWS)], pins, **more)


def places(files: Sequence[MatchedFile]) -> list[list[tuple[int, int]]]:
    return [[(place.season, place.episode) for place in item.coordinates] for item in files]


EPISODES = [
    file(
        "Eikoku Koi Monogatari Emma", episodes=[n], folder="Emma", name=f"[{team}] Emma - {n}.mkv", group=team
    )
    for n in (1, 2)
    for team in "AB"
]
PILE = [
    *EPISODES,
    *(file("Eikoku Koi Monogatari Emma Dai Ni Maku", episodes=[n], folder="Emma 2") for n in (1, 2, 3)),
    file("Kaiba of the Memories", episodes=[5]),
    file("Tenshi no Tamago", name="Tenshi no Tamago.mkv"),
    file("A Wedding That Nobody Knows", episodes=[2]),
    file("Kaiba of the Memories", episodes=[77]),
]
PINS = [
    Pin(id="tmdb:32", title="A Wedding That Nobody Knows"),
    Pin(id="tmdb:31", folder="Emma", episodes="2"),
]


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(len(PILE))), pinned=st.sets(st.sampled_from(PINS)))
def test_the_order_of_files_changes_no_verdict(order: list[int], pinned: set[Pin]) -> None:
    made = {item.file.rel: replace(item, release=None) for item in matched(PILE, *pinned)}
    again = {
        item.file.rel: replace(item, release=None) for item in matched([PILE[n] for n in order], *pinned)
    }

    assert again == made
    assert len(made) == len(PILE)


def test_files_of_a_release_that_pins_part_keep_their_order() -> None:
    one = release("Eikoku Koi Monogatari Emma", numbers=[3, 1, 2])
    pin = Pin(id="tmdb:32", title="Eikoku Koi Monogatari Emma", episodes="1")
    made = match_releases([one], [Shelf(*SHOWS)], [pin])

    assert [item.file for item in made] == [item.file for item in one.files]
    assert [bool(item.pinned) for item in made] == [False, True, False]


# --- what was found before ---


def many(count: int = FEW + 5) -> list[ParsedFile]:
    """So many releases that a memory is asked."""
    return [
        file("Eikoku Koi Monogatari Emma", episodes=[n % 12 + 1], folder=f"{n}", group=f"Team {n}")
        for n in range(count)
    ]


def called(item: ParsedFile, rel: str) -> ParsedFile:
    return replace(item, file=replace(item.file, rel=rel))


def test_what_was_found_before_is_the_same_and_no_source_is_asked() -> None:
    book, source = Notebook(), Steady(*SHOWS)
    first = matched([*many(), *PILE], memory=book, source=source)
    asked = len(source.asked)
    again = matched([*many(), *PILE], memory=book, source=source)

    assert asked > FEW
    assert len(source.asked) == asked
    assert again == first


def test_only_what_is_new_is_asked_about() -> None:
    book, source = Notebook(), Steady(*SHOWS)
    matched(many(), memory=book, source=source)
    source.asked.clear()
    matched([*many(), file("Kaiba of the Memories", episodes=[5])], memory=book, source=source)

    assert [query.titles[0] for query in source.asked] == ["Kaiba of the Memories"]


@pytest.mark.parametrize(
    "change",
    [
        lambda files: ([replace(files[0], parsed=replace(files[0].parsed, year=1999)), *files[1:]], "1"),
        lambda files: ([*files[1:], file("Kaiba of the Memories", episodes=[1])], "1"),
        lambda files: ([called(files[0], "other/Emma 1.mkv"), *files[1:]], "1"),
        lambda files: ([called(files[0], "0/Emma_ - 01.mkv"), *files[1:]], "1"),  # a mark that is lost
        lambda files: (files, "2"),  # of the source
    ],
)
def test_what_a_verdict_was_made_from_is_looked_at_again_when_it_changes(change: Any) -> None:
    book, files = Notebook(), many()
    matched(files, memory=book, source=Steady(*SHOWS))
    changed, version = change(files)
    source = Steady(*SHOWS, version=version)
    made = matched(changed, memory=book, source=source)

    assert source.asked
    assert made == matched(changed)


def test_few_releases_and_sources_that_change_are_not_remembered() -> None:
    book = Notebook()
    matched(PILE, memory=book, source=Steady(*SHOWS))
    matched(many(), memory=book, source=Shelf(*SHOWS))

    assert book.pages == {}


def test_progress_counts_every_release_that_sources_are_asked_about() -> None:
    told: list[tuple[int, int]] = []
    matched(PILE, PINS[0], progress=lambda done, of: told.append((done, of)))

    releases = len(group(PILE)) - 1
    assert told == [(n, releases) for n in range(1, releases + 1)]


def test_a_show_that_two_sources_know_is_the_first_ones_and_is_there_once() -> None:
    renamed = replace(KAIBA, title="Kaiba, as another list has it")
    (made,) = match_releases(
        group([file("Kaiba of the Memories", episodes=[5])]), [Shelf(KAIBA), Shelf(renamed, EMMA)]
    )

    assert [one.candidate.title for one in made.match.ranked if one.candidate.id == 32] == [KAIBA.title]


def test_a_query_that_finds_nothing_leaves_the_others_their_answers() -> None:
    class Deaf(Shelf):
        def _find(self, query: Query) -> list[Candidate]:
            return [] if "Kaiba of the Memories" in query.titles else super()._find(query)

    made = matched([file("Kaiba of the Memories", episodes=[5]), *EPISODES], source=Deaf(*SHOWS))

    assert [item.decision for item in made] == [Decision.UNMATCHED] + [Decision.MATCHED] * len(EPISODES)


# --- as the user said ---


def pinned(said: ParsedFile, show_: Candidate | None = None, **pin: Any) -> MatchedFile:
    """A file that is pinned by its title, to EMMA where nothing else is said."""
    made = Pin(**({"id": "tmdb:31", "title": said.parsed.title} | pin))
    return matched([said], made, source=Shelf(show_ or EMMA, KAIBA, ANGEL))[0]


TWO = replace(EMMA, seasons=(Season(1, 12), Season(2, 12)), tabled=True)


@pytest.mark.parametrize(
    ("numbers", "season", "pin", "place", "rule"),
    [
        ([5], None, {"season": 2}, [(2, 5)], "The pin says where it goes."),
        ([], None, {"season": 0, "episode": 3}, [(0, 3)], "The pin says where it goes."),
        ([], None, {"season": 2}, [], "The name has no number that the pin could place."),
        ([7.5], None, {"season": 2}, [], "The name has no number that the pin could place."),
        ([5], None, {"id": "tmdb:movie/33"}, [], "The pin names a film."),
        ([5], None, {"extra": True}, [], "The pin says that it is an extra."),
        ([5], None, {"id": "tmdb:404"}, [], "No list knows the show that is pinned: the pin needs --season."),
        ([5], None, {"order": "tmdb"}, [(1, 5)], None),
        ([5], 2, {"order": "tmdb"}, [(2, 5)], None),
        ([], None, {"order": "tmdb"}, [], "The name has no number that the pin could place."),
    ],
)
def test_a_pin_says_where_a_file_goes_or_why_that_is_not_enough(
    numbers: list[float],
    season: int | None,
    pin: dict[str, Any],
    place: list[tuple[int, int]],
    rule: str | None,
) -> None:
    made = pinned(file("Emma of England", episodes=numbers, season=season), **pin)

    assert places([made]) == [place]
    assert rule is None or made.reasons[-1] == rule
    sure = bool(place) or pin.get("extra", False) or "movie" in pin.get("id", "")
    assert (made.decision is Decision.MATCHED) is sure
    assert made.pinned == pin.get("id", "tmdb:31")


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [(None, VideoType.EXTRA), (VideoType.OVA, VideoType.EXTRA), (VideoType.ED, VideoType.ED)],
)
def test_an_extra_by_a_pin_is_of_the_kind_that_its_name_says(
    kind: VideoType | None, becomes: VideoType
) -> None:
    assert pinned(file("Emma of England", type=kind), extra=True).parsed.type is becomes


@pytest.mark.parametrize(("last", "asked"), [(12, False), (13, True), (24, True)])
def test_a_range_that_goes_on_past_its_season_is_asked_about(last: int, asked: bool) -> None:
    made = pinned(file("Emma of England", episodes=[last]), TWO, season=1, episodes="3-")

    assert places([made]) == [[(1, last)]]
    assert (made.decision is Decision.AMBIGUOUS) is asked
    assert ("Season 1 has 12 episodes" in made.reasons[-1]) is asked


@pytest.mark.parametrize("episodes", ["3-20", "13-"])
def test_a_range_with_an_end_or_that_begins_past_the_season_is_taken_at_its_word(episodes: str) -> None:
    made = pinned(file("Emma of England", episodes=[14]), TWO, season=1, episodes=episodes)

    assert (made.decision, places([made])) == (Decision.MATCHED, [[(1, 14)]])


# --- what speaks against a title that is known ---


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (file("Nobody Has Heard of This", episodes=[2]), "No show that is known has a title like this."),
        (file("Tenshi no Tamago", episodes=[7], season=3), "the name is that of an episode or a special"),
        (file("Kaiba of the Memories", episodes=[2], year=1971), "comes nearest"),
    ],
)
def test_an_unmatched_name_is_told_what_comes_near_and_what_speaks_against_it(
    said: ParsedFile, why: str
) -> None:
    (made,) = matched([said])

    assert made.decision is not Decision.MATCHED
    assert why in " ".join(made.reasons)
