"""What a template may name: its fields, and what each says of a file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from anivault.shared import regex as re

if TYPE_CHECKING:  # what reads a template alone needs no file to name
    from anivault.core.models import Candidate, Coordinates, Entry
    from anivault.parser.models import ParseResult


class Subject(msgspec.Struct, frozen=True, gc=False):
    """What a name is made from."""

    candidate: Candidate
    entry: Entry | None
    parsed: ParseResult
    coordinates: tuple[Coordinates, ...] = ()


Value: TypeAlias = str | int | tuple[int, ...] | None

FIELDS: dict[str, Callable[[Subject], Value]] = {
    "title": lambda s: s.candidate.title,
    "romaji": lambda s: title_in(s.candidate, "ja-Latn"),
    "english": lambda s: title_in(s.candidate, "en"),
    "native": lambda s: title_in(s.candidate, "ja"),
    "year": lambda s: s.candidate.year,
    "provider": lambda s: s.candidate.provider,
    "id": lambda s: s.candidate.id,
    "tmdb": lambda s: s.candidate.id if s.candidate.provider == "tmdb" else None,
    "anidb": lambda s: s.entry.ids.get("anidb") if s.entry else None,
    "mal": lambda s: s.entry.ids.get("mal") if s.entry else None,
    "anilist": lambda s: s.entry.ids.get("anilist") if s.entry else None,
    "tvdb": lambda s: next((e.ids["tvdb"] for e in s.candidate.entries if "tvdb" in e.ids), None),
    "season": lambda s: s.coordinates[0].season if s.coordinates else None,
    "episode": lambda s: (
        (s.coordinates[0].episode,) if len(s.coordinates) == 1 else tuple(c.episode for c in s.coordinates)
    ),
    "absolute": lambda s: tuple([c.absolute for c in s.coordinates if c.absolute is not None]),
    "episode_title": lambda s: episode_title(s.coordinates),
    "group": lambda s: s.parsed.group,
    "resolution": lambda s: s.parsed.resolution,
    "source": lambda s: s.parsed.source,
    "video_codec": lambda s: s.parsed.video_codec,
    "audio_codec": lambda s: s.parsed.audio_codec,
    "version": lambda s: s.parsed.version,
    "crc32": lambda s: s.parsed.crc32,
}
NUMBERS = frozenset(
    {"year", "id", "tmdb", "anidb", "mal", "anilist", "tvdb", "season", "episode", "absolute", "version"}
)
# What a name that is too long loses first.
SHORTENED = (
    "episode_title", "group", "source", "video_codec", "audio_codec", "resolution", "crc32", "native",
    "english", "romaji", "title",
)  # fmt: skip


def titled(candidate: Candidate, languages: Sequence[str]) -> Candidate:
    """Call a show by its title in the first of `languages` that it has one in; else as the provider does."""
    found = next(filter(None, (title_in(candidate, language) for language in languages)), candidate.title)
    return msgspec.structs.replace(candidate, title=found)


def title_in(candidate: Candidate, language: str) -> str | None:
    """The title of a show in a language; of several the main one."""
    titles = [title for title in candidate.titles if title.language == language]
    return next((title.text for title in titles if title.main), titles[0].text if titles else None)


SPELLINGS = frozenset({"romaji", "english", "native"})  # of the title
_YEAR_LAST = re.compile(r"(?<=\S)\s*[(\[{（［【〔]?\s*((?:19|20)\d\d)\s*[)\]}）］】〕]?\s*\Z")


def without_year(title: str, year: int | None) -> str:
    """A title without the show's year at its end, which a name has anyway: `Title(2011)`, `Title 2011`."""
    found = _YEAR_LAST.search(title)
    return title[: found.start()] if found and int(found[1]) == year else title


def episode_title(coordinates: tuple[Coordinates, ...]) -> str | None:
    """The title of an episode; of several all, each once."""
    if len(coordinates) == 1:
        return coordinates[0].title
    titles = dict.fromkeys(c.title for c in coordinates if c.title)
    return " & ".join(titles) or None
