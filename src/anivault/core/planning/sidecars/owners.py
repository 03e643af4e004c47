"""Find the video that a subtitle, sound track, image or NFO belongs to. Pure.

In: the videos of a run, and the other files. Out: for each file its video and what its name says beyond it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from typing import NamedTuple, TypeAlias
from unicodedata import normalize

from rapidfuzz import fuzz

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.planning.sidecars.tracks import (
    BRACKETS,
    Track,
    is_sidecar_folder,
    own_track,
    read_tail,
    with_folders,
)
from anivault.parser.models import EXTRAS, Number, ParseResult
from anivault.shared import regex as re

_BOUNDARY = re.compile(r"[.\s_\-\[({【（+&]")
_TO_BOUNDARY = re.compile(rf".*{_BOUNDARY.pattern}", re.DOTALL)  # the last one
_WORDS = re.compile(r"[\W_]+")
_Place: TypeAlias = tuple[tuple[Number, ...], int, bool]  # episodes, season, whether it is an extra
_ALIKE = 85  # of 100, between a title and the same with a slip
LEVELS = 3  # how far above a sidecar its video may lie: Subs/Chinese/fonts


class Owner(NamedTuple):
    """The index of the video a file belongs to; what the file's name says beyond it, raw and read."""

    video: int
    tail: str
    track: Track


class Videos:
    """The videos of a run by folder, to be asked for each other file."""

    def __init__(self, videos: Sequence[ScannedFile], parsed: Sequence[ParseResult]) -> None:
        self._stems: dict[tuple[str, str], dict[str, int]] = {}
        self._loose: dict[tuple[str, str], dict[str, list[int]]] = {}
        self._numbered: dict[tuple[str, str], dict[_Place, list[int]]] = {}
        self._below: dict[tuple[str, str], list[int]] | None = None
        self._alike: dict[int, list[int]] = {}  # by the first of those that have one stem
        self._videos, self._parsed = videos, parsed
        self._folders: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, video in enumerate(videos):
            self._folders[video.root, video.rel.rpartition("/")[0]].append(index)

    def owner(self, item: ParsedFile) -> Owner | None:
        """Return whose sidecar `item` is; None when no video or more than one could be meant."""
        file, folder = item.file, item.file.folder
        stem = stem_of(file) or file.name
        between: list[str] = []  # folders between the file and the video's folder
        for _ in range(LEVELS):
            if (stems := self._stems_in((file.root, folder))) and (
                found := self._in_folder(item, stem, (file.root, folder), stems, between)
            ):
                return found
            if not folder:
                return None
            folder, _, last = folder.rpartition("/")
            between.insert(0, last)
        return None

    def _stems_in(self, folder: tuple[str, str]) -> dict[str, int]:
        """The videos of a folder by their names; few folders have something else in them."""
        if (stems := self._stems.get(folder)) is None:
            stems = self._stems[folder] = {}
            at = len(folder[1]) + 1 if folder[1] else 0
            for index in self._folders.get(folder, ()):
                stem = _composed(self._videos[index].rel[at:].rpartition(".")[0])
                if (first := stems.setdefault(stem.lower(), index)) != index:
                    self._alike.setdefault(first, [first]).append(index)
        return stems

    def alike(self, index: int, file: ScannedFile) -> list[int]:
        """The videos that a file of this one may be of too: their names differ in extension or case alone.

        Those that `file` is spelled as, where there are such.
        """
        if (alike := self._alike.get(index)) is None:  # as of most
            return [index]
        return [one for one in alike if stem_of(self._videos[one]) in _composed(file.rel)] or alike

    def near(self, file: ScannedFile) -> list[int]:
        """The videos in the folder of `file` or below it; for a folder of its own kind, those beside it."""
        if self._below is None:
            self._below = self._by_folder()
        folder = file.folder
        while True:
            if found := self._below.get((file.root, folder)):
                return found
            folder, _, last = folder.rpartition("/")
            if not last or not is_sidecar_folder(last):
                return []

    def _by_folder(self) -> dict[tuple[str, str], list[int]]:
        below: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index in sorted(range(len(self._videos)), key=lambda index: self._videos[index].path):
            video = self._videos[index]
            folder = video.folder
            for _ in range(LEVELS):
                below[video.root, folder].append(index)
                if not folder:
                    break
                folder = folder.rpartition("/")[0]
        return below

    def _in_folder(
        self, item: ParsedFile, stem: str, key: tuple[str, str], stems: dict[str, int], between: list[str]
    ) -> Owner | None:
        if between and (index := stems.get(_composed(between[-1]).lower())) is not None:
            # Subs/<video>/2_English.srt
            return Owner(index, stem, read_tail(stem))
        if (at := longest_prefix(stem, stems)) is not None:
            tail = stem[at:]
            return Owner(stems[stem[:at].lower()], tail, with_folders(read_tail(tail), between))
        if item.file.kind not in {FileKind.SUBTITLE, FileKind.AUDIO}:
            return None
        if between and not all(map(is_sidecar_folder, between)):
            return None
        if found := self._same_but_brackets(stem, key, stems):
            return Owner(found.video, "", with_folders(found.track, between))
        return self._by_number(item, stem, key, stems, between)

    def _same_but_brackets(self, stem: str, key: tuple[str, str], stems: dict[str, int]) -> Owner | None:
        """`[Group] Show - 01 [CHS].ass`, `Show - 01.en.ass` beside `[Group] Show - 01 [1080p][CRC].mkv`."""
        loose = self._loosely(key, stems)
        bare = BRACKETS.sub(" ", stem).strip()
        for at in (len(bare), *(found.start() for found in reversed([*_BOUNDARY.finditer(bare)]))):
            found = loose.get(_loose(bare[:at].lower()), []) if at else []
            tail = read_tail(bare[at:])
            if len(found) == 1 and (at == len(bare) or (tail.language and not tail.title)):
                return Owner(found[0], "", tail if tail.language else own_track(stem))
        return None

    def _loosely(self, key: tuple[str, str], stems: dict[str, int]) -> dict[str, list[int]]:
        """The videos of one folder by their names without brackets."""
        if key not in self._loose:
            table: dict[str, list[int]] = defaultdict(list)
            for known, index in stems.items():
                table[_loose(known)].append(index)
            self._loose[key] = table
        return self._loose[key]

    def _by_number(
        self, item: ParsedFile, stem: str, key: tuple[str, str], stems: dict[str, int], between: list[str]
    ) -> Owner | None:
        """The only video of the folder with the same episode; or the only video, for `English.srt`."""
        if len(stems) == 1 and (read := read_tail(stem)).language and not read.title:
            return Owner(next(iter(stems.values())), "", read)
        if key not in self._numbered:
            table: dict[_Place, list[int]] = defaultdict(list)
            for index in stems.values():
                table[_place(self._parsed[index])].append(index)
            self._numbered[key] = table
        same = self._numbered[key].get(_place(item.parsed), [])
        if not item.parsed.episodes or len(same) != 1 or _are_strangers(item.parsed, self._parsed[same[0]]):
            return None
        return Owner(same[0], "", with_folders(own_track(stem, item.parsed.episode_title), between))


