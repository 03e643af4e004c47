"""Keep what users import into the catalogue, and say what it is. Writes one file a kind.

A kept file holds rows of our own, never the list as it came; its first line says where they are from.
It is replaced whole or not at all.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from platformdirs import user_data_dir

from anivault.services.catalogue.rows import Row, from_lines, to_lines
from anivault.shared import fs, trust
from anivault.shared.errors import ImportDamagedError

# In the order in which they are merged: places first, then what is added to them.
KINDS = (
    "bangumi-data",
    "anibridge-mappings",
    "anime-lists",
    "tvdb-mal",
    "anilist-counts",
    "anime-offline-database",
    "anidb-titles",
    "anime-relations",
)


class ImportInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What an import is, for the user and for its attribution."""

    kind: str
    home: str
    licence: str
    version: str  # as the list says it; empty when it does not
    file: str  # the name it had
    sha256: str  # of the file as it was given
    imported: str  # ISO date
    entries: int


def imports(data_dir: str | None = None) -> list[ImportInfo]:
    """Return what was imported, in the order in which it is merged."""
    return [info for kind in KINDS if (info := import_info(kind, data_dir)) is not None]


def import_info(kind: str, data_dir: str | None = None) -> ImportInfo | None:
    """Return what is kept of one kind. Raises NotTrustedError where it may not be read."""
    path = _file(kind, data_dir)
    try:
        with fs.open_regular(path) as stream:
            return msgspec.json.decode(stream.readline(), type=ImportInfo)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise trust.closed(str(path), error) from error
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError, RecursionError) as error:
        raise ImportDamagedError(str(path)) from error


def keep_import(info: ImportInfo, rows: Sequence[Row], data_dir: str | None = None) -> None:
    """Keep `rows` in the place of an earlier import of the same kind."""
    path = _file(info.kind, data_dir)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(msgspec.json.encode(info) + b"\n" + to_lines(rows))
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def remove_import(kind: str, data_dir: str | None = None) -> bool:
    """Take an import away again; False when there is none of that kind."""
    path = _file(kind, data_dir)
    if kind not in KINDS or not os.path.lexists(path):
        return False
    path.unlink()
    return True


def import_texts(data_dir: str | None = None) -> dict[str, bytes]:
    """Return the kept files as they are, by path, in the order in which they are merged."""
    paths = [_file(kind, data_dir) for kind in KINDS]
    kept = {str(path): _read(path) for path in paths}
    return {path: text for path, text in kept.items() if text is not None}


def _read(path: Path) -> bytes | None:
    """Return what a file holds, None where there is none. Raises ImportDamagedError, NotTrustedError."""
    try:
        with fs.open_regular(path) as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise trust.closed(str(path), error) from error
    except OSError as error:
        raise ImportDamagedError(str(path)) from error


def import_rows(path: str, text: bytes) -> list[Row]:
    """Return the rows of one kept file."""
    try:
        head, _, lines = text.partition(b"\n")
        msgspec.json.decode(head, type=ImportInfo)
        return from_lines(lines)
    except (UnicodeDecodeError, msgspec.MsgspecError, RecursionError) as error:
        raise ImportDamagedError(path) from error


def _file(kind: str, data_dir: str | None) -> Path:
    return Path(data_dir or user_data_dir("anivault")) / "catalog" / f"{kind}.jsonl"
