"""Tell where the folders of a run are now, and whether they are on the disks that they were on."""

from __future__ import annotations

import os

from anivault.core.moving.journal.records import Root, Run
from anivault.shared import fs
from anivault.shared.errors import WrongDiskError


def roots_now(run: Run, library: str) -> list[str]:
    """Return where the roots of a run are now: the library is where it was named.

    A source is where it was, or, when that is no folder and library and sources were moved together,
    at the same place beside the library.
    """
    library = os.path.abspath(library)
    found = [library]
    for root in run.roots[1:]:
        if root.path == run.roots[0].path:  # a rename: its files are in the library already
            found.append(library)
            continue
        moved = os.path.normpath(os.path.join(library, root.beside or root.path))
        found.append(moved if not os.path.isdir(root.path) and os.path.isdir(moved) else root.path)
    return found


def require_disks(run: Run, library: str) -> None:
    """Raise WrongDiskError for a source's folder that is on another disk now, as one is under an absent disk.

    One that was found beside a library that moved is where it should be.
    """
    for root, path in zip(run.roots[1:], roots_now(run, library)[1:], strict=True):
        if path == root.path and os.path.isdir(path) and fs.other_disk(root.disk, fs.disk_id(path)):
            raise WrongDiskError(path, f"a source of run {run.id}")


def root_of(path: str, library: str) -> Root:
    """Return a folder as the first line of a run tells of it."""
    try:
        disk = fs.disk_id(path)
    except OSError:  # not there, or not to be looked at
        disk = ""
    return Root(os.path.abspath(path), fs.beside(path, library), disk)
