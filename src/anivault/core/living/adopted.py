"""Take a library as it is: which shows and episodes are there, whoever put them there, and what is in doubt.

In: a library, a reader, sources and pins. Out: an Adoption: what would be noted in the journal, and what is
held. Nothing is moved, written or renamed; the journal alone learns of it. A file is held where matching is
not sure, where a folder's id says another show, and where files that count apart would be one episode.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from anivault.core.causes import Cause
from anivault.core.listing import OWN, libraries_of
from anivault.core.living.doubts import doubt, twice
from anivault.core.matching.pins import Pin
from anivault.core.matching.releases import each
from anivault.core.models import (
    Candidate,
    Decision,
    FileKind,
    Held,
    HeldReason,
    Identity,
    MatchedFile,
    ParsedFile,
    ScannedFile,
    ShowId,
)
from anivault.core.moving import history
from anivault.core.moving.checks import require_inside
from anivault.core.moving.executor import Report, carry_out
from anivault.core.moving.foresight import check_writable
from anivault.core.moving.history import Replay
from anivault.core.moving.journal.records import ADOPT, Do, Step
from anivault.core.moving.journal.turns import in_the_middle
from anivault.core.moving.journal.writer import writing
from anivault.core.moving.pace import Pace, Signals
from anivault.core.moving.whereabouts import Whereabouts
from anivault.core.pipeline.left_out import LeftOut
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import Read, What
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.naming.fingerprint import fingerprint
from anivault.core.planning.naming.said import tags
from anivault.core.planning.places import held, undecided
from anivault.core.planning.sidecars.companions import named_after
from anivault.core.verdicts import Asked, match
from anivault.parser.models import EXTRAS, VideoType
from anivault.shared.errors import FolderNotFoundError, LibraryIsFileError, SourceInLibraryError
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.progress import Bars

ShowOf = Callable[[str, int], ShowId | None]  # the show that a list means by one of its numbers
_FOLLOWS = frozenset({FileKind.SUBTITLE, FileKind.AUDIO})


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """One file that the library has. `video`: for a sidecar, its video's path in the library."""

    file: ScannedFile
    verdict: MatchedFile | None = None
    video: str | None = None

    @property
    def step(self) -> Step:
        """What the journal gets to know."""
        identity, verdict = self.file.identity or Identity(0, 0), self.verdict
        return Step(
            i=0,
            do=Do.NOTE,
            rel=self.file.rel,
            size=identity.size,
            mtime_ns=identity.mtime_ns,
            inode=identity.inode,
            crc32=verdict.parsed.crc32 if verdict else None,
            metadata=fingerprint(verdict) if verdict else None,
            video=self.video,
        )


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """What a library has that its journal does not know; with a `report` it knows it by now.

    `known` counts the files that it knew before, `others` those that no video's name goes with.
    """

    library: str
    files: tuple[Adopted, ...] = ()
    verdicts: tuple[MatchedFile, ...] = ()
    refused: tuple[Held, ...] = ()
    known: int = 0
    others: int = 0
    left_out: tuple[LeftOut, ...] = ()
    notices: tuple[str, ...] = ()
    report: Report | None = None

    @property
    def held(self) -> tuple[Held, ...]:
        """What is not sure, and what changed while it was looked at."""
        return (*self.refused, *(self.report.held if self.report else ()))

    @property
    def noted(self) -> list[Adopted]:
        """The files that the journal gets to know, or got."""
        changed = {item.rel for item in self.report.held} if self.report else ()
        return [item for item in self.files if item.file.rel not in changed]

    @property
    def exit_code(self) -> int:
        """10 where a file is in doubt, or was left out though it should not be."""
        amiss = any(item.amiss for item in self.left_out) or any(item.reason.missed for item in self.held)
        return FINDINGS if amiss else DONE


def look(what: What, library: str, asked: Asked, show_of: ShowOf, bars: Bars) -> Adoption:
    """Tell what a library has that its journal does not know. Changes nothing.

    Raises FolderNotFoundError, LibraryIsFileError, SourceInLibraryError for a folder of another library,
    UnfinishedRunError, what `read_journal` raises, and DiskError where no journal can be written.
    """
    _require_library(library)
    replay = history.read(library)
    if replay.unfinished:
        raise in_the_middle(library)
    found = read(what, asked.reader, bars("Scanning"), asked.memory)
    told = _Told(found.files, show_of, asked)
    files = told.matched(found, match(found, asked, bars("Matching")))
    made = _Adopting(replay, told).sorted(files, found.files)
    if made.files:
        check_writable(library)
    own = os.path.join(library, OWN)
    left_out = tuple(item for item in found.left_out if item.path != own)
    return replace(made, library=library, verdicts=tuple(files), left_out=left_out)


