"""Read TMDB's answers into records. Pure: bytes in, records out.

Only what an organizer uses is kept, and of texts no more than NFO files hold. Dates and
names that are "", null or missing are the same to us. One bad record costs only itself: it is left
out, and the `Reader` notes that the answer was spoiled. An answer that is bad as a whole raises
`msgspec.ValidationError`, as anything that is no JSON raises its `DecodeError`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from anivault.core.models import About, Actor

Id = Annotated[int, msgspec.Meta(ge=1, le=2**31)]
Number = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Media = Literal["tv", "movie"]
T = TypeVar("T")
NOTHING = msgspec.Raw(b"null")

LONGEST_PLOT = 4000  # characters; longer ones are cut
MOST_ACTORS = 20
LONGEST_TEXT = 300  # characters; no title is longer, and what is was made to do harm
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]+")


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
    countries: tuple[str, ...] = ()
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


class _Genre(msgspec.Struct):
    id: int
    name: str | None = None


class _Named(msgspec.Struct):
    name: str | None = None


class _Actor(msgspec.Struct):
    name: str | None = None
    character: str | None = None
    order: int = 0


class _Certified(msgspec.Struct):
    certification: str | None = None


class _Rated(msgspec.Struct):
    iso_3166_1: str = ""
    rating: str | None = None  # of a series
    release_dates: list[_Certified] | None = None  # of a film


class _Hit(msgspec.Struct):
    id: Id
    media_type: str | None = None
    name: str | None = None
    title: str | None = None
    original_name: str | None = None
    original_title: str | None = None
    original_language: str | None = None
    origin_country: list[str] | None = None
    first_air_date: str | None = None
    release_date: str | None = None
    popularity: float | None = None
    genre_ids: list[int] | None = None  # in hits
    genres: list[_Genre] | None = None  # in details
    status: str | None = None
    poster_path: str | None = None
    backdrop_path: str | None = None
    overview: str | None = None
    vote_average: float | None = None
    vote_count: int | None = None
    runtime: int | None = None
    episode_run_time: list[int] | None = None
    production_companies: list[_Named] | None = None
    networks: list[_Named] | None = None


class _Image(msgspec.Struct):
    file_path: str | None = None
    iso_639_1: str | None = None


class _Season(msgspec.Struct):
    season_number: Number
    name: str | None = None
    episode_count: Number | None = None
    air_date: str | None = None
    episodes: msgspec.Raw = NOTHING
    poster_path: str | None = None


class _Episode(msgspec.Struct):
    episode_number: Number
    season_number: Number = 0
    name: str | None = None
    air_date: str | None = None
    order: Number = 0
    id: int | None = None
    still_path: str | None = None
    overview: str | None = None
    runtime: int | None = None
    vote_average: float | None = None
    vote_count: int | None = None


class _Alternative(msgspec.Struct):
    title: str | None = None
    iso_3166_1: str | None = None
    type: str | None = None


class _TranslationData(msgspec.Struct):
    name: str | None = None
    title: str | None = None
    overview: str | None = None


class _Translation(msgspec.Struct):
    iso_639_1: str
    iso_3166_1: str = ""
    data: _TranslationData = msgspec.field(default_factory=_TranslationData)


class _Group(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-zA-Z]{1,64}$")]
    type: int
    name: str | None = None
    groups: msgspec.Raw = NOTHING


class _GroupPart(msgspec.Struct):
    name: str | None = None
    order: Number = 0
    episodes: msgspec.Raw = NOTHING


class Reader:
    """Reads one answer and remembers whether a part of it had to be left out."""

    def __init__(self) -> None:
        self.spoiled = False

    def whole(self, body: bytes, kind: type[T]) -> T:
        """Decode an answer. Escapes of half a character are repaired first where they are the only fault."""
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            if rb"\ud" not in body.lower():
                raise
            repaired = json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")
            return msgspec.json.decode(repaired, type=kind)

    def many(self, raw: msgspec.Raw | None, kind: type[T]) -> list[T]:
        """Decode the good records of a list; no list at all is an empty one."""
        if raw is None or bytes(raw) == b"null":
            return []
        records = self.part(raw, list[msgspec.Raw]) or []
        return [good for record in records if (good := self.part(record, kind)) is not None]

    def inside(self, raw: msgspec.Raw | None, field: str) -> msgspec.Raw | None:
        """Return a field of an object, None where either is missing."""
        if raw is None or bytes(raw) == b"null":
            return None
        return (self.part(raw, dict[str, msgspec.Raw]) or {}).get(field)

    def part(self, raw: msgspec.Raw, kind: type[T]) -> T | None:
        """Decode one record, None when it is bad."""
        try:
            return msgspec.json.decode(raw, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.spoiled = True
            return None


class _PageAnswer(msgspec.Struct):
    results: list[msgspec.Raw]
    total_pages: int = 1


def read_page(reader: Reader, body: bytes, media: str) -> Page:
    """Read a search. `media` is what was searched; empty for searches that name it in each record."""
    answer = reader.whole(body, _PageAnswer)
    hits = [reader.part(raw, _Hit) for raw in answer.results]
    shows = [show for hit in hits if hit and (show := _show(hit, media or hit.media_type or ""))]
    return Page(tuple(shows[:100]), max(1, min(answer.total_pages, 500)))


def read_find(reader: Reader, body: bytes) -> Page:
    """Read what another site's id stands for: series first, then films."""
    answer = reader.whole(body, dict[str, msgspec.Raw])
    shows = [
        show
        for kind in ("tv", "movie")
        for hit in reader.many(answer.get(f"{kind}_results"), _Hit)
        if (show := _show(hit, kind))
    ]
    return Page(tuple(shows))


