"""Turn a plan into steps, one a move, small file and emptied folder, and steps into batches. Pure."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from anivault.core.models import Mode, Plan, Write
from anivault.core.moving.checks import COPIES
from anivault.core.moving.journal import Do, Step

BATCH = 1024
BATCH_BYTES = 4 << 30  # bytes copied in one batch: what a crash can make undone at most

WAYS = {
    Mode.HARDLINK: Do.LINK,
    Mode.REFLINK: Do.CLONE,
    Mode.COPY: Do.COPY,
    Mode.MOVE: Do.RENAME,
    Mode.SYMLINK: Do.SYMLINK,
}


def steps_of(plan: Plan, writes: Sequence[Write] = (), emptied: Sequence[Step] = ()) -> Iterator[Step]:
    """Yield one step a move, a write and an emptied folder; roots are numbered after the library."""
    numbers = {root: number for number, root in enumerate(plan.roots, 1)} | {plan.library: 0}
    for i, move in enumerate(plan.moves):
        yield Step(
            i=i,
            do=WAYS[move.mode],
            root=numbers[move.root],
            rel=move.rel,
            to=move.target,
            size=move.identity.size,
            mtime_ns=move.identity.mtime_ns,
            inode=move.identity.inode,
            crc32=move.crc32,
            metadata=move.metadata,
            video=move.video,
        )
    for i, write in enumerate(writes, len(plan.moves)):
        yield _write_step(i, write)
    for i, folder in enumerate(emptied, len(plan.moves) + len(writes)):
        yield msgspec.structs.replace(folder, i=i)


def _write_step(i: int, write: Write) -> Step:
    from xxhash import xxh3_128_hexdigest

    return Step(
        i=i,
        do=Do.WRITE,
        to=write.target,
        size=len(write.data),
        mtime_ns=time.time_ns(),
        mode=0o644,
        hash=xxh3_128_hexdigest(write.data),
        video=write.video,
    )


def batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Cut the steps into batches of at most so many files, and so many bytes where they are copied.

    Folders are removed in batches of their own: they are empty only once the sources before them went. A
    name is left in one batch and taken in a later one, or the other way round, so that `recover` can tell
    the two files apart.
    """
    batch: list[Step] = []
    names: set[tuple[int, str]] = set()
    room = BATCH_BYTES
    for step in steps:
        cost = step.size if step.do in COPIES else 0
        emptied = step.do is Do.RMDIR and batch and batch[-1].do is not Do.RMDIR
        here, there = (step.root, step.rel), (step.to_root, step.to)
        if batch and (len(batch) >= BATCH or cost > room or emptied or here in names or there in names):
            yield batch
            batch, names, room = [], set(), BATCH_BYTES
        batch.append(step)
        names.update((here, there) if step.rel and step.to else ())
        room -= cost
    if batch:
        yield batch
