"""`anivault history`: what was done to a library, run by run."""

from __future__ import annotations

import os
from collections import Counter

import msgspec

from anivault.core.moving import journal
from anivault.core.moving.journal import Do
from anivault.shared.errors import FolderNotFoundError


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `living`: files of it that no rollback has taken back."""

    run: str
    time: int  # seconds since 1970
    mode: str
    files: int
    living: int
    state: str


def handle(library: str) -> list[RunView]:
    """List the runs, the first one first. Raises FolderNotFoundError and what `journal.read` raises."""
    if not os.path.isdir(library):
        raise FolderNotFoundError(library, "library")
    history = journal.read(library)
    alive = Counter(name for (name, _), (_, step) in history.living().items() if step.do is not Do.MKDIR)
    return [
        RunView(
            run=log.run.id,
            time=log.run.time,
            mode=log.run.mode,
            files=sum(step.do not in (Do.MKDIR, Do.RMDIR) for step in log.happened()),
            living=alive[log.run.id],
            state=log.end.state if log.end else "unfinished",
        )
        for log in history.runs
    ]
