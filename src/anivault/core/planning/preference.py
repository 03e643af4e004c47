"""Choose among several videos for one place: a release for a season, a file of it for an episode. Pure.

In: the matched videos of a season, what the user prefers, what the library has of it, as it came.
Out: an order, best first, and the reason; and whether a file is better than the one that the library has.
A release is chosen once for a season, so that no season is patched together; where it lacks an episode the
next one has it. In a group a later version replaces an earlier one.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from anivault.core.causes import Advantage
from anivault.core.models import MatchedFile, ParsedFile
from anivault.core.planning.sidecars.tracks import languages_of
from anivault.shared import regex as re

_VERSION = re.compile(r"(?<=\d)v\d\b", re.IGNORECASE)
_HEIGHT = re.compile(r"(?:\d{3,5}\s*[xX×]\s*)?(\d{3,5})")
_SOURCES = (("cam", 1), ("vhs", 2), ("tv", 3), ("dvd", 4), ("web", 5), ("blu", 6), ("bd", 7), ("uhd", 8))
_WEB = 5  # what most releases are made from that do not say so
_DISCS = frozenset({"bd", "bluray", "blu-ray"})


class Release(NamedTuple):
    """What tells releases of one season apart: the group, or without one the folder; picture and source."""

    group: str
    resolution: int
    source: str


_Rank: TypeAlias = Callable[[MatchedFile | ParsedFile, str], float]
WISHES: dict[str, tuple[_Rank, Advantage]] = {
    "group": (lambda item, wanted: (item.parsed.group or "").casefold() == wanted, Advantage.GROUP),
    "resolution": (lambda *asked: _resolution(*asked), Advantage.RESOLUTION_WISHED),
    "source": (lambda *asked: _source(*asked), Advantage.SOURCE_WISHED),
    "language": (lambda *asked: _speaks(*asked), Advantage.LANGUAGE),
    "size": (lambda item, wanted: _size(item) if wanted == "larger" else -_size(item), Advantage.SIZE_WISHED),
}


class Choice:
    """The releases of one season in order. `there`: its files in the library, as they came."""

    def __init__(
        self, items: Sequence[MatchedFile], prefer: Sequence[str], there: Iterable[ParsedFile] = ()
    ) -> None:
        files: defaultdict[Release, list[MatchedFile]] = defaultdict(list)
        self._releases = {item.file: release(item) for item in items}  # each is asked for several times
        for item in items:
            files[self._releases[item.file]].append(item)
        known = [release(file) for file in there]
        self._files, self._prefer = files, prefer
        self._between: dict[tuple[Release, Release], Advantage | None] = {}
        self._ranks = {one: self._rank(one, known) for one in files}
        self._order = {one: number for number, one in enumerate(sorted(files, key=self._key))}
        self.first = next(iter(self._order))

    def _rank(self, one: Release, there: Sequence[Release]) -> list[tuple[float, Advantage]]:
        """How good a release is by every criterion in turn, and what being better by it is called."""
        files = self._files[one]
        wishes = [wish.partition(":") for wish in self._prefer]
        return [
            (there.count(one), Advantage.RELEASE_THERE),
            (sum(known.group == one.group for known in there), Advantage.GROUP_THERE),
            *(_wished(what, files, wanted.casefold()) for what, _, wanted in wishes),
            (len({place for item in files for place in item.coordinates}), Advantage.EPISODES),
            (one.resolution, Advantage.RESOLUTION),
            (source_rank(one.source), Advantage.SOURCE),
        ]

    def _release(self, item: MatchedFile) -> Release:
        return self._releases.get(item.file) or release(item)

    def _key(self, one: Release) -> tuple[list[float], Release]:
        return [-rank for rank, _ in self._ranks[one]], one

    def order(self, items: Sequence[MatchedFile]) -> list[int]:
        """The positions of `items`, best first."""
        rows = [(self._release(item), _version(item), _size(item)) for item in items]
        latest: dict[str, int] = {}
        for one, version, _ in rows:
            latest[one.group] = max(latest.get(one.group, 0), version)
        keys = [
            (not size, version < latest[one.group], self._order[one], -version, -size, *_halves(item))
            for item, (one, version, size) in zip(items, rows, strict=True)
        ]
        return sorted(range(len(items)), key=keys.__getitem__)

    def is_of_season(self, winner: MatchedFile, other: MatchedFile) -> bool:
        """Whether `winner` goes first because its release was chosen for a season, not for itself alone."""
        ours, theirs = self._release(winner), self._release(other)
        return ours == self.first and ours.group != theirs.group and self.count(other) > 1

    def count(self, item: MatchedFile) -> int:
        """How many videos of the season the release of this one has."""
        return len(self._files[self._release(item)])

    def advantage(self, winner: MatchedFile, other: MatchedFile) -> Advantage:
        """Why `winner` goes first: what it is better by, and by nothing that the other is better by."""
        ours, theirs = self._release(winner), self._release(other)
        if not _size(other) and _size(winner):
            return Advantage.NOT_EMPTY
        if ours.group == theirs.group and _version(winner) > _version(other):
            return Advantage.VERSION
        if ours == theirs:
            return Advantage.SIZE if _size(winner) > _size(other) else Advantage.PATH
        if (ours, theirs) not in self._between:
            self._between[ours, theirs] = self._of_releases(ours, theirs)
        if why := self._between[ours, theirs]:
            return why
        first = called(winner).casefold() < called(other).casefold()
        return Advantage.NAME if first else Advantage.EQUAL

    def _of_releases(self, ours: Release, theirs: Release) -> Advantage | None:
        """What a release is better by than another one; None where all that is known of both is alike."""
        pairs = zip(self._ranks[ours], self._ranks[theirs], strict=True)
        mine, its, why = next(((a, b, why) for (a, why), (b, _) in pairs if a != b), (0, 0, None))
        return why if why is None or mine > its else Advantage.REPLACED  # nothing else puts a worse one first


class Compared(NamedTuple):
    """What a file has over another one that is in the library; `unsure` when their names do not tell."""

    advantage: Advantage | None = None
    unsure: bool = False


Item: TypeAlias = MatchedFile | ParsedFile


def compared(new: Item, old: Item, prefer: Sequence[str]) -> Compared:
    """Say why `new` is better than `old`, which it would replace; nothing where it is as good or worse.

    A later version of the same release; then what the user prefers, in that order (a size is no reason to
    replace a file); then a picture that is better in resolution or source and worse in neither. Of a file
    whose name says nothing of all that nobody knows, and where only one name tells the resolution, neither.
    """
    if not (_size(new) and _size(old)):
        return Compared(Advantage.NOT_EMPTY if _size(new) else None)
    if _is_same_release(new, old):
        return Compared(Advantage.VERSION if _version(new) > _version(old) else None)
    if _says_nothing(old) or _says_nothing(new):
        return Compared(unsure=True)
    return _by_wishes(new, old, prefer) or _by_picture(new, old)


def _by_wishes(new: Item, old: Item, prefer: Sequence[str]) -> Compared | None:
    """What the first wish by which two files differ says; None where none tells them apart."""
    for wish in prefer:
        what, _, wanted = wish.partition(":")
        if what == "size":
            continue
        if what == "resolution" and _tells_one_resolution(new, old):
            return Compared(unsure=True)
        rank, why = WISHES[what]
        difference = rank(new, wanted.casefold()) - rank(old, wanted.casefold())
        if difference:
            return Compared(why if difference > 0 else None)
    return None


def _tells_one_resolution(new: Item, old: Item) -> bool:
    """Whether only one of the two names tells the resolution."""
    return bool(lines(new.parsed.resolution)) != bool(lines(old.parsed.resolution))


def _by_picture(new: Item, old: Item) -> Compared:
    """Whether a picture is better in resolution or source, and worse in neither."""
    if _tells_one_resolution(new, old):
        return Compared(unsure=True)
    ours, theirs = lines(new.parsed.resolution), lines(old.parsed.resolution)
    picture, source = ours - theirs, source_rank(new.parsed.source) - source_rank(old.parsed.source)
    if min(picture, source) < 0 or not (picture or source):
        return Compared()
    return Compared(Advantage.RESOLUTION if picture else Advantage.SOURCE)


def _is_same_release(new: Item, old: Item) -> bool:
    """Whether two files differ in their version alone: of one group, or by all that their names say."""
    if not (new.parsed.group and old.parsed.group):
        return _without_version(new) == _without_version(old)
    (group, *ours), (its, *theirs) = release(new), release(old)
    return group == its and all(
        mine == its or not (mine and its) for mine, its in zip(ours, theirs, strict=True)
    )


def _without_version(item: Item) -> str:
    return _VERSION.sub("", item.file.name.rpartition(".")[0]).casefold()


def _says_nothing(item: Item) -> bool:
    return not (item.parsed.group or item.parsed.resolution or item.parsed.source)


def release(item: MatchedFile | ParsedFile) -> Release:
    """The release that a video is of."""
    parsed = item.parsed
    folder = "" if parsed.group else f"/{item.file.path.rpartition('/')[0]}"
    return _release(parsed.group or "", folder, parsed.resolution, parsed.source)


@lru_cache(maxsize=1024)
def _release(group: str, folder: str, resolution: str | None, source: str | None) -> Release:
    return Release(group.casefold() or folder, lines(resolution), (source or "").casefold())


def called(item: MatchedFile) -> str:
    """What people call the release that a video is of."""
    parsed = item.parsed
    return _called(parsed.group or item.file.folder or item.file.name, parsed.resolution)


def told_apart(winner: MatchedFile, other: MatchedFile) -> str:
    """What people call the release of `winner`; with its folder where the other one is called the same."""
    name, ours, theirs = called(winner), winner.file, other.file
    is_alike = name == called(other) or name.startswith(theirs.name)
    if not is_alike or (ours.root, ours.folder) == (theirs.root, theirs.folder):
        return name
    folder = os.path.dirname(ours.path)
    return f"{name} in {folder if ours.root != theirs.root else ours.folder or os.path.basename(folder)}"


@lru_cache(maxsize=1024)
def _called(who: str, resolution: str | None) -> str:
    return " ".join(filter(None, (who, resolution)))


def _wished(what: str, files: Sequence[MatchedFile], wanted: str) -> tuple[float, Advantage]:
    rank, why = WISHES[what]
    return sum(rank(item, wanted) for item in files) / len(files), why


def _halves(item: MatchedFile) -> tuple[str, str]:
    """A path as it is ordered by: so that of a library's files `A.mkv` goes before `A - Version.mkv`."""
    stem, _, end = item.file.path.rpartition(".")
    return stem, end


