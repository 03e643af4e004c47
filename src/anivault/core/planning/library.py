"""Tell what a library holds before a run: by place, by inode, by source, and by show and episode. Pure.

In: its files, and what its journal remembers of those that runs took in. Out: answers to the planner.
What other programs put there is known by its names: a folder by its id, or by title and year; a video
by `S01E02`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from anivault.core.models import Candidate, FileKind, ParsedFile, ScannedFile, ShowId
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.sidecars.companions import sidecars
from anivault.parser.models import ParseResult
from anivault.shared import regex as re
from anivault.shared.text import is_text

Slot: TypeAlias = tuple[ShowId, int, int]  # show, season, episode; of a film both are 0

_FINGERPRINT = re.compile(r"(.+):(tv|movie):(\d+)(?::S(\d+)((?:E\d+)+))?:[0-9a-f]{8}")
_EPISODES = re.compile(
    r"(?<![a-z0-9])s(\d{1,4})[ ._-]*((?:-?[ ._]*ex?p?\d{1,4})+)(?:-(\d{1,4})(?![0-9pi]))?", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+")
_SEASON = re.compile(r"(?:season|staffel|saison|series|s)[ ._-]*0*(\d{1,4})|(specials?)", re.IGNORECASE)
_TAG = re.compile(r"[\[{(](tm|tv|im|ani)db(?:id)?[-= ](\w+)[\]})]", re.IGNORECASE)
_TAGGED = re.compile(r"[\[{][^\]}]*[\]}]")
_YEAR = re.compile(r"\((\d{4})\)\s*\Z")
_WORDS = re.compile(r"[\W_]+")
_EXTRAS = frozenset(
    {
        "shorts", "trailers", "featurettes", "interviews", "extras", "other", "others", "scenes", "clips",
        "behind the scenes", "deleted scenes", "samples", "backdrops", "theme-music",
    }
)  # fmt: skip


class Origin(msgspec.Struct, frozen=True, gc=False):
    """A file as it was when a run took it in, and what its name in the library was made from."""

    file: ScannedFile
    metadata: str | None = None
    video: str | None = None  # of a sidecar: its video in the library


class _Holding(NamedTuple):
    """One video of a show's folder; `episodes` are empty for a film."""

    file: ScannedFile
    season: int
    episodes: tuple[int, ...]


class _Named(NamedTuple):
    """What a show's folder says by its name."""

    title: str
    year: int | None
    ids: Mapping[str, str]  # by provider

    def may_be(self, show: Candidate, *, alone: bool) -> bool:
        """Whether nothing in it speaks against a show; `alone`: no other has its title."""
        if show.provider in self.ids or self.ids.get("anidb", "") not in {"", *_anidb(show)}:
            return False  # one with the show's own id is found by that
        return self.year == show.year if self.year is not None else alone or show.year is None


ReadName: TypeAlias = Callable[[str], ParseResult]


def _nothing(_name: str) -> ParseResult:
    """What an unread name states."""
    return ParseResult()


