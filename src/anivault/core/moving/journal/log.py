"""Read a journal: its runs, how sound it is, and whether what it says can be true. Changes nothing."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from anivault.core.moving.journal.lines import decode, is_sound, require_torn
from anivault.core.moving.journal.records import (
    NAME,
    VERSION,
    Do,
    Done,
    End,
    Later,
    Made,
    Placed,
    Record,
    Run,
    Step,
    is_own,
    journal_path,
)
from anivault.shared import fs, trust
from anivault.shared.errors import (
    DiskError,
    JournalDamagedError,
    JournalRefusedError,
    NotTrustedError,
    problem,
    quoted,
)


class RunLog:
    """One run as the journal tells it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.steps: dict[int, Step] = {}
        self.pending: dict[int, Step] = {}  # nobody knows yet whether they happened
        self.not_done: dict[int, str] = {}
        self.made: dict[int, Made] = {}
        self.end: End | None = None

    def add(self, record: Later) -> None:
        """Take in the next line of this run; ValueError when it cannot be true."""
        if self.end:
            raise ValueError("it comes after the end of its run")
        match record:
            case Step():
                if record.i in self.steps:
                    raise ValueError(f"step {record.i} is there twice")
                require_sense(record, self.run)
                self.steps[record.i] = self.pending[record.i] = record
            case Placed():
                self._require_open(record.made)
                self.made.update(record.made)
            case Done():
                self._require_open(record.made)
                self._require_open(self.steps.keys() & record.void)  # a void one need not have been written
                self.not_done.update(record.void)
                self.made.update(record.made)
                self.pending.clear()
            case End():
                self.end = record

    def _require_open(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if number not in self.pending:
                raise ValueError(f"no step {number} is open")

    def happened(self) -> Iterator[Step]:
        """Yield the steps that had their effect, in order."""
        return (s for i, s in self.steps.items() if i not in self.pending and i not in self.not_done)

    def left(self, step: Step) -> Made:
        """Return what a step left at its new name."""
        return self.made.get(step.i) or Made(step.inode, step.mtime_ns, step.hash)


_STARTS_FROM_NOTHING = frozenset({Do.WRITE, Do.MKDIR})
_LEADS_NOWHERE = frozenset({Do.REMOVE, Do.RMDIR, Do.NOTE})


def require_sense(step: Step, run: Run) -> None:
    """Raise ValueError for a step that no run can have written."""
    count = len(run.roots)
    if step.root >= count or step.to_root >= count:
        raise ValueError("its run names no such root")
    if step.inode >> 64:
        raise ValueError("no file has such a number")
    if step.owner and len(step.owner) != 2:
        raise ValueError("an owner is a user and a group")
    if step.attrs and any("\0" in name for name in step.attrs):
        raise ValueError("no attribute has such a name")
    _require_paths(step)


def _require_paths(step: Step) -> None:
    """Refuse a step without the names it needs, or with one outside its root or in AniVault's own folder."""
    if not (step.rel or step.do in _STARTS_FROM_NOTHING) or not (step.to or step.do in _LEADS_NOWHERE):
        raise ValueError("it names no file")
    for root, path in ((step.root, step.rel), (step.to_root, step.to)):
        if path and fs.leads_out(path):
            raise ValueError("its path could lead out of its root")
        if root == 0 and is_own(path):
            raise ValueError("its path leads into AniVault's own folder")


class History:
    """All runs of a library, and how sound the file is."""

    def __init__(self, runs: list[RunLog], lines: int, good: int, torn: int, total: int = 0) -> None:
        self.runs = runs
        self.lines = lines
        self.good = good  # bytes that are sound
        self.torn = torn  # bytes after them that are not
        self.sum = total  # the CRC32 of the sound ones

    @property
    def unfinished(self) -> bool:
        """True when a run has no end, or the file has a torn one."""
        return bool(self.torn or (self.runs and self.runs[-1].end is None))

    def is_of(self, file: BinaryIO) -> bool:
        """True when a file holds these sound lines and nothing else: nobody has written since."""
        size = total = 0
        while part := file.read(fs.CHUNK):
            size, total = size + len(part), zlib.crc32(part, total)
        return not self.torn and (size, total) == (self.good, self.sum)


def read_journal(library: str, known: History | None = None) -> History:
    """Read all of a library's journal; an absent one has no runs. Changes nothing.

    What is `known` of it is given back where it still says the same.
    """
    path = journal_path(library)
    trust.require_home(library)
    try:
        fd = fs.open_file(None, path)
    except FileNotFoundError:
        return History([], 0, 0, 0)
    except OSError as error:
        raise DiskError("Reading the journal", error, f"ls -l {quoted(path)}") from error
    with os.fdopen(fd, "rb") as file:
        _check_owner(path, os.fstat(fd), library)
        if known and known.is_of(file):
            return known
        file.seek(0)
        return parse(file, path)


def _check_owner(path: str, found: os.stat_result, library: str) -> None:
    """A journal names files to move: only our own, or for root the library owner's, is followed."""
    try:
        trust.require_own(path, found, os.stat(library).st_uid)
    except NotTrustedError as error:
        raise JournalRefusedError(
            path, "it belongs to another user, or anyone may write to it", error.hint
        ) from error


def parse(file: BinaryIO, path: str = NAME) -> History:
    """Read a journal line by line.

    Raises JournalDamagedError for all but a torn last line, JournalRefusedError for a later version's.
    """
    runs: dict[str, RunLog] = {}
    last: RunLog | None = None
    good = number = total = 0
    rest = b""
    for line in file:
        if not is_sound(line, number):
            rest = line + (file.read() if line.endswith(b"\n") else b"")  # what is being written is one piece
            require_torn(rest, good, number, path)
            break
        try:
            last = _take_in(runs, last, decode(line), path)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise _refusal(line, path, number, error) from error
        good, number, total = good + len(line), number + 1, zlib.crc32(line, total)
    return History(list(runs.values()), number, good, len(rest), total)


def _take_in(runs: dict[str, RunLog], last: RunLog | None, record: Record, path: str) -> RunLog:
    """Take in a line after those of the `last` run; returns the run that it is of."""
    if isinstance(record, Run):
        _require_version(record.v, path)
        if last and not last.end:
            raise ValueError("a run begins before the last one ended")
        _require_new(runs, record)
        last = runs[record.id] = RunLog(record)
    elif last is None:
        raise ValueError("no run has begun")
    else:
        if isinstance(record, Step) and record.undoes:
            _require_earlier(runs, record.undoes, last)
        last.add(record)
    return last


def _require_version(version: int, path: str) -> None:
    if version > VERSION:
        raise JournalRefusedError(path, f"it has format {version}", "pip install --upgrade anivault")
    if version < 1:
        raise ValueError(f"there never was a format {version}")


def _require_new(runs: dict[str, RunLog], run: Run) -> None:
    """A run's id becomes part of file names."""
    if not (run.id.isascii() and run.id.replace("-", "").isalnum() and len(run.id) < 64):
        raise ValueError("no run has such a name")
    if run.id in runs:
        raise ValueError(f"run {run.id} is there twice")
    if not all(os.path.isabs(root.path) and "\0" not in root.path + root.beside for root in run.roots):
        raise ValueError("a root is no whole path")


def _require_earlier(runs: dict[str, RunLog], undoes: tuple[str, int], last: RunLog) -> None:
    """What is taken back was done by an earlier run: no two steps take each other back."""
    name, number = undoes
    if name not in runs or runs[name] is last or number not in runs[name].steps:
        raise ValueError("it takes back what no earlier run did")


def _refusal(
    body: bytes, path: str, number: int, error: Exception
) -> JournalDamagedError | JournalRefusedError:
    """A sound line that makes no sense is damage, or the word of a later version."""
    try:
        _require_version(msgspec.json.decode(body, type=_AnyRun).v, path)
    except JournalRefusedError as refusal:
        return refusal
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    return JournalDamagedError(path, f"line {number + 1} has no meaning ({problem(error)})", number)


class _AnyRun(msgspec.Struct):
    """What the first line of a run has in every version."""

    v: int = VERSION
