"""Decide where every file goes. Pure: reads its arguments, never the disk.

In: the matched videos, the other files, what the library holds already, a preset.
Out: a Plan; every file is in exactly one of its moves and held ones, in the order given, and no
two targets are equal where case or Unicode form does not count. Nothing is ever overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
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
from anivault.core.planning.naming import LABEL_ROOM, NAME_MAX, Namer, Preset, Subject, cut, finish, fold
from anivault.core.planning.parts import Cut, cut_up, is_complete, number_of
from anivault.core.planning.preference import advantage, best_first
from anivault.parser.models import EXTRAS, ParseResult, VideoType
from anivault.shared.text import is_text

OnConflict: TypeAlias = Literal["hold", "version"]


class Library:
    """The files that are in the library before the run, by place and by inode."""

    def __init__(self, files: Iterable[ScannedFile] = ()) -> None:
        self._by_place: dict[str, ScannedFile] = {}
        self._videos: dict[str, ScannedFile] = {}
        self._by_inode: dict[tuple[int, int], str] = {}
        self._folders: dict[str, str] | None = None  # folded -> as it is spelled there
        for file in files:
            key = fold(file.rel)
            self._by_place[key] = file
            if file.kind is FileKind.VIDEO:
                self._videos[key.rpartition(".")[0]] = file
            if file.identity and file.identity.inode:
                self._by_inode[file.identity.device, file.identity.inode] = file.rel

    def __bool__(self) -> bool:
        return bool(self._by_place)

    def at(self, key: str) -> ScannedFile | None:
        """The file at a folded place."""
        return self._by_place.get(key)

    def video(self, key: str) -> ScannedFile | None:
        """The video at a folded place that is given without extension."""
        return self._videos.get(key)

    def spelled(self, folder: str) -> str:
        """A folder as the library spells it already, where it differs in case or Unicode form only."""
        if not self:
            return folder
        if self._folders is None:
            self._folders = self._all_folders()
        found, _, name = folder.rpartition("/")
        path = f"{self.spelled(found)}/{name}" if found else name
        return self._folders.get(fold(path), path)

    def _all_folders(self) -> dict[str, str]:
        folders: dict[str, str] = {}
        for file in self._by_place.values():
            folder = file.folder
            while folder and is_text(folder) and fold(folder) not in folders:
                folders[fold(folder)] = folder
                folder = folder.rpartition("/")[0]
        return folders

    def link_of(self, identity: Identity) -> str | None:
        """Where the very same file is in the library, under whatever name."""
        return self._by_inode.get((identity.device, identity.inode))


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
    name_max: int = NAME_MAX,
) -> Plan:
    """Plan the videos `matched` and the `others` that follow them.

    Of two files for one place the better one goes there (planning/preference.py); the other is held, or with
    on_conflict="version" goes beside it under a name that the server reads as another version.
    """
    run = _Run(Namer(preset, name_max), mode, taken or Library(), on_conflict)
    outcomes = run.videos(matched)
    followers = _Followers(run, matched)
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


class _Rival(NamedTuple):
    """The better file for a place, and what the other would be called as its `number`th version."""

    winner: MatchedFile
    label: str
    number: int


Outcome: TypeAlias = Move | Held
_Show: TypeAlias = tuple[str, str, int]


class _Run:
    """One plan in the making: what is claimed so far."""

    def __init__(self, namer: Namer, mode: Mode, taken: Library, on_conflict: OnConflict) -> None:
        self.namer, self.mode, self.taken, self.on_conflict = namer, mode, taken, on_conflict
        self.stems: set[str] = set()  # folded targets of videos, without extension
        # video -> target without extension, of those that are in the library after the run
        self.bases: dict[int, str] = {}
        self._folders: dict[tuple[_Show, str], str] = {}
        self._seasons: dict[tuple[_Show, str, int], str] = {}
        self._owners: dict[str, _Show] = {}
        self._folded: dict[str, str] = {}
        self._reasons: dict[int, str] = {}  # by the id of a match; the caller keeps them alive

    # --- videos ---

    def videos(self, matched: Sequence[MatchedFile]) -> list[Outcome]:
        outcomes: list[Outcome | None] = [None] * len(matched)
        places: dict[int, Place] = {}
        rivals: dict[str, list[int]] = {}
        for index, item in enumerate(matched):
            place = self._place(item)
            if isinstance(place, Held):
                outcomes[index] = place
            else:
                places[index] = place
                rivals.setdefault(place.key, []).append(index)
        self.stems.update(rivals)
        for indexes in rivals.values():
            for index, outcome in self._settle(indexes, matched, places):
                outcomes[index] = outcome
        return [outcome for outcome in outcomes if outcome is not None]

    def _place(self, item: MatchedFile) -> Place | Held:
        """The place a video's match gives it, whoever else wants it."""
        subject = _subject(item)
        if item.parsed.type is VideoType.SAMPLE:
            return held(item.file, HeldReason.SAMPLE, "a sample of a video")
        if item.decision is not Decision.MATCHED or subject is None:
            return undecided(item)
        if item.parsed.type in EXTRAS:
            return self._extra(item.file, subject)
        if subject.candidate.media_type == "movie":
            return self._film(item.file, subject)
        return self._episode(item.file, subject)

    def _episode(self, file: ScannedFile, subject: Subject) -> Place | Held:
        if problem := _unnameable(subject):
            return held(file, HeldReason.NO_PLACE, problem)
        show = _key(subject.candidate)
        season = show, (subject.entry.key if subject.entry else ""), subject.coordinates[0].season
        folder = self._seasons.get(season)
        if folder is None:
            base = self._show_folder(subject)
            if self._owners.setdefault(fold(base), show) != show:
                return held(file, HeldReason.SAME_TARGET, _shared_folder(base))
            path = "/".join(filter(None, (base, self.namer.season(subject))))
            folder = self._seasons[season] = self.taken.spelled(path)
        return self._at(folder, self.namer.episode(subject), file)

    def _film(self, file: ScannedFile, subject: Subject) -> Place | Held:
        stem = self.namer.film(subject).rpartition("/")[2]
        folder = self._show_folder(subject)
        show = _key(subject.candidate)
        if self._owners.setdefault(fold(folder), show) != show:
            return held(file, HeldReason.SAME_TARGET, _shared_folder(folder))
        return self._at(folder, stem, file)

    def _show_folder(self, subject: Subject) -> str:
        key = _key(subject.candidate), (subject.entry.key if subject.entry else "")
        if key not in self._folders:
            film = subject.candidate.media_type == "movie"
            folder = self.namer.film(subject).rpartition("/")[0] if film else self.namer.show(subject)
            self._folders[key] = self.taken.spelled(folder)
        return self._folders[key]

    def home(self, item: MatchedFile) -> Home | None:
        """The folder and season that art near a video is for; None for extras."""
        subject = _subject(item)
        if subject is None or item.parsed.type in EXTRAS:
            return None
        episode = item.coordinates and subject.candidate.media_type != "movie"
        return Home(self._show_folder(subject), item.coordinates[0].season if episode else None)

    def _extra(self, file: ScannedFile, subject: Subject) -> Place | Held:
        base, show = self._show_folder(subject), _key(subject.candidate)
        if self._owners.setdefault(fold(base), show) != show:
            return held(file, HeldReason.SAME_TARGET, _shared_folder(base))
        entry, parsed = subject.entry, subject.parsed
        season = parsed.season or (entry.season if entry else None)
        stem = cut(extra_name(file.name, parsed, season, self.namer), self.namer.room)
        folder = self.namer.extras_folder(parsed.type or VideoType.EXTRA)
        return self._at(self.taken.spelled(f"{base}/{folder}"), stem, file)

    def _at(self, folder: str, stem: str, file: ScannedFile) -> Place | Held:
        if not stem:
            return held(file, HeldReason.NO_PLACE, "nothing that the preset names is known of it")
        folded = self._folded.get(folder)
        if folded is None:
            folded = self._folded[folder] = fold(folder)
        return Place(folder, stem, _extension(file), f"{folded}/{fold(stem)}")

    # --- several files for one place ---

    def _settle(
        self, indexes: list[int], matched: Sequence[MatchedFile], places: Mapping[int, Place]
    ) -> Iterable[tuple[int, Outcome]]:
        """Decide about the videos whose names differ in the extension at most."""
        if any(matched[index].parsed.disc or matched[index].parsed.part for index in indexes):
            cut = cut_up({index: matched[index] for index in indexes}, self.namer.preset)
            yield from self._in_parts(cut, matched, places)
            indexes = cut.whole
        if len(indexes) == 1:
            yield indexes[0], self._whole(indexes[0], matched[indexes[0]], places[indexes[0]])
        elif indexes:
            yield from self._rivals(indexes, matched, places)

    def _in_parts(
        self, cut: Cut, matched: Sequence[MatchedFile], places: Mapping[int, Place]
    ) -> Iterable[tuple[int, Outcome]]:
        """What becomes of parts: they go together, and where nothing has the whole."""
        taken = cut.whole or list(cut.parts)
        for index in (*cut.parts, *cut.loose):
            item, number = matched[index], number_of(matched[index]) or 1
            place = places[index].named(f"{places[index].stem} - cd{number}")
            if found := self._found(item.file, place):
                yield index, self._stays(index, item.file, found)
            elif taken and index not in taken:
                why = f"{matched[taken[0]].file.rel} goes there"
                yield index, held(item.file, HeldReason.SAME_TARGET, why)
            elif there := self.taken.video(places[index].key):
                why = f"the library has it whole: {there.rel}"
                yield index, held(item.file, HeldReason.TARGET_TAKEN, why)
            elif cut.parts or self._completes(cut.loose, matched, places[index]):
                yield index, self._place_or_hold(index, item, place)
            else:
                why = f"it is part {number}, and the other parts are not here"
                yield index, held(item.file, HeldReason.NO_PLACE, why)

    def _completes(self, loose: Sequence[int], matched: Sequence[MatchedFile], place: Place) -> bool:
        """Whether these parts and those in the library are all."""
        numbers = {number_of(matched[index]) or 1 for index in loose}
        there = {n for n in range(1, 100) if self.taken.video(place.named(f"{place.stem} - cd{n}").key)}
        return is_complete(numbers | there)

    def _whole(self, index: int, item: MatchedFile, place: Place) -> Outcome:
        """A video without a rival in this run; the library may have it in parts."""
        if self.taken and (there := self.taken.video(place.named(f"{place.stem} - cd1").key)):
            return held(item.file, HeldReason.TARGET_TAKEN, f"the library has it in parts: {there.rel}")
        return self._place_or_hold(index, item, place)

    def _rivals(
        self, indexes: list[int], matched: Sequence[MatchedFile], places: Mapping[int, Place]
    ) -> Iterable[tuple[int, Outcome]]:
        """Decide among several videos for one place."""
        rivals = [matched[index] for index in indexes]
        indexes = [indexes[position] for position in best_first(rivals, self.namer.preset)]
        # Who is in the library already keeps its place, however good the others are.
        indexes.sort(key=lambda index: self._found(matched[index].file, places[index]) is None)
        first = indexes[0]
        yield first, self._place_or_hold(first, matched[first], places[first])
        labels = _labels([matched[index] for index in indexes], self.namer)
        for number, (index, label) in enumerate(zip(indexes[1:], labels[1:], strict=True), 1):
            rival = _Rival(matched[first], label, number)
            yield index, self._beside(index, matched[index], places[index], rival)

    def _place_or_hold(self, index: int, item: MatchedFile, place: Place) -> Outcome:
        """The one video that a place is for; the library may have it, or another, there already."""
        if found := self._found(item.file, place):
            return self._stays(index, item.file, found)
        there = self.taken and (self.taken.video(place.key) or self.taken.at(place.key + place.extension))
        if not there:
            return self._move(index, item, place)
        if self.on_conflict == "version" and self.namer.preset.versions > 1:
            return self._version(index, item, place, _labels([item], self.namer)[0])
        return held(item.file, HeldReason.TARGET_TAKEN, f"the library has another file there: {there.rel}")

    def _beside(self, index: int, item: MatchedFile, place: Place, rival: _Rival) -> Outcome:
        """A video whose place a better one takes."""
        if found := self._found(item.file, place):
            return self._stays(index, item.file, found)
        if _same_inode(item.file, rival.winner.file):
            return held(item.file, HeldReason.SAME_TARGET, f"it is a hard link of {rival.winner.file.rel}")
        if item.parsed.type in EXTRAS and _release(item) == _release(rival.winner):
            return self._version(index, item, place, str(rival.number + 1))  # both say too little to differ
        if self.on_conflict == "version" and rival.number < self.namer.preset.versions:
            return self._version(index, item, place, rival.label)
        why = f"{rival.winner.file.rel} goes there: {advantage(rival.winner, item, self.namer.preset)}"
        return held(item.file, HeldReason.SAME_TARGET, why)

    def _version(self, index: int, item: MatchedFile, place: Place, label: str) -> Outcome:
        """The first free version name; a file that is there under one of them stays."""
        for count in range(1, 100):
            text = label if count == 1 else f"{cut(label, LABEL_ROOM - 6)} {count}"
            version = place.named(f"{place.stem} - {cut(text, LABEL_ROOM - 3)}")
            if found := self._found(item.file, version):
                return self._stays(index, item.file, found)
            if version.key not in self.stems and self.taken.video(version.key) is None:
                return self._move(index, item, version)
        return held(item.file, HeldReason.SAME_TARGET, f"{place.target} has a hundred versions")

    def _stays(self, index: int, file: ScannedFile, found: str) -> Held:
        """A file that the library has already; what goes with it finds it there."""
        self.bases[index] = found.rpartition(".")[0]
        return held(file, HeldReason.ALREADY_THERE, found)

    def _found(self, file: ScannedFile, place: Place) -> str | None:
        """Where the library has this very file: a hard link anywhere, or a copy at its place."""
        if file.identity is None or not self.taken:
            return None
        if link := self.taken.link_of(file.identity):
            return link
        there = self.taken.at(place.key + place.extension)
        return there.rel if there and there.identity and _is_copy(file.identity, there.identity) else None

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


