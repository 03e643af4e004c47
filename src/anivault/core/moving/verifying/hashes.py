"""Keep the hashes that a deep verification found, by path and identity.

`LIB/.anivault/hashes.jsonl` is appended to; each line ends with the CRC32 of what is before it. The
last line of a path counts; one whose size or time is no longer the file's is not used. Damaged lines go
with the next write: a torn last one without a word, others once they were announced.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import msgspec

from anivault.core.moving.journal.records import HASHES as NAME
from anivault.shared import fs, trust
from anivault.shared.places import FOLDER

HELD_BACK = 1 << 16  # bytes of lines between two writes


class Line(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The content of one file at one time, or which part of the library was read last."""

    path: bytes = b""  # base64 in JSON: names need not be UTF-8
    size: int = 0
    mtime_ns: int = 0
    hash: str = ""
    part: int = -1
    of: int = 0


_decode = msgspec.json.Decoder(Line).decode
_encode = msgspec.json.Encoder().encode


def _read(raw: bytes) -> Line | None:
    """Return what a line says; None for one that is damaged, or has a right sum and no meaning."""
    body, mark, tail = raw.rpartition(b',"sum":"')
    if not mark or tail != b'%08x"}\n' % zlib.crc32(body):
        return None
    try:
        return _decode(body + b"}")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _line(line: Line) -> bytes:
    body = _encode(line)[:-1]
    return b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))


def line_of(path: str, now: os.stat_result, digest: str) -> bytes:
    """Return what puts the hash of a file as it is on record."""
    return _line(Line(path=os.fsencode(path), size=now.st_size, mtime_ns=now.st_mtime_ns, hash=digest))


class Hashes:
    """The stored hashes of one library; new ones are written when it is left."""

    rel = f"{FOLDER}/{NAME}"

    def __init__(self, library: str) -> None:
        self._library, self._path = library, os.path.join(library, FOLDER, NAME)
        self._known: dict[bytes, Line] = {}
        self._parts: dict[int, int] = {}
        self._new: list[bytes] = []
        self.damaged = 0  # lines, but not a torn last one
        self.unread = ""  # why those on record could not be read
        self.unstored = ""  # why new hashes could not be written
        self._torn = False

    def __enter__(self) -> Hashes:
        trust.require_home(self._library)
        try:
            self._read()
        except FileNotFoundError:
            return self
        except OSError as error:  # a FIFO, a folder, a link: what the files are is found all the same
            self.unread = self.unstored = error.strerror or "it cannot be read"
        if self._torn or self.damaged:
            self._mend()
        return self

    def _read(self) -> None:
        with os.fdopen(fs.open_file(None, self._path), "rb") as file:
            trust.require_own(self._path, os.fstat(file.fileno()), os.stat(self._library).st_uid)
            for raw in file:
                self._take_in(raw)

    def __exit__(self, *error: object) -> None:
        self._write()

    def _take_in(self, raw: bytes) -> None:
        if not raw.endswith(b"\n"):
            self._torn = True
            return
        line = _read(raw)
        if line is None:
            self.damaged += 1
            return
        if line.of:
            self._parts[line.of] = line.part
        else:
            self._known[line.path] = line

    def get(self, path: str, now: os.stat_result) -> str:
        """Return the hash on record for the file as it is, '' when there is none."""
        line = self._known.get(os.fsencode(path)) if self._known else None
        same = line and line.size == now.st_size and fs.same_time(line.mtime_ns, now.st_mtime_ns)
        return line.hash if line and same else ""

    def next_part(self, of: int) -> int:
        """Return which of `of` parts is to be read next, and note that it is."""
        part = (self._parts.get(of, -1) + 1) % of
        self.put([_line(Line(part=part, of=of))])
        return part

    def put(self, lines: Iterable[bytes]) -> None:
        """Put what `line_of` made on record."""
        self._new += lines
        if len(self._new) * 200 > HELD_BACK:
            self._write()

    def _mend(self) -> None:
        """Leave out the damaged lines: the others in a new file, which then takes the name."""
        with self._if_writable():
            new = f"{self._path}.new"
            with suppress(FileNotFoundError):
                os.unlink(new)
            with os.fdopen(fs.open_file(None, self._path), "rb") as file:
                sound = b"".join(raw for raw in file if raw.endswith(b"\n") and _read(raw))
            with fs.closing(fs.open_to_append(new, new=True)) as fd:
                fs.write(fd, sound)
                fs.sync_file(fd)
            os.replace(new, self._path)

    def _write(self) -> None:
        if not self._new or self.unread:
            return
        with self._if_writable(), fs.closing(fs.open_to_append(self._path, new=True)) as fd:
            fs.write(fd, b"".join(self._new))
        self._new.clear()

    @contextmanager
    def _if_writable(self) -> Iterator[None]:
        """What was found is told also where nothing can be stored: a disk that is full or only read."""
        try:
            yield
        except OSError as error:
            self.unstored = error.strerror or "it cannot be written"
