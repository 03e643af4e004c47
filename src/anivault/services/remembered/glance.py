"""Sum up what lies on the disk, so that a later run can tell whether anything has changed.

In: folders. Out: a sum of every name below them with its kind, rights, size, times, number and disk. What was
written, renamed, linked or given other rights has another time of change, whatever else is set back. Reads
folders and stats, and opens only small files whose words count: ignore lists, and what a library keeps.
"""

from __future__ import annotations

import marshal
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from xxhash import xxh3_128

from anivault.core.pipeline.left_out import IGNORE_FILES, why_not_folder
from anivault.shared import fs
from anivault.shared.places import FOLDER
from anivault.shared.progress import Progress, untold
from anivault.shared.work.walk import in_order

READ = frozenset(IGNORE_FILES)
LOCK = "lock"  # in a library's own folder; taking it leaves all as it was
SMALL = 64 << 10  # bytes; what is larger is known by its stat
AT_ONCE = 1024  # names of a folder in one sum
TELLING = 256  # sums between two words of progress

_facts = attrgetter(
    "st_mode", "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_dev", "st_uid", "st_gid"
)
Facts = tuple[int, ...]


def glanced(
    sources: Sequence[str], library: str, others: Sequence[str] = (), progress: Progress = untold
) -> bytes:
    """Sum up sources, a library, and `others`: small files of the user's, and folders that hold such ones."""
    made = xxh3_128()
    skip = os.path.realpath(library)
    beside = [folder for folder, count in Counter(map(os.path.dirname, sources)).items() if count > 1]
    looks = [
        *(_below(root, skip) for root in sources),
        _below(library),
        *map(_kept, others),
        *map(_named, beside),
    ]
    for count, row in enumerate(chain.from_iterable(looks)):
        made.update(row)
        if not count % TELLING:
            progress(count, None)
    return made.digest()


def _below(root: str, skip: str = "") -> Iterator[bytes]:
    """A sum for each folder of a library, where a link counts as what it leads to; or of a source.

    A source has `skip`, the library that may lie in it. As in a scan, neither that nor what programs keep in
    folders of their own is gone into: snapshots can be many times as much as all the rest.
    """
    real = os.path.realpath(root)
    yield _row(root, _stat(root), real, _stat(real))
    yield from chain.from_iterable(map(_above, dict.fromkeys((root, real))))
    if os.path.isdir(root):
        yield from in_order(partial(_look, root, real, skip), _Place(root), 0)


class _Place(NamedTuple):
    """A folder; or some `names` of it, once it was listed."""

    folder: str
    names: Sequence[str] = ()


def _look(root: str, real: str, skip: str, place: _Place) -> tuple[bytes, list[_Place]]:
    """Sum up a folder, or some of its names; returns the places that it leads to."""
    folder, names = place
    try:
        handle = fs.open_folder(None, folder)
        try:
            names = names or os.listdir(handle)
            if len(names) > AT_ONCE and not place.names:
                return b"", _parts(folder, names)
            found = [s and _facts(s) for s in fs.stats(handle, names)]
        finally:
            fs.close_folder(handle)
    except OSError as error:
        return _row(folder, error.errno), []
    made, rest = _summed(folder, names, found, ours=not skip)
    inside = _folders(folder, rest)
    return made, [_Place(one) for one in inside if not _is_left_out(one, real + one[len(root) :], skip)]


def _folders(folder: str, rest: Iterable[tuple[str, Facts]]) -> Iterator[str]:
    """The paths of the folders among what lies in one."""
    return (f"{folder}/{name}" for name, facts in rest if stat.S_ISDIR(facts[0]))


def _parts(folder: str, names: Sequence[str]) -> list[_Place]:
    """A folder of very many names in pieces."""
    return [_Place(folder, names[start : start + AT_ONCE]) for start in range(0, len(names), AT_ONCE)]


def _summed(
    folder: str, names: Sequence[str], found: list[Facts | None], *, ours: bool
) -> tuple[bytes, list[tuple[str, Facts]]]:
    """The sum of names and what is found at them; and what is no regular file."""
    own = ours and os.path.basename(folder) == FOLDER
    if own and LOCK in names:
        found[names.index(LOCK)] = None
    rest = _no_files(names, found)
    made = xxh3_128(_row(folder, names, found, [_led(folder, name) for name, _ in rest] if ours else None))
    for row in _words(folder, {*names} - {LOCK} if own else READ.intersection(names)):
        made.update(row)
    return made.digest(), rest


def _no_files(names: Sequence[str], found: Sequence[Facts | None]) -> list[tuple[str, Facts]]:
    """What is there and no regular file."""
    pairs = zip(names, found, strict=True)
    return [(name, facts) for name, facts in pairs if facts and not stat.S_ISREG(facts[0])]


def _is_left_out(folder: str, real: str, skip: str) -> bool:
    """Whether a scan stays out of a folder of a source, whatever is in it; `real` is where it is."""
    return bool(skip) and (real == skip or why_not_folder(folder.rpartition("/")[2], folder) is not None)


def _above(path: str) -> Iterator[bytes]:
    """The folders that a path lies in, as far as they may be entered; what else they hold has no say."""
    while True:
        facts = _stat(path)
        journal = os.path.lexists(os.path.join(path, FOLDER, "journal.jsonl"))
        open_to_us = os.access(path, os.W_OK | os.X_OK)
        yield _row(path, facts and (facts[0], *facts[4:8]), journal, open_to_us)
        if path == os.path.dirname(path):
            return
        path = os.path.dirname(path)


def _kept(path: str) -> Iterator[bytes]:
    """A small file of the user's with its words, or the files of a folder with their facts."""
    if not os.path.isdir(path):
        yield from _words(os.path.dirname(path), [os.path.basename(path)])
        return
    yield _row(path, [(name, _stat(os.path.join(path, name))) for name in sorted(os.listdir(path))])


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


def _row(*parts: Any) -> bytes:
    """The same bytes for the same parts: later forms of marshal look at how often an object is used."""
    return marshal.dumps(parts, 2)
