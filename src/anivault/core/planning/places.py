"""Decide where a video should go, whether or not the place is free: folder, name, and its episodes. Pure.

In: a matched video, a Namer, what the library holds. Out: a Wanted, or a Held where no server could read it.
"""

from __future__ import annotations

import os
from functools import lru_cache
from itertools import pairwise

from msgspec.structs import replace

from anivault.core.causes import Cause
from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    Held,
    HeldReason,
    MatchedFile,
    Ranked,
    ScannedFile,
    ShowId,
)
from anivault.core.planning.library import Library
from anivault.core.planning.naming.characters import cut, fold
from anivault.core.planning.naming.extras import extra_name
from anivault.core.planning.naming.fields import Subject
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.said import titles_of
from anivault.core.planning.wanted import Folder, Home, Place, Shelf, Slot, Wanted
from anivault.parser.models import EXTRAS, VideoType
from anivault.shared import regex as re

_RANGE_MAX = 999  # the last episode of a range that every server reads


class Places:
    """The folders and names of one plan; a show keeps the folder that it was given first.

    `described`: an NFO file beside each episode says what its name cannot.
    """

    def __init__(self, namer: Namer, taken: Library, *, described: bool) -> None:
        self.namer, self.taken, self.described = namer, taken, described
        self._folders: dict[tuple[ShowId, str], str] = {}
        self._seasons: dict[tuple[ShowId, str, int], Folder] = {}
        self.owners: dict[str, ShowId] = {}  # by folded folder
        self._shelf: Shelf | None = None  # the last one: files of one match mostly follow one another
        self._is_for_kodi = "kodi" in namer.preset.servers

    @property
    def shelves(self) -> tuple[tuple[ShowId, str], ...]:
        """The shows that were asked about, with the folders that they want."""
        return tuple((show, folder) for (show, _), folder in self._folders.items())

    def want(self, item: MatchedFile) -> Wanted | Held:
        """The place a video's match gives it."""
        shelf = self.shelf(item)
        return shelf if isinstance(shelf, Held) else self.place(item, shelf)

    def shelf(self, item: MatchedFile) -> Shelf | Held:
        """The show that a video is of, with its folder; or why it has no place there."""
        if (last := self._shelf) and last.match is item.match and _is_plain(item):
            return last
        best = item.match.best
        if item.parsed.type is VideoType.SAMPLE:
            return held(item.file, HeldReason.SAMPLE, Cause.SAMPLE)
        if item.decision is not Decision.MATCHED or best is None:
            return undecided(item)
        if problem := self._unnameable(item, best.candidate):
            return held(item.file, HeldReason.NO_PLACE, problem)
        shelf = last if last and last.match is item.match else self._made_shelf(item, best)
        if shelf.owner != shelf.show:
            base = shelf.base
            return held(item.file, HeldReason.SAME_TARGET, Cause.FOLDER_OF_ANOTHER, place=base, folder=base)
        self._shelf = shelf
        return shelf

    def _made_shelf(self, item: MatchedFile, best: Ranked) -> Shelf:
        show = best.candidate.key
        base = self._show_folder(Subject(best.candidate, best.entry, item.parsed, item.coordinates), item)
        why = f"{best.candidate.title}, {item.match.confidence:.0%}"
        return Shelf(item.match, show, base, self._owner(base, show), why, {})

    def place(self, item: MatchedFile, shelf: Shelf) -> Wanted | Held:
        """The place of a video in its show's folder."""
        best = item.match.ranked[0]
        subject = Subject(best.candidate, best.entry, item.parsed, item.coordinates)
        folder, stem, slots = self._named(item, subject, shelf)
        if not stem:
            return held(item.file, HeldReason.NO_PLACE, Cause.NAMELESS)
        why = f"{best.candidate.title}, as you have pinned it" if item.pinned else shelf.why
        place = Place(folder.path, stem, extension_of(item.file), f"{folder.key}/{fold(stem)}")
        return Wanted(item, shelf.show, place, slots, shelf.base, why)

    def _named(
        self, item: MatchedFile, subject: Subject, shelf: Shelf
    ) -> tuple[Folder, str, tuple[Slot, ...]]:
        """Folder, name, and the episodes that only one file can be."""
        show, base = shelf.show, shelf.base
        if item.parsed.type in EXTRAS:
            return *self._extra(item, subject, base), ()
        if show.media_type == "movie":
            return Folder(base, fold(base)), self.namer.film(subject).rpartition("/")[2], ((show, 0, 0),)
        places = item.coordinates
        slots = tuple([(show, place.season, place.episode) for place in places])
        folder = shelf.seasons.get(places[0].season) or self._season_folder(subject, shelf)
        return folder, self._episode(subject, item.file), slots

    def _episode(self, subject: Subject, file: ScannedFile) -> str:
        """The name of an episode. Of a range that servers do not read it has the first, and the NFO the rest.

        Kodi reads `S01E03.3gp` as a part of an episode, so there is a title between.
        """
        stem = self.namer.episode(_first_of(subject) if self._is_too_high(subject.coordinates) else subject)
        if self._is_for_kodi and extension_of(file)[1:2].isdigit() and stem[-1:].isdigit():
            return f"{stem} - Episode {subject.coordinates[0].episode}"
        return stem

    def _is_too_high(self, places: tuple[Coordinates, ...]) -> bool:
        """Whether Jellyfin or Emby would read one episode of several: a range has three digits there."""
        beyond = len(places) > 1 and places[-1].episode > _RANGE_MAX
        return beyond and not {"jellyfin", "emby"}.isdisjoint(self.namer.preset.servers)

    def _unnameable(self, item: MatchedFile, show: Candidate) -> Cause | None:
        """Why no server could read this from one name."""
        if item.parsed.type in EXTRAS or show.media_type == "movie":
            return None
        if problem := _unreadable(item.coordinates):
            return problem
        return Cause.RANGE_TOO_HIGH if self._is_too_high(item.coordinates) and not self.described else None

    def _owner(self, folder: str, show: ShowId) -> ShowId:
        """The show whose folder this is: the first that wants it, where the library knows none."""
        key = fold(folder)
        if (owner := self.owners.get(key)) is None:
            owner = self.owners[key] = (self.taken.owner(folder) if self.taken else None) or show
        return owner

    def _season_folder(self, subject: Subject, shelf: Shelf) -> Folder:
        number, base = subject.coordinates[0].season, shelf.base
        season = shelf.show, (subject.entry.key if subject.entry else ""), number
        if (folder := self._seasons.get(season)) is None:
            made = "/".join(filter(None, (base, self.namer.season(subject))))
            path = self.taken.season_of(base, number, made) if self.taken else made
            folder = self._seasons[season] = Folder(path, fold(path))
        shelf.seasons[number] = folder
        return folder

    def _show_folder(self, subject: Subject, item: MatchedFile) -> str:
        key = subject.candidate.key, (subject.entry.key if subject.entry else "")
        if (folder := self._folders.get(key)) is None:
            folder = self._folders[key] = self._made_folder(subject, item)
        return folder

    def _made_folder(self, subject: Subject, item: MatchedFile) -> str:
        show = subject.candidate
        film = show.media_type == "movie"
        made = self.namer.film(subject).rpartition("/")[0] if film else self.namer.show(subject)
        if not self.taken:
            return made
        if self.namer.by_entry:
            return self.taken.spelled(made)
        return self.taken.home_of(show, made) or self.taken.folder_of(show, made, alone=_is_alone(item))

    def home(self, item: MatchedFile) -> Home | None:
        """The folder and season that art near a video is for; None for extras."""
        subject = subject_of(item)
        if subject is None or item.parsed.type in EXTRAS:
            return None
        episode = item.coordinates and subject.candidate.media_type != "movie"
        return Home(self._show_folder(subject, item), item.coordinates[0].season if episode else None)

    def _extra(self, item: MatchedFile, subject: Subject, base: str) -> tuple[Folder, str]:
        entry, parsed = subject.entry, subject.parsed
        season = parsed.season or (entry.season if entry else None)
        words = extra_name(item.came or item.file.name, parsed, season)
        stem = cut(self.namer.as_extra(words), self.namer.room)
        folder = self.namer.extras_folder(parsed.type or VideoType.EXTRA)
        path = self.taken.spelled(f"{base}/{folder}")
        return Folder(path, fold(path)), stem


