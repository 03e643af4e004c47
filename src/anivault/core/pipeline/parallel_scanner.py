"""Read many names, on as many cores as help. The readings are those of one core, in the order of the names.

Pure; touches nothing but the processes that it starts. Engines that run in processes of their own are asked
from here alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from anivault.parser.models import ParseResult
from anivault.parser.read import Reader
from anivault.shared.progress import Progress
from anivault.shared.work.columns import columns
from anivault.shared.work.cores import spread

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