def adopt(adoption: Adoption, pace: Pace | None = None) -> Adoption:
    """Write into the journal what `look` found; if that is nothing, no run begins.

    Raises UnfinishedRunError, LibraryBusyError, RunInterruptedError after a signal.
    """
    if not adoption.files:
        return replace(adoption, report=Report.nothing(ADOPT))
    steps = [replace(file.step, i=i) for i, file in enumerate(adoption.files)]
    require_inside(steps)
    with Signals() as signals, writing(adoption.library) as log:
        report = carry_out(log, signals, ADOPT, (), steps, len(steps), pace)
    return replace(adoption, report=report)


def _require_library(library: str) -> None:
    if os.path.isfile(library):
        raise LibraryIsFileError(library)
    if not os.path.isdir(library):
        raise FolderNotFoundError(library, "library")
    if above := libraries_of([os.path.dirname(os.path.abspath(library))]):
        raise SourceInLibraryError(library, above[0])


# --- what folders say by an id -----------------------------------------------------------------------


class _Told:
    """The shows that folders name by an id: `[tmdbid-123]`, `{tvdb-123}`, `[anidb-123]`."""

    def __init__(self, files: Iterable[ParsedFile], show_of: ShowOf, asked: Asked) -> None:
        self.asked, self._show_of = asked, show_of
        self._shows: dict[str, ShowId | None] = {}  # by whole folder; None where nobody knows its id
        self.pins = tuple(self._pins(files))

    def _pins(self, files: Iterable[ParsedFile]) -> Iterator[Pin]:
        """A pin for each folder of videos whose id is known, and that no pin of the user's is for."""
        for named, items in _below_ids(files).items():
            ids = _ids_of(named)
            show = self._show(ids, items)
            for folder in dict.fromkeys(
                item.file.whole_folder for item in items if not self._is_pinned(item)
            ):
                self._shows[folder] = show
                if show:
                    yield Pin(id=str(show), folder=folder)

    def _is_pinned(self, item: ParsedFile) -> bool:
        release = each([item])[0]
        return any(pin.holds_for(release) for pin in self.asked.pins)

    def _show(self, ids: Mapping[str, str], items: Sequence[ParsedFile]) -> ShowId | None:
        """The show that one of these ids means, where somebody who is asked knows it."""
        media = "movie" if _is_of_film(items) else "tv"
        for provider, number in ids.items():
            own = ShowId(provider, media, int(number)) if provider == "tmdb" else None
            meant = own or self._show_of(provider, int(number))
            if meant and any(source.get(*meant) for source in self.asked.sources):
                return meant
        return None

    def matched(self, found: Read, files: list[MatchedFile]) -> list[MatchedFile]:
        """The verdicts, by what names say and by the ids; `files` are those by the names alone.

        A name that is surely another show than the id keeps its own, which the id then denies.
        """
        if not self.pins:
            return files
        told = match(found, replace(self.asked, pins=(*self.asked.pins, *self.pins)))
        return [mine if _is_other(mine, by_id) else by_id for mine, by_id in zip(files, told, strict=True)]

    def knows(self, file: ScannedFile) -> bool:
        """Whether the id of a file's folder says its show."""
        return self._shows.get(file.whole_folder) is not None

    def denies(self, item: MatchedFile) -> bool:
        """Whether the file's folder has an id that is not known to be of the show that it was matched to."""
        ids, best, folder = _ids_of(_folder_with_id(item.file)), item.match.best, item.file.whole_folder
        if not ids or best is None or (item.pinned and folder not in self._shows):
            return False
        show = self._shows.get(folder)
        return best.candidate.key != show if show else not _has_id(best.candidate, ids)


def _is_other(mine: MatchedFile, by_id: MatchedFile) -> bool:
    """Whether a name is surely of another show than an id says."""
    ours, its = mine.match.best, by_id.match.best
    sure = mine.decision is Decision.MATCHED and ours and its
    return bool(sure and ours and its and ours.candidate.key != its.candidate.key)


