"""Turn a plan into steps, one a move, return, small file and emptied folder, and steps into batches. Pure."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

import msgspec

from anivault.core.models import Mode, Move, Plan, Return, Write
from anivault.core.moving.checks import COPIES
from anivault.core.moving.journal.records import Do, Step

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
    """Yield one step a move, a return, a write and an emptied folder; `roots_of` the plan have the numbers.

    A file goes just before the one that takes its place, so that no more than one is away at a time; where
    that one gets another name it comes first.
    """
    number = count()
    numbers = {root: n for n, root in enumerate(roots_of(plan), 1)} | {plan.library: 0}
    returns: defaultdict[str, list[Return]] = defaultdict(list)
    for one in plan.returns:
        returns[one.instead].append(one)
    for move in plan.moves:
        going = returns.get(move.target)
        if not going:
            yield _move_step(next(number), move, numbers)
            continue
        has_its_name = any(one.rel.casefold() == move.target.casefold() for one in going)
        if not has_its_name:
            yield _move_step(next(number), move, numbers)
        for one in going:
            yield _return_step(next(number), one, numbers)
        if has_its_name:
            yield _move_step(next(number), move, numbers)
    for write in writes:
        yield _write_step(next(number), write)
    for folder in emptied:
        yield msgspec.structs.replace(folder, i=next(number))


def roots_of(plan: Plan) -> tuple[str, ...]:
    """The folders that steps are relative to: those of the plan, then others that files go back to."""
    others = dict.fromkeys(one.root for one in plan.returns if one.root not in plan.roots)
    return (*plan.roots, *others)


def _move_step(i: int, move: Move, numbers: Mapping[str, int]) -> Step:
    return Step(
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


def _return_step(i: int, one: Return, numbers: Mapping[str, int]) -> Step:
    """The step of a file that makes room: it moves out, or its link or copy goes."""
    return Step(
        i=i,
        do=Do.RENAME if one.mode is Mode.MOVE else Do.REMOVE,
        rel=one.rel,
        to_root=numbers[one.root],
        to=one.to,
        size=one.identity.size,
        mtime_ns=one.identity.mtime_ns,
        video=one.waits_for,
    )


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
        cost = _copied(step)
        here, there = (step.root, step.rel), (step.to_root, step.to)
        full = len(batch) >= BATCH or cost > room or _is_emptied(step, batch)
        if batch and (full or not names.isdisjoint((here, there))):
            yield batch
            batch, names, room = [], set(), BATCH_BYTES
        batch.append(step)
        if step.rel and step.to:
            names.update((here, there))
        room -= cost
    if batch:
        yield batch


def _copied(step: Step) -> int:
    """How many bytes a step copies; a rename or a link takes none of a batch's room."""
    return step.size if step.do in COPIES else 0


def _is_emptied(step: Step, batch: Sequence[Step]) -> bool:
    """Whether a step removes a folder behind a batch of files."""
    return step.do is Do.RMDIR and bool(batch) and batch[-1].do is not Do.RMDIR
