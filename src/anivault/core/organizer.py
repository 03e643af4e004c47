"""Decide where every file goes. Pure: reads its arguments, never the disk.

In: the matched videos, the other files, what the library holds already, a preset.
Out: a Plan; every file is in exactly one of its moves and held ones, in the order given, and no
two targets are equal where case or Unicode form does not count. Nothing is ever overwritten.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias
from zlib import crc32

from anivault.core.models import (
    Candidate,
    Decision,
    FileKind,
    Held,
    HeldReason,
    Identity,
    MatchedFile,
    Mode,
    Move,
    ParsedFile,
    Plan,
    ScannedFile,
)
from anivault.core.planning import sidecars
from anivault.core.planning.extras import extra_name
from anivault.core.planning.library import Library, Show, Slot, titles_of
from anivault.core.planning.naming import LABEL_ROOM, NAME_MAX, Namer, Preset, Subject, cut, finish, fold
from anivault.core.planning.parts import Cut, cut_up, is_complete, number_of
from anivault.core.planning.preference import Choice, called
from anivault.parser.models import EXTRAS, ParseResult, VideoType
from anivault.shared import fs
from anivault.shared.text import is_text

OnConflict: TypeAlias = Literal["hold", "version"]


def plan(
    matched: Sequence[MatchedFile],
    others: Sequence[ParsedFile] = (),
    *,
    library: str,
    roots: Sequence[str],
    mode: Mode,
    preset: Preset,
    taken: Library | None = None,
    on_conflict: OnConflict = "hold",
    prefer: Sequence[str] = (),
    name_max: int = NAME_MAX,
) -> Plan:
    """Plan the videos `matched` and the `others` that follow them.

    Of two files for one episode, or for one place, the better one goes there (planning/preference.py); the
    other is held, or with on_conflict="version" goes beside it under a name that servers read as a version.
    """
    run = _Run(Namer(preset, name_max), mode, taken or Library(), on_conflict, prefer)
    outcomes = run.videos(matched)
    followers = _Followers(run, matched, roots)
    outcomes += [followers.place(item) for item in others]
    return Plan(
        library=library,
        roots=tuple(roots),
        preset=preset.name,
        mode=mode,
        moves=tuple(outcome for outcome in outcomes if isinstance(outcome, Move)),
        held=tuple(outcome for outcome in outcomes if isinstance(outcome, Held)),
    )


class Place(NamedTuple):
    """Where a video should go: folder, name without extension, extension with its dot.

    `key` is folder and name folded: of videos with one key only one can go there, whatever its extension.
    """

    folder: str
    stem: str
    extension: str
    key: str

    @property
    def base(self) -> str:
        """The path relative to the library, without extension."""
        return f"{self.folder}/{self.stem}"

    @property
    def target(self) -> str:
        """The path relative to the library."""
        return f"{self.folder}/{self.stem}{self.extension}"

    def named(self, stem: str) -> Place:
        """The same folder, another name."""
        return Place(self.folder, stem, self.extension, fold(f"{self.folder}/{stem}"))


class Home(NamedTuple):
    """Where a show or film lives; `season` is None for a film."""

    folder: str
    season: int | None


class _Wanted(NamedTuple):
    """A video on its way: the place that its match gives it, and the episodes that it would be there."""

    item: MatchedFile
    place: Place
    slots: tuple[Slot, ...]  # none for an extra
    base: str  # the folder of its show

    @property
    def claims(self) -> tuple[object, ...]:
        """What only one file can have."""
        return (self.place.key, *self.slots)

    def clashes(self, other: _Wanted) -> bool:
        """Whether only one of the two can be had."""
        return self.place.key == other.place.key or not set(self.slots).isdisjoint(other.slots)


Outcome: TypeAlias = Move | Held
_Scope: TypeAlias = tuple[Show, int]


class _Run:
    """One plan in the making: what is claimed so far."""

    def __init__(
        self, namer: Namer, mode: Mode, taken: Library, on_conflict: OnConflict, prefer: Sequence[str]
    ) -> None:
        self.namer, self.mode, self.taken, self.on_conflict = namer, mode, taken, on_conflict
        self.prefer = prefer
        self.stems: set[str] = set()  # folded targets of videos, without extension
        # video -> target without extension, of those that are in the library after the run
        self.bases: dict[int, str] = {}
        self.wanted: dict[int, _Wanted] = {}
        self._folders: dict[tuple[Show, str], str] = {}
        self._seasons: dict[tuple[Show, str, int], str] = {}
        self._owners: dict[str, Show] = {}
        self._folded: dict[str, str] = {}
        self._reasons: dict[int, str] = {}  # by the id of a match; the caller keeps them alive
        self._scopes: dict[_Scope, list[MatchedFile]] | None = None
        self._choices: dict[_Scope, Choice] = {}

    # --- videos ---

    def videos(self, matched: Sequence[MatchedFile]) -> list[Outcome]:
        outcomes: list[Outcome | None] = [None] * len(matched)
        for index, item in enumerate(matched):
            wanted = self._want(item)
            if isinstance(wanted, Held):
                outcomes[index] = self._known(index, item.file) or wanted
            else:
                self.wanted[index] = wanted
                self.stems.add(wanted.place.key)
        for indexes in _rivals(self.wanted):
            for index, outcome in self._settle(indexes):
                outcomes[index] = outcome
        return [outcome for outcome in outcomes if outcome is not None]

    def _want(self, item: MatchedFile) -> _Wanted | Held:
        """The place a video's match gives it, whoever else wants it."""
        subject = _subject(item)
        if item.parsed.type is VideoType.SAMPLE:
            return held(item.file, HeldReason.SAMPLE, "a sample of a video")
        if item.decision is not Decision.MATCHED or subject is None:
            return undecided(item)
        film, extra = subject.candidate.media_type == "movie", item.parsed.type in EXTRAS
        if not film and not extra and (problem := _unnameable(subject)):
            return held(item.file, HeldReason.NO_PLACE, problem)
        show, base = _key(subject.candidate), self._show_folder(subject, item)
        if self._owner(base, show) != show:
            return _shared_folder(item.file, base)
        slots: tuple[Slot, ...] = ()
        if extra:
            folder, stem = self._extra(item, subject, base)
        elif film:
            folder, stem, slots = base, self.namer.film(subject).rpartition("/")[2], ((show, 0, 0),)
        else:
            folder, stem = self._season_folder(subject, base), self.namer.episode(subject)
            slots = tuple([(show, place.season, place.episode) for place in subject.coordinates])
        if not stem:
            return held(item.file, HeldReason.NO_PLACE, "nothing that the preset names is known of it")
        return _Wanted(item, self._at(folder, stem, item.file), slots, base)

    def _owner(self, folder: str, show: Show) -> Show:
        """The show whose folder this is: the first that wants it, where the library knows none."""
        key = fold(folder)
        if (owner := self._owners.get(key)) is None:
            owner = self._owners[key] = (self.taken.owner(folder) if self.taken else None) or show
        return owner

    def _season_folder(self, subject: Subject, base: str) -> str:
        number = subject.coordinates[0].season
        season = _key(subject.candidate), (subject.entry.key if subject.entry else ""), number
        if (folder := self._seasons.get(season)) is None:
            made = "/".join(filter(None, (base, self.namer.season(subject))))
            folder = self.taken.season_of(base, number, made) if self.taken else made
            self._seasons[season] = folder
        return folder

    def _show_folder(self, subject: Subject, item: MatchedFile) -> str:
        show = subject.candidate
        key = _key(show), (subject.entry.key if subject.entry else "")
        if (folder := self._folders.get(key)) is None:
            film = show.media_type == "movie"
            folder = self.namer.film(subject).rpartition("/")[0] if film else self.namer.show(subject)
            if self.taken and self.namer.by_entry:
                folder = self.taken.spelled(folder)
            elif self.taken:
                folder = self.taken.folder_of(show, folder, alone=_is_alone(item))
            self._folders[key] = folder
        return folder

    def home(self, item: MatchedFile) -> Home | None:
        """The folder and season that art near a video is for; None for extras."""
        subject = _subject(item)
        if subject is None or item.parsed.type in EXTRAS:
            return None
        episode = item.coordinates and subject.candidate.media_type != "movie"
        return Home(self._show_folder(subject, item), item.coordinates[0].season if episode else None)

    def _extra(self, item: MatchedFile, subject: Subject, base: str) -> tuple[str, str]:
        entry, parsed = subject.entry, subject.parsed
        season = parsed.season or (entry.season if entry else None)
        stem = cut(extra_name(item.file.name, parsed, season, self.namer), self.namer.room)
        folder = self.namer.extras_folder(parsed.type or VideoType.EXTRA)
        return self.taken.spelled(f"{base}/{folder}"), stem

    def _at(self, folder: str, stem: str, file: ScannedFile) -> Place:
        folded = self._folded.get(folder)
        if folded is None:
            folded = self._folded[folder] = fold(folder)
        return Place(folder, stem, _extension(file), f"{folded}/{fold(stem)}")

    # --- several files for one place ---

    def _settle(self, indexes: list[int]) -> Iterable[tuple[int, Outcome]]:
        """Decide about videos that cannot all be had; often it is one."""
        items = {index: self.wanted[index].item for index in indexes}
        if any(item.parsed.disc or item.parsed.part for item in items.values()):
            cut = cut_up(items, self._choice(self.wanted[indexes[0]]).order)
            yield from self._in_parts(cut)
            indexes = cut.whole
        if len(indexes) == 1:
            yield indexes[0], self._whole(indexes[0], self.wanted[indexes[0]])
        elif indexes:
            yield from self._ranked(indexes)

    def _in_parts(self, cut: Cut) -> Iterable[tuple[int, Outcome]]:
        """What becomes of parts: they go together, and where nothing has the whole."""
        taken = cut.whole or list(cut.parts)
        for index in (*cut.parts, *cut.loose):
            whole = self.wanted[index]
            file, number = whole.item.file, number_of(whole.item) or 1
            part = whole._replace(place=_part(whole.place, number), slots=())
            if found := self._found(part):
                yield index, self._already(index, file, found)
            elif taken and index not in taken:
                better = self.wanted[taken[0]]
                yield index, self._held_for(whole, better, f"{better.item.file.rel} goes there")
            elif there := self._has_whole(whole):
                why = f"the library has it whole: {there.rel}"
                yield index, held(file, HeldReason.TARGET_TAKEN, why, whole.place.target, there.path)
            elif cut.parts or self._completes(cut.loose, whole.place):
                yield index, self._place_or_hold(index, part)
            else:
                why = f"it is part {number}, and the other parts are not here"
                yield index, held(file, HeldReason.NO_PLACE, why)

    def _has_whole(self, wanted: _Wanted) -> ScannedFile | None:
        """The video in the library that is all of this episode or film."""
        holders = self.taken.holders(wanted.slots, wanted.base) if self.taken else []
        whole = (file for file in holders if not _PART.search(file.rel.rpartition(".")[0]))
        return self.taken.video(wanted.place.key) or next(whole, None)

    def _completes(self, loose: Sequence[int], place: Place) -> bool:
        """Whether these parts and those in the library are all."""
        numbers = {number_of(self.wanted[index].item) or 1 for index in loose}
        there = {n for n in range(1, 100) if self.taken.video(_part(place, n).key)}
        return is_complete(numbers | there)

    def _whole(self, index: int, wanted: _Wanted) -> Outcome:
        """A video without a rival in this run; the library may have it in parts."""
        if self.taken and (there := self.taken.video(_part(wanted.place, 1).key)):
            why = f"the library has it in parts: {there.rel}"
            return held(wanted.item.file, HeldReason.TARGET_TAKEN, why, wanted.place.target, there.path)
        return self._place_or_hold(index, wanted)

    def _ranked(self, indexes: list[int]) -> Iterable[tuple[int, Outcome]]:
        """Decide among several videos for one place, or for one episode."""
        order = self._choice(self.wanted[indexes[0]]).order([self.wanted[index].item for index in indexes])
        indexes = [indexes[position] for position in order]
        # Who is in the library already keeps its place, however good the others are.
        indexes.sort(key=lambda index: self._found(self.wanted[index]) is None)
        labels = _labels([self.wanted[index].item for index in indexes], self.namer)
        won: list[_Wanted] = []
        for number, (index, label) in enumerate(zip(indexes, labels, strict=True)):
            wanted = self.wanted[index]
            better = next((other for other in won if other.clashes(wanted)), None)
            if better is None:
                outcome = self._place_or_hold(index, wanted, label)
                won += [wanted] if index in self.bases else []
            else:
                outcome = self._beside(index, wanted, better, (label, number))
            yield index, outcome

    def _choice(self, wanted: _Wanted) -> Choice:
        """The order of the releases of the season that a video is of."""
        scope = _scope(wanted)
        if scope not in self._choices:
            if self._scopes is None:
                self._scopes = {}
                for one in self.wanted.values():
                    self._scopes.setdefault(_scope(one), []).append(one.item)
            there = self.taken.season(*scope, wanted.base) if self.taken else []
            paths = [self.taken.former_path(file) for file in there]
            self._choices[scope] = Choice(self._scopes[scope], self.prefer, paths)
        return self._choices[scope]

    def _place_or_hold(self, index: int, wanted: _Wanted, label: str | None = None) -> Outcome:
        """The one video that a place is for; the library may have it, or another, there already."""
        item, place = wanted.item, wanted.place
        if not self.taken:
            return self._move(index, item, place)
        if found := self._found(wanted):
            return self._already(index, item.file, found)
        holders = self.taken.holders(wanted.slots, wanted.base)
        there = self.taken.video(place.key) or self.taken.at(place.key + place.extension)
        if not there and not holders:
            return self._move(index, item, place)
        if self.on_conflict == "version" and max(len(holders), 1) < self.namer.preset.versions:
            if not there:  # it has a name of its own
                return self._move(index, item, place)
            return self._version(index, wanted, label or _labels([item], self.namer)[0])
        other = there or holders[0]
        return held(
            item.file, HeldReason.TARGET_TAKEN, self._taken_by(wanted, other), place.target, other.path
        )

    def _taken_by(self, wanted: _Wanted, other: ScannedFile) -> str:
        """What the library has in place of a video; of a whole release it is said once."""
        if wanted.slots and self._choice(wanted).count(wanted.item) > 1:
            return f"the library has another release of {_season(wanted)}"
        what = f" of {_said(wanted)}" if wanted.slots else ""
        return f"the library has another file{what}: {other.rel}"

    def _beside(self, index: int, wanted: _Wanted, better: _Wanted, version: tuple[str, int]) -> Outcome:
        """A video whose place a better one takes; as a `version` it would have this label and number."""
        item, (label, number) = wanted.item, version
        if found := self._found(wanted):
            return self._already(index, item.file, found)
        if _same_inode(item.file, better.item.file):
            return self._held_for(wanted, better, f"it is a hard link of {better.item.file.rel}")
        if item.parsed.type in EXTRAS and _release(item) == _release(better.item):
            return self._version(index, wanted, str(number + 1))  # both say too little to differ
        if self.on_conflict == "version" and number < self.namer.preset.versions:
            if wanted.place.key != better.place.key and not self.taken.video(wanted.place.key):
                return self._move(index, item, wanted.place)  # it has a name of its own
            return self._version(index, wanted, label)
        return self._held_for(wanted, better, self._why(wanted, better))

    def _why(self, wanted: _Wanted, better: _Wanted) -> str:
        """Why a video has to stay: said of the whole release where that was chosen for the season."""
        item, winner, choice = wanted.item, better.item, self._choice(wanted)
        there = self._found(better) is not None
        why = "it is in the library already" if there else choice.advantage(winner, item)
        if set(wanted.slots) == set(better.slots) and choice.is_of_season(winner, item):
            return f"{called(winner)} is the release for {_season(wanted)}: {why}"
        shared = "" if wanted.slots == better.slots else f" and has {_said(better)}"
        return f"{winner.file.rel} goes there{shared}: {why}"

    def _held_for(self, wanted: _Wanted, better: _Wanted, why: str) -> Held:
        target = wanted.place.target
        return held(wanted.item.file, HeldReason.SAME_TARGET, why, target, better.item.file.path)

    def _version(self, index: int, wanted: _Wanted, label: str) -> Outcome:
        """The first free version name; a file that is there under one of them stays."""
        item, place = wanted.item, wanted.place
        for count in range(1, 100):
            text = label if count == 1 else f"{cut(label, LABEL_ROOM - 6)} {count}"
            version = place.named(f"{place.stem} - {cut(text, LABEL_ROOM - 3)}")
            if found := self._found(wanted._replace(place=version)):
                return self._already(index, item.file, found)
            if version.key not in self.stems and self.taken.video(version.key) is None:
                return self._move(index, item, version)
        return held(item.file, HeldReason.SAME_TARGET, f"{place.target} has a hundred versions", place.target)

    def _found(self, wanted: _Wanted) -> str | None:
        """Where the library has this very file: a hard link, one that a run took in, a copy at its place."""
        file, place = wanted.item.file, wanted.place
        if file.identity is None or not self.taken:
            return None
        if there := self.taken.has(file):
            return there
        copy = self.taken.at(place.key + place.extension)
        return copy.rel if copy and copy.identity and _is_copy(file.identity, copy.identity) else None

    def _known(self, index: int, file: ScannedFile) -> Held | None:
        """A file that is in the library, whatever today's match says of it."""
        there = self.taken.has(file) if self.taken else None
        return self._already(index, file, there) if there else None

    def _already(self, index: int, file: ScannedFile, there: str) -> Held:
        self.bases[index] = there.rpartition(".")[0]
        return held(file, HeldReason.ALREADY_THERE, there, there)

    def _move(self, index: int, item: MatchedFile, place: Place) -> Move:
        self.bases[index] = place.base
        self.stems.add(place.key)
        file = item.file
        return Move(
            root=file.root, rel=file.rel, target=place.target, mode=self.mode,
            identity=file.identity or Identity(0, 0), reason=self._reason(item),
            metadata=fingerprint(item), crc32=item.parsed.crc32,
        )  # fmt: skip

    def _reason(self, item: MatchedFile) -> str:
        match = item.match
        if (known := self._reasons.get(id(match))) is None:
            title = match.best.candidate.title if match.best else ""
            known = self._reasons[id(match)] = f"{title}, {match.confidence:.0%}"
        return known


