"""What is filed unasked, what is asked, and that a release is judged as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from anivault.core.matching.decide import Thresholds
from anivault.core.matching.evidence import evidence, query
from anivault.core.matching.matcher import match_releases
from anivault.core.matching.pins import Pin
from anivault.core.matching.releases import each, group
from anivault.core.models import Decision, FileKind, MatchedFile, ParsedFile, ScannedFile, Season
from anivault.core.pipeline.parser import parse_alone
from anivault.parser.models import VideoType
from tests.core.matching.makers import Shelf, entry, file, film, release, show

NATSU = show(
    1, entry("Natsu no Hikari", "夏之光"), entry("Natsu no Hikari 2", begin="2016-04-01", season=2, offset=0)
)


def matched(files: Sequence[ParsedFile], *shows: object, pins: Sequence[Pin] = ()) -> list[MatchedFile]:
    return match_releases(group(files), [Shelf(*(shows or (NATSU,)))], pins)  # type: ignore[arg-type]


def one(parsed: ParsedFile, *shows: object) -> MatchedFile:
    return matched([parsed], *shows)[0]


def test_an_equal_title_with_a_number_that_fits_is_filed() -> None:
    found = one(file("Natsu no Hikari", episodes=[3]))

    assert found.decision is Decision.MATCHED
    assert [(c.season, c.episode) for c in found.coordinates] == [(1, 3)]


def test_nothing_alike_is_unmatched() -> None:
    assert one(file("Wedding of Aunt Rose", episodes=[2])).decision is Decision.UNMATCHED


@pytest.mark.parametrize(
    "said",
    [
        file("Natsu no Hikari", episodes=[3], season=1, seasons=(1, 2)),
        file("Natsu no Hikari 2nd Season", episodes=[3], season=1),
    ],
)
def test_a_name_that_says_two_seasons_is_asked_about(said: ParsedFile) -> None:
    found = one(said)

    assert found.decision is Decision.AMBIGUOUS
    assert {(c.season, c.episode) for c in (*found.coordinates, *found.other)} == {(1, 3), (2, 3)}
    assert "season 1 and season 2" in found.reasons[-1]


def test_lists_season_and_the_providers_are_no_two_seasons() -> None:
    merged = show(
        1, entry("Natsu no Hikari"), entry("Natsu no Hikari 2nd Season", begin="2016-04-01", offset=12)
    )
    found = one(file("Natsu no Hikari 2nd Season", episodes=[14], season=1), merged)

    assert [(c.season, c.episode) for c in found.coordinates] == [(1, 14)]
    assert "season 1 and season 2" not in found.reasons[-1]


def test_two_shows_of_one_name_are_asked_about() -> None:
    found = one(
        file("Namesake", episodes=[2]),
        show(1, entry("Namesake")),
        show(2, entry("Namesake", begin="2001-01-01")),
    )

    assert found.decision is Decision.AMBIGUOUS
    assert "which?" in found.reasons[0]


@pytest.mark.parametrize(("last", "asked"), [(13, True), (14, True), (15, False)])
def test_a_lone_file_is_no_surer_of_a_namesake_than_among_its_neighbours(last: int, asked: bool) -> None:
    short, long = show(1, entry("Namesake")), show(2, entry("Namesake", count=50, begin="2001-01-01"))
    alone = one(file("Namesake", episodes=[last]), short, long)
    among = matched([file("Namesake", episodes=[n]) for n in range(10, last + 1)], short, long)

    assert (alone.decision is Decision.AMBIGUOUS) is asked
    assert not asked or {each.decision for each in among} == {Decision.AMBIGUOUS}


def test_a_title_of_four_letters_is_no_proof_by_itself() -> None:
    assert one(file("Kano", episodes=[2]), show(1, entry("Kano"))).decision is Decision.AMBIGUOUS


@pytest.mark.parametrize(
    ("folder", "special"),
    [
        ("Natsu no Hikari OVA", True),
        ("OVA Natsu no Hikari", True),
        ("Anime/Natsu no Hikari Specials", True),
        ("Natsu no Hikari [OAD] [1080p]", True),
        ("Natsu no Hikari TV + OVA", False),
        ("Natsu no Hikari (Season 1, Specials)", False),
        ("Special B", False),
        ("Bossanova", False),
        ("OVA/Natsu no Hikari", False),
    ],
)
def test_a_folder_of_specials_holds_no_episodes_of_the_series(folder: str, special: bool) -> None:
    said = release("Natsu no Hikari", numbers=[1], folder=folder, name="01.mkv")
    found = one(said.files[0])

    assert evidence(said).special is special
    assert (found.decision is Decision.AMBIGUOUS) is special


def test_a_folder_names_the_part_of_its_bare_numbers() -> None:
    said = release("Natsu no Hikari", numbers=[8], folder="Natsu no Hikari Part 2", name="08.mkv")

    assert evidence(said).part == 2
    assert (
        evidence(release("Natsu no Hikari", numbers=[8], folder="Natsu no Hikari", name="08.mkv")).part
        is None
    )


@pytest.mark.parametrize("number", [12.5, "05a", 77])
def test_a_number_without_a_place_is_asked_about_with_a_reason(number: float | str | int) -> None:
    found = one(file("Natsu no Hikari", episodes=[number]))

    assert found.decision is Decision.AMBIGUOUS
    assert str(number) in found.reasons[-1]


def test_an_extra_belongs_to_its_show_but_to_no_episode() -> None:
    found = one(file("Natsu no Hikari", episodes=[1], type=VideoType.OP))

    assert (found.decision, found.coordinates) == (Decision.MATCHED, ())


def test_a_range_in_one_file_is_all_of_its_episodes() -> None:
    assert len(one(file("Natsu no Hikari", episodes=[3, 6])).coordinates) == 4


def test_no_release_without_candidates_is_filed() -> None:
    assert match_releases(each([file("Anything", episodes=[1])]), [Shelf()])[0].decision is Decision.UNMATCHED


def test_every_file_is_answered_in_order() -> None:
    files = [file("Natsu no Hikari", episodes=[n]) for n in (5, 1, 3)]

    assert [m.parsed.episodes for m in match_releases(each(files), [Shelf(NATSU)])] == [(5,), (1,), (3,)]


def test_a_source_is_asked_once_for_all_releases() -> None:
    shelf = Shelf(NATSU)
    match_releases(each([file("Natsu no Hikari", episodes=[n]) for n in range(1, 6)]), [shelf])

    assert len(shelf.asked) == 5


def test_the_first_source_that_knows_a_show_is_heard() -> None:
    told = replace(NATSU, title="As the first one calls it")
    found = match_releases(each([file("Natsu no Hikari", episodes=[1])]), [Shelf(told), Shelf(NATSU)])[0]

    assert found.match.best is not None
    assert found.match.best.candidate.title == "As the first one calls it"
    assert len(found.match.ranked) == 1


def test_the_same_files_are_always_decided_the_same() -> None:
    files = [file("Natsu no Hikari", episodes=[n]) for n in range(1, 13)]

    assert matched(files) == matched(files)


def test_higher_thresholds_never_file_more() -> None:
    near = file("Natsu no Hikeri", episodes=[1])
    strict = Thresholds(score=0.99)

    assert match_releases(each([near]), [Shelf(NATSU)])[0].decision is Decision.MATCHED
    assert match_releases(each([near]), [Shelf(NATSU)], (), strict)[0].decision is Decision.AMBIGUOUS


# --- a release is judged as a whole ---------------------------------------------------------------


def test_twelve_files_that_fit_outweigh_one_odd_name() -> None:
    files = [file("Natsu no Hikari", episodes=[n], folder="Natsu") for n in range(1, 12)]
    odd = file("Natsu no Hikeri", episodes=[12], folder="Natsu", name="odd.mkv")
    releases = group([*files, odd])

    assert len(releases) == 1
    assert all(m.decision is Decision.MATCHED for m in match_releases(releases, [Shelf(NATSU)]))


def test_a_file_without_a_title_and_the_extras_go_with_their_folder() -> None:
    files = [file("Natsu no Hikari", episodes=[n], folder="Natsu") for n in range(1, 8)]
    bare = file(episodes=[8], folder="Natsu", name="08.mkv")
    opening = file("Creditless", type=VideoType.OP, folder="Natsu", name="ncop.mkv")

    assert len(group([*files, bare, opening])) == 1


def test_another_season_in_the_same_folder_is_another_release() -> None:
    files = [
        file("Natsu no Hikari", episodes=[n], season=s, folder="Natsu") for s in (1, 2) for n in range(1, 8)
    ]

    assert len(group(files)) == 2


def test_two_shows_in_one_folder_stay_apart() -> None:
    files = [
        file(t, episodes=[n], folder="Mixed")
        for t in ("Natsu no Hikari", "Fuyu no Hikari 9")
        for n in range(1, 8)
    ]

    assert len(group(files)) == 2


def test_the_season_s_end_tells_that_numbers_go_on() -> None:
    files = [file("Natsu no Hikari", episodes=[n], folder="Natsu") for n in range(1, 25)]
    last = matched(files)[-1]

    assert [(c.season, c.episode) for c in last.coordinates] == [(2, 12)]
    assert last.decision is Decision.MATCHED


# --- what is asked --------------------------------------------------------------------------------


def test_a_query_carries_every_reading_the_surest_first() -> None:
    asked = query(evidence(release("夏之光 Natsu no Hikari 2nd Season", numbers=[1])))

    assert asked.titles[0] == "夏之光 Natsu no Hikari 2nd Season"
    assert {"夏之光", "夏之光 Natsu no Hikari", "Natsu no Hikari"} <= set(asked.titles)
    assert asked.movie is False


def test_titles_with_strokes_between_are_titles_of_their_own() -> None:
    readings = evidence(release("夏之光 / Natsu no Hikari", numbers=[1])).readings

    assert {r.text for r in readings if r.trust == 1.0} == {"夏之光", "Natsu no Hikari"}


def test_a_stroke_between_words_of_one_script_parts_nothing() -> None:
    readings = evidence(release("Fate/stay night", numbers=[1])).readings

    assert {r.text for r in readings if r.trust == 1.0} == {"Fate/stay night"}


def test_the_number_of_a_film_is_part_of_its_title() -> None:
    files = [film(1, "Natsu no Hikari Movie 1"), film(2, "Natsu no Hikari Movie 2")]
    found = one(file("Natsu no Hikari", episodes=[2], type=VideoType.MOVIE), *files)

    assert found.match.best is not None
    assert found.match.best.candidate.id == 2


# --- pins win -------------------------------------------------------------------------------------


def test_a_pin_wins_over_a_better_match() -> None:
    other = show(7, entry("Something Else"))
    found = matched(
        [file("Natsu no Hikari", episodes=[3])],
        NATSU,
        other,
        pins=[Pin(id="tmdb:7", title="Natsu no Hikari")],
    )[0]

    assert found.decision is Decision.MATCHED
    assert found.pinned == "tmdb:7"
    assert found.match.best is not None
    assert found.match.best.candidate is other


def test_a_pin_s_season_and_offset_place_the_files() -> None:
    pin = Pin(id="tmdb:1", title="Natsu no Hikari", season=4, offset=-12)
    found = matched([file("Natsu no Hikari", episodes=[15])], pins=[pin])[0]

    assert [(c.season, c.episode) for c in found.coordinates] == [(4, 3)]


def test_a_pinned_show_that_no_source_knows_is_taken_at_its_word() -> None:
    pin = Pin(id="tmdb:tv/999", title="Natsu no Hikari", season=1)
    found = matched([file("Natsu no Hikari", episodes=[2])], pins=[pin])[0]

    assert found.match.best is not None
    assert (found.match.best.candidate.id, found.decision) == (999, Decision.MATCHED)


def test_a_pinned_film_needs_no_number() -> None:
    found = matched([file("Natsu no Hikari")], pins=[Pin(id="tmdb:movie/5", title="Natsu no Hikari")])[0]

    assert (found.decision, found.coordinates) == (Decision.MATCHED, ())


def test_a_pinned_file_whose_number_has_no_place_is_still_asked_about() -> None:
    found = matched(
        [file("Natsu no Hikari", episodes=[77])], pins=[Pin(id="tmdb:1", title="Natsu no Hikari")]
    )[0]

    assert found.decision is Decision.AMBIGUOUS


@pytest.mark.parametrize(
    ("episodes", "decisions"),
    [
        ("13-", "matched matched ambiguous"),  # season 2 has twelve: is 25 its thirteenth, or season 3?
        ("13-25", "matched matched matched"),  # the user has named it
        ("25-", "matched matched matched"),  # has begun past what lists know, and goes on
    ],
)
def test_a_range_that_goes_on_ends_with_its_season_unless_it_began_later(
    episodes: str, decisions: str
) -> None:
    cours = [
        entry("Natsu no Hikari"),
        entry("Natsu no Hikari 2nd Season", begin="2016-04-01", season=2, offset=0),
    ]
    pin = Pin(id="tmdb:1", title="Natsu no Hikari", episodes=episodes, season=2, offset=-12)
    known = replace(show(1, *cours), seasons=(Season(1, 12), Season(2, 12)))
    files = [file("Natsu no Hikari", episodes=[n]) for n in (1, 13, 24, 25)]
    found = match_releases(group(files), [Shelf(known)], [pin])

    assert [item.coordinates[0].episode for item in found[3:]] == [13]
    assert " ".join(item.decision for item in found[1:]) == decisions


def test_no_source_is_asked_about_what_is_pinned() -> None:
    shelf = Shelf(NATSU)
    match_releases(
        each([file("Natsu no Hikari", episodes=[1])]), [shelf], [Pin(id="tmdb:1", title="Natsu no Hikari")]
    )

    assert shelf.asked == []


def test_a_folder_s_title_supports_a_show_but_makes_none() -> None:
    namesakes = show(1, entry("Namesake", "夏之光")), show(2, entry("Namesake", begin="2001-01-01"))
    supported = one(file("Namesake", episodes=[2], folder_titles=("夏之光",)), *namesakes)
    alone = one(file("Wedding", episodes=[2], folder_titles=("Natsu no Hikari",)))

    assert supported.match.best is not None
    assert (supported.decision, supported.match.best.candidate.id) == (Decision.MATCHED, 1)
    assert alone.decision is Decision.UNMATCHED


def test_an_episode_has_its_title_where_the_source_knows_it() -> None:
    titled = replace(NATSU, episode_titles={"S01E03": "The Third Day"})

    assert [c.title for c in one(file("Natsu no Hikari", episodes=[3, 4]), titled).coordinates] == [
        "The Third Day",
        None,
    ]


def test_where_no_title_was_read_the_brackets_are_heard() -> None:
    readings = evidence(each([file("剧场版", printed=("夏之光／Natsu no Hikari",))])[0]).readings

    assert {r.text for r in readings if r.trust == 1.0} == {"夏之光", "Natsu no Hikari"}


def test_what_a_provider_calls_no_animation_is_asked_about() -> None:
    found = one(file("Natsu no Hikari", episodes=[3]), replace(NATSU, animated=False))

    assert found.decision is Decision.AMBIGUOUS
    assert "is not animation" in found.reasons[0]


def test_every_release_is_told_of_when_it_is_decided() -> None:
    told: list[tuple[int, int | None]] = []
    names = [file("Natsu no Hikari", episodes=[1]), file("Wedding of Aunt Rose", episodes=[1])]
    match_releases(group(names), [Shelf(NATSU)], progress=lambda done, total: told.append((done, total)))

    assert told == [(1, 2), (2, 2)]


def test_a_folder_whose_title_goes_on_and_is_another_shows_makes_a_question() -> None:
    aria, second = show(1, entry("Seaside Aria")), show(2, entry("Seaside Aria Crescendo"))
    named = file("Seaside Aria", episodes=[3])
    above = replace(named, parsed=replace(named.parsed, folder_titles=("Seaside Aria Crescendo",)))
    prefix = replace(named, parsed=replace(named.parsed, folder_titles=("Seaside",)))

    assert one(named, aria, second).decision is Decision.MATCHED
    assert one(above, aria, second).decision is Decision.AMBIGUOUS
    assert one(above, aria).decision is Decision.MATCHED
    assert one(prefix, aria, second).decision is Decision.MATCHED


@pytest.mark.parametrize(
    ("inner", "number", "decision"),
    [
        ("Crescendo", 3, Decision.AMBIGUOUS),  # nobody knows it, and its numbers may be its own
        ("Crescendo", 70, Decision.MATCHED),  # an arc: the show's numbers go on
        ("Seaside Aria", 3, Decision.MATCHED),
    ],
)
def test_a_folder_in_a_show_s_folder_that_nobody_knows_makes_a_question(
    inner: str, number: int, decision: Decision
) -> None:
    path = f"Seaside Aria/{inner}/Seaside Aria - {number:02}.mkv"
    parsed = parse_alone(ScannedFile("", path, FileKind.VIDEO))

    assert one(parsed, show(1, entry("Seaside Aria", count=80))).decision is decision


def test_a_season_that_lists_and_the_provider_count_apart_is_asked_about() -> None:
    apart = show(
        1,
        entry("Seaside Aria"),
        entry("Seaside Aria 2nd Season", begin="2016-04-01", season=5, offset=0),
    )

    assert one(file("Seaside Aria", season=2, episodes=[3]), apart).decision is Decision.AMBIGUOUS
    assert one(file("Seaside Aria", season=5, episodes=[3]), apart).coordinates[0].season == 5
