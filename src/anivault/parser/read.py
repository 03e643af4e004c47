"""Read one file name: normal form, own rules, engine.

In: a name with or without extension. Out: a ParseResult. Touches nothing.
"""

from __future__ import annotations

from anivault.parser.engines.anitomy_ng import AnitomyNg
from anivault.parser.models import ParseResult

_ENGINE = AnitomyNg()


def parse_name(name: str) -> ParseResult:
    """Read one file name, never a path. Total: any text gives a result."""
    return _ENGINE.parse(name.encode("utf-8", "replace")[:255].decode("utf-8", "ignore"))
