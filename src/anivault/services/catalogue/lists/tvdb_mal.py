"""Read shinkro-mapping's tvdb-mal.yaml: MyAnimeList ids with their places on TVDB."""

from __future__ import annotations

import msgspec

from anivault.services.catalogue.lists.found import Found
from anivault.services.catalogue.lists.yaml_text import read_yaml
from anivault.services.catalogue.rows import Row


class _Part(msgspec.Struct, frozen=True):
    """From the entry's episode `start` on it is this season of TVDB."""

    tvdbseason: int
    start: int = 0
    explicitEpisodes: dict[int, object] = {}  # noqa: N815 - the list's name


class _Anime(msgspec.Struct, frozen=True):
    malid: int
    tvdbid: int
    tvdbseason: int
    start: int = 0
    useMapping: bool = False  # noqa: N815 - the list's name
    animeMapping: list[_Part] = []  # noqa: N815 - the list's name


class _Map(msgspec.Struct, frozen=True, rename="pascal"):
    anime_map: list[_Anime]


def read_tvdb_mal(text: bytes) -> Found:
    """Return a row for each entry with a place: its first episode is `start` of `tvdbseason`."""
    anime = msgspec.convert(read_yaml(text), _Map).anime_map
    rows = [Row(ids={"mal": a.malid, "tvdb": a.tvdbid}, tvdb=_places(a)) for a in anime if a.tvdbid]
    return Found(rows=rows)


def _places(anime: _Anime) -> list[list[int]]:
    """Return own episode, season and episode there, for each part; 0 stands for the beginning."""
    if not anime.useMapping:
        return [[1, anime.tvdbseason, max(anime.start, 1)]]
    if any(part.explicitEpisodes for part in anime.animeMapping):
        return []
    return [[max(part.start, 1), part.tvdbseason, 1] for part in anime.animeMapping if part.tvdbseason]
