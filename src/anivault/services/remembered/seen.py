"""Remember which held files the user has seen, so that the next run names the new ones alone.

In: a library and held files. Out: which of them were shown before. One file a library in the user's state
folder, a line a held file: sixteen digits of its path, and why it was held; of several lines of one file the
last holds. Forgetting fails nothing: a line that is damaged, or a file that cannot be read or written, only
means that something is shown once more.
"""

from __future__ import annotations

import os
import re
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from platformdirs import user_state_path
from xxhash import xxh3_64_intdigest

from anivault.core.models import Held, Move
from anivault.shared import fs

MOST = 500_000  # lines; the oldest go first
FEW = 200  # files; of so many it takes less time to look through the lines than to make a table of them
GONE = "-"  # the reason of a file that is not held any more
_LINE = re.compile(r"^([0-9a-f]{16}) ([a-z-]{1,40})$", re.MULTILINE)


class Seen:
    """What was shown of the held files of one library."""

    def __init__(self, library: str) -> None:
        self.path = place_of(library)
        self._lines = b""
        with suppress(OSError):
            self._lines = self.path.read_bytes()
        self._summed: tuple[Sequence[Held], Sequence[int]] = (), ()  # held files, and the digits of each

    def known(self, held: Sequence[Held]) -> list[bool]:
        """Of each, in their order, whether it was shown before, for the same reason."""
        if not self._lines:
            return [False] * len(held)
        before = map(self._getter(len(held)), self._digits_of(held))
        return [reason == item.reason for reason, item in zip(before, held, strict=True)]

    def remember(self, held: Sequence[Held], moves: Sequence[Move] = ()) -> bool:
        """Note that these were shown; tell whether one was new. One that moves is new if it is held again."""
        get, digits = self._getter(len(held) + len(moves)), self._digits_of(held)
        new = {
            one: item.reason.value for one, item in zip(digits, held, strict=True) if get(one) != item.reason
        }
        if self._lines.count(b"\n") + len(new) > len(held):
            going = (_digits(move.source) for move in moves)
            new |= {one: GONE for one in going if get(one) not in {None, GONE}}
        if new:
            self._write(new)
        return bool(new)

    def _getter(self, asked: int) -> Callable[[int], str | None]:
        """What tells why a file was held: of many files a table, of a few what stands in the lines."""
        return _table(self._lines).get if asked > FEW else partial(_last, self._lines)

    def _digits_of(self, held: Sequence[Held]) -> Sequence[int]:
        """What stands for each; it is asked about the same files again and again."""
        if held is not self._summed[0]:
            self._summed = held, array("Q", (_digits(item.source) for item in held))
        return self._summed[1]

    def _write(self, new: Mapping[int, str]) -> None:
        """Add lines; where that would be too many, leave those out that no longer count, and the oldest."""
        self._lines = _begun(self._lines) + _written(new.items())
        if self._lines.count(b"\n") > MOST:
            there = [(digits, reason) for digits, reason in _table(self._lines).items() if reason != GONE]
            self._lines = _written(there[-MOST:])
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fs.write_whole(str(self.path), self._lines, replace=True)


def _written(reasons: Iterable[tuple[int, str]]) -> bytes:
    return b"".join([b"%016x %s\n" % (digits, reason.encode()) for digits, reason in reasons])


def _begun(lines: bytes) -> bytes:
    """Lines, the last of which has an end."""
    return lines if not lines or lines.endswith(b"\n") else lines + b"\n"


def _table(lines: bytes) -> dict[int, str]:
    """The last reason of each file, in the order of their first lines."""
    found = _LINE.finditer(lines.decode("ascii", "replace"))
    return {int(line[1], 16): sys.intern(line[2]) for line in found}


def _last(lines: bytes, digits: int) -> str | None:
    """The last reason of one file."""
    at = lines.rfind(b"%016x " % digits)
    return lines[at + 17 : lines.find(b"\n", at)].decode("ascii", "replace") if at >= 0 else None


def place_of(library: str) -> Path:
    """Where it is kept what was shown of a library."""
    return user_state_path("anivault") / "held" / f"{_digits(os.path.realpath(library)):016x}.txt"


def _digits(path: str) -> int:
    return xxh3_64_intdigest(os.fsencode(path))
