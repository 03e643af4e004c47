"""`anivault history`: what was done to a library, run by run."""

from __future__ import annotations

from collections import Counter

import msgspec

from anivault.core.moving import history
from anivault.core.moving.history import FOLDERS


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `living`: files of it that no rollback has taken back."""

    run: str
    time: int  # seconds since 1970
    mode: str
    files: int
    living: int
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
            files=sum(step.do not in FOLDERS for step in log.happened()),
            living=alive[log.run.id],
            state=log.end.state if log.end else "unfinished",
        )
        for log in past.runs
    ]
