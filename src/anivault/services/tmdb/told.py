"""Read what TMDB tells of shows, films and episodes beyond names and numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from anivault.core.models import About, Actor
from anivault.services.tmdb import answers
from anivault.services.tmdb.answers import UNPRINTABLE, Reader, clean, image, iso_date

LONGEST_PLOT = 4000  # characters; longer ones are cut
MOST_ACTORS = 20


def plot_of(text: str | None) -> str:
    """Return a text of several lines as it may be shown."""
    lines = (" ".join(UNPRINTABLE.sub(" ", line).split()) for line in (text or "").splitlines())
    return "\n".join(filter(None, lines))[:LONGEST_PLOT]


def _told(names: Iterable[answers.Named | answers.Genre]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (clean(each.name) for each in names))))


def actors(reader: Reader, fields: dict[str, msgspec.Raw]) -> tuple[Actor, ...]:
    """Return the cast, the first ones first."""
    cast = reader.many(reader.inside(fields.get("credits"), "cast"), answers.Actor)
    cast.sort(key=lambda each: each.order)
    found = (Actor(clean(each.name), clean(each.character)) for each in cast)
    return tuple([actor for actor in found if actor.name][:MOST_ACTORS])


def logo(reader: Reader, fields: dict[str, msgspec.Raw]) -> str:
    """Return the first in English, else in no language, else in any; servers show no SVG."""
    found = reader.many(reader.inside(fields.get("images"), "logos"), answers.Image)
    found.sort(key=lambda each: {"en": 0, None: 1}.get(each.iso_639_1, 2))
    return next(filter(None, (image(each.file_path) for each in found)), "")


def ratings(reader: Reader, fields: dict[str, msgspec.Raw]) -> dict[str, str]:
    """Return for whom it is, by country."""
    found: dict[str, str] = {}
    for field in ("content_ratings", "release_dates"):
        for each in reader.many(reader.inside(fields.get(field), "results"), answers.Rated):
            said = [each.rating, *(one.certification for one in each.release_dates or ())]
            if rating := next(filter(None, map(clean, said)), ""):
                found.setdefault(clean(each.iso_3166_1), rating)
    return found


_STATUS = {
    "Returning Series": "Continuing", "In Production": "Continuing", "Planned": "Continuing",
    "Pilot": "Continuing", "Ended": "Ended", "Canceled": "Ended",
}  # fmt: skip


def about(hit: answers.Hit, media: str) -> About:
    """Return what a hit or its details tell."""
    return About(
        plot=plot_of(hit.overview),
        date=iso_date(hit.first_air_date or hit.release_date),
        runtime=_runtime(hit),
        rating=hit.vote_average or 0.0,
        votes=hit.vote_count or 0,
        genres=_told(hit.genres or ()),
        studios=_told(hit.production_companies or ()) or _told(hit.networks or ()),
        status=_STATUS.get(hit.status or "", "") if media == "tv" else "",
    )


def _runtime(hit: answers.Hit) -> int:
    """Return the minutes of a film, or of an episode; 0 where nobody says."""
    times = (hit.runtime, *(hit.episode_run_time or ()))
    return next((time for time in times if time and time > 0), 0)


def about_episode(wire: answers.Episode) -> About:
    """Return what a season's table tells of an episode."""
    return About(
        plot=plot_of(wire.overview),
        date=iso_date(wire.air_date),
        runtime=max(wire.runtime or 0, 0),
        rating=wire.vote_average or 0.0,
        votes=wire.vote_count or 0,
        ids={"tmdb": str(wire.id)} if wire.id and wire.id > 0 else {},
    )
