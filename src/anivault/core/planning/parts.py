"""Tell the parts of a film or episode that was cut up (cd1, cd2) from files that are whole. Pure.

In: the videos of one place. Out: those that are whole, the parts of one release that together are, the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

from anivault.core.models import MatchedFile
from anivault.parser.models import EXTRAS


class Cut(NamedTuple):
    """Indexes of videos. `parts` has the number of each part of the one release that is taken."""

    whole: list[int]
    parts: dict[int, int]
    loose: list[int]  # parts without the others, or of another release; the better ones first


_Release: TypeAlias = tuple[str, str, str | None]


def cut_up(items: Mapping[int, MatchedFile], order: Callable[[Sequence[MatchedFile]], list[int]]) -> Cut:
    """Sort the videos of one place. Of several releases in parts the first in `order` is taken."""
    complete = _complete(items)
    parts = _chosen(complete, items, order)
    in_parts = set(chain.from_iterable(complete))
    whole = [index for index, item in items.items() if index not in in_parts and not _is_part(item)]
    loose = [index for index in items if index not in parts and index not in whole]
    if len(loose) > 1:
        loose = [loose[position] for position in order([items[index] for index in loose])]
    return Cut(whole, parts, loose)


def _complete(items: Mapping[int, MatchedFile]) -> list[dict[int, int]]:
    """The releases of which all parts are there: `cd1` and `cd2`, but not `cd2` alone."""
    return [numbers for numbers in _numbered(items).values() if is_complete(numbers.values())]


def _numbered(items: Mapping[int, MatchedFile]) -> dict[_Release, dict[int, int]]:
    """By release, the videos that are numbered as parts, each with its number."""
    releases: defaultdict[_Release, dict[int, int]] = defaultdict(dict)
    for index, item in items.items():
        if number := number_of(item):
            releases[_release(item)][index] = number
    return releases


def _chosen(
    complete: Sequence[dict[int, int]],
    items: Mapping[int, MatchedFile],
    order: Callable[[Sequence[MatchedFile]], list[int]],
) -> dict[int, int]:
    """The parts of the release that is taken; two releases of `cd1` and `cd2` are never mixed."""
    if len(complete) < 2:
        return complete[0] if complete else {}
    first = [items[min(numbers, key=lambda index: numbers[index])] for numbers in complete]
    return complete[order(first)[0]]


def is_numbered(item: MatchedFile) -> bool:
    """Whether a name, or a folder, has a number that may be that of a part."""
    return bool(item.parsed.disc or item.parsed.part)


def number_of(item: MatchedFile) -> int | None:
    """Which part a video is, if its name or its folder numbers it; extras are numbered otherwise."""
    if item.parsed.type in EXTRAS:
        return None
    return item.parsed.disc if _is_on_a_disc(item) else item.parsed.part


def _is_on_a_disc(item: MatchedFile) -> bool:
    """`Akira cd1`, `Disc 1/Akira`; in `Disc 1/Akira pt2` the name's own word goes before the folder's."""
    parsed = item.parsed
    own = parsed.said.get("disc") != "folder" or not parsed.part or _is_film_of_its_number(item)
    return parsed.disc is not None and own


def _is_film_of_its_number(item: MatchedFile) -> bool:
    """`Kizumonogatari Part 2`: the number is the film's."""
    best = item.match.best
    return best is not None and best.score.parts.get("season", 0.0) >= 1.0


def is_complete(numbers: Iterable[int]) -> bool:
    """Whether parts are numbered from 1 without a gap."""
    found = sorted(numbers)
    return len(found) > 1 and found == list(range(1, len(found) + 1))


def _is_part(item: MatchedFile) -> bool:
    """Whether a video says itself that there is more: cd1, or `Part 2` where no film of that number matched.

    A lone `Disc 1/Film` may well be whole.
    """
    best = item.match.best
    if number_of(item) is None:
        return False
    if _is_on_a_disc(item):
        return item.parsed.said.get("disc") != "folder"
    if best is None or best.candidate.media_type != "movie":
        return False
    return item.pinned is None and not _is_film_of_its_number(item)


def _release(item: MatchedFile) -> _Release:
    folder = item.file.folder
    if _is_on_a_disc(item) and item.parsed.said.get("disc") == "folder":
        folder = folder.rpartition("/")[0]
    return item.file.root, folder, item.parsed.group
