"""Read what every file is called, in its folders and among its siblings.

In: scanned files. Out: one ParsedFile each, in the same order. Pure: never touches the disk.
"""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from anivault.core.models import ParsedFile, ScannedFile
from anivault.core.pipeline.discs import Results, renumber
from anivault.core.pipeline.folders import complete, context, known
from anivault.core.pipeline.parallel_scanner import read_all
from anivault.core.pipeline.readable import unreadable
from anivault.core.pipeline.records import Context, kind_of
from anivault.core.pipeline.siblings import varying
from anivault.parser.form import is_legible
from anivault.parser.models import EXTRAS, SURE, UNNAMED, ParseResult, VideoType
from anivault.parser.read import Reader, default_reader, read_rules
from anivault.shared import regex as re
from anivault.shared.progress import Progress, untold
from anivault.shared.work.columns import columns, decode, encode
from anivault.shared.work.memory import FORGETFUL, Memory, digest

_WINDOWS = re.compile(r"[A-Za-z]:\\|\\\\")
_NUMBERS = re.compile(r"\d{1,4}")
_PART_OF_TITLE = re.compile(r"[\s._]*([\[(](?:part|cour|pt\.?)[ ._]?\d[\])])", re.IGNORECASE)


def parse_files(
    files: Sequence[ScannedFile],
    reader: Reader | None = None,
    progress: Progress = untold,
    memory: Memory = FORGETFUL,
) -> list[ParsedFile]:
    """Parse the files of one scan together: what one name leaves in doubt its folder settles.

    A name that nobody can read has no title, nor that of its folders or siblings. `progress` gets the number
    of names read so far, and of all that `memory` does not have.
    """
    reader = reader or default_reader()
    shelves = _shelves(files)
    sums = {} if memory is FORGETFUL or len(files) <= FEW else _sums(files, shelves, reader)
    readings = _recalled(shelves, sums, memory)
    fresh = [shelf for shelf in shelves if shelf.first not in readings]
    readings |= _read(files, fresh, reader, progress)
    if sums and not reader.failures:
        memory.keep({sums[shelf.first]: _packed(readings, shelf) for shelf in fresh})
    readings |= _across(files, readings, shelves)
    return [ParsedFile(file, *readings[place]) for place, file in enumerate(files)]


# --- folder by folder ------------------------------------------------------------------------------


class Shelf(NamedTuple):
    """The files of one folder, by their places among all; and what the folders above say of them."""

    root: str
    folder: str
    above: Context
    places: list[int]

    @property
    def first(self) -> int:
        """The place that tells it from the others."""
        return self.places[0]

    @property
    def alone(self) -> bool:
        """Whether nothing that lies in other folders changes how its names read."""
        return self.above.extra is None and self.above.disc is None


class Reading(NamedTuple):
    """What a name says in its folders, and why nobody can read it."""

    parsed: ParseResult
    unreadable: str = ""


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """The readings of a folder, and why some of them, by their numbers, cannot be read."""

    parsed: bytes
    odd: dict[int, str]


Readings = dict[int, Reading]  # by the place of the file
FEW = 500  # so many names are read in less time than a memory needs


def _shelves(files: Sequence[ScannedFile]) -> list[Shelf]:
    """The files by folder."""
    shelves: dict[tuple[str, str], Shelf] = {}
    for place, file in enumerate(files):
        key = file.root, file.folder
        if (shelf := shelves.get(key)) is None:
            shelf = shelves[key] = Shelf(*key, context(*key), [])
        shelf.places.append(place)
    return list(shelves.values())


def _sums(files: Sequence[ScannedFile], shelves: Sequence[Shelf], reader: Reader) -> dict[int, bytes]:
    """By the first place of each folder: a key for all that its readings are made from."""
    if reader.steady is None:
        return {}
    made_from = (
        (shelf.first, ("parsed", *reader.steady, "", shelf.root, shelf.folder, *_names(files, shelf)))
        for shelf in shelves
    )
    return {place: digest(map(os.fsencode, said)) for place, said in made_from}


def _names(files: Sequence[ScannedFile], shelf: Shelf) -> Iterator[str]:
    return (files[place].name for place in shelf.places)