def read_show(reader: Reader, body: bytes, media: str, id: int) -> Show:  # noqa: A002
    """Read a series or film with whatever was appended to it."""
    fields = reader.whole(body, dict[str, msgspec.Raw])
    show = _show(reader.whole(body, _Hit), media)
    if show is None or show.id != id:
        raise msgspec.ValidationError("this is not what was asked for")
    translations = reader.many(reader.inside(fields.get("translations"), "translations"), _Translation)
    return msgspec.structs.replace(
        show,
        about=msgspec.structs.replace(show.about, actors=_actors(reader, fields)),
        plots={_tag(each): plot for each in translations if (plot := _plot(each.data.overview))},
        ratings=_ratings(reader, fields),
        logo=_logo(reader, fields),
        names=_names(reader, fields, translations),
        seasons=_seasons(reader, fields),
        groups=_groups(reader, fields),
        ids=_ids(reader, fields),
    )


def read_group(reader: Reader, body: bytes) -> Group:
    """Read an episode group, its parts and their episodes in their own order."""
    answer = reader.whole(body, _Group)
    parts = sorted(reader.many(answer.groups, _GroupPart), key=lambda part: part.order)
    return Group(answer.id, answer.type, tuple(_group_part(reader, part) for part in parts))


def read_nothing(reader: Reader, body: bytes) -> bool:
    """Read an answer of which only its being JSON matters."""
    reader.whole(body, dict[str, msgspec.Raw])
    return True


def _plot(text: str | None) -> str:
    """Return a text of several lines as it may be shown."""
    lines = (" ".join(UNPRINTABLE.sub(" ", line).split()) for line in (text or "").splitlines())
    return "\n".join(filter(None, lines))[:LONGEST_PLOT]


def _told(names: Iterable[_Named | _Genre]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (clean(each.name) for each in names))))


def _actors(reader: Reader, fields: dict[str, msgspec.Raw]) -> tuple[Actor, ...]:
    cast = sorted(reader.many(reader.inside(fields.get("credits"), "cast"), _Actor), key=lambda a: a.order)
    actors = (Actor(clean(each.name), clean(each.character)) for each in cast)
    return tuple([actor for actor in actors if actor.name][:MOST_ACTORS])


def _logo(reader: Reader, fields: dict[str, msgspec.Raw]) -> str:
    """The first in English, else in no language, else in any; SVG is none that servers show."""
    found = reader.many(reader.inside(fields.get("images"), "logos"), _Image)
    found.sort(key=lambda image: ("en", None).index(i) if (i := image.iso_639_1) in {"en", None} else 2)
    return next(filter(None, (_image(image.file_path) for image in found)), "")


