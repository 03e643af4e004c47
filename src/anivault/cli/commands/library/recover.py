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
    text = (
        f"Run {report.run} is settled: of the files it was at, {report.finished} are in place and "
        f"{report.undone} are where they were."
    )
    if not (report.finished or report.undone):
        text = f"Run {report.run} is settled: all that it had begun was done."
    if not report.library:
        told = f"AniVault has put nothing here: no run has begun in {folder}. Is it the right folder?"
        notices(screen, (told,))
        summary(screen, "recover", counts, "Nothing was done.")
        return
    if report.kept:
        notices(screen, (f"The journal ended in a torn line of {report.cut:,} bytes: now in {report.kept}.",))
    nothing = "Nothing else was unfinished." if report.kept else "Nothing was unfinished."
    summary(screen, "recover", counts, text if report.run else nothing)