def _is_plain(item: MatchedFile) -> bool:
    """Whether nothing speaks against a place with the others of its match, as of most."""
    return item.decision is Decision.MATCHED and len(item.coordinates) == 1 and item.parsed.type is None


def _is_alone(item: MatchedFile) -> bool:
    """Whether no other show that the release could be has the same title."""
    first, *others = (ranked.candidate for ranked in item.match.ranked)
    titles = set(titles_of(first))
    return all(titles.isdisjoint(titles_of(other)) for other in others)


def _first_of(subject: Subject) -> Subject:
    return replace(subject, coordinates=subject.coordinates[:1])


def _unreadable(places: tuple[Coordinates, ...]) -> Cause | None:
    """Why no server could read these episodes from one name."""
    if len(places) == 1:
        return None
    if not places:
        return Cause.NO_NUMBER
    if any(after.season != places[0].season for after in places):
        return Cause.TWO_SEASONS
    if any(after.episode != before.episode + 1 for before, after in pairwise(places)):
        return Cause.NUMBERS_APART
    return None


def subject_of(item: MatchedFile) -> Subject | None:
    """What a video's name is made from; None where no show is known."""
    best = item.match.best
    return Subject(best.candidate, best.entry, item.parsed, item.coordinates) if best else None


def is_film(item: MatchedFile) -> bool:
    """Whether a video is of a film."""
    return item.match.best is not None and item.match.best.candidate.media_type == "movie"


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
    best = item.match.best
    show = best.candidate.key if best else None
    return Held(root=item.file.root, rel=item.file.rel, reason=reason, said=" ".join(reasons), show=show)


