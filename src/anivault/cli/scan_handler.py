"""`anivault scan`: what is there and how each name reads."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import msgspec

from anivault.core.flow import Progress, Read, read, read_names
from anivault.parser.read import open_reader
from anivault.shared.errors import shortened


class ScanRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to read: folders and files, or names that are judged without touching the disk."""

    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    engines: tuple[str, ...]
    plugins: dict[str, dict[str, Any]] = {}  # their settings, by name
    settle: float = 0  # seconds that a file has to be left alone
    filing: bool = False  # the files are to go to a library


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, and what engines had to be forgiven."""

    read: Read
    notices: tuple[str, ...]


def handle(request: ScanRequest, progress: Progress, skip: Sequence[str] = ()) -> Scanned:
    """Read every name. Raises what `flow.read` does, PluginNotFoundError, PluginBrokenError."""
    with closing(open_reader(request.engines, request.plugins)) as reader:
        if request.paths:
            found = read(
                request.paths,
                reader,
                skip=skip,
                settle=request.settle,
                filing=request.filing,
                progress=progress,
            )
        else:
            found = read_names(request.names, reader)
        failures = [
            f"{engine} failed on {count} names: {shortened(reader.why[engine])}."
            for engine, count in reader.failures.items()
        ]
        return Scanned(read=found, notices=tuple(failures))
