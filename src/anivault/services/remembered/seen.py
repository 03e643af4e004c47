"""Remember which held files the user has seen, so that the next run names the new ones alone.

In: a library and held files. Out: which of them were shown before. One file a library in the user's state
folder, a line a held file: sixteen digits of its path, and why it was held. Forgetting fails nothing: a line
that is damaged, or a file that cannot be read or written, only means that something is shown once more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path
from xxhash import xxh3_64_hexdigest

from anivault.core.models import Held, Move
from anivault.shared import fs

MOST = 500_000  # lines; the oldest go first
_LINE = re.compile(r"^([0-9a-f]{16}) ([a-z-]{1,40})$", re.MULTILINE)


class Seen:
    """What was shown of the held files of one library."""

    def __init__(self, library: str) -> None:
        self.path = place_of(library)
        self._reasons = _read(self.path)
        self._summed: tuple[Sequence[Held], list[str]] = (), []  # held files, and the digits of each

    def known(self, held: Sequence[Held]) -> list[bool]:
        """Of each, in their order, whether it was shown before, for the same reason."""
        if not self._reasons:
            return [False] * len(held)
        before = map(self._reasons.get, self._digits_of(held))
        return [reason == item.reason for reason, item in zip(before, held, strict=True)]

    def remember(self, held: Sequence[Held], moves: Iterable[Move] = ()) -> bool:
        """Note that these were shown; tell whether one was new. One that moves is new if it is held again."""
        shown = dict(zip(self._digits_of(held), (str(item.reason) for item in held), strict=True))
        now = dict(self._reasons)
        for move in moves if now.keys() - shown.keys() else ():
            now.pop(_digits(move.source), None)
        now |= shown
        new = now != self._reasons
        if new:
            self._reasons = now
            self._write()
        return new

    def _digits_of(self, held: Sequence[Held]) -> list[str]:
        """What stands for each; it is asked about the same files again and again."""
        if held is not self._summed[0]:
            self._summed = held, [_digits(item.source) for item in held]
        return self._summed[1]

    def _write(self) -> None:
        text = "".join(f"{digits} {reason}\n" for digits, reason in list(self._reasons.items())[-MOST:])
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fs.write_whole(str(self.path), text.encode(), replace=True)


def place_of(library: str) -> Path:
    """Where it is kept what was shown of a library."""
    return user_state_path("anivault") / "held" / f"{_digits(os.path.abspath(library))}.txt"


def _read(path: Path) -> dict[str, str]:
    with suppress(OSError):
        return dict(_LINE.findall(path.read_text("ascii", "replace")))
    return {}


def _digits(path: str) -> str:
    return xxh3_64_hexdigest(os.fsencode(path))
