"""Say what is about to happen, before it happens, so that it can be finished, undone and checked.

`LIB/.anivault/journal.jsonl` is append-only. A line is one JSON object; its last two fields are its
number in the file and the CRC32 of all before: a line that is lost, doubled, swapped or altered is
found. One incomplete last line is the torn end of a write whose effects had not begun; `recover` takes it
out, into a file of its own. Anything else that is wrong stops the tool, and so does a sound line that
cannot be true. Schema: schemas/journal.schema.json.

A run is a `run` line, then by batch its `step` lines (intents; durable before the first effect), for
copies that replace their source a `placed` line (durable before a source goes), and a `done` line;
and one `end` line. Touches only `.anivault/`.
"""

from __future__ import annotations

import base64
import os
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from itertools import count
from typing import Annotated, Any, TypeAlias

import msgspec

from anivault.shared import fs, trust
from anivault.shared.errors import (
    DiskError,
    JournalDamagedError,
    JournalRefusedError,
    LibraryBusyError,
    LibraryIsFileError,
    NotTrustedError,
    UnfinishedRunError,
    WrongDiskError,
    problem,
    quoted,
)
from anivault.shared.trust import FOLDER as FOLDER

VERSION = 1
NAME = "journal.jsonl"
LOCK = "lock"
B64 = "b64:"
_BEGINS = b'{"kind":"'  # every line
_FOREIGN = re.compile(rb"[\x00-\x1f]")  # what no line has in it: zeroed blocks, other line ends and encodings
_ENDED = re.compile(rb'"sum":"[0-9a-f]{8}"\}.')  # a line that goes on after its end

# What can be true of a file; whatever else a sound line says stops the tool.
Natural: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
FileNumber: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Nanoseconds: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=250_000_000_000)]  # since 1970, to the year 9892
Permissions: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=0o7777)]
Hash: TypeAlias = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{32})?$")]
Crc32: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{8}$")]
Word: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[a-z-]{1,20}$")]
Account: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]


class Do(StrEnum):
    """What one step does."""

    LINK = "link"
    CLONE = "clone"
    COPY = "copy"
    SYMLINK = "symlink"
    RENAME = "rename"
    CARRY = "carry"  # to another filesystem: copy, check, then the source goes
    WRITE = "write"  # a new small file
    REMOVE = "remove"  # a file that a run made and whose content is elsewhere too
    MKDIR = "mkdir"
    RMDIR = "rmdir"


class Root(msgspec.Struct, frozen=True, omit_defaults=True):
    """A folder that steps are relative to; number 0 is the library."""

    path: str
    beside: str = ""  # the same, relative to the library: for when both were moved elsewhere
    disk: str = ""  # tells its disk from others, where something does
    path_b64: str = ""  # the bytes of a path that is no UTF-8
    beside_b64: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="run", tag_field="kind"):
    """The first line of a run."""

    v: int
    id: str
    time: Seconds
    mode: Word  # of the plan; "rollback" for a run that takes others back
    roots: Annotated[tuple[Root, ...], msgspec.Meta(min_length=1)]


class Step(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="step", tag_field="kind", gc=False
):
    """One intent. The file's size, time and mode are those it has before."""

    i: Natural  # its number in the run; unique, not without gaps
    do: Do
    root: Natural = 0
    rel: str = ""  # the file or folder that it starts from, or is about
    to_root: Natural = 0
    to: str = ""  # the name it gets; for `remove` the place where the content stays
    size: Natural = 0
    mtime_ns: Nanoseconds = 0
    inode: FileNumber = 0
    then_mtime_ns: Nanoseconds = 0  # the time that a copy gets, where that is another one
    mode: Permissions = 0
    owner: list[Account] = []  # user and group
    attrs: dict[str, bytes] = {}
    hash: Hash = ""  # xxh3-128, when known
    reserve: bool = False  # the name is first taken by an empty file (exFAT)
    undoes: tuple[str, int] | None = None  # run and step
    crc32: Crc32 | None = None
    metadata: str | None = None
    video: str | None = None
    rel_b64: str = ""
    to_b64: str = ""


