"""`anivault history`: what was done to a library, run by run."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from anivault.cli import events
from anivault.cli.commands import completing
from anivault.cli.commands.options import LibraryArg
from anivault.cli.context import Context
from anivault.cli.render.parts import summary
from anivault.cli.render.runs import files_told
from anivault.shared.errors import RunNotFoundError
from anivault.shared.exits import DONE
from anivault.shared.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anivault.cli.screen import Screen
    from anivault.core.moving.history import Put
    from anivault.core.moving.journal.log import RunLog


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `living`: files of it that are left; `again`: a later run put them there."""

    run: str
    time: int  # seconds since 1970
    mode: str
    files: int
    living: int
    open: int  # files that an unfinished run was at: nobody knows yet what became of them
    state: str
    again: int = 0  # files that were gone when a later run put them there


RunArg = Annotated[
    str | None,
    typer.Argument(
        metavar="[RUN]",
        help="Show the files of this run.",
        show_default=False,
        autocompletion=completing.runs,
    ),
]
_RUN = re.compile(r"\d{8}-\d{6}.*")


def history(context: Context, library: LibraryArg = None, run: RunArg = None) -> int:
    """List what was done, run by run, or the files of one run.

    The library may be left out where your settings name it.
    """
    if run is None and library and _RUN.fullmatch(library) and not os.path.exists(library):
        library, run = None, library
    home = context.old_library(library)
    with context.screen.paged():
        if run is None:
            show(context.screen, runs(home))
        else:
            _show_files(context.screen, home, run)
    return DONE


def _show_files(screen: Screen, library: str, run: str) -> None:
    """Every file of a run: where it went, and from where."""
    from anivault.core.moving import history
    from anivault.core.moving.history import Put
    from anivault.core.moving.journal.log import read_journal
    from anivault.core.moving.journal.roots import roots_now

    history.require_library(library)
    log = next((log for log in read_journal(library).runs if log.run.id == run), None)
    if log is None:
        raise RunNotFoundError(run, library)
    roots = roots_now(log.run, library)
    puts = [Put(0, log, step, roots) for step in log.happened() if step.do not in history.FOLDERS]
    for put in puts:
        event = events.MoveEvent(
            path=events.shown(put.source),
            target=events.shown(put.target),
            mode=log.run.mode,
            reason=str(put.step.do),
            done=True,
            path_b64=events.b64(put.source),
        )
        screen.event(event)
        what, became = told(put)
        screen.pair(f"  {what}", became)
    summary(screen, "history", Counter(files=len(puts)), f"{counted(len(puts), 'file')} of run {run}.")


def told(put: Put) -> tuple[str, str]:
    """The file that a step was about, and what became of it: where it came from, or went."""
    match str(put.step.do):
        case "remove":
            return put.source, f"(removed; it is still {put.target})" if put.step.to else "(removed)"
        case "note":
            return put.target, "(forgotten)" if put.step.undoes else "(found there)"
    return put.target, f"←  {put.source}" if put.source != put.target else "(written)"


def runs(library: str) -> list[RunView]:
    """List the runs, the first one first. Raises FolderNotFoundError and what `history.read` raises."""
    from anivault.core.moving import history
    from anivault.core.moving.history import files_of

    history.require_library(library)
    logs, alive = _replayed(library)
    steps = (step for log in logs for step in log.happened() if step.do not in history.FOLDERS)
    back = Counter(step.undoes[0] for step in steps if step.undoes)
    return [
        RunView(
            run=log.run.id,
            time=log.run.time,
            mode=log.run.mode,
            files=files_of(log.happened()),
            living=alive[log.run.id],
            open=files_of(log.pending.values()),
            state=log.end.state if log.end else "unfinished",
            again=_again(log, alive[log.run.id] + back[log.run.id]),
        )
        for log in logs
    ]


def _replayed(library: str) -> tuple[list[RunLog], Counter[str]]:
    """The runs, and how many steps of each nothing has taken back; of the replay no more is kept."""
    from anivault.core.moving import history

    past = history.read(library)
    return past.runs, Counter(put.run for put in past.living())


def _again(log: RunLog, known: int) -> int:
    """How many files of a run were gone when a later one put them there: neither left nor taken back."""
    from anivault.core.moving.history import files_of

    return max(0, files_of(log.happened()) - known) if log.run.mode != "rollback" else 0


def show(screen: Screen, runs: Sequence[RunView]) -> None:
    """Every run with its time, mode and number of files."""
    for run in runs:
        screen.event(events.RunEvent(**msgspec.structs.asdict(run)))
        when = datetime.fromtimestamp(run.time).astimezone().strftime("%Y-%m-%d %H:%M")
        screen.line(f"{run.run}  {when}  {run.mode:9} {files_told(run)}  {run.state}")
    summary(screen, "history", Counter(runs=len(runs)), f"{counted(len(runs), 'run')}.")
