"""Look at many folders at once, and read many names on many cores. The answers are those of one by one.

Threads look, where each look waits for a disk far away; processes read, where cores have work. Engines that
run in processes of their own are asked from here alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from anivault.parser.models import ParseResult
from anivault.parser.read import Reader
from anivault.shared.progress import Progress
from anivault.shared.work.columns import columns
from anivault.shared.work.cores import spread

Place = TypeVar("Place")
Found = TypeVar("Found")
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
    """Readings, and what engines failed at meanwhile."""

    readings: list[ParseResult]
    failures: Counter[str]
    why: dict[str, str]


def read_all(names: Sequence[str], reader: Reader, progress: Progress) -> list[ParseResult]:
    """Read each name by itself. `progress` gets how many are read, of all."""
    results: list[ParseResult] = []
    batches = [names[start : start + BATCH] for start in range(0, len(names), BATCH)]
    workers = 1 if reader.steady is None else reader.workers
    for batch in spread(lambda batch: _read(batch, reader), batches, workers, pack=_pack, unpack=_unpack):
        results += batch.readings
        reader.failures.update(batch.failures)
        reader.why |= batch.why
        progress(len(results), len(names))
    return results


def _read(names: Sequence[str], reader: Reader) -> _Batch:
    readings = [reader.read(name) for name in names]
    batch = _Batch(readings, reader.failures.copy(), reader.why.copy())
    reader.failures.clear()
    return batch


def _pack(batch: _Batch) -> tuple[bytes, Counter[str], dict[str, str]]:
    return columns(ParseResult).pack(batch.readings), batch.failures, batch.why


def _unpack(packed: tuple[bytes, Counter[str], dict[str, str]]) -> _Batch:
    readings, failures, why = packed
    return _Batch(columns(ParseResult).unpack(readings), failures, why)
