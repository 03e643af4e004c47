"""Know what lies in the watched folders, and which files have been left alone long enough.

In: folders, and the time of each look. Out: the files that have settled and were not handed over as they are.
A file has settled when size, time and inode stayed the same over all looks of `settle` seconds; its own time
counts for nothing, as copying programs set it. Lists folders; opens nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from anivault.core.models import Identity, ScannedFile
from anivault.core.pipeline.ignore import Everywhere
from anivault.core.pipeline.scanner import outermost, scan
from anivault.shared.errors import FolderNotFoundError, FolderUnreadableError

_BEGIN = re.compile(r"(?:\[[^\]]*\])?[^0-9]*")


def _begin(path: str) -> str:
    """Where a file is, and how its name begins: up to the first number behind the group's brackets."""
    folder, name = os.path.split(path)
    found = _BEGIN.match(name)
    return os.path.join(folder, found[0] if found else "")


class _Seen(NamedTuple):
    identity: Identity | None
    since: float  # when it was first seen as it is
    entry: str  # the file or folder, directly below a watched one, that it is or lies in


class Pile:
    """The files below the watched folders. A folder that is not there has none, until it is back."""

    def __init__(
        self,
        roots: Sequence[str],
        skip: Sequence[str],
        settle: float,
        ignored: Callable[[], Sequence[Everywhere]] = tuple,
    ) -> None:
        self.roots, self.skip, self.settle = outermost(roots), tuple(skip), settle
        self.ignored = ignored  # read again at each look
        self.absent: set[str] = set()
        self._seen: dict[str, _Seen] = {}
        self._handed: dict[str, Identity | None] = {}  # over, as they were then

    def look(self, now: float) -> set[str]:
        """Look at all files; returns those that are new or have changed since the last look."""
        seen = {file.path: self._as_seen(file, now) for root in self.roots for file in self._files(root)}
        changed = {path for path, each in seen.items() if each.since == now}
        self._seen = seen
        self._handed = {path: identity for path, identity in self._handed.items() if path in seen}
        return changed

    def settled(self, now: float) -> list[str]:
        """The files to hand over now."""
        return [path for path, each in self._open() if each.since + self.settle <= now]

    def waiting(self, now: float) -> frozenset[str]:
        """The files that have not settled yet."""
        return frozenset(path for path, each in self._seen.items() if each.since + self.settle > now)

    def next_due(self, now: float) -> float | None:
        """The seconds until the next file may have settled; None when there is nothing to wait for."""
        times = [each.since + self.settle - now for _, each in self._open()]
        return max(0.0, min(times)) if times else None

    def entries(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The files and folders, directly below a watched one, that these files are or lie in.

        Files that were handed over before and whose names begin as those do come with them: the episodes of
        a show say together where each belongs, and one that was asked about may be sure now.
        """
        arrived = dict.fromkeys(self._seen[path].entry for path in paths)
        begins = set(map(_begin, arrived))
        others = (path for path in self._handed if self._seen[path].entry == path and _begin(path) in begins)
        return tuple(arrived | dict.fromkeys(others))

    def handed_over(self, paths: Iterable[str]) -> None:
        """Note that these were handed over, as they were at the last look."""
        self._handed.update((path, self._seen[path].identity) for path in paths)

    def open_again(self) -> None:
        """Hand everything over once more: an answer was given, which may be about any of them."""
        self._handed.clear()

    def _open(self) -> Iterator[tuple[str, _Seen]]:
        for path, each in self._seen.items():
            if path not in self._handed or self._handed[path] != each.identity:
                yield path, each

    def _files(self, root: str) -> Sequence[ScannedFile]:
        try:
            files = scan([root], skip=self.skip, ignored=self.ignored()).files
        except (FolderNotFoundError, FolderUnreadableError):
            self.absent.add(root)
            return ()
        self.absent.discard(root)
        return files

    def _as_seen(self, file: ScannedFile, now: float) -> _Seen:
        before = self._seen.get(file.path)
        if before and before.identity == file.identity:
            return before
        return _Seen(file.identity, now, os.path.join(file.root, file.rel.split("/", 1)[0]))
