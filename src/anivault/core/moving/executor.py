"""Carry out a plan, batch by batch, in an order that loses nothing at whatever moment it stops.

In: a plan, or the steps of a rollback. Out: a Report; a file that cannot go is held with its reason
and the rest goes on, a failing disk ends the run with one error.

One order for every batch, each line durable before the next begins:
  1. the steps are checked against the disk and journaled;
  2. each has its effect: a link, a rename, or a whole and synced copy that is then given its name;
  3. the disks are synced;
  4. sources of copies that replace them go, after the copy was read back and journaled; synced again;
  5. the batch is journaled as done (durable with the next batch's first line).
So at any moment `recover` can tell from journal and disk what happened, and no content is gone.

One file: whoever changes a step has to see the whole order.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from anivault.core.models import Held, HeldReason, Plan, Write
from anivault.core.moving.checks import (
    RefusedError,
    already_undone,
    checked_source,
    require_inside,
    require_root,
)
from anivault.core.moving.effects import Effects, sync_disks
from anivault.core.moving.history import FOLDERS, path_of
from anivault.core.moving.journal.log import History
from anivault.core.moving.journal.records import Do, Done, Placed, Run, Step
from anivault.core.moving.journal.writer import Journal, writing
from anivault.core.moving.pace import Meter, Pace, Signals, StoppedError, ending, stopped
from anivault.core.moving.preflight import preflight
from anivault.core.moving.steps import batches, roots_of, steps_of
from anivault.shared import fs
from anivault.shared.errors import RunInterruptedError

REASONS = {
    errno.EEXIST: HeldReason.TARGET_TAKEN,
    errno.EISDIR: HeldReason.TARGET_TAKEN,
    errno.ENOENT: HeldReason.SOURCE_GONE,
    errno.EXDEV: HeldReason.OTHER_FILESYSTEM,
    errno.EOPNOTSUPP: HeldReason.OTHER_FILESYSTEM,
    errno.EPERM: HeldReason.NOT_PERMITTED,
    errno.EACCES: HeldReason.NOT_PERMITTED,
    errno.EBUSY: HeldReason.NOT_PERMITTED,  # a disk is mounted on it
    errno.ENAMETOOLONG: HeldReason.NAME_REFUSED,
    errno.EILSEQ: HeldReason.NAME_REFUSED,
    errno.EINVAL: HeldReason.NAME_REFUSED,
    errno.ELOOP: HeldReason.FOLDER_IS_LINK,
    errno.ENOTDIR: HeldReason.FOLDER_IS_FILE,
    errno.ENOTEMPTY: HeldReason.FOLDER_NOT_EMPTY,
}  # any other error is the disk's, and ends the run


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did. Folders that it made or removed are not among `moved`.

    `emptied` are the whole paths of folders that it removed; `kept` the run and number of each step that a
    rollback did not take back.
    """

    run: str
    mode: str
    moved: int
    bytes: int
    held: tuple[Held, ...]
    emptied: tuple[str, ...] = ()
    kept: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def nothing(cls, mode: str) -> Report:
        """Tell that there was nothing to do; no run was begun."""
        return cls(run="", mode=mode, moved=0, bytes=0, held=())


def execute(
    plan: Plan,
    *,
    writes: Sequence[Write] = (),
    emptied: Sequence[Step] = (),
    progress: Pace | None = None,
    known: History | None = None,
) -> Report:
    """Do what `plan` says, then write the small files of `writes` whose videos are there.

    Folders that are `emptied` go at the end, if they are empty then. What is `known` of the journal is not
    read again where it still says the same.

    Raises UnfinishedRunError over an unfinished run, LibraryBusyError, what `preflight` refuses,
    RunStoppedError when a disk fails, RunInterruptedError after a signal.
    """
    require_inside(steps_of(plan, writes, emptied))
    total = len(plan.moves) + len(plan.returns) + len(writes) + len(emptied)
    with Signals() as signals, writing(plan.library, known=known) as log:
        refused = preflight(plan, writes)
        steps = steps_of(plan, writes, emptied)  # made as they are needed: there may be hundreds of thousands
        size = sum(move.identity.size for move in plan.moves)
        return carry_out(
            log,
            signals,
            plan.mode,
            roots_of(plan),
            steps,
            total,
            progress,
            writes,
            refused=refused,
            size=size,
        )