class Made(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a step left at its new name, where it is not the same file as before."""

    inode: FileNumber
    mtime_ns: Nanoseconds
    hash: Hash = ""


class Placed(msgspec.Struct, frozen=True, tag="placed", tag_field="kind"):
    """The copies of this batch are durable and were read back; now their sources may go."""

    made: dict[int, Made]


class Done(msgspec.Struct, frozen=True, omit_defaults=True, tag="done", tag_field="kind"):
    """All steps up to here are settled: those in `void` did not happen, all others did."""

    void: dict[int, str] = {}
    made: dict[int, Made] = {}


class End(msgspec.Struct, frozen=True, tag="end", tag_field="kind"):
    """The run is over: `done`, `interrupted`, `stopped` or `recovered`."""

    state: Word
    time: Seconds


Later: TypeAlias = Step | Placed | Done | End
Record: TypeAlias = Run | Later
_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], Record] = msgspec.json.Decoder(Record).decode
_TEXT: dict[Any, tuple[str, str]] = {Step: ("rel", "to"), Root: ("path", "beside")}


class RunLog:
    """One run as the journal tells it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.steps: dict[int, Step] = {}
        self.pending: dict[int, Step] = {}  # nobody knows yet whether they happened
        self.void: dict[int, str] = {}
        self.made: dict[int, Made] = {}
        self.end: End | None = None

    def add(self, record: Later) -> None:
        """Take in the next line of this run; ValueError when it cannot be true."""
        if self.end:
            raise ValueError("it comes after the end of its run")
        match record:
            case Step():
                self._require_sense(record)
                self.steps[record.i] = self.pending[record.i] = record
            case Placed():
                self._require_open(record.made)
                self.made.update(record.made)
            case Done():
                self._require_open(record.made)
                self._require_open(self.steps.keys() & record.void)  # a void one need not have been written
                self.void.update(record.void)
                self.made.update(record.made)
                self.pending.clear()
            case End():
                self.end = record

    def _require_sense(self, step: Step) -> None:
        if step.i in self.steps:
            raise ValueError(f"step {step.i} is there twice")
        _require_sense(step, self.run)

    def _require_open(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if number not in self.pending:
                raise ValueError(f"no step {number} is open")

    def happened(self) -> Iterator[Step]:
        """Yield the steps that had their effect, in order."""
        return (s for i, s in self.steps.items() if i not in self.pending and i not in self.void)

    def left(self, step: Step) -> Made:
        """Return what a step left at its new name."""
        return self.made.get(step.i) or Made(step.inode, step.mtime_ns, step.hash)


_STARTS_FROM_NOTHING = frozenset({Do.WRITE, Do.MKDIR})
_LEADS_NOWHERE = frozenset({Do.REMOVE, Do.RMDIR})


def _require_sense(step: Step, run: Run) -> None:
    if max(step.root, step.to_root) >= len(run.roots):
        raise ValueError("its run names no such root")
    if step.inode >> 64:
        raise ValueError("no file has such a number")
    if len(step.owner) not in (0, 2):
        raise ValueError("an owner is a user and a group")
    if any("\0" in name for name in step.attrs):
        raise ValueError("no attribute has such a name")
    _require_paths(step)


def unwritable(record: Record, run: Run | None) -> str:
    """Why a record cannot stand in a journal, since nobody could read it again; '' when it can."""
    try:
        again = _restore(_decode(encode(record, 0)))
        if isinstance(again, Step) and run:
            _require_sense(again, run)
    except (msgspec.MsgspecError, ValueError, OverflowError) as error:
        return problem(error)
    return ""


def _require_paths(step: Step) -> None:
    """Refuse a step without the names it needs, or with one outside its root or in AniVault's own folder."""
    if not (step.rel or step.do in _STARTS_FROM_NOTHING) or not (step.to or step.do in _LEADS_NOWHERE):
        raise ValueError("it names no file")
    for root, path in ((step.root, step.rel), (step.to_root, step.to)):
        if path and fs.LEADS_OUT.search(path):
            raise ValueError("its path could lead out of its root")
        if root == 0 and path.partition("/")[0].lower() == FOLDER:
            raise ValueError("its path leads into AniVault's own folder")


class History:
    """All runs of a library, and how sound the file is."""

    def __init__(self, runs: list[RunLog], lines: int, good: int, torn: int) -> None:
        self.runs = runs
        self.lines = lines
        self.good = good  # bytes that are sound
        self.torn = torn  # bytes after them that are not

    @property
    def unfinished(self) -> bool:
        """True when a run has no end, or the file has a torn one."""
        return bool(self.torn or (self.runs and self.runs[-1].end is None))


def roots_now(run: Run, library: str) -> list[str]:
    """Return where the roots of a run are now: the library is where it was named.

    A source is where it was, or, when that is no folder and library and sources were moved together,
    at the same place beside the library.
    """
    library = os.path.abspath(library)
    found = [library]
    for root in run.roots[1:]:
        if root.path == run.roots[0].path:  # a rename: its files are in the library already
            found.append(library)
            continue
        moved = os.path.normpath(os.path.join(library, root.beside or root.path))
        found.append(moved if not os.path.isdir(root.path) and os.path.isdir(moved) else root.path)
    return found


def require_disks(run: Run, library: str) -> None:
    """Raise WrongDiskError for a source's folder that is on another disk now, as one is under an absent disk.

    One that was found beside a library that moved is where it should be.
    """
    for root, path in zip(run.roots[1:], roots_now(run, library)[1:], strict=True):
        if path == root.path and os.path.isdir(path) and fs.other_disk(root.disk, fs.disk_id(path)):
            raise WrongDiskError(path, f"a source of run {run.id}")


def _root(path: str, library: str) -> Root:
    try:
        disk = fs.disk_id(path)
    except OSError:  # not there, or not to be looked at
        disk = ""
    return Root(os.path.abspath(path), fs.beside(path, library), disk)


def path_of(library: str) -> str:
    """Return where the journal of a library is."""
    return os.path.join(library, FOLDER, NAME)


def read(library: str) -> History:
    """Read all of a library's journal; an absent one has no runs. Changes nothing."""
    path = path_of(library)
    trust.require_home(library)
    try:
        fd = fs.open_file(None, path)
    except FileNotFoundError:
        return History([], 0, 0, 0)
    except OSError as error:
        raise DiskError("Reading the journal", error, f"ls -l {quoted(path)}") from error
    with os.fdopen(fd, "rb") as file:
        _check_owner(path, os.fstat(fd), library)
        return parse(file.read(), path)


def _check_owner(path: str, found: os.stat_result, library: str) -> None:
    """A journal names files to move: only our own, or for root the library owner's, is followed."""
    try:
        trust.require_own(path, found, os.stat(library).st_uid)
    except NotTrustedError as error:
        raise JournalRefusedError(
            path, "it belongs to another user, or anyone may write to it", error.hint
        ) from error


def parse(data: bytes, path: str = NAME) -> History:
    """Read the bytes of a journal.

    Raises JournalDamagedError for all but a torn last line, JournalRefusedError for a later version's.
    """
    runs: dict[str, RunLog] = {}
    good = number = 0
    for line in data.splitlines(keepends=True):
        if (body := _sound(line, number)) is None:
            _require_torn(data[good:], number, path)
            break
        try:
            _take_in(runs, _restore(_decode(body)), path)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise _refusal(body, path, number, error) from error
        good, number = good + len(line), number + 1
    return History(list(runs.values()), number, good, len(data) - good)


def _take_in(runs: dict[str, RunLog], record: Record, path: str) -> None:
    last = next(reversed(runs.values()), None)
    if isinstance(record, Run):
        _require_version(record.v, path)
        if last and not last.end:
            raise ValueError("a run begins before the last one ended")
        _require_new(runs, record)
        runs[record.id] = RunLog(record)
    elif last is None:
        raise ValueError("no run has begun")
    else:
        if isinstance(record, Step) and record.undoes:
            _require_earlier(runs, record.undoes, last)
        last.add(record)


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


def _sound(line: bytes, number: int) -> bytes | None:
    """Return the line when it is whole, unaltered and the `number`th, else None."""
    body, mark, tail = line.rpartition(b',"sum":"')
    if not mark or tail != b'%08x"}\n' % zlib.crc32(body):
        return None
    return line if body.endswith(b',"n":%d' % number) else None


def _require_torn(rest: bytes, number: int, path: str) -> None:
    """Accept `rest` when it is one last line of ours whose write did not end, or did not reach the disk.

    A write is appended and synced at once, so that what it leaves is a piece of it from its start.
    """
    ours = rest.startswith(_BEGINS) or _BEGINS.startswith(rest)
    if not ours or _FOREIGN.search(rest.removesuffix(b"\n")) or _ENDED.search(rest[:-1]):
        why = f"from line {number + 1} on it is not what AniVault wrote"
        raise JournalDamagedError(path, why, number)


def encode(record: Record, number: int) -> bytes:
    """Return the line of a record."""
    try:
        body = _encode(record)
    except UnicodeEncodeError:
        body = _encode(_protect(record))
    body = b'%s,"n":%d' % (body[:-1], number)
    return b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))


