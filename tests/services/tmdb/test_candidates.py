"""What TMDB says of a show becomes one candidate."""

from __future__ import annotations

import pytest

from anivault.core.models import Candidate, Entry
from anivault.services.tmdb.candidates import candidate
from anivault.services.tmdb.records import SeasonTable, Show

KNOWN = Candidate(provider="tmdb", id=7, media_type="movie", title="Heist")


@pytest.mark.parametrize(
    ("genres", "known", "animated"),
    [((16, 35), None, True), ((35, 80), None, False), ((), None, True), ((35, 80), KNOWN, True)],
)
def test_animation_is_a_genre_that_is_given_or_the_catalogue_s_word(
    genres: tuple[int, ...], known: Candidate | None, animated: bool
) -> None:
    show = Show(id=7, media_type="movie", name="Heist", genres=genres, date="2001-01-01")

    assert candidate(show, known).animated is animated


def test_a_count_that_is_cut_to_the_season_says_so() -> None:
    cours = (
        Entry(key="a", titles=(), type="tv", begin="2015-04-01", episodes=13, season=1, offset=0),
        Entry(key="b", titles=(), type="tv", begin="2016-04-01", episodes=13, season=1, offset=13),
    )
    known = Candidate(provider="tmdb", id=7, media_type="tv", title="Harbour", entries=cours)
    tables = (SeasonTable(number=1, count=24), SeasonTable(number=2, count=12))

    found = candidate(Show(id=7, media_type="tv", name="Harbour", seasons=tables), known)

    assert found.tabled
    assert [(e.key, e.episodes, "room" in e.derived) for e in found.entries[:2]] == [
        ("a", 13, False),
        ("b", 11, True),
    ]
