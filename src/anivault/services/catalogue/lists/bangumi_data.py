"""Read entries from bangumi-data's JSON. Pure: one item in, one row out.

Kept apart from the compiler because the build script and the importer of newer releases both read it.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec

from anivault.services.catalogue.lists.found import Found
from anivault.services.catalogue.rows import Row
from anivault.shared import regex as re

TMDB_ID = re.compile(r"(?P<show>(?:tv|movie)/\d+)(?:/season/(?P<season>\d+))?(?:/episode/(?P<episode>\d+))?")
IDS = {"anidb": "anidb", "mal": "mal", "aniList": "anilist", "bangumi": "bangumi"}
JAPAN = timezone(timedelta(hours=9))
NO_TIME = "T16:00:00.000Z"  # what stands where only the day is known


class Site(msgspec.Struct, frozen=True):
    """An item's page elsewhere."""

    site: str
    id: str = ""


class Item(msgspec.Struct, frozen=True, rename="camel"):
    """One entry as bangumi-data has it."""

    title: str
    lang: str
    type: str
    begin: str
    end: str
    title_translate: dict[str, list[str]] = {}
    sites: list[Site] = []


class Release(msgspec.Struct, frozen=True):
    """The whole file."""

    items: list[Item]


def read(text: bytes) -> list[Item]:
    """Return the items of `dist/data.json`. msgspec.MsgspecError when it is something else."""
    return msgspec.json.decode(text, type=Release).items


def read_rows(text: bytes) -> Found:
    """Read a newer release of what the shipped catalogue is made from."""
    rows = [row for item in read(text) if (row := row_of(item))]
    return Found(rows=rows, version=max((row.begin for row in rows), default=""))


def row_of(item: Item) -> Row | None:
    """Return what is stated about one entry, or None when no TMDB id is named."""
    sites = {site.site: site.id for site in item.sites}
    place = TMDB_ID.match(sites.get("tmdb", ""))
    if place is None:
        return None
    begin, end = day(item.begin), day(item.end)
    return Row(
        tmdb=place["show"],
        season=_number(place["season"]),
        episode=_number(place["episode"]),
        type=item.type,
        begin=begin,
        end=max(begin, end) if end else "",
        ids={ours: int(sites[name]) for name, ours in IDS.items() if sites.get(name, "").isdigit()},
        titles=titles_of(item),
    )


def titles_of(item: Item) -> dict[str, list[str]]:
    """Return the titles by language, the original one first."""
    found = {language: list(texts) for language, texts in item.title_translate.items() if texts}
    return {item.lang: [item.title, *found.pop(item.lang, [])]} | found


def day(moment: str) -> str:
    """Return the Japanese date of a UTC time; the date as it is where the time is not known."""
    if not moment or moment.endswith(NO_TIME):
        return moment[:10]
    return datetime.fromisoformat(moment).astimezone(JAPAN).date().isoformat()


def _number(text: str | None) -> int | None:
    return int(text) if text else None