def _recalled(shelves: Sequence[Shelf], sums: Mapping[int, bytes], memory: Memory) -> Readings:
    """What is known of the folders whose names are as they were."""
    known = memory.known(list(sums.values()))
    found: Readings = {}
    for shelf in shelves if known else ():
        if packed := known.get(sums.get(shelf.first, b"")):
            found |= zip(shelf.places, _unpacked(packed), strict=True)
    return found


def _packed(readings: Readings, shelf: Shelf) -> bytes:
    """Most names can be read: of the others it is said why not."""
    said = [readings[place] for place in shelf.places]
    odd = {number: reading.unreadable for number, reading in enumerate(said) if reading.unreadable}
    return encode(_Packed(columns(ParseResult).pack([reading.parsed for reading in said]), odd))


def _unpacked(packed: bytes) -> Iterator[Reading]:
    known = decode(packed, _Packed)
    for number, result in enumerate(columns(ParseResult).unpack(known.parsed)):
        yield Reading(result, known.odd.get(number, ""))


def _read(
    files: Sequence[ScannedFile], shelves: Sequence[Shelf], reader: Reader, progress: Progress
) -> Readings:
    """Read the names of these folders, each by itself, among its siblings, and with what the folders say."""
    results = _settled(files, shelves, reader, progress)
    return {
        place: _complete(files[place], results[place], shelf) for shelf in shelves for place in shelf.places
    }


def _settled(
    files: Sequence[ScannedFile], shelves: Sequence[Shelf], reader: Reader, progress: Progress
) -> Results:
    """Read the names of these folders, each by itself, and then among those that end alike."""
    places = [place for shelf in shelves for place in shelf.places]
    names = [files[place].name for place in places]
    read = map(_with_its_part, names, read_all(names, reader, progress))
    results = dict(zip(places, read, strict=True))
    for shelf in shelves:
        alike: defaultdict[str, list[int]] = defaultdict(list)
        for place in shelf.places:
            alike[files[place].rel[-4:]].append(place)
        for together in alike.values():
            if len(together) > 2:
                _settle(files, together, results)
    return results


def _complete(file: ScannedFile, own: ParseResult, shelf: Shelf) -> Reading:
    """Let the folders speak; those of discs and extras do when all others have."""
    if not shelf.alone:
        return Reading(own)
    return _reading(file, _untitled(file.name, own, complete(own, shelf.above)))


def _reading(file: ScannedFile, parsed: ParseResult) -> Reading:
    """The reading; without a title where nobody can read the name."""
    if not (why := unreadable(ParsedFile(file, parsed))):
        return Reading(parsed)
    return Reading(replace(parsed, title=None, titles=()), why)


def _across(files: Sequence[ScannedFile], readings: Readings, shelves: Sequence[Shelf]) -> Readings:
    """Complete what lies in folders of discs, and of extras: what is in these may be elsewhere already."""
    above = {place: shelf.above for shelf in shelves if not shelf.alone for place in shelf.places}
    own = {place: readings[place].parsed for place in above}
    done = _with_extras(own, above, readings)
    done = {place: _untitled(files[place].name, own[place], full) for place, full in done.items()}
    renumber(files, done, above)
    return {place: _reading(files[place], parsed) for place, parsed in done.items()}


def _with_extras(own: Results, above: Mapping[int, Context], readings: Readings) -> Results:
    """Let the folders speak; those of extras when it is known what all others hold."""
    extras = {place for place, said in above.items() if said.extra is not None}
    done = {place: complete(own[place], above[place]) for place in above.keys() - extras}
    if extras:
        parsed = {place: reading.parsed for place, reading in readings.items()} | done
        others = known(result for place, result in parsed.items() if place not in extras)
        done |= {place: complete(own[place], above[place], others) for place in extras}
    return done


def parse_alone(file: ScannedFile, reader: Reader | None = None) -> ParsedFile:
    """Parse one file by its name and its folders' names, without siblings."""
    rel = file.rel.replace("\\", "/") if _WINDOWS.match(file.rel) else file.rel
    folder, _, name = rel.rpartition("/")
    own = _with_its_part(name, (reader or default_reader()).read(name))
    return ParsedFile(file, *_reading(file, _untitled(name, own, complete(own, context(file.root, folder)))))


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
