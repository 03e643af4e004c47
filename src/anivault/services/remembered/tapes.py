"""Keep what a command said, for the next one with the same words that would find everything as it was.

In: the words, and what they depend on. Out: what to say, if nothing has changed. One file a command in the
user's cache, which can be deleted at any time. The key is a sum of all that the command looks at: settings,
pins, lists, the catalogue, AniVault itself, the date, mounts, and every name below sources and library.
Nothing is kept of what may be different by itself: answers of a network, torrents, files that are being
written, room on a disk; nor of a command about files that it names one by one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path
from struct import Struct
from struct import error as struct_error
from tempfile import mkstemp
from typing import BinaryIO, NamedTuple

import msgspec
from platformdirs import user_cache_dir, user_data_path
from xxhash import xxh3_64_hexdigest, xxh3_128, xxh3_128_digest

from anivault.services import libraries
from anivault.services.remembered.glance import Glance, glanced
from anivault.services.remembered.seen import place_of
from anivault.services.secrets import find_key
from anivault.shared import fs, trust
from anivault.shared.errors import TmdbKeyError
from anivault.shared.places import user_config_path
from anivault.shared.progress import Progress, untold
from anivault.shared.settings import Settings
from anivault.shared.work.making import installed

FOLDER = "said"
KEPT = 8  # commands
MOST = 512 << 20  # bytes of them all
SUM = 16  # bytes: the key, and then the sum of what follows
CHUNK = 1 << 20  # bytes
PIECE = 1 << 16  # bytes of one kind that are kept together
_HEAD = Struct("<BI")  # what a piece is, and how long
OUT, NOTE, END, MADE_FROM = range(4)
STEADY = "anitomy-ng"  # an engine in a process of its own may be late once, and not the next time


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
                elif kind != MADE_FROM:
                    yield kind == NOTE, data


class Piece(NamedTuple):
    """Where a piece of a tape is."""

    note: bool
    at: int
    length: int


class Old:
    """What a command said when not all was as it is now. `made_from`: the folders that it is about."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read all of it once. Raises ValueError where it is not as it was written or tells of no folders."""
        from anivault.services.remembered.kept import Kept  # most runs find all as it was

        self._stream = stream
        stream.seek(SUM)
        whole, made, found = stream.read(SUM), xxh3_128(), dict[int, bytes]()
        self.pieces: list[Piece] = []
        while head := stream.read(_HEAD.size):
            kind, length = _HEAD.unpack(head)
            if kind in {OUT, NOTE}:
                self.pieces.append(Piece(kind == NOTE, stream.tell(), length))
            data = stream.read(length)
            made.update(head + data)
            if kind in {END, MADE_FROM}:
                found[kind] = data
        if made.digest() != whole or MADE_FROM not in found:
            raise ValueError
        self.end = msgspec.msgpack.decode(found[END], type=End)
        self.rest, packed = found[MADE_FROM][:SUM], found[MADE_FROM][SUM:]
        self.made_from = msgspec.msgpack.decode(packed, type=Kept)

    def read(self, piece: Piece) -> bytes:
        """Return what it says there."""
        self._stream.seek(piece.at)
        return self._stream.read(piece.length)

    def first(self, piece: Piece) -> bytes:
        """Return the first line of what it says there."""
        self._stream.seek(piece.at)
        return self._stream.readline(piece.length)

    def close(self) -> None:
        """Read no more of it."""
        self._stream.close()


