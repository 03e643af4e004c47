"""The stages in order, on one screen.

    scan ──▶ parse ──▶ match ──▶ plan          then, by other commands: execute ──▶ verify / rollback

Each takes what the one before gives; all but scan are pure. Who knows the shows is handed in:
nothing here knows a provider.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from anivault.core.listing import listing
from anivault.core.matching.decide import match_releases
from anivault.core.matching.pins import Pin
from anivault.core.matching.releases import each, group
from anivault.core.matching.source import Source
from anivault.core.models import (
    Decision,
    EntryKind,
    FileKind,
    Identity,
    Match,
    MatchedFile,
    Mode,
    ParsedFile,
    Plan,
    ReleaseKey,
    ScannedFile,
)
from anivault.core.moving import history
from anivault.core.moving.foresight import foresee
from anivault.core.organizer import plan
from anivault.core.pipeline.left_out import LeftOut
from anivault.core.pipeline.parser import parse_alone, parse_files
from anivault.core.pipeline.readable import unreadable
from anivault.core.pipeline.scanner import kind_of, root_folders, scan
from anivault.core.pipeline.settling import being_written
from anivault.core.planning.library import Library, Origin
from anivault.core.planning.naming.characters import NAME_MAX
from anivault.core.planning.naming.fields import titled
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.planning import OnConflict
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
    prefer: tuple[str, ...] = ()


def read(
    roots: Sequence[str],
    reader: Reader,
    *,
    skip: Sequence[str] = (),
    settle: float = 0,
    filing: bool = False,
    progress: Progress | None = None,
) -> Read:
    """Scan `roots` and parse every file among its siblings; those that are not whole yet are left out.

    `settle` is how many seconds a file has to be left alone; `filing`: the files are to go to a library.
    Raises FolderNotFoundError,
    FolderUnreadableError.
    """
    start = time.time()
    found = scan(roots, skip=skip, progress=progress and (lambda count: progress(count, None)))
    files = parsed(found.files, reader, progress)
    unfinished = [*found.hollow(filing=filing), *being_written(found.files, start, settle)]
    left = {item.path for item in unfinished}
    return Read(
        files=tuple(item for item in files if item.file.path not in left) if left else tuple(files),
        left_out=(*found.left_out, *unfinished),
    )


def parsed(
    files: Sequence[ScannedFile], reader: Reader, progress: Progress | None = None
) -> list[ParsedFile]:
    """Parse every file among its siblings; one whose name nobody can read has no title of theirs."""
    return [_unreadable_or(item) for item in parse_files(files, reader, progress)]


def _unreadable_or(item: ParsedFile) -> ParsedFile:
    if not (why := unreadable(item)):
        return item
    return replace(item, parsed=replace(item.parsed, title=None, titles=()), unreadable=why)


def read_names(paths: Sequence[str], reader: Reader) -> Read:
    """Parse paths that were only named, each by itself, without touching the disk."""
    files = (ScannedFile("", path, kind_of(path)) for path in paths)
    return Read(files=tuple(_unreadable_or(parse_alone(file, reader)) for file in files), alone=True)


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
    why = {item.file: item.unreadable for item in found.videos if item.unreadable}
    readable = [item for item in found.videos if not item.unreadable]
    releases = (each if found.alone else group)(readable)
    releases += each([item for item in found.videos if item.unreadable])
    files = match_releases(releases, sources, pins, progress=progress)
    if why:
        files = [_unmatched(item, why[item.file]) if item.file in why else item for item in files]
    return called(files, languages)


def _unmatched(item: MatchedFile, why: str) -> MatchedFile:
    """A file whose name nobody can read is what the user has pinned it to, or nothing."""
    if item.pinned:
        return item
    match = Match(Decision.UNMATCHED, 0.0, (), (why,))
    return MatchedFile(item.file, item.parsed, match, Decision.UNMATCHED, (), match.reasons)


def called(files: Sequence[MatchedFile], languages: Sequence[str]) -> list[MatchedFile]:
    """Call every show by its title in the first of `languages` that it has one in."""
    if not languages:
        return list(files)
    named: dict[ReleaseKey, Match] = {}  # the files of a release share a match
    for item in files:
        if (release := item.release_key) not in named:
            ranked = tuple(replace(r, candidate=titled(r.candidate, languages)) for r in item.match.ranked)
            named[release] = replace(item.match, ranked=ranked)
    return [replace(item, match=named[item.release_key]) for item in files]


def planned(
    found: Read, files: Sequence[MatchedFile], library: str, roots: Sequence[str], rules: Rules
) -> Plan:
    """Plan every file of `found` into `library`, around what lies there already, as far as its disk allows.

    Raises what `foresight.foresee` raises. A library that is "" is only imagined.
    """
    videos = {item.file.path for item in files}
    others = [item for item in found.files if item.file.path not in videos]
    made = plan(
        files,
        sorted(others, key=_is_empty),  # a subtitle without a byte takes no place from one with some
        library=library,
        roots=root_folders(roots),
        mode=rules.mode,
        preset=rules.preset,
        taken=Library(inhabitants(library), _origins(library)) if os.path.isdir(library) else Library(),
        on_conflict=rules.on_conflict,
        prefer=rules.prefer,
        name_max=_name_max(library),
    )
    return foresee(made) if library else made


def _is_empty(item: ParsedFile) -> bool:
    return item.file.identity is not None and not item.file.identity.size


def _name_max(library: str) -> int:
    """The longest name, in bytes, that the library's file system takes."""
    try:
        return min(NAME_MAX, fs.name_max(fs.nearest(library)))
    except OSError:  # some network shares do not say
        return NAME_MAX


def _origins(library: str) -> dict[str, Origin]:
    """By place in the library: each file as it was when a run took it in, and what its name was made from."""
    return {
        place: Origin(_taken_in(past), next((m for put in past.puts[::-1] if (m := put.step.metadata)), None))
        for place, past in history.read(library).files.items()
        if not past.puts[0].inside
    }


def _taken_in(past: history.Past) -> ScannedFile:
    (root, rel), step = past.first, past.puts[0].step
    return ScannedFile(root, rel, kind_of(rel), Identity(step.size, step.mtime_ns, 0, step.inode))


def renamed(
    library: str, videos: Sequence[MatchedFile], others: Sequence[ParsedFile], preset: Preset
) -> Plan:
    """Plan new names within `library` for what is in it already."""
    present = list(inhabitants(library))
    links = {item.rel for item in listing(library) if item.kind is EntryKind.LINK or not item.identity}
    made = rename(
        videos,
        others,
        library=library,
        present=present,
        links=links,
        preset=preset,
        name_max=_name_max(library),
    )
    return foresee(made)


def inhabitants(library: str) -> Iterator[ScannedFile]:
    """Every file in the library; a symbolic link counts as the file that it leads to."""
    for item in listing(library):
        if item.kind is not EntryKind.FOLDER:
            kind = FileKind.OTHER if item.kind is EntryKind.LINK else kind_of(item.rel)
            yield ScannedFile(library, item.rel, kind, item.identity)
