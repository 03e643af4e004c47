"""Sum up what lies on the disk, so that a later run can tell whether anything has changed, and where.

In: folders. Out: a sum of every name below them with its kind, rights, size, times, number and disk. What was
written, renamed, linked or given other rights has another time of change, whatever else is set back. Reads
folders and stats, and opens only small files whose words count: ignore lists, and what a library keeps.
"""

from __future__ import annotations

import marshal
import os
import stat
import time
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from xxhash import xxh3_128, xxh3_128_digest

from anivault.core.pipeline.left_out import IGNORE_FILES, why_not_folder
from anivault.shared import fs
from anivault.shared.places import FOLDER
from anivault.shared.progress import Progress, untold
from anivault.shared.work.walk import Look, in_order

READ = frozenset(IGNORE_FILES)
LOCK = "lock"  # in a library's own folder; taking it leaves all as it was
SMALL = 64 << 10  # bytes; what is larger is known by its stat
AT_ONCE = 1024  # names of a folder in one sum
TELLING = 256  # sums between two words of progress

_facts = attrgetter(
    "st_mode", "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_dev", "st_uid", "st_gid"
)
Facts = tuple[int, ...]


class Glance(NamedTuple):
    """The sum of `all` that was seen; of the `folders` of the sources, by their paths; and of the `rest`.

    That of a folder is of what is in it but for the folders that are gone into. `times`: when something came
    to a folder, or went, and when anything of the folder itself changed. `ended`: when all was seen.
    """

    all: bytes
    rest: bytes
    folders: Mapping[str, bytes]
    times: Mapping[str, Facts]
    ended: float  # seconds since 1970


class _Seen(NamedTuple):
    """Of one look: what everything is summed up from; and of which folder of a source `files` are the files.

    `lists`: what in it has its say about all below, such as ignore lists. `times`: as in a Glance.
    """

    row: bytes
    folder: str = ""
    files: bytes = b""
    lists: bytes = b""
    times: Facts = ()


def glanced(
    sources: Sequence[str], library: str, others: Sequence[str] = (), progress: Progress = untold
) -> Glance:
    """Sum up sources, a library, and `others`: small files of the user's, and folders that hold such ones."""
    made, rest, folders, times = xxh3_128(), xxh3_128(), dict[str, bytes](), dict[str, Facts]()
    skip = os.path.realpath(library)
    beside = [folder for folder, count in Counter(map(os.path.dirname, sources)).items() if count > 1]
    looks = [
        *(_below(root, skip) for root in sources),
        _below(library),
        map(_Seen, chain.from_iterable([*map(_kept, others), *map(_named, beside)])),
    ]
    for count, seen in enumerate(chain.from_iterable(looks)):
        made.update(seen.row)
        rest.update(seen.lists if seen.folder else seen.row)
        if seen.files:
            folders[seen.folder] = _joined(folders.get(seen.folder, b""), seen.files)
            times[seen.folder] = seen.times
        if not count % TELLING:
            progress(count, None)
    return Glance(made.digest(), rest.digest(), folders, times, time.time())


def undisturbed(seen: Glance, folders: Iterable[str]) -> bool:
    """Whether nothing has come to these folders, or gone from them, since they were seen."""
    known = ((folder, seen.times[folder]) for folder in folders)
    return all(_times(_stat_of(folder)) == times for folder, times in known if times)


def still(seen: Glance, sources: Sequence[str], library: str, folders: Collection[str]) -> bool:
    """Whether these folders of the sources, and the ways to them, are as they were seen."""
    skip = os.path.realpath(library)
    roots = map(os.path.abspath, sources)
    looks = {
        os.path.join(root, ""): partial(_in_source, root, os.path.realpath(root), skip) for root in roots
    }
    for folder in folders:
        look = next(look for root, look in looks.items() if f"{folder}/".startswith(root))
        if seen.folders.get(folder) != _files_in(folder, look):
            return False
    ways = {str(way) for folder in folders for way in (folder, *Path(folder).parents)}
    return undisturbed(seen, ways & seen.times.keys())


def _files_in(folder: str, look: Look[_Place, _Seen]) -> bytes:
    found, below = look(_Place(folder))
    if found.row:
        return found.files
    files = (look(piece)[0].files for piece in below)  # of very many names
    return reduce(_joined, filter(None, files), b"")