def _below_ids(files: Iterable[ParsedFile]) -> dict[str, list[ParsedFile]]:
    """The videos by the nearest folder above them that has an id in its name."""
    found: dict[str, list[ParsedFile]] = {}
    for item in files:
        if item.file.kind is FileKind.VIDEO and (folder := _folder_with_id(item.file)):
            found.setdefault(folder, []).append(item)
    return found


def _is_of_film(items: Sequence[ParsedFile]) -> bool:
    """Whether what a folder holds is a film: a video without a number, whatever extras lie next to it."""
    whole = [item.parsed for item in items if item.parsed.type not in EXTRAS]
    return bool(whole) and not any(parsed.episodes for parsed in whole)


def _folder_with_id(file: ScannedFile) -> str:
    """The nearest folder that has an id in its name; empty where none has."""
    folder = file.folder
    while folder and not _ids_of(folder):
        folder = folder.rpartition("/")[0]
    return folder


@lru_cache(maxsize=4096)  # every file of a folder asks
def _ids_of(folder: str) -> dict[str, str]:
    """The ids that a folder has in its name, by provider."""
    return {name: n for name, n in tags(folder.rpartition("/")[2]).items() if n.isdecimal()}


def _has_id(show: Candidate, ids: Mapping[str, str]) -> bool:
    """Whether one of these is known to be the show's."""
    known = {(name, str(number)) for entry in show.entries for name, number in entry.ids.items()}
    known.add((show.provider, str(show.id)))
    return any((provider, number) in known for provider, number in ids.items())


# --- what is sure ------------------------------------------------------------------------------------


class _Adopting:
    """Sorts the files of a library: known, sure, in doubt."""

    def __init__(self, replay: Replay, told: _Told) -> None:
        self.replay, self.told = replay, told
        self.known = {fold(rel) for rel in replay.files}
        there = Whereabouts(replay.library, replay.files)
        self.renamed = {now: rel for rel in there.missing if (now := there.now(replay.files[rel]))}

    def sorted(self, videos: Sequence[MatchedFile], files: Sequence[ParsedFile]) -> Adoption:
        """What of these becomes known, and what is held."""
        new = [item for item in videos if fold(item.file.rel) not in self.known]
        refused = self._refused(new)
        taken = [Adopted(file=item.file, verdict=item) for item in new if item.file.rel not in refused]
        others = [item.file for item in files if item.file.kind is not FileKind.VIDEO]
        beside = list(self._beside(others, {file.file.rel for file in taken}))
        known = sum(fold(item.file.rel) in self.known for item in files)
        return Adoption(
            library="",
            files=(*taken, *beside),
            refused=tuple(refused.values()),
            known=known,
            others=len(files) - known - len(new) - len(beside),
        )

    def _refused(self, new: Sequence[MatchedFile]) -> dict[str, Held]:
        """Why some of these are held: each for itself, or since two of them would be one episode."""
        doubts = {item.file.rel: why for item in new if (why := self._doubt(item))}
        return {**doubts, **twice(item for item in new if item.file.rel not in doubts)}

    def _doubt(self, item: MatchedFile) -> Held | None:
        """Why a video is not taken for what it seems to be."""
        file, best = item.file, item.match.best
        if before := self.renamed.get(file.rel):
            return held(file, HeldReason.RENAMED, Cause.RENAMED_BY_HAND, there=before)
        if item.parsed.type is VideoType.SAMPLE:
            return held(file, HeldReason.SAMPLE, Cause.SAMPLE)
        if item.decision is not Decision.MATCHED or best is None:
            return undecided(item)
        if self.told.denies(item):
            return held(file, HeldReason.AMBIGUOUS, Cause.FOLDER_SAYS_OTHER, show=best.candidate.dated)
        return doubt(item, by_id=self.told.knows(file))

    def _beside(self, files: Iterable[ScannedFile], videos: Iterable[str]) -> Iterator[Adopted]:
        """The subtitles and sound tracks that are named after one of these videos."""
        stems = {rel.rpartition(".")[0]: rel for rel in videos}
        for file in files:
            if file.kind not in _FOLLOWS or fold(file.rel) in self.known or file.rel in self.renamed:
                continue
            if stem := named_after(file.rel, stems):
                yield Adopted(file=file, video=stems[stem])
