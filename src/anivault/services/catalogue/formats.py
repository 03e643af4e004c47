"""Read the lists that users import into rows of the catalogue. Pure: bytes in, rows and a header out.

Kinds: anime-offline-database (JSON lines or JSON), AniDB's titles dump, anime-lists' mapping,
anime-relations' rules, and bangumi-data's JSON. A list that is not what it claims to be raises
BrokenListError; what a list leaves open (an entry without ids, a season "a") is passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

import msgspec
from msgspec.structs import replace

from anivault.services.catalogue import bangumi_data
from anivault.services.catalogue.rows import Row

DEEPEST = 16  # XML elements in one another; the mapping has three


class BrokenListError(Exception):
    """A list cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a list holds: its rows, and what it says of itself."""

    rows: list[Row]
    version: str = ""
    licence: str = ""


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


# --- anime-offline-database -----------------------------------------------------------------------


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


# --- AniDB's titles dump --------------------------------------------------------------------------

_LANGUAGES = {
    "x-jat": "ja-Latn",
    "x-kot": "ko-Latn",
    "x-zht": "zh-Latn",
    "x-other": "",
    "x-unk": "",
    "x-in": "",
}
_DUMP_LINE = re.compile(r"(\d+)\|([1-4])\|([a-z][\w-]*)\|(.+)")
_CREATED = re.compile(r"^# created: (.+)$", re.MULTILINE)


def read_anidb_titles(text: bytes) -> Found:
    """Read `aid|type|language|title` lines; official titles come first in their language."""
    lines = text.decode("utf-8").splitlines()
    titles: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for line in lines:
        if line and not line.startswith("#"):
            if (found := _DUMP_LINE.fullmatch(line)) is None:
                raise BrokenListError(f"a line is no title: {line[:60]!r}")
            rank = "1423".index(found[2])  # primary, official, synonym, short
            titles[int(found[1])].append((rank, _LANGUAGES.get(found[3], found[3]), found[4]))
    created = _CREATED.search("\n".join(lines[:20]))
    rows = [Row(ids={"anidb": aid}, titles=_by_language(found)) for aid, found in titles.items()]
    return Found(rows=rows, version=created[1] if created else "")


def _by_language(found: Iterable[tuple[int, str, str]]) -> dict[str, list[str]]:
    titles: dict[str, list[str]] = defaultdict(list)
    for _, language, title in sorted(found, key=lambda item: item[0]):
        titles[language].append(title)
    return dict(titles)


# --- anime-lists ----------------------------------------------------------------------------------


class _Mapping:
    """Collects rows while the XML is parsed: one an `anime`, or one a range of its episodes."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._depth = 0
        self._anime: dict[str, str] = {}
        self._pieces: list[tuple[int, Row]] = []
        self._name: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST or (self._depth == 1 and tag != "anime-list"):
            raise BrokenListError("it is not the mapping of anime-lists")
        if tag == "anime":
            self._anime, self._pieces = attributes, []
        elif tag == "mapping":
            self._pieces += _piece(attributes)
        self._name = [] if tag == "name" else None

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "name" and self._name is not None:
            self._anime["name"] = "".join(self._name)
        if tag == "anime":
            self.rows += _mapped(self._anime, self._pieces)
        self._name = None

    def text(self, text: str) -> None:
        if self._name is not None:
            self._name.append(text)

    @staticmethod
    def refuse(*_: object) -> None:
        raise BrokenListError("it declares a document type or entities, which no such list needs")


