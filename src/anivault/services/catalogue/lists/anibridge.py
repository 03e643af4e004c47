"""Read anibridge-mappings: ranges of an entry's episodes, and where they are on TMDB and TVDB.

The published whole is JSON, the edits by hand are the same as YAML. A source is an entry of AniList,
MyAnimeList or AniDB; a target a season of TMDB or TVDB, or the same entry in another list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import msgspec

from anivault.services.catalogue.lists.found import BrokenListError, Found, whole
from anivault.services.catalogue.lists.yaml_text import read_yaml
from anivault.services.catalogue.rows import Row
from anivault.shared import regex as re

Targets: TypeAlias = Mapping[str, Mapping[str, str]]

_ENTRY = re.compile(r"(anilist|mal|anidb):(\d+)(?::R)?")
_SEASON = re.compile(r"(tmdb|tvdb)_show:(\d+):s(\d+)")
_RANGE = re.compile(r"(\d+)(?:(-)(\d+)?)?")


class Piece(NamedTuple):
    """Episodes from `own` on are those from `first` of a season; so many `episodes`, None to the end."""

    season: int
    own: int
    first: int
    episodes: int | None


def read_anibridge(text: bytes) -> Found:
    """Return rows of entries with TMDB seasons or TVDB places; what says more than a range is passed over."""
    named = msgspec.json.decode(text) if text.lstrip().startswith(b"{") else read_yaml(text)
    if not isinstance(named, dict):
        raise BrokenListError("it is not a list of entries")
    sources = {name: targets for name, targets in named.items() if not str(name).startswith("$")}
    mapped = msgspec.convert(sources, dict[str, dict[str, dict[str, str]]], strict=False)
    return Found(rows=[row for name, targets in mapped.items() for row in _rows(name, targets)])


def _rows(name: str, targets: Targets) -> Iterator[Row]:
    source = _ENTRY.fullmatch(name)
    if source is None:
        return
    ids = {source[1]: int(source[2]), **_same(targets)}
    tvdb, tmdb = (_only(_shows(site, targets)) for site in ("tvdb", "tmdb"))
    if tvdb:
        ids["tvdb"] = tvdb[0]
    places = [[piece.own, piece.season, piece.first] for piece in tvdb[1]] if tvdb else []
    for row in _placed(*tmdb) if tmdb else [Row()] if places else []:
        yield msgspec.structs.replace(row, ids=ids, tvdb=places)


def _shows(site: str, targets: Targets) -> list[tuple[int, list[Piece]]]:
    """The shows of one site that the entry is in, each with the pieces that are there."""
    shows: dict[int, list[Piece]] = defaultdict(list)
    for target, ranges in targets.items():
        if (found := _SEASON.fullmatch(target)) and found[1] == site:
            shows[int(found[2])] += _pieces(int(found[3]), ranges)
    return list(shows.items())


def _same(targets: Targets) -> dict[str, int]:
    """The ids of the entry in other lists, where they have one that is the same from its first episode on."""
    found = [(entry, ranges) for name, ranges in targets.items() if (entry := _ENTRY.fullmatch(name))]
    names = [entry[1] for entry, _ in found]
    same = [
        entry for entry, ranges in found if all(_begins(own) and _begins(to) for own, to in ranges.items())
    ]
    return {entry[1]: int(entry[2]) for entry in same if names.count(entry[1]) == 1}


def _begins(numbers: str) -> bool:
    return numbers.partition("-")[0] == "1"


def _only(shows: list[tuple[int, list[Piece]]]) -> tuple[int, list[Piece]] | None:
    """The pieces in order, where the list names one show and the entry's first episode is in it.

    Those in seasons alone, if there are any: what stands in season 0 besides is an extra of the discs.
    """
    if len(shows) != 1:
        return None
    show, pieces = shows[0]
    main = sorted((piece for piece in pieces if piece.season), key=lambda piece: piece.own) or pieces
    return (show, main) if main and main[0].own == 1 else None


def _placed(show: int, pieces: list[Piece]) -> Iterator[Row]:
    """Return a row for each season. A place among specials is a proposal: two in three are right."""
    for piece in pieces:
        yield Row(
            tmdb=f"tv/{show}",
            season=piece.season,
            offset=piece.first - 1,
            episode=None if piece.season else piece.first,
            episodes=piece.episodes,
            unsure=not piece.season,
        )


def _pieces(season: int, ranges: Mapping[str, str]) -> Iterator[Piece]:
    """Return what each range says; nothing of any where one says more than that numbers run on."""
    pieces = [_piece(season, own, target) for own, target in ranges.items()]
    yield from (piece for piece in pieces if piece and None not in pieces)


def _piece(season: int, own: str, target: str) -> Piece | None:
    here, there = _RANGE.fullmatch(own), _RANGE.fullmatch(target)
    if here is None or there is None or (here[2], here[3] is None) != (there[2], there[3] is None):
        return None
    start, first = int(here[1]), int(there[1])
    end = whole(here[3] or "") if here[2] else start
    same = end is None or whole(there[3] or there[1]) == first + end - start
    return Piece(season, start, first, None if end is None else end - start + 1) if same else None
