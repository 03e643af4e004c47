"""Compare a library with what its journal says, and its files with their stored hashes.

In: a library. Out: a VerifyReport of findings, each with its symbol: `=` same, `-` missing, `+` extra,
`*` differs, `!` error, `~` renumbered by the provider. Reads names and metadata; `deep` reads content
too and keeps its hashes in `LIB/.anivault/hashes.jsonl`. Changes nothing else.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec
from xxhash import xxh3_128_hexdigest

from anivault.core.models import Identity
from anivault.core.moving import history
from anivault.core.moving.history import Past, difference
from anivault.core.moving.journal.records import Do
from anivault.core.moving.verifying.hashes import Hashes
from anivault.core.moving.whereabouts import Whereabouts
from anivault.shared import fs
from anivault.shared.errors import DiskError, quoted
from anivault.shared.progress import Progress
from anivault.shared.text import natural
from anivault.shared.work.cores import shared


class Kind(StrEnum):
    """What is found about a file."""

    SAME = "same"
    MISSING = "missing"
    EXTRA = "extra"  # no run made it
    CHANGED = "changed"  # size or time are not as they were left
    CORRUPT = "corrupt"  # the content differs though size and time do not, or not from the name's CRC32
    MISNAMED = "misnamed"  # a file of ours under a name that no run gave it
    RENUMBERED = "renumbered"  # the provider's data behind the name are not what they were
    UNREADABLE = "unreadable"
    UNFINISHED = "unfinished"  # a run ended in its middle
    NO_LIBRARY = "no-library"  # no run has put anything into the folder: there is nothing to compare
    DUPLICATE = "duplicate"  # one content under two names
    INCOMPLETE = "incomplete"  # episodes are missing between the first and the last


SYMBOLS = {
    Kind.SAME: "=",
    Kind.MISSING: "-",
    Kind.INCOMPLETE: "-",
    Kind.EXTRA: "+",
    Kind.DUPLICATE: "+",
    Kind.CHANGED: "*",
    Kind.MISNAMED: "*",
    Kind.CORRUPT: "!",
    Kind.UNREADABLE: "!",
    Kind.UNFINISHED: "!",
    Kind.NO_LIBRARY: "!",
    Kind.RENUMBERED: "~",
}
NOTES = frozenset({Kind.SAME, Kind.EXTRA, Kind.DUPLICATE, Kind.INCOMPLETE})  # no failure unless strict
AT_ONCE = 256  # small files that one process reads before it hands back what they are
FEW = 5_000  # small files: one process reads as many in a twentieth of a second
EPISODE = re.compile(r"[Ss](\d{1,4})[Ee](\d{1,4})(?:-[Ee]?(\d{1,4}))?")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to say about one path, which is relative to the library."""

    kind: Kind
    path: str
    detail: str = ""
    was: str = ""  # the name that a run gave it, where that is another one

    @property
    def symbol(self) -> str:
        """The sign of its kind."""
        return SYMBOLS[self.kind]


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification found. `findings` leave out what is the same."""

    library: str
    same: int
    findings: tuple[Finding, ...]
    deep: bool = False
    read: int = 0  # files whose content was read
    bytes: int = 0  # of those
    first: int = 0  # files that had no hash before, whose content is now on record
    unstored: str = ""  # why their hashes could not be put on record: a library that is read-only

    def failed(self, *, strict: bool = False) -> bool:
        """True when something is wrong; with `strict` also when something is merely there."""
        return any(strict or f.kind not in NOTES for f in self.findings)


def verify(
    library: str,
    *,
    deep: bool = False,
    subset: int | None = None,
    metadata: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """Compare `library` with its journal.

    `subset` N reads one Nth of the files, another one each time; `metadata` holds, by target, the hash
    of what its name would be made from today.
    """
    library = os.path.abspath(library)
    if trace := history.lost(library) if history.is_library(library) else "":
        why = f"its journal is empty or gone, and {trace} tells of runs: put it back from a backup"
        found = Finding(kind=Kind.NO_LIBRARY, path="", detail=why)
        return VerifyReport(library=library, same=0, findings=(found,))
    if not history.is_library(library):
        why = "AniVault has put nothing here: there is no journal to compare it with"
        return VerifyReport(
            library=library, same=0, findings=(Finding(kind=Kind.NO_LIBRARY, path="", detail=why),)
        )
    try:
        return Verifier(library, metadata or {}, progress).verify(
            deep=deep or subset is not None, subset=subset
        )
    except OSError as error:  # single files that cannot be read are findings; this is the store of hashes
        raise DiskError("Keeping the hashes", error, f"df {quoted(library)}") from error


class Verifier:
    """One verification."""

    def __init__(self, library: str, metadata: Mapping[str, str], progress: Progress | None) -> None:
        self.library = library
        self.metadata = metadata
        self.progress = progress
        self.replay = history.read(library)
        self.expected = self.replay.files
        self.findings: list[Finding] = []
        self.sound: dict[str, Identity] = {}  # expected files that look as they were left
        self.devices: dict[int, int] = {}  # the number of each disk, once for all files
        self.read = self.bytes = self.first = 0
        self.unstored = ""

    def verify(self, *, deep: bool, subset: int | None) -> VerifyReport:
        """Look at names, then at content, then at what the names say together."""
        if self.replay.unfinished:
            self.find(Kind.UNFINISHED, "", "a run ended in its middle; anivault recover settles it")
        self.compare()
        self.sound = dict(sorted(self.sound.items()))
        digests = self.check_content(subset) if deep and self.sound else {}
        self.find_duplicates(digests)
        self.find_gaps()
        self.findings.sort(key=lambda finding: (natural(finding.path), finding.path))
        return VerifyReport(
            library=self.library,
            same=len(self.sound),
            findings=tuple(self.findings),
            deep=deep,
            read=self.read,
            bytes=self.bytes,
            first=self.first,
            unstored=self.unstored,
        )

    def find(self, kind: Kind, path: str, detail: str = "", was: str = "") -> None:
        """Note a finding."""
        self.findings.append(Finding(kind=kind, path=path, detail=detail, was=was))

    def compare(self) -> None:
        """Compare what is there with what should be."""
        there = Whereabouts(self.library, self.expected, self.compare_file)
        open_ = self.replay.open  # what is there is for `recover` to say
        extra = dict.fromkeys(path for path in there.others if path not in open_)
        for path in there.missing:
            past = self.expected[path]
            if now := self.look(path):  # a disk that shows its names in another case
                self.compare_file(path, now)
                extra.pop(there.strangers.get(now.st_ino, ""), None)
            elif path in open_:
                continue
            elif other := there.now(past):
                self.find(Kind.MISNAMED, other, f"was left as {path}", path)
                extra.pop(other, None)
            else:
                did = "put it here" if past.puts[-1].step.do is not Do.NOTE else "found it here"
                self.find(Kind.MISSING, path, f"{past.puts[-1].run} {did}")
        for path in extra:
            self.find(Kind.EXTRA, path)
        for path, why in there.unread:
            self.find(Kind.UNREADABLE, path, why)

    def look(self, path: str) -> os.stat_result | None:
        """Stat what is at a path, None when nothing is."""
        try:
            return os.lstat(fs.whole(self.library, path))
        except OSError:
            return None

    def compare_file(self, path: str, now: os.stat_result) -> None:
        """Compare one file with how its run left it."""
        past = self.expected[path]
        if wrong := difference(self.library, path, now, past):
            self.find(Kind.CHANGED, path, wrong)
            return
        device = self.devices.setdefault(now.st_dev, now.st_dev)
        self.sound[path] = Identity(now.st_size, now.st_mtime_ns, device, now.st_ino)
        made = past.puts[-1].step.metadata
        if made and self.metadata.get(path, made) != made:
            self.find(Kind.RENUMBERED, path)

    def check_content(self, subset: int | None) -> dict[str, str]:
        """Read the files, compare them with what is on record, and put new ones there."""
        digests: dict[str, str] = {}
        with Hashes(self.library) as hashes:
            if hashes.unread:
                self.find(Kind.UNREADABLE, hashes.rel, f"no hash of it is used ({hashes.unread})")
            if hashes.damaged:
                self.find(Kind.UNREADABLE, hashes.rel, f"{hashes.damaged} lines are damaged and not used")
            paths = self.chosen(hashes.next_part(subset) if subset else None, subset)
            for number, (path, content) in enumerate(self.contents(paths), 1):
                self.check_file(path, content, hashes, digests)
                if self.progress:
                    self.progress(number, len(paths))
        self.unstored = hashes.unstored
        return digests

    def chosen(self, part: int | None, subset: int | None) -> list[str]:
        """Return the files to read, in the order of the folders."""
        files = [path for path in self.sound if not self.expected[path].link]
        if part is None or subset is None:
            return files
        return [p for p in files if zlib.crc32(os.fsencode(p)) % subset == part]

    def contents(self, paths: Sequence[str]) -> Iterator[tuple[str, _Content]]:
        """Read files in the order of their folders: small ones on all cores, then the others on one.

        Which files are small: those below `fs.CHUNK`, 1 MiB, which take a disk longer to find than to read.
        """
        small = [path for path in paths if self.sound[path].size < fs.CHUNK]
        large = [path for path in paths if self.sound[path].size >= fs.CHUNK]
        parts = [small[start : start + AT_ONCE] for start in range(0, len(small), AT_ONCE)]
        workers = 1 if len(small) <= FEW else 0
        with _Reader(self.library, self.expected, self.sound) as reader:
            for part, read in zip(parts, shared(reader.read_all, parts, workers), strict=True):
                yield from zip(part, read, strict=True)
            yield from ((path, reader.read(path)) for path in large)

    def check_file(self, path: str, content: _Content, hashes: Hashes, digests: dict[str, str]) -> None:
        """Compare the content of one file with its stored hash and with the CRC32 in its name."""
        digest, crc, error = content
        if not digest:
            self.fail(Kind.UNREADABLE, path, error)
            return
        past, now = self.expected[path], self.sound[path]
        self.read += 1
        self.bytes += now.size
        known = past.left.hash or hashes.get(path, now)
        digests[path] = known if known == digest else digest  # once, for a library of many files
        if known and known != digest:
            self.fail(Kind.CORRUPT, path, "its content is not what it was, though size and time are")
        elif crc and crc != (promised := past.crc32).upper():
            self.fail(Kind.CORRUPT, path, f"its CRC32 is {crc}, its name said {promised}")
        elif not known:
            self.first += 1
            hashes.put(path, now, digest)

    def fail(self, kind: Kind, path: str, detail: str) -> None:
        """Note a finding about a file that looked sound."""
        del self.sound[path]
        self.find(kind, path, detail)

    def find_duplicates(self, digests: Mapping[str, str]) -> None:
        """Note files that are the same: by content where it was read, else by being one file."""
        seen: dict[object, str] = {}
        for path, now in self.sound.items():
            key = digests.get(path) if now.size else None
            file = (now.device, now.inode) if now.inode else path  # 0: this disk has no numbers
            first = seen.setdefault(key or file, path)
            if first != path:
                self.find(Kind.DUPLICATE, path, f"the same as {first}")

    def find_gaps(self) -> None:
        """Note seasons in which numbers are missing between the first and the last."""
        for folder, season, numbers in sorted(_seasons(self.expected)):
            missing = sorted(set(range(min(numbers), max(numbers))) - numbers)
            if missing:
                self.find(Kind.INCOMPLETE, folder, f"season {season} lacks {_ranges(missing)}")


class _Content(NamedTuple):
    """What a file holds: its hash and, where its name promises one, its CRC32; without a hash, why not."""

    digest: str
    crc: str = ""
    error: str = ""


class _Reader:
    """Reads files in the order of their folders: the one that it is at stays open for all its files."""

    def __init__(self, library: str, expected: Mapping[str, Past], sound: Mapping[str, Identity]) -> None:
        self.library, self.expected, self.sound = library, expected, sound
        self.rel = ""
        self.folder: fs.Folder | None = None

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Close the folder."""
        if self.folder is not None:
            fs.close_folder(self.folder)
        self.folder = None

    def read_all(self, paths: Sequence[str]) -> list[_Content]:
        """Read several files."""
        return list(map(self.read, paths))

    def read(self, path: str) -> _Content:
        """Read a file of the library."""
        size, crc = self.sound[path].size, bool(self.expected[path].crc32)
        try:
            fd = self.open(path)
            try:
                if size < fs.CHUNK and len(data := os.read(fd, size + 1)) == size:  # and no byte behind it
                    return _Content(xxh3_128_hexdigest(data), f"{zlib.crc32(data):08X}" if crc else "")
                return _Content(*fs.digest(fd, crc=crc))
            finally:
                os.close(fd)
        except OSError as error:
            return _Content("", error=error.strerror or "")

    def open(self, path: str) -> int:
        """Open a file of the library."""
        rel, _, name = path.rpartition("/")
        if self.folder is None or rel != self.rel:
            self.leave()
            self.rel, self.folder = rel, fs.open_folder(None, fs.whole(self.library, rel))
        return fs.open_file(self.folder, name)


def _seasons(paths: Iterable[str]) -> Iterator[tuple[str, int, set[int]]]:
    """Yield the episode numbers of each folder and season, season 0 left out: specials have gaps."""
    found: dict[tuple[str, int], set[int]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if (match := EPISODE.search(name)) and int(match[1]):
            numbers = found.setdefault((folder, int(match[1])), set())
            numbers.update(range(int(match[2]), int(match[3]) + 1) if match[3] else (int(match[2]),))
    return ((folder, season, numbers) for (folder, season), numbers in found.items() if numbers)


def _ranges(numbers: list[int]) -> str:
    """Write numbers shortly: 3, 5-7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)
