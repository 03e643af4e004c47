"""Find the files below the roots. Reads folders and stats; opens no file but ignore lists.

In: root folders. Out: every regular file of interest with its kind and identity, and what was
left out and why. Symbolic links are never followed, FIFOs and devices never opened; a folder
that cannot be read is reported and the rest goes on. Order is by name, so that runs repeat.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from anivault.core.models import FileKind, Identity, ScannedFile
from anivault.shared import fs
from anivault.shared.errors import FolderNotFoundError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

EXTENSIONS: dict[FileKind, str] = {
    FileKind.VIDEO: "mkv mp4 avi webm m2ts ts mov wmv flv m4v ogm ogv mpg mpeg mk3d rmvb rm divx vob 3gp asf",
    FileKind.SUBTITLE: "ass ssa srt vtt sub idx sup smi sami mks ttml lrc",
    FileKind.AUDIO: "mka flac ac3 eac3 dts aac opus mp3 ogg wav m4a thd truehd",
    FileKind.FONT: "ttf otf ttc woff woff2",
    FileKind.IMAGE: "jpg jpeg png webp gif bmp tbn",
    FileKind.NFO: "nfo",
}
KINDS = {extension: kind for kind, extensions in EXTENSIONS.items() for extension in extensions.split()}
_OTHER = FileKind.OTHER  # looking a member of an enum up costs as much as reading an extension

# What download clients append while a file is not whole yet.
PARTIAL = frozenset(
    {
        "part", "parts", "partial", "!qb", "!ut", "!bt", "bc!", "jc!", "td", "xltd", "aria2", "crdownload",
        "download", "opdownload", "filepart", "fdmdownload", "unfinished", "dctmp",
    }
)  # fmt: skip
# Folders and files that operating systems, NAS boxes, sync tools and AniVault itself keep.
SYSTEM_FOLDERS = frozenset(
    {
        ".anivault", "@eadir", "#recycle", "#snapshot", "$recycle.bin", "system volume information",
        "lost+found", ".appledouble", ".spotlight-v100", ".fseventsd", ".trashes", ".trash", "__macosx",
        ".stfolder", ".stversions", ".git", ".svn", ".snapshots", ".zfs",
    }
)  # fmt: skip
SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db", ".directory"})
IGNORE_FILES = (".ignore", ".anivaultignore")


class LeftOutReason(StrEnum):
    """Why something below a root is no file of the scan."""

    IGNORED = "ignored"  # an ignore list says so
    PARTIAL = "partial"  # a download that is not whole
    SYSTEM = "system"
    LINK = "link"  # a symbolic link
    SPECIAL = "special"  # a FIFO, socket or device
    UNREADABLE = "unreadable"


class LeftOut(msgspec.Struct, frozen=True):
    """One path that was left out; `detail` is the system's word for an unreadable one."""

    path: str
    reason: LeftOutReason
    detail: str = ""


class Scan(msgspec.Struct, frozen=True):
    """What is there. `files` by root, then by folder and name."""

    files: tuple[ScannedFile, ...]
    left_out: tuple[LeftOut, ...]


def kind_of(name: str) -> FileKind:
    """Tell the kind of a file by its extension."""
    stem, _, extension = name.rpartition(".")
    return KINDS.get(extension.lower(), _OTHER) if stem else _OTHER


def scan(
    roots: Sequence[str], *, skip: Sequence[str] = (), progress: Callable[[int], None] | None = None
) -> Scan:
    """Walk `roots` (folders or single files), staying out of the folders `skip`.

    Raises FolderNotFoundError for a root that is not there. A file below two roots is listed once,
    under the outer one. `progress` gets the number of files found so far, folder by folder.
    """
    walk = _Walk(frozenset(map(_real, skip)))
    for root in outermost(roots):
        if os.path.isdir(root):
            for _ in walk.below(root):
                if progress:
                    progress(len(walk.files))
        elif os.path.isfile(root):
            walk.single(root)
        else:
            raise FolderNotFoundError(root)
    return Scan(files=tuple(walk.files), left_out=tuple(walk.left_out))


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


# The ignore lists that hold in a folder, outermost first, each with the folder it stands in.
_Ignores = tuple[tuple[str, "GitIgnoreSpec"], ...]


