"""Decide which files are one release. Pure.

In: parsed files. Out: releases, the files of one folder, title and group with what belongs to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from anivault.core.matching.titles.normalize import is_slip, lone_letters, normal_form
from anivault.core.models import ParsedFile, Release
from anivault.parser.form import is_legible
from anivault.parser.models import EXTRAS, VideoType
from anivault.parser.read import is_part_of_a_show, read_folder


def group(files: Sequence[ParsedFile]) -> list[Release]:
    """Put files of one folder, title and group together, in the order of their first files.

    A few files that read a little differently among many (no title, a slip in it, an extra) are the
    many's: twelve files that fit outweigh one odd name.
    """
    buckets = _buckets(files)
    largest = _largest(buckets)
    home = {
        key: largest[key.folder] if _is_odd(key, largest[key.folder], buckets) else key for key in buckets
    }
    home |= {extras: home[main] for extras, main in _mains_of_extras(buckets).items()}
    joined: Buckets = {}
    for key in sorted(buckets, key=lambda key: home[key] != key):  # who stands for the release comes first
        joined.setdefault(home[key], []).extend(buckets[key])
    return [_release(bucket) for bucket in joined.values()]


class Key(NamedTuple):
    """What files of one bucket have in common. Remakes lie side by side, so the year is part of it."""

    folder: str
    title: str
    group: str
    kind: str  # season, part, and whether it is a film, an OVA or a special
    year: str


Buckets = dict[Key, list[ParsedFile]]
FEW = 3  # a bucket this many times smaller than its folder's largest may be odd names of it (a guess)
ALIKE = 85  # of 100, between a title and the same with a slip


def _buckets(files: Iterable[ParsedFile]) -> Buckets:
    """The files by what they have in common, which is worked out once for all whose names say the same."""
    buckets: Buckets = {}
    alike: dict[tuple[object, ...], list[ParsedFile]] = {}
    for item in files:
        file, p = item.file, item.parsed
        said = file.root, file.folder, p.title, p.group, p.season, p.part, p.type, p.year
        if (bucket := alike.get(said)) is None:
            bucket = alike[said] = buckets.setdefault(_bucket(item), [])
        bucket.append(item)
    return buckets


def _largest(buckets: Buckets) -> dict[str, Key]:
    """By folder the bucket that holds most files, of equals the first."""
    largest: dict[str, Key] = {}
    for key, bucket in buckets.items():
        if len(bucket) > len(buckets[largest.setdefault(key.folder, key)]):
            largest[key.folder] = key
    return largest


def _is_odd(key: Key, largest: Key, buckets: Buckets) -> bool:
    """Whether a bucket holds odd names of its folder's largest release."""
    bucket = buckets[key]
    if key == largest or len(bucket) * FEW > len(buckets[largest]) or _is_illegible(key, bucket):
        return False
    if _are_extras(bucket):
        return key.year in ("", largest.year) and _is_extra_of(key, largest, buckets)
    return _is_of_kind(key, largest, buckets) and _is_titled_alike(key, largest, buckets)


def _is_extra_of(key: Key, largest: Key, buckets: Buckets) -> bool:
    """`NCOP1`; and in the folder of the show whatever it is called. In a pile it may be another show's."""
    if not _is_titled(buckets[key]) or _is_titled_alike(key, largest, buckets):
        return True
    short = (normal_form(title) for title in _titles_of(key.folder))  # `Nichijou` of `Nichijou: My Life`
    return _is_named_by(key.folder, largest, buckets) or any(
        largest.title.startswith(title) for title in short if title
    )


def _is_illegible(key: Key, bucket: Sequence[ParsedFile]) -> bool:
    """`★☆★ - 07` has a title, which nobody can read: it may be any show's."""
    return not key.title and not all(is_legible(file.file.name) for file in bucket)


def _are_extras(bucket: Sequence[ParsedFile]) -> bool:
    """`NCOP1`, `Menu`, and no episode with them."""
    return all(file.parsed.type in EXTRAS for file in bucket)


def _is_of_kind(key: Key, largest: Key, buckets: Buckets) -> bool:
    """`Show - 07` among `Show - 01`, and `07` among `Show (2024) - 01`.

    Neither `Show S2 - 07` nor `Show (2019) - 07`. Nor `Show - 07` among `Show (2024) - 01`: a title
    without a year may be that of the show that was there before the remake.
    """
    dated = key.year == largest.year or not (key.year or _is_titled(buckets[key]))
    return key.kind == largest.kind and dated


def _is_titled(bucket: Sequence[ParsedFile]) -> bool:
    """Whether names themselves have a title; that of `Show/07` is the folder's."""
    return any(file.parsed.printed and file.parsed.said.get("title") != "folder" for file in bucket)


