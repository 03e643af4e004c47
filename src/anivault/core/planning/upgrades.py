"""Decide which videos of the library make room for better ones, and why others do not. Pure.

In: a video and its place, what the library holds. Out: the one that it is better than, or a Cause. Only a
file that a run knows makes room, for one with the same episodes, and if it is the only one that has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from anivault.core.causes import Advantage, Cause
from anivault.core.models import ScannedFile
from anivault.core.planning.library import Library, slots_of
from anivault.core.planning.preference import Compared, compared
from anivault.core.planning.wanted import Wanted


class Upgrade(NamedTuple):
    """A video that is better than the one that the library has `there`."""

    number: int
    there: ScannedFile
    advantage: Advantage


class Upgrades:
    """How arriving videos compare with those of a library."""

    def __init__(self, taken: Library, prefer: Sequence[str]) -> None:
        self.taken, self.prefer = taken, prefer

    def best(self, arriving: Iterable[tuple[int, Wanted]]) -> Upgrade | None:
        """The best of several videos that are better than the one that the library has."""
        best: Upgrade | None = None
        item = None
        for number, wanted in arriving:
            there, verdict = self.compared(wanted)
            if there is None or verdict.advantage is None:
                continue
            if item is None or compared(wanted.item, item, self.prefer).advantage:
                best, item = Upgrade(number, there, verdict.advantage), wanted.item
        return best

    def compared(self, wanted: Wanted) -> tuple[ScannedFile | None, Compared]:
        """The one video of the library that has just these episodes, and is known, and how it compares."""
        there = self.holders(wanted)
        if len(there) != 1 or not self._has_just(there[0], wanted):
            return None, Compared()
        return there[0], compared(wanted.item, self.taken.as_released(there[0]), self.prefer)

    def holders(self, wanted: Wanted) -> list[ScannedFile]:
        """The videos of the library that are in the way: of these episodes, or at the place itself."""
        place = wanted.place
        there = (self.taken.video(place.key), self.taken.at(place.key + place.extension))
        return list(dict.fromkeys([*filter(None, there), *self.taken.holders(wanted.slots, wanted.base)]))

    def _has_just(self, file: ScannedFile, wanted: Wanted) -> bool:
        origin = self.taken.origin(file)
        return bool(origin and wanted.slots and set(slots_of(origin.metadata)) == set(wanted.slots))

    def why_not(self, wanted: Wanted) -> Cause | None:
        """Why the one file that has these episodes keeps them; None where that is not for us to say."""
        holders = self.holders(wanted)
        if not wanted.slots or len(holders) != 1:
            return None
        if self.taken.origin(holders[0]) is None:
            return Cause.NOT_IN_JOURNAL
        there, verdict = self.compared(wanted)
        if there is None:
            return None
        return Cause.NOT_KNOWN_BETTER if verdict.unsure else Cause.NOT_BETTER

    def is_beaten(self, wanted: Wanted) -> bool:
        """Whether the library has a better file of the same episodes: a worse one is no version of that."""
        there = (file for file in self.holders(wanted) if self._has_just(file, wanted))
        return any(
            compared(self.taken.as_released(file), wanted.item, self.prefer).advantage for file in there
        )

    def is_worse(self, wanted: Wanted, others: Iterable[Wanted]) -> bool:
        """Whether one of these others is a better file of the same episodes."""
        same = (other for other in others if wanted.slots and set(other.slots) == set(wanted.slots))
        return any(compared(other.item, wanted.item, self.prefer).advantage for other in same)
