"""Find files, read what every name says, and leave out the files that are not whole yet.

In: folders or bare names, and a reader. Out: a Read. Only `scan` and `settled` look at the disk.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.pipeline.ignore import Everywhere
from anivault.core.pipeline.left_out import LeftOut
from anivault.core.pipeline.parser import parse_alone, parse_files
from anivault.core.pipeline.scanner import Scan, kind_of, scan
from anivault.core.pipeline.settling import being_written
from anivault.parser.read import Reader
from anivault.shared.progress import Progress, untold
from anivault.shared.work.memory import FORGETFUL, Memory


class What(msgspec.Struct, frozen=True, kw_only=True):
    """What to read: folders and files, or names that are judged without touching the disk.

    `settle` is how many seconds a file has to be left alone; `filing`: the files are to go to a library.
    `waiting` are files that it is too early for: they are read for what they say of others, and left.
    `ignored`: lists that hold everywhere. `workers`: how many folders are listed at once; 0: what helps.
    """

    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    settle: float = 0
    waiting: frozenset[str] = frozenset()
    filing: bool = False
    ignored: tuple[Everywhere, ...] = ()
    workers: int = 0


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What is there, and how each name reads. `alone`: each name is to be judged by itself."""

    files: tuple[ParsedFile, ...]
    left_out: tuple[LeftOut, ...] = ()
    alone: bool = False

    @property
    def videos(self) -> tuple[ParsedFile, ...]:
        """The files that are matched; the others follow them, or stay. Of names alone each has an answer."""
        return tuple(item for item in self.files if self.alone or item.file.kind is FileKind.VIDEO)

    @property
    def amiss(self) -> bool:
        """Whether something was left out that a user should look at."""
        return any(item.amiss for item in self.left_out)


def read(what: What, reader: Reader, progress: Progress = untold, memory: Memory = FORGETFUL) -> Read:
    """Find files, read their names, and leave out those that are not whole yet. Names alone are only read."""
    if not what.paths:
        return parse_names(what.names, reader)
    found = scan(what.paths, skip=what.skip, ignored=what.ignored, progress=progress, workers=what.workers)
    return settled(found, parse_files(found.files, reader, progress, memory), what)


def parse_names(paths: Sequence[str], reader: Reader) -> Read:
    """Parse paths that were only named, each by itself, without touching the disk."""
    return Read(files=tuple(parse_path(path, reader) for path in paths), alone=True)


def parse_path(path: str, reader: Reader | None = None) -> ParsedFile:
    """Parse one path by itself. Of a whole one as much is read as of a file that is named to be scanned."""
    folder, slash, name = path.rpartition("/") if path.startswith("/") else ("", "", path)
    return parse_alone(ScannedFile(folder or slash, name, kind_of(path)), reader)


def settled(found: Scan, files: Sequence[ParsedFile], what: What) -> Read:
    """Leave out what is not whole yet, such as a file that somebody still writes."""
    hollow = found.hollow(filing=what.filing)
    unfinished = [*hollow, *being_written(found.files, found.began, what.settle)]
    left = {*what.waiting, *(item.path for item in unfinished)}
    return Read(
        files=tuple(item for item in files if item.file.path not in left) if left else tuple(files),
        left_out=(*found.left_out, *unfinished),
    )
