"""Tell whether pins, ignore lists or settings say something else than when a plan was made by them.

What counts is what they say: how their files are written, and what no plan asks for, changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from xxhash import xxh3_64_hexdigest

from anivault.shared.errors import AniVaultError
from anivault.shared.places import FOLDER, user_config_path

PINS, IGNORED, SETTINGS = "pins.toml", "ignore", "config.toml"  # of a library, and of the user
# What says how work is done, and nothing of where files go.
ELSEWHERE = ("web.", "tell.", "servers.", "watch.", "library.wait", "scan.workers", "parse.workers")


def decided(library: str, config: str | None) -> str:
    """What tells whether pins, ignore lists or settings say something else than they did."""
    said = [
        *map(_pins, _both(library, PINS)),
        *map(_lines, _both(library, IGNORED)),
        _settings(library, config),
    ]
    return xxh3_64_hexdigest(msgspec.json.encode(said))


def decided_when(library: str, config: str | None) -> tuple[object, ...]:
    """What changes whenever one of these files is written: quicker to ask than what they say."""
    return tuple(map(_written, deciding(library, config)))


def deciding(library: str, config: str | None) -> Iterator[Path]:
    """The files that say it, whether they are there or not."""
    for name in (PINS, IGNORED, SETTINGS):
        yield from _both(library, name)
    yield Path(config) if config else user_config_path()


def _both(library: str, name: str) -> Iterator[Path]:
    return (folder / name for folder in (Path(library, FOLDER), user_config_path().parent))


def _pins(path: Path) -> Any:
    """The pins of a file in their order; of two for the same files the first may be heard."""
    data = _content(path)
    try:
        return tomllib.loads(data.decode()).get("pin", [])
    except ValueError:
        return repr(data)


def _lines(path: Path) -> list[str]:
    """The lines of an ignore list without remarks."""
    lines = _content(path).decode("utf-8", "backslashreplace").split("\n")
    return [line for line in (one.removesuffix("\r") for one in lines) if line and not line.startswith("#")]


def _settings(library: str, config: str | None) -> Any:
    """The settings that hold; of files that cannot be read what is in them."""
    from anivault.shared.settings import load

    try:
        settings = msgspec.to_builtins(load(config=config, library=library).settings)
    except AniVaultError:
        return [repr(_content(path)) for path in deciding(library, config) if path.suffix == ".toml"]
    named = ((f"{section}.{key}", value) for section, keys in settings.items() for key, value in keys.items())
    return {name: value for name, value in named if not name.startswith(ELSEWHERE)}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _written(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
