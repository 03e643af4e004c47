"""Share work out to the cores of the machine, where that is worth it: the results are those of one core.

The work goes to processes that are forked from this one: on Linux, while no other thread runs. Elsewhere, and
where they fail, it is done here.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

WORTH = 0.1  # seconds of work left: five times what two processes of 150 MB take to begin and to end
MOST = 8  # processes; what each hands back is read by one


def nothing() -> None:
    """What a process begins with that needs nothing."""


def same(value: Any) -> Any:
    """What pickle takes as it is needs no packing."""
    return value


def spread(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int = 0,
    begin: Callable[[], None] = nothing,
    pack: Callable[[Result], Any] = same,
    unpack: Callable[[Any], Result] = same,
) -> Iterator[Result]:
    """Yield what `shared` does; tasks are done here until they have shown that the rest takes long."""
    began = time.perf_counter()
    for place, task in enumerate(tasks):
        left = (time.perf_counter() - began) / place * (len(tasks) - place) if place else 0.0
        if left > WORTH:
            yield from shared(work, tasks[place:], workers, begin, pack, unpack)
            return
        yield work(task)


def shared(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int = 0,
    begin: Callable[[], None] = nothing,
    pack: Callable[[Result], Any] = same,
    unpack: Callable[[Any], Result] = same,
) -> Iterator[Result]:
    """Yield the result of `work` for each task, in their order. Raises what `work` does.

    `workers`: how many processes; 0 for one a core. `begin` is called first in each. A result goes from one
    process to another as what `pack` makes of it, which pickle has to take.
    """
    most, done = min(workers or _cores(), MOST, len(tasks)), 0
    if sys.platform == "linux" and most > 1 and _may_fork():
        from anivault.shared.work import forks  # few need it

        for place, packed in forks.done(forks.Work(work, tasks, begin, pack), most):
            yield from map(work, tasks[done:place])  # of a process that failed or died
            yield unpack(packed)
            done = place + 1
    yield from map(work, tasks[done:])


def aside(work: Callable[[], bytes]) -> Callable[[], bytes]:
    """Have work done beside what this process does, where there are cores; returns what waits for it."""
    if sys.platform == "linux" and _cores() > 1 and _may_fork():
        from anivault.shared.work import forks  # few need it

        with suppress(OSError):
            ended = forks.begun(work)
            return lambda: ended() or work()
    return work


def _cores() -> int:
    if sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def _may_fork() -> bool:
    """Whether a fork is safe: a lock that another thread holds would stay locked for ever."""
    return sys.platform == "linux" and threading.active_count() == 1


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