class _Gone:
    """Videos that earlier runs took in and that are not here any more: what was left behind follows them.

    By their old names, not by their numbers: a flat folder has seen many a fifth episode.
    """

    def __init__(self, taken: Library, roots: Sequence[str], here: Collection[str]) -> None:
        went = [(rel, origin) for rel, origin in taken.videos_taken_in() if origin.file.path not in here]
        self.places = [rel for rel, _ in went]
        self.films = [":movie:" in (origin.metadata or "") for _, origin in went]
        self.files = [_below(origin.file, roots) for _, origin in went]
        self.videos = sidecars.Videos(self.files, [ParseResult()] * len(went))

    def lone(self, file: ScannedFile) -> int | None:
        """A video near `file`, where all that were near it have gone to one folder."""
        near = self.videos.near(file)
        folders = {self.places[index].rpartition("/")[0] for index in near}
        return near[0] if len(folders) == 1 else None


def _below(file: ScannedFile, roots: Sequence[str]) -> ScannedFile:
    """The same file, relative to the one of `roots` that it lies in, if any."""
    for root in sorted(roots, key=len, reverse=True):
        if file.path.startswith(os.path.join(root, "")):
            return ScannedFile(root, file.path[len(os.path.join(root, "")) :], file.kind, file.identity)
    return file


