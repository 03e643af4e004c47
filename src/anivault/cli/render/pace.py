"""Say how far a run is: what it does to files at this moment, in bytes where content is copied."""

from __future__ import annotations

from anivault.core.moving.journal.records import Do
from anivault.core.moving.pace import Pace
from anivault.shared.progress import Bars, Progress

COPYING = "Copying, MB"
_LABELS = {
    Do.LINK: "Linking",
    Do.SYMLINK: "Linking",
    Do.COPY: COPYING,
    Do.CARRY: COPYING,
    Do.CLONE: "Cloning",
    Do.WRITE: "Writing",
    Do.RENAME: "Moving",
    Do.REMOVE: "Removing",
    Do.NOTE: "Noting",
}


def paced(begin: Bars) -> Pace:
    """Return what the executor tells; the bar gets another name when other work begins."""
    bars: dict[str, Progress] = {}

    def tell(do: Do, done: int, total: int) -> None:
        label = _LABELS.get(do, "Moving")
        if label not in bars:
            bars.clear()
            bars[label] = begin(label)
        if label == COPYING:
            done, total = done // 1_000_000, total // 1_000_000
        bars[label](done, total)

    return tell
