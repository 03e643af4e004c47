"""Decide what a pin would hold for besides the files that are asked about.

In: the verdict on every video. Out: the path, and the numbers, of a pin for a show, or for some files alone.
Pure.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from anivault.core.matching.pins import Kind, kind_of
from anivault.core.matching.titles.normalize import normal_form
from anivault.core.models import MatchedFile, ShowId
from anivault.parser.models import EXTRAS, Number

Verdicts = Mapping[tuple[str, str], MatchedFile]  # by root and path below it


class Alone(NamedTuple):
    """The path and the numbers of a pin for some files alone; `goes_on`: no other has a later number."""

    path: str
    numbers: str = ""
    goes_on: bool = False

    def into(self, season: int | None) -> str | None:
        """The numbers of a pin into a season: next week's go on in it. Specials are these and no others."""
        ends = not self.goes_on or not season
        return (self.numbers if ends else f"{self.numbers.partition('-')[0]}-") or None


class Scope:
    """What else a pin would hold for: videos by title, group and season, and by folder at any depth.

    Each is found when a question first needs it: most runs ask about few of many files.
    """

    def __init__(self, verdicts: Verdicts) -> None:
        self._verdicts = verdicts

    @cached_property
    def _names(self) -> dict[_Name, list[MatchedFile]]:
        found: defaultdict[_Name, list[MatchedFile]] = defaultdict(list)
        for item in self._verdicts.values():
            for name in _names(item):
                found[name].append(item)
        return found

    @cached_property
    def _by_folder(self) -> list[list[MatchedFile]]:
        found: defaultdict[tuple[str, str], list[MatchedFile]] = defaultdict(list)
        for item in self._verdicts.values():
            found[item.file.root, item.file.folder].append(item)
        return list(found.values())

    @cached_property
    def _folders(self) -> Counter[str]:
        """How many videos each folder holds, at any depth."""
        found: Counter[str] = Counter()
        for files in self._by_folder:
            for above in _above(files[0]):
                found[above] += len(files)
        return found

    @cached_property
    def mixed(self) -> frozenset[str]:
        """The folders that hold, at any depth, videos of several shows: a pin for one would say too much."""
        found: defaultdict[str, set[ShowId | None]] = defaultdict(set)
        for files in self._by_folder:
            shows = set(map(_show, files))
            for above in _above(files[0]):
                found[above] |= shows
        return frozenset(folder for folder, shows in found.items() if len(shows) > 1)

    def show_path(self, file: MatchedFile) -> str:
        """The path whose pin says the show of the file, and nothing of another's; empty where none does.

        The nearest folder that is called like the show and holds no other, else the file.
        """
        titles = [form for title in file.parsed.titles if (form := normal_form(title))]
        alone = list(takewhile(lambda folder: folder not in self.mixed, _above(file)))
        for folder in alone:
            if any(title in normal_form(os.path.basename(folder)) for title in titles):
                return folder
        shows = {_show(item) for item in self._names[next(_names(file))]}
        return file.file.path if len(shows) == 1 else next(iter(alone), "")

    def alone(self, asked: Sequence[MatchedFile]) -> Alone | None:
        """What a pin has to be for that places what is asked about and nothing else; None: no pin does."""
        file, files = asked[0], {item.file for item in asked}
        named = self._names[next(_names(file))]
        mine = [item for item in named if item.file in files]
        others = [item for item in named if item.file not in files]
        if not others:
            return Alone(file.file.path)
        folder = file.file.whole_folder
        if file.file.folder and self._folders[folder] == len(asked):
            return Alone(folder)
        return _between(file.file.path, mine, others)


def _between(path: str, mine: Sequence[MatchedFile], others: Sequence[MatchedFile]) -> Alone | None:
    """The range of numbers that holds all of mine and none of the others': `13-24`, or `7` alone.

    None where a file of mine has no number, or one such as 12.5 that stands in no range.
    """
    said = _numbers(mine)
    numbers = _whole(said)
    if not numbers or len(numbers) < len(said):
        return None
    first, last = min(numbers), max(numbers)
    taken = _whole(_numbers(item for item in others if item.parsed.type not in EXTRAS))
    if any(first <= n <= last for n in taken):
        return None
    told = f"{first}-{last}" if first < last else str(first)
    return Alone(path, told, goes_on=all(n < first for n in taken))


def _numbers(files: Iterable[MatchedFile]) -> list[Number]:
    return [n for item in files for n in item.parsed.episodes]


def _whole(numbers: Iterable[Number]) -> list[int]:
    return [n for n in numbers if isinstance(n, int)]


def first_number(file: MatchedFile) -> int | None:
    """The first whole number of a file."""
    return next(iter(_whole(file.parsed.episodes)), None)


_Name = tuple[str, str, int | None, int | None, Kind]


def _names(item: MatchedFile) -> Iterator[_Name]:
    """What a pin for a file goes by; one without a group holds for every one."""
    parsed, kind = item.parsed, kind_of(item)
    title, group = normal_form(parsed.title or ""), (parsed.group or "").casefold()
    yield title, group, parsed.season, parsed.year, kind
    if group:
        yield title, "", parsed.season, parsed.year, kind


def _above(item: MatchedFile) -> Iterator[str]:
    """The folders that a file is in, the nearest first and its root last."""
    folder = item.file.whole_folder
    for _ in range(item.file.rel.count("/") + 1):
        yield folder
        folder = os.path.dirname(folder)


def _show(item: MatchedFile) -> ShowId | None:
    return item.match.best.candidate.key if item.match.best else None
