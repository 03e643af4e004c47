"""Tell what has made something that is kept: this code, these words, these libraries.

What was kept by another maker is not taken for what would be made now.
"""

from __future__ import annotations

import os
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


def installed() -> list[tuple[str, int, int, int]]:
    """The files of AniVault, of Python and of the libraries by size and times: new after any update.

    Quicker to ask than `made_by`, which reads what they say.
    """
    import msgspec

    folders, files = [str(Path(anivault.__file__).parent)], [sys.executable]
    while folders:
        for entry in _within(folders.pop()):
            if entry.name.endswith(tuple(_SOURCES)):
                files.append(entry.path)
            elif entry.name != "__pycache__" and entry.is_dir():
                folders.append(entry.path)
    libraries = str(Path(msgspec.__file__).parent.parent)  # an installation changes the folder
    found = [(path, os.stat(path)) for path in (*sorted(files), libraries)]
    return [(path, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for path, s in found]


def _within(folder: str) -> list[os.DirEntry[str]]:
    """What a folder holds; nothing where there is none, as in an executable."""
    with suppress(OSError), os.scandir(folder) as found:
        return list(found)
    return []


def _versions() -> Iterator[str]:
    import unicodedata
    from importlib.metadata import PackageNotFoundError, version  # 12 ms

    yield unicodedata.unidata_version
    for name in MADE_BY:
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"
