"""Read the mapping of anime-lists: AniDB ids with their places on TMDB and TVDB. XML, without entities."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from msgspec.structs import replace

from anivault.services.catalogue.lists.found import BrokenListError, Found, whole
from anivault.services.catalogue.rows import Row

DEEPEST = 16  # XML elements in one another; the mapping has three


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


def _place_in_tmdb(about: Row, anime: dict[str, str], show: int) -> None:
    about.tmdb = f"tv/{show}"
    about.season = whole(anime.get("tmdbseason", ""))
    about.offset = None if about.season is None else whole(anime.get("tmdboffset", "")) or 0


def _mapped(anime: dict[str, str], pieces: list[tuple[int, Row]]) -> Iterator[Row]:
    anidb, show, film = (whole(anime.get(name, "")) for name in ("anidbid", "tmdbtv", "tmdbid"))
    if not anidb:
        return
    about = Row(ids={"anidb": anidb}, titles={"ja-Latn": [anime["name"]]} if anime.get("name") else {})
    _place_in_tvdb(about, anime)
    if show:
        _place_in_tmdb(about, anime, show)
    elif film:
        about.tmdb, about.type = f"movie/{film}", "movie"
    for place in _parts(about, pieces) if show and pieces else [about]:
        yield replace(about, season=place.season, offset=place.offset, episodes=place.episodes)


def _place_in_tvdb(about: Row, anime: dict[str, str]) -> None:
    """Where the other order has the entry, if it is in a numbered season there."""
    if (series := whole(anime.get("tvdbid", ""))) and (season := whole(anime.get("defaulttvdbseason", ""))):
        about.ids["tvdb"] = series
        about.tvdb = [[1, season, (whole(anime.get("episodeoffset", "")) or 0) + 1]]


def _parts(about: Row, pieces: list[tuple[int, Row]]) -> Iterator[Row]:
    """Return the parts of an entry in order; what stands before the first is where the entry itself is."""
    pieces = sorted(pieces, key=lambda piece: piece[0])
    if (before := pieces[0][0] - 1) > 0 and about.season is not None:
        yield replace(about, episodes=before)
    yield from (row for _, row in pieces)


def _piece(attributes: dict[str, str]) -> Iterator[tuple[int, Row]]:
    """Return the part of an entry that `start`, `end` and `offset` put into one season, with its start."""
    season, start, end = (whole(attributes.get(name, "")) for name in ("tmdbseason", "start", "end"))
    if attributes.get("anidbseason") == "1" and season and start:
        added = whole(attributes.get("tmdboffset") or attributes.get("offset") or "") or 0
        offset = start - 1 + added
        yield start, Row(season=season, offset=offset, episodes=end - start + 1 if end else None)
