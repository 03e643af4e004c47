"""Compare a library with what its journal says, and its files with their stored hashes.

In: a library. Out: a VerifyReport of findings, each with its symbol: `=` same, `-` missing, `+` extra,
`*` differs, `!` error, `~` renumbered by the provider. Reads names and metadata; `deep` reads content
too and keeps its hashes in `LIB/.anivault/hashes.jsonl`. Changes nothing else.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import msgspec

from anivault.core.moving import history
from anivault.core.moving.journal.records import Do
from anivault.core.moving.verifying.hashes import Hashes
from anivault.core.moving.verifying.kinds import NOTES, SYMBOLS, Kind
from anivault.core.moving.verifying.looking import ALL, Key, Looker, Looks, Part, stat_at
from anivault.core.moving.whereabouts import Whereabouts
from anivault.shared import fs
from anivault.shared.errors import DiskError, quoted
from anivault.shared.progress import Progress, untold
from anivault.shared.text import natural
from anivault.shared.work.cores import spread

AT_ONCE = 256  # files that one process looks at before it hands back what it found
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
        self.progress = progress or untold
        self.replay = history.read(library)
        self.expected = self.replay.files
        self.findings: list[Finding] = []
        self.sound: dict[str, Key] = {}  # files that are as they were left; those with one key are the same
        self.read = self.bytes = self.first = 0
        self.unstored = ""

    def verify(self, *, deep: bool, subset: int | None) -> VerifyReport:
        """Look at names, then at files, then at what the names say together."""
        if self.replay.unfinished:
            self.find(Kind.UNFINISHED, "", "a run ended in its middle; anivault recover settles it")
        self.compare(deep=deep, subset=subset)
        self.find_duplicates()
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

    def compare(self, *, deep: bool, subset: int | None) -> None:
        """Compare what is there with what should be."""
        there = Whereabouts(self.library, self.expected)
        open_ = self.replay.open  # what is there is for `recover` to say
        extra = dict.fromkeys(path for path in there.others if path not in open_)
        self.find_cased(there, extra)
        gone = self.look_deep(there.there, subset) if deep and there.there else self.look(there.there, None)
        for path in (*there.missing, *gone):
            if path not in open_:
                self.find_missing(path, there, extra)
        for path in extra:
            self.find(Kind.EXTRA, path)
        for path, why in there.unread:
            self.find(Kind.UNREADABLE, path, why)

    def find_cased(self, there: Whereabouts, extra: dict[str, None]) -> None:
        """Take for there what a disk shows in another case."""
        for path in list(there.missing):
            if now := stat_at(self.library, path):
                del there.missing[path]
                there.there[path] = False
                extra.pop(there.strangers.get(now.st_ino, ""), None)

    def find_missing(self, path: str, there: Whereabouts, extra: dict[str, None]) -> None:
        """Note a file that is not where it was left; another name that it has now is not extra."""
        past = self.expected[path]
        if other := there.now(past):
            self.find(Kind.MISNAMED, other, f"was left as {path}", path)
            extra.pop(other, None)
        else:
            did = "put it here" if past.puts[-1].step.do is not Do.NOTE else "found it here"
            self.find(Kind.MISSING, path, f"{past.puts[-1].run} {did}")

    def look_deep(self, there: Mapping[str, bool], subset: int | None) -> list[str]:
        """Look at files and read them, and put their hashes on record; returns those that are gone."""
        with Hashes(self.library) as hashes:
            if hashes.unread:
                self.find(Kind.UNREADABLE, hashes.rel, f"no hash of it is used ({hashes.unread})")
            if hashes.damaged:
                self.find(Kind.UNREADABLE, hashes.rel, f"{hashes.damaged} lines are damaged and not used")
            gone = self.look(there, hashes, (hashes.next_part(subset), subset) if subset else ALL)
        self.unstored = hashes.unstored
        return gone

    def look(self, there: Mapping[str, bool], hashes: Hashes | None, part: Part = ALL) -> list[str]:
        """Look at files in the order of their folders; returns those that are gone.

        On all cores, but for reading large ones: those below `fs.CHUNK`, 1 MiB, take a disk longer to find
        than to read.
        """
        paths = sorted(there)
        large = [path for path in paths if hashes and self.expected[path].puts[-1].step.size >= fs.CHUNK]
        apart = frozenset(large)
        small = [path for path in paths if path not in apart]
        parts = [small[start : start + AT_ONCE] for start in range(0, len(small), AT_ONCE)]
        ones = [[path] for path in large]
        gone: list[str] = []
        done = 0
        with Looker(self.library, self.expected, self.metadata, there, hashes, part) as looker:
            looks = chain(spread(looker.look_at, parts), map(looker.look_at, ones))
            for looked, found in zip([*parts, *ones], looks, strict=True):
                self.take_in(looked, found)
                gone += found.gone
                done += len(looked)
                if hashes:
                    hashes.put(found.lines)
                    self.progress(done, len(paths))
        return gone

    def take_in(self, paths: Sequence[str], looks: Looks) -> None:
        """Note what a look at some files told."""
        self.sound.update((path, key) for path, key in zip(paths, looks.keys, strict=True) if key)
        for path, kind, detail in looks.amiss:
            self.find(kind, path, detail)
        self.read += len(looks.read)
        self.bytes += sum(looks.read)
        self.first += len(looks.lines)

    def find_duplicates(self) -> None:
        """Note files that are the same: by content where it was read, else by being one file."""
        seen: dict[Key, str] = {}
        for path in sorted(self.sound):
            first = seen.setdefault(self.sound[path], path)
            if first != path:
                self.find(Kind.DUPLICATE, path, f"the same as {first}")

    def find_gaps(self) -> None:
        """Note seasons in which numbers are missing between the first and the last."""
        for folder, season, numbers in sorted(_seasons(self.expected)):
            missing = sorted(set(range(min(numbers), max(numbers))) - numbers)
            if missing:
                self.find(Kind.INCOMPLETE, folder, f"season {season} lacks {_ranges(missing)}")


def _seasons(paths: Iterable[str]) -> Iterator[tuple[str, int, set[int]]]:
    """Yield the episode numbers of each folder and season, season 0 left out: specials have gaps."""
    found: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for path in paths:
        folder, _, name = path.rpartition("/")
        if match := EPISODE.search(name):
            season, first, last = match.groups()
            if last:
                found[folder, int(season)].update(range(int(first), int(last) + 1))
            else:
                found[folder, int(season)].add(int(first))
    return ((folder, season, numbers) for (folder, season), numbers in found.items() if season and numbers)


def _ranges(numbers: list[int]) -> str:
    """Write numbers shortly: 3, 5-7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)