def _protect(record: Any) -> Any:
    """Put the bytes of names that are no UTF-8 beside a text that can be shown."""
    if isinstance(record, Run):
        return msgspec.structs.replace(record, roots=tuple(map(_protect, record.roots)))
    raw = {name: os.fsencode(getattr(record, name)) for name in _TEXT[type(record)]}
    shown = {name: value.decode("utf-8", "replace") for name, value in raw.items()}
    kept: dict[str, Any] = {
        f"{name}_b64": base64.b64encode(raw[name]).decode()
        for name in raw
        if shown[name] != getattr(record, name)
    }
    if isinstance(record, Step):
        kept["attrs"] = {_shown_key(key): value for key, value in record.attrs.items()}
    return msgspec.structs.replace(record, **shown, **kept)


def _shown_key(key: str) -> str:
    """The name of an attribute; one that is no UTF-8 behind a prefix that no attribute has."""
    raw = os.fsencode(key)
    return key if raw.decode("utf-8", "replace") == key else B64 + base64.b64encode(raw).decode()


def _key_shown(key: str) -> str:
    return os.fsdecode(base64.b64decode(key.removeprefix(B64))) if key.startswith(B64) else key


def _restore(record: Any) -> Any:
    """The inverse of `_protect`."""
    if type(record) is Step:
        if record.attrs:
            attrs = {_key_shown(key): value for key, value in record.attrs.items()}
            record = msgspec.structs.replace(record, attrs=attrs)
        if not record.rel_b64 and not record.to_b64:
            return record
    if isinstance(record, Run):
        return msgspec.structs.replace(record, roots=tuple(map(_restore, record.roots)))
    kept = [name for name in _TEXT.get(type(record), ()) if getattr(record, f"{name}_b64")]
    if not kept:
        return record
    raw = {name: _decoded(getattr(record, f"{name}_b64")) for name in kept}
    return msgspec.structs.replace(record, **raw, **{f"{name}_b64": "" for name in kept})


