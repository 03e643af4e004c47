"""Tell what has made something that is kept: this code, these words, these libraries.

What was kept by another maker is not taken for what would be made now.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import anivault

# What else readings and verdicts are made by.
MADE_BY = ("anitomy-ng", "neurelease", "rapidfuzz", "msgspec")
_SOURCES = {".py", ".toml", ".txt", ".tsv", ".json"}


@cache
def made_by() -> str:
    """A sum of all that readings and verdicts are made by: AniVault's code and words, and the libraries.

    An executable has no sources; there the version tells.
    """
    from xxhash import xxh3_128

    found = xxh3_128("\0".join([anivault.__version__, sys.version, *_versions()]).encode())
    package = Path(anivault.__file__).parent
    for room in ("parser", "core", "shared"):
        for path in sorted((package / room).rglob("*")):
            if path.suffix in _SOURCES:
                found.update(path.read_bytes())
    return found.hexdigest()


def _versions() -> Iterator[str]:
    import unicodedata
    from importlib.metadata import PackageNotFoundError, version  # 12 ms

    yield unicodedata.unidata_version
    for name in MADE_BY:
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"
