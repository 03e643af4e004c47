"""Look for the files of a library: which are where runs have left them, and where the others are now.

In: a library and the places of its files. Out: what is there, missing, or not expected. Changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from anivault.shared import fs
from anivault.shared.places import FOLDER

if TYPE_CHECKING:  # what it gets is made elsewhere
    from anivault.core.moving.history import Past


class Whereabouts:
    """Finds a file that somebody renamed within the library, by its number, size and time."""

    def __init__(self, library: str, expected: Iterable[str]) -> None:
        self.library = library
        self.unread: list[tuple[str, str]] = []  # folders that could not be listed, and why
        self.missing = dict.fromkeys(expected)  # places of files that are not there
        self.there: dict[str, bool] = {}  # the others, and whether there is a regular file
        self.others: dict[str, bool] = {}  # what nobody expects, and whether it is a link
        self.strangers: dict[int, str] = {}  # the same by number
        for path, entry in self._walk():
            if path not in self.missing:
                self.others[path] = entry.is_symlink()
                self.strangers[entry.inode()] = path
            else:
                del self.missing[path]
                self.there[path] = entry.is_file(follow_symlinks=False)

    def _walk(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Yield every file of the library, not following links."""
        folders = [""]
        while folders:
            rel = folders.pop()
            start = rel and f"{rel}/"
            for entry in self._list(rel):
                path = start + entry.name
                if path == FOLDER:
                    continue
                if entry.is_dir(follow_symlinks=False) and not fs.is_junction(entry):
                    folders.append(path)
                else:
                    yield path, entry

    def _list(self, rel: str) -> list[os.DirEntry[str]]:
        """List a folder."""
        try:
            with os.scandir(fs.whole(self.library, rel)) as found:
                return list(found)
        except OSError as error:
            self.unread.append((rel, error.strerror or ""))
            return []

    def now(self, past: Past) -> str | None:
        """Return where a file is that is not where it was left; None when it is nowhere."""
        if past.link:
            return self._link(past.maker.points_to)
        path = self.strangers.get(past.left.inode or -1)
        if path is None:
            return None
        try:
            now = os.lstat(fs.whole(self.library, path))
        except OSError:
            return None
        return path if fs.unchanged(now, past.puts[-1].step.size, past.left.mtime_ns) else None

    def _link(self, source: str) -> str | None:
        for path, is_link in self.others.items():
            if is_link and fs.points_to(None, fs.whole(self.library, path), source):
                return path
        return None