def _decoded(text: str) -> str:
    return os.fsdecode(base64.b64decode(text, validate=True))


def schema() -> dict[str, Any]:
    """Return the JSON schema of a line; schemas/journal.schema.json is this."""
    (ref,), parts = msgspec.json.schema_components([Record], ref_template="#/$defs/{name}")
    line = {"n": {"type": "integer"}, "sum": {"type": "string", "pattern": "^[0-9a-f]{8}$"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of LIB/.anivault/journal.jsonl",
        "allOf": [ref, {"properties": line, "required": ["n", "sum"]}],
        "$defs": parts,
    }


def _report_it(library: str) -> str:
    return f"This is a defect: please report it. Then: anivault recover {quoted(library)}"


class Journal:
    """The journal of a library that this process alone may write."""

    def __init__(self, library: str, fd: int, history: History) -> None:
        self.library = library
        self.history = history
        self._fd = fd
        self._lines = history.lines
        self._run = history.runs[-1].run if history.runs else None

    def append(self, records: Iterable[Record]) -> None:
        """Write records at the end; they are durable after the next `sync`.

        Raises JournalRefusedError for what could not be read again; then nothing is written.
        """
        records = list(records)
        for record in records:
            self._run = record if isinstance(record, Run) else self._run
            if why := unwritable(record, self._run):
                why = f"a line of it would have no meaning ({why})"
                raise JournalRefusedError(path_of(self.library), why, _report_it(self.library))
        lines = [encode(record, number) for number, record in enumerate(records, self._lines)]
        fs.write(self._fd, b"".join(lines))
        self._lines += len(lines)

    def sync(self) -> None:
        """Make all that was appended durable."""
        fs.sync_data(self._fd)

    def new_run(self, mode: str, roots: Iterable[str]) -> Run:
        """Return the first line of a new run, to be appended with its first steps; root 0 is the library."""
        taken = {log.run.id for log in self.history.runs}
        name = base = time.strftime("%Y%m%d-%H%M%S")
        for number in count(2):  # two runs in one second
            if name not in taken:
                break
            name = f"{base}-{number}"
        places = [_root(path, self.library) for path in (self.library, *roots)]
        return Run(v=VERSION, id=name, time=int(time.time()), mode=mode, roots=tuple(places))

    def finish(self, state: str) -> None:
        """Write the last line of a run, durably."""
        self.append([End(state, int(time.time()))])
        self.sync()

    def cut(self) -> str:
        """Take out a torn last line; returns the file beside the journal that has it before it goes."""
        path = path_of(self.library)
        kept = f"{path}.cut-{time.strftime('%Y%m%d-%H%M%S')}"
        with os.fdopen(fs.open_file(None, path), "rb") as file:
            file.seek(self.history.good)
            torn = file.read()
        with fs.closing(fs.open_to_append(kept, new=True)) as fd:
            fs.write(fd, torn)
            fs.sync_file(fd)
        fs.sync_folders(os.path.dirname(path))
        os.ftruncate(self._fd, self.history.good)
        fs.sync_file(self._fd)
        return kept


@contextmanager
def writing(library: str, *, unfinished: bool = False) -> Iterator[Journal]:
    """Hold a library's journal to write it; its folder is made when it is not there.

    Refuses when another process holds it and, unless `unfinished`, when a run has no end.
    """
    library = os.path.abspath(library)
    with ExitStack() as held:
        try:
            log = _open(library, held)
        except OSError as error:
            raise DiskError("Opening the library's journal", error, f"ls -ld {quoted(library)}") from error
        if log.history.unfinished and not unfinished:
            raise UnfinishedRunError(library)
        yield log


def _open(library: str, held: ExitStack) -> Journal:
    held.callback(os.close, _lock(library))
    history = read(library)
    fd = fs.open_to_append(path_of(library))
    held.callback(os.close, fd)
    return Journal(library, fd, history)


def _lock(library: str) -> int:
    if os.path.isfile(library):
        raise LibraryIsFileError(library)
    trust.require_home(library)
    folder = os.path.join(library, FOLDER)
    if not os.path.isdir(folder):
        os.makedirs(folder, trust.OUR_FOLDER, exist_ok=True)
        fs.sync_folders(library, os.path.dirname(library))
    _make(library)
    lock = fs.lock(os.path.join(folder, LOCK))
    if lock is None:
        raise LibraryBusyError(library)
    return lock


def _make(library: str) -> None:
    """Make the journal where there is none: before its first line, and before the lock, which tells of it."""
    path = path_of(library)
    if not os.path.lexists(path):
        os.close(fs.open_to_append(path, new=True))
        fs.sync_folders(os.path.dirname(path))
