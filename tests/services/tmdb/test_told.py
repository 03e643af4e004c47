"""What TMDB tells beyond names reaches the candidate, in the user's languages and within bounds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anivault.core.models import Actor
from anivault.services.tmdb.answers import Reader
from anivault.services.tmdb.candidates import candidate
from anivault.services.tmdb.records import Show, read_show
from anivault.services.tmdb.told import LONGEST_PLOT, MOST_ACTORS

ANSWER: dict[str, Any] = {
    "id": 7, "name": "The Star Ferry", "original_name": "星のフェリー", "first_air_date": "2015-04-05",
    "overview": "A ferry.\r\n\r\nTo the\u202e stars.", "genres": [{"id": 16, "name": "Animation"}],
    "production_companies": [{"id": 1, "name": "Studio Pier"}], "networks": [{"name": "TV Harbour"}],
    "status": "Returning Series", "vote_average": 7.94, "vote_count": 120, "episode_run_time": [24],
    "credits": {"cast": [
        {"name": "Second", "character": "", "order": 1},
        {"name": "First", "character": "Captain", "order": 0},
    ]},
    "content_ratings": {"results": [
        {"iso_3166_1": "DE", "rating": "12"}, {"iso_3166_1": "US", "rating": "TV-14"},
    ]},
    "external_ids": {"imdb_id": "tt0000007", "tvdb_id": 77},
    "translations": {"translations": [
        {"iso_639_1": "de", "iso_3166_1": "DE", "data": {"name": "Die Fähre", "overview": "Eine Fähre."}},
        {"iso_639_1": "fr", "iso_3166_1": "FR", "data": {"name": "Le Ferry", "overview": ""}},
    ]},
    "seasons": [{"season_number": 0, "episode_count": 1}, {"season_number": 1, "episode_count": 1}],
    "season/0": {"season_number": 0, "episodes": [
        {"id": 501, "episode_number": 1, "name": "On Board", "air_date": "2015-09-01", "overview": "A tour."},
    ]},
    "season/1": {"season_number": 1, "episodes": [
        {"id": 502, "episode_number": 1, "name": "Cast Off", "air_date": "2015-04-05", "runtime": 25,
         "vote_average": 8.1, "vote_count": 9},
    ]},
}  # fmt: skip


def told(**fields: Any) -> Show:
    return read_show(Reader(), json.dumps(ANSWER | fields).encode(), "tv", 7)


def test_what_is_told_of_a_show_is_kept() -> None:
    about = candidate(told()).about

    assert (about.plot, about.date, about.runtime) == ("A ferry.\nTo the stars.", "2015-04-05", 24)
    assert (about.rating, about.votes, about.mpaa, about.status) == (7.94, 120, "TV-14", "Continuing")
    assert (about.genres, about.studios) == (("Animation",), ("Studio Pier",))
    assert about.actors == (Actor("First", "Captain"), Actor("Second"))
    assert about.ids == {"imdb": "tt0000007", "tvdb": "77"}


def test_what_is_told_of_episodes_is_kept_with_titles_of_specials() -> None:
    made = candidate(told())

    assert made.episode_titles == {"S00E01": "On Board", "S01E01": "Cast Off"}
    assert (made.episodes["S00E01"].plot, made.episodes["S00E01"].date) == ("A tour.", "2015-09-01")
    assert made.episodes["S01E01"].ids == {"tmdb": "502"}
    assert (made.episodes["S01E01"].runtime, made.episodes["S01E01"].rating) == (25, 8.1)


@pytest.mark.parametrize(
    ("languages", "plot"),
    [(["de"], "Eine Fähre."), (["fr", "de"], "Eine Fähre."), (["fr"], "A ferry.\nTo the stars.")],
)
def test_the_plot_is_in_the_first_language_that_has_one(languages: list[str], plot: str) -> None:
    assert candidate(told(), languages=languages).about.plot == plot


def test_the_rating_is_that_of_the_users_country_if_a_language_names_one() -> None:
    assert candidate(told(), languages=["de-DE"]).about.mpaa == "12"


def test_texts_and_casts_have_bounds() -> None:
    show = told(overview="x" * 9000, credits={"cast": [{"name": f"A{n}", "order": n} for n in range(90)]})

    assert len(show.about.plot) == LONGEST_PLOT
    assert len(show.about.actors) == MOST_ACTORS


@pytest.mark.parametrize(
    "fields",
    [
        {"credits": {"cast": [{"name": 5}, "x", None]}},
        {"credits": []},
        {"content_ratings": {"results": [{"rating": []}]}},
        {"translations": {"translations": [{"iso_639_1": "de", "data": {"overview": 5}}]}},
    ],
)
def test_a_bad_part_costs_only_itself(fields: dict[str, Any]) -> None:
    assert told(**fields).about.genres == ("Animation",)
