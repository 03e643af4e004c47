"""Tell what a library holds before a run: by place, by inode, by source, and by show and episode. Pure.

In: its files, and what its journal remembers of those that runs took in. Out: answers to the planner.
What other programs put there is known by its names: a folder by its id, or by title and year; a video
by `S01E02`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

import msgspec

from anivault.core.models import Candidate, FileKind, Identity, ParsedFile, ScannedFile, ShowId
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.naming.said import Holding, Named, by_name, named_by, show_folder, tags, titles_of
from anivault.core.planning.sidecars.companions import by_video, sidecars
from anivault.core.planning.wanted import Slot
from anivault.parser.models import ParseResult
from anivault.shared import fs
from anivault.shared import regex as re
from anivault.shared.text import is_text

_FINGERPRINT = re.compile(r"(.+):(tv|movie):(\d+)(?::S(\d+)((?:E\d+)+))?:[0-9a-f]{8}")
_SHOW = re.compile(r"(.+):(tv|movie):(\d+)")
_EPISODES = re.compile(r"\d+(?:E\d+)+:[0-9a-f]{8}")
_NUMBER = re.compile(r"\d+")


class Origin(msgspec.Struct, frozen=True, gc=False):
    """A file as it was when a run took it in, and what its name in the library was made from."""

    file: ScannedFile
    metadata: str | None = None
    video: str | None = None  # of a sidecar: its video in the library


ReadName: TypeAlias = Callable[[str], ParseResult]


def _nothing(_name: str) -> ParseResult:
    """What an unread name states."""
    return ParseResult()


class Library:
    """The files and `folders` that are in the library before the run. `read` says what a name states.

    `reread` reads a file as those that arrive are read, folders and all. `seasons` are names, in lower case,
    of folders that a preset gives all seasons of a show.
    """

    def __init__(
        self,
        files: Iterable[ScannedFile] = (),
        origins: Mapping[str, Origin] | None = None,
        folders: Iterable[str] = (),
        read: ReadName = _nothing,
        reread: Callable[[ScannedFile], ParsedFile] | None = None,
        seasons: Collection[str] = (),
    ) -> None:
        self._season_names = seasons
        self._read, self._reread = read, reread
        self._made = tuple(filter(is_text, folders))
        self._by_place: dict[str, ScannedFile] = {}
        self._videos: dict[str, ScannedFile] = {}
        self._by_inode: dict[tuple[int, int], str] = {}
        self._bare: dict[tuple[str, str], list[str]] | None = None  # by parent and by title or id
        self._folders: dict[str, str] | None = None  # folded -> as it is spelled there
        for file in files:
            self._add(file)
        known = (origins or {}).items()
        self._origins = {rel: origin for rel, origin in known if fold(rel) in self._by_place}
        self._by_source = {origin.file.path: rel for rel, origin in self._origins.items()}
        self._shows: _Shows | None = None
        self._beside: Mapping[str, list[str]] | None = None  # by video: what belongs to it

    def _add(self, file: ScannedFile) -> None:
        key = fold(file.rel)
        self._by_place[key] = file
        if file.kind is FileKind.VIDEO:
            self._videos[key.rpartition(".")[0]] = file
        if file.identity and file.identity.inode:
            self._by_inode[file.identity.device, file.identity.inode] = file.rel

    def __bool__(self) -> bool:
        return bool(self._by_place or self._made)

    def at(self, key: str) -> ScannedFile | None:
        """The file at a folded place."""
        return self._by_place.get(key)

    def video(self, key: str) -> ScannedFile | None:
        """The video at a folded place that is given without extension."""
        return self._videos.get(key)

    def spelled(self, folder: str) -> str:
        """A folder as the library spells it already, where it differs in case or Unicode form only."""
        if not folder:
            return folder
        if self._folders is None:
            self._folders = self._all_folders()
        found, _, name = folder.rpartition("/")
        path = f"{self.spelled(found)}/{name}" if found else name
        return self._folders.get(fold(path), path)

    def _all_folders(self) -> dict[str, str]:
        folders = {fold(folder): folder for folder in self._made}
        for file in self._by_place.values():
            folder = file.folder
            while folder and is_text(folder) and fold(folder) not in folders:
                folders[fold(folder)] = folder
                folder = folder.rpartition("/")[0]
        return folders

    # --- what a run took in ---

    def has(self, file: ScannedFile) -> str | None:
        """Where this very file is: by its inode, or where a run has put it, if it is unchanged since."""
        now = file.identity
        if now is None:
            return None
        if link := self._by_inode.get((now.device, now.inode)):
            return link
        rel = self._by_source.get(file.path)
        came = self._origins[rel].file.identity if rel else None
        return rel if came and (came.size, came.mtime_ns) == (now.size, now.mtime_ns) else None

    def copy_at(self, key: str, file: ScannedFile) -> str | None:
        """Where the library has a copy of a file, if that is at this folded place: as large and as old.

        One that a run took in came from this file, or from one of its name: archives and some disks give all
        files of a release one time, and small ones have one size.
        """
        there = self._by_place.get(key)
        if there is None or not (file.identity and there.identity):
            return None
        if not _is_copy(file.identity, there.identity):
            return None
        came = self._origins[there.rel].file if there.rel in self._origins else file
        inode = came.identity.inode if came.identity else 0
        return there.rel if came.name == file.name or inode == file.identity.inode else None

    def videos_taken_in(self) -> Iterator[tuple[str, Origin]]:
        """Each video that a run took in, by its place."""
        return (
            (rel, origin)
            for rel, origin in self._origins.items()
            if origin.file.kind is FileKind.VIDEO and is_text(rel)
        )

    def origin(self, file: ScannedFile) -> Origin | None:
        """What a run knows of a file of the library."""
        return self._origins.get(file.rel)

    def release(self, video: ScannedFile) -> None:
        """Count the place of a video as free, and those of what goes with it: they are not there any more."""
        if self._beside is None:
            self._beside = by_video((rel, origin.video) for rel, origin in self._origins.items())
        self._videos.pop(fold(video.rel).rpartition(".")[0], None)
        for rel in (video.rel, *sidecars(video.rel, self._beside)):
            file, origin = self._by_place.pop(fold(rel), None), self._origins.get(rel)
            if file and file.identity:
                self._by_inode.pop((file.identity.device, file.identity.inode), None)
            if origin:
                self._by_source.pop(origin.file.path, None)

    def as_it_came(self, file: ScannedFile) -> ParsedFile:
        """A file of the library under the name that it came with; its own where no run took it in."""
        came = self._came(file)
        return ParsedFile(came, self._read(came.name))

    def as_released(self, file: ScannedFile) -> ParsedFile:
        """The same, read as carefully as a file that arrives: to compare it with one."""
        return self._reread(self._came(file)) if self._reread else self.as_it_came(file)

    def _came(self, file: ScannedFile) -> ScannedFile:
        origin = self._origins.get(file.rel)
        return origin.file if origin else file

    # --- shows ---

    def owner(self, folder: str) -> ShowId | None:
        """The show whose folder this is, as far as a run or an id in its name says so."""
        return self._index().owners.get(fold(folder))

    def home_of(self, show: Candidate, made: str) -> str | None:
        """The folder `made`, as it is spelled there, if a run has put the show into it."""
        folder = self.spelled(made)
        return folder if folder in self._index().of_show.get(show.key, ()) else None

    def folder_of(self, show: Candidate, made: str, *, alone: bool) -> str:
        """The folder that a show or film has, else `made`, as it is spelled there.

        `alone`: no other show has its title, so that a folder needs no year.
        """
        index = self._index()
        found = [*index.folders(show, alone=alone), *self._without_videos(show, made, index, alone=alone)]
        return _chosen(found, self.spelled(made))

    def _without_videos(self, show: Candidate, made: str, index: _Shows, *, alone: bool) -> Iterator[str]:
        """Folders beside `made` that are called like the show and have no video yet, as Sonarr makes them."""
        if self._bare is None:
            self._bare = self._called(index)
        parent = fold(made.rpartition("/")[0])
        yield from self._bare.get((parent, f"{show.provider}:{show.id}"), ())
        for title in titles_of(show):
            for folder in self._bare.get((parent, title), ()):
                if named_by(folder).may_be(show, alone=alone):
                    yield folder

    def _called(self, index: _Shows) -> dict[tuple[str, str], list[str]]:
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for folder in self._made:
            if folder not in index.of_videos:
                parent, named = fold(folder.rpartition("/")[0]), named_by(folder)
                for key in (named.title, *(f"{provider}:{number}" for provider, number in named.ids.items())):
                    found[parent, key].append(folder)
        return found

    def season_of(self, folder: str, season: int, made: str) -> str:
        """The folder of a season in that of a show, whatever its name; else `made`, as spelled there."""
        return _chosen(self._index().seasons.get((fold(folder), season), ()), self.spelled(made))

    def holders(self, slots: Iterable[Slot], folder: str) -> list[ScannedFile]:
        """The videos of these episodes: by the journal, or in the show's `folder` by their names."""
        return self._index().holders(slots, folder)

    def season(self, show: ShowId, season: int, folder: str) -> list[ScannedFile]:
        """All videos of a season."""
        return self._index().season(show, season, folder)

    def _index(self) -> _Shows:
        if self._shows is None:
            self._shows = _Shows(self._videos.values(), self._origins, self._season_names)
        return self._shows