class _Followers:
    """What goes with the videos of a run: beside them, into a folder of fonts, or as art of their show."""

    def __init__(self, run: _Run, matched: Sequence[MatchedFile], roots: Sequence[str]) -> None:
        self.run, self.matched, self.namer, self.taken = run, matched, run.namer, run.taken
        self.roots = roots
        self.videos = sidecars.Videos([item.file for item in matched], [item.parsed for item in matched])
        self.claimed: set[str] = set()  # folded targets

    @cached_property
    def gone(self) -> _Gone:
        return _Gone(self.taken, self.roots, {item.file.path for item in self.matched})

    def place(self, item: ParsedFile) -> Outcome:
        """Find the video or folder that `item` belongs to, and its name there."""
        file = item.file
        if self.taken and (there := self.taken.has(file)):
            return held(file, HeldReason.ALREADY_THERE, there, there)
        if file.kind is FileKind.OTHER and not sidecars.is_chapters(file.name):
            return held(file, HeldReason.JUNK, "no part of a library")
        if file.kind is FileKind.FONT:
            return self._font(file)
        if owner := self.videos.owner(item):
            if item.unreadable and not file.name.startswith(_stem(self.matched[owner.video].file)):
                return held(file, HeldReason.UNREADABLE_NAME, item.unreadable)
            return self._beside(item, owner)
        if self.taken and (found := self.gone.videos.owner(item) or self.gone.videos.named(item)):
            return self._after(item, found)
        if art := sidecars.folder_art(file):
            return self._art(file, art)
        reason = HeldReason.JUNK if file.kind in {FileKind.IMAGE, FileKind.NFO} else HeldReason.NO_VIDEO
        return held(file, reason, "no video here has its name")

    def _beside(self, item: ParsedFile, owner: sidecars.Owner) -> Outcome:
        video, base = self.matched[owner.video], self.run.bases.get(owner.video)
        if base is None or not is_text(base):  # the library may hold names of any bytes
            return held(item.file, HeldReason.NO_VIDEO, f"its video stays: {video.file.rel}")
        return self._named(item, owner, base, video.file, film=_is_film(video))

    def _after(self, item: ParsedFile, owner: sidecars.Owner) -> Outcome:
        """Beside a video that an earlier run took in."""
        base, video = self.gone.places[owner.video].rpartition(".")[0], self.gone.files[owner.video]
        return self._named(item, owner, base, video, film=self.gone.films[owner.video])

    def _named(
        self, item: ParsedFile, owner: sidecars.Owner, base: str, video: ScannedFile, *, film: bool
    ) -> Outcome:
        room = self.namer.name_max - len(base.rpartition("/")[2].encode("utf-8"))
        names = (f"{base}{suffix}" for suffix in sidecars.suffixes(item, owner, film, self.namer, room))
        return self._first_free(item.file, names, video, f"{base}{_extension(video)}")

    def _font(self, file: ScannedFile) -> Outcome:
        for index in self.videos.near(file):
            if (base := self.run.bases.get(index)) is not None and is_text(base):
                return self._font_near(file, base, self.matched[index].file)
        if self.taken and (gone := self.gone.lone(file)) is not None:
            return self._font_near(file, self.gone.places[gone].rpartition(".")[0], self.gone.files[gone])
        return held(file, HeldReason.NO_VIDEO, "no video near it is planned")

    def _font_near(self, file: ScannedFile, base: str, video: ScannedFile) -> Outcome:
        stem, extension = file.name.rpartition(".")[0], _extension(file)
        name = cut(finish(self.namer.clean(stem)), self.namer.room) or "font"
        names = [f"{base.rpartition('/')[0]}/fonts/{name}{extension}"]
        return self._first_free(file, names, video, f"{base}{_extension(video)}")

    def _art(self, file: ScannedFile, word: str) -> Outcome:
        """A picture or NFO of a whole folder, when all its videos are of one show or film."""
        near = [index for index in self.videos.near(file) if index in self.run.bases]
        homes = {self.run.home(self.matched[index]) for index in near} - {None}
        if len({home.folder for home in homes if home}) != 1:
            return held(file, HeldReason.NO_VIDEO, "its folder is not of one show")
        index = next(index for index in near if self.run.home(self.matched[index]))
        folder = self.run.home(self.matched[index])
        name = self._art_name(word, {home.season for home in homes if home}, self.matched[index])
        if name is None or folder is None:
            return held(file, HeldReason.JUNK, "no server shows such a file here")
        video = self.matched[index].file
        target = f"{folder.folder}/{name}{_extension(file)}"
        return self._first_free(file, [target], video, f"{self.run.bases[index]}{_extension(video)}")

    def _art_name(self, word: str, seasons: set[int | None], item: MatchedFile) -> str | None:
        """The name below the show's or film's folder. A poster beside one later season is that season's."""
        lone = next(iter(seasons)) if len(seasons) == 1 else None
        film = None in seasons
        if word in {"movie", "tvshow"}:
            return word if film == (word == "movie") else None
        subject = _subject(item)
        if word == "season":
            return None if lone is None or subject is None else f"{self.namer.season(subject)}/season"
        if word == "poster" and lone not in {None, 1} and subject is not None:
            return (self.namer.season_poster if lone else self.namer.specials_poster)(subject)
        return word

    def _first_free(
        self, file: ScannedFile, names: Iterable[str], video: ScannedFile, beside: str
    ) -> Outcome:
        target = None
        for target in names:
            key = fold(target)
            there = self.taken.at(key)
            if there and there.identity and file.identity and _is_copy(file.identity, there.identity):
                return held(file, HeldReason.ALREADY_THERE, there.rel)
            if there is None and key not in self.claimed:
                self.claimed.add(key)
                return Move(
                    root=file.root, rel=file.rel, target=target, mode=self.run.mode, video=beside,
                    identity=file.identity or Identity(0, 0), reason=f"goes with {video.name}",
                )  # fmt: skip
        if target is None:
            return held(file, HeldReason.JUNK, "no server shows such a file")
        reason = HeldReason.SAME_TARGET if fold(target) in self.claimed else HeldReason.TARGET_TAKEN
        return held(file, reason, f"another file is {target}")


