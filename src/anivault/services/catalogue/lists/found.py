"""What reading a list gives: rows, what the list says of itself, or that it is broken."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anivault.services.catalogue.rows import Row


class BrokenListError(Exception):
    """A list cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a list holds: its rows, and what it says of itself."""

    rows: list[Row]
    version: str = ""
    licence: str = ""


def whole(text: str) -> int | None:
    """Return a number, or None for anything else: empty, "a", "unknown", several."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None