class _Shows:
    """The videos of a library by show: what the journal says of them, else what their names do.

    Which show each is of is found out at once; which episodes, when somebody asks about their show.
    """

    def __init__(
        self, videos: Iterable[ScannedFile], origins: Mapping[str, Origin], seasons: Collection[str]
    ) -> None:
        self._season_names, self._origins = seasons, origins
        self.owners: dict[str, ShowId] = {}  # by folded folder
        self.of_videos: set[str] = set()  # folders with a video in or below them
        self.seasons: defaultdict[tuple[str, int], dict[str, None]] = defaultdict(dict)
        self._videos: defaultdict[ShowId, list[ScannedFile]] = defaultdict(list)
        self._slots: dict[ShowId, dict[Slot, list[ScannedFile]]] = {}
        self.of_show: defaultdict[ShowId, dict[str, None]] = defaultdict(dict)  # folders, as an ordered set
        self._in_folder: defaultdict[str, list[Holding]] = defaultdict(list)
        self._by_tag: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._by_title: defaultdict[str, dict[str, Named]] = defaultdict(dict)
        self._listed: set[tuple[str, str]] = set()
        by_folder: defaultdict[str, list[ScannedFile]] = defaultdict(list)
        for file in videos:
            by_folder[file.folder].append(file)
        for folder, files in by_folder.items():
            self._add(folder, files)

    def _add(self, folder: str, files: Sequence[ScannedFile]) -> None:
        self._note(folder)
        above, season = show_folder(folder, self._season_names)
        if above is None:
            return
        key = fold(above)
        if above != folder and season is not None:
            self.seasons[key, season][folder] = None
        for file in files:
            if show := self._show(file):
                self.owners[key] = show
                self.of_show[show][above] = None
                self._videos[show].append(file)
                self._list(above, "movie" if show.media_type == "movie" else "tv")
            else:
                self._add_foreign(file, above, key, season)

    def _show(self, file: ScannedFile) -> ShowId | None:
        origin = self._origins.get(file.rel)
        return show_of(origin.metadata) if origin else None

    def _add_foreign(self, file: ScannedFile, above: str, key: str, season: int | None) -> None:
        holding = by_name(file, season)
        self._list(above, "tv" if holding and holding.episodes else "movie")
        if holding:
            self._in_folder[key].append(holding)

    def _note(self, folder: str) -> None:
        while folder and folder not in self.of_videos:
            self.of_videos.add(folder)
            folder = folder.rpartition("/")[0]

    def _list(self, folder: str, media: str) -> None:
        """Make a folder known by the id and the title in its name, once for episodes and once for films."""
        if (folder, media) in self._listed:
            return
        self._listed.add((folder, media))
        name = folder.rpartition("/")[2]
        for provider, number in tags(name).items():
            self._by_tag[f"{provider}:{media}", number][folder] = None
            if provider == "tmdb" and number.isdecimal() and media == "tv":
                self.owners.setdefault(fold(folder), ShowId("tmdb", media, int(number)))
        named = named_by(folder)
        self._by_title[f"{media}:{named.title}"][folder] = named

    def folders(self, show: Candidate, *, alone: bool) -> Iterator[str]:
        """The folders of a show, the surest first."""
        yield from self.of_show.get(show.key, ())
        for folder in self._by_tag.get((f"{show.provider}:{show.media_type}", str(show.id)), ()):
            if named_by(folder).year in (None, show.year):  # shows and films are numbered apart
                yield folder
        for title in titles_of(show):
            for folder, named in self._by_title.get(f"{show.media_type}:{title}", {}).items():
                if named.may_be(show, alone=alone):
                    yield folder

    def holders(self, slots: Iterable[Slot], folder: str) -> list[ScannedFile]:
        slots = list(slots)
        known = [file for slot in slots for file in self._episodes(slot[0]).get(slot, ())]
        foreign = [
            holding.file
            for holding in self._in_folder.get(fold(folder), ())
            if any(_is_at(holding, season, episode) for _, season, episode in slots)
        ]
        return list(dict.fromkeys([*known, *foreign]))

    def season(self, show: ShowId, season: int, folder: str) -> list[ScannedFile]:
        known = [file for slot, files in self._episodes(show).items() if slot[1] == season for file in files]
        foreign = [h.file for h in self._in_folder.get(fold(folder), ()) if h.season == season]
        return [*dict.fromkeys(known), *foreign]

    def _episodes(self, show: ShowId) -> Mapping[Slot, Sequence[ScannedFile]]:
        """The videos of a show by what each is of it."""
        if show not in self._slots:
            slots = self._slots[show] = {}
            for file in self._videos.get(show, ()):
                for slot in slots_of(self._origins[file.rel].metadata):
                    slots.setdefault(slot, []).append(file)
        return self._slots[show]


