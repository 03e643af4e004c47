"""Have tasks done by processes that are forked from this one, and so have all it has. On Linux.

In: work and tasks. Out: what the processes make of them, in their order, without the tasks of a process that
failed or died. Each takes the next task when it is done with one, and hands back through a pipe of its own.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import signal
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from heapq import merge
from operator import itemgetter
from typing import Any, BinaryIO, NamedTuple

assert sys.platform == "linux"

NUMBER = 4  # bytes
ROOM = 1 << 20  # bytes that a process hands back before somebody reads them


class Work(NamedTuple):
    """What is done to which tasks. Each process calls `begin` first; `pack` makes what pickle takes."""

    work: Callable[[Any], Any]
    tasks: Sequence[Any]
    begin: Callable[[], None]
    pack: Callable[[Any], Any]


def done(work: Work, most: int) -> Iterator[tuple[int, Any]]:
    """Yield the place of each task and its packed result, from so many processes at most."""
    places = _places(len(work.tasks))
    processes: list[int] = []
    streams: list[BinaryIO] = []
    gc.freeze()  # a collection in a process would copy every page it looks at
    try:
        with suppress(OSError):  # there may be no room for one more
            while len(processes) < most:
                processes.append(_fork(work, places, streams))
        yield from merge(*map(_handed_back, streams), key=itemgetter(0))  # in each the places go up
    finally:
        gc.unfreeze()
        for process in processes:
            _end(process)
        for stream in streams:
            stream.close()
        os.close(places)


def begun(work: Callable[[], bytes]) -> Callable[[], bytes]:
    """Have a process begin with work, and return what waits for it; it gives nothing if that fails."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as stream:
        process = os.fork()
        if not process:
            try:
                _for_the_parent()
                os.close(reading)
                stream.write(work())
                stream.flush()
            finally:
                os._exit(0)

    def ended() -> bytes:
        with os.fdopen(reading, "rb") as stream:
            made = stream.read()
        _end(process)
        return made

    return ended


def _for_the_parent() -> None:
    """In a new process: Ctrl-C and a terminal that closes are for the parent."""
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _places(count: int) -> int:
    """A pipe with the place of each task, as many as it holds: each process takes the next one from it."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    os.write(writing, array("I", range(count)))
    os.close(writing)
    return reading


def _fork(work: Work, places: int, streams: list[BinaryIO]) -> int:
    """Begin a process, and add the stream that it hands back to those of the others."""
    reading, writing = os.pipe()
    streams.append(os.fdopen(reading, "rb"))
    with os.fdopen(writing, "wb") as stream:
        with suppress(OSError):  # the user has too many large ones
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, ROOM)
        process = os.fork()
        if not process:
            try:
                _do(work, places, stream, streams)
            finally:
                os._exit(0)
    return process


def _do(work: Work, places: int, out: BinaryIO, streams: Sequence[BinaryIO]) -> None:
    """In a new process: do one task after another.

    It ends when nobody reads what it hands back, so that none outlives the parent.
    """
    _for_the_parent()
    for stream in streams:
        stream.close()
    work.begin()
    while number := os.read(places, NUMBER):
        place = int.from_bytes(number, sys.byteorder)
        pickle.dump((place, work.pack(work.work(work.tasks[place]))), out, pickle.HIGHEST_PROTOCOL)
        out.flush()


def _handed_back(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    with suppress(EOFError, pickle.UnpicklingError):  # a process may die in the middle of a word
        while True:
            yield pickle.load(stream)  # noqa: S301 - of this program's own process


def _end(process: int) -> None:
    with suppress(ChildProcessError, ProcessLookupError):  # the system forgets them where nobody cares
        if not os.waitpid(process, os.WNOHANG)[0]:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
