"""Keep what a command said, for the next one with the same words that would find everything as it was.

In: the words, and what they depend on. Out: what to say, if nothing has changed. One file a command in the
user's cache, which can be deleted at any time. The key is a sum of all that the command looks at: settings,
pins, lists, the catalogue, AniVault itself, the date, mounts, and every name below sources and library.
Nothing is kept of what may be different by itself: answers of a network, torrents, files that are being
written, room on a disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path
from struct import Struct
from tempfile import mkstemp
from typing import BinaryIO, TypeAlias

import msgspec
from platformdirs import user_cache_dir, user_data_path
from xxhash import xxh3_64_hexdigest, xxh3_128, xxh3_128_digest

from anivault.services import libraries
from anivault.services.remembered.glance import can_glance, glanced
from anivault.services.remembered.seen import place_of
from anivault.services.secrets import find_key
from anivault.shared import fs, trust
from anivault.shared.errors import TmdbKeyError
from anivault.shared.places import user_config_path
from anivault.shared.plugins import BUILT_IN, PARSERS
from anivault.shared.progress import Progress, untold
from anivault.shared.settings import Settings
from anivault.shared.work.making import installed

FOLDER = "said"
KEPT = 8  # commands
MOST = 512 << 20  # bytes of them all
SUM = 16  # bytes: the key, and then the sum of what follows
CHUNK = 1 << 20  # bytes
_HEAD = Struct("<BI")  # what a piece is, and how long
OUT, NOTE, END = range(3)

Put: TypeAlias = Callable[[bool, bytes], None]  # whether it is a note for stderr, and its bytes


class End(msgspec.Struct, frozen=True):
    """How a command ended: its exit code, and the numbers of its last line."""

    code: int
    counts: dict[str, int]


class Said:
    """What a command said: piece by piece, read when asked for; `end` is known after the last."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.end = End(0, {})

    def __iter__(self) -> Iterator[tuple[bool, bytes]]:
        """Each piece: whether it is a note for stderr, and its bytes."""
        with self._stream as stream:
            while head := stream.read(_HEAD.size):
                kind, length = _HEAD.unpack(head)
                data = stream.read(length)
                if kind == END:
                    self.end = msgspec.msgpack.decode(data, type=End)
                else:
                    yield kind == NOTE, data


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A command as it was given: its words, how it shows what it finds, and what it works on."""

    words: Sequence[str]
    shape: tuple[int, ...]
    paths: Sequence[str]
    library: str
    settings: Settings
    engines: Sequence[str] = ()  # as typed; else those of the settings
    providers: Sequence[str] = ()


class Tape:
    """What one command said. `known` looks at the disk; what is recorded then is for what it has `seen`.

    `seen`: a sum of it; empty where some of it cannot be seen, and nothing is kept.
    """

    def __init__(self, spoken: Spoken, progress: Progress = untold) -> None:
        self._spoken, self._progress = spoken, progress
        self.shape = spoken.shape
        command = repr((os.getcwd(), *spoken.words))
        self._path = Path(user_cache_dir("anivault"), FOLDER, xxh3_64_hexdigest(os.fsencode(command)))
        self.seen = b""

    def known(self) -> Said | None:
        """Return what was said, if all is as it was."""
        self.seen = self._looked()
        if not (self.seen and self._path.is_file()):
            return None
        with suppress(OSError):
            stream = self._path.open("rb")
            if stream.read(SUM) == self._key() and stream.read(SUM) == _sum_of(stream):
                stream.seek(2 * SUM)
                return Said(stream)
            stream.close()
        return None

    @contextmanager
    def recording(self, code: int) -> Iterator[tuple[Put, dict[str, int]]]:
        """Keep what is put, and the numbers that are laid into the other one. Raises OSError."""
        self._path.parent.mkdir(trust.OUR_FOLDER, parents=True, exist_ok=True)
        handle, new = mkstemp(dir=self._path.parent, suffix=".new")
        counts: dict[str, int] = {}
        try:
            with os.fdopen(handle, "w+b") as stream:
                stream.write(self._key() + bytes(SUM))
                yield partial(_write, stream), counts
                _write(stream, END, msgspec.msgpack.encode(End(code, counts)))
                stream.seek(2 * SUM)
                made = _sum_of(stream)
                stream.seek(SUM)
                stream.write(made)
            os.replace(new, self._path)
        finally:
            Path(new).unlink(missing_ok=True)
        _forget_old(self._path.parent)

    def _key(self) -> bytes:
        """What was seen on the disk, and which held files were shown by now."""
        shown = b""
        with suppress(OSError):
            shown = place_of(self._spoken.library).read_bytes()
        return xxh3_128_digest(self.seen + shown)

    def _looked(self) -> bytes:
        """Sum up all that the command depends on; nothing where some of it cannot be seen."""
        spoken, mounts = self._spoken, fs.mounts()
        places = [*map(os.path.abspath, spoken.paths), spoken.library]
        known = _is_local(spoken) and can_glance() and not libraries.is_away(spoken.library)
        if not known or any(fs.share_of(place, mounts) for place in places):
            return b""
        home = user_config_path().parent
        others = [str(home / "pins.toml"), str(home / "ignore"), str(user_data_path("anivault") / "catalog")]
        seen = glanced(places[:-1], spoken.library, others, self._progress)
        us = installed(), os.geteuid(), os.getgroups()
        around = repr((spoken.settings, spoken.shape, date.today(), mounts, us))
        return xxh3_128_digest(seen + around.encode("utf-8", "surrogatepass"))


def _is_local(spoken: Spoken) -> bool:
    """Whether all who are asked are AniVault's own, and answer the same as long as nothing changes."""
    settings = spoken.settings
    if settings.clients or not set(spoken.engines or settings.parser.engines) <= BUILT_IN[PARSERS].keys():
        return False
    if named := spoken.providers or settings.match.providers:
        return set(named) == {"catalog"}
    try:
        return find_key(user_config_path().parent) is None
    except TmdbKeyError:
        return False


def _write(stream: BinaryIO, kind: int, data: bytes) -> None:
    stream.write(_HEAD.pack(kind, len(data)))
    stream.write(data)


def _sum_of(stream: BinaryIO) -> bytes:
    """The sum of what is left of a stream."""
    made = xxh3_128()
    while data := stream.read(CHUNK):
        made.update(data)
    return made.digest()


def _forget_old(folder: Path) -> None:
    """Leave the newest, as many as may be kept."""
    there = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    room = MOST
    for number, path in enumerate(there):
        room -= path.stat().st_size
        if number >= KEPT or (number and room < 0):
            path.unlink(missing_ok=True)