class _Walk:
    """Collects files and what is left out; one folder a step."""

    def __init__(self, skip: frozenset[str]) -> None:
        self.files: list[ScannedFile] = []
        self.left_out: list[LeftOut] = []
        self._skip = skip

    def single(self, path: str) -> None:
        root, name = _root_folder(path), os.path.basename(path)
        s = os.stat(path)
        identity = Identity(s.st_size, s.st_mtime_ns, s.st_dev, s.st_ino)
        self.files.append(ScannedFile(root, name, kind_of(name), identity))

    def below(self, root: str) -> Iterator[None]:
        real_root = _real(root)
        stack: list[tuple[str, _Ignores]] = [("", ())]
        while stack:
            rel, ignores = stack.pop()
            if rel and f"{real_root}/{rel}" in self._skip:
                continue
            folders = self._folder(root, rel, ignores)
            stack.extend(reversed(folders))
            yield

    def _folder(self, root: str, rel: str, ignores: _Ignores) -> list[tuple[str, _Ignores]]:
        """List one folder; returns the folders in it with the ignore lists that hold there."""
        path = f"{root}/{rel}" if rel else root
        prefix = f"{rel}/" if rel else ""
        try:
            with os.scandir(path) as found:
                entries = sorted(found, key=_name)
        except OSError as error:
            self._leave(path, LeftOutReason.UNREADABLE, error.strerror or str(error))
            return []
        names = {entry.name for entry in entries}
        ignores = self._more_ignores(path, rel, names, ignores)
        folders: list[tuple[str, _Ignores]] = []
        for entry in entries:
            below = prefix + entry.name
            if entry.is_file(follow_symlinks=False):
                self._file(root, below, entry, names, ignores)
            elif reason := _unfit(entry) or _ignored(f"{below}/", ignores):
                self._leave(entry.path, reason)
            else:
                folders.append((below, ignores))
        return folders

    def _file(self, root: str, rel: str, entry: os.DirEntry[str], names: set[str], ignores: _Ignores) -> None:
        kind = kind_of(entry.name)
        if reason := _unfit_file(entry.name, kind, names) or _ignored(rel, ignores):
            self._leave(entry.path, reason)
            return
        try:
            s = fs.listed(entry)
        except OSError as error:  # gone since it was listed, or a broken disk
            self._leave(entry.path, LeftOutReason.UNREADABLE, error.strerror or str(error))
        else:
            identity = Identity(s.st_size, s.st_mtime_ns, s.st_dev, s.st_ino)
            self.files.append(ScannedFile(root, rel, kind, identity))

    def _more_ignores(self, path: str, rel: str, names: set[str], ignores: _Ignores) -> _Ignores:
        for name in IGNORE_FILES:
            if name in names and (spec := self._read_ignore(f"{path}/{name}")):
                ignores = (*ignores, (rel, spec))
        return ignores

    def _read_ignore(self, path: str) -> GitIgnoreSpec | None:
        """Read one ignore list. An empty one leaves out its whole folder, as Jellyfin has it."""
        from pathspec import GitIgnoreSpec

        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        try:
            with Path(path).open(encoding="utf-8", errors="surrogateescape") as file:
                lines = file.read(_IGNORE_CAP).splitlines()
        except OSError as error:
            self._leave(path, LeftOutReason.UNREADABLE, error.strerror or str(error))
            return None
        return GitIgnoreSpec.from_lines(lines if any(line.strip() for line in lines) else ["*"])

    def _leave(self, path: str, reason: LeftOutReason, detail: str = "") -> None:
        self.left_out.append(LeftOut(path, reason, detail))


_IGNORE_CAP = 1 << 20  # characters; an ignore list is written by hand
_name = attrgetter("name")


def _unfit_file(name: str, kind: FileKind, names: set[str]) -> LeftOutReason | None:
    """Why a regular file is none of ours; `names` are its siblings. Called once for every file."""
    if name.startswith("._"):
        return LeftOutReason.SYSTEM
    if f"{name}.aria2" in names:
        return LeftOutReason.PARTIAL
    return _unfit_other(name) if kind is _OTHER else None


def _unfit_other(name: str) -> LeftOutReason | None:
    """Why a file whose extension says nothing is none of ours."""
    folded = name.lower()
    if folded in SYSTEM_FILES:
        return LeftOutReason.SYSTEM
    if folded.rpartition(".")[2] in PARTIAL:
        return LeftOutReason.PARTIAL
    return LeftOutReason.IGNORED if name in IGNORE_FILES else None


def _unfit(entry: os.DirEntry[str]) -> LeftOutReason | None:
    """Why something that is no regular file is left out; None for a folder to go into."""
    if entry.is_symlink() or fs.is_junction(entry):
        return LeftOutReason.LINK
    if not entry.is_dir(follow_symlinks=False):
        return LeftOutReason.SPECIAL
    folded = entry.name.lower()
    return LeftOutReason.SYSTEM if folded in SYSTEM_FOLDERS or folded.startswith(".trash-") else None


def _ignored(rel: str, ignores: _Ignores) -> LeftOutReason | None:
    """Judge a path, a folder's with its slash. The innermost list that speaks of it decides, as in git."""
    for folder, spec in reversed(ignores):
        verdict = spec.check_file(rel[len(folder) + 1 :] if folder else rel).include
        if verdict is not None:
            return LeftOutReason.IGNORED if verdict else None
    return None