def _ratings(reader: Reader, fields: dict[str, msgspec.Raw]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in ("content_ratings", "release_dates"):
        for each in reader.many(reader.inside(fields.get(field), "results"), _Rated):
            said = [each.rating, *(one.certification for one in each.release_dates or ())]
            if rating := next(filter(None, map(clean, said)), ""):
                found.setdefault(clean(each.iso_3166_1), rating)
    return found


_STATUS = {
    "Returning Series": "Continuing", "In Production": "Continuing", "Planned": "Continuing",
    "Pilot": "Continuing", "Ended": "Ended", "Canceled": "Ended",
}  # fmt: skip


def _about(hit: _Hit, media: str) -> About:
    times = [time for time in (hit.runtime, *(hit.episode_run_time or ())) if time and time > 0]
    return About(
        plot=_plot(hit.overview),
        date=_date(hit.first_air_date or hit.release_date),
        runtime=times[0] if times else 0,
        rating=hit.vote_average or 0.0,
        votes=hit.vote_count or 0,
        genres=_told(hit.genres or ()),
        studios=_told(hit.production_companies or ()) or _told(hit.networks or ()),
        status=_STATUS.get(hit.status or "", "") if media == "tv" else "",
    )


def _episode(wire: _Episode) -> Episode:
    date = _date(wire.air_date)
    about = About(
        plot=_plot(wire.overview),
        date=date,
        runtime=max(wire.runtime or 0, 0),
        rating=wire.vote_average or 0.0,
        votes=wire.vote_count or 0,
        ids={"tmdb": str(wire.id)} if wire.id and wire.id > 0 else {},
    )
    return Episode(wire.episode_number, clean(wire.name), date, about, _image(wire.still_path))


def clean(text: str | None) -> str:
    """Return a title as it may be shown: no control characters, no direction marks, one line."""
    shown = " ".join(UNPRINTABLE.sub(" ", text or "").split())
    return shown if len(shown) <= LONGEST_TEXT else ""


def _show(hit: _Hit, media: str) -> Show | None:
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
        countries=tuple(clean(country) for country in hit.origin_country or ()),
        genres=tuple(hit.genre_ids or [genre.id for genre in hit.genres or ()]),
        date=_date(hit.first_air_date or hit.release_date),
        popularity=hit.popularity or 0.0,
        status=clean(hit.status),
        poster=_image(hit.poster_path),
        backdrop=_image(hit.backdrop_path),
        about=_about(hit, media),
    )


def _tag(translation: _Translation) -> str:
    return f"{translation.iso_639_1}-{translation.iso_3166_1}".strip("-")


def _names(
    reader: Reader, fields: dict[str, msgspec.Raw], translations: Sequence[_Translation]
) -> tuple[Name, ...]:
    names = [Name(clean(each.data.name or each.data.title), _tag(each)) for each in translations]
    other = fields.get("alternative_titles")
    for field in ("results", "titles"):
        names += [
            Name(clean(each.title), country=clean(each.iso_3166_1), type=clean(each.type).lower())
            for each in reader.many(reader.inside(other, field), _Alternative)
        ]
    return tuple(name for name in names if name.text)


def _seasons(reader: Reader, fields: dict[str, msgspec.Raw]) -> tuple[SeasonTable, ...]:
    """The show's list, each with its episodes where its table was appended."""
    listed = {each.season_number: each for each in reader.many(fields.get("seasons"), _Season)}
    for field, raw in fields.items():
        if field.startswith("season/") and (table := reader.part(raw, _Season)):
            known = listed.get(table.season_number, table)
            listed[table.season_number] = msgspec.structs.replace(known, episodes=table.episodes)
    return tuple(_season(reader, listed[number]) for number in sorted(listed))


def _season(reader: Reader, wire: _Season) -> SeasonTable:
    episodes = [_episode(each) for each in reader.many(wire.episodes, _Episode)]
    count = len(episodes) if wire.episode_count is None and episodes else wire.episode_count
    return SeasonTable(
        wire.season_number,
        count,
        clean(wire.name),
        _date(wire.air_date),
        tuple(sorted(episodes, key=lambda episode: episode.number)),
        _image(wire.poster_path),
    )


def _groups(reader: Reader, fields: dict[str, msgspec.Raw]) -> tuple[GroupInfo, ...]:
    wire = reader.many(reader.inside(fields.get("episode_groups"), "results"), _Group)
    return tuple(GroupInfo(each.id, each.type, clean(each.name)) for each in wire)


def _group_part(reader: Reader, wire: _GroupPart) -> GroupPart:
    episodes = sorted(reader.many(wire.episodes, _Episode), key=lambda each: each.order)
    return GroupPart(clean(wire.name), tuple((each.season_number, each.episode_number) for each in episodes))


def _ids(reader: Reader, fields: dict[str, msgspec.Raw]) -> dict[str, str]:
    """The ids other sites have for it: imdb, tvdb, wikidata."""
    found: dict[str, Any] = {}
    for source in ("imdb", "tvdb", "wikidata"):
        raw = reader.inside(fields.get("external_ids"), f"{source}_id") or fields.get(f"{source}_id")
        if raw is not None and (value := reader.part(raw, int | str | None)):  # type: ignore[arg-type]
            found[source] = clean(str(value))
    return found


def _image(path: str | None) -> str:
    """Return a plain name on the image host, and nothing for what could lead elsewhere."""
    return path if path and re.fullmatch(r"/[\w-]{1,80}\.(?:jpe?g|png|webp)", path, re.ASCII) else ""


def _date(text: str | None) -> str:
    """Return an ISO date, and nothing for what is none."""
    return text if text and re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", text) else ""
