"""`anivault rollback`: its words, and what goes back where."""

from __future__ import annotations

import os
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from anivault.cli import events
from anivault.cli.commands import completing
from anivault.cli.commands.options import ApplyFlag, LibraryArg, OtherDiskFlag, new_file
from anivault.cli.context import Context, Work, again
from anivault.cli.render.held import show_held, stay_told
from anivault.cli.render.parts import summary
from anivault.core.models import GONE
from anivault.shared.errors import quoted
from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.cli.rollback_handler import RolledBack
    from anivault.cli.screen import Screen
    from anivault.core.moving.journal.records import Step
    from anivault.core.moving.rollback.inverse import RollbackPlan

RunOption = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="RUN",
        help="The run of this name; see history.",
        show_default=False,
        autocompletion=completing.runs,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="All runs since this date.", show_default=False),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="PATH", help="Only this file or folder of the library.", show_default=False
    ),
]
ScriptOption = Annotated[
    str | None,
    typer.Option(
        "--script",
        metavar="FILE",
        help="Write the rollback as a script, .sh or .ps1.",
        show_default=False,
        callback=new_file,
    ),
]


def rollback(
    context: Context,
    library: LibraryArg = None,
    run: RunOption = None,
    since: SinceOption = None,
    only: OnlyOption = None,
    apply: ApplyFlag = False,
    script: ScriptOption = None,
    other_disk: OtherDiskFlag = False,
) -> Work:
    """Put back what a run moved; --apply does it.

    Without --run, --since and --only it is the last run. Nothing is overwritten.
    """
    from anivault.cli import rollback_handler
    from anivault.cli.render.pace import paced

    home = context.old_library(library, other_disk=other_disk)
    request = rollback_handler.RollbackRequest(
        library=home,
        run=run,
        since=since,
        only=tuple(_as_printed(path, home) for path in only or ()),
        apply=apply,
        script=script,
        other_disk=other_disk,
    )
    bars = context.screen.progress

    def shown(result: RolledBack) -> int:
        show(context.screen, result)
        if not result.plan.steps and (only or since or run):
            context.screen.hint(f"What could be: anivault history {quoted(home)}")
        return result.exit_code

    return Work(partial(rollback_handler.handle, request, bars, paced(bars)), shown)


def _as_printed(path: str, library: str) -> str:
    """A path from here, else from the library, as plans and findings print it."""
    inside = os.path.join(library, path)
    return inside if os.path.lexists(inside) and not os.path.lexists(path) else path


def show(screen: Screen, result: RolledBack) -> None:
    """What goes back where, what stands against it; then what to type next."""
    report, plan, back = result.report, result.plan, result.back
    for step in (*back, *result.gone):
        screen.event(events.step_event(plan.roots, step, done=report is not None))
        if report is None or screen.verbose:
            screen.pair(f"  {here(plan, step)}", f"→  {way_back(plan, step)}")
    show_held(screen, result.held)
    done = len(back) + len(result.gone)
    counts = Counter({"moves" if report is None else "done": done, "held": len(result.held)})
    summary(screen, "rollback", counts, outcome(result))
    if report is None and done:
        screen.hint(f"Do it: {_how_to_run(result.script) if result.script else f'{again()} --apply'}")


def _how_to_run(script: str) -> str:
    """Return the words that run a script that was written."""
    if script.lower().endswith(".ps1"):
        return f"pwsh -File {quoted(script)} -Apply"
    return f"sh {quoted(script)} --apply"


def here(plan: RollbackPlan, step: Step) -> str:
    """Where a file is now: in the library, or where it went when a better one came."""
    return os.path.join(plan.roots[step.root], step.rel) if step.root else step.rel


def way_back(plan: RollbackPlan, step: Step) -> str:
    """Where a file goes, or what becomes of it."""
    if step.mtime_ns == GONE:
        return "noted: it is gone"
    if step.do == "note":
        return "forgotten; the file stays"
    if step.do == "remove":
        return "removed; the source stays" if step.to else "removed"
    return os.path.join(plan.roots[step.to_root], step.to)


def outcome(result: RolledBack) -> str:
    """All in one line: `3 files of run … to take back, 1 held. Nothing was changed.`"""
    from anivault.core.moving.history import files_of

    done = result.report is not None
    back, gone, folders = files_of(result.back), len({step.rel for step in result.gone}), len(result.folders)
    held, stay = len(result.held) - len(result.staying), len(result.staying)
    told = [
        *([_taken_back(result, back)] if back else []),
        *([_noted(gone, done=done)] if gone else []),
        *([_emptied(result, folders)] if folders and not back else []),
        *([f"{held:,} held"] if held else []),
        *([stay_told(stay)] if stay else []),
    ]
    if not told:
        return "There is nothing to take back."
    if not (back or gone or folders or held):
        told.insert(0, "There is nothing to take back")
    changed = done and (back or gone or folders)
    return f"{', '.join(told)}.{'' if changed else ' Nothing was changed.'}"


def _taken_back(result: RolledBack, back: int) -> str:
    """How many files go back, or went, and where a script of it is."""
    were = "is as it was" if back == 1 else "are as they were"
    became = "to take back" if result.report is None else were
    return f"{counted(back, 'file')} of {_of_runs(result)} {became}{_in_script(result)}"


def _of_runs(result: RolledBack) -> str:
    return f"{'run' if len(result.plan.runs) == 1 else 'runs'} {', '.join(result.plan.runs)}"


def _in_script(result: RolledBack) -> str:
    return f", written to {result.script}" if result.script else ""


def _emptied(result: RolledBack, folders: int) -> str:
    """How many folders go, or went, where they are all that is left of a run."""
    became = "to remove" if result.report is None else "removed"
    return f"{counted(folders, 'empty folder')} of {_of_runs(result)} {became}{_in_script(result)}"


def _noted(gone: int, *, done: bool) -> str:
    """How many files are gone from the library, and that nobody asks for them any more."""
    return (
        f"{counted(gone, 'file')} {'noted' if done else 'to note'} as gone: verify does not miss it any more"
    )
