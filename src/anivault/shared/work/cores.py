"""Share work out to the cores of the machine, where that is worth it: the results are those of one core.

Work is done in this process until it has shown how long the rest will take. The rest goes to processes that
are forked from this one, and have all it has: on Linux, while no other thread runs. Elsewhere, and where
they fail, it is done here.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

WORTH = 1.0  # seconds of work left; to fork costs a tenth of it
MOST = 8  # processes; what each hands back is read by one
_DIES_WITH_ITS_PARENT = 1  # PR_SET_PDEATHSIG of linux/prctl.h


class _Here(NamedTuple):
    """What the processes do and to what; they have it from before the fork."""

    work: Callable[[Any], Any]
    tasks: Sequence[Any]
    begin: Callable[[], None]
    pack: Callable[[Any], Any]


_here: _Here | None = None  # in a process that was forked for it


def spread(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int = 0,
    begin: Callable[[], None] = lambda: None,
    pack: Callable[[Result], Any] = lambda result: result,
    unpack: Callable[[Any], Result] = lambda packed: packed,
) -> Iterator[Result]:
    """Yield the result of `work` for each task, in their order. Raises what `work` does.

    `workers`: how many processes; 0 for one a core. `begin` is called first in each. A result goes from one
    process to another as what `pack` makes of it, which pickle has to take.
    """
    began = time.perf_counter()
    most = min(workers or _cores(), MOST, len(tasks))
    for place, task in enumerate(tasks):
        left = (time.perf_counter() - began) / place * (len(tasks) - place) if place else 0.0
        if left > WORTH and most > 1 and _may_fork():
            yield from _forked(_Here(work, tasks[place:], begin, pack), most, unpack)
            return
        yield work(task)


def _cores() -> int:
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def _may_fork() -> bool:
    """Whether a fork is safe: a lock that another thread holds would stay locked for ever."""
    return sys.platform == "linux" and threading.active_count() == 1


def _forked(here: _Here, most: int, unpack: Callable[[Any], Any]) -> Iterator[Any]:
    """Let processes do it; what they leave when one of them dies is done in this one."""
    from concurrent.futures import ProcessPoolExecutor  # 15 ms that little work need not pay
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    done = 0
    gc.freeze()  # a collection in a child would copy every page it looks at
    executor = ProcessPoolExecutor(most, get_context("fork"), _begin, (here, os.getpid()))
    try:
        for result in executor.map(_do, range(len(here.tasks))):
            yield unpack(result)
            done += 1
    except BrokenProcessPool:
        yield from map(here.work, here.tasks[done:])
    finally:
        executor.shutdown(cancel_futures=True)
        gc.unfreeze()


def _begin(here: _Here, parent: int) -> None:
    """In a new process: leave Ctrl-C and a terminal that closes to the parent, and end with it."""
    global _here
    if sys.platform != "linux":
        return
    import ctypes

    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_DIES_WITH_ITS_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it died in between
        os._exit(1)
    _here = here
    here.begin()


def _do(place: int) -> Any:
    assert _here
    return _here.pack(_here.work(_here.tasks[place]))


def step_back() -> None:
    """Have this process wait until a processor is free: it interrupts no other. On Linux."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def step_up() -> None:
    """Have this process take its turn as others do, although who started it steps back. On Linux."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
