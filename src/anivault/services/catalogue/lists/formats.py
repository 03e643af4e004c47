"""The kinds of lists that can be read, told by what they hold and not by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anivault.services.catalogue.lists.anibridge import read_anibridge
from anivault.services.catalogue.lists.anidb_titles import read_anidb_titles
from anivault.services.catalogue.lists.anilist_counts import read_anilist_counts
from anivault.services.catalogue.lists.anime_lists import read_anime_lists
from anivault.services.catalogue.lists.anime_relations import read_anime_relations
from anivault.services.catalogue.lists.bangumi_data import read_rows
from anivault.services.catalogue.lists.found import Found
from anivault.services.catalogue.lists.offline_database import read_offline_database
from anivault.services.catalogue.lists.tvdb_mal import read_tvdb_mal
from anivault.shared import regex as re


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of list: how it is told from the others by its first bytes, and read."""

    kind: str
    home: str
    licence: str
    looks: re.Pattern[bytes]
    read: Callable[[bytes], Found]


def format_of(text: bytes) -> Format | None:
    """Tell the kind of a list by how it begins, not by its name."""
    head = text[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((form for form in FORMATS if form.looks.search(head)), None)


# In the order in which they are merged: places first, then what is added to them.
FORMATS = (
    Format(
        kind="bangumi-data",
        home="https://github.com/bangumi-data/bangumi-data",
        licence="CC BY 4.0",
        looks=re.compile(rb'^\{\s*"(?:siteMeta|items)"'),
        read=read_rows,
    ),
    Format(
        kind="anibridge-mappings",
        home="https://github.com/anibridge/anibridge-mappings",
        licence="MIT",
        looks=re.compile(
            rb'^(?:\$schema:|\{\s*"\$meta"|(?:\{\s*")?(?:anidb|anilist|mal|t[mv]db_\w+|imdb_\w+):\w+)'
        ),
        read=read_anibridge,
    ),
    Format(
        kind="anime-lists",
        home="https://github.com/Anime-Lists/anime-lists",
        licence="none stated",
        looks=re.compile(rb"^<"),
        read=read_anime_lists,
    ),
    Format(
        kind="tvdb-mal",
        home="https://github.com/varoOP/shinkro-mapping",
        licence="MIT",
        looks=re.compile(rb"(?m)^AnimeMap:"),
        read=read_tvdb_mal,
    ),
    Format(
        kind="anilist-counts",
        home="https://github.com/eliasbenb/PlexAniBridge-Mappings",
        licence="MIT",
        looks=re.compile(rb'^\{\s*"\d+":\s*(?:\d+|null)\s*[,}]'),
        read=read_anilist_counts,
    ),
    Format(
        kind="anime-offline-database",
        home="https://github.com/manami-project/anime-offline-database",
        licence="ODbL 1.0",
        looks=re.compile(rb'^\{\s*"(?:\$schema|license|repository|data|lastUpdate)"'),
        read=read_offline_database,
    ),
    Format(
        kind="anidb-titles",
        home="https://anidb.net",
        licence="AniDB's own: for your use, not to be passed on",
        looks=re.compile(rb"^(?:#[^\n]*\n\s*)*\d+\|\d\|"),
        read=read_anidb_titles,
    ),
    Format(
        kind="anime-relations",
        home="https://github.com/erengy/anime-relations",
        licence="CC0 1.0",
        looks=re.compile(rb"(?m)^::(?:meta|rules)"),
        read=read_anime_relations,
    ),
)
