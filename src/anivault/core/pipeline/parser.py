"""Read what every file is called, in its folders and among its siblings.

In: scanned files. Out: one ParsedFile each, in the same order. Pure: never touches the disk.
"""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from anivault.core.models import FileKind, ParsedFile, ScannedFile
from anivault.core.pipeline.discs import Results, renumber
from anivault.core.pipeline.folders import complete, context, known
from anivault.core.pipeline.parallel_reader import parts, read_all
from anivault.core.pipeline.readable import unreadable
from anivault.core.pipeline.records import Context, kind_of
from anivault.core.pipeline.siblings import varying
from anivault.parser.form import is_legible
from anivault.parser.models import EXTRAS, SURE, UNNAMED, ParseResult, VideoType
from anivault.parser.read import Reader, default_reader, read_rules
from anivault.shared import regex as re
from anivault.shared.progress import Progress, untold
from anivault.shared.work.columns import Same, columns, decode, encode
from anivault.shared.work.memory import FORGETFUL, Memory, digest

_VIDEO = FileKind.VIDEO  # looking a member of an enum up takes as long as making a record
_WINDOWS = re.compile(r"[A-Za-z]:\\|\\\\")
_NUMBERS = re.compile(r"\d{1,4}")
_PART_OF_TITLE = re.compile(r"[\s._]*([\[(](?:part|cour|pt\.?)[ ._]?\d[\])])", re.IGNORECASE)


def parse_files(
    files: Sequence[ScannedFile],
    reader: Reader | None = None,
    progress: Progress = untold,
    memory: Memory = FORGETFUL,
    *,
    filing: bool = False,
) -> list[ParsedFile]:
    """Parse the files of one scan together: what one name leaves in doubt its folder settles.

    A name that nobody can read has no title, nor that of its folders or siblings. `progress` gets the number
    of names read so far, and of all that `memory` does not have. `filing`: what no library takes is not read.
    """
    said, why, apart = [_UNREAD] * len(files), dict[int, str](), []
    left = {place for place, file in enumerate(files) if file.is_junk} if filing else set[int]()
    for shelf, found in _all_said(files, _shelves(files, left), reader or default_reader(), progress, memory):
        for place, parsed in zip(shelf.places, found.parsed, strict=True):
            said[place] = parsed
        why.update((shelf.places[number], words) for number, words in found.why.items())
        if not found.alone:
            apart.append(shelf)
    _complete_apart(files, said, why, {place: shelf.above for shelf in apart for place in shelf.places})
    return _parsed(files, said, why)


def _parsed(
    files: Sequence[ScannedFile], said: Sequence[ParseResult], why: Mapping[int, str]
) -> list[ParsedFile]:
    """The records of all files. Those of videos lie side by side: they go first, and leave whole pages."""
    made = [_NONE] * len(files)
    for videos in (False, True):
        for place, file in enumerate(files):
            if (file.kind is _VIDEO) is videos:
                made[place] = ParsedFile(file, said[place], why.get(place, ""))
    return made


_UNREAD = ParseResult()  # of what is not read
_NONE = ParsedFile(ScannedFile("", "", FileKind.OTHER), _UNREAD)  # stands where no record is yet


# --- folder by folder ------------------------------------------------------------------------------


class Shelf:
    """The files of one folder, by their places among all; and what the folders above say of them."""

    def __init__(self, root: str, folder: str) -> None:
        self.root, self.folder = root, folder
        self.places: list[int] = []

    @cached_property
    def above(self) -> Context:
        """What the folders say; nobody asks that where it is known how the names read."""
        return context(self.root, self.folder)

    @property
    def alone(self) -> bool:
        """Whether nothing that lies in other folders changes how its names read."""
        return self.above.extra is None and self.above.disc is None


class _Said(NamedTuple):
    """What the names of a folder say, and by their numbers why some of them cannot be read.

    `alone`: as of the folder. Else they say what they do by themselves: the folders above come in later.
    """

    parsed: Sequence[ParseResult]
    why: dict[int, str]
    alone: bool


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """The same as bytes."""

    parsed: bytes
    why: dict[int, str]
    alone: bool


FEW = 500  # so many names are read in less time than a memory needs


def _all_said(
    files: Sequence[ScannedFile], shelves: Sequence[Shelf], reader: Reader, progress: Progress, memory: Memory
) -> Iterator[tuple[Shelf, _Said]]:
    """What the names of each folder say: as it is known from before, else read, and known from then on."""
    fresh, kept = [], {}
    sums = {} if memory is FORGETFUL or len(files) <= FEW else _sums(files, shelves, reader)
    known, same = memory.known(list(sums.values())), Same()
    for shelf in shelves:
        if packed := known.get(sums.get(shelf, b"")):
            yield shelf, _unpacked(packed, same)
        else:
            fresh.append(shelf)
    for shelf, said in _read(files, fresh, reader, progress, same):
        if sums:
            kept[sums[shelf]] = said if isinstance(said, bytes) else _packed(said)
        yield shelf, _unpacked(said, same)
    if not reader.failures:
        memory.keep(kept)