def held(
    file: ScannedFile, reason: HeldReason, cause: Cause, /, *, place: str = "", other: str = "", **facts: str
) -> Held:
    """A file that stays. What it has in common with others, such as rivals of one file, is one object."""
    return Held(
        root=file.root, rel=file.rel, reason=reason, cause=cause, facts=_facts(tuple(facts.items())),
        place=once(place), other=once(other),
    )  # fmt: skip


@lru_cache(maxsize=256)
def once(text: str) -> str:
    """The same text as one object: a plan keeps it for many files."""
    return text


@lru_cache(maxsize=256)
def _facts(of: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return dict(of)


def already_there(file: ScannedFile, place: str) -> Held:
    """A file that the library has, at this place."""
    return held(file, HeldReason.ALREADY_THERE, Cause.THERE, place=place, there=place)


_EXTENSION = re.compile(r"[a-z0-9!_-]{1,10}")


def extension_of(file: ScannedFile) -> str:
    """The extension in lower case with its dot; empty when there is none that is plain."""
    _, dot, extension = file.rel.rpartition(".")
    return _plain_extension(extension.lower()) if dot else ""


@lru_cache(maxsize=256)
def _plain_extension(extension: str) -> str:
    return f".{extension}" if _EXTENSION.fullmatch(extension) else ""


def shown(slot: Slot) -> str:
    """An episode, as names print it."""
    return f"S{slot[1]:02}E{slot[2]:02}"


def stay(wanted: Wanted, reason: HeldReason, cause: Cause, other: str = "", **facts: str) -> Held:
    """A video that has to stay, with the place that it would get."""
    file = wanted.item.file
    return Held(
        root=file.root, rel=file.rel, reason=reason, cause=cause, facts=_facts(tuple(facts.items())),
        place=once(wanted.place.target), other=once(other),
    )  # fmt: skip


def taken_by(wanted: Wanted, other: ScannedFile, cause: Cause, **facts: str) -> Held:
    """A video in whose place the library has another."""
    return stay(wanted, HeldReason.TARGET_TAKEN, cause, other.path, **facts)


def yields_to(wanted: Wanted, better: Wanted, cause: Cause, **facts: str) -> Held:
    """A video in whose place another one of this plan goes."""
    file, own = better.item.file, wanted.item.file
    named = file.rel if file.root == own.root else file.path  # another root may have it too
    if named == own.name:  # that lies further down
        named = f"{os.path.basename(file.root)}/{named}"
    return stay(wanted, HeldReason.SAME_TARGET, cause, file.path, file=named, **facts)
