"""Tell which videos of a plan exclude one another, and what tells them apart. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from anivault.core.models import Held, MatchedFile, ScannedFile, ShowId
from anivault.core.planning.naming.characters import finish
from anivault.core.planning.wanted import Shelf, Wanted
from anivault.parser.models import ParseResult

T = TypeVar("T")


def apart(shelves: Sequence[Shelf | Held], owners: Mapping[str, ShowId]) -> list[list[int]]:
    """Put videos together that can want one place: those of a show, and of shows with folders in its own.

    `owners`: the shows by their folders, which are folded. Each video that is on a shelf is in one list, in
    the order given.
    """
    leaders: dict[ShowId, ShowId] = {}
    above, whose = "/", None
    for folder, show in sorted((f"{folder}/", show) for folder, show in owners.items()):
        if whose and folder.startswith(above):
            _join(leaders, whose, show)
        else:
            above, whose = folder, show
    together: dict[ShowId, list[int]] = {}
    last, videos = None, list[int]()
    for index, shelf in enumerate(shelves):
        if isinstance(shelf, Held):
            continue
        if shelf is not last:
            last, videos = shelf, together.setdefault(_leader(leaders, shelf.show), [])
        videos.append(index)
    return list(together.values())


def rivals(wanted: Mapping[int, Wanted]) -> Iterable[list[int]]:
    """Put videos together that cannot all be had; each is in one list, by their numbers."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for index, one in wanted.items():
        alike.setdefault(one.claims, []).append(index)
    every = list(chain.from_iterable(alike))
    if len(set(every)) == len(every):  # as in most shows
        return alike.values()
    leaders: dict[int, int] = {}
    first: dict[object, int] = {}
    for claims, (index, *_) in alike.items():
        for claim in claims:
            if (other := first.setdefault(claim, index)) != index:
                _join(leaders, *sorted((_leader(leaders, other), _leader(leaders, index))))  # the first leads
    crowds: dict[int, list[int]] = {}
    for indexes in alike.values():
        crowds.setdefault(_leader(leaders, indexes[0]), []).extend(indexes)
    return [sorted(crowd) for crowd in crowds.values()]


def _join(leaders: dict[T, T], one: T, other: T) -> None:
    """Put all that follow the one and the other together, behind the leader of the one."""
    first, second = _leader(leaders, one), _leader(leaders, other)
    if first != second:
        leaders[second] = first


def _leader(leaders: Mapping[T, T], one: T) -> T:
    while (above := leaders.get(one, one)) != one:
        one = above
    return one


def same_release(one: MatchedFile, two: MatchedFile) -> bool:
    """Whether two files lie in one folder and come from one group."""
    folders = one.file.root == two.file.root and one.file.folder == two.file.folder
    return folders and one.parsed.group == two.parsed.group


def same_inode(one: ScannedFile, two: ScannedFile) -> bool:
    """Whether two names are of one file."""
    a, b = one.identity, two.identity
    return bool(a and b and a.inode and (a.device, a.inode) == (b.device, b.inode))


def labels(items: Sequence[MatchedFile], clean: Callable[[str], str]) -> list[str]:
    """For each file what tells it from the others: resolution, group, source, codec, version."""
    rows = [_traits(item.parsed) for item in items]
    telling = [column for column in range(5) if len({row[column] for row in rows}) > 1]
    return [finish(clean(" ".join(filter(None, (row[c] for c in telling))))) or "Version" for row in rows]


def _traits(parsed: ParseResult) -> tuple[str, ...]:
    version = f"v{parsed.version or 1}"
    return parsed.resolution or "", parsed.group or "", parsed.source or "", parsed.video_codec or "", version
