"""Read TMDB's answers into records. Pure: bytes in, records out.

Only what an organizer uses is kept, and of texts no more than NFO files hold. Dates and
names that are "", null or missing are the same to us. One bad record costs only itself: it is left
out, and the `Reader` notes that the answer was spoiled. An answer that is bad as a whole raises
`msgspec.ValidationError`, as anything that is not JSON raises its `DecodeError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from anivault.core.models import About
from anivault.services.tmdb import answers
from anivault.services.tmdb.answers import Reader, clean, image, iso_date
from anivault.services.tmdb.told import about, about_episode, actors, logo, plot_of, ratings

Media = Literal["tv", "movie"]


class Name(msgspec.Struct, frozen=True):
    """A title in a language, or one of a country where the language is not said."""

    text: str
    language: str = ""  # ISO 639-1, with the country where TMDB has several: zh-TW
    country: str = ""
    type: str = ""  # TMDB's word for an alternative title: "romaji", often nothing


class Episode(msgspec.Struct, frozen=True, array_like=True):
    """One episode of a season's table."""

    number: int
    title: str = ""
    date: str = ""
    about: About | None = None
    still: str = ""


class SeasonTable(msgspec.Struct, frozen=True):
    """A season as the show lists it; `episodes` only where they were asked for."""

    number: int
    count: int | None = None
    name: str = ""
    date: str = ""
    episodes: tuple[Episode, ...] = ()
    poster: str = ""  # on the image host, as is a show's


class GroupInfo(msgspec.Struct, frozen=True):
    """An episode group that a show has.

    Types: 1 air date, 2 absolute, 3 DVD, 4 digital, 5 story arc, 6 production, 7 TV.
    """

    id: str
    type: int
    name: str = ""


class Show(msgspec.Struct, frozen=True, kw_only=True):
    """A series or film: a hit of a search, or with names, seasons and groups when asked for itself."""

    id: int
    media_type: Media
    name: str
    original_name: str = ""
    original_language: str = ""
    genres: tuple[int, ...] = ()
    date: str = ""
    popularity: float = 0.0
    status: str = ""
    names: tuple[Name, ...] = ()
    seasons: tuple[SeasonTable, ...] = ()
    groups: tuple[GroupInfo, ...] = ()
    ids: dict[str, str] = {}
    poster: str = ""
    backdrop: str = ""
    logo: str = ""
    about: About = About()
    plots: dict[str, str] = {}  # by language, as names have it
    ratings: dict[str, str] = {}  # for whom it is, by country


class Page(msgspec.Struct, frozen=True):
    """A page of hits, best first."""

    hits: tuple[Show, ...]
    pages: int = 1


class GroupPart(msgspec.Struct, frozen=True):
    """One part of an episode group: (season, episode) of the show in the group's order."""

    name: str
    places: tuple[tuple[int, int], ...]


class Group(msgspec.Struct, frozen=True):
    """An episode group: another way to cut the same episodes into parts."""

    id: str
    type: int
    parts: tuple[GroupPart, ...]


class _PageAnswer(msgspec.Struct):
    results: list[msgspec.Raw]
    total_pages: int = 1


def read_page(reader: Reader, body: bytes, media: str) -> Page:
    """Read a search. `media` is what was searched; empty for searches that name it in each record."""
    answer = reader.whole(body, _PageAnswer)
    hits = [reader.part(raw, answers.Hit) for raw in answer.results]
    shows = [show for hit in hits if hit and (show := _show(hit, media or hit.media_type or ""))]
    return Page(tuple(shows[:100]), max(1, min(answer.total_pages, 500)))


def read_find(reader: Reader, body: bytes) -> Page:
    """Read what another site's id stands for: series first, then films."""
    answer = reader.whole(body, dict[str, msgspec.Raw])
    shows = [
        show
        for kind in ("tv", "movie")
        for hit in reader.many(answer.get(f"{kind}_results"), answers.Hit)
        if (show := _show(hit, kind))
    ]
    return Page(tuple(shows))


def read_show(reader: Reader, body: bytes, media: str, id: int) -> Show:  # noqa: A002
    """Read a series or film with whatever was appended to it."""
    fields = reader.whole(body, dict[str, msgspec.Raw])
    show = _show(reader.whole(body, answers.Hit), media)
    if show is None or show.id != id:
        raise msgspec.ValidationError("this is not what was asked for")
    translations = reader.many(reader.inside(fields.get("translations"), "translations"), answers.Translation)
    return msgspec.structs.replace(
        show,
        about=msgspec.structs.replace(show.about, actors=actors(reader, fields)),
        plots={_tag(each): plot for each in translations if (plot := plot_of(each.data.overview))},
        ratings=ratings(reader, fields),
        logo=logo(reader, fields),
        names=_names(reader, fields, translations),
        seasons=_seasons(reader, fields),
        groups=_groups(reader, fields),
        ids=_ids(reader, fields),
    )


