"""What a run comes to: the plan, the verdicts behind it, what it writes besides, and what was done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from anivault.core.causes import Advantage, Cause, replaced
from anivault.core.models import Held, HeldReason, MatchedFile, Move, Plan, Return, Write
from anivault.core.moving import history
from anivault.core.moving.executor import Report
from anivault.core.moving.journal.log import History
from anivault.core.moving.journal.records import Step
from anivault.core.moving.preflight import room_for
from anivault.core.pipeline.left_out import LeftOut, LeftOutReason
from anivault.core.planning.describing.pictures import Picture
from anivault.core.planning.sidecars.fonts import Missing
from anivault.shared import fs
from anivault.shared.exits import DONE, FINDINGS

if TYPE_CHECKING:
    from anivault.core.anew.kin import Kin

COMPARED = frozenset({Cause.NOT_BETTER, Cause.NOT_KNOWN_BETTER})  # with the file that is there, by --upgrade

PASSING = frozenset({LeftOutReason.WRITING, LeftOutReason.UNREADABLE})  # what a later look may find otherwise


class Fetched(msgspec.Struct, frozen=True):
    """The pictures that came, and what is to be said of those that did not."""

    writes: tuple[Write, ...] = ()
    notices: tuple[str, ...] = ()


class Returned(NamedTuple):
    """A file that makes room, and why the new one is better; None for what goes with its video."""

    file: Return
    advantage: Advantage | None

    @property
    def words(self) -> str:
        """Why it makes room, and what becomes of it."""
        return replaced(self.advantage or "", self.file.mode, self.file.home)


class Verdicts(Mapping[tuple[str, str], MatchedFile]):
    """The verdicts of a run by root and path below it, without a key of its own for each."""

    def __init__(self, files: Iterable[MatchedFile]) -> None:
        self._roots: dict[str, dict[str, MatchedFile]] = {}
        for item in files:
            self._roots.setdefault(item.file.root, {})[item.file.rel] = item

    def __getitem__(self, place: tuple[str, str]) -> MatchedFile:
        return self._roots[place[0]][place[1]]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((root, rel) for root, files in self._roots.items() for rel in files)

    def __len__(self) -> int:
        return sum(map(len, self._roots.values()))


class Organized(msgspec.Struct, frozen=True, kw_only=True):
    """A plan and what comes with it; with a `report` it has been carried out."""

    plan: Plan
    files: Sequence[MatchedFile] = ()
    writes: tuple[Write, ...] = ()  # the small files that describe its videos
    pictures: tuple[Picture, ...] = ()  # still to fetch
    fetched: tuple[Write, ...] = ()
    removals: tuple[Step, ...] = ()  # of folders that hold nothing else
    left_out: tuple[LeftOut, ...] = ()
    notices: tuple[str, ...] = ()
    journal: History | None = None  # of the library, as it was read for the plan
    report: Report | None = None
    settled: bool = True  # no file will be too young by itself
    trace: Callable[[], Kin] | None = (
        None  # tells which folders have to do with one another, where that is asked
    )

    def done(self, report: Report, got: Fetched, fontless: Iterable[Missing]) -> Organized:
        """The same after it was carried out: no picture is left to fetch."""
        told = (*self.notices, *got.notices, *(item.words for item in fontless))
        return replace(self, report=report, pictures=(), fetched=got.writes, notices=told, journal=None)

    @property
    def held(self) -> Sequence[Held]:
        """The files that the plan holds, and those that the mover held."""
        failed = self._failed
        return (*self.plan.held, *failed.values()) if failed else self.plan.held

    @property
    def moves(self) -> Sequence[Move]:
        """The files that go, or went: what the mover held is not among them."""
        failed = self._failed
        if not failed:
            return self.plan.moves
        return [move for move in self.plan.moves if (move.root, move.rel) not in failed]

    @property
    def returns(self) -> list[Returned]:
        """The files of the library that make room for those that go, or did."""
        why = {move.target: move.replaces for move in self.moves if move.replaces}
        failed = self._failed
        return [
            Returned(one, old.advantage if (old := why[one.instead]).rel == one.rel else None)
            for one in self.plan.returns
            if one.instead in why and (self.plan.library, one.rel) not in failed
        ]

    def made(self, writes: Sequence[Write]) -> list[Write]:
        """Those of `writes` that are written, or would be."""
        failed = self._failed
        return [write for write in writes if (self.plan.library, write.target) not in failed]

    @property
    def emptied(self) -> list[str]:
        """The folders that hold nothing any more, or would."""
        if self.report:
            return list(self.report.emptied)
        return [os.path.join(self.plan.roots[step.root - 1], step.rel) for step in self.removals]

    @property
    def staying(self) -> list[Held]:
        """The folders that were to go with the last of their files, and that something is in all the same."""
        folders = {(self.plan.roots[step.root - 1], step.rel) for step in self.removals}
        return [item for place, item in self._failed.items() if place in folders]

    @property
    def replaceable(self) -> bool:
        """True when a file keeps its place against one of these, and a rollback could take it back."""
        library = self.plan.library
        held = list(filter(_is_taken, self.held))
        places = {fs.beside(item.other, library).replace(os.sep, "/") for item in held if item.other}
        places |= {item.place for item in held if item.place}
        return bool(places and self.files) and not places.isdisjoint(history.read(library).files)

    @property
    def exit_code(self) -> int:
        """10 where files are held that someone may miss, or left out though they should not be."""
        amiss = any(item.amiss for item in self.left_out) or any(item.reason.missed for item in self.held)
        return FINDINGS if amiss else DONE

    @property
    def plain(self) -> bool:
        """Whether it comes to moves and held files alone, of which each is told of by itself."""
        more = (
            self.writes or self.pictures or self.removals or self.plan.returns or self.notices or self.report
        )
        return not more and not any(item.amiss for item in self.left_out)

    @property
    def lasts(self) -> bool:
        """Whether the same comes of it later on: nothing was done, is being written, or needs room."""
        passing = any(item.reason in PASSING for item in self.left_out)
        return self.settled and not (
            passing or (self.report and self.report.run) or (self.plan.moves and room_for(self.plan))
        )

    @property
    def _failed(self) -> dict[tuple[str, str], Held]:
        return {(item.root, item.rel): item for item in self.report.held} if self.report else {}


def _is_taken(item: Held) -> bool:
    """Whether a file of the library keeps its place against this one, and no option would change that."""
    compared = item.reason is HeldReason.TARGET_TAKEN and item.cause in COMPARED
    return compared or item.facts.get("advantage") == Advantage.IN_LIBRARY