def _stem(file: ScannedFile) -> str:
    return file.name.rpartition(".")[0]


_PART = re.compile(r" - cd\d+\Z")


def _part(place: Place, number: int) -> Place:
    return place.named(f"{place.stem} - cd{number}")


def _rivals(wanted: Mapping[int, _Wanted]) -> Iterable[list[int]]:
    """Put videos together that cannot all be had; each is in one list, in the order given."""
    leaders: dict[int, int] = {}

    def leader(index: int) -> int:
        while (above := leaders.get(index, index)) != index:
            index = above
        return index

    first: dict[object, int] = {}
    for index, one in wanted.items():
        for claim in one.claims:
            if (other := first.setdefault(claim, index)) != index:
                low, high = sorted((leader(other), leader(index)))
                if low != high:
                    leaders[high] = low
    crowds: dict[int, list[int]] = {}
    for index in wanted:
        crowds.setdefault(leader(index) if leaders else index, []).append(index)
    return crowds.values()


def _scope(wanted: _Wanted) -> _Scope:
    """What a release is chosen for: a season, a film; of extras, their show's."""
    best = wanted.item.match.best
    show = wanted.slots[0][0] if wanted.slots or best is None else _key(best.candidate)
    return show, wanted.slots[0][1] if wanted.slots else -1