class Library:
    """The files and `folders` that are in the library before the run. `read` says what a name states.

    `reread` reads a file as those that arrive are read, folders and all.
    """

    def __init__(
        self,
        files: Iterable[ScannedFile] = (),
        origins: Mapping[str, Origin] | None = None,
        folders: Iterable[str] = (),
        read: ReadName = _nothing,
        reread: Callable[[ScannedFile], ParsedFile] | None = None,
    ) -> None:
        self._read, self._reread = read, reread
        self._made = tuple(folder for folder in folders if is_text(folder))
        self._by_place: dict[str, ScannedFile] = {}
        self._videos: dict[str, ScannedFile] = {}
        self._by_inode: dict[tuple[int, int], str] = {}
        self._bare: dict[tuple[str, str], list[str]] | None = None  # by parent and by title or id
        self._folders: dict[str, str] | None = None  # folded -> as it is spelled there
        for file in files:
            self._add(file)
        self._origins = {
            rel: origin for rel, origin in (origins or {}).items() if fold(rel) in self._by_place
        }
        self._by_source = {origin.file.path: rel for rel, origin in self._origins.items()}
        self._shows: _Shows | None = None

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
        """Count the place of a video as free, and those of what runs have put next to it."""
        for rel in sidecars(video.rel, {rel: origin.video for rel, origin in self._origins.items()}):
            self._by_place.pop(fold(rel), None)
        self._by_place.pop(fold(video.rel), None)
        self._videos.pop(fold(video.rel).rpartition(".")[0], None)

    def as_it_came(self, file: ScannedFile) -> ParsedFile:
        """A file of the library under the name that it came with; its own where no run took it in."""
        origin = self._origins.get(file.rel)
        came = origin.file if origin else file
        return ParsedFile(came, self._read(came.name))

    def as_released(self, file: ScannedFile) -> ParsedFile:
        """The same, read as carefully as a file that arrives: to compare it with one."""
        came = self.as_it_came(file)
        return self._reread(came.file) if self._reread else came

    # --- shows ---

    def owner(self, folder: str) -> ShowId | None:
        """The show whose folder this is, as far as a run or an id in its name says so."""
        return self._index().owners.get(fold(folder))

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
                if _named(folder).may_be(show, alone=alone):
                    yield folder

    def _called(self, index: _Shows) -> dict[tuple[str, str], list[str]]:
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for folder in self._made:
            if folder not in index.of_videos:
                parent, named = fold(folder.rpartition("/")[0]), _named(folder)
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
            self._shows = _Shows(self._videos.values(), self._origins)
        return self._shows


class _Shows:
    """The videos of a library by show: what the journal says of them, else what their names do."""

    def __init__(self, videos: Iterable[ScannedFile], origins: Mapping[str, Origin]) -> None:
        self.owners: dict[str, ShowId] = {}  # by folded folder
        self.of_videos: set[str] = set()  # folders with a video in or below them
        self.seasons: defaultdict[tuple[str, int], dict[str, None]] = defaultdict(dict)
        self._slots: defaultdict[Slot, list[ScannedFile]] = defaultdict(list)
        self._known: defaultdict[tuple[ShowId, int], list[ScannedFile]] = defaultdict(list)
        self._of_show: defaultdict[ShowId, dict[str, None]] = defaultdict(dict)  # folders, as an ordered set
        self._in_folder: defaultdict[str, list[_Holding]] = defaultdict(list)
        self._by_tag: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._by_title: defaultdict[str, dict[str, _Named]] = defaultdict(dict)
        for file in videos:
            origin = origins.get(file.rel)
            self._add(file, origin.metadata if origin else None)

    def _add(self, file: ScannedFile, metadata: str | None) -> None:
        self._note(file.folder)
        above, season = _show_folder(file.folder)
        if above is None:
            return
        if above != file.folder and season is not None:
            self.seasons[fold(above), season][file.folder] = None
        self._list(above, holding := _by_name(file, season))
        if slots := slots_of(metadata):
            show, season_of, _ = slots[0]
            self.owners[fold(above)] = show
            self._of_show[show][above] = None
            self._known[show, season_of].append(file)
            for slot in slots:
                self._slots[slot].append(file)
        elif holding:
            self._in_folder[fold(above)].append(holding)

    def _note(self, folder: str) -> None:
        while folder and folder not in self.of_videos:
            self.of_videos.add(folder)
            folder = folder.rpartition("/")[0]

    def _list(self, folder: str, holding: _Holding | None) -> None:
        """Make a folder known by the id and the title in its name."""
        name = folder.rpartition("/")[2]
        media = "tv" if holding and holding.episodes else "movie"
        for found in _TAG.finditer(name):
            self._by_tag[f"{found[1].lower()}db:{media}", found[2]][folder] = None
            if found[1].lower() == "tm" and found[2].isdecimal() and media == "tv":
                self.owners.setdefault(fold(folder), ShowId("tmdb", media, int(found[2])))
        named = _named(folder)
        self._by_title[f"{media}:{named.title}"][folder] = named

    def folders(self, show: Candidate, *, alone: bool) -> Iterator[str]:
        """The folders of a show, the surest first."""
        yield from self._of_show[show.key]
        for folder in self._by_tag.get((f"{show.provider}:{show.media_type}", str(show.id)), ()):
            stated = _YEAR.search(_TAGGED.sub("", folder).strip())  # shows and films are numbered apart
            if stated is None or int(stated[1]) == show.year:
                yield folder
        for title in titles_of(show):
            for folder, named in self._by_title.get(f"{show.media_type}:{title}", {}).items():
                if named.may_be(show, alone=alone):
                    yield folder

    def holders(self, slots: Iterable[Slot], folder: str) -> list[ScannedFile]:
        slots = list(slots)
        known = [file for slot in slots for file in self._slots.get(slot, ())]
        foreign = [
            holding.file
            for holding in self._in_folder.get(fold(folder), ())
            if any(_is_at(holding, season, episode) for _, season, episode in slots)
        ]
        return list(dict.fromkeys([*known, *foreign]))

    def season(self, show: ShowId, season: int, folder: str) -> list[ScannedFile]:
        foreign = [h.file for h in self._in_folder.get(fold(folder), ()) if h.season == season]
        return [*self._known.get((show, season), ()), *foreign]


