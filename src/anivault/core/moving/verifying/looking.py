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

    With `hashes` it reads content too; of `part` (2, 30), that of the third of 30 parts.
    """

    def __init__(
        self,
        library: str,
        expected: Mapping[str, Past],
        metadata: Mapping[str, str],
        hashes: Hashes | None = None,
        part: Part = ALL,
    ) -> None:
        self.library, self.expected, self.metadata = library, expected, metadata
        self.hashes, self.part = hashes, part
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
        past, now = self.expected[path], self._stat(path)
        if now is None:
            looks.gone.append(path)
            return None
        if wrong := difference(self.library, path, now, past):
            looks.amiss.append((path, Kind.CHANGED, wrong))
            return None
        made = past.puts[-1].step.metadata
        if made and self.metadata.get(path, made) != made:
            looks.amiss.append((path, Kind.RENUMBERED, ""))
        if self.hashes is None or stat.S_ISLNK(now.st_mode) or not self._is_chosen(path):
            return _number(path, now)
        try:
            content = self._content(path, now.st_size, crc=bool(past.crc32))
        except OSError as error:
            looks.amiss.append((path, Kind.UNREADABLE, error.strerror or ""))
            return None
        return self._compare(path, now, content, self.hashes, looks)

    def _stat(self, path: str) -> os.stat_result | None:
        rel, _, name = path.rpartition("/")
        try:
            return fs.look(self._enter(rel), name)
        except OSError:  # a folder that cannot be opened may be gone through all the same
            return stat_at(self.library, path)

    def _content(self, path: str, size: int, *, crc: bool) -> tuple[str, str]:
        """Return the hash of a file and, with `crc`, its CRC32 (else '')."""
        rel, _, name = path.rpartition("/")
        fd = fs.open_file(self._enter(rel), name)
        try:
            if size < fs.CHUNK and len(data := os.read(fd, size + 1)) == size:  # and no byte behind it
                return xxh3_128_hexdigest(data), f"{zlib.crc32(data):08X}" if crc else ""
            return fs.digest(fd, crc=crc)
        finally:
            os.close(fd)

    def _is_chosen(self, path: str) -> bool:
        return self.part is ALL or zlib.crc32(os.fsencode(path)) % self.part[1] == self.part[0]

    def _compare(
        self, path: str, now: os.stat_result, content: tuple[str, str], hashes: Hashes, looks: Looks
    ) -> Key | None:
        """Compare the content of a file with its stored hash and with the CRC32 in its name."""
        past, (digest, crc) = self.expected[path], content
        looks.read.append(now.st_size)
        known = past.left.hash or hashes.get(path, now)
        if known and known != digest:
            wrong = "its content is not what it was, though size and time are"
        elif crc and crc != (promised := past.crc32).upper():
            wrong = f"its CRC32 is {crc}, its name said {promised}"
        else:
            if not known:
                looks.lines.append(line_of(path, now, digest))
            return digest if now.st_size else _number(path, now)
        looks.amiss.append((path, Kind.CORRUPT, wrong))
        return None


def _number(path: str, now: os.stat_result) -> Key:
    """What tells one file from others; 0: this disk has no numbers."""
    return (now.st_dev, now.st_ino) if now.st_ino else path


def stat_at(library: str, path: str) -> os.stat_result | None:
    """Stat what is at a path of a library, None when nothing is."""
    try:
        return os.lstat(fs.whole(library, path))
    except OSError:
        return None
