"""Find files, read what every name says, and leave out the files that are not whole yet.

In: folders or bare names, and a reader. Out: a Read. Only `scan` and `settled` look at the disk.
"""

from __future__ import annotations

from collections.abc import Sequence

from anivault.core.models import ParsedFile
from anivault.core.pipeline.parser import parse_files, parse_path
from anivault.core.pipeline.records import Read, Scan, What
from anivault.core.pipeline.scanner import scan
from anivault.core.pipeline.settling import being_written, will_be_young
from anivault.parser.read import Reader
from anivault.shared.progress import Progress, untold
from anivault.shared.work.memory import FORGETFUL, Memory


def read(what: What, reader: Reader, progress: Progress = untold, memory: Memory = FORGETFUL) -> Read:
    """Find files, read their names, and leave out those that are not whole yet. Names alone are only read."""
    if not what.paths:
        return parse_names(what.names, reader)
    found = scan(
        what.paths, skip=what.skip, ignored=what.ignored, progress=progress, workers=what.workers,
        only=what.only,
    )  # fmt: skip
    files = parse_files(found.files, reader, progress, memory, filing=what.filing)
    return settled(found, files, what)


def parse_names(paths: Sequence[str], reader: Reader) -> Read:
    """Parse paths that were only named, each by itself, without touching the disk."""
    return Read(files=tuple(parse_path(path, reader) for path in paths), alone=True)


def settled(found: Scan, files: Sequence[ParsedFile], what: What) -> Read:
    """Leave out what is not whole yet, such as a file that somebody still writes."""
    hollow = found.hollow(filing=what.filing)
    unfinished = [*hollow, *being_written(found.files, what.since or found.began, what.settle)]
    left = {*what.waiting, *(item.path for item in unfinished)}
    return Read(
        files=tuple(item for item in files if item.file.path not in left) if left else tuple(files),
        left_out=(*found.left_out, *unfinished),
        holes=bool(found.holes),
        lasts=not will_be_young(found.files, found.began, what.settle),
    )