def carry_out(
    log: Journal,
    signals: Signals,
    mode: str,
    roots: Sequence[str],
    wishes: Iterable[Step],
    total: int,
    progress: Pace | None = None,
    writes: Sequence[Write] = (),
    *,
    refused: frozenset[str] = frozenset(),
    size: int = 0,
    folders: Mapping[str, Step] = MappingProxyType({}),
) -> Report:
    """Run steps in batches under one journal; a plan and a rollback differ in nothing else.

    `refused` are names that the library's disk does not take; `size` is of all files, where that is known;
    `folders` are the steps that make again, by whole path, what earlier runs removed.
    """
    with ending(log.library):
        data = {write.target: write.data for write in writes}
        run = log.new_run(mode, roots)
        course = Course(log, run, signals, Meter(progress, total, size), data, refused, folders)
        try:
            return course.work(wishes)
        finally:
            course.close_folders()


class Course:
    """One run from batch to batch: its journal and its folders, what it has done, and why it has to end."""

    def __init__(
        self,
        log: Journal,
        run: Run,
        signals: Signals,
        meter: Meter,
        data: dict[str, bytes],
        refused: frozenset[str],
        remade: Mapping[str, Step],
    ) -> None:
        self.log, self.run, self.signals, self.meter = log, run, signals, meter
        self.refused = refused
        self.remade = remade  # how to make folders again, by whole path
        self.roots = [fs.Folders(root.path) for root in run.roots]
        self.effects = Effects(self.roots, run.id, data)
        self.number = meter.total  # further steps are numbered after the wishes
        self.error: OSError | None = None
        self.held: list[Held] = []
        self.absent: set[str | None] = set()  # targets of videos that do not come: their sidecars stay too
        self.kept: set[tuple[str, int]] = set()  # what a rollback could not take back
        self.not_given: set[tuple[int, str]] = set()  # names that it could not give back
        self.emptied: list[str] = []
        self.begun = False
        self.moved = self.bytes = 0

    def work(self, wishes: Iterable[Step]) -> Report:
        """Take all steps through their batches, then close the run."""
        for batch in batches(wishes):
            if self.ended():
                break
            self.settle([batch])
            self.meter.tell()
        return self.close()

    def settle(self, todo: Iterable[list[Step]]) -> None:
        """Take batches through the order, and then what of each has to go another way."""
        for wishes in todo:
            if not self.ended():
                again = Batch(self, wishes).settle()
                self.close_folders()  # the next batch sees what has changed on the way
                self.settle(batches(again))

    def ended(self) -> bool:
        """True when a signal came or the disk failed: nothing new is begun."""
        return self.error is not None or bool(self.signals.got)

    def pulse(self) -> None:
        """Leave a long copy when the run has to end; tell how far it is."""
        if self.ended():
            raise StoppedError
        self.meter.part += fs.CHUNK
        self.meter.tell()

    def next_number(self) -> int:
        """Return an unused step number."""
        self.number += 1
        return self.number - 1

    def close_folders(self) -> None:
        """Let go of all folders."""
        for folders in self.roots:
            folders.close()

    def hold(self, step: Step, reason: HeldReason, detail: str) -> None:
        """Note a file that stays, and that what belongs to it stays too."""
        rel, root = (step.rel, step.root) if step.rel else (step.to, step.to_root)
        self.held.append(Held(root=self.roots[root].root, rel=rel, reason=reason, said=detail))
        self.absent.add(step.to)

    def count(self, done: list[Step]) -> None:
        """Count the files of a settled batch."""
        files = [step for step in done if step.do not in FOLDERS]
        self.moved += len(files)
        self.bytes += sum(step.size for step in files)
        self.emptied += [path_of(self.roots[s.root].root, s.rel) for s in done if s.do is Do.RMDIR]

    def close(self) -> Report:
        """End the run in the journal, then say how it went."""
        if self.begun:
            self.log.finish("stopped" if self.error else "interrupted" if self.signals.got else "done")
        if self.error:
            raise stopped(
                self.error, self.moved, "Mend the cause, then give the same command again to go on."
            )
        if self.signals.got:
            raise RunInterruptedError(self.signals.got, self.moved, self.log.library)
        return Report(
            run=self.run.id if self.begun else "",
            mode=self.run.mode,
            moved=self.moved,
            bytes=self.bytes,
            held=tuple(self.held),
            emptied=tuple(self.emptied),
            kept=frozenset(self.kept),
        )