def _said(wanted: _Wanted) -> str:
    """The episodes that a video is, in words."""
    if not wanted.slots:
        return "this extra"
    if wanted.slots[0][0][1] == "movie":
        return "this film"
    first, last = wanted.slots[0], wanted.slots[-1]
    return f"S{first[1]:02}E{first[2]:02}" + (f"-E{last[2]:02}" if last != first else "")


def _season(wanted: _Wanted) -> str:
    return f"season {wanted.slots[0][1]}" if wanted.slots[0][0][1] == "tv" else "this film"


def _is_alone(item: MatchedFile) -> bool:
    """Whether no other show that the release could be has the same title."""
    first, *others = (ranked.candidate for ranked in item.match.ranked)
    titles = set(titles_of(first))
    return all(titles.isdisjoint(titles_of(other)) for other in others)


def held(file: ScannedFile, reason: HeldReason, detail: str, place: str = "", other: str = "") -> Held:
    """A file that stays."""
    return Held(root=file.root, rel=file.rel, reason=reason, detail=detail, place=place, other=other)


def undecided(item: MatchedFile) -> Held:
    """Hold a video whose show, or whose place in it, is not sure."""
    known = item.match.decision is Decision.MATCHED
    reasons = item.reasons if known else item.match.reasons  # of an unsure show the place tells nothing
    if known:
        reason = HeldReason.NO_PLACE
    elif item.decision is Decision.AMBIGUOUS:
        reason = HeldReason.AMBIGUOUS
    else:
        reason = HeldReason.UNREADABLE_NAME if item.parsed.title is None else HeldReason.UNMATCHED
    return held(item.file, reason, " ".join(reasons))


