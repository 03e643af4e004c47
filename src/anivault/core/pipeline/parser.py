"""Read what every file is called, in its folders and among its siblings.

In: scanned files. Out: one ParsedFile each, in the same order. Pure: never touches the disk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from anivault.core.models import ParsedFile, ScannedFile
from anivault.core.pipeline.folders import complete, context
from anivault.parser import parse_name

_WINDOWS = re.compile(r"[A-Za-z]:\\|\\\\")


def parse_files(files: Sequence[ScannedFile]) -> list[ParsedFile]:
    """Parse the files of one scan together."""
    return [parse_alone(file) for file in files]


def parse_alone(file: ScannedFile) -> ParsedFile:
    """Parse one file by its name and its folders' names, without siblings."""
    rel = file.rel.replace("\\", "/") if _WINDOWS.match(file.rel) else file.rel
    folder, _, name = rel.rpartition("/")
    above = context(file.root.rstrip("/").rpartition("/")[2], folder)
    return ParsedFile(file=file, parsed=complete(parse_name(name), above))
