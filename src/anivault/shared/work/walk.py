"""Look at many folders at once. What is found comes in the order of one after another.

Threads look, where each look waits for a disk far away; processes do, where cores have work.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias, TypeVar

from anivault.shared.work.cores import shared

Place = TypeVar("Place")
Found = TypeVar("Found")
Look: TypeAlias = Callable[[Place], tuple[Found, list[Place]]]

LONG = 0.01  # seconds, in which a process is begun and ended five times; what took so long goes on as long
TOGETHER = 16  # places in one piece of the work
FEW = 16  # pieces: fewer places than would make so many make smaller ones
LOOKS = 128  # at places and what is below them, before a piece is handed back

Join: TypeAlias = Callable[[list[Found]], Found] | None


def in_order(
    look: Look[Place, Found], first: Place, workers: int, join: Join[Found] = None
) -> Iterator[Found]:
    """Look at a place and at all that it leads to; yield what each look finds, a place before those below it.

    `workers` places are looked at, at once; 0: as many as there are cores, by processes, when one has looked
    for `LONG`. Pickle has to take places and what is found there; `join` may make one of what several looks
    found. Raises what `look` does.
    """
    if workers > 1:
        yield from _by_threads(look, first, workers)
    else:
        yield from _here(look, [first], join, math.inf if workers else LONG)


def _here(look: Look[Place, Found], places: list[Place], join: Join[Found], long: float) -> Iterator[Found]:
    """Look at places, and after so many seconds have processes look at what is left."""
    left, began = places[::-1], time.perf_counter()
    while left:
        found, below = look(left.pop())
        left += reversed(below)
        yield found
        if time.perf_counter() - began > long:
            break
    for every, rest in shared(partial(_piece, look, join), list(_pieces(left[::-1]))):
        yield from every
        yield from _here(look, rest, join, long)


def _pieces(places: Sequence[Place]) -> Iterator[Sequence[Place]]:
    """The work in pieces, the last ones small: then all processes end at about the same time."""
    start = 0
    while left := len(places) - start:
        size = min(max(left // FEW, 1), TOGETHER)
        yield places[start : start + size]
        start += size


def _piece(
    look: Look[Place, Found], join: Join[Found], places: Sequence[Place]
) -> tuple[list[Found], list[Place]]:
    """Look at places and what is below, until there have been many; the rest is handed back."""
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