def _chosen(found: Iterable[str], made: str) -> str:
    known = dict.fromkeys(folder for folder in found if is_text(folder))
    return made if made in known else next(iter(known), made)


def _is_at(holding: _Holding, season: int, episode: int) -> bool:
    return holding.season == season and (episode in holding.episodes or not (episode or holding.episodes))


def _show_folder(folder: str) -> tuple[str | None, int | None]:
    """The show's folder that a video's folder is or lies in, and the season that the latter names."""
    above, _, name = folder.rpartition("/")
    if not folder or name.lower() in _EXTRAS:
        return None, None
    if found := _SEASON.fullmatch(name):
        return above or None, int(found[1]) if found[1] else 0
    return folder, None


def _by_name(file: ScannedFile, season: int | None) -> _Holding | None:
    """What a video's own name says: `S01E02`, `s01e02-e03`, `S01E02-03`; else a film, outside of seasons."""
    found = _EPISODES.search(file.name)
    if not found:
        return _Holding(file, 0, ()) if season is None else None
    numbers = [int(number) for number in _NUMBER.findall(found[2])]
    last = int(found[3]) if found[3] else numbers[-1]
    return _Holding(file, int(found[1]), tuple(range(numbers[0], max(last, numbers[0]) + 1)))


def slots_of(metadata: str | None) -> tuple[Slot, ...]:
    """The episodes, or the film, that a run took a video for; none for an extra."""
    found = _FINGERPRINT.fullmatch(metadata or "")
    if found is None or not (found[5] or found[2] == "movie"):
        return ()
    show = ShowId(found[1], found[2], int(found[3]))
    if not found[5]:
        return ((show, 0, 0),)
    return tuple((show, int(found[4]), int(number)) for number in _NUMBER.findall(found[5]))


def is_longer_or_shorter(file: ScannedFile, slots: Sequence[Slot]) -> bool:
    """Whether a video of the library begins with the first of these episodes, and has not just these."""
    there = _by_name(file, slots[0][1])
    wanted = tuple(episode for _, _, episode in slots)
    return there is not None and there.episodes[:1] == wanted[:1] and there.episodes != wanted


def tags(name: str) -> dict[str, str]:
    """The ids in a folder's name, by provider: `[tmdbid-123]`, `{tvdb-123}`."""
    return {f"{found[1].lower()}db": found[2] for found in _TAG.finditer(name)}


def bare(folder: str) -> str:
    """What a show's folder is called, without ids and year."""
    return _YEAR.sub("", _TAGGED.sub("", folder.rpartition("/")[2]).strip())


def _named(folder: str) -> _Named:
    name = folder.rpartition("/")[2]
    year = _YEAR.search(_TAGGED.sub("", name).strip())
    return _Named(_plain(bare(folder)), int(year[1]) if year else None, tags(name))


def _anidb(show: Candidate) -> Iterator[str]:
    return (str(entry.ids["anidb"]) for entry in show.entries if "anidb" in entry.ids)


def titles_of(show: Candidate) -> list[str]:
    """What a folder of this show may be called, in the order of trust, without marks."""
    every = [*show.titles, *(title for entry in show.entries for title in entry.titles)]
    return list(dict.fromkeys(filter(None, map(_plain, (show.title, *(title.text for title in every))))))


def _plain(title: str) -> str:
    return _WORDS.sub(" ", fold(title)).strip()
