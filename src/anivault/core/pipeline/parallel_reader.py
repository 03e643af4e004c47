"""Read many names on many cores. The answers are those of one by one.

Engines that run in processes of their own are asked from here alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Sized
from functools import partial
from typing import Any, NamedTuple, TypeVar

from anivault.parser.read import Reader
from anivault.shared.progress import Progress
from anivault.shared.work.cores import spread

Item = TypeVar("Item")
Task = TypeVar("Task", bound=Sized)
Answer = TypeVar("Answer")
Packed = TypeVar("Packed")

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