def _unnameable(subject: Subject) -> str | None:
    """Why no server could read these episodes from one name."""
    coordinates = subject.coordinates
    if len(coordinates) == 1:
        return None
    if not coordinates:
        return "its number has no season and episode"
    if any(after.season != coordinates[0].season for after in coordinates):
        return "its episodes are of two seasons; a server reads one"
    if any(after.episode != before.episode + 1 for before, after in pairwise(coordinates)):
        return "its episodes do not follow one another; a server would read a range"
    return None


def _shared_folder(file: ScannedFile, folder: str) -> Held:
    why = f"another show has the folder {folder}; a preset with {{id}} in it tells them apart"
    return held(file, HeldReason.SAME_TARGET, why, folder)


def _subject(item: MatchedFile) -> Subject | None:
    best = item.match.best
    return Subject(best.candidate, best.entry, item.parsed, item.coordinates) if best else None


def _is_film(item: MatchedFile) -> bool:
    return item.match.best is not None and item.match.best.candidate.media_type == "movie"


def _key(candidate: Candidate) -> Show:
    return candidate.provider, candidate.media_type, candidate.id


_EXTENSION = re.compile(r"[a-z0-9!_-]{1,10}")


def _extension(file: ScannedFile) -> str:
    """The extension in lower case with its dot; empty when there is none that is plain."""
    _, dot, extension = file.rel.rpartition(".")
    return _plain_extension(extension.lower()) if dot else ""


