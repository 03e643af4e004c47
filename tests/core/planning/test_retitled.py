"""An episode that was filed without a title is named when it has one."""

from __future__ import annotations

import pytest

from anivault.core.models import Coordinates
from anivault.core.planning.library import Origin
from anivault.core.planning.naming.presets import load_preset
from anivault.core.planning.retitled import retitled
from tests.core.records import planned, scanned, show, targets, video

SHOW = show(1, "Mushishi", 2005, episode_titles={"S01E07": "Rain Comes Down"})
FOLDER = "Shows/Mushishi (2005) [tmdbid-1]/Season 01"


def found(name: str, metadata: str, preset: str = "jellyfin") -> list[str]:
    origins = {f"{FOLDER}/{name}": Origin(scanned("dl/x.mkv"), metadata)}
    arriving = [video("Mushishi - 08.mkv", SHOW, (1, 8))]
    return list(retitled(origins, arriving, load_preset(preset)))


@pytest.mark.parametrize(
    "name",
    [
        "Mushishi S01E07.mkv",
        "Mushishi S01E07 - TBA.mkv",
        "Mushishi S01E07 - Episode 7.mkv",
        "M - s01e07-e08.mkv",
    ],
)
def test_a_name_without_a_title_is_found_when_there_is_one(name: str) -> None:
    assert found(name, "tmdb:tv:1:S01E07:0badc0de") == [f"{FOLDER}/{name}"]


@pytest.mark.parametrize(
    ("name", "metadata"),
    [
        ("Mushishi S01E07 - Rain Comes Down.mkv", "tmdb:tv:1:S01E07:0badc0de"),
        ("Mushishi S01E06.mkv", "tmdb:tv:1:S01E06:0badc0de"),
        ("Mushishi S01E07.mkv", "tmdb:tv:2:S01E07:0badc0de"),
        ("Creditless Opening.mkv", "tmdb:tv:1:0badc0de"),
    ],
)
def test_what_has_a_title_or_gets_none_is_left_alone(name: str, metadata: str) -> None:
    assert found(name, metadata) == []


def test_the_new_title_is_part_of_the_new_name() -> None:
    place = Coordinates(season=1, episode=7, title=SHOW.episode_titles["S01E07"])

    made = targets(planned([video(f"{FOLDER}/Mushishi S01E07.mkv", SHOW, place)]))

    assert list(made.values()) == [f"{FOLDER}/Mushishi S01E07 - Rain Comes Down.mkv"]
