"""The CRC32: eight hexadecimal digits alone in brackets. A date of eight digits is none."""

from __future__ import annotations

import re

RULE = "rule:checksum"

_CRC = re.compile(r"\s*([0-9A-Fa-f]{8})\s*")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")


def whole(content: str) -> str | None:
    """Return the checksum that a bracket holds."""
    found = _CRC.fullmatch(content)
    return found[1] if found is not None and not _DATE.fullmatch(found[1]) else None
