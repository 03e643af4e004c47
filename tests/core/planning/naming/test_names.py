"""Templates render what is known into names that any file system takes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from anivault.core.models import Candidate, Coordinates
from anivault.core.planning.naming.characters import finish
from anivault.core.planning.naming.fields import Subject
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from anivault.core.planning.naming.said import by_name, show_folder
from anivault.parser.models import ParseResult
from tests.core.planning.naming.makers import (
    BLEACH,
    EPISODE,
    PARSED,
    RANGE,
    SUBJECT,
    episode,
    preset,
)
from tests.core.records import in_library, show


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("E{episode:00-E00}", "E01-E03"),
        ("E{episode:00-E00+}", "E01-E02-E03"),
        ("{absolute:000-000}", "021-023"),
        ("{episode:0}", "1-3"),
    ],
)
def test_several_numbers_are_joined_as_the_format_says(template: str, name: str) -> None:
    assert episode(template, replace(SUBJECT, coordinates=RANGE)) == name


def test_a_group_vanishes_when_a_field_in_it_is_empty() -> None:
    bare = Subject(show(1, "X", None), None, ParseResult(), (Coordinates(season=1, episode=1),))

    assert episode("{title}< ({year})>< - {episode_title}>< [{group}< {resolution}>]>", bare) == "X"
    assert (
        episode("{title}< [{group}< {resolution}>]>", replace(bare, parsed=ParseResult(group="G"))) == "X [G]"
    )


def test_an_inner_group_does_not_hide_the_outer_one() -> None:
    bare = Subject(
        show(1, "X", None), None, ParseResult(resolution="720p"), (Coordinates(season=1, episode=1),)
    )

    assert episode("{title}< {resolution}< by {group}>>", bare) == "X 720p"


def test_a_folder_of_nothing_vanishes() -> None:
    mine = preset(season="<{group}>/Season {season}")

    assert Namer(mine).season(Subject(BLEACH, None, ParseResult(), EPISODE)) == "Season 2"


def test_titles_follow_the_order_of_languages() -> None:
    assert episode("{title}", titles=["en", "ja"]) == "Bleach - The Soul"
    assert episode("{title}", titles=["ko", "ja-Latn"]) == "Burīchi"
    assert episode("{title}") == "Bleach"


def test_a_year_that_ends_the_title_is_not_said_twice() -> None:
    subject = Subject(show(1, "Fruits Basket (2019)", 2019), None, ParseResult(), EPISODE)

    assert Namer(preset()).show(subject) == "Shows/Fruits Basket (2019) [tmdbid-1]"


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("HUNTER×HUNTER(2011)", "HUNTER×HUNTER (2011)"),
        ("Hunter x Hunter 2011", "Hunter x Hunter (2011)"),
        ("狩人（2011）", "狩人 (2011)"),
        ("Hunter [2011]", "Hunter (2011)"),
        ("2011", "2011 (2011)"),
        ("Space Pirate 2199", "Space Pirate 2199 (2011)"),
        ("Tokyo (1999)", "Tokyo (1999) (2011)"),
    ],
)
@pytest.mark.parametrize("field", ["title", "english"])
def test_the_year_of_the_show_stands_once_in_its_folder(title: str, wanted: str, field: str) -> None:
    subject = Subject(show(1, title, 2011, titles={"en": title}), None, PARSED)

    assert Namer(preset(show=f"{{{field}}}< ({{year}})> {{id}}")).show(subject) == f"{wanted} 1"


def test_a_title_of_nothing_gives_way_to_another_then_to_the_id() -> None:
    other = show(1, "???", 2019, titles={"en": "What"})

    assert episode("{title}", replace(SUBJECT, candidate=other)) == "What"
    assert episode("{title}", replace(SUBJECT, candidate=show(7, "[]"))) == "tmdb 7"


@pytest.mark.parametrize("nothing", ["...", " . ", ". .", "?"])
def test_a_title_of_marks_that_no_name_can_end_with_is_nothing(nothing: str) -> None:
    subject = Subject(show(7, nothing), None, PARSED)

    assert Namer(preset(film="{title}/{title} {year}")).film(subject) == "tmdb 7/tmdb 7 2020"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("E2 Rising", "'E2' Rising"),
        ("ep 7", "'ep 7'"),
        ("x03 and on", "'x03' and on"),
        ("- E2", "'E2'"),
        ("Eleven 2", "Eleven 2"),
        ("2 E2", "2 E2"),
    ],
)
def test_the_title_of_an_episode_does_not_go_on_counting(title: str, shown: str) -> None:
    subject = replace(SUBJECT, coordinates=(Coordinates(season=1, episode=1, title=title),))

    assert episode("{episode_title}", subject) == shown


def test_the_episode_title_is_shortened_before_the_title() -> None:
    long = (Coordinates(season=1, episode=1, title="long " * 60),)
    name = Namer(preset()).episode(Subject(BLEACH, None, ParseResult(), long))

    assert name.startswith("Bleach S01E01 - long long")
    assert name.endswith("…")


def test_the_number_outlives_every_shortening() -> None:
    candidate = show(1, "長い" * 200)
    places = (Coordinates(season=1, episode=1071, title="題" * 200),)
    name = Namer(preset(), 143).episode(Subject(candidate, None, ParseResult(), places))

    assert "S01E1071" in name
    assert len(name.encode("utf-8")) <= 143 - 55


@pytest.mark.parametrize("name_max", [143, 255])
@pytest.mark.parametrize("name", sorted(builtin_presets()))
def test_a_name_leaves_room_for_the_longest_sidecar(name: str, name_max: int) -> None:
    namer = Namer(load_preset(name), name_max)
    subject = Subject(
        show(1, "é" * 300), None, ParseResult(), (Coordinates(season=1, episode=1, title="字" * 300),)
    )

    stem = namer.episode(subject) + " - 1080p Some Long Grou"
    assert len((stem + ".zh-Hant.sdh.forced.ass").encode("utf-8")) <= name_max


def test_shortening_is_the_same_each_time() -> None:
    subject = Subject(show(1, "x" * 300), None, ParseResult(), EPISODE)

    assert Namer(preset()).show(subject) == Namer(preset()).show(subject)


def test_a_candidate_of_another_provider_is_named_by_it() -> None:
    other = Candidate(provider="anidb", id=5, media_type="tv", title="X")

    assert Namer(preset()).show(replace(SUBJECT, candidate=other)) == "Shows/X [anidbid-5]"
    assert Namer(preset("plex")).show(replace(SUBJECT, candidate=other)) == "Shows/X"


# What titles are made of that counts for something in the name of a file.
WORDS = [
    "Sample",
    "E2",
    "S01",
    "86",
    "x265",
    "Season 2",
    "(2019)",
    "[a]",
    "3x3",
    "- E04",
    "-05",
    "01-02",
    "NUL",
]
ODD = st.lists(st.sampled_from([*WORDS, "的", "é", "!", ":", "/", "…", "~"]), min_size=1, max_size=5).map(
    " ".join
)
TITLES = ODD | st.text(max_size=30)
NAMERS = {name: Namer(load_preset(name)) for name in builtin_presets()}


@settings(max_examples=250, deadline=None)
@given(
    title=TITLES,
    of_episode=st.none() | TITLES,
    season=st.integers(0, 30),
    first=st.integers(1, 1200),
    more=st.integers(0, 2),
    year=st.none() | st.integers(1960, 2030),
    which=st.sampled_from(sorted(NAMERS)),
)
def test_a_name_is_plain_and_a_later_run_reads_in_it_what_it_was_made_from(
    title: str, of_episode: str | None, season: int, first: int, more: int, year: int | None, which: str
) -> None:
    places = tuple(
        Coordinates(season=season, episode=n, title=of_episode) for n in range(first, first + more + 1)
    )
    namer, subject = NAMERS[which], Subject(show(55, title, year), None, ParseResult(), places)
    folder, below, name = namer.show(subject), namer.season(subject), namer.episode(subject)

    for part in (*folder.split("/"), below, name):
        assert finish(part) == part != ""
        assert len(part.encode()) <= 255
    there = in_library(f"{folder}/{below}/{name}.mkv")
    found = by_name(there, season)
    assert found is not None
    assert (found.season, found.episodes) == (season, tuple(range(first, first + more + 1)))
    assert show_folder(there.folder) == (folder, season)
