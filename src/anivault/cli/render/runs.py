"""How much a run did and what is left of it, in a few words: the same on the screen and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.cli import events
    from anivault.cli.commands.library.history import RunView


def files_told(run: RunView | events.RunEvent) -> str:
    """`160 files, 2 taken back`: what a run did, and what is left of it."""
    back = run.files - run.living - run.again if run.mode != "rollback" else 0
    counts = {"taken back": back, "lost and put there again": run.again, "not settled": run.open}
    parts = [f"{number:,} {what}" for what, number in counts.items() if number]
    return ", ".join([counted(run.files, "file"), *parts])