class Recording:
    """What a command says while it says it. Never raises: a disk may be full, and the command goes on."""

    def __init__(self, folder: Path, key: Callable[[], bytes], rest: Callable[[], bytes]) -> None:
        self.file, self.is_whole, self._key, self._rest = "", False, key, rest
        self._pieces: list[bytes] = []  # of one kind, to be one piece
        self._kind, self._length = OUT, 0
        self._marked = 2 * SUM  # bytes that are kept when it is said again
        self._made, self._made_then = xxh3_128(), xxh3_128()  # of what was written, and was until the mark
        self._stream: BinaryIO | None = None
        self._given_up = False
        with suppress(OSError):
            folder.mkdir(trust.OUR_FOLDER, parents=True, exist_ok=True)
            handle, self.file = mkstemp(dir=folder, suffix=".new")
            self._stream = os.fdopen(handle, "w+b")
            self._stream.write(bytes(2 * SUM))

    def put(self, note: bool, data: bytes) -> None:
        """Take one piece in."""
        kind = NOTE if note else OUT
        if kind != self._kind or self._length > PIECE:
            self._write()
        self._kind = kind
        self._pieces.append(data)
        self._length += len(data)

    def mark(self) -> None:
        """Keep what was put so far, whatever is said again."""
        self._write()
        self._tried(self._note_place)

    def _note_place(self, stream: BinaryIO) -> None:
        self._marked, self._made_then = stream.tell(), self._made.copy()

    def begin_again(self) -> None:
        """Forget what was put since the mark."""
        self._pieces.clear()
        self._length = 0
        self._made = self._made_then.copy()
        self._tried(lambda stream: stream.seek(self._marked), lambda stream: stream.truncate())

    def end(self, code: int, counts: dict[str, int], made_from: bytes = b"") -> None:
        """It has said all, and ends with this exit code and these numbers. `made_from`: a Kept, packed."""
        self._write()
        last = {END: msgspec.msgpack.encode(End(code, counts))}
        if made_from:
            last[MADE_FROM] = self._rest() + made_from
        for kind, said in last.items():
            self._kind = kind
            self._pieces.append(said)
            self._write()
        self._tried(self._sign, lambda stream: stream.close())
        self.is_whole = self._stream is not None and not self._given_up

    def _sign(self, stream: BinaryIO) -> None:
        """Write in front what it is for, and the sum of the pieces."""
        stream.seek(0)
        stream.write(self._key() + self._made.digest())

    def discard(self) -> None:
        """Remove the file, unless it has got another name."""
        with suppress(OSError):
            if self._stream:
                self._stream.close()
        with suppress(OSError):
            if self.file:
                Path(self.file).unlink(missing_ok=True)

    def _write(self) -> None:
        data = b"".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        if data:
            self._tried(partial(self._add, _HEAD.pack(self._kind, len(data)), data))

    def _add(self, head: bytes, data: bytes, stream: BinaryIO) -> None:
        for part in (head, data):
            stream.write(part)
            self._made.update(part)

    def _tried(self, *steps: Callable[[BinaryIO], object]) -> None:
        """Do something to the file, or give it up."""
        stream = self._stream
        if stream is None or self._given_up:
            return
        try:
            for step in steps:
                step(stream)
        except OSError:
            self._given_up = True


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
        self._command = os.fsencode(repr((_here(), *spoken.words)))
        self._path = Path(user_cache_dir("anivault"), FOLDER, xxh3_64_hexdigest(self._command))
        self.seen = b""
        self._rest = b""
        self.glance = Glance(b"", b"", {}, {}, 0)

    def known(self) -> Said | None:
        """Return what was said, if all is as it was."""
        with suppress(OSError):  # what cannot be looked at is for the command itself to say
            self.seen = self._looked()
        if not self.seen:
            return None
        with suppress(OSError, msgspec.MsgspecError):
            stream = fs.open_regular(self._path)
            if stream.read(SUM) == self._key() and stream.read(SUM) == _sum_of(stream):
                stream.seek(2 * SUM)
                return Said(stream)
            stream.close()
        return None

    @property
    def traces(self) -> bool:
        """Whether the command is about whole folders, each of which may stay as it is."""
        return bool(self.seen) and all(path != "/" and os.path.isdir(path) for path in self._spoken.paths)

    def old(self) -> Old | None:
        """Return what was said, if nothing but folders of the sources has changed."""
        with ExitStack() as open_files, suppress(OSError, ValueError, msgspec.MsgspecError, struct_error):
            old = Old(open_files.enter_context(fs.open_regular(self._path)))
            if old.rest == self._key_for(self._rest):
                open_files.pop_all()
                return old
        return None

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Keep what is put into the recording and ended there; nothing where that cannot be written."""
        recording = Recording(self._path.parent, self._key, lambda: self._key_for(self._rest))
        try:
            yield recording
            if recording.is_whole:
                with suppress(OSError):
                    os.replace(recording.file, self._path)
                    _forget_old(self._path.parent)
        finally:
            recording.discard()

    def _key(self) -> bytes:
        return self._key_for(self.seen)

    def _key_for(self, seen: bytes) -> bytes:
        """Which command it is, what was seen on the disk, and which held files were shown by now.

        A file has its command in it: under the name of another one it is not believed.
        """
        shown = b""
        with suppress(OSError):
            shown = place_of(self._spoken.library).read_bytes()
        return xxh3_128_digest(seen + xxh3_128_digest(self._command) + shown)

    def _looked(self) -> bytes:
        """Sum up all that the command depends on; nothing where some of it cannot be seen."""
        spoken, mounts = self._spoken, fs.mounts()
        places = [*map(os.path.abspath, spoken.paths), spoken.library]
        few = bool(places[:-1]) and not any(map(os.path.isdir, places[:-1]))  # sooner done than looked for
        known = _is_local(spoken) and fs.CHANGE_TIME and not libraries.is_away(spoken.library)
        if few or not known or any(fs.share_of(place, mounts) for place in places):
            return b""
        home = user_config_path().parent
        others = [str(home / "pins.toml"), str(home / "ignore"), str(user_data_path("anivault") / "catalog")]
        seen = glanced(places[:-1], spoken.library, others, self._progress)
        us = installed(), fs.who()
        around = repr((spoken.settings, spoken.shape, date.today(), _mounted(places, mounts), us))
        told = around.encode("utf-8", "surrogatepass")
        self._rest, self.glance = xxh3_128_digest(seen.rest + told), seen
        return xxh3_128_digest(seen.all + told)


def _mounted(places: Sequence[str], mounts: Mapping[str, str]) -> list[object]:
    """What is mounted above these places, at them and in them, and where else they are found.

    What else is mounted on the machine has no say: disks come and go.
    """
    ways = [os.path.join(os.path.realpath(place), "") for place in places]
    near = [
        (point, kind)
        for point, kind in mounts.items()
        if any(way.startswith(os.path.join(point, "")) or point.startswith(way) for way in ways)
    ]
    return [sorted(near), [fs.real(place) for place in places]]


def _here() -> str:
    """The folder that words are typed in; nothing where it is not there any more."""
    with suppress(OSError):
        return os.getcwd()
    return ""


def _is_local(spoken: Spoken) -> bool:
    """Whether all who are asked are AniVault's own, and answer the same as long as nothing changes."""
    settings = spoken.settings
    if settings.clients or set(spoken.engines or settings.parser.engines) != {STEADY}:
        return False
    if named := spoken.providers or settings.match.providers:
        return set(named) == {"catalog"}
    try:
        return find_key(user_config_path().parent) is None
    except TmdbKeyError:
        return False


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
