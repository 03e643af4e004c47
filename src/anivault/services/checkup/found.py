"""What one look found: how it is, in words, and what mends it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"  # a run works, and somebody may be surprised
    FAULT = "fault"  # a run does not work, or not as it is meant


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at; `mend` is what to type or to change."""

    name: str
    level: Level
    text: str
    mend: str = ""


def ok(name: str, text: str) -> Check:
    """It is as it should be."""
    return Check(name, Level.OK, text)


def warning(name: str, text: str, mend: str) -> Check:
    """It works, but."""
    return Check(name, Level.WARNING, text, mend)


def fault(name: str, text: str, mend: str) -> Check:
    """It has to be mended."""
    return Check(name, Level.FAULT, text, mend)