def stem_of(file: ScannedFile) -> str:
    """A name without its extension, in one Unicode form: a Mac may have written one of two files."""
    return _composed(file.name.rpartition(".")[0])


def _composed(text: str) -> str:
    return text if text.isascii() else normalize("NFC", text)


def _place(parsed: ParseResult) -> _Place:
    return parsed.episodes, parsed.season or 1, parsed.type in EXTRAS


def _are_strangers(sidecar: ParseResult, video: ParseResult) -> bool:
    """Whether `Hyouka - 01.ass` lies beside `Nichijou - 01.mkv` where no folder says that all is one show."""
    titles, own = (_plain(parsed.printed) if _is_titled(parsed) else [] for parsed in (sidecar, video))
    folders = _plain(video.folder_titles)
    return bool(titles and own) and not _share(titles, own) and not _share(own, folders)


def _is_titled(parsed: ParseResult) -> bool:
    """Whether a name has a title of its own, and not that of its folder."""
    return parsed.said.get("title") != "folder"


def _plain(titles: Sequence[str]) -> list[str]:
    return [plain for title in titles if (plain := _loose(title.casefold()))]


def _share(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two are one title: in full, as the beginning of the other, or with a slip."""
    return any(
        one.startswith(other) or other.startswith(one) or fuzz.ratio(one, other) >= _ALIKE
        for one in some
        for other in others
    )


def longest_prefix(stem: str, stems: Container[str]) -> int | None:
    """The length of the longest known stem that `stem` starts with, up to a boundary."""
    lower = stem.lower()
    if lower in stems:
        return len(stem)
    if len(lower) != len(stem):  # a character whose lower case is longer: offsets would not agree
        return None
    at = len(lower)
    while (found := _TO_BOUNDARY.match(lower, 0, at)) and (at := found.end() - 1):
        if lower[:at] in stems:
            return at
    return None


def _loose(stem: str) -> str:
    return _WORDS.sub(" ", BRACKETS.sub(" ", stem)).strip()
