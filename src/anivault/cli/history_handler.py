"""`anivault history`: what was done to a library, run by run."""

from __future__ import annotations

from collections import Counter

import msgspec

from anivault.core.moving import history
from anivault.core.moving.history import files_of


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `living`: files of it that no rollback has taken back."""

    run: str
    time: int  # seconds since 1970
    mode: str
    files: int
    living: int
    open: int  # files that an unfinished run was at: nobody knows yet what became of them
    state: str


def handle(library: str) -> list[RunView]:
    """List the runs, the first one first. Raises FolderNotFoundError and what `history.read` raises."""
    history.require_library(library)
    past = history.read(library)
    alive = Counter(name for name, _ in past.living())
    return [
        RunView(
            run=log.run.id,
            time=log.run.time,
            mode=log.run.mode,
            files=files_of(log.happened()),
            living=alive[log.run.id],
            open=files_of(log.pending.values()),
            state=log.end.state if log.end else "unfinished",
        )
        for log in past.runs
    ]
