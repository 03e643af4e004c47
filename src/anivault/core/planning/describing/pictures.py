"""Decide which pictures a library lacks, and how each is called. Pure.

In: a plan and the matched videos it was made from. Out: one Picture a show, season, film or episode and kind,
each where the preset has it; without those that the plan brings along itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from anivault.core.models import Candidate, MatchedFile, Plan
from anivault.core.planning.describing.nfo import Placed, as_spelled, placed
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.naming.fields import Subject
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.preset import Preset
from anivault.parser.models import EXTRAS

EXTENSIONS = (".jpg", ".png", ".webp")


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of a show or film of TMDB. `target` is relative to the library, without an extension.

    `season` is set for the poster of a season, and with `episode` for the still of an episode.
    """

    media_type: str
    id: int
    kind: Literal["poster", "backdrop", "logo", "still"]
    season: int | None = None
    episode: int | None = None
    target: str
    video: str  # the target of a video that it stands for

    @property
    def names(self) -> tuple[str, ...]:
        """The files that it may be in, each of which makes it superfluous."""
        return tuple(self.target + extension for extension in EXTENSIONS)


def pictures(plan: Plan, matched: Sequence[MatchedFile], preset: Preset) -> tuple[Picture, ...]:
    """Return the pictures of the shows, seasons, films and episodes of `plan`."""
    brought = {fold(move.target) for move in plan.moves}
    namer, made = Namer(preset), dict[str, Picture]()
    for video in placed(plan, matched):
        for picture in _of(video, namer):
            if brought.isdisjoint(map(fold, picture.names)):
                made.setdefault(fold(picture.target), picture)
    return tuple(made.values())


def _has_pictures(item: MatchedFile, show: Candidate) -> bool:
    """TMDB has them: of a film, and of an episode that has a place; extras have none."""
    placed = show.media_type == "movie" or bool(item.coordinates)
    return placed and show.provider == "tmdb" and item.parsed.type not in EXTRAS


def _of(video: Placed, namer: Namer) -> Iterator[Picture]:
    item, best = video.item, video.item.match.best
    if best is None or not _has_pictures(item, best.candidate):
        return
    subject = Subject(best.candidate, best.entry, item.parsed, item.coordinates)
    film = best.candidate.media_type == "movie"
    named = namer.film(subject).rpartition("/")[0] if film else namer.show(subject)
    folder = as_spelled(named, video.target)
    if folder is None:
        return
    poster = Picture(
        media_type=best.candidate.media_type,
        id=best.candidate.id,
        kind="poster",
        target=f"{folder}/poster",
        video=video.target,
    )
    yield poster
    yield replace(poster, kind="backdrop", target=f"{folder}/fanart")
    if namer.preset.logo:
        yield replace(poster, kind="logo", target=f"{folder}/{namer.preset.logo}")
    if film:
        return
    first = item.coordinates[0]
    still = f"{video.target.rpartition('.')[0]}{namer.preset.thumb}"
    yield replace(poster, kind="still", season=first.season, episode=first.episode, target=still)
    name = (namer.season_poster if first.season else namer.specials_poster)(subject)
    yield replace(poster, season=first.season, target=f"{folder}/{name}")
