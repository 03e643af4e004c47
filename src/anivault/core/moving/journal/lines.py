"""Write a record as a line and read it again: its number and its sum at the end, odd names as bytes. Pure."""

from __future__ import annotations

import base64
import os
import re
import zlib
from collections.abc import Callable
from typing import Any

import msgspec

from anivault.core.moving.journal.records import Record, Root, Run, Step
from anivault.shared.errors import JournalDamagedError

B64 = "b64:"
_BEGINS = b'{"kind":"'  # every line
_FOREIGN = re.compile(rb"[\x00-\x1f]")  # what no line has in it: zeroed blocks, other line ends and encodings
_ENDED = re.compile(rb'"sum":"[0-9a-f]{8}"\}.')  # a line that goes on after its end
SECTOR, BLOCK = 512, 4096  # bytes
_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], Record] = msgspec.json.Decoder(Record).decode
_TEXT: dict[Any, tuple[str, str]] = {Step: ("rel", "to"), Root: ("path", "beside")}


def is_sound(line: bytes, number: int) -> bool:
    """True for a line that is whole, unaltered and the `number`th."""
    body, mark, tail = line.rpartition(b',"sum":"')
    if not mark or tail != b'%08x"}\n' % zlib.crc32(body):
        return False
    return body.endswith(b',"n":%d' % number)


def require_torn(rest: bytes, good: int, number: int, path: str) -> None:
    """Accept what is behind `good` sound bytes when it is of a last write that a crash cut short.

    A write is appended and synced at once, so that what it leaves is one piece of a line, or a length alone.
    """
    if _length_alone(good, good + len(rest)) and not rest.strip(b"\0"):
        return
    ours = rest.startswith(_BEGINS) or _BEGINS.startswith(rest)
    if not ours or _FOREIGN.search(rest.removesuffix(b"\n")) or _ENDED.search(rest[:-1]):
        why = f"from line {number + 1} on it is not what AniVault wrote"
        raise JournalDamagedError(path, why, number)


def _length_alone(begin: int, end: int) -> bool:
    """True for an end that a power cut can leave as zeros.

    ext4 lengthens a file inside its last block, of up to 4 KiB, before the data is there. A sector that was
    zeroed over lines begins at a multiple of 512 instead.
    """
    return begin % SECTOR != 0 and begin // BLOCK == (end - 1) // BLOCK


def encode(record: Record, number: int) -> bytes:
    """Return the line of a record."""
    try:
        body = _encode(record)
    except UnicodeEncodeError:
        body = _encode(_protect(record))
    body = b'%s,"n":%d' % (body[:-1], number)
    return b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))


def decode(line: bytes) -> Record:
    """Return the record of a sound line; MsgspecError, ValueError or RecursionError where it says none."""
    record: Record = _restore(_decode(line))
    return record


def _protect(record: Any) -> Any:
    """Put the bytes of names that are no UTF-8 beside a text that can be shown."""
    if isinstance(record, Run):
        return msgspec.structs.replace(record, roots=tuple(map(_protect, record.roots)))
    raw = {name: os.fsencode(getattr(record, name)) for name in _TEXT[type(record)]}
    shown = {name: value.decode("utf-8", "replace") for name, value in raw.items()}
    kept: dict[str, Any] = {
        f"{name}_b64": base64.b64encode(raw[name]).decode()
        for name in raw
        if shown[name] != getattr(record, name)
    }
    if isinstance(record, Step):
        kept["attrs"] = {_shown_key(key): value for key, value in record.attrs.items()}
    return msgspec.structs.replace(record, **shown, **kept)


def _shown_key(key: str) -> str:
    """The name of an attribute; one that is no UTF-8 behind a prefix that no attribute has."""
    raw = os.fsencode(key)
    return key if raw.decode("utf-8", "replace") == key else B64 + base64.b64encode(raw).decode()


def _key_shown(key: str) -> str:
    return os.fsdecode(base64.b64decode(key.removeprefix(B64))) if key.startswith(B64) else key


def _restore(record: Any) -> Any:
    """The inverse of `_protect`."""
    if type(record) is Step:
        if record.attrs:
            attrs = {_key_shown(key): value for key, value in record.attrs.items()}
            record = msgspec.structs.replace(record, attrs=attrs)
        if not record.rel_b64 and not record.to_b64:
            return record
    if isinstance(record, Run):
        return msgspec.structs.replace(record, roots=tuple(map(_restore, record.roots)))
    kept = [name for name in _TEXT.get(type(record), ()) if getattr(record, f"{name}_b64")]
    if not kept:
        return record
    raw = {name: _decoded(getattr(record, f"{name}_b64")) for name in kept}
    return msgspec.structs.replace(record, **raw, **{f"{name}_b64": "" for name in kept})


def _decoded(text: str) -> str:
    return os.fsdecode(base64.b64decode(text, validate=True))
