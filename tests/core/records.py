"""Makers of the records that planning reads, with what a test does not care about left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    FileKind,
    Identity,
    Match,
    MatchedFile,
    Mode,
    ParsedFile,
    Plan,
    Ranked,
    ScannedFile,
    Score,
    Title,
)
from anivault.core.organizer import plan
from anivault.core.pipeline.records import kind_of
from anivault.core.planning.library import Library
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import ParseResult

ROOT = "/source"
_inodes = count(1)


class Notebook:
    """A memory that keeps all that it gets."""

    def __init__(self) -> None:
        self.pages: dict[bytes, bytes] = {}

    def known(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        return {key: self.pages[key] for key in keys if key in self.pages}

    def keep(self, found: Mapping[bytes, bytes]) -> None:
        self.pages |= found


def show(number: int, title: str, year: int | None = 2020, media_type: str = "tv", **more: Any) -> Candidate:
    titles = tuple(Title(text, language, main=True) for language, text in more.pop("titles", {}).items())
    return Candidate(
        provider=more.pop("provider", "tmdb"), id=number, media_type=media_type, title=title, year=year,
        titles=titles, **more,
    )  # fmt: skip


def film(number: int, title: str, year: int | None = 2020, **more: Any) -> Candidate:
    return show(number, title, year, "movie", **more)


def scanned(rel: str, *, size: int = 1000, mtime_ns: int = 10**18, inode: int | None = None) -> ScannedFile:
    identity = Identity(size, mtime_ns, 1, next(_inodes) if inode is None else inode)
    return ScannedFile(ROOT, rel, kind_of(rel), identity)


def video(
    rel: str,
    candidate: Candidate | None,
    *places: tuple[int, int] | Coordinates,
    decision: Decision = Decision.MATCHED,
    file: ScannedFile | None = None,
    **parsed: Any,
) -> MatchedFile:
    """A video of `candidate` at `places`; `episodes` as printed are those of the places unless given."""
    coordinates = tuple(
        place if isinstance(place, Coordinates) else Coordinates(season=place[0], episode=place[1])
        for place in places
    )
    parsed.setdefault("episodes", tuple(place.episode for place in coordinates))
    parsed.setdefault("title", "a title")
    ranked = (Ranked(candidate, Score(0.9, {})),) if candidate else ()
    return MatchedFile(
        file or scanned(rel), ParseResult(**parsed), Match(decision, 0.97, ranked), decision, coordinates
    )


def beside(rel: str, *, file: ScannedFile | None = None, **parsed: Any) -> ParsedFile:
    """A file that is no video."""
    return ParsedFile(file or scanned(rel), ParseResult(**parsed))


def planned(
    videos: list[MatchedFile],
    others: list[ParsedFile] | None = None,
    *,
    preset: str = "jellyfin",
    own: dict[str, dict[str, Any]] | None = None,
    library: list[ScannedFile] | None = None,
    **more: Any,
) -> Plan:
    return plan(
        videos, others or [], library="/library", roots=[ROOT], mode=Mode.HARDLINK,
        preset=load_preset(preset, own), taken=Library(library or []), **more,
    )  # fmt: skip


def targets(result: Plan) -> dict[str, str]:
    """Source to target."""
    return {move.rel: move.target for move in result.moves}


def reasons(result: Plan) -> dict[str, str]:
    """Source to the reason it is held for."""
    return {item.rel: item.reason.value for item in result.held}


def in_library(rel: str, *, inode: int = 0, size: int = 1, mtime_ns: int = 1) -> ScannedFile:
    return ScannedFile("/library", rel, kind_of(rel), Identity(size, mtime_ns, 1, inode))


__all__ = [
    "FileKind",
    "beside",
    "film",
    "in_library",
    "planned",
    "reasons",
    "scanned",
    "show",
    "targets",
    "video",
]
