"""Find the files below the roots. Reads folders and stats; opens no file but ignore lists.

In: root folders. Out: every regular file of interest with its kind and identity, and what was
left out and why. Symbolic links are never followed, FIFOs and devices never opened; a folder
that cannot be read is reported and the rest goes on. Order is by name, numbers by their value.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import partial
from itertools import repeat
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from anivault.core.models import FileKind, Identity, ScannedFile, joined
from anivault.core.pipeline import ignore
from anivault.core.pipeline.left_out import (
    IGNORE_FILES,
    LeftOut,
    LeftOutReason,
    controlled,
    why_not_file,
    why_not_folder,
)
from anivault.core.pipeline.records import Scan, kind_of
from anivault.shared import fs
from anivault.shared.errors import FolderNotFoundError, FolderUnreadableError
from anivault.shared.fs import share_of
from anivault.shared.progress import Progress, untold
from anivault.shared.text import natural_order, natural_parts
from anivault.shared.work.walk import in_order

_VIDEO = FileKind.VIDEO  # looking a member of an enum up costs as much as reading an extension


AT_A_SHARE = 16  # folders listed at once
AT_ONCE = 256  # names of one folder


def scan(
    roots: Sequence[str],
    *,
    skip: Sequence[str] = (),
    ignored: Sequence[ignore.Everywhere] = (),
    progress: Progress = untold,
    workers: int = 0,
    only: frozenset[str] | None = None,
) -> Scan:
    """Walk `roots` (folders or single files), staying out of the folders `skip` and of what is `ignored`.

    Raises FolderNotFoundError for a root that is not there, FolderUnreadableError for one that cannot be
    listed. A file below two roots is listed once, under the outer one. `progress` gets the number of files
    found so far, folder by folder. A root is taken at the user's word, whatever it is called and whatever
    list ignores it. Where several lie in one folder a shell's `*` may have named them: there each is judged
    as it would be below that folder. `workers`: how many folders are listed at once; 0 for as many as help.
    `only`: whole paths of folders; of others nothing is taken.
    """
    began = time.time()
    walk = _Walk(frozenset(map(_real, skip)), ignored, only)
    chosen = outermost(roots)
    beside, mounts = Counter(map(os.path.dirname, chosen)), {} if workers else fs.mounts()
    for root in chosen:
        if not os.path.exists(root):
            raise FolderNotFoundError(root)
        if beside[os.path.dirname(root)] > 1 and not walk.wants(root):
            continue
        is_folder = os.path.isdir(root)
        for _ in walk.below(root, workers or _helpful(root, mounts)) if is_folder else walk.single(root):
            progress(len(walk.found.files), None)
    found = walk.found
    return Scan(tuple(found.files), tuple(found.left_out), tuple(found.holes), began)


def _helpful(root: str, mounts: Mapping[str, str]) -> int:
    """On a network share every look waits for an answer; on a disk of one's own each core has work."""
    return AT_A_SHARE if share_of(root, mounts) else 0


def outermost(roots: Sequence[str]) -> list[str]:
    """Return the absolute roots that lie in no other of them, in the order given."""
    known: dict[str, str] = {}
    for root in roots:
        known.setdefault(_real(root), _named(root))
    return [
        root
        for real, root in known.items()
        if not any(real != other and real.startswith(other.rstrip("/") + "/") for other in known)
    ]


def root_folders(roots: Sequence[str]) -> list[str]:
    """Return the folders that files below `roots` are relative to; for a file that is named, its own.

    Raises FolderNotFoundError for a root that is not there.
    """
    return list(dict.fromkeys(map(_root_folder, outermost(roots))))


def _root_folder(root: str) -> str:
    if not os.path.exists(root):
        raise FolderNotFoundError(root)
    return root if os.path.isdir(root) else os.path.dirname(root)


def _named(root: str) -> str:
    """Return the absolute path; of a link to a file that of the file, which alone can be moved or linked."""
    return os.path.realpath(root) if os.path.isfile(root) and os.path.islink(root) else os.path.abspath(root)


def _real(path: str) -> str:
    """Return where a path leads, with `/` as `rel` has it."""
    return os.path.realpath(path).replace(os.sep, "/")


class _Place(NamedTuple):
    """A folder below a root, with the lists that hold there; or some `names` of it, once it was listed.

    `others`: what is no regular file, and why it is left out; None for a folder that is gone into.
    `unfinished`: the names that are `controlled` in it.
    """

    rel: str
    ignores: ignore.Lists
    names: Sequence[str] = ()
    others: Mapping[str, LeftOutReason | None] = {}
    unfinished: Container[str] = ()

    @property
    def prefix(self) -> str:
        """What paths in it begin with."""
        return f"{self.rel}/" if self.rel else ""

    def parts(self) -> list[_Place]:
        """Itself in pieces of so many names that one of them is looked at at once."""
        return [self._replace(names=some) for some in natural_parts(self.names, AT_ONCE)]


