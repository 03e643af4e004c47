"""The working record of one name: what rules have read so far, and what is left to read.

A rule claims a place: its value is kept with the rule's name, and its characters become a gap, so
that later rules neither read them again nor run a title across them.
"""

from __future__ import annotations

from typing import Any

from anivault.parser.models import SURE

# What stands in `text` where a rule has claimed it. They are controls: no normal form holds them.
GROUP, TERM, SEASON, EPISODE, YEAR, KIND, NOTE = "\x01", "\x02", "\x03", "\x04", "\x05", "\x06", "\x07"
GAPS = "\x01-\x07"
EMPTY = " \x01\x02\x03\x04\x05\x06\x07"  # what may stand in front of the first word


class Draft:
    """A name being read. `text` and `shown` keep one length through every claim."""

    __slots__ = (
        "confidence",
        "fields",
        "held",
        "leading",
        "loose_group",
        "numbers",
        "said",
        "shown",
        "text",
        "texts",
        "words",
    )

    def __init__(self, text: str, shown: str) -> None:
        self.text, self.shown = text, shown
        self.confidence = SURE  # less where a rule only supposes
        self.fields: dict[str, Any] = {}
        self.said: dict[str, str] = {}
        self.numbers: list[tuple[int, int, Any]] = []  # brackets that hold a number: start, end, meaning
        self.held: list[str] = []  # the words of all brackets but the first one
        self.texts: list[tuple[int, int]] = []  # brackets that hold words
        self.leading: list[tuple[int, int]] = []  # brackets in front: a group and its partners, or a title
        self.loose_group: str | None = None  # a name found among technical words

        self.words: frozenset[str] = frozenset()  # the runs of letters outside brackets, lower case

    def set(self, field: str, value: Any, rule: str) -> None:
        """Keep a value unless an earlier rule has said one."""
        if field not in self.fields:
            self.fields[field] = value
            self.said[field] = rule

    def gap(self, start: int, end: int, filler: str) -> None:
        """Take a place out of what is left to read."""
        self.text = self.text[:start] + filler * (end - start) + self.text[end:]
