"""List what a library holds: files, folders and links as they are.

In: a library. Out: one Inhabitant for each name below it but AniVault's own folder, folders before what is in
them. A source's rules have no say here: no ignore list, no name and no size hides what stands at a place.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from anivault.core.models import EntryKind, Identity, Inhabitant
from anivault.shared import fs

OWN = ".anivault"  # at the top of a library: journal, hashes, pins
JOURNAL = f"{OWN}/journal.jsonl"


def listing(library: str) -> Iterator[Inhabitant]:
    """Yield everything in `library`; nothing where there is no such folder.

    What is in a folder that cannot be read stays unknown: the mover, which replaces nothing, decides there.
    """
    folders = [""]
    while folders:
        rel = folders.pop()
        below = list(_within(library, rel))
        yield from below
        folders += [item.rel for item in reversed(below) if item.kind is EntryKind.FOLDER]


def libraries_of(folders: Iterable[str]) -> list[str]:
    """Return the libraries that `folders` are, or lie in, wherever links and mounts lead."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    for folder in map(fs.real, folders):
        while folder not in seen:
            seen.add(folder)
            if os.path.lexists(os.path.join(folder, JOURNAL)):
                found[folder] = None
            folder = os.path.dirname(folder)
    return list(found)


def _within(library: str, rel: str) -> Iterator[Inhabitant]:
    try:
        with os.scandir(fs.whole(library, rel) if rel else library) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if rel or entry.name != OWN:
            yield _inhabitant(f"{rel}/{entry.name}" if rel else entry.name, entry)


def _inhabitant(rel: str, entry: os.DirEntry[str]) -> Inhabitant:
    if entry.is_symlink() or fs.is_junction(entry):
        return Inhabitant(rel, EntryKind.LINK, _identity(entry, follow=True))
    if entry.is_dir(follow_symlinks=False):
        return Inhabitant(rel, EntryKind.FOLDER)
    return Inhabitant(rel, EntryKind.FILE, _identity(entry, follow=False))


def _identity(entry: os.DirEntry[str], *, follow: bool) -> Identity | None:
    try:
        s = os.stat(entry.path) if follow else fs.listed(entry)
    except OSError:  # it leads nowhere, or has just gone; its place counts as taken all the same
        return None
    return Identity(s.st_size, s.st_mtime_ns, s.st_dev, s.st_ino) if stat.S_ISREG(s.st_mode) else None
