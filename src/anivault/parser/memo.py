"""Remember how a release is named: its files differ in the episode number and the checksum only.

In: a name whose shape was read before, with another number. Out: the former result with the new
number and checksum, at a tenth of the cost. Only sure readings are kept, of numbers that no rule treats by
their value; a test holds that a name reads the same with and without.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec.structs import replace

from anivault.parser.models import ParseResult

CAPACITY = 4096  # shapes; a hundred thousand files have a few thousand

_RUNS = re.compile(r"([\[(][0-9A-Fa-f]{8}[\])]|\d+)")
_BY_VALUE = frozenset(("480", "540", "576", "720"))  # taken for a resolution in brackets


class _Shape(NamedTuple):
    runs: list[str]  # the numbers and the checksum of the name it was learnt from
    episode: int  # which of them is the episode
    checksum: int | None
    result: ParseResult


class Memo:
    """The shapes seen so far."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, ...], _Shape] = {}

    def find(self, name: str) -> ParseResult | None:
        """Return the reading of `name` if its shape is known."""
        pieces = _RUNS.split(name)
        shape = self._shapes.get(tuple(pieces[::2]))
        if shape is None:
            return None
        runs = pieces[1::2]
        episode = runs[shape.episode]
        if len(episode) != len(shape.runs[shape.episode]) or episode in _BY_VALUE:
            return None
        runs[shape.episode] = shape.runs[shape.episode]
        if shape.checksum is None:
            return replace(shape.result, episodes=(int(episode),)) if runs == shape.runs else None
        checksum = runs[shape.checksum]
        runs[shape.checksum] = shape.runs[shape.checksum]
        if runs != shape.runs:
            return None
        return replace(shape.result, episodes=(int(episode),), crc32=checksum[1:-1])

    def keep(self, name: str, result: ParseResult) -> None:
        """Learn the shape of a name, if its reading is sure to hold for other numbers."""
        if result.confidence != 1.0 or len(result.episodes) != 1 or result.absolute:
            return
        pieces = _RUNS.split(name)
        runs = pieces[1::2]
        places = [n for n, run in enumerate(runs) if run.isdecimal() and int(run) == result.episodes[0]]
        checksums = [n for n, run in enumerate(runs) if not run.isdecimal()]
        if (
            len(places) != 1
            or len(checksums) > 1
            or not 1 < len(runs[places[0]]) < 4
            or runs[places[0]] in _BY_VALUE
        ):
            return
        if checksums and result.crc32 != runs[checksums[0]][1:-1]:
            return
        if len(self._shapes) >= CAPACITY:
            self._shapes.clear()
        self._shapes[tuple(pieces[::2])] = _Shape(
            runs, places[0], checksums[0] if checksums else None, result
        )