def _version(item: Item) -> int:
    return item.parsed.version or 1


def _size(item: Item) -> int:
    return item.file.identity.size if item.file.identity else 0


def _resolution(item: Item, wanted: str) -> int:
    height = lines(item.parsed.resolution)
    return height == lines(wanted) if wanted else height


def _source(item: Item, wanted: str) -> int:
    rank = source_rank(item.parsed.source)
    if not wanted:
        return rank
    if wanted in _DISCS:
        return rank > _WEB
    return rank == _WEB if wanted == "web" else wanted in (item.parsed.source or "").casefold()


def _speaks(item: Item, wanted: str) -> bool:
    spoken = (code.casefold() for code in languages_of(item.file.name))
    return any(code == wanted or code.startswith(f"{wanted}-") for code in spoken)


@lru_cache(maxsize=1024)
def lines(resolution: str | None) -> int:
    """`1080p` and `1920x1080` are 1080, `4K` is 2160; 0 when unknown."""
    text = (resolution or "").lower()
    if text in {"4k", "uhd", "8k"}:
        return 4320 if text == "8k" else 2160
    found = _HEIGHT.search(text)
    return int(found[1]) if found else 0


@lru_cache(maxsize=1024)
def source_rank(source: str | None) -> int:
    """Discs before web, that before DVD and television. Who says nothing mostly has it from the web."""
    text = (source or "").lower()
    return max((rank for word, rank in _SOURCES if word in text), default=0 if text else _WEB)