def read_group(reader: Reader, body: bytes) -> Group:
    """Read an episode group, its parts and their episodes in their own order."""
    answer = reader.whole(body, answers.Group)
    parts = sorted(reader.many(answer.groups, answers.GroupPart), key=lambda part: part.order)
    return Group(answer.id, answer.type, tuple(_group_part(reader, part) for part in parts))


def read_nothing(reader: Reader, body: bytes) -> bool:
    """Read an answer that only has to be JSON."""
    reader.whole(body, dict[str, msgspec.Raw])
    return True


def _show(hit: answers.Hit, media: str) -> Show | None:
    """Make the record; None for people, and for what has no title at all."""
    original = clean(hit.original_name or hit.original_title)
    name = clean(hit.name or hit.title) or original
    if media not in ("tv", "movie") or not name:
        return None
    return Show(
        id=hit.id,
        media_type="tv" if media == "tv" else "movie",
        name=name,
        original_name=original,
        original_language=clean(hit.original_language),
        genres=_genres(hit),
        date=iso_date(hit.first_air_date or hit.release_date),
        popularity=hit.popularity or 0.0,
        status=clean(hit.status),
        poster=image(hit.poster_path),
        backdrop=image(hit.backdrop_path),
        about=about(hit, media),
    )


def _genres(hit: answers.Hit) -> tuple[int, ...]:
    """The numbers of the genres: a hit of a search has these alone, details have names too."""
    return tuple(hit.genre_ids or [genre.id for genre in hit.genres or ()])


def _tag(translation: answers.Translation) -> str:
    return f"{translation.iso_639_1}-{translation.iso_3166_1}".strip("-")


def _names(
    reader: Reader, fields: dict[str, msgspec.Raw], translations: Sequence[answers.Translation]
) -> tuple[Name, ...]:
    names = [Name(clean(each.data.name or each.data.title), _tag(each)) for each in translations]
    other = fields.get("alternative_titles")
    for field in ("results", "titles"):
        names += [
            Name(clean(each.title), country=clean(each.iso_3166_1), type=clean(each.type).lower())
            for each in reader.many(reader.inside(other, field), answers.Alternative)
        ]
    return tuple(name for name in names if name.text)


def _seasons(reader: Reader, fields: dict[str, msgspec.Raw]) -> tuple[SeasonTable, ...]:
    """The show's list, each with its episodes where its table was appended."""
    listed = {each.season_number: each for each in reader.many(fields.get("seasons"), answers.Season)}
    for field, raw in fields.items():
        if field.startswith("season/") and (table := reader.part(raw, answers.Season)):
            known = listed.get(table.season_number, table)
            listed[table.season_number] = msgspec.structs.replace(known, episodes=table.episodes)
    return tuple(_season(reader, listed[number]) for number in sorted(listed))


def _season(reader: Reader, wire: answers.Season) -> SeasonTable:
    episodes = [_episode(each) for each in reader.many(wire.episodes, answers.Episode)]
    count = len(episodes) if wire.episode_count is None and episodes else wire.episode_count
    return SeasonTable(
        wire.season_number,
        count,
        clean(wire.name),
        iso_date(wire.air_date),
        tuple(sorted(episodes, key=lambda episode: episode.number)),
        image(wire.poster_path),
    )


def _episode(wire: answers.Episode) -> Episode:
    return Episode(
        wire.episode_number,
        clean(wire.name),
        iso_date(wire.air_date),
        about_episode(wire),
        image(wire.still_path),
    )


def _groups(reader: Reader, fields: dict[str, msgspec.Raw]) -> tuple[GroupInfo, ...]:
    wire = reader.many(reader.inside(fields.get("episode_groups"), "results"), answers.Group)
    return tuple(GroupInfo(each.id, each.type, clean(each.name)) for each in wire)


def _group_part(reader: Reader, wire: answers.GroupPart) -> GroupPart:
    episodes = sorted(reader.many(wire.episodes, answers.Episode), key=lambda each: each.order)
    return GroupPart(clean(wire.name), tuple((each.season_number, each.episode_number) for each in episodes))


def _ids(reader: Reader, fields: dict[str, msgspec.Raw]) -> dict[str, str]:
    """The ids other sites have for it: imdb, tvdb, wikidata."""
    found: dict[str, Any] = {}
    for source in ("imdb", "tvdb", "wikidata"):
        raw = reader.inside(fields.get("external_ids"), f"{source}_id") or fields.get(f"{source}_id")
        if raw is not None and (value := reader.part(raw, int | str | None)):  # type: ignore[arg-type]
            found[source] = clean(str(value))
    return found
