"""Find files that are still being written, by looking at those twice that changed a moment ago.

In: scanned files. Out: those that changed while AniVault read, or within the user's own time of settling.
Stats files that changed just now, and waits a moment where there are any; of old ones it knows the time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from anivault.core.models import ScannedFile
from anivault.core.pipeline.left_out import LeftOut, LeftOutReason

RECENT = 2.0  # seconds; a program that writes does so more often than this (a guess)
WATCHED = 0.25  # seconds between the two looks: no one notices them, and most writes come more often


def being_written(files: Sequence[ScannedFile], scanned: float, settle: float = 0) -> list[LeftOut]:
    """Return the files that are not left alone yet; they were scanned from the time `scanned` on.

    `settle` is how many seconds a file has to be left alone.
    """
    since = (scanned - max(RECENT, settle)) * 1e9
    recent = [file for file in files if file.identity and file.identity.mtime_ns > since]
    young = {file.path: _young(file, scanned, settle) for file in recent}
    if not all(young.values()):
        time.sleep(max(0.0, scanned + WATCHED - time.time()))
    return [
        LeftOut(file.path, LeftOutReason.WRITING, why)
        for file in recent
        if (why := young[file.path] or _moved(file))
    ]


def will_be_young(files: Sequence[ScannedFile], scanned: float, settle: float) -> bool:
    """Whether files have times so far ahead that they are not young yet, and will be."""
    ahead = (scanned + settle) * 1e9
    return settle > 0 and any(file.identity and file.identity.mtime_ns > ahead for file in files)


def _young(file: ScannedFile, now: float, settle: float) -> str:
    """Say that the user wants files of this age to be left alone, else ''. Clocks of disks may run ahead."""
    age = abs(now - file.identity.mtime_ns / 1e9) if file.identity else settle
    return f"it changed {age:.0f} seconds ago; [scan] settle is {settle:g}" if age < settle else ""


def _moved(file: ScannedFile) -> str:
    """Say what changed since the first look, '' when nothing did."""
    try:
        s = os.stat(file.path)
    except OSError:  # it has gone: whoever takes it finds out, and says so
        return ""
    before = file.identity
    if before is None or (s.st_size, s.st_mtime_ns) == (before.size, before.mtime_ns):
        return ""
    return (
        "it grew while it was looked at" if s.st_size > before.size else "it changed while it was looked at"
    )
