"""Decide which names below a root are not organized: rubbish, snapshots, and files that are not whole yet.

In: the name of a file or folder. Out: a LeftOutReason, None for what is to be looked at. Only names that
programs give count; none that could be the title of a show. What a user names on the command line is taken
at their word.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from enum import StrEnum

import msgspec

from anivault.core.models import FileKind
from anivault.shared import regex as re


class LeftOutReason(StrEnum):
    """Why something below a root is left out of the scan."""

    IGNORED = "ignored"  # an ignore list says so
    IGNORE_LIST = "ignore-list"  # a line of an ignore list that says nothing
    PARTIAL = "partial"  # a download that is not whole
    WRITING = "being-written"  # it changed just now
    EMPTY = "empty"  # no bytes, or nothing but a hole
    DELETED = "deleted"  # in a recycle bin
    SNAPSHOT = "snapshot"  # an earlier state that a NAS or a sync tool keeps
    HIDDEN = "hidden"
    SYSTEM = "system"
    LINK = "link"  # a symbolic link
    SPECIAL = "special"  # a FIFO, socket or device
    UNREADABLE = "unreadable"


# The others are nobody's files, or what the user's own list names, or will be there in a later run.
_AMISS = frozenset(
    {LeftOutReason.IGNORE_LIST, LeftOutReason.WRITING, LeftOutReason.EMPTY, LeftOutReason.UNREADABLE}
)


class LeftOut(msgspec.Struct, frozen=True):
    """One path that was left out; `detail` says more where the reason does not say it all."""

    path: str
    reason: LeftOutReason
    detail: str = ""

    @property
    def amiss(self) -> bool:
        """Whether a user should hear of it."""
        return self.reason in _AMISS


IGNORE_FILES = (".ignore", ".anivaultignore")

# What download clients append while a file is not whole yet.
_PARTIAL = frozenset(
    {
        "part", "parts", "partial", "!qb", "!ut", "!bt", "!sync", "az!", "bc!", "jc!", "td", "xltd", "aria2",
        "crdownload", "download", "downloading", "opdownload", "filepart", "fdmdownload", "unfinished",
        "dctmp", "ytdl", "bts", "tmp", "temp", "mega", "lftp-pget-status",
    }
)  # fmt: skip
# The word before the extension, as programs write it: yt-dlp's tracks are `.f137.mp4` and `.fhls-720.mp4`.
# Three digits and small letters, as *Mobile Suit Gundam F91* is a film.
_UNFINISHED = re.compile(
    r"temp|tmp|incomplete|f\d{3}(?:-\w+)?|f(?:hls|dash|http|video|audio|adaptive)[\w-]*", re.ASCII
)
_BEGIN = frozenset("tif")  # looked at first: words in this place are many
_RSYNC = re.compile(r"\..+\.\w{2,5}\.[A-Za-z0-9]{6}")  # `.name.mkv.Xa83bT`
_FOLDERS = {
    LeftOutReason.PARTIAL: frozenset(
        {
            "incomplete", ".incomplete", "incomplete downloads", "incomplete-downloads",
            "incomplete_downloads", "downloading", ".downloading", ".unwanted", "__admin__", "_unpack",
            "@download", ".~tmp~", ".partial", ".rsync-partial", ".rsync-tmp",
        }
    ),
    LeftOutReason.DELETED: frozenset(
        {
            "@recycle", "#recycle", ".recycle", ".recycle.bin", ".recyclebin", "$recycle.bin", "recycler",
            "recycled", "@recycle.bin", ".trash", ".trashes", ".deleted", ".@recycle", "#trash", "@trash",
            "network trash folder", "files_trashbin",
        }
    ),
    LeftOutReason.SNAPSHOT: frozenset(
        {
            "#snapshot", ".snapshot", ".snapshots", ".snap", ".zfs", "~snapshot", "@snapshot", "@snapshots",
            "@recently-snapshot", ".stversions", "files_versions",
        }
    ),
    LeftOutReason.SYSTEM: frozenset(
        {
            ".anivault", "@eadir", "@tmp", ".@__thumb", ".@__qini", "@sharebin", "@synologycloudsync",
            "@synodrive", "@transcode", "system volume information", "lost+found", ".appledouble", ".appledb",
            ".appledesktop", ".temporaryitems", "temporary items", ".documentrevisions-v100",
            ".spotlight-v100", ".fseventsd", "__macosx", ".stfolder", ".sync", ".dropbox.cache",
            ".tmp.drivedownload", ".tmp.driveupload", ".git", ".svn", ".hg", ".grab",
        }
    ),
}  # fmt: skip
_BY_FOLDER = {name: reason for reason, names in _FOLDERS.items() for name in names}
# Other names that begin, end or lead like this.
_FOLDER_FORMS = (
    (LeftOutReason.PARTIAL, re.compile(r"_(?:unpack|failed)_.*|.+\.(?:download|!qb|part|aria2)")),
    (LeftOutReason.DELETED, re.compile(r"\.trash-.+")),
    (LeftOutReason.SYSTEM, re.compile(r"found\.\d{3}")),
)
_BELOW = {"/.local/share/trash": LeftOutReason.DELETED, "/.sync/archive": LeftOutReason.SNAPSHOT}
_SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db", ".directory"})
_OTHER = FileKind.OTHER  # looking a member of an enum up costs as much as reading an extension


def why_not_folder(name: str, path: str) -> LeftOutReason | None:
    """Why a folder is not gone into; `path` is its whole path."""
    folded = name.lower()
    if reason := _BY_FOLDER.get(folded):
        return reason
    for reason, form in _FOLDER_FORMS:
        if form.fullmatch(folded):
            return reason
    if folded in {"trash", "archive"}:
        return next((reason for end, reason in _BELOW.items() if path.lower().endswith(end)), None)
    return LeftOutReason.HIDDEN if is_hidden(name) else None


def why_not_file(name: str, kind: FileKind, unfinished: Container[str]) -> LeftOutReason | None:
    """Why a file is left out for its name; `unfinished` are those that are `controlled` in its folder."""
    if name[0] == "." and (reason := _why_not_hidden(name)):
        return reason
    if name in unfinished or (name.count(".") > 1 and _is_unfinished(name)):
        return LeftOutReason.PARTIAL
    return _why_not_other(name.lower()) if kind is _OTHER else None


def controlled(names: Iterable[str]) -> set[str]:
    """The names of a folder that aria2 has not finished: with each lies a file that says how far it is."""
    return {name[: -len(_CONTROL)] for name in names if name.endswith(_CONTROL)}


_CONTROL = ".aria2"


def is_hidden(name: str) -> bool:
    """Tell whether a name is hidden; `.hack` is a title, and so may be what begins with several dots."""
    return name.startswith(".") and not name.startswith("..") and not name.lower().startswith(".hack")


def _is_unfinished(name: str) -> bool:
    _, dot, word = name.rpartition(".")[0].rpartition(".")
    return bool(dot and word[:1] in _BEGIN and _UNFINISHED.fullmatch(word))


def _why_not_hidden(name: str) -> LeftOutReason | None:
    if name in IGNORE_FILES:
        return LeftOutReason.IGNORED
    if name.startswith("._") or name.lower() in _SYSTEM_FILES:
        return LeftOutReason.SYSTEM
    if _RSYNC.fullmatch(name):
        return LeftOutReason.PARTIAL
    return (_why_not_other(name.lower()) or LeftOutReason.HIDDEN) if is_hidden(name) else None


def _why_not_other(folded: str) -> LeftOutReason | None:
    """Why a file whose extension says nothing is left out."""
    if folded in _SYSTEM_FILES:
        return LeftOutReason.SYSTEM
    ending = folded.rpartition(".")[2]
    return LeftOutReason.PARTIAL if ending in _PARTIAL or ending.startswith("part-frag") else None
