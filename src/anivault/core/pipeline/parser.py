"""Read what every file is called, in its folders and among its siblings.

In: scanned files. Out: one ParsedFile each, in the same order. Pure: never touches the disk.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from anivault.core.models import ParsedFile, ScannedFile
from anivault.parser import ParseResult, parse_name


def parse_files(files: Sequence[ScannedFile]) -> list[ParsedFile]:
    """Parse the files of one scan together."""
    return [parse_alone(file) for file in files]


def parse_alone(file: ScannedFile) -> ParsedFile:
    """Parse one file by its name and its folders' names, without siblings."""
    own = parse_name(file.name)
    return ParsedFile(file=file, parsed=own if own.title else _from_folders(own, file.folder))


def _from_folders(own: ParseResult, folder: str) -> ParseResult:
    for part in reversed(folder.split("/")):
        parent = parse_name(part)
        if parent.title:
            return replace(own, title=parent.title, titles=parent.titles, season=own.season or parent.season)
    return own