class _Followers:
    """What goes with the videos of a run: beside them, into a folder of fonts, or as art of their show."""

    def __init__(self, run: _Run, matched: Sequence[MatchedFile]) -> None:
        self.run, self.matched, self.namer, self.taken = run, matched, run.namer, run.taken
        self.videos = sidecars.Videos([item.file for item in matched], [item.parsed for item in matched])
        self.claimed: set[str] = set()  # folded targets

    def place(self, item: ParsedFile) -> Outcome:
        """Find the video or folder that `item` belongs to, and its name there."""
        file = item.file
        if file.identity and (link := self.taken.link_of(file.identity)):
            return held(file, HeldReason.ALREADY_THERE, link)
        if file.kind is FileKind.OTHER and not sidecars.is_chapters(file.name):
            return held(file, HeldReason.JUNK, "no part of a library")
        if file.kind is FileKind.FONT:
            return self._font(file)
        if owner := self.videos.owner(item):
            if item.unreadable and not file.name.startswith(_stem(self.matched[owner.video].file)):
                return held(file, HeldReason.UNREADABLE_NAME, item.unreadable)
            return self._beside(item, owner)
        if art := sidecars.folder_art(file):
            return self._art(file, art)
        reason = HeldReason.JUNK if file.kind in {FileKind.IMAGE, FileKind.NFO} else HeldReason.NO_VIDEO
        return held(file, reason, "no video here has its name")

    def _beside(self, item: ParsedFile, owner: sidecars.Owner) -> Outcome:
        video, base = self.matched[owner.video], self.run.bases.get(owner.video)
        if base is None or not is_text(base):  # the library may hold names of any bytes
            return held(item.file, HeldReason.NO_VIDEO, f"its video stays: {video.file.rel}")
        room = self.namer.name_max - len(base.rpartition("/")[2].encode("utf-8"))
        suffixes = sidecars.suffixes(item, owner, _is_film(video), self.namer, room)
        names = (f"{base}{suffix}" for suffix in suffixes)
        return self._first_free(item.file, names, video.file, f"{base}{_extension(video.file)}")

    def _font(self, file: ScannedFile) -> Outcome:
        for index in self.videos.near(file):
            if (base := self.run.bases.get(index)) is not None and is_text(base):
                stem, extension = file.name.rpartition(".")[0], _extension(file)
                name = cut(finish(self.namer.clean(stem)), self.namer.room) or "font"
                folder = base.rpartition("/")[0]
                video = self.matched[index].file
                names = [f"{folder}/fonts/{name}{extension}"]
                return self._first_free(file, names, video, f"{base}{_extension(video)}")
        return held(file, HeldReason.NO_VIDEO, "no video near it is planned")

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


def held(file: ScannedFile, reason: HeldReason, detail: str) -> Held:
    """A file that stays."""
    return Held(root=file.root, rel=file.rel, reason=reason, detail=detail)


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


def _shared_folder(folder: str) -> str:
    return f"another show has the folder {folder}; a preset with {{id}} in it tells them apart"


def _subject(item: MatchedFile) -> Subject | None:
    best = item.match.best
    return Subject(best.candidate, best.entry, item.parsed, item.coordinates) if best else None


def _is_film(item: MatchedFile) -> bool:
    return item.match.best is not None and item.match.best.candidate.media_type == "movie"


def _key(candidate: Candidate) -> _Show:
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
    """Tell whether the file there is this one or its copy: same size, same time within two seconds."""
    if source.inode and (source.device, source.inode) == (there.device, there.inode):
        return True
    return source.size == there.size and abs(source.mtime_ns - there.mtime_ns) < 2_000_000_000


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
