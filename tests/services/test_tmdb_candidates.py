"""What TMDB says of a show becomes one candidate."""

from __future__ import annotations

import pytest

from anivault.core.models import Candidate
from anivault.services.tmdb_candidates import candidate
from anivault.services.tmdb_records import Show

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
