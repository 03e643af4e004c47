"""Remember which held files the user has seen, so that the next run names the new ones alone.

In: a library and held files. Out: which of them were shown before. One file a library in the user's state
folder, a line a held file: sixteen digits of its path, and why it was held. Forgetting fails nothing: a line
that is damaged, or a file that cannot be read or written, only means that something is shown once more.
"""

from __future__ import annotations

import os
import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from platformdirs import user_state_path
from xxhash import xxh3_64_intdigest

from anivault.core.models import Held, Move
from anivault.shared import fs

MOST = 500_000  # lines; the oldest go first
_LINE = re.compile(r"^([0-9a-f]{16}) ([a-z-]{1,40})$", re.MULTILINE)


class Seen:
    """What was shown of the held files of one library."""

    def __init__(self, library: str) -> None:
        self.path = place_of(library)
        self._reasons = _read(self.path)
        self._summed: tuple[Sequence[Held], Sequence[int]] = (), ()  # held files, and the digits of each

    def known(self, held: Sequence[Held]) -> list[bool]:
        """Of each, in their order, whether it was shown before, for the same reason."""
        if not self._reasons:
            return [False] * len(held)
        before = map(self._reasons.get, self._digits_of(held))
        return [reason == item.reason for reason, item in zip(before, held, strict=True)]

    def remember(self, held: Sequence[Held], moves: Iterable[Move] = ()) -> bool:
        """Note that these were shown; tell whether one was new. One that moves is new if it is held again."""
        reasons, new = self._reasons, False
        for digits, item in zip(self._digits_of(held), held, strict=True):
            if reasons.get(digits) != item.reason:
                reasons[digits], new = item.reason.value, True
        for move in moves if len(reasons) > len(held) else ():
            new |= reasons.pop(_digits(move.source), None) is not None
        if new:
            self._write()
        return new

    def _digits_of(self, held: Sequence[Held]) -> Sequence[int]:
        """What stands for each; it is asked about the same files again and again."""
        if held is not self._summed[0]:
            self._summed = held, array("Q", (_digits(item.source) for item in held))
        return self._summed[1]

    def _write(self) -> None:
        text = bytearray()
        for digits, reason in islice(self._reasons.items(), max(0, len(self._reasons) - MOST), None):
            text += b"%016x %s\n" % (digits, reason.encode())
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fs.write_whole(str(self.path), memoryview(text), replace=True)


def place_of(library: str) -> Path:
    """Where it is kept what was shown of a library."""
    return user_state_path("anivault") / "held" / f"{_digits(os.path.realpath(library)):016x}.txt"


def _read(path: Path) -> dict[int, str]:
    with suppress(OSError):
        lines = _LINE.finditer(path.read_text("ascii", "replace"))
        return {int(line[1], 16): sys.intern(line[2]) for line in lines}
    return {}


def _digits(path: str) -> int:
    return xxh3_64_intdigest(os.fsencode(path))
