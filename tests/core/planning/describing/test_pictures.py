"""Pictures are named as each server looks for them, once a show, season and film."""

from __future__ import annotations

import pytest

from anivault.core.models import MatchedFile
from anivault.core.planning.describing.pictures import Picture, pictures
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import VideoType
from tests.core.records import beside, film, planned, show, video

MUSHISHI, FOREST = show(1, "Mushishi", 2005), film(2, "Hotarubi", 2011)
PLACES = [(1, 1), (1, 2), (2, 1), (0, 1)]
ITEMS = [
    *(video(f"M {s} {e}.mkv", MUSHISHI, (s, e)) for s, e in PLACES),
    video("Hotarubi.mkv", FOREST),
    video("Mushishi PV.mkv", MUSHISHI, type=VideoType.PV),
]


def named(items: list[MatchedFile], preset: str) -> list[Picture]:
    return list(pictures(planned(items, preset=preset), items, load_preset(preset)))


@pytest.mark.parametrize(
    ("preset", "seasons"),
    [
        ("jellyfin", {"Season 01/poster", "Season 02/poster", "Season 00/poster"}),
        ("plex", {"Season 01/Season01", "Season 02/Season02", "Season 00/season-specials-poster"}),
        ("emby", {"season01-poster", "season02-poster", "season-specials-poster"}),
        ("kodi", {"season01-poster", "season02-poster", "season-specials-poster"}),
    ],
)
def test_every_server_finds_its_pictures(preset: str, seasons: set[str]) -> None:
    found = [p.target.split("/", 2) for p in named(ITEMS, preset) if p.kind != "still"]
    logo = [] if preset == "plex" else ["clearlogo"]

    assert sorted(name for root, _, name in found if root == "Movies") == [*logo, "fanart", "poster"]
    assert sorted(name for root, _, name in found if root == "Shows") == sorted(
        {"poster", "fanart", *logo, *seasons}
    )


@pytest.mark.parametrize(
    ("preset", "still"),
    [
        ("jellyfin", "Mushishi S01E02-thumb"),
        ("plex", "Mushishi (2005) - s01e02"),
        ("kodi", "Mushishi S01E02-thumb"),
    ],
)
def test_an_episode_has_a_still_under_its_own_name(preset: str, still: str) -> None:
    stills = [p for p in named(ITEMS, preset) if p.kind == "still"]

    assert len(stills) == len(PLACES)
    assert [p.target.rpartition("/")[2] for p in stills if (p.season, p.episode) == (1, 2)] == [still]


def test_a_picture_that_the_plan_brings_is_not_fetched() -> None:
    items = ITEMS[:1]
    plan = planned(items, [beside("poster.png")])
    assert any(move.target.endswith("/poster.png") for move in plan.moves)

    kinds = [(p.kind, p.season) for p in pictures(plan, items, load_preset("jellyfin"))]
    assert kinds == [("backdrop", None), ("logo", None), ("still", 1), ("poster", 1)]


def test_extras_alone_ask_for_no_picture() -> None:
    assert named(ITEMS[-1:], "jellyfin") == []
