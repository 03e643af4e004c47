"""`anivault recover`: settle what a crash left unfinished."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from anivault.cli.commands.options import LibraryArg, OtherDiskFlag
from anivault.cli.context import Context
from anivault.cli.render.parts import notices, summary

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.moving.recover import RecoverReport


def recover(context: Context, library: LibraryArg = None, other_disk: OtherDiskFlag = False) -> int:
    """Settle what a crash left unfinished."""
    from anivault.core.moving.recover import recover

    folder = context.old_library(library, other_disk=other_disk)
    report = recover(folder, other_disk=other_disk)
    show(context.screen, report, folder)
    return report.exit_code


def show(screen: Screen, report: RecoverReport, folder: str) -> None:
    """What a crash had left, and what became of it."""
    counts = Counter({"finished": report.finished, "undone": report.undone})
    if not report.library:
        told = f"AniVault has put nothing here: no run has begun in {folder}. Is it the right folder?"
        notices(screen, (told,))
        summary(screen, "recover", counts, "Nothing was done.")
        return
    if report.kept:
        notices(screen, (f"The journal ended in a torn line of {report.cut:,} bytes: now in {report.kept}.",))
    summary(screen, "recover", counts, outcome(report))


def outcome(report: RecoverReport) -> str:
    """All in one line: which run is settled, and what became of the files that it was at."""
    if not report.run:
        return "Nothing else was unfinished." if report.kept else "Nothing was unfinished."
    if not (report.finished or report.undone):
        return f"Run {report.run} is settled: all that it had begun was done."
    return (
        f"Run {report.run} is settled: of the files it was at, {report.finished} are in place and "
        f"{report.undone} are where they were."
    )
