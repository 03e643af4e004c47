"""Read anime-offline-database: titles, ids and counts, as JSON lines or JSON."""

from __future__ import annotations

import msgspec

from anivault.services.catalogue.lists.found import Found
from anivault.services.catalogue.rows import Row
from anivault.shared import regex as re


class _Licence(msgspec.Struct, frozen=True):
    name: str = ""


class _Header(msgspec.Struct, frozen=True, rename="camel"):
    last_update: str = ""
    license: _Licence = _Licence()


class _Anime(msgspec.Struct, frozen=True):
    sources: list[str]
    title: str
    type: str = ""
    episodes: int = 0
    synonyms: list[str] = []


class _Database(_Header, frozen=True):
    data: list[_Anime] = []


_LISTS = {"anidb": "anidb", "myanimelist": "mal", "anilist": "anilist"}
_SOURCE = re.compile(r"https?://(anidb|myanimelist|anilist)\.(?:net|co)/anime/(\d+)$")
_TYPES = {"TV": "tv", "MOVIE": "movie", "OVA": "ova", "ONA": "web", "SPECIAL": "ova"}


def read_offline_database(text: bytes) -> Found:
    """Read JSON lines with a header line, or the one JSON object of older releases."""
    if re.match(rb'\s*\{[^\n]*"data"\s*:', text[:65536]) or b"\n" not in text.strip():
        whole = msgspec.json.decode(text, type=_Database)
        header, anime = _Header(whole.last_update, whole.license), whole.data
    else:
        first, _, rest = text.lstrip().partition(b"\n")
        header = msgspec.json.decode(first, type=_Header)
        anime = msgspec.json.Decoder(_Anime).decode_lines(rest)
    return Found(rows=[_anime_row(a) for a in anime], version=header.last_update, licence=header.license.name)


def _anime_row(anime: _Anime) -> Row:
    ids = {_LISTS[found[1]]: int(found[2]) for url in anime.sources if (found := _SOURCE.match(url))}
    return Row(
        type=_TYPES.get(anime.type, ""),
        episodes=anime.episodes or None,
        ids=ids,
        titles={"": [anime.title, *anime.synonyms]},
    )