def read_anime_lists(text: bytes) -> Found:
    """Read AniDB ids with their TMDB ids, seasons and offsets."""
    mapping, parser = _Mapping(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = mapping.start, mapping.end
    parser.CharacterDataHandler = mapping.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = mapping.refuse
    parser.Parse(text, True)
    return Found(rows=mapping.rows)


def _mapped(anime: dict[str, str], pieces: list[tuple[int, Row]]) -> Iterator[Row]:
    anidb, show, film = (_whole(anime.get(name, "")) for name in ("anidbid", "tmdbtv", "tmdbid"))
    if not anidb:
        return
    about = Row(ids={"anidb": anidb}, titles={"ja-Latn": [anime["name"]]} if anime.get("name") else {})
    if show:
        about.tmdb = f"tv/{show}"
        about.season = _whole(anime.get("tmdbseason", ""))
        about.offset = None if about.season is None else _whole(anime.get("tmdboffset", "")) or 0
    elif film:
        about.tmdb, about.type = f"movie/{film}", "movie"
    for place in _parts(about, pieces) if show and pieces else [about]:
        yield replace(about, season=place.season, offset=place.offset, episodes=place.episodes)


def _parts(about: Row, pieces: list[tuple[int, Row]]) -> Iterator[Row]:
    """Return the parts of an entry in order; what stands before the first is where the entry itself is."""
    pieces = sorted(pieces, key=lambda piece: piece[0])
    if (before := pieces[0][0] - 1) > 0 and about.season is not None:
        yield replace(about, episodes=before)
    yield from (row for _, row in pieces)


def _piece(attributes: dict[str, str]) -> Iterator[tuple[int, Row]]:
    """Return the part of an entry that `start`, `end` and `offset` put into one season, with its start."""
    season, start, end = (_whole(attributes.get(name, "")) for name in ("tmdbseason", "start", "end"))
    if attributes.get("anidbseason") == "1" and season and start:
        added = _whole(attributes.get("tmdboffset") or attributes.get("offset") or "") or 0
        offset = start - 1 + added
        yield start, Row(season=season, offset=offset, episodes=end - start + 1 if end else None)


def _whole(text: str) -> int | None:
    """Return a number, or None for what is none: empty, "a", "unknown", several."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None


# --- anime-relations ------------------------------------------------------------------------------

_RULE = re.compile(
    r"- (?P<source>[\d|?~]+):(?P<from>\d+)(?:-(?P<to>\d+|\?))? -> [\d|?~]+:(?P<first>\d+)(?:-(?:\d+|\?))?!?"
)
_MODIFIED = re.compile(r"^- last_modified: (.+)$", re.MULTILINE)
_RULE_IDS = ("mal", "", "anilist")  # the second is Kitsu's, which nothing else here knows


def read_anime_relations(text: bytes) -> Found:
    """Read the rules: where episode 13 is the first of a sequel, the entry itself has twelve."""
    whole = text.decode("utf-8")
    head, found, rules = whole.partition("::rules")
    if not found:
        raise BrokenListError("it has no ::rules")
    modified = _MODIFIED.search(head)
    rows = [row for line in rules.splitlines() if line.startswith("- ") for row in _rule(line.strip())]
    return Found(rows=rows, version=modified[1].strip() if modified else "")


def _rule(line: str) -> Iterator[Row]:
    found = _RULE.fullmatch(line)
    if found is None:
        raise BrokenListError(f"a line is no rule: {line[:60]!r}")
    ids = {
        n: int(i) for n, i in zip(_RULE_IDS, found["source"].split("|"), strict=False) if n and i.isdigit()
    }
    if ids and found["first"] == "1" and found["to"] and int(found["from"]) > 1:
        yield Row(ids=ids, episodes=int(found["from"]) - 1)


# --- bangumi-data ---------------------------------------------------------------------------------


def read_bangumi_data(text: bytes) -> Found:
    """Read a newer release of what the shipped catalogue is made from."""
    rows = [row for item in bangumi_data.read(text) if (row := bangumi_data.row_of(item))]
    return Found(rows=rows, version=max((row.begin for row in rows), default=""))


FORMATS = (
    Format(
        kind="bangumi-data",
        home="https://github.com/bangumi-data/bangumi-data",
        licence="CC BY 4.0",
        looks=re.compile(rb'^\{\s*"(?:siteMeta|items)"'),
        read=read_bangumi_data,
    ),
    Format(
        kind="anime-lists",
        home="https://github.com/Anime-Lists/anime-lists",
        licence="none stated",
        looks=re.compile(rb"^<"),
        read=read_anime_lists,
    ),
    Format(
        kind="anime-offline-database",
        home="https://github.com/manami-project/anime-offline-database",
        licence="ODbL 1.0",
        looks=re.compile(rb"^\{"),
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
        licence="none stated",
        looks=re.compile(rb"(?m)^::(?:meta|rules)"),
        read=read_anime_relations,
    ),
)