class Batch:
    """Some steps of a run, which go through the order that stands at the top together."""

    def __init__(self, course: Course, wishes: list[Step]) -> None:
        self.course, self.wishes = course, wishes
        self.log, self.roots, self.effects = course.log, course.roots, course.effects
        self.not_done: dict[int, str] = {}  # why, by the number of the step
        self.requeued: list[Step] = []
        self.waiting_for: set[str | None] = set()  # targets of requeued videos: what belongs to them waits
        self.coming: set[tuple[int, str]] = set()  # folders that this batch makes
        self.already_undone: set[int] = set()  # steps of a rollback that a script or a hand has done

    def settle(self) -> list[Step]:
        """Take the steps through the order; returns those to try again in another way."""
        self.effects.begin(self.course.pulse)
        ready = self.checked()
        if ready:
            self.intend(ready)
            for step in ready:
                self.begin(step)
                self.course.meter.passed(step)
            self.sync_disks()
            self.release([s for s in ready if s.do is Do.CARRY and s.i in self.effects.made])
            self.log.append([Done(self.not_done, self.effects.made)])
            self.course.count([step for step in ready if step.i not in self.not_done])
        return self.requeued

    # What can be.

    def checked(self) -> list[Step]:
        """Return the steps that can be, each after the folders it needs; the others are held."""
        ready: list[Step] = []
        for step in self.wishes:
            try:
                self.require_given(step)
                found = checked_source(self.roots, step)
                ready.extend(self.missing_folders(step))
                ready.append(found)
            except RefusedError as refusal:
                self.course.meter.pass_over(step)
                self.hold(step, refusal.reason, refusal.detail)
            except OSError as error:
                if step.undoes and already_undone(self.roots, step):
                    self.already_undone.add(step.i)
                    ready.append(step)
                else:
                    self.course.meter.pass_over(step)
                    self.failed(step, error)
        return ready

    def require_given(self, step: Step) -> None:
        """Refuse to go on with a file whose last name could not be taken back first."""
        if step.undoes and (step.root, step.rel) in self.course.not_given:
            raise RefusedError(HeldReason.RENAMED, "a later name of it could not be taken back")

    def missing_folders(self, step: Step) -> list[Step]:
        """Refuse a name that is taken; return the steps that make the folders it needs."""
        if not step.to or step.do is Do.REMOVE:
            return []
        folder, _, name = step.to.rpartition("/")
        fs.require_plain_name(name, step.to)
        if self.course.refused and not self.course.refused.isdisjoint(step.to.split("/")):
            raise RefusedError(HeldReason.NAME_REFUSED)
        if (step.to_root, folder) in self.coming:
            return []
        try:
            if fs.exists(self.roots[step.to_root].open(folder), name):
                raise RefusedError(HeldReason.TARGET_TAKEN)
        except FileNotFoundError:
            require_root(self.roots[step.to_root])
            return self.new_folders(step.to_root, folder)
        return []

    def new_folders(self, root: int, folder: str) -> list[Step]:
        """Return the steps that make a folder, those left out that this batch makes already."""
        new = [rel for rel in self.roots[root].missing(folder) if (root, rel) not in self.coming]
        self.coming.update((root, rel) for rel in new)
        return [self.new_folder(root, rel) for rel in new]

    def new_folder(self, root: int, rel: str) -> Step:
        """Return the step that makes one folder; one that a run removed gets back what it had."""
        known = self.course.remade.get(path_of(self.roots[root].root, rel), Step(i=0, do=Do.MKDIR))
        return msgspec.structs.replace(known, i=self.course.next_number(), to_root=root, to=rel)

    # The barriers.

    def intend(self, ready: list[Step]) -> None:
        """Write down what is about to happen, durably."""
        self.log.append(ready if self.course.begun else [self.course.run, *ready])
        self.course.begun = True
        self.log.sync()

    def sync_disks(self) -> None:
        """Make durable what this batch touched."""
        sync_disks(self.roots, self.effects.touched)

    def release(self, carried: list[Step]) -> None:
        """Let the sources go whose copies are durable, read back and journaled."""
        if not carried:
            return
        self.log.append([Placed({step.i: self.effects.made[step.i] for step in carried})])
        self.log.sync()
        for step in carried:
            self.attempt(step, self.effects.let_go)
        self.sync_disks()

    # One step.

    def begin(self, step: Step) -> None:
        """Give one step its effect, unless the run has to end or its video does not come."""
        if self.course.ended():
            self.hold(step, HeldReason.STOPPED)
        elif step.video in self.course.absent:
            self.hold(step, HeldReason.NO_VIDEO)
        elif step.video in self.waiting_for:
            self.requeue(step)
        elif step.i not in self.already_undone:
            self.attempt(step, self.effects.do)

    def attempt(self, step: Step, effect: Callable[[Step], None]) -> None:
        """Have one effect. After an error the disk says whether it was had."""
        try:
            effect(step)
        except RefusedError as refusal:
            self.hold(step, refusal.reason, refusal.detail)
        except StoppedError:
            self.hold(step, HeldReason.STOPPED)
        except fs.HalfDoneError:
            raise
        except fs.NeedsReserveError:
            self.requeue(step, reserve=True)
        except OSError as error:
            if not self.effects.had(step):
                self.failed(step, error)
            elif error.errno not in fs.ANSWERED_AGAIN:
                self.course.error = error

    def failed(self, step: Step, error: OSError) -> None:
        """Hold what is the file's own trouble, take another way across disks, stop for the rest."""
        if error.errno == errno.EXDEV and step.do is Do.RENAME:
            self.requeue(step, do=Do.CARRY)
        elif step.do is Do.CLONE and error.errno == errno.EINVAL:
            self.hold(step, HeldReason.OTHER_FILESYSTEM)
        elif error.errno in REASONS:
            self.hold(step, REASONS[error.errno], error.strerror or "")
        else:
            self.course.error = error
            self.hold(step, HeldReason.STOPPED)

    def hold(self, step: Step, reason: HeldReason, detail: str = "") -> None:
        """Note that a step does not happen; of folders, and of what only had no turn, nothing is told."""
        self.not_done[step.i] = reason
        if step.undoes:
            self.course.kept.add(step.undoes)
            self.course.not_given.add((step.to_root, step.to))
        quiet = step.do is Do.MKDIR or (step.do is Do.RMDIR and not step.undoes)
        if not quiet and reason is not HeldReason.STOPPED:
            self.course.hold(step, reason, detail)

    def requeue(self, step: Step, **changes: Any) -> None:
        """Leave this step undone; it comes back in a later batch, journaled again, as another one."""
        self.not_done[step.i] = "again"
        self.course.meter.pass_over(step, -1)
        if step.video is None:
            self.waiting_for.add(step.to)
        self.requeued.append(msgspec.structs.replace(step, i=self.course.next_number(), **changes))
