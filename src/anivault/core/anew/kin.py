"""Tell which folders have to do with one another: a later run need plan only what changed, and its kin.

In: what a run has found and planned. Out: by *home*, which is a folder with those of its seasons, discs
and extras: what of other homes would change its outcome (it asks), and what of it theirs (it offers).
Where nothing that changed offers what a home asks, or asks what it offers, all stays there as it was. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec
from xxhash import xxh3_64_intdigest

from anivault.core.anew.lying import is_other
from anivault.core.causes import Cause
from anivault.core.models import Decision, FileKind, Match, MatchedFile, ParsedFile, Plan, ScannedFile, ShowId
from anivault.core.pipeline.folders import context, plain
from anivault.core.pipeline.parser import by_themselves
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.sidecars.owners import LEVELS, longest_prefix, stem_of
from anivault.core.planning.sidecars.suffixes import folder_art
from anivault.core.planning.sidecars.tracks import is_sidecar_folder
from anivault.parser.folders import Use
from anivault.parser.read import Reader, is_titled, read_folder

Folder = tuple[str, str]  # a root, and a path below it


class Home(msgspec.Struct, array_like=True):
    """What a home asks and offers: digests of titles, shows, folders of the library and of its own."""

    asks: set[int]
    offers: set[int]


def home_of(folder: str) -> str:
    """The home that a folder is of: the nearest above it that has a title of its own, or itself."""
    while folder and not is_titled(folder.rpartition("/")[2]):
        folder = folder.rpartition("/")[0]
    return folder


class Kin:
    """The homes of a run. By the whole path of each folder: its `home`, and how many `files` it has."""

    def __init__(
        self, videos: Sequence[MatchedFile], others: Sequence[ParsedFile], plan: Plan, reader: Reader
    ) -> None:
        files: list[MatchedFile | ParsedFile] = [*videos, *others]
        folders = Counter((item.file.root, item.file.folder) for item in files)
        self.files = {whole(folder): count for folder, count in folders.items()}
        self.home = {path: home_of(path) for path in self.files}
        self.homes: dict[str, Home] = {}
        self._of = {folder: self._begun(folder) for folder in folders}
        self._add_titles(files, reader)
        self._add_shows(videos, plan)
        self._add_followers(videos, others, plan)
        self._add_places(plan)

    def _begun(self, folder: Folder) -> Home:
        """The home of a folder. What goes with a video lies near it: in its folder, below or above."""
        root, below = folder
        home = self.homes.setdefault(self.home[whole(folder)], Home(set(), set()))
        home.offers.add(_sum("in", root, below))
        home.offers.update(_sum("below", root, above) for above in _up(below))
        return home

    def _add_titles(self, files: Iterable[MatchedFile | ParsedFile], reader: Reader) -> None:
        """In a folder of extras a file may be one, or an episode of which others have the title."""
        apart: dict[Folder, list[ScannedFile]] = {
            folder: [] for folder in self._of if _is_apart(whole(folder))
        }
        for item, folder in _by_title(files, apart):
            if folder in apart:
                apart[folder].append(item.file)
            self._of[folder].offers.update(map(_of_title, item.parsed.titles))
        for folder, together in apart.items():
            own = {title for parsed in by_themselves(together, reader) for title in parsed.titles}
            above = context(*folder)
            sums = {_of_title(title) for title in (*own, *above.titles)}
            self._of[folder].offers.update(sums)
            if above.extra is not None:
                self._of[folder].asks.update(sums)

    def _add_shows(self, videos: Iterable[MatchedFile], plan: Plan) -> None:
        """Videos of one show may want one place, and so may those whose folders lie in one another."""
        shelves: dict[ShowId, set[str]] = {}
        for show, folder in plan.shelves:
            shelves.setdefault(show, set()).add(fold(folder))
        last: Match | None = None
        for item in videos:
            if item.match is last or item.decision is not Decision.MATCHED or not (best := item.match.best):
                continue
            last, home = item.match, self._of[item.file.root, item.file.folder]
            folders = shelves.get(best.candidate.key, set())
            both = {_sum("show", str(best.candidate.key)), *(_sum("shelf", folder) for folder in folders)}
            home.offers |= both
            home.asks |= both
            home.asks.update(_sum("shelf", above) for folder in folders for above in _above(folder))

    def _add_followers(self, videos: Iterable[MatchedFile], others: Iterable[ParsedFile], plan: Plan) -> None:
        """What finds no video beside it looks above, and what is for a folder looks below it."""
        files = [item.file for item in others if not item.file.is_junk]
        self._add_alone(videos, files, _beside(plan))
        for file in files:
            if file.kind is FileKind.FONT or folder_art(file):
                self._ask(file, "below", _near(file.folder))

    def _add_alone(
        self, videos: Iterable[MatchedFile], files: Iterable[ScannedFile], beside: Container[Folder]
    ) -> None:
        alone = [file for file in files if (file.root, file.rel) not in beside]
        stems = _stems(videos, {(file.root, file.folder) for file in alone})
        for file in alone:
            if longest_prefix(stem_of(file), stems[file.root, file.folder]) is None:
                self._ask(file, "in", _up(file.folder))

    def _add_places(self, plan: Plan) -> None:
        """What goes with videos wants places beside them, be these of earlier runs and not here any more."""
        going = [(move.root, move.rel, move.target) for move in plan.moves if move.video is not None]
        held = [item for item in plan.held if item.place and is_other(item.rel)]
        staying = [(item.root, item.rel, item.place) for item in held]
        for root, rel, place in (*going, *staying):
            home, beside = self._of[root, _folder(rel)], _sum("place", fold(_folder(place)))
            home.asks.add(beside)
            home.offers.add(beside)

    def _ask(self, file: ScannedFile, what: str, folders: Iterable[str]) -> None:
        self._of[file.root, file.folder].asks.update(_sum(what, file.root, folder) for folder in folders)


def _by_title(
    files: Iterable[MatchedFile | ParsedFile], apart: Container[Folder]
) -> Iterator[tuple[MatchedFile | ParsedFile, Folder]]:
    """Files with their folders: the first of those that follow one another with the same titles, or all."""
    last: object = None
    for item in files:
        folder, titles = (item.file.root, item.file.folder), item.parsed.titles
        if folder in apart or last != (folder, titles):
            last = folder, titles
            yield item, folder


def _stems(videos: Iterable[MatchedFile], folders: Iterable[Folder]) -> dict[Folder, set[str]]:
    """The names of the videos in these folders, without extensions."""
    stems: dict[Folder, set[str]] = {folder: set() for folder in folders}
    for video in videos:
        if (found := stems.get((video.file.root, video.file.folder))) is not None:
            found.add(stem_of(video.file).lower())
    return stems


def _is_apart(folder: str) -> bool:
    """Whether a folder is one of extras or a disc, or part of one: what its files are is decided last."""
    while folder and not is_titled(name := folder.rpartition("/")[2]):
        if read_folder(name).use in (Use.EXTRAS, Use.MISC, Use.DISC):
            return True
        folder = folder.rpartition("/")[0]
    return False


@lru_cache(maxsize=8192)
def _of_title(title: str) -> int:
    return _sum("title", plain(title))


def _beside(plan: Plan) -> set[Folder]:
    """The files that go with a video of their own folder, or stay with it."""
    videos = {move.target: (move.root, _folder(move.rel)) for move in plan.moves if move.video is None}
    going = [(move.root, move.rel, videos.get(move.video)) for move in plan.moves if move.video is not None]
    staying = [
        (item.root, item.rel, (item.root, _folder(item.facts["video"])))
        for item in plan.held
        if item.cause is Cause.VIDEO_STAYS
    ]
    return {(root, rel) for root, rel, near in (*going, *staying) if near == (root, _folder(rel))}


def _folder(rel: str) -> str:
    return rel.rpartition("/")[0]


def whole(folder: Folder) -> str:
    """The whole path of a folder."""
    root, below = folder
    return f"{root}/{below}" if below else root


def _up(folder: str) -> Iterator[str]:
    """A folder and those above it, as many as a video may lie above its sidecar."""
    for _ in range(LEVELS):
        yield folder
        if not folder:
            return
        folder = _folder(folder)


def _near(folder: str) -> Iterator[str]:
    """A folder, and what it is in where it is one for sidecars."""
    yield folder
    while folder and is_sidecar_folder(folder.rpartition("/")[2]):
        folder = _folder(folder)
        yield folder


def _above(folder: str) -> Iterator[str]:
    while folder := _folder(folder):
        yield folder


def _sum(*said: str) -> int:
    return xxh3_64_intdigest("\0".join(said).encode("utf-8", "surrogateescape"))
