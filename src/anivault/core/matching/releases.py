"""Decide which files are one release. Pure.

In: parsed files. Out: releases, the files of one folder, title and group with what belongs to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from anivault.core.matching.titles.normalize import is_slip, normal_form
from anivault.core.models import ParsedFile, Release
from anivault.parser.folders import Use, read_folder
from anivault.parser.form import is_legible
from anivault.parser.models import EXTRAS, VideoType


def group(files: Sequence[ParsedFile]) -> list[Release]:
    """Put files of one folder, title and group together, in the order of their first files.

    A few files that read a little differently beside many (no title, a slip in it, an extra) are the
    many's: twelve files that fit outweigh one odd name.
    """
    buckets: dict[Key, list[ParsedFile]] = {}
    for file in files:
        buckets.setdefault(_bucket(file), []).append(file)
    largest: dict[str, Key] = {}
    for key, bucket in buckets.items():
        if len(bucket) > len(buckets.get(largest.get(key[0], key), ())) or key[0] not in largest:
            largest[key[0]] = key
    home = {key: largest[key[0]] if _is_odd(key, buckets, largest[key[0]]) else key for key in buckets}
    home |= {extras: home[main] for extras, main in _mains_of_extras(buckets).items()}
    joined: dict[Key, list[ParsedFile]] = {}
    for key in sorted(buckets, key=lambda key: home[key] != key):  # who stands for the release comes first
        joined.setdefault(home[key], []).extend(buckets[key])
    return [_release(bucket) for bucket in joined.values()]


Key = tuple[str, str, str, str, str]  # folder, title, group, kind, year: remakes lie side by side
FEW = 3  # a bucket this many times smaller than its folder's largest may be odd names of it (a guess)
ALIKE = 85  # of 100, between a title and the same with a slip


def _is_odd(key: Key, buckets: dict[Key, list[ParsedFile]], largest: Key) -> bool:
    """Whether a bucket holds odd names of its folder's largest release."""
    bucket, many = buckets[key], buckets[largest]
    if key == largest or len(bucket) * FEW > len(many):
        return False
    if not key[1] and not all(is_legible(file.file.name) for file in bucket):
        return False  # they have a title, which nobody can read: it may be any show's
    extras = all(file.parsed.type in EXTRAS for file in bucket)
    slip = is_slip(key[1], largest[1]) and fuzz.ratio(key[1], largest[1]) >= ALIKE
    kind = key[3] == largest[3] and key[4] in ("", largest[4])
    return extras or (kind and (not key[1] or slip))


def _mains_of_extras(buckets: dict[Key, list[ParsedFile]]) -> dict[Key, Key]:
    """For each bucket of extras alone the one of its show: in its folder, or in that of the show above it."""
    extras = {key for key, bucket in buckets.items() if all(f.parsed.type in EXTRAS for f in bucket)}
    mains: dict[str, list[Key]] = {}  # by folder; those in a season's folder by the show's too
    for key in buckets.keys() - extras if extras else ():
        for folder in _up_to_the_show(key[0]):
            mains.setdefault(folder, []).append(key)
    found = {key: _main_of(key, mains, buckets) for key in extras}
    return {key: main for key, main in found.items() if main}


def _main_of(key: Key, mains: dict[str, list[Key]], buckets: dict[Key, list[ParsedFile]]) -> Key | None:
    """The release that extras belong to: of their title, or in an extras folder that of the show above."""
    near: list[Key] = []
    for folder in _up_to_the_show(key[0]):
        show = folder if folder != key[0] else ""
        near += [main for main in mains.get(folder, ()) if _is_main(main, key, show, buckets)]

    def order(main: Key) -> tuple[bool, bool, bool, bool, bool, int, Key]:
        special = any(f.parsed.season == 0 or f.parsed.type in _OWN_KIND for f in buckets[main])
        same = main[1] == key[1], main[2] == key[2], main[3] == key[3], main[4] == key[4]
        return not same[3], not same[0], special, not same[1], not same[2], -len(buckets[main]), main

    return min(near, key=order, default=None)


def _is_main(main: Key, extras: Key, show: str, buckets: dict[Key, list[ParsedFile]]) -> bool:
    """Whether extras go with a release: of one title; or of the show whose folder holds theirs.

    Extras whose title goes on where the show's ends may be those of a film, and are judged by themselves.
    """
    if main[1] == extras[1]:
        return True
    if not show or extras[1].startswith(main[1]):
        return False
    named = {normal_form(title) for file in buckets[main] for title in (*file.parsed.titles, main[1])}
    folder = read_folder(show.rpartition("/")[2]).parsed
    return folder is not None and any(normal_form(title) in named for title in folder.titles)


def _up_to_the_show(folder: str) -> Iterator[str]:
    """A folder, and those above it as long as no title stands between: SPs, Season 1, Disc 2."""
    yield folder
    while folder and read_folder(folder.rpartition("/")[2]).use not in (Use.TITLE, Use.GENERIC):
        folder = folder.rpartition("/")[0]
        yield folder


def each(files: Sequence[ParsedFile]) -> list[Release]:
    """Make every file a release of its own, so that it is judged by itself."""
    return [_release([file]) for file in files]


def _bucket(file: ParsedFile) -> Key:
    parsed = file.parsed
    kind = f"{parsed.season} {parsed.part} {parsed.type if parsed.type in _OWN_KIND else ''}"
    title, group, year = normal_form(parsed.title or ""), (parsed.group or "").casefold(), parsed.year or ""
    return file.file.whole_folder, title, group, kind, str(year)


_OWN_KIND = frozenset({VideoType.MOVIE, VideoType.OVA, VideoType.SPECIAL})


def _release(files: Sequence[ParsedFile]) -> Release:
    first = files[0]
    return Release(first.file.whole_folder, first.parsed.title or "", first.parsed.group, tuple(files))


def numbers_of(file: ParsedFile) -> list[int] | None:
    """A file's numbers, a range (01-03) as all of its numbers; None for 12.5 and for what is no range."""
    numbers = [n for n in file.parsed.episodes if isinstance(n, int)]
    if len(numbers) != len(file.parsed.episodes) or (len(numbers) == 2 and numbers[0] >= numbers[1]):
        return None
    return list(range(numbers[0], numbers[1] + 1)) if len(numbers) == 2 else numbers