def _is_copy(source: Identity, there: Identity) -> bool:
    """Tell whether the file there is this one or its copy: same size, and time as its disk keeps it."""
    if source.inode and (source.device, source.inode) == (there.device, there.inode):
        return True
    return source.size == there.size and fs.same_time(source.mtime_ns, there.mtime_ns)


def _chosen(found: Iterable[str], made: str) -> str:
    known = dict.fromkeys(folder for folder in found if is_text(folder))
    return made if made in known else next(iter(known), made)


def _is_at(holding: Holding, season: int, episode: int) -> bool:
    return holding.season == season and (episode in holding.episodes or not (episode or holding.episodes))


def slots_of(metadata: str | None) -> tuple[Slot, ...]:
    """The episodes, or the film, that a run took a video for; none for an extra."""
    found = _FINGERPRINT.fullmatch(metadata or "")
    if found is None or not (found[5] or found[2] == "movie"):
        return ()
    show = ShowId(found[1], found[2], int(found[3]))
    if not found[5]:
        return ((show, 0, 0),)
    return tuple((show, int(found[4]), int(number)) for number in _NUMBER.findall(found[5]))


def show_of(metadata: str | None) -> ShowId | None:
    """The show of these episodes, or the film; None for an extra. As `slots_of`, for many of a show."""
    head, _, episodes = (metadata or "").rpartition(":S")
    if _EPISODES.fullmatch(episodes):
        return _show_of(head)
    slots = slots_of(metadata)
    return slots[0][0] if slots else None


@lru_cache(maxsize=4096)
def _show_of(head: str) -> ShowId | None:
    found = _SHOW.fullmatch(head)
    return ShowId(found[1], found[2], int(found[3])) if found else None


def is_longer_or_shorter(file: ScannedFile, slots: Sequence[Slot]) -> bool:
    """Whether a video of the library begins with the first of these episodes, and has not just these."""
    there = by_name(file, slots[0][1])
    wanted = tuple(episode for _, _, episode in slots)
    return there is not None and there.episodes[:1] == wanted[:1] and there.episodes != wanted
