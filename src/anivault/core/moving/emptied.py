"""Decide which folders a plan empties: those that held nothing but files that it moves away.

In: a plan that moves. Out: a step for each such folder, the deepest first. A root stays, and so does a
folder that was empty before, or has one in it, or that a disk is mounted on. Reads folders; changes nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from anivault.core.models import Mode, Plan, Write
from anivault.core.moving.effects import folder_of
from anivault.core.moving.journal.records import Do, Step
from anivault.shared import fs


def emptied(plan: Plan, writes: Sequence[Write] = ()) -> tuple[Step, ...]:
    """Return the removals of the folders that `plan` empties; `root` is numbered as the executor does it."""
    if plan.mode is not Mode.MOVE:
        return ()
    going = {(move.root, move.rel) for move in plan.moves}
    coming, mounts = _coming(plan, writes), fs.mounts()
    steps = []
    for number, root, rel in _left(plan):
        path = fs.whole(root, rel)
        if path in coming or os.path.realpath(path) in mounts:
            continue
        if step := _removal(number, root, rel, going):
            steps.append(step)
            going.add((root, rel))
    return tuple(steps)


def _coming(plan: Plan, writes: Sequence[Write]) -> set[str]:
    """The whole paths of the folders that something comes into."""
    targets = [*(move.target for move in plan.moves), *(write.target for write in writes)]
    homes = {os.path.dirname(one.home) for one in plan.returns if one.mode is Mode.MOVE}
    return homes.union(fs.whole(plan.library, folder) for folder in _folders(targets))


def _left(plan: Plan) -> Iterator[tuple[int, str, str]]:
    """Yield the folders that files leave, root by root, the deepest first."""
    for number, root in enumerate(plan.roots, 1):
        rels = set(_folders(move.rel for move in plan.moves if move.root == root))
        for rel in sorted(rels, key=lambda rel: (-rel.count("/"), rel)):
            yield number, root, rel


def left_empty(plan: Plan) -> list[str]:
    """Return the empty folders, relative to their root, that lie in a folder which files leave.

    Nobody knows what they are for, so that they stay, and with them the folders that they lie in.
    """
    if plan.mode is not Mode.MOVE:
        return []
    left = {(move.root, folder) for move in plan.moves if (folder := folder_of(move.rel))}
    return sorted(path for root, rel in left for path in _empty_in(root, rel))


def _empty_in(root: str, rel: str) -> Iterator[str]:
    with suppress(OSError), os.scandir(fs.whole(root, rel)) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and not os.listdir(entry.path):
                yield f"{rel}/{entry.name}"


def _removal(number: int, root: str, rel: str, going: set[tuple[str, str]]) -> Step | None:
    path = fs.whole(root, rel)
    try:
        if any((root, f"{rel}/{name}") not in going for name in os.listdir(path)):
            return None
        now = os.lstat(path)
    except OSError:  # what cannot be read stays
        return None
    owner = (now.st_uid, now.st_gid)
    return Step(i=0, do=Do.RMDIR, root=number, rel=rel, mode=stat.S_IMODE(now.st_mode), owner=owner)


def _folders(paths: Iterable[str]) -> Iterator[str]:
    """Yield every folder on the way to the paths, the root left out."""
    for path in paths:
        while path := folder_of(path):
            yield path
