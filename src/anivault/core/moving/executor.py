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
"""

from __future__ import annotations

import errno
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType, MappingProxyType
from typing import Any

import msgspec

from anivault.core.models import Held, HeldReason, Mode, Plan, Write
from anivault.core.moving import journal
from anivault.core.moving.checks import (
    COPIES,
    RefusedError,
    checked_source,
    is_back,
    require_inside,
    require_root,
)
from anivault.core.moving.effects import Effects, sync_disks
from anivault.core.moving.history import path_of
from anivault.core.moving.journal import Do, Done, Journal, Placed, Run, Step
from anivault.core.moving.preflight import preflight
from anivault.shared import fs
from anivault.shared.errors import RunInterruptedError, RunStoppedError, quoted, told

BATCH = 1024
BATCH_BYTES = 4 << 30  # bytes copied in one batch: what a crash can make undone at most
Pace = Callable[[Do, int, int], None]  # what is being done, how far, of how much: files or bytes
BYTES = frozenset({Do.COPY, Do.CARRY})  # told of in bytes

WAYS = {
    Mode.HARDLINK: Do.LINK,
    Mode.REFLINK: Do.CLONE,
    Mode.COPY: Do.COPY,
    Mode.MOVE: Do.RENAME,
    Mode.SYMLINK: Do.SYMLINK,
}
REASONS = {
    errno.EEXIST: HeldReason.TARGET_TAKEN,
    errno.EISDIR: HeldReason.TARGET_TAKEN,
    errno.ENOENT: HeldReason.SOURCE_GONE,
    errno.EXDEV: HeldReason.OTHER_FILESYSTEM,
    errno.EOPNOTSUPP: HeldReason.OTHER_FILESYSTEM,
    errno.EPERM: HeldReason.NOT_PERMITTED,
    errno.EACCES: HeldReason.NOT_PERMITTED,
    errno.ENAMETOOLONG: HeldReason.NAME_REFUSED,
    errno.EILSEQ: HeldReason.NAME_REFUSED,
    errno.EINVAL: HeldReason.NAME_REFUSED,
    errno.ELOOP: HeldReason.FOLDER_IS_LINK,
    errno.ENOTDIR: HeldReason.FOLDER_IS_LINK,
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


class StoppedError(Exception):
    """A signal asked to stop in the middle of a copy."""


def execute(
    plan: Plan,
    *,
    writes: Sequence[Write] = (),
    emptied: Sequence[Step] = (),
    progress: Pace | None = None,
) -> Report:
    """Do what `plan` says, then write the small files of `writes` whose videos are there.

    Folders that are `emptied` go at the end, if they are empty then.

    Raises UnfinishedRunError over an unfinished run, LibraryBusyError, what `preflight` refuses,
    RunStoppedError when a disk fails, RunInterruptedError after a signal.
    """
    require_inside(steps_of(plan, writes, emptied))
    total = len(plan.moves) + len(writes) + len(emptied)
    with Signals() as signals, journal.writing(plan.library) as log:
        refused = preflight(plan, writes)
        steps = steps_of(plan, writes, emptied)  # made as they are needed: there may be hundreds of thousands
        size = sum(move.identity.size for move in plan.moves)
        return carry_out(
            log, signals, plan.mode, plan.roots, steps, total, progress, writes, refused=refused, size=size
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
        worker = Worker(log, log.new_run(mode, roots), total, signals, progress, data, refused, size)
        worker.remade = folders
        try:
            return worker.work(wishes)
        finally:
            worker.close_folders()


def steps_of(plan: Plan, writes: Sequence[Write] = (), emptied: Sequence[Step] = ()) -> Iterator[Step]:
    """Yield one step a move, a write and an emptied folder; roots are numbered after the library."""
    numbers = {root: number for number, root in enumerate(plan.roots, 1)} | {plan.library: 0}
    for i, move in enumerate(plan.moves):
        yield Step(
            i=i,
            do=WAYS[move.mode],
            root=numbers[move.root],
            rel=move.rel,
            to=move.target,
            size=move.identity.size,
            mtime_ns=move.identity.mtime_ns,
            inode=move.identity.inode,
            crc32=move.crc32,
            metadata=move.metadata,
            video=move.video,
        )
    for i, write in enumerate(writes, len(plan.moves)):
        yield _write_step(i, write)
    for i, folder in enumerate(emptied, len(plan.moves) + len(writes)):
        yield msgspec.structs.replace(folder, i=i)


def _write_step(i: int, write: Write) -> Step:
    from xxhash import xxh3_128_hexdigest

    return Step(
        i=i,
        do=Do.WRITE,
        to=write.target,
        size=len(write.data),
        mtime_ns=time.time_ns(),
        mode=0o644,
        hash=xxh3_128_hexdigest(write.data),
        video=write.video,
    )


class Worker:
    """One run: takes batches of steps through the order that stands at the top."""

    def __init__(
        self,
        log: Journal,
        run: Run,
        total: int,
        signals: Signals,
        progress: Pace | None,
        data: dict[str, bytes],
        refused: frozenset[str],
        size: int,
    ) -> None:
        self.log = log
        self.size = size
        self.refused = refused
        self.run = run
        self.total = self.number = total  # further steps are numbered after the wishes
        self.signals = signals
        self.progress = progress
        self.roots = [fs.Folders(root.path) for root in run.roots]
        self.effects = Effects(self.roots, run.id, data)
        self.error: OSError | None = None
        self.held: list[Held] = []
        self.absent: set[str | None] = set()  # targets of videos that do not come: their sidecars stay too
        self.back: set[int] = set()  # steps of a rollback that a script or a hand has done
        self.remade: Mapping[str, Step] = {}  # how to make folders again, by whole path
        self.emptied: list[str] = []
        self.kept: set[tuple[str, int]] = set()  # what a rollback could not take back
        self.not_given: set[tuple[int, str]] = set()  # names that it could not give back
        self.begun = False
        self.moved = self.bytes = self.seen = self.through = 0
        self.part = 0  # bytes of the file that is copied at this moment
        self.now = Do.RENAME

    def work(self, wishes: Iterable[Step]) -> Report:
        """Take all steps through their batches, then close the run."""
        for batch in batches(wishes):
            if self.ended():
                break
            self.settle([batch])
            self.tell()
        return self.close()

    def settle(self, todo: Iterable[list[Step]]) -> None:
        """Take batches through the order, and then what of each has to go another way."""
        for batch in todo:
            if not self.ended():
                self.settle(batches(self.batch(batch)))

    def ended(self) -> bool:
        """True when a signal came or the disk failed: nothing new is begun."""
        return self.error is not None or bool(self.signals.got)

    def batch(self, wishes: list[Step]) -> list[Step]:
        """Take one batch through the order; returns the steps to try again in another way."""
        self.void: dict[int, str] = {}
        self.again: list[Step] = []
        self.later: set[str | None] = set()  # targets of videos in it, which what goes with them waits for
        self.effects.begin(self.pulse)
        ready = self.checked(wishes)
        if ready:
            self.intend(ready)
            for step in ready:
                self.begin(step)
                self.passed(step)
            self.sync_disks()
            self.release([s for s in ready if s.do is Do.CARRY and s.i in self.effects.made])
            self.log.append([Done(self.void, self.effects.made)])
            self.count(ready)
        self.close_folders()  # the next batch sees what has changed on the way
        return self.again

    def close_folders(self) -> None:
        """Let go of all folders."""
        for folders in self.roots:
            folders.close()

    def checked(self, wishes: list[Step]) -> list[Step]:
        """Return the steps that can be, each after the folders it needs; the others are held."""
        ready: list[Step] = []
        self.coming: set[tuple[int, str]] = set()
        for step in wishes:
            try:
                self.require_given(step)
                found = checked_source(self.roots, step)
                ready.extend(self.missing_folders(step))
                ready.append(found)
            except RefusedError as refusal:
                self.pass_over(step)
                self.hold(step, refusal.reason, refusal.detail)
            except OSError as error:
                if step.undoes and is_back(self.roots, step):
                    self.back.add(step.i)
                    ready.append(step)
                else:
                    self.pass_over(step)
                    self.failed(step, error)
        return ready

    def require_given(self, step: Step) -> None:
        """Refuse to go on with a file whose last name could not be taken back first."""
        if step.undoes and (step.root, step.rel) in self.not_given:
            raise RefusedError(HeldReason.RENAMED, "a later name of it could not be taken back")

    def missing_folders(self, step: Step) -> list[Step]:
        """Refuse a name that is taken; return the steps that make the folders it needs."""
        if not step.to or step.do is Do.REMOVE:
            return []
        folder, _, name = step.to.rpartition("/")
        fs.safe(name, step.to)
        if self.refused and not self.refused.isdisjoint(step.to.split("/")):
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
        known = self.remade.get(path_of(self.roots[root].root, rel), Step(i=0, do=Do.MKDIR))
        return msgspec.structs.replace(known, i=self.next_number(), to_root=root, to=rel)

    def intend(self, ready: list[Step]) -> None:
        """Write down what is about to happen, durably."""
        self.log.append(ready if self.begun else [self.run, *ready])
        self.begun = True
        self.log.sync()

    def begin(self, step: Step) -> None:
        """Give one step its effect, unless the run has to end or its video does not come."""
        if self.ended():
            self.hold(step, HeldReason.STOPPED)
        elif step.video in self.absent:
            self.hold(step, HeldReason.NO_VIDEO)
        elif step.video in self.later:
            self.try_again(step)
        elif step.i not in self.back:
            self.attempt(step, self.effects.do)

    def attempt(self, step: Step, effect: Callable[[Step], None]) -> None:
        """Have one effect; a step that cannot be is void. After an error the disk says whether it was had."""
        try:
            effect(step)
        except RefusedError as refusal:
            self.hold(step, refusal.reason, refusal.detail)
        except StoppedError:
            self.hold(step, HeldReason.STOPPED)
        except fs.HalfDoneError:
            raise
        except fs.NeedsReserveError:
            self.try_again(step, reserve=True)
        except OSError as error:
            if not self.effects.had(step):
                self.failed(step, error)
            elif error.errno not in fs.ANSWERED_AGAIN:
                self.error = error

    def passed(self, step: Step) -> None:
        """Count one step that had its turn; of each copy, made or compared, it is told at once."""
        if step.do is Do.MKDIR:
            return
        self.now = step.do
        self.part = 0
        self.pass_over(step)
        if step.do in COPIES or step.do is Do.REMOVE:
            self.tell()

    def pass_over(self, step: Step) -> None:
        """Count one step as through, whatever became of it."""
        self.seen += 1
        self.through += step.size

    def tell(self) -> None:
        """Tell what is being done, and how far it is."""
        if self.progress and self.now in BYTES:
            self.progress(self.now, self.through + self.part, max(self.size, self.through + self.part))
        elif self.progress:
            self.progress(self.now, min(self.seen, self.total), self.total)

    def failed(self, step: Step, error: OSError) -> None:
        """Hold what is the file's own trouble, take another way across disks, stop for the rest."""
        if error.errno == errno.EXDEV and step.do is Do.RENAME:
            self.try_again(step, do=Do.CARRY)
        elif step.do is Do.CLONE and error.errno == errno.EINVAL:
            self.hold(step, HeldReason.OTHER_FILESYSTEM)
        elif error.errno in REASONS:
            self.hold(step, REASONS[error.errno], error.strerror or "")
        else:
            self.error = error
            self.hold(step, HeldReason.STOPPED)

    def hold(self, step: Step, reason: HeldReason, detail: str = "") -> None:
        """Note that a step does not happen, and that what belongs to it stays too."""
        self.void[step.i] = reason
        if step.undoes:
            self.kept.add(step.undoes)
            self.not_given.add((step.to_root, step.to))
        quiet = step.do is Do.MKDIR or (step.do is Do.RMDIR and not step.undoes)
        if not quiet and reason is not HeldReason.STOPPED:
            rel, root = (step.rel, step.root) if step.rel else (step.to, step.to_root)
            self.held.append(Held(root=self.roots[root].root, rel=rel, reason=reason, said=detail))
            self.absent.add(step.to)

    def try_again(self, step: Step, **changes: Any) -> None:
        """Void this step; it comes back, journaled anew, as another one."""
        self.void[step.i] = "again"
        self.seen -= 1  # it has another turn
        self.through -= step.size
        if step.video is None:
            self.later.add(step.to)
        self.again.append(msgspec.structs.replace(step, i=self.next_number(), **changes))

    def next_number(self) -> int:
        """Return an unused step number."""
        self.number += 1
        return self.number - 1

    def pulse(self) -> None:
        """Leave a long copy when the run has to end; tell how far it is."""
        if self.ended():
            raise StoppedError
        self.part += fs.CHUNK
        self.tell()

    # The barriers.

    def release(self, carried: list[Step]) -> None:
        """Let the sources go whose copies are durable, read back and journaled."""
        if not carried:
            return
        self.log.append([Placed({step.i: self.effects.made[step.i] for step in carried})])
        self.log.sync()
        for step in carried:
            self.attempt(step, self.effects.let_go)
        self.sync_disks()

    def sync_disks(self) -> None:
        """Make durable what this batch touched."""
        sync_disks(self.roots, self.effects.touched)

    def count(self, ready: list[Step]) -> None:
        """Count the files of a settled batch."""
        moved = [s for s in ready if s.i not in self.void and s.do not in (Do.MKDIR, Do.RMDIR)]
        self.moved += len(moved)
        self.bytes += sum(step.size for step in moved)
        gone = (s for s in ready if s.i not in self.void and s.do is Do.RMDIR)
        self.emptied += [path_of(self.roots[s.root].root, s.rel) for s in gone]

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
        run, mode = (self.run.id if self.begun else ""), self.run.mode
        return Report(
            run=run,
            mode=mode,
            moved=self.moved,
            bytes=self.bytes,
            held=tuple(self.held),
            emptied=tuple(self.emptied),
            kept=frozenset(self.kept),
        )


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


def batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Cut the steps into batches of at most so many files, and so many bytes where they are copied.

    Folders are removed in batches of their own: they are empty only once the sources before them went. A
    name is left in one batch and taken in a later one, or the other way round, so that `recover` can tell
    the two files apart.
    """
    batch: list[Step] = []
    names: set[tuple[int, str]] = set()
    room = BATCH_BYTES
    for step in steps:
        cost = step.size if step.do in COPIES else 0
        emptied = step.do is Do.RMDIR and batch and batch[-1].do is not Do.RMDIR
        here, there = (step.root, step.rel), (step.to_root, step.to)
        if batch and (len(batch) >= BATCH or cost > room or emptied or here in names or there in names):
            yield batch
            batch, names, room = [], set(), BATCH_BYTES
        batch.append(step)
        names.update((here, there) if step.rel and step.to else ())
        room -= cost
    if batch:
        yield batch
