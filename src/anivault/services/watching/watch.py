"""Watch folders: file what has settled, one run at a time, and go on after whatever went wrong.

In: a Pile, a Wake, and what files, recovers and tells. Out: nothing; it returns when it is asked to read the
configuration again. What is in no run stays where it is, and is tried again: after a failure later each time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol

from anivault.services.watching.pile import Pile
from anivault.services.watching.wake import Wake
from anivault.shared.errors import (
    AniVaultError,
    FolderNotFoundError,
    RunInterruptedError,
    UnfinishedRunError,
)

FIRST, LAST = 10.0, 600.0  # seconds until a failed run is tried again: at first, and at most
REST = 10  # times as long as a look takes nothing is looked at after it


class Hands(Protocol):
    """What is done, and how people hear of it."""

    def file(self, paths: tuple[str, ...], waiting: frozenset[str]) -> None:
        """Organize these files and folders, but for the files that are waiting. Raises AniVaultError."""

    def recover(self) -> None:
        """Settle what a crash left. Raises AniVaultError."""

    def failed(self, error: AniVaultError, again: float) -> None:
        """Tell of a failure, and in how many seconds the run is tried again."""

    def noticed(self, text: str) -> None:
        """Tell of a change in how things are watched."""

    def looked(self) -> Hashable:
        """Note that the watch is alive. What it returns changes when the user has answered a question."""


class Watch:
    """One watch. `asked` says whether to read the configuration again."""

    def __init__(self, pile: Pile, wake: Wake, hands: Hands, asked: Callable[[], bool]) -> None:
        self.pile, self.wake, self.hands, self.asked = pile, wake, hands, asked
        self.clock = time.monotonic
        self._not_before, self._pause = 0.0, 0.0
        self._last_error = ""
        self._absent: set[str] = set()
        self._answers = hands.looked()

    def run(self) -> None:
        """Look, file, wait; until the configuration is to be read again."""
        self.wake.begin()
        self.pile.look(self.clock())
        took = 0.0
        while not self.asked():
            self._file(self.clock())
            self.wake.wait(self._until_next(self.clock()), least=min(took * REST, self.wake.longest))
            began = time.monotonic()
            self._look()
            took = time.monotonic() - began

    def _look(self) -> None:
        changed = self.pile.look(self.clock())
        if not self.wake.told(changed) and self.wake.events:
            self.wake.stop_trusting()
            self.hands.noticed(
                f"This system tells nothing of new files here. Looking every {self.wake.often:g} seconds."
            )
        for root in sorted(self.pile.absent - self._absent):
            self.hands.noticed(f"{root} is not there any more. Waiting until it is back.")
        for root in sorted(self._absent - self.pile.absent):
            self.hands.noticed(f"{root} is back.")
        self._absent = set(self.pile.absent)
        if (answers := self.hands.looked()) != self._answers:
            self._answers = answers
            self.pile.open_again()

    def _file(self, now: float) -> None:
        ready = self.pile.settled(now)
        if not ready or now < self._not_before:
            return
        paths = self.pile.entries(ready)
        try:
            self._filed(paths, self.pile.waiting(now))
        except RunInterruptedError:
            raise
        except AniVaultError as error:
            if not _went(paths, error):  # else the next look knows it, and the others go then
                self._fail(error)
        else:
            self.pile.handed_over(ready)
            self._pause, self._last_error = 0.0, ""

    def _filed(self, paths: tuple[str, ...], waiting: frozenset[str]) -> None:
        try:
            self.hands.file(paths, waiting)
        except UnfinishedRunError:
            self.hands.recover()
            self.hands.file(paths, waiting)

    def _fail(self, error: AniVaultError) -> None:
        self._pause = min(LAST, self._pause * 2 or FIRST)
        self._not_before = self.clock() + self._pause
        if str(error) != self._last_error:
            self.hands.failed(error, self._pause)
        self._last_error = str(error)

    def _until_next(self, now: float) -> float:
        due = self.pile.next_due(now)
        soon = self.wake.longest if due is None else max(due, self._not_before - now, 0.05)
        return min(soon, self.wake.longest)


def _went(paths: Sequence[str], error: AniVaultError) -> bool:
    """Whether a run failed because a file went away in the moment when it was to be filed."""
    return isinstance(error, FolderNotFoundError) and not all(map(os.path.lexists, paths))
