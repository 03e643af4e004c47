"""Look at files of a library: whether each is as its run left it and, where that is asked, what it holds.

In: places, many at once, and what the journal says of them. Out: what a look at all of them tells, which
another process can hand back. Changes nothing.
"""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from xxhash import xxh3_128_hexdigest

from anivault.core.moving.history import Past, difference
from anivault.core.moving.verifying.hashes import Hashes, line_of
from anivault.core.moving.verifying.kinds import Kind
from anivault.shared import fs

Key: TypeAlias = str | tuple[int, int]  # the hash of a content, or device and number of a file
Content: TypeAlias = tuple[str, str]  # the hash of a file and, where its name promises one, its CRC32
Part: TypeAlias = tuple[int, int]  # which of how many parts of the files is read
ALL: Part = (0, 1)


class Looks(NamedTuple):
    """What a look at several files tells; the lists are filled by it."""

    keys: list[Key | None]  # of each file: None where it is not as it was left; equal ones are of one content
    amiss: list[tuple[str, Kind, str]]  # what is found about which file, and that in words
    gone: list[str]
    read: list[int]  # the sizes of files whose content was read
    lines: list[bytes]  # for the hashes on record: of files that they lack


class Looker:
    """Looks at files in the order of their folders: the one that it is at stays open for all its files.

    `there` says which of them are listed as regular files. With `hashes` it reads content too; of `part`
    (2, 30), that of the third of 30 parts.
    """

    def __init__(
        self,
        library: str,
        expected: Mapping[str, Past],
        metadata: Mapping[str, str],
        there: Mapping[str, bool],
        hashes: Hashes | None = None,
        part: Part = ALL,
    ) -> None:
        self.library, self.expected, self.metadata = library, expected, metadata
        self.there, self.hashes, self.part = there, hashes, part
        self.rel = ""
        self.folder: fs.Folder | None = None

    def __enter__(self) -> Looker:
        return self

    def __exit__(self, *error: object) -> None:
        self._leave()

    def _leave(self) -> None:
        if self.folder is not None:
            fs.close_folder(self.folder)
        self.folder = None

    def _enter(self, rel: str) -> fs.Folder:
        if self.folder is None or rel != self.rel:
            self._leave()
            self.rel, self.folder = rel, fs.open_folder(None, fs.whole(self.library, rel))
        return self.folder

    def look_at(self, paths: Sequence[str]) -> Looks:
        """Look at several files."""
        looks = Looks([], [], [], [], [])
        looks.keys.extend(self._look(path, looks) for path in paths)
        return looks

    def _look(self, path: str, looks: Looks) -> Key | None:
        past, hashes = self.expected[path], self.hashes if self._is_chosen(path) else None
        seen = self._read_at_once(path, past) if hashes and self.there[path] else None
        now, content = seen or (self._stat(path), None)
        if now is None:
            looks.gone.append(path)
            return None
        if wrong := difference(self.library, path, now, past):
            looks.amiss.append((path, Kind.CHANGED, wrong))
            return None
        if self._is_renumbered(path, past):
            looks.amiss.append((path, Kind.RENUMBERED, ""))
        if hashes is None or stat.S_ISLNK(now.st_mode):
            return _number(path, now)
        return self._look_into(path, now, content, hashes, looks)

    def _is_renumbered(self, path: str, past: Past) -> bool:
        """True where the name would be made from something else today."""
        made = past.puts[-1].step.metadata
        return bool(made) and self.metadata.get(path, made) != made

    def _read_at_once(self, path: str, past: Past) -> tuple[os.stat_result, Content] | None:
        """Open a small file, stat it and read it, with fewer calls than one by one; None where that fails."""
        if past.puts[-1].step.size >= fs.CHUNK:
            return None
        rel, _, name = path.rpartition("/")
        try:
            fd, now = fs.open_seen(self._enter(rel), name)
            try:
                data = os.read(fd, now.st_size + 1) if now.st_size < fs.CHUNK else b""
            finally:
                os.close(fd)
        except OSError:
            return None
        if len(data) != now.st_size:  # it is another one, or grows
            return None
        return now, (xxh3_128_hexdigest(data), f"{zlib.crc32(data):08X}" if past.crc32 else "")

    def _stat(self, path: str) -> os.stat_result | None:
        rel, _, name = path.rpartition("/")
        try:
            return fs.look(self._enter(rel), name)
        except OSError:  # a folder that cannot be opened may be gone through all the same
            return stat_at(self.library, path)

    def _read(self, path: str, past: Past) -> Content:
        rel, _, name = path.rpartition("/")
        with fs.closing(fs.open_file(self._enter(rel), name)) as fd:
            return fs.digest(fd, crc=bool(past.crc32))

    def _is_chosen(self, path: str) -> bool:
        return self.part is ALL or zlib.crc32(os.fsencode(path)) % self.part[1] == self.part[0]

    def _look_into(
        self, path: str, now: os.stat_result, content: Content | None, hashes: Hashes, looks: Looks
    ) -> Key | None:
        """Compare the content of a file with its stored hash and with the CRC32 in its name."""
        past = self.expected[path]
        try:
            digest, crc = content or self._read(path, past)
        except OSError as error:
            looks.amiss.append((path, Kind.UNREADABLE, error.strerror or ""))
            return None
        looks.read.append(now.st_size)
        known = past.left.hash or hashes.get(path, now)
        if wrong := _corrupt(past, known, digest, crc):
            looks.amiss.append((path, Kind.CORRUPT, wrong))
            return None
        if not known:
            looks.lines.append(line_of(path, now, digest))
        return digest if now.st_size else _number(path, now)


def _corrupt(past: Past, known: str, digest: str, crc: str) -> str:
    """Return what is wrong with a content, '' where nothing is."""
    if known and known != digest:
        return "its content is not what it was, though size and time are"
    if crc and crc != (promised := past.crc32).upper():
        return f"its CRC32 is {crc}, its name said {promised}"
    return ""


def _number(path: str, now: os.stat_result) -> Key:
    """What tells one file from others; 0: this disk has no numbers."""
    return (now.st_dev, now.st_ino) if now.st_ino else path


def stat_at(library: str, path: str) -> os.stat_result | None:
    """Stat what is at a path of a library, None when nothing is."""
    try:
        return os.lstat(fs.whole(library, path))
    except OSError:
        return None
