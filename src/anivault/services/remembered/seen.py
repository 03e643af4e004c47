"""Remember which held files the user has seen, so that the next run names the new ones alone.

In: a library and held files. Out: which of them were shown before. One file a library in the user's state
folder, a line a held file: sixteen digits of its path, and why it was held; of several lines of one file the
last holds. Forgetting fails nothing: a line that is damaged, or a file that cannot be read or written, only
means that something is shown once more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path
from xxhash import xxh3_64_intdigest

from anivault.core.models import Held, HeldReason, Move
from anivault.shared import fs

MOST = 500_000  # lines; the oldest go first
DIGITS = 16
GONE = b"-"  # the reason of a file that is not held any more
_LINE = re.compile(rb"^([0-9a-f]{16}) ([a-z-]{1,40})$", re.MULTILINE)
_REASONS = {reason: reason.value.encode() for reason in HeldReason}
_SAME = {reason: reason for reason in _REASONS.values()}  # each as one object


class Seen:
    """What was shown of the held files of one library."""

    def __init__(self, library: str) -> None:
        self.path = place_of(library)
        self._lines = b""
        with suppress(OSError):
            self._lines = self.path.read_bytes()
        self._table = _table(self._lines)
        self._summed: tuple[Sequence[Held], Sequence[bytes]] = (), ()  # held files, and the digits of each

    def known(self, held: Sequence[Held]) -> list[bool]:
        """Of each, in their order, whether it was shown before, for the same reason."""
        if not self._table:
            return [False] * len(held)
        before = map(self._table.get, self._digits_of(held))
        return [reason == _REASONS[item.reason] for reason, item in zip(before, held, strict=True)]

    def remember(self, held: Sequence[Held], moves: Iterable[Move] = ()) -> bool:
        """Note that these were shown; tell whether one was new. One that moves is new if it is held again."""
        table, pairs = self._table, zip(self._digits_of(held), held, strict=True)
        new = {d: why for d, item in pairs if table.get(d) != (why := _REASONS[item.reason])}
        if len(table) + len(new) > len(held):
            going = map(_digits, (move.source for move in moves))
            new |= {digits: GONE for digits in going if table.get(digits, GONE) != GONE}
        if new:
            self._write(new)
        return bool(new)

    def _digits_of(self, held: Sequence[Held]) -> Sequence[bytes]:
        """What stands for each; it is asked about the same files again and again."""
        if held is not self._summed[0]:
            self._summed = held, [_digits(item.source) for item in held]
        return self._summed[1]

    def _write(self, new: Mapping[bytes, bytes]) -> None:
        """Add lines; where that would be too many, leave those out that no longer count, and the oldest."""
        self._table |= new
        end = b"" if self._lines.endswith(b"\n") or not self._lines else b"\n"
        self._lines += end + _written(new.items())
        if self._lines.count(b"\n") > MOST:
            there = [(digits, reason) for digits, reason in self._table.items() if reason != GONE]
            self._lines = _written(there[-MOST:])
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fs.write_whole(str(self.path), self._lines, replace=True)


def _written(reasons: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%s %s\n" % line for line in reasons])


def _table(lines: bytes) -> dict[bytes, bytes]:
    """The last reason of each file, in the order of their first lines."""
    words = lines.split()
    digits, reasons = words[::2], words[1::2]
    if len(digits) == len(reasons) and {DIGITS}.issuperset(map(len, digits)):  # sooner than line by line
        return dict(zip(digits, map(_SAME.get, reasons, reasons), strict=True))
    return dict(_LINE.findall(lines))


def place_of(library: str) -> Path:
    """Where it is kept what was shown of a library."""
    return user_state_path("anivault") / "held" / f"{_digits(os.path.realpath(library)).decode()}.txt"


def _digits(path: str) -> bytes:
    return b"%016x" % xxh3_64_intdigest(os.fsencode(path))
