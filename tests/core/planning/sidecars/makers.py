"""A show and a film, and what lies beside their videos."""

from __future__ import annotations

from typing import Any

from anivault.core.planning.sidecars.tracks import Track
from tests.core.records import beside, film, planned, show, targets, video

SHOW = show(1, "Show", 2020)


SEASON = "Shows/Show (2020) [tmdbid-1]/Season 01"


FILM = film(2, "Film", 2021)


FILM_FOLDER = "Movies/Film (2021) [tmdbid-2]"


def track(language: str = "", title: str = "", *flags: str) -> Track:
    return Track(language, title, *(name in flags for name in ("forced", "sdh", "default")))


def follow(sidecar: str, *videos: str, **parsed: Any) -> str | None:
    """The target of `sidecar`, below its season, among videos that are episodes 1, 2, ..."""
    items = [video(name, SHOW, (1, number)) for number, name in enumerate(videos, 1)]
    result = planned(items, [beside(sidecar, **parsed)])
    return targets(result).get(sidecar, "").removeprefix(f"{SEASON}/") or None


def art(
    result_of: list[str], *places: tuple[int, int], preset: str = "jellyfin", folder: str = "s"
) -> dict[str, str]:
    items = [video(f"s/S{s}/Show {s} - {e}.mkv", SHOW, (s, e)) for s, e in places]
    result = planned(items, [beside(f"{folder}/{name}") for name in result_of], preset=preset)
    return {
        rel: target.partition("/")[2].partition("/")[2]
        for rel, target in targets(result).items()
        if "mkv" not in rel
    }
