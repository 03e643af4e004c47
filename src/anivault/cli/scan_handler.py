"""`anivault scan`: what is there and how each name reads."""

from __future__ import annotations

import msgspec

from anivault.core.flow import Progress, Read, read, read_names


class ScanRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to read: folders and files, or names that are judged without touching the disk."""

    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def handle(request: ScanRequest, progress: Progress) -> Read:
    """Read every name. Raises FolderNotFoundError."""
    return read(request.paths, progress=progress) if request.paths else read_names(request.names)