class _Found:
    """Collects files and what is left out. `devices` holds the number of each disk, once for all files."""

    def __init__(self, devices: dict[int, int]) -> None:
        self.files: list[ScannedFile] = []
        self.left_out: list[LeftOut] = []
        self.holes: list[ScannedFile] = []
        self._devices = devices

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle in columns, which are quick to hand to another process."""
        files = self.files
        root = files[0].root if files else ""
        rels = "\0".join([file.rel for file in files])
        columns = [[get(file) for file in files] for get in _COLUMNS]
        return _handed_back, (root, rels, columns, self.left_out, self.holes)

    def add(self, other: _Found) -> None:
        """Add what another one has collected."""
        self.files += other.files
        self.left_out += other.left_out
        self.holes += other.holes

    def take(self, root: str, rel: str, kind: FileKind, s: os.stat_result) -> None:
        """Take a file, unless it is a video of no bytes."""
        size, device = s.st_size, s.st_dev
        if not size and kind is _VIDEO:
            self.leave(joined(root, rel), LeftOutReason.EMPTY, "no bytes")
            return
        identity = Identity(size, s.st_mtime_ns, self._devices.setdefault(device, device), s.st_ino)
        file = ScannedFile(root, rel, kind, identity)
        self.files.append(file)
        # A file system that packs small files elsewhere counts no blocks either: then the file is asked.
        if not fs.blocks(s) and size and fs.is_hole(file.path, size):
            self.holes.append(file)

    def leave(self, path: str, reason: LeftOutReason, detail: str = "") -> None:
        """Leave something out."""
        self.left_out.append(LeftOut(path, reason, detail))

    def leave_unreadable(self, path: str, error: OSError) -> None:
        """Leave out what cannot be read, in the system's words."""
        self.leave(path, LeftOutReason.UNREADABLE, error.strerror or str(error))

    def name_faults(self, path: str, found: ignore.IgnoreList) -> None:
        """Name the lines of an ignore list that say nothing."""
        for fault in found.faults:
            where = f"line {fault.line} is not followed: {fault.why}: {fault.text}"
            self.leave(path, LeftOutReason.IGNORE_LIST, where)

    def more_ignores(self, path: str, rel: str, names: Container[str], ignores: ignore.Lists) -> ignore.Lists:
        """The ignore lists that hold in a folder: those above it, and its own."""
        for name in IGNORE_FILES:
            if name in names and (found := self._read_ignore(f"{path}/{name}")):
                ignores = (*ignores, (rel, found))
        return ignores

    def _read_ignore(self, path: str) -> ignore.IgnoreList | None:
        if os.path.isdir(path) and not os.path.islink(path):
            return None
        try:
            with fs.closing(fs.open_file(None, path)) as fd:
                found = ignore.parse(os.read(fd, ignore.MOST_BYTES + 1))
        except OSError as error:
            self.leave_unreadable(path, error)
            return None
        self.name_faults(path, found)
        return found


