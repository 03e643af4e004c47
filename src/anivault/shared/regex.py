"""Regular expressions that are compiled when they are first asked: a command pays for those that it needs.

In: what `re.compile` takes. Out: what it gives, but for the time. Compiling all at import took half of the
start. Modules write `from anivault.shared import regex as re`. The `re` of a match is the compiled one:
which expression found it is told by `pattern`.
"""

from __future__ import annotations

import re
from re import (
    ASCII,
    DOTALL,
    IGNORECASE,
    MULTILINE,
    Match,
    Pattern,
    escape,
    findall,
    fullmatch,
    match,
    search,
    split,
    sub,
)
from typing import Any, AnyStr, cast

__all__ = [
    "ASCII",
    "DOTALL",
    "IGNORECASE",
    "MULTILINE",
    "Match",
    "Pattern",
    "compile",
    "escape",
    "findall",
    "fullmatch",
    "match",
    "search",
    "split",
    "sub",
]
_ASKED = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _Late:
    """An expression that is not compiled yet. Its methods are kept: asked again, it costs what any does."""

    def __init__(self, pattern: object, flags: int) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled: Any = re.compile(cast(Any, self.pattern), self._flags)
        self.__dict__.update({asked: getattr(compiled, asked) for asked in _ASKED})
        return getattr(compiled, name)


def compile(pattern: AnyStr, flags: int = 0) -> Pattern[AnyStr]:  # noqa: A001 - as `re` calls it
    """Return an expression; compiled, with the errors of that, at its first use."""
    return cast(Pattern[AnyStr], _Late(pattern, flags))