def _shelves(files: Sequence[ScannedFile], left: Set[int]) -> list[Shelf]:
    """The files by folder, but for those that are `left`."""
    shelves: dict[tuple[str, str], Shelf] = {}
    for place, file in enumerate(files):
        if place in left:
            continue
        key = file.root, file.folder
        if (shelf := shelves.get(key)) is None:
            shelf = shelves[key] = Shelf(*key)
        shelf.places.append(place)
    return list(shelves.values())


def _sums(files: Sequence[ScannedFile], shelves: Sequence[Shelf], reader: Reader) -> dict[Shelf, bytes]:
    """By folder: a key for all that its readings are made from. No name has a NUL in it."""
    if reader.steady is None:
        return {}
    made_from = (
        (shelf, ("parsed", *reader.steady, "", shelf.root, shelf.folder, *_names(files, shelf.places)))
        for shelf in shelves
    )
    return {shelf: digest([os.fsencode("\0".join(said))]) for shelf, said in made_from}


def _names(files: Sequence[ScannedFile], places: Sequence[int]) -> Iterator[str]:
    return (files[place].name for place in places)


def _packed(said: _Said) -> bytes:
    return encode(_Packed(columns(ParseResult).pack(said.parsed), said.why, said.alone))


def _unpacked(said: _Said | bytes, same: Same) -> _Said:
    if isinstance(said, _Said):
        return said
    packed = decode(said, _Packed)
    return _Said(columns(ParseResult).unpack(packed.parsed, same), packed.why, packed.alone)


@dataclass(frozen=True, slots=True)
class _Span:
    """Names that are read at once: those of a folder, or a part of them where they are very many."""

    shelf: Shelf
    places: Sequence[int]

    def __len__(self) -> int:
        return len(self.places)

    @property
    def whole(self) -> bool:
        return len(self.places) == len(self.shelf.places)


def _read(
    files: Sequence[ScannedFile], shelves: Sequence[Shelf], reader: Reader, progress: Progress, same: Same
) -> Iterator[tuple[Shelf, _Said | bytes]]:
    """Read the names of these folders, each by itself, among its siblings, and with what the folders say."""
    spans = [_Span(shelf, places) for shelf in shelves for places in parts(shelf.places)]
    answers = read_all(spans, partial(_read_span, files, reader), reader, progress, _packed)
    own: Results = {}
    for span, said in zip(spans, answers, strict=True):
        if span.whole:
            yield span.shelf, said
            continue
        own.update(zip(span.places, _unpacked(said, same).parsed, strict=True))
        if len(own) == len(span.shelf.places):
            yield span.shelf, _settled(files, span.shelf, own)
            own = {}


def _read_span(files: Sequence[ScannedFile], reader: Reader, span: _Span) -> _Said:
    """What these names say; among their siblings and in their folders, if these are all that lie there."""
    own = {
        place: _with_its_part(name, reader.read(name))
        for place, name in zip(span.places, _names(files, span.places), strict=True)
    }
    return _settled(files, span.shelf, own) if span.whole else _Said(list(own.values()), {}, alone=False)


def _settled(files: Sequence[ScannedFile], shelf: Shelf, results: Results) -> _Said:
    """Read the names of a folder among those that end alike, then let the folders speak, if they may."""
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for place in shelf.places:
        alike[files[place].rel[-4:]].append(place)
    for together in alike.values():
        if len(together) > 2:
            _settle(files, together, results)
    if not shelf.alone:
        return _Said([results[place] for place in shelf.places], {}, alone=False)
    parsed, why = [], {}
    before = full = ParseResult()
    for number, place in enumerate(shelf.places):
        own, file = results[place], files[place]
        if own is not before:  # a video and its subtitles, which lie side by side, have one reading
            before, full = own, complete(own, shelf.above)
        item = _readable(file, _untitled(file.name, own, full))
        parsed.append(item.parsed)
        if item.unreadable:
            why[number] = item.unreadable
    return _Said(parsed, why, alone=True)


def _readable(file: ScannedFile, parsed: ParseResult) -> ParsedFile:
    """The file with its reading; without a title where nobody can read the name."""
    item = ParsedFile(file, parsed)
    if not (why := unreadable(item)):
        return item
    return ParsedFile(file, replace(parsed, title=None, titles=()), why)


