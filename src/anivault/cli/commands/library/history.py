"""`anivault history`: what was done to a library, run by run."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from anivault.cli import events
from anivault.cli.commands.options import LibraryArg
from anivault.cli.context import Context
from anivault.cli.render.parts import summary
from anivault.shared.exits import DONE
from anivault.shared.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anivault.cli.screen import Screen


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `living`: files of it that no rollback has taken back."""

    run: str
    time: int  # seconds since 1970
    mode: str
    files: int
    living: int
    open: int  # files that an unfinished run was at: nobody knows yet what became of them
    state: str


def history(context: Context, library: LibraryArg = None) -> int:
    """List what was done, run by run."""
    show(context.screen, runs(context.old_library(library)))
    return DONE


def runs(library: str) -> list[RunView]:
    """List the runs, the first one first. Raises FolderNotFoundError and what `history.read` raises."""
    from anivault.core.moving import history
    from anivault.core.moving.history import files_of

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


def show(screen: Screen, runs: Sequence[RunView]) -> None:
    """Every run with its time, mode and number of files."""
    for run in runs:
        screen.event(events.RunEvent(**msgspec.structs.asdict(run)))
        when = datetime.fromtimestamp(run.time).astimezone().strftime("%Y-%m-%d %H:%M")
        back = (
            f", {run.files - run.living:,} taken back"
            if run.living < run.files and run.mode != "rollback"
            else ""
        )
        back += f", {run.open:,} not settled" if run.open else ""
        screen.line(f"{run.run}  {when}  {run.mode:9} {counted(run.files, 'file')}{back}  {run.state}")
    summary(screen, "history", Counter(runs=len(runs)), f"{counted(len(runs), 'run')}.")