def _joined(before: bytes, files: bytes) -> bytes:
    return xxh3_128_digest(before + files) if before else files


def _below(root: str, skip: str = "") -> Iterator[_Seen]:
    """A sum for each folder of a library, where a link counts as what it leads to; or of a source.

    A source has `skip`, the library that may lie in it. As in a scan, neither that nor what programs keep in
    folders of their own is gone into: snapshots can be many times as much as all the rest.
    """
    real = os.path.realpath(root)
    yield _Seen(_row(root, real, *map(_itself, (root, real))))
    yield from map(_Seen, chain.from_iterable(map(_above, dict.fromkeys((root, real)))))
    if os.path.isdir(root):
        look = partial(_in_source, root, real, skip) if skip else _in_library
        yield from in_order(look, _Place(root), 0)


class _Place(NamedTuple):
    """A folder; or some `names` of it, once it was listed."""

    folder: str
    names: Sequence[str] = ()


class _There(NamedTuple):
    """The folder itself, and what is in it, or at some of its names."""

    itself: Facts
    names: Sequence[str]
    found: Sequence[Facts | None]

    def without(self, names: Container[str]) -> _There:
        """The same but for these."""
        left = [pair for pair in zip(self.names, self.found, strict=True) if pair[0] not in names]
        return _There(self.itself, [name for name, _ in left], [facts for _, facts in left])


def _in_library(place: _Place) -> tuple[_Seen, list[_Place]]:
    """Sum up a folder of a library, or some of its names; returns the places that it leads to."""
    there = _opened(place)
    if isinstance(there, _There):
        made, rest = _of_library(place.folder, there)
        return _Seen(made), [_Place(one) for one in _folders(place.folder, rest)]
    return (_Seen(there), []) if isinstance(there, bytes) else (_Seen(b""), there)


def _in_source(root: str, real: str, skip: str, place: _Place) -> tuple[_Seen, list[_Place]]:
    """The same of a source."""
    folder, there = place.folder, _opened(place)
    if isinstance(there, bytes):
        return _Seen(there, folder, there), []
    if not isinstance(there, _There):
        return _Seen(b"", folder), there
    inside = {name: facts for name, facts in _no_files(there) if stat.S_ISDIR(facts[0])}
    below = real + folder[len(root) :]
    entered = {one: None for one in inside if not _is_left_out(f"{folder}/{one}", f"{below}/{one}", skip)}
    files, lists = _of_files(place, there.without(entered) if entered else there)
    seen = _Seen(files + _row(inside, there.itself), folder, files, lists, _times(there.itself))
    return seen, [_Place(f"{folder}/{one}") for one in entered]


def _opened(place: _Place) -> _There | list[_Place] | bytes:
    """What is there; of a folder of very many names the pieces that are looked at, or what keeps us out."""
    try:
        handle = fs.open_folder(None, place.folder)
        try:
            names = place.names or os.listdir(handle)
            if len(names) > AT_ONCE and not place.names:
                return _parts(place.folder, handle)
            found = [s and _facts(s) for s in fs.stats(handle, names)]
            return _There(_facts(os.stat(handle)), names, found)
        finally:
            fs.close_folder(handle)
    except OSError as error:
        return _row(place.folder, error.errno)


def _of_files(place: _Place, there: _There) -> tuple[bytes, bytes]:
    """The sum of what is in a folder, and what tells of its ignore lists; of a piece without files none."""
    if place.names and not there.names:
        return b"", b""
    lists = _lists(place.folder, there)
    row = _row(place.folder, _lasting(there.itself), there.names, there.found)
    return xxh3_128_digest(row + lists), lists


def _lists(folder: str, there: _There) -> bytes:
    """What tells of the ignore lists in a folder, and of a library that it is."""
    names = sorted((READ | {FOLDER}).intersection(there.names))
    if not names:
        return b""
    facts = [there.found[there.names.index(name)] for name in names]
    journal = os.path.lexists(os.path.join(folder, FOLDER, "journal.jsonl"))
    return b"".join((_row(folder, names, facts, journal), *_words(folder, READ.intersection(names))))


def _folders(folder: str, rest: Iterable[tuple[str, Facts]]) -> Iterator[str]:
    """The paths of the folders among what lies in one."""
    return (f"{folder}/{name}" for name, facts in rest if stat.S_ISDIR(facts[0]))


