"""Carry out a plan: the only code that changes sources and library. Nothing is ever overwritten.

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
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import msgspec

from anivault.core import journal
from anivault.core.checks import COPIES, RefusedError, checked_source, opened, require_inside, require_same
from anivault.core.journal import Do, Done, Journal, Made, Placed, Run, Step
from anivault.core.models import Held, HeldReason, Mode, Plan, Write
from anivault.core.preflight import preflight
from anivault.shared import fs
from anivault.shared.errors import RunInterruptedError, RunStoppedError, quoted

BATCH = 1024
BATCH_BYTES = 4 << 30  # bytes copied in one batch: what a crash can make undone at most
Progress = Callable[[int, int], None]

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
    """What a run did. Folders that it made or removed are not among `moved`."""

    run: str
    mode: str
    moved: int
    bytes: int
    held: tuple[Held, ...]


class StoppedError(Exception):
    """A signal asked to stop in the middle of a copy."""


def execute(plan: Plan, *, writes: Sequence[Write] = (), progress: Progress | None = None) -> Report:
    """Do what `plan` says, then write the small files of `writes` whose videos are there.

    Raises UnfinishedRunError over an unfinished run, LibraryBusyError, what `preflight` refuses,
    RunStoppedError when a disk fails, RunInterruptedError after a signal.
    """
    require_inside(steps_of(plan, writes))
    total = len(plan.moves) + len(writes)
    with Signals() as signals, journal.writing(plan.library) as log:
        preflight(plan, writes)
        steps = steps_of(plan, writes)  # made as they are needed: there may be hundreds of thousands
        return carry_out(log, signals, plan.mode, plan.roots, steps, total, progress, writes)


def carry_out(
    log: Journal,
    signals: Signals,
    mode: str,
    roots: Sequence[str],
    wishes: Iterable[Step],
    total: int,
    progress: Progress | None = None,
    writes: Sequence[Write] = (),
) -> Report:
    """Run steps in batches under one journal; a plan and a rollback differ in nothing else."""
    with ending(log.library):
        worker = Worker(log, log.new_run(mode, roots), total, signals, progress)
        worker.data = {write.target: write.data for write in writes}
        try:
            return worker.work(wishes)
        finally:
            worker.close_folders()


def steps_of(plan: Plan, writes: Sequence[Write] = ()) -> Iterator[Step]:
    """Yield one step a move and a write; roots are numbered after the library."""
    numbers = {root: number for number, root in enumerate(plan.roots, 1)}
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
        self, log: Journal, run: Run, total: int, signals: Signals, progress: Progress | None
    ) -> None:
        self.log = log
        self.run = run
        self.total = self.number = total  # further steps are numbered after the wishes
        self.signals = signals
        self.progress = progress
        self.roots = [fs.Folders(root.path) for root in run.roots]
        self.data: dict[str, bytes] = {}
        self.error: OSError | None = None
        self.held: list[Held] = []
        self.absent: set[str | None] = set()  # targets of videos that do not come: their sidecars stay too
        self.begun = False
        self.moved = self.bytes = self.seen = self.copied = 0
        self.elsewhere: set[tuple[str, str]] = set()  # pairs of folders that a rename does not cross
        self.effects: dict[Do, Callable[[Step], None]] = {
            Do.LINK: self.link,
            Do.CLONE: self.clone,
            Do.COPY: self.copy,
            Do.SYMLINK: self.symlink,
            Do.RENAME: self.rename,
            Do.CARRY: self.copy,
            Do.WRITE: self.write,
            Do.REMOVE: self.remove,
            Do.MKDIR: self.mkdir,
            Do.RMDIR: self.rmdir,
        }

    def work(self, wishes: Iterable[Step]) -> Report:
        """Take all steps through their batches, then close the run."""
        for batch in batches(wishes):
            again = batch
            while again and not self.ended():
                again = self.batch(again)
            self.seen += len(batch)
            self.copied = 0
            if self.progress:
                self.progress(self.seen, self.total)
        return self.close()

    def ended(self) -> bool:
        """True when a signal came or the disk failed: nothing new is begun."""
        return self.error is not None or bool(self.signals.got)

    def batch(self, wishes: list[Step]) -> list[Step]:
        """Take one batch through the order; returns the steps to try again in another way."""
        self.void: dict[int, str] = {}
        self.made: dict[int, Made] = {}
        self.touched: set[tuple[int, str]] = set()
        self.again: list[Step] = []
        ready = self.checked(wishes)
        if ready:
            self.intend(ready)
            for step in ready:
                self.attempt(step)
                self.tell(step)
            self.sync_disks()
            self.release([s for s in ready if s.do is Do.CARRY and s.i in self.made])
            self.log.append([Done(self.void, self.made)])
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
                found = checked_source(self.roots, step)
                ready.extend(self.missing_folders(step))
                ready.append(found)
            except RefusedError as refusal:
                self.hold(step, refusal.reason, refusal.detail)
            except OSError as error:
                self.failed(step, error)
        return ready

    def missing_folders(self, step: Step) -> list[Step]:
        """Refuse a name that is taken; return the steps that make the folders it needs."""
        if not step.to or step.do is Do.REMOVE:
            return []
        folder, _, name = step.to.rpartition("/")
        fs.safe(name, step.to)
        if (step.to_root, folder) in self.coming:
            return []
        try:
            if fs.exists(self.roots[step.to_root].open(folder), name):
                raise RefusedError(HeldReason.TARGET_TAKEN)
        except FileNotFoundError:
            return self.new_folders(step.to_root, folder)
        return []

    def new_folders(self, root: int, folder: str) -> list[Step]:
        """Return the steps that make a folder, those left out that this batch makes already."""
        new = [rel for rel in self.roots[root].missing(folder) if (root, rel) not in self.coming]
        self.coming.update((root, rel) for rel in new)
        return [Step(i=self.next_number(), do=Do.MKDIR, to_root=root, to=rel) for rel in new]

    def intend(self, ready: list[Step]) -> None:
        """Write down what is about to happen, durably."""
        self.log.append(ready if self.begun else [self.run, *ready])
        self.begun = True
        self.log.sync()

    def attempt(self, step: Step) -> None:
        """Give one step its effect; what cannot be is void."""
        try:
            self.pulse()
            if step.video in self.absent:
                self.hold(step, HeldReason.NO_VIDEO)
            else:
                self.effects[step.do](step)
        except RefusedError as refusal:
            self.hold(step, refusal.reason, refusal.detail)
        except StoppedError:
            self.hold(step, HeldReason.STOPPED)
        except fs.HalfDoneError:
            raise
        except fs.NeedsReserveError:
            self.try_again(step, reserve=True)
        except OSError as error:
            self.failed(step, error)

    def tell(self, step: Step) -> None:
        """Tell of each copy, which takes its time; of other steps a batch is soon enough."""
        if step.do in COPIES and self.progress:
            self.copied += 1
            self.progress(min(self.seen + self.copied, self.total), self.total)

    def failed(self, step: Step, error: OSError) -> None:
        """Hold what is the file's own trouble, take another way across disks, stop for the rest."""
        if error.errno == errno.EXDEV and step.do is Do.RENAME:
            self.elsewhere.add(folders_of(step))
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
        if step.do is not Do.MKDIR and reason is not HeldReason.STOPPED:
            rel, root = (step.rel, step.root) if step.rel else (step.to, step.to_root)
            self.held.append(Held(root=self.roots[root].root, rel=rel, reason=reason, detail=detail))
            self.absent.add(step.to)

    def try_again(self, step: Step, **changes: Any) -> None:
        """Void this step; it comes back, journaled anew, as another one."""
        self.void[step.i] = "again"
        self.again.append(msgspec.structs.replace(step, i=self.next_number(), **changes))

    def next_number(self) -> int:
        """Return an unused step number."""
        self.number += 1
        return self.number - 1

    # The effects. Each is whole or has not happened.

    def link(self, step: Step) -> None:
        """Give the source a second name."""
        fs.link(*self.source(step), *self.target(step))

    def rename(self, step: Step) -> None:
        """Give the source another name."""
        if folders_of(step) in self.elsewhere:
            self.try_again(step, do=Do.CARRY)
            return
        self.touched.add((step.root, folder_of(step.rel)))
        fs.rename(*self.source(step), *self.target(step), reserve=step.reserve)

    def symlink(self, step: Step) -> None:
        """Point to the source by its whole path."""
        folder, name = self.target(step)
        os.symlink(self.whole(step.root, step.rel), name, dir_fd=folder)

    def copy(self, step: Step) -> None:
        """Copy the source, hashed on the way; one whose source will go is read back."""
        with opened(*self.source(step)) as source:
            self.make(step, lambda fd: fs.copy(source, fd, self.pulse))

    def clone(self, step: Step) -> None:
        """Share the source's blocks."""
        with opened(*self.source(step)) as source:
            self.make(step, lambda fd: fs.clone(source, fd))

    def write(self, step: Step) -> None:
        """Write a new small file."""
        self.make(step, lambda fd: fs.write(fd, self.data[step.to]))

    def make(self, step: Step, fill: Callable[[int], str | None]) -> None:
        """Fill a temporary file in the target folder, make it durable, then give it its name."""
        folder, name = self.target(step)
        temporary = temporary_name(self.run.id, step.i)
        fd = fs.create(folder, temporary)
        try:
            with fs.undoing(folder, temporary):
                digest = fill(fd) or step.hash
                fs.set_metadata(fd, step.mode, step.then_mtime_ns or step.mtime_ns, step.attrs, step.owner)
                os.fsync(fd)
                if step.do is Do.CARRY and fs.reread(fd) != digest:
                    raise OSError(errno.EIO, "the copy reads back differently", step.to)
                now = os.fstat(fd)
                fs.rename(folder, temporary, folder, name, reserve=step.reserve)
            self.made[step.i] = Made(now.st_ino, now.st_mtime_ns, digest)
        finally:
            os.close(fd)

    def remove(self, step: Step) -> None:
        """Remove a file that a run made."""
        folder, name = self.source(step)
        self.touched.add((step.root, folder_of(step.rel)))
        os.unlink(name, dir_fd=folder)

    def mkdir(self, step: Step) -> None:
        """Make a folder."""
        folder, name = self.target(step)
        os.mkdir(name, dir_fd=folder)

    def rmdir(self, step: Step) -> None:
        """Remove a folder that a run made, when it is empty."""
        folder, name = self.source(step)
        self.touched.add((step.root, folder_of(step.rel)))
        self.roots[step.root].forget(step.rel)
        os.rmdir(name, dir_fd=folder)

    def source(self, step: Step) -> tuple[int, str]:
        """Return folder and name that a step starts from."""
        return self.roots[step.root].place(step.rel)

    def target(self, step: Step) -> tuple[int, str]:
        """Return folder and name that a step makes, and remember to sync the folder."""
        folder, _, name = step.to.rpartition("/")
        self.touched.add((step.to_root, folder))
        try:
            return self.roots[step.to_root].open(folder), name
        except FileNotFoundError as error:
            raise RefusedError(HeldReason.NOT_PERMITTED, "its folder could not be made") from error

    def whole(self, root: int, rel: str) -> str:
        """Return a whole path."""
        return os.path.join(self.roots[root].root, rel)

    def pulse(self) -> None:
        """Begin nothing new, and leave a long copy, when the run has to end."""
        if self.ended():
            raise StoppedError

    # The barriers.

    def release(self, carried: list[Step]) -> None:
        """Let the sources go whose copies are durable, read back and journaled."""
        if not carried:
            return
        self.log.append([Placed({step.i: self.made[step.i] for step in carried})])
        self.log.sync()
        for step in carried:
            self.let_go(step)
        self.sync_disks()

    def let_go(self, step: Step) -> None:
        """Remove the source of a copy; where that cannot be, remove the copy.

        A source that somebody else has removed meanwhile is the one case where the copy stays alone.
        """
        folder, name = self.source(step)
        self.touched.add((step.root, folder_of(step.rel)))
        try:
            with fs.undoing(*self.target(step)), suppress(FileNotFoundError):
                require_same(fs.look(folder, name), step)
                os.unlink(name, dir_fd=folder)
        except RefusedError as refusal:
            self.hold(step, refusal.reason)
        except fs.HalfDoneError:
            raise
        except OSError as error:
            self.failed(step, error)

    def sync_disks(self) -> None:
        """Make durable what this batch touched."""
        sync_disks(self.roots, self.touched)

    def count(self, ready: list[Step]) -> None:
        """Count the files of a settled batch."""
        moved = [s for s in ready if s.i not in self.void and s.do not in (Do.MKDIR, Do.RMDIR)]
        self.moved += len(moved)
        self.bytes += sum(step.size for step in moved)

    def close(self) -> Report:
        """End the run in the journal, then say how it went."""
        if self.begun:
            self.log.finish("stopped" if self.error else "interrupted" if self.signals.got else "done")
        if self.error:
            raise stopped(
                self.error, self.moved, "Mend the cause, then give the same command again to go on."
            )
        if self.signals.got:
            raise RunInterruptedError(self.signals.got, self.moved)
        run, mode = (self.run.id if self.begun else ""), self.run.mode
        return Report(run=run, mode=mode, moved=self.moved, bytes=self.bytes, held=tuple(self.held))


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
    where = f": {error.filename}" if error.filename else ""
    return RunStoppedError(f"{error.strerror or error}{where}", done, hint)


