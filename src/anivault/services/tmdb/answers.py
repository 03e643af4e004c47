"""The shapes in which TMDB answers, each field as it may be missing. Pure.

One bad record costs only itself: it is left out, and the `Reader` notes that the answer was spoiled.
"""

from __future__ import annotations

import json
from typing import Annotated, TypeVar

import msgspec

from anivault.shared import regex as re

Id = Annotated[int, msgspec.Meta(ge=1, le=2**31)]
Number = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
T = TypeVar("T")
NOTHING = msgspec.Raw(b"null")
LONGEST_TEXT = 300  # characters; no title is longer, and what is was made to do harm
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]+")


class Genre(msgspec.Struct):
    """A genre."""

    id: int
    name: str | None = None


class Named(msgspec.Struct):
    """A company or network."""

    name: str | None = None


class Actor(msgspec.Struct):
    """One of the cast."""

    name: str | None = None
    character: str | None = None
    order: int = 0


class Certified(msgspec.Struct):
    """What one release of a film is rated."""

    certification: str | None = None


class Rated(msgspec.Struct):
    """What a country says of for whom it is."""

    iso_3166_1: str = ""
    rating: str | None = None  # of a series
    release_dates: list[Certified] | None = None  # of a film


class Hit(msgspec.Struct):
    """A series or film, in hits and in details."""

    id: Id
    media_type: str | None = None
    name: str | None = None
    title: str | None = None
    original_name: str | None = None
    original_title: str | None = None
    original_language: str | None = None
    first_air_date: str | None = None
    release_date: str | None = None
    popularity: float | None = None
    genre_ids: list[int] | None = None  # in hits
    genres: list[Genre] | None = None  # in details
    status: str | None = None
    poster_path: str | None = None
    backdrop_path: str | None = None
    overview: str | None = None
    vote_average: float | None = None
    vote_count: int | None = None
    runtime: int | None = None
    episode_run_time: list[int] | None = None
    production_companies: list[Named] | None = None
    networks: list[Named] | None = None


class Image(msgspec.Struct):
    """A picture."""

    file_path: str | None = None
    iso_639_1: str | None = None


class Season(msgspec.Struct):
    """A season, in a list or as its own table."""

    season_number: Number
    name: str | None = None
    episode_count: Number | None = None
    air_date: str | None = None
    episodes: msgspec.Raw = NOTHING
    poster_path: str | None = None


class Episode(msgspec.Struct):
    """An episode of a season or of a group."""

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


class Alternative(msgspec.Struct):
    """Another title."""

    title: str | None = None
    iso_3166_1: str | None = None
    type: str | None = None


class TranslationData(msgspec.Struct):
    """What is translated."""

    name: str | None = None
    title: str | None = None
    overview: str | None = None


class Translation(msgspec.Struct):
    """One translation."""

    iso_639_1: str
    iso_3166_1: str = ""
    data: TranslationData = msgspec.field(default_factory=TranslationData)


class Group(msgspec.Struct):
    """An episode group."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-zA-Z]{1,64}$")]
    type: int
    name: str | None = None
    groups: msgspec.Raw = NOTHING


class GroupPart(msgspec.Struct):
    """A part of one."""

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


def clean(text: str | None) -> str:
    """Return a title as it may be shown: no control characters, no direction marks, one line."""
    shown = " ".join(UNPRINTABLE.sub(" ", text or "").split())
    return shown if len(shown) <= LONGEST_TEXT else ""


def image(path: str | None) -> str:
    """Return a plain name on the image host, and nothing for what could lead elsewhere."""
    return path if path and re.fullmatch(r"/[\w-]{1,80}\.(?:jpe?g|png|webp)", path, re.ASCII) else ""


def iso_date(text: str | None) -> str:
    """Return an ISO date, or nothing if it is not one."""
    return text if text and re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", text) else ""