def _parts(folder: str, handle: fs.Folder) -> list[_Place]:
    """A folder of very many names in pieces: its files, and then its folders."""
    files: list[str] = []
    inside: list[str] = []
    with os.scandir(handle) as entries:
        for entry in entries:
            (inside if entry.is_dir(follow_symlinks=False) else files).append(entry.name)
    files.sort()  # those of one piece are those of the next time, whatever other folders have come
    return [
        _Place(folder, names[start : start + AT_ONCE])
        for names in (files, inside)
        for start in range(0, len(names), AT_ONCE)
    ]


def _of_library(folder: str, there: _There) -> tuple[bytes, list[tuple[str, Facts]]]:
    """The sum of names and what is found at them; and what is no regular file."""
    own = os.path.basename(folder) == FOLDER
    there = there.without({LOCK}) if own else there
    rest = _no_files(there)
    led = [_led(folder, name) for name, _ in rest]
    made = xxh3_128(_row(folder, there.names, there.found, led))
    for row in _words(folder, there.names if own else READ.intersection(there.names)):
        made.update(row)
    return made.digest(), rest


def _no_files(there: _There) -> list[tuple[str, Facts]]:
    """What is there and no regular file."""
    pairs = zip(there.names, there.found, strict=True)
    return [(name, facts) for name, facts in pairs if facts and not stat.S_ISREG(facts[0])]


def _is_left_out(folder: str, real: str, skip: str) -> bool:
    """Whether a scan stays out of a folder of a source, whatever is in it; `real` is where it is."""
    return real == skip or why_not_folder(folder.rpartition("/")[2], folder) is not None


def _above(path: str) -> Iterator[bytes]:
    """The folders that a path lies in, as far as they may be entered; what else they hold has no say."""
    while True:
        facts = _stat(path)
        journal = os.path.lexists(os.path.join(path, FOLDER, "journal.jsonl"))
        open_to_us = os.access(path, os.W_OK | os.X_OK)
        yield _row(path, facts and _lasting(facts), journal, open_to_us)
        if path == os.path.dirname(path):
            return
        path = os.path.dirname(path)


def _kept(path: str) -> Iterator[bytes]:
    """A small file of the user's with its words, wherever it leads; or the files of a folder with facts."""
    if not os.path.isdir(path):
        yield _row(path, _stat(path))
        folder, name = os.path.split(os.path.realpath(path))
        yield from _words(folder, [name])
        return
    inside = [(name, os.path.join(path, name)) for name in sorted(os.listdir(path))]
    yield _row(path, [(name, _stat(file), _stat_of(file)) for name, file in inside])


def _named(folder: str) -> Iterator[bytes]:
    """What names lie in a folder that holds several sources, and what its ignore lists say."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:  # a folder may let people in and not be listed
        names = []
    yield _row(folder, names)
    yield from _words(folder, READ.intersection(names))


def _words(folder: str, names: Iterable[str]) -> Iterator[bytes]:
    """The content of small files."""
    for path in (os.path.join(folder, name) for name in sorted(names)):
        facts = _stat(path)
        if facts and stat.S_ISREG(facts[0]) and facts[1] <= SMALL:
            try:
                yield _row(path, Path(path).read_bytes())
            except OSError as error:
                yield _row(path, error.errno)


def _led(folder: str, name: str) -> Facts | None:
    try:
        return _facts(os.stat(f"{folder}/{name}"))[:6]
    except OSError:
        return None


def _stat(path: str) -> Facts | None:
    try:
        return _facts(os.lstat(path))
    except OSError:
        return None


def _itself(path: str) -> Facts | None:
    """What there is of a root that is a file, or of a folder that lasts."""
    facts = _stat(path)
    return _lasting(facts) if facts and stat.S_ISDIR(facts[0]) else facts


def _stat_of(path: str) -> Facts | None:
    """What there is at a path, wherever a link leads."""
    try:
        return _facts(os.stat(path))
    except OSError:
        return None


def _times(facts: Facts | None) -> Facts:
    return facts[2:4] if facts else ()


def _lasting(facts: Facts) -> Facts:
    """What stays as it is where something comes into a folder: kind and rights, number, disk, owner."""
    return (facts[0], *facts[4:8])


def _row(*parts: Any) -> bytes:
    """The same bytes for the same parts: later forms of marshal look at how often an object is used."""
    return marshal.dumps(parts, 2)