def _is_titled_alike(key: Key, largest: Key, buckets: Buckets) -> bool:
    """`07`, or `Planettes - 07` among `Planetes - 01`; of what is not alike, the title of another show."""
    if key.title in ("", largest.title):
        return True
    lone, other = (lone_letters(buckets[k][0].parsed.title or "") for k in (key, largest))
    alike = lone == other and is_slip(key.title, largest.title)
    return alike and fuzz.ratio(key.title, largest.title) >= ALIKE


def _mains_of_extras(buckets: Buckets) -> dict[Key, Key]:
    """For each bucket of extras alone the one of its show: in its folder, or in that of the show above it."""
    extras = {key for key, bucket in buckets.items() if _are_extras(bucket)}
    mains = _Mains(buckets, [key for key in buckets if key not in extras] if extras else ())
    found = {key: _main_of(key, mains, buckets) for key in extras}
    return {key: main for key, main in found.items() if main}


class _Mains:
    """The releases that extras may belong to, by folder and title: a flat folder has thousands of both.

    One in a season's folder is in the show's folder too.
    """

    def __init__(self, buckets: Buckets, mains: Iterable[Key]) -> None:
        self._buckets = buckets
        self._in: dict[str, list[Key]] = defaultdict(list)
        self._titled: dict[tuple[str, str], list[Key]] = defaultdict(list)
        self._of_show: dict[str, list[Key]] = {}
        for main in mains:
            for folder in _up_to_the_show(main.folder):
                self._in[folder].append(main)
                self._titled[folder, main.title].append(main)

    def titled(self, folder: str, title: str) -> Sequence[Key]:
        """Those in a folder that have this title."""
        return self._titled.get((folder, title), ())

    def of_show(self, folder: str) -> Sequence[Key]:
        """Those in a folder that has their title."""
        if (found := self._of_show.get(folder)) is None:
            mains = self._in.get(folder, ())
            found = self._of_show[folder] = [m for m in mains if _is_named_by(folder, m, self._buckets)]
        return found


def _main_of(key: Key, mains: _Mains, buckets: Buckets) -> Key | None:
    """The release that extras belong to: of their title, or in an extras folder that of the show above.

    Extras whose title goes on where the show's ends may be those of a film, and are judged by themselves.
    """
    near: list[Key] = []
    for folder in _up_to_the_show(key.folder):
        near += mains.titled(folder, key.title)
        if folder != key.folder:
            near += (main for main in mains.of_show(folder) if not key.title.startswith(main.title))

    def order(main: Key) -> tuple[bool, bool, bool, bool, bool, int, Key]:
        """The year first, then title, episodes before specials, group, kind, and the many before the few."""
        special = any(f.parsed.season == 0 or f.parsed.type in _OWN_KIND for f in buckets[main])
        year, title = main.year != key.year, main.title != key.title
        return year, title, special, main.group != key.group, main.kind != key.kind, -len(buckets[main]), main

    return min(near, key=order, default=None)


def _is_named_by(folder: str, main: Key, buckets: Buckets) -> bool:
    """Whether a folder has the title of a release."""
    titles = {main.title}.union(*{file.parsed.titles for file in buckets[main]})
    return not set(map(normal_form, titles)).isdisjoint(map(normal_form, _titles_of(folder)))


def _titles_of(folder: str) -> tuple[str, ...]:
    parsed = read_folder(folder.rpartition("/")[2]).parsed
    return parsed.titles if parsed else ()


def _up_to_the_show(folder: str) -> Iterator[str]:
    """A folder, and those above it as long as no title stands between: SPs, Season 1, Disc 2."""
    yield folder
    while folder and is_part_of_a_show(folder.rpartition("/")[2]):
        folder = folder.rpartition("/")[0]
        yield folder


def each(files: Sequence[ParsedFile]) -> list[Release]:
    """Make every file a release of its own, so that it is judged by itself."""
    return [_release([file]) for file in files]


def _bucket(file: ParsedFile) -> Key:
    parsed = file.parsed
    kind = f"{parsed.season} {parsed.part} {parsed.type if parsed.type in _OWN_KIND else ''}"
    title, group, year = normal_form(parsed.title or ""), (parsed.group or "").casefold(), parsed.year or ""
    return Key(file.file.whole_folder, title, group, kind, str(year))


_OWN_KIND = frozenset({VideoType.MOVIE, VideoType.OVA, VideoType.SPECIAL})


def _release(files: Sequence[ParsedFile]) -> Release:
    first = files[0]
    return Release(first.file.whole_folder, first.parsed.title or "", first.parsed.group, tuple(files))
