"""A fingerprint changes with whatever a name is made from, and says which episodes a video is."""

from __future__ import annotations

import pytest

from anivault.core.models import Coordinates, MatchedFile
from anivault.core.planning.library import slots_of
from anivault.core.planning.naming.fingerprint import fingerprint
from tests.core.records import film, show, video

MUSHISHI = show(1, "Mushishi", 2005)
SEA = Coordinates(season=1, episode=2, title="Sea")


def test_it_names_show_and_episodes_as_the_library_reads_them_again() -> None:
    made = fingerprint(video("a.mkv", MUSHISHI, (1, 2), (1, 3)))

    assert made is not None
    assert made.startswith("tmdb:tv:1:S01E02E03:")
    assert slots_of(made) == ((MUSHISHI.key, 1, 2), (MUSHISHI.key, 1, 3))


def test_of_a_film_it_has_no_number() -> None:
    made = fingerprint(video("a.mkv", film(2, "Paprika")))

    assert made is not None
    assert made.count(":") == 3
    assert slots_of(made) == ((film(2, "Paprika").key, 0, 0),)


@pytest.mark.parametrize(
    "other",
    [
        video("a.mkv", show(1, "Mushi-shi", 2005), SEA),
        video("a.mkv", show(1, "Mushishi", 2006), SEA),
        video("a.mkv", MUSHISHI, Coordinates(season=1, episode=2, title="Seas")),
        video("a.mkv", MUSHISHI, Coordinates(season=2, episode=2, title="Sea")),
        video("a.mkv", MUSHISHI, Coordinates(season=1, episode=3, title="Sea")),
        video("a.mkv", show(7, "Mushishi", 2005), SEA),
    ],
    ids=["title", "year", "episode title", "season", "episode", "show"],
)
def test_another_name_is_another_fingerprint(other: MatchedFile) -> None:
    assert fingerprint(other) != fingerprint(video("a.mkv", MUSHISHI, SEA))


def test_the_name_of_the_file_itself_does_not_count() -> None:
    assert fingerprint(video("x/b.mkv", MUSHISHI, SEA)) == fingerprint(video("a.mkv", MUSHISHI, SEA))


def test_a_video_of_no_known_show_has_none() -> None:
    assert fingerprint(video("a.mkv", None)) is None
