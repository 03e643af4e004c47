"""Look at many folders at once. What is found comes in the order of one after another.

Threads look, where each look waits for a disk far away; processes do, where cores have work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar

from anivault.shared.work.cores import shared

Place = TypeVar("Place")
Found = TypeVar("Found")
Look: TypeAlias = Callable[[Place], tuple[Found, list[Place]]]

LONG = 0.01  # seconds, in which a process is begun and ended five times; what took so long goes on as long
TASKS, TOGETHER = 64, 8  # pieces of the work that are few; places in one of them at most
LOOKS = 256  # of one piece


def in_order(
    look: Look[Place, Found], first: Place, workers: int, join: Callable[[list[Found]], Found] | None = None
) -> Iterator[Found]:
    """Look at a place and at all that it leads to; yield what each look finds, a place before those below it.

    `workers` places are looked at, at once; 0: as many as there are cores, by processes, when one has looked
    for `LONG`. Pickle has to take places and what is found there; `join` may make one of what several looks
    found. Raises what `look` does.
    """
    if workers > 1:
        yield from _by_threads(look, first, workers)
        return
    left, began = [first], time.perf_counter()  # the last is the next
    while left:
        found, below = look(left.pop())
        left += reversed(below)
        yield found
        if not workers and time.perf_counter() - began > LONG:
            break
    yield from _by_processes(look, left[::-1], join)


def _by_processes(
    look: Look[Place, Found], places: Sequence[Place], join: Callable[[list[Found]], Found] | None
) -> Iterator[Found]:
    size = min(max(len(places) // TASKS, 1), TOGETHER)
    tasks = [places[start : start + size] for start in range(0, len(places), size)]
    for found, left in shared(partial(_walk, look, join), tasks):
        yield from found
        if left:
            yield from _by_processes(look, left, join)


def _walk(
    look: Look[Place, Found], join: Callable[[list[Found]], Found] | None, places: Sequence[Place]
) -> tuple[list[Found], list[Place]]:
    """Look at places and what is below, until there have been many; what is left others may share."""
    every: list[Found] = []
    left = [*reversed(places)]
    while left and len(every) < LOOKS:
        found, below = look(left.pop())
        left += reversed(below)
        every.append(found)
    return [join(every)] if join else every, left[::-1]


def _by_threads(look: Look[Place, Found], first: Place, workers: int) -> Iterator[Found]:
    from concurrent.futures import Future, ThreadPoolExecutor  # few disks are far away

    def visit(place: Place) -> tuple[Found, list[Future[Any]]]:
        found, below = look(place)
        return found, [pool.submit(visit, each) for each in below]

    pool = ThreadPoolExecutor(workers)
    try:
        stack: list[Future[Any]] = [pool.submit(visit, first)]
        while stack:
            found, below = stack.pop().result()
            stack += reversed(below)
            yield found
    finally:
        pool.shutdown(cancel_futures=True)
