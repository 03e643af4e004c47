"""Tell how far a run is, and whether it has to end: a signal came, or a disk failed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from anivault.core.moving.checks import COPIES
from anivault.core.moving.journal.records import Do, Step
from anivault.shared.errors import RunStoppedError, quoted, told

Pace = Callable[[Do, int, int], None]  # what is being done, how far, of how much: files or bytes
BYTES = frozenset({Do.COPY, Do.CARRY})  # told of in bytes


class Meter:
    """How far a run is: files, or bytes where content is copied."""

    def __init__(self, progress: Pace | None, total: int, size: int) -> None:
        self.progress, self.total, self.size = progress, total, size
        self.seen = self.through = 0  # steps and bytes that had their turn
        self.part = 0  # bytes of the file that is copied at this moment
        self.now = Do.RENAME

    def passed(self, step: Step) -> None:
        """Count one step that had its turn; of each copy, made or compared, it is told at once."""
        if step.do is Do.MKDIR:
            return
        self.now = step.do
        self.part = 0
        self.pass_over(step)
        if step.do in COPIES or step.do is Do.REMOVE:
            self.tell()

    def pass_over(self, step: Step, by: int = 1) -> None:
        """Count one step as through, whatever became of it; or, by -1, as one that has another turn."""
        self.seen += by
        self.through += by * step.size

    def tell(self) -> None:
        """Tell what is being done, and how far it is."""
        if self.progress and self.now in BYTES:
            self.progress(self.now, self.through + self.part, max(self.size, self.through + self.part))
        elif self.progress:
            self.progress(self.now, min(self.seen, self.total), self.total)


class StoppedError(Exception):
    """A signal asked to stop in the middle of a copy."""


class Signals:
    """Notes the first SIGINT or SIGTERM instead of dying in the middle; a second one interrupts at once.

    Whoever holds it looks at `got` between two files; what is shorter is finished.
    """

    def __init__(self) -> None:
        self.got = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        with suppress(ValueError):  # not the main thread: then nobody's signals are ours
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.got:
            raise KeyboardInterrupt
        self.got = number


@contextmanager
def ending(library: str) -> Iterator[None]:
    """Tell of a failure that left the run open: the journal, a sync, or an undo failed."""
    try:
        yield
    except OSError as error:
        raise stopped(error, 0, f"Mend the cause, then: anivault recover {quoted(library)}") from error


def stopped(error: OSError, done: int, hint: str) -> RunStoppedError:
    """Return the one error that a failing disk ends in."""
    return RunStoppedError(told(error), done, hint)
