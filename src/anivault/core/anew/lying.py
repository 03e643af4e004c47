"""In which order files lie: that in which a scan comes upon them. Pure.

A plan tells of its videos, and then of its other files, in this order, whatever releases they are of.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from math import inf
from operator import le
from typing import TypeAlias, TypeVar

from msgspec.structs import replace

from anivault.core.models import FileKind, Held, Move, Plan, ScannedFile
from anivault.core.pipeline.records import kind_of
from anivault.shared.text import natural

Way: TypeAlias = tuple[tuple[bool | str, ...], ...]  # folder by folder; files come before folders


def as_they_lie(plan: Plan, files: Sequence[ScannedFile]) -> Plan:
    """The same plan, in the order of `files`; last what it says of files of the library."""
    where: dict[str, dict[str, int]] = {}
    for number, file in enumerate(files):
        place = number if file.kind is FileKind.VIDEO else number + len(files)
        where.setdefault(file.root, {})[file.rel] = place
    none: dict[str, int] = {}

    def order(item: Move | Held) -> float:
        return where.get(item.root, none).get(item.rel, inf)

    return replace(plan, moves=_sorted(plan.moves, order), held=_sorted(plan.held, order))


Item = TypeVar("Item")


def _sorted(items: tuple[Item, ...], order: Callable[[Item], float]) -> tuple[Item, ...]:
    """Items in their order; those of most plans have it."""
    places = array("d", map(order, items))
    if all(map(le, places, islice(places, 1, None))):
        return items
    return tuple(sorted(items, key=order))


def is_other(path: str) -> bool:
    """Whether a file is told of behind the videos."""
    return kind_of(path) is not FileKind.VIDEO


def by_place(roots: Sequence[str]) -> Callable[[str], tuple[int, Way]]:
    """Return a key for paths below these roots: sorted by it they come as a scan of the roots finds them."""
    beginnings = [os.path.join(root, "") for root in roots]

    def key(path: str) -> tuple[int, Way]:
        for number, beginning in enumerate(beginnings):
            if path.startswith(beginning):
                *folders, name = path[len(beginning) :].split("/")
                return number, (*way_to(folders), (False, natural(name), name))
        return -1, ((False, path),)

    return key


def way_to(folders: Iterable[str]) -> Way:
    """The part of a key that all have that lie in a folder, or below it."""
    return tuple((True, natural(folder), folder) for folder in folders)
