"""Write a journal, one process at a time: appended, made durable, and never what could not be read again."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count

import msgspec

from anivault.core.moving.journal.lines import decode, encode
from anivault.core.moving.journal.log import History, read_journal, require_sense
from anivault.core.moving.journal.records import VERSION, End, Record, Run, Step, journal_path
from anivault.core.moving.journal.roots import root_of
from anivault.core.moving.journal.turns import turn
from anivault.shared import fs
from anivault.shared.errors import (
    DiskError,
    UnfinishedRunError,
    problem,
    quoted,
)


def _line(record: Record, number: int, run: Run | None) -> bytes:
    """Return the line of a record; an OSError for one that nobody could read again."""
    try:
        line = encode(record, number)
        again = decode(line)
        if isinstance(again, Step) and run:
            require_sense(again, run)
    except (msgspec.MsgspecError, ValueError, OverflowError) as error:
        why = f"a line of the journal would have no meaning ({problem(error)})"
        raise OSError(errno.EINVAL, why) from error
    return line


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

        Of what could not be read again nothing is written: that ends the run, for `recover` to settle.
        """
        lines = []
        for number, record in enumerate(records, self._lines):
            self._run = record if isinstance(record, Run) else self._run
            lines.append(_line(record, number, self._run))
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
        places = [root_of(path, self.library) for path in (self.library, *roots)]
        return Run(v=VERSION, id=name, time=int(time.time()), mode=mode, roots=tuple(places))

    def finish(self, state: str) -> None:
        """Write the last line of a run, durably."""
        self.append([End(state, int(time.time()))])
        self.sync()

    def cut(self) -> str:
        """Take out a torn last line; returns the file beside the journal that has it before it goes."""
        path = journal_path(self.library)
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
def writing(library: str, *, unfinished: bool = False, known: History | None = None) -> Iterator[Journal]:
    """Hold a library's journal to write it; its folder is made when it is not there.

    What is `known` of it is not read again. Refuses when another process holds it and, unless `unfinished`,
    when a run has no end.
    """
    library = os.path.abspath(library)
    with ExitStack() as held:
        try:
            log = _open(library, held, known)
        except OSError as error:
            raise DiskError("Opening the library's journal", error, f"ls -ld {quoted(library)}") from error
        if log.history.unfinished and not unfinished:
            raise UnfinishedRunError(library)
        yield log


def _open(library: str, held: ExitStack, known: History | None) -> Journal:
    held.enter_context(turn(library, shared=False))
    history = read_journal(library, known)
    fd = fs.open_to_append(journal_path(library))
    held.callback(os.close, fd)
    return Journal(library, fd, history)