def sync_disks(roots: Sequence[fs.Folders], touched: Iterable[tuple[int, str]]) -> None:
    """Make folders (root, path) durable: one call a disk, or one a folder where that is not enough."""
    synced: set[int] = set()
    for root, rel in touched:
        try:
            folder = roots[root].open(rel)
        except FileNotFoundError:  # removed since, or never made
            continue
        device = os.fstat(folder).st_dev
        if device not in synced and fs.sync_disk(folder):
            synced.add(device)
        elif device not in synced:
            fs.sync_folder(folder)


def temporary_name(run: str, i: int) -> str:
    """Return the name of a copy in the making; `recover` removes it."""
    return f".anivault-{run}-{i}.tmp"


def folder_of(rel: str) -> str:
    """Return the folder of a relative path."""
    return rel.rpartition("/")[0]


def folders_of(step: Step) -> tuple[str, str]:
    """Return the two folders between which a step goes."""
    return folder_of(step.rel), folder_of(step.to)


def batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Cut the steps into batches of at most so many files, and so many bytes where they are copied.

    Folders are removed in batches of their own: they are empty only once the sources before them went.
    """
    batch: list[Step] = []
    room = BATCH_BYTES
    for step in steps:
        cost = step.size if step.do in COPIES else 0
        emptied = step.do is Do.RMDIR and batch and batch[-1].do is not Do.RMDIR
        if batch and (len(batch) >= BATCH or cost > room or emptied):
            yield batch
            batch, room = [], BATCH_BYTES
        batch.append(step)
        room -= cost
    if batch:
        yield batch