class _Walk:
    """Looks at one folder at a time; several threads may."""

    def __init__(
        self, skip: frozenset[str], everywhere: Sequence[ignore.Everywhere], only: frozenset[str] | None
    ) -> None:
        self._only = only
        self._ways = {str(way) for folder in only or () for way in (folder, *Path(folder).parents)}
        self._devices: dict[int, int] = {}
        self.found = _Found(self._devices)  # by the roots that were walked
        self._skip = skip
        self._above: dict[str, tuple[set[str], ignore.Lists]] = {}
        self._everywhere = tuple(reversed(everywhere))
        for each in everywhere:
            self.found.name_faults(each.file, each.patterns)

    def wants(self, root: str) -> bool:
        """Judge the name of a root as that of anything in its folder; says so when it is left out."""
        folder, name = os.path.split(root)
        if folder not in self._above:
            names = _names(folder)
            self._above[folder] = controlled(names), self.found.more_ignores(folder, "", names, ())
        unfinished, ignores = self._above[folder]
        is_folder = os.path.isdir(root)
        why = why_not_folder(name, root) if is_folder else why_not_file(name, kind_of(name), unfinished)
        if why := why or self._ignored(folder, name, ignores, folder=is_folder):
            self.found.leave(root, why)
        return why is None

    def single(self, path: str) -> Iterator[None]:
        """Take one file that is a root."""
        root, name = _root_folder(path), os.path.basename(path)
        try:
            s = os.stat(path)
        except OSError as error:
            self.found.leave_unreadable(path, error)
        else:
            self.found.take(root, name, kind_of(name), s)
        yield

    def below(self, root: str, workers: int) -> Iterator[None]:
        """Take what lies below a root that is a folder."""
        look = partial(self._look, root, _real(root))
        for found in in_order(look, _Place("", ()), workers, self._joined):
            self.found.add(found)
            yield

    def _joined(self, every: Sequence[_Found]) -> _Found:
        first, *rest = every
        for found in rest:
            first.add(found)
        return first

    def _look(self, root: str, real_root: str, place: _Place) -> tuple[_Found, list[_Place]]:
        """Look at a folder, or at some of its names; returns the places that it leads to."""
        rel, found = place.rel, _Found(self._devices)
        if rel and f"{real_root}/{rel}" in self._skip:
            return found, []
        path, folder = f"{root}/{rel}" if rel else root, None
        try:
            folder = fs.open_folder(None, path)  # inside of it, a look takes less than by the whole path
            listed, below = (place, []) if place.names else self._listed(root, path, place, folder, found)
            if listed is place or len(listed.names) <= AT_ONCE:
                self._take(root, listed, folder, found)
            else:
                below[:0] = listed.parts()
        except OSError as error:
            if not rel:
                raise FolderUnreadableError(path, error) from error
            found.leave_unreadable(path, error)
            return found, []
        finally:
            if folder is not None:
                fs.close_folder(folder)
        return found, below

    def _listed(
        self, root: str, path: str, place: _Place, folder: fs.Folder, found: _Found
    ) -> tuple[_Place, list[_Place]]:
        """List a folder: its names, and the folders in it that are gone into."""
        rel, prefix = place.rel, place.prefix
        names: list[str] = []
        special: list[os.DirEntry[str]] = []
        with os.scandir(folder) as entries:
            for entry in entries:  # once: to come back to each of very many takes as long as to list them
                names.append(entry.name)
                if not entry.is_file(follow_symlinks=False):
                    special.append(entry)
        ignores, unfinished = found.more_ignores(path, rel, names, place.ignores), controlled(names)
        others = {entry.name: self._unfit(entry, root, prefix + entry.name, ignores) for entry in special}
        folders = natural_order(sorted(name for name, reason in others.items() if reason is None))
        below = [_Place(prefix + name, ignores) for name in folders]
        return self._narrowed(root, path, _Place(rel, ignores, sorted(names), others, unfinished), below)

    def _narrowed(
        self, root: str, path: str, listed: _Place, below: list[_Place]
    ) -> tuple[_Place, list[_Place]]:
        """What of a folder is to be looked at, where not all is."""
        if self._only is None:
            return listed, below
        ways = [place for place in below if joined(root, place.rel) in self._ways]
        if path not in self._only:
            listed = listed._replace(
                names=sorted(name for name in listed.others if f"{path}/{name}" in self._only)
            )
        return listed, ways

    def _take(self, root: str, place: _Place, folder: fs.Folder, found: _Found) -> None:
        """Take the files among the names of a folder, and say of the others why they are left out."""
        _, ignores, names, others, unfinished = place
        prefix, judging = place.prefix, bool(ignores or self._everywhere)
        for name in natural_order(names):
            below, kind, is_file = prefix + name, kind_of(name), name not in others
            reason = why_not_file(name, kind, unfinished) if is_file else others[name]
            if judging and is_file and reason is None:
                reason = self._ignored(root, below, ignores, folder=False)
            if reason is not None:
                found.leave(joined(root, below), reason)
            elif is_file:
                try:
                    found.take(root, below, kind, fs.look(folder, name))
                except OSError as error:  # gone since it was listed, or a broken disk
                    found.leave_unreadable(joined(root, below), error)

    def _unfit(
        self, entry: os.DirEntry[str], root: str, rel: str, ignores: ignore.Lists
    ) -> LeftOutReason | None:
        """Why something that is no regular file is left out; None for a folder to go into."""
        if entry.is_symlink() or fs.is_junction(entry):
            return LeftOutReason.LINK
        if not entry.is_dir(follow_symlinks=False):
            return LeftOutReason.SPECIAL
        reason = why_not_folder(entry.name, joined(root, rel))
        return reason or self._ignored(root, rel, ignores, folder=True)

    def _ignored(self, root: str, rel: str, ignores: ignore.Lists, *, folder: bool) -> LeftOutReason | None:
        """Judge a path. The innermost list that speaks of it decides, as in git; then those of everywhere."""
        verdict = ignore.judged(rel, ignores, folder=folder)
        if verdict is None and self._everywhere:
            whole = joined(root, rel).replace(os.sep, "/")
            found = (each.judge(whole, folder=folder) for each in self._everywhere)
            verdict = next((each for each in found if each is not None), None)
        return LeftOutReason.IGNORED if verdict else None


_COLUMNS = [
    attrgetter(name)
    for name in ("kind", "identity.size", "identity.mtime_ns", "identity.device", "identity.inode")
]


def _handed_back(
    root: str, rels: str, columns: Sequence[Sequence[Any]], left_out: list[LeftOut], holes: list[ScannedFile]
) -> _Found:
    """What another process has found below one root."""
    kinds, sizes, times, disks, inodes = columns
    devices: dict[int, int] = {}
    found = _Found(devices)
    identities = map(Identity, sizes, times, map(devices.setdefault, disks, disks), inodes)
    found.files = list(map(ScannedFile, repeat(root), rels.split("\0"), kinds, identities))
    found.left_out, found.holes = left_out, holes
    return found


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # a folder may let people in and not be listed
        return []
