"""Read a list that a user imports, whole or not at all. Writes through catalog_imports.

In: a file of a known kind (import_formats), also as .gz or .zst, of limited size. Out: its rows kept
for the catalogue, and a report; or ImportRefusedError, and everything is as it was.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from datetime import date
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

import msgspec

from anivault.services.catalogue.formats import BrokenListError, Format, Found, format_of
from anivault.services.catalogue.imports import ImportInfo, import_info, keep_import
from anivault.shared import fs
from anivault.shared.errors import ImportRefusedError

LARGEST = 512 * 1024 * 1024  # bytes, unpacked; the largest known list has 60 MiB
LONGEST = 1000  # characters of a title; the longest known has 250
PIECE = 1024  # packed bytes at a time; zstd makes 33 MB of them at worst
BROKEN = (
    BrokenListError,
    msgspec.MsgspecError,
    expat.ExpatError,
    UnicodeDecodeError,
    RecursionError,
    LookupError,  # an encoding that nobody knows
    ValueError,
)


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes."""
        ...


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: `replaced` is the one of its kind that was there before."""

    info: ImportInfo
    replaced: ImportInfo | None = None


def import_file(path: Path, data_dir: str | None = None) -> ImportReport:
    """Read `path` and keep its rows for the catalogue, in the place of an earlier one of its kind.

    ImportRefusedError when it is broken, too large or of no known kind; then nothing is kept.
    """
    packed = _given(path)
    text = _unpacked(path, packed)
    form = format_of(text)
    if form is None:
        raise ImportRefusedError(str(path), "it is none of the lists that AniVault knows")
    found = _read(path, form, text)
    info = ImportInfo(
        kind=form.kind,
        home=form.home,
        licence=found.licence or form.licence,
        version=found.version,
        file=path.name.encode(errors="replace").decode(),
        sha256=hashlib.sha256(packed).hexdigest(),
        imported=date.today().isoformat(),
        entries=len(found.rows),
    )
    replaced = import_info(form.kind, data_dir)
    keep_import(info, found.rows, data_dir)
    return ImportReport(info=info, replaced=replaced)


# --- reading --------------------------------------------------------------------------------------


def _given(path: Path) -> bytes:
    try:
        with fs.open_regular(path) as stream:
            return _limited(path, stream)
    except OSError as error:
        raise ImportRefusedError(str(path), f"it cannot be read ({error.strerror or error})") from error


def _unpacked(path: Path, packed: bytes) -> bytes:
    try:
        if packed.startswith(b"\x1f\x8b"):
            return _limited(path, gzip.GzipFile(fileobj=io.BytesIO(packed)))
        if packed.startswith(b"\x28\xb5\x2f\xfd"):
            return _unpacked_zstd(path, packed)
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefusedError(str(path), f"it cannot be unpacked ({error})") from error
    return packed


def _unpacked_zstd(path: Path, packed: bytes) -> bytes:
    """Unpack piece by piece, so that a file made to burst is noticed in time, and a torn one at its end."""
    try:
        import zstandard
    except ImportError as error:
        hint = "Unpack it with `unzstd`, or install AniVault with its extra: anivault[zstd]."
        raise ImportRefusedError(
            str(path), "it is packed with zstd, which is not installed", hint=hint
        ) from error
    unpacker, text = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj(), bytearray()
    try:
        for start in range(0, len(packed), PIECE):
            text += unpacker.decompress(packed[start : start + PIECE])
            if len(text) > LARGEST:
                raise _too_large(path)
    except zstandard.ZstdError as error:
        raise EOFError(str(error)) from error
    if not unpacker.eof:
        raise EOFError("it ends too early")
    return bytes(text)


def _limited(path: Path, stream: Readable) -> bytes:
    text = stream.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise _too_large(path)
    return text


def _too_large(path: Path) -> ImportRefusedError:
    return ImportRefusedError(str(path), f"it has more than {LARGEST // 2**20} MiB")


def _read(path: Path, form: Format, text: bytes) -> Found:
    try:
        found = form.read(text)
    except BROKEN as error:
        raise ImportRefusedError(str(path), f"it is no sound {form.kind} ({error})") from error
    if any(len(text) > LONGEST for row in found.rows for texts in row.titles.values() for text in texts):
        raise ImportRefusedError(str(path), f"it has a title of more than {LONGEST:,} characters")
    if not found.rows:
        raise ImportRefusedError(str(path), f"it looks like {form.kind}, and has no entry")
    return found