@lru_cache(maxsize=256)
def _plain_extension(extension: str) -> str:
    return f".{extension}" if _EXTENSION.fullmatch(extension) else ""


def fingerprint(item: MatchedFile) -> str | None:
    """What a video's name is made from: `tmdb:tv:30984:S01E02E03:` and a checksum of the words in it.

    `verify` compares it with today's, so that a renumbered or renamed episode is noticed.
    """
    best = item.match.best
    if best is None:
        return None
    show, places = best.candidate, item.coordinates
    numbers = f":S{places[0].season:02}" if places else ""
    words = f"{show.title}\n{show.year}"
    for place in places:
        numbers += f"E{place.episode:02}"
        words += f"\n{place.title}"
    checksum = crc32(words.encode("utf-8", "replace"))
    return f"{show.provider}:{show.media_type}:{show.id}{numbers}:{checksum:08x}"


def _release(item: MatchedFile) -> tuple[str, str, str | None]:
    return item.file.root, item.file.folder, item.parsed.group


def _same_inode(one: ScannedFile, two: ScannedFile) -> bool:
    a, b = one.identity, two.identity
    return bool(a and b and a.inode and (a.device, a.inode) == (b.device, b.inode))


def _is_copy(source: Identity, there: Identity) -> bool:
    """Tell whether the file there is this one or its copy: same size, and time as its disk keeps it."""
    if source.inode and (source.device, source.inode) == (there.device, there.inode):
        return True
    return source.size == there.size and fs.same_time(source.mtime_ns, there.mtime_ns)


def _labels(items: Sequence[MatchedFile], namer: Namer) -> list[str]:
    """For each file what tells it from the others: resolution, group, source, codec, version."""
    rows = [_traits(item.parsed) for item in items]
    telling = [column for column in range(5) if len({row[column] for row in rows}) > 1]
    return [
        finish(namer.clean(" ".join(filter(None, (row[c] for c in telling))))) or "Version" for row in rows
    ]


def _traits(parsed: ParseResult) -> tuple[str, ...]:
    version = f"v{parsed.version or 1}"
    return parsed.resolution or "", parsed.group or "", parsed.source or "", parsed.video_codec or "", version
