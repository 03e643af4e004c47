"""Look at many folders at once, and read many names on many cores. The answers are those of one by one.

Threads look, where each look waits for a disk far away; processes read, where cores have work. Engines that
run in processes of their own are asked from here alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Sized
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

from anivault.parser.read import Reader
from anivault.shared.progress import Progress
from anivault.shared.work.cores import spread

Place = TypeVar("Place")
Found = TypeVar("Found")
Item = TypeVar("Item")
Task = TypeVar("Task", bound=Sized)
Answer = TypeVar("Answer")
Packed = TypeVar("Packed")
Look: TypeAlias = Callable[[Place], tuple[Found, list[Place]]]


def in_order(look: Look[Place, Found], first: Place, workers: int) -> Iterator[Found]:
    """Look at a place and at all that it leads to; yield what each look finds, a place before those below it.

    `workers` places are looked at, at once. Raises what `look` does.
    """
    if workers == 1:
        stack = [first]
        while stack:
            found, below = look(stack.pop())
            stack += reversed(below)
            yield found
    else:
        yield from _at_once(look, first, workers)


def _at_once(look: Look[Place, Found], first: Place, workers: int) -> Iterator[Found]:
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


BATCH = 1000  # names: a tenth of a second


class _Batch(NamedTuple):
    """What was read, of how many names; and what engines failed at meanwhile."""

    names: int
    answers: list[Any]
    failures: Counter[str]
    why: dict[str, str]


def parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut into pieces of one batch at most."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def read_all(
    tasks: Sequence[Task],
    read: Callable[[Task], Answer],
    reader: Reader,
    progress: Progress,
    pack: Callable[[Answer], Packed],
) -> Iterator[Answer | Packed]:
    """Yield what `read` makes of each task, in their order; what another process has read comes packed.

    A task is names, or has as many as its length. `progress` gets how many are read, of all.
    """
    done, names = 0, sum(map(len, tasks))
    workers = 1 if reader.steady is None else reader.workers

    def packed(batch: _Batch) -> _Batch:
        return batch._replace(answers=list(map(pack, batch.answers)))

    for batch in spread(partial(_read, read, reader), list(_batches(tasks)), workers, pack=packed):
        reader.failures.update(batch.failures)
        reader.why |= batch.why
        done += batch.names
        progress(done, names)
        yield from batch.answers


def _batches(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """The tasks, as many at once as have the names of a batch."""
    batch: list[Task] = []
    names = 0
    for task in tasks:
        if batch and names + len(task) > BATCH:
            yield batch
            batch, names = [], 0
        batch.append(task)
        names += len(task)
    if batch:
        yield batch


def _read(read: Callable[[Task], Answer], reader: Reader, tasks: Sequence[Task]) -> _Batch:
    answers = list(map(read, tasks))
    batch = _Batch(sum(map(len, tasks)), answers, reader.failures.copy(), reader.why.copy())
    reader.failures.clear()
    return batch
