"""Know where lists are published, and when each was asked for last. Keeps one small file."""

from __future__ import annotations

import os
import tempfile
import tomllib
from importlib.resources import files
from pathlib import Path

import msgspec
from platformdirs import user_data_dir

from anivault.shared import fs

HOUR = 3600.0


class Published(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One list, as config/sources.toml has it; its fields are explained there."""

    address: list[str]
    hosts: list[str]
    licence: str
    importer: str
    gives: str
    hours: int
    mib: int
    on: bool
    off: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """When a list was asked for, and what the answer said of itself: a newer one has other words."""

    at: float  # seconds since 1970
    address: str = ""
    etag: str = ""
    modified: str = ""

    def wait(self, published: Published, now: float) -> float:
        """Return for how many seconds the list must not be asked for again: none if the clock went back."""
        since = now - self.at
        return max(0.0, published.hours * HOUR - since) if since >= 0 else 0.0


def published() -> dict[str, Published]:
    """Return every list by its name."""
    text = (files("anivault.config") / "sources.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Published])


def asked(data_dir: str | None = None) -> dict[str, Asked]:
    """Return when each list was asked for; nothing where that cannot be read."""
    try:
        with fs.open_regular(_file(data_dir)) as stream:
            return msgspec.json.decode(stream.read(), type=dict[str, Asked])
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError, RecursionError):
        return {}


def remember(name: str, when: Asked, data_dir: str | None = None) -> None:
    """Keep when `name` was asked for."""
    path = _file(data_dir)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="asked", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(msgspec.json.encode({**asked(data_dir), name: when}))
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _file(data_dir: str | None) -> Path:
    return Path(data_dir or user_data_dir("anivault")) / "catalog" / "asked.json"
