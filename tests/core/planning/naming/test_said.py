"""What names in a library say: which show a folder is of, which season, and which episodes a video is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.core.models import Entry, Title
from anivault.core.planning.naming.said import (
    Named,
    bare,
    by_name,
    named_by,
    named_in_full,
    plain,
    show_folder,
    tags,
    titles_of,
)
from tests.core.records import in_library, show

KEY = "Shows/Natsu (2011) [tmdbid-7]"


@pytest.mark.parametrize(
    ("folder", "found", "season"),
    [
        (KEY, KEY, None),
        (f"{KEY}/Season 01", KEY, 1),
        (f"{KEY}/season 2", KEY, 2),
        (f"{KEY}/S03", KEY, 3),
        (f"{KEY}/Staffel 04", KEY, 4),
        (f"{KEY}/Series_5", KEY, 5),
        (f"{KEY}/Specials", KEY, 0),
        (f"{KEY}/Special", KEY, 0),
        (f"{KEY}/Season 00", KEY, 0),
        (f"{KEY}/Season 2011", KEY, 2011),
        # not a word for a season, or more than one
        (f"{KEY}/Season", f"{KEY}/Season", None),
        (f"{KEY}/Season 01 Extras", f"{KEY}/Season 01 Extras", None),
        (f"{KEY}/Seasons 1-2", f"{KEY}/Seasons 1-2", None),
        # folders of extras are of no season, and no show's
        (f"{KEY}/Trailers", None, None),
        (f"{KEY}/Behind the Scenes", None, None),
        ("", None, None),
        # a season that lies in no show's folder
        ("Season 01", None, 1),
        ("Specials", None, 0),
    ],
)
def test_a_folder_is_a_shows_or_one_of_its_seasons(
    folder: str, found: str | None, season: int | None
) -> None:
    assert show_folder(folder) == (found, season)


def test_a_preset_may_have_one_folder_for_all_seasons() -> None:
    assert show_folder(f"{KEY}/Episodes") == (f"{KEY}/Episodes", None)
    assert show_folder(f"{KEY}/Episodes", {"episodes"}) == (KEY, None)
    assert show_folder("Episodes", {"episodes"}) == (None, None)


@pytest.mark.parametrize(
    ("name", "season", "episodes"),
    [
        ("Natsu S01E02.mkv", 1, (2,)),
        ("Natsu s01e02 - Title.mkv", 1, (2,)),
        ("Natsu S01E02E03.mkv", 1, (2, 3)),
        ("Natsu S01E02-E04.mkv", 1, (2, 3, 4)),
        ("Natsu S01E02-04.mkv", 1, (2, 3, 4)),
        ("Natsu S01 E02 E03.mkv", 1, (2, 3)),
        ("Natsu S01EP05.mkv", 1, (5,)),
        ("Natsu S00E1001.mkv", 0, (1001,)),
        ("Natsu S2011E01.mkv", 2011, (1,)),
        ("Natsu S01E10-720p.mkv", 1, (10,)),  # a resolution ends no range
        ("Natsu S01E05-03.mkv", 1, (5,)),  # a range does not run backwards
    ],
)
def test_a_videos_name_says_its_season_and_episodes(
    name: str, season: int, episodes: tuple[int, ...]
) -> None:
    found = by_name(in_library(f"{KEY}/Season 01/{name}"), 1)

    assert found is not None
    assert (found.season, found.episodes) == (season, episodes)


@given(st.integers(0, 9999), st.integers(1, 9000), st.integers(0, 9))
def test_what_is_written_as_a_range_is_read_as_that_range(season: int, first: int, more: int) -> None:
    found = by_name(in_library(f"Show S{season:02}E{first:02}-E{first + more:02}.mkv"), None)

    assert found is not None
    assert (found.season, found.episodes) == (season, tuple(range(first, first + more + 1)))


@pytest.mark.parametrize("name", ["Natsu.mkv", "Natsu 01.mkv", "ThisS01E02.mkv", "Natsu - Seasons E02.mkv"])
def test_a_video_without_numbers_is_a_film_only_outside_of_seasons(name: str) -> None:
    outside = by_name(in_library(f"Films/Natsu (2011)/{name}"), None)

    assert outside is not None
    assert (outside.season, outside.episodes) == (0, ())
    assert by_name(in_library(f"{KEY}/Season 01/{name}"), 1) is None
    assert by_name(in_library(f"{KEY}/Specials/{name}"), 0) is None


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("Natsu [tmdbid-7]", {"tmdb": "7"}),
        ("Natsu {tmdb-7}", {"tmdb": "7"}),
        ("Natsu (TMDBID=7)", {"tmdb": "7"}),
        ("Natsu [anidb 15]", {"anidb": "15"}),
        ("Natsu [tvdbid-81]{imdb-tt99}", {"tvdb": "81", "imdb": "tt99"}),
        ("Natsu [malid-7]", {}),
        ("Natsu tmdbid-7", {}),
    ],
)
def test_ids_are_read_in_every_spelling_that_servers_have(name: str, ids: dict[str, str]) -> None:
    assert tags(name) == ids


def test_a_name_in_full_loses_ids_and_year_but_no_other_brackets() -> None:
    assert named_in_full("[Oshi no Ko] (2023) [tmdbid-1]") == "[Oshi no Ko] "
    assert named_in_full("Natsu (TV) (2011)") == "Natsu (TV) "
    assert named_in_full("2011 (Natsu)") == "2011 (Natsu)"
    assert bare("Shows/Natsu [BD] (2011) [tmdbid-1]").strip() == "Natsu"
    assert bare("Shows/Natsu (2011) Remake") == "Natsu (2011) Remake"  # the year is not last


def test_a_folder_names_a_title_a_year_and_ids() -> None:
    assert named_by("Shows/Natsu: no Yuki! (2011) [tmdbid-7]") == Named("natsu no yuki", 2011, {"tmdb": "7"})
    assert named_by("Natsu") == Named("natsu", None, {})


NATSU = show(
    7,
    "Natsu",
    2011,
    entries=(Entry(key="a", type="tv", titles=(), ids={"anidb": 15}), Entry(key="b", type="tv", titles=())),
)


@pytest.mark.parametrize(
    ("name", "alone", "may"),
    [
        ("Natsu (2011)", False, True),
        ("Natsu (2012)", True, False),  # another year is another show
        ("Natsu", True, True),  # nobody else has the title
        ("Natsu", False, False),
        ("Natsu (2011) [anidb-15]", False, True),
        ("Natsu (2011) [anidb-16]", True, False),
        ("Natsu (2011) [tmdbid-7]", True, False),  # that folder is found by its id
        ("Natsu (2011) [tvdbid-7]", False, True),  # nobody here knows those
    ],
)
def test_a_folder_may_be_a_shows_if_nothing_in_it_speaks_against(name: str, alone: bool, may: bool) -> None:
    assert named_by(name).may_be(NATSU, alone=alone) is may


def test_a_show_without_a_year_may_have_a_folder_without_one() -> None:
    assert named_by("Natsu").may_be(show(7, "Natsu", None), alone=False)
    assert not named_by("Natsu (2011)").may_be(show(7, "Natsu", None), alone=True)


def test_the_titles_of_a_show_come_in_the_order_of_trust_and_each_once() -> None:
    spring = Entry(
        key="a", type="tv", titles=(Title("Haru: Season!", "en", True), Title("NATSU", "en", False))
    )
    known = show(7, "Natsu", titles={"en": "Summer", "ja": "夏"}, entries=(spring,))

    assert titles_of(known) == ["natsu", "summer", "夏", "haru season"]
    assert titles_of(show(7, "!?")) == []


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=30))
def test_a_plain_title_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)
