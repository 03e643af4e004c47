"""Read a list that a user imports, whole or not at all. Writes through catalog_imports.

In: a file of a known kind (import_formats), also as .gz or .zst, of limited size. Out: its rows kept
for the catalogue, and a report; or ImportRefusedError, and everything is as it was.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from datetime import date
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

import msgspec
import zstandard

from anivault.services.catalogue.added.imports import ImportInfo, import_info, keep_import
from anivault.services.catalogue.lists.formats import Format, format_of
from anivault.services.catalogue.lists.found import BrokenListError, Found
from anivault.shared import fs
from anivault.shared.errors import ImportRefusedError, looked_at

LARGEST = 512 * 1024 * 1024  # bytes, unpacked; the largest known list has 60 MiB
LONGEST = 1000  # characters of a title; the longest known has 250
PIECE = 1024  # packed bytes at a time; zstd makes 33 MB of them at worst
HEAD = 65536  # bytes that tell the kind of a list
GZIP, ZSTD, WINDOW = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", 2**27
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
    return import_bytes(str(path), _given(path), data_dir=data_dir)


def import_bytes(
    name: str, packed: bytes, *, kind: str | None = None, data_dir: str | None = None
) -> ImportReport:
    """Read a list as it came, as `import_file` does; one of another kind than `kind` is refused."""
    text = _unpacked(name, packed)
    form = format_of(text)
    if form is None or kind not in (None, form.kind):
        what = f"no {kind}" if kind else "none of the lists that AniVault knows"
        raise ImportRefusedError(name, f"it is {what}")
    found = _read(name, form, text)
    info = ImportInfo(
        kind=form.kind,
        home=form.home,
        licence=found.licence or form.licence,
        version=found.version,
        file=os.path.basename(name).encode(errors="replace").decode(),
        sha256=hashlib.sha256(packed).hexdigest(),
        imported=date.today().isoformat(),
        entries=len(found.rows),
    )
    replaced = import_info(form.kind, data_dir)
    keep_import(info, found.rows, data_dir)
    return ImportReport(info=info, replaced=replaced)


def kind_of(path: Path) -> str | None:
    """Tell the kind of a list in a file by its beginning; None for anything else, or if it cannot be read."""
    try:
        with fs.open_regular(path) as stream:
            head = stream.read(HEAD)
        form = format_of(_beginning(head))
    except (OSError, EOFError, zlib.error, zstandard.ZstdError):
        return None
    return form.kind if form else None


def _beginning(head: bytes) -> bytes:
    """Unpack the first bytes of a packed file, of a plain one return them."""
    if head.startswith(GZIP):
        return zlib.decompressobj(wbits=31).decompress(head, HEAD)
    if head.startswith(ZSTD):
        return zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(head).read(HEAD)
    return head


# --- reading --------------------------------------------------------------------------------------


def _given(path: Path) -> bytes:
    try:
        with fs.open_regular(path) as stream:
            return _limited(str(path), stream)
    except OSError as error:
        why = f"it cannot be read ({error.strerror or error})"
        raise ImportRefusedError(str(path), why, hint=looked_at(str(path))) from error


def _unpacked(name: str, packed: bytes) -> bytes:
    try:
        if packed.startswith(GZIP):
            return _limited(name, gzip.GzipFile(fileobj=io.BytesIO(packed)))
        if packed.startswith(ZSTD):
            return _unpacked_zstd(name, packed)
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefusedError(name, f"it cannot be unpacked ({error})") from error
    return packed


def _unpacked_zstd(name: str, packed: bytes) -> bytes:
    """Unpack piece by piece, so that a file made to burst is noticed in time, and a torn one at its end."""
    unpacker, text = zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj(), bytearray()
    try:
        for start in range(0, len(packed), PIECE):
            text += unpacker.decompress(packed[start : start + PIECE])
            if len(text) > LARGEST:
                raise _too_large(name)
    except zstandard.ZstdError as error:
        raise EOFError(str(error)) from error
    if not unpacker.eof:
        raise EOFError("it ends too early")
    return bytes(text)


def _limited(name: str, stream: Readable) -> bytes:
    text = stream.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise _too_large(name)
    return text


def _too_large(name: str) -> ImportRefusedError:
    return ImportRefusedError(name, f"it has more than {LARGEST // 2**20} MiB")


def _read(name: str, form: Format, text: bytes) -> Found:
    try:
        found = form.read(text)
    except BROKEN as error:
        raise ImportRefusedError(name, f"it cannot be read as {form.kind} ({error})") from error
    if any(len(text) > LONGEST for row in found.rows for texts in row.titles.values() for text in texts):
        raise ImportRefusedError(name, f"it has a title of more than {LONGEST:,} characters")
    if not found.rows:
        raise ImportRefusedError(name, f"it looks like {form.kind}, and has no entry")
    return found