def _complete_apart(
    files: Sequence[ScannedFile], said: list[ParseResult], why: dict[int, str], above: Mapping[int, Context]
) -> None:
    """Complete what lies in folders of discs, and of extras: what is in these may be elsewhere already."""
    own = {place: said[place] for place in above}
    full = _with_extras(own, above, said)
    full = {place: _untitled(files[place].name, own[place], parsed) for place, parsed in full.items()}
    renumber(files, full, above)
    for place, parsed in full.items():
        item = _readable(files[place], parsed)
        said[place] = item.parsed
        if item.unreadable:
            why[place] = item.unreadable


def _with_extras(own: Results, above: Mapping[int, Context], said: Sequence[ParseResult]) -> Results:
    """Let the folders speak; those of extras when it is known what all others hold."""
    extras = {place for place, folders in above.items() if folders.extra is not None}
    full = {place: complete(own[place], above[place]) for place in above.keys() - extras}
    if extras:
        asked = {title for place in extras for title in (*own[place].titles, *above[place].titles)}
        parsed = (full.get(place, result) for place, result in enumerate(said) if place not in extras)
        others = known(parsed, asked)
        full |= {place: complete(own[place], above[place], others) for place in extras}
    return full


def by_themselves(files: Sequence[ScannedFile], reader: Reader) -> Sequence[ParseResult]:
    """What the names of a folder of extras or discs say among their siblings, before the folders speak."""
    shelf = Shelf(files[0].root, files[0].folder)
    shelf.places = [*range(len(files))]
    return _read_span(files, reader, _Span(shelf, shelf.places)).parsed


def parse_alone(file: ScannedFile, reader: Reader | None = None) -> ParsedFile:
    """Parse one file by its name and its folders' names, without siblings."""
    rel = file.rel.replace("\\", "/") if _WINDOWS.match(file.rel) else file.rel
    folder, _, name = rel.rpartition("/")
    own = _with_its_part(name, (reader or default_reader()).read(name))
    return _readable(file, _untitled(name, own, complete(own, context(file.root, folder))))


def parse_path(path: str, reader: Reader | None = None) -> ParsedFile:
    """Parse one path by itself. Of a whole one as much is read as of a file that is named to be scanned."""
    folder, slash, name = path.rpartition("/") if path.startswith("/") else ("", "", path)
    return parse_alone(ScannedFile(folder or slash, name, kind_of(path)), reader)


def _untitled(name: str, own: ParseResult, done: ParseResult) -> ParseResult:
    """Take back the title that a folder has lent, where the name has one that nobody can read."""
    if own.title is not None or (done.title is not None and is_legible(name)):
        return done
    if done.title is not None:
        titles = (*done.titles, *done.folder_titles)
        done = replace(done, title=None, titles=(), printed=(), folder_titles=titles)
    return replace(done, confidence=min(done.confidence, UNNAMED))


def _with_its_part(name: str, own: ParseResult) -> ParseResult:
    """`Show - 26 - A Title (Part 2)`: the part is the title's, not the season's."""
    title = own.episode_title
    if own.part is None or not own.episodes or not title:
        return own
    behind = _PART_OF_TITLE.match(name.partition(title)[2])
    if behind is None:
        return own
    said = {field: rule for field, rule in own.said.items() if field != "part"}
    return replace(own, part=None, episode_title=f"{title} {behind[1]}", said=said)


def _in_doubt(places: Sequence[int], results: Results) -> list[int]:
    """The files of a folder that need their siblings: the unsure, or all where many claim one episode.

    One episode is that of one title: in a pile many shows have a `09`.
    """
    claimed = [
        (result.title, result.season, result.type, result.episodes)
        for result in map(results.__getitem__, places)
        if result.episodes
    ]
    if len(claimed) > 2 and len(set(claimed)) * 2 <= len(claimed):
        return list(places)
    return [place for place in places if results[place].confidence < SURE]


def _settle(files: Sequence[ScannedFile], places: list[int], results: Results) -> None:
    """Read again every name in doubt whose number its siblings have shown."""
    doubtful = _in_doubt(places, results)
    if not doubtful:
        return
    names = {place: unicodedata.normalize("NFC", files[place].name) for place in places}
    shown = varying(names.values(), map(names.__getitem__, doubtful))
    for place in doubtful:
        result, name = results[place], names[place]
        if name not in shown or result.type in EXTRAS or result.type is VideoType.MOVIE:
            continue
        start, end = shown[name]
        number = int(name[start:end])
        if number in result.episodes:  # alone, or as one end of a range
            results[place] = replace(result, confidence=SURE)
        elif number not in (result.season, result.part, result.year) or _is_said_before(number, name[:start]):
            results[place] = read_rules(name, (start, end))


def _is_said_before(number: int, text: str) -> bool:
    """`Show S2 2 Words`: the season stands in front, so that the same number behind it is another."""
    return number in map(int, _NUMBERS.findall(text))
