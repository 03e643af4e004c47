"""Two videos exclude one another by their place or by an episode, and each says in words what it wants."""

from __future__ import annotations

import pytest

from anivault.core.models import ShowId
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.wanted import Place, Scope, Wanted
from tests.core.records import show, video

SERIES, FILM = ShowId("tmdb", "tv", 1), ShowId("tmdb", "movie", 2)


def place(stem: str, folder: str = "Show/Season 01") -> Place:
    return Place(folder, stem, ".mkv", fold(f"{folder}/{stem}"))


def wanted(stem: str, *episodes: int, season: int = 1, of: ShowId = SERIES) -> Wanted:
    item = video("pile/x.mkv", show(1, "Show"), (1, 1))
    return Wanted(item, of, place(stem), tuple((of, season, number) for number in episodes), "Show")


def test_a_place_is_one_whatever_the_case_of_its_name() -> None:
    assert wanted("Show S01E01", 1).clashes(wanted("SHOW s01e01", 2))


def test_an_episode_is_had_once_whatever_the_names() -> None:
    assert wanted("Show S01E01-E02", 1, 2).clashes(wanted("Show S01E02", 2))
    assert not wanted("Show S01E01", 1).clashes(wanted("Show S01E02", 2))


def test_a_part_stays_in_its_folder_and_has_a_key_of_its_own() -> None:
    whole = place("Film (2020)", "Movies/Film (2020)")
    parts = [whole.part(number) for number in (1, 2)]

    assert [part.target for part in parts] == [f"Movies/Film (2020)/Film (2020) - cd{n}.mkv" for n in (1, 2)]
    assert len({whole.key, *(part.key for part in parts)}) == 3


@pytest.mark.parametrize(
    ("one", "episodes", "season", "kind", "scope"),
    [
        (wanted("a", 7), "S01E07", "season 1", "episode", (SERIES, 1)),
        (wanted("a", 7, 8, 9), "S01E07-E09", "season 1", "episode", (SERIES, 1)),
        (wanted("a"), "this extra", "the extras", "extra", (SERIES, -1)),
        (wanted("a", 0, season=0, of=FILM), "this film", "this film", "film", (FILM, 0)),
    ],
    ids=["episode", "range", "extra", "film"],
)
def test_it_says_what_it_would_be(one: Wanted, episodes: str, season: str, kind: str, scope: Scope) -> None:
    assert (one.episodes, one.season, one.kind, one.scope) == (episodes, season, kind, scope)
