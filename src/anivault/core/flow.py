"""The stages in order, on one screen.

    scan ──▶ parse ──▶ match ──▶ plan          then, by other commands: execute ──▶ verify / rollback

Each takes what the one before gives; all but scan are pure. Who knows the shows is handed in:
nothing here knows a provider.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from anivault.core.listing import listing
from anivault.core.matching.decide import match_releases
from anivault.core.matching.pins import Pin
from anivault.core.matching.releases import each, group
from anivault.core.matching.source import Source
from anivault.core.models import EntryKind, FileKind, Match, MatchedFile, Mode, ParsedFile, Plan, ScannedFile
from anivault.core.organizer import Library, OnConflict, plan
from anivault.core.pipeline.parser import parse_alone, parse_files
from anivault.core.pipeline.scanner import LeftOut, kind_of, root_folders, scan
from anivault.core.planning.naming import NAME_MAX, Preset, titled
from anivault.core.planning.renamer import rename
from anivault.parser.read import Reader
from anivault.shared import fs

Progress = Callable[[int, int | None], None]


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What is there, and how each name reads. `alone`: each name is to be judged by itself."""

    files: tuple[ParsedFile, ...]
    left_out: tuple[LeftOut, ...] = ()
    alone: bool = False

    @property
    def videos(self) -> tuple[ParsedFile, ...]:
        """The files that are matched; the others follow them, or stay. Of names alone each has an answer."""
        return tuple(item for item in self.files if self.alone or item.file.kind is FileKind.VIDEO)


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How files are to reach the library, and under which names."""

    mode: Mode
    preset: Preset
    on_conflict: OnConflict = "hold"


def read(
    roots: Sequence[str], reader: Reader, *, skip: Sequence[str] = (), progress: Progress | None = None
) -> Read:
    """Scan `roots` and parse every file among its siblings. Raises FolderNotFoundError."""
    found = scan(roots, skip=skip, progress=progress and (lambda count: progress(count, None)))
    return Read(files=tuple(parse_files(found.files, reader, progress)), left_out=found.left_out)


def read_names(paths: Sequence[str], reader: Reader) -> Read:
    """Parse paths that were only named, each by itself, without touching the disk."""
    files = (ScannedFile("", path, kind_of(path)) for path in paths)
    return Read(files=tuple(parse_alone(file, reader) for file in files), alone=True)


def matched(
    found: Read,
    sources: Sequence[Source],
    pins: Sequence[Pin] = (),
    languages: Sequence[str] = (),
    progress: Progress | None = None,
) -> list[MatchedFile]:
    """Match every video, release by release; one at a time when each stands alone. Pins win.

    Shows are called by their title in the first of `languages` that they have one in.
    """
    releases = (each if found.alone else group)(found.videos)
    return called(match_releases(releases, sources, pins, progress=progress), languages)


def called(files: Sequence[MatchedFile], languages: Sequence[str]) -> list[MatchedFile]:
    """Call every show by its title in the first of `languages` that it has one in."""
    if not languages:
        return list(files)
    named: dict[int, Match] = {}  # by the id of the match, which the files of a release share
    for item in files:
        if id(item.match) not in named:
            ranked = tuple(replace(r, candidate=titled(r.candidate, languages)) for r in item.match.ranked)
            named[id(item.match)] = replace(item.match, ranked=ranked)
    return [replace(item, match=named[id(item.match)]) for item in files]


def planned(
    found: Read, files: Sequence[MatchedFile], library: str, roots: Sequence[str], rules: Rules
) -> Plan:
    """Plan every file of `found` into `library`, around what lies there already."""
    videos = {item.file.path for item in files}
    return plan(
        files,
        [item for item in found.files if item.file.path not in videos],
        library=library,
        roots=root_folders(roots),
        mode=rules.mode,
        preset=rules.preset,
        taken=Library(inhabitants(library)) if os.path.isdir(library) else Library(),
        on_conflict=rules.on_conflict,
        name_max=_name_max(library),
    )


def _name_max(library: str) -> int:
    """The longest name, in bytes, that the library's file system takes."""
    try:
        return min(NAME_MAX, fs.name_max(fs.nearest(library)))
    except OSError:  # some network shares do not say
        return NAME_MAX


def renamed(
    library: str, videos: Sequence[MatchedFile], others: Sequence[ParsedFile], preset: Preset
) -> Plan:
    """Plan new names within `library` for what is in it already."""
    present = list(inhabitants(library))
    links = {item.rel for item in listing(library) if item.kind is EntryKind.LINK or not item.identity}
    return rename(
        videos,
        others,
        library=library,
        present=present,
        links=links,
        preset=preset,
        name_max=_name_max(library),
    )


def inhabitants(library: str) -> Iterator[ScannedFile]:
    """Every file in the library; a symbolic link counts as the file that it leads to."""
    for item in listing(library):
        if item.kind is not EntryKind.FOLDER:
            kind = FileKind.OTHER if item.kind is EntryKind.LINK else kind_of(item.rel)
            yield ScannedFile(library, item.rel, kind, item.identity)
