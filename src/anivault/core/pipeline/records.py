"""What is to be read, what there is to read, and what is read: the records that this room hands on."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.pipeline.ignore import Everywhere
from anivault.core.pipeline.left_out import LeftOut, LeftOutReason
from anivault.parser.models import ParseResult, VideoType

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


def kind_of(name: str) -> FileKind:
    """Tell the kind of a file by its extension."""
    stem, _, extension = name.rpartition(".")
    return KINDS.get(extension.lower(), _OTHER) if stem else _OTHER


FEW_HOLES = 12  # files: as many as a season has


class What(msgspec.Struct, frozen=True, kw_only=True):
    """What to read: folders and files, or names that are judged without touching the disk.

    `settle` is how many seconds a file has to be left alone; `filing`: the files are to go to a library.
    `waiting` are files that it is too early for: they are read for what they say of others, and left.
    `ignored`: lists that hold everywhere. `workers`: how many folders are listed at once; 0: what helps.
    `only`: whole paths of folders, where the files of no others are to be read. `since`: when these were
    looked at before, and were what they are; 0 if they were not.
    """

    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    settle: float = 0
    waiting: frozenset[str] = frozenset()
    filing: bool = False
    ignored: tuple[Everywhere, ...] = ()
    workers: int = 0
    only: frozenset[str] | None = None
    since: float = 0


class Scan(msgspec.Struct, frozen=True):
    """What is there. `files` by root, then by folder and name; nothing was written into `holes`.

    `began`: when it did, in seconds since 1970.
    """

    files: tuple[ScannedFile, ...]
    left_out: tuple[LeftOut, ...]
    holes: tuple[ScannedFile, ...] = ()
    began: float = 0

    def hollow(self, *, filing: bool) -> list[LeftOut]:
        """The files of one hole, which are room that a download client took.

        Where no file has data the disk may not tell, as a tree that was made for trying: then they are judged
        like others, but a few are not filed.
        """
        alone = len(self.holes) == len(self.files)
        if alone and not (filing and len(self.holes) <= FEW_HOLES):
            return []
        return [
            LeftOut(file.path, LeftOutReason.EMPTY, "nothing was written into it yet") for file in self.holes
        ]


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What is there, and how each name reads. `alone`: each name is to be judged by itself.

    `holes`: whether there are files that nothing was written into; what they are depends on all others.
    `lasts`: whether the same files will be left out later on.
    """

    files: tuple[ParsedFile, ...]
    left_out: tuple[LeftOut, ...] = ()
    alone: bool = False
    holes: bool = False
    lasts: bool = True

    @property
    def videos(self) -> tuple[ParsedFile, ...]:
        """The files that are matched; the others follow them, or stay. Of names alone each has an answer."""
        return tuple(item for item in self.files if self.alone or item.file.kind is FileKind.VIDEO)

    @property
    def others(self) -> tuple[ParsedFile, ...]:
        """The files that are not matched."""
        return tuple(item for item in self.files if not (self.alone or item.file.kind is FileKind.VIDEO))

    @property
    def amiss(self) -> bool:
        """Whether something was left out that a user should look at."""
        return any(item.amiss for item in self.left_out)


class Context(NamedTuple):
    """What the folders say. `titled` is the nearest with a title; `disc` a disc's number and place."""

    titles: tuple[str, ...] = ()
    titled: ParseResult | None = None
    lends: tuple[tuple[str, Any], ...] = ()  # of that title's folder: group, resolution, source and year
    season: int | None = None  # of a season folder: holds for every file below
    part: int | None = None
    titled_season: int | None = None  # in a title folder's name: holds for files of that title
    type: VideoType | None = None  # of a folder of specials, OVAs, films
    extra: VideoType | None = None  # of a folder of extras, as far as it is one
    misc: bool = False  # whether that folder's name may mean anything else
    disc: int | None = None
    year: int | None = None  # of a folder below the title's, or of the outer title: for files of that title
