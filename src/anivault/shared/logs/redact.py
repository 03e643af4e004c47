"""Take secrets out of a text before it is written down."""

from __future__ import annotations

import os
import re

HIDDEN = "***"
_NAMED = re.compile(r"key|token|secret|passw|cookie", re.IGNORECASE)
# A word that says what follows is secret; a key of TMDB (v3 and v4); all that stands before a host.
_FORMS = (
    re.compile(
        r"(?i)((?:api[_-]?key|token|secret|password|passwd|authorization|cookie|x-plex-token)"
        r"[\"']?\s*[=:]\s*[\"']?(?:bearer\s+|basic\s+)?)[^\s\"'&,;]+"
    ),
    re.compile(r"(\b)[0-9a-f]{32}\b"),
    re.compile(r"(\b)eyJ[\w-]+\.[\w-]+(?:\.[\w-]+)?"),
    re.compile(r"(://)[^/\s]+(?=@)"),
    re.compile(r"(\$argon2)[\w$=,+/.-]+"),
)
LEAST = 8  # characters of a value that is taken out wherever it stands


def redacted(text: str) -> str:
    """The text without what is, or looks like, a key, a password or a token."""
    for value in _own():
        text = text.replace(value, HIDDEN)
    for form in _FORMS:
        text = form.sub(rf"\g<1>{HIDDEN}", text)
    return text


def _own() -> list[str]:
    """The values of variables of ours that are secrets."""
    named = (value for name, value in os.environ.items() if _NAMED.search(name) and _is_ours(name))
    return sorted((value for value in named if len(value) >= LEAST), key=len, reverse=True)


def _is_ours(name: str) -> bool:
    return name.startswith(("ANIVAULT_", "TMDB_"))
