"""What can be found about a file of a library: the kinds, their symbols, and which of them are no failure."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What is found about a file."""

    SAME = "same"
    MISSING = "missing"
    EXTRA = "extra"  # no run made it
    CHANGED = "changed"  # size or time are not as they were left
    CORRUPT = "corrupt"  # the content differs though size and time do not, or not from the name's CRC32
    MISNAMED = "misnamed"  # a file of ours under a name that no run gave it
    RENUMBERED = "renumbered"  # the provider's data behind the name are not what they were
    UNREADABLE = "unreadable"
    UNFINISHED = "unfinished"  # a run ended in its middle
    NO_LIBRARY = "no-library"  # no run has put anything into the folder: there is nothing to compare
    DUPLICATE = "duplicate"  # one content under two names
    INCOMPLETE = "incomplete"  # episodes are missing between the first and the last


SYMBOLS = {
    Kind.SAME: "=",
    Kind.MISSING: "-",
    Kind.INCOMPLETE: "-",
    Kind.EXTRA: "+",
    Kind.DUPLICATE: "+",
    Kind.CHANGED: "*",
    Kind.MISNAMED: "*",
    Kind.CORRUPT: "!",
    Kind.UNREADABLE: "!",
    Kind.UNFINISHED: "!",
    Kind.NO_LIBRARY: "!",
    Kind.RENUMBERED: "~",
}
NOTES = frozenset({Kind.SAME, Kind.EXTRA, Kind.DUPLICATE, Kind.INCOMPLETE})  # no failure unless strict
