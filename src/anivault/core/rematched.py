"""Decide what the files of an organized library are today: what runs decided stands until there is a reason.

In: the journal of a library, a reader, sources and pins. Out: its videos with their verdicts, and the files
that go with them, each where it is in the library now. Reads the journal and lists the library.

A file is matched by the name that it came with: with all others, else with those of its run, else alone.
Where one of these says what its run decided, that is it: files of other runs never make something else of
it. A pin has its say, and so has a list by which the file is sure to be something else than it was.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from anivault.core.arrivals import inhabitants
from anivault.core.matching.evidence import evidence
from anivault.core.matching.releases import each
from anivault.core.matching.scoring import rank
from anivault.core.matching.source import Source
from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    FileKind,
    Identity,
    Match,
    MatchedFile,
    ParsedFile,
    Ranked,
    Release,
    ScannedFile,
    Score,
)
from anivault.core.moving import history
from anivault.core.moving.history import Past, Replay
from anivault.core.moving.journal.turns import in_the_middle
from anivault.core.pipeline.parser import parse_alone, parse_files
from anivault.core.pipeline.records import Read, kind_of
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.naming.extras import unlabelled
from anivault.core.planning.naming.fingerprint import fingerprint
from anivault.core.verdicts import Asked, called, match, releases
from anivault.parser.read import Reader
from anivault.shared import fs
from anivault.shared import regex as re


class Origin(NamedTuple):
    """Where a file of the library came from: as it was called then, by which run, and what that decided."""

    file: ScannedFile
    run: str
    decided: str | None


def rematched(library: str, asked: Asked) -> tuple[list[MatchedFile], list[ParsedFile]]:
    """Match again what runs have put into `library`, by the names that its files came with.

    Returns the videos and the files that go with them, each where it is in the library now.
    """
    past = history.read(library)
    if past.unfinished:
        raise in_the_middle(library)
    now = _present(past)
    came = {rel: _as_it_is(_origin(file), there) for rel, (file, there) in now.items()}
    again = _Again({origin.file: origin for origin in came.values()}, asked)
    verdicts = {item.file: item for item in called(again.verdicts(), asked.languages)}
    videos = [
        replace(verdicts[origin.file], file=now[rel][1], came=_came(verdicts[origin.file], library))
        for rel, origin in came.items()
        if origin.file in verdicts
    ]
    parsed = {item.file: item for item in again.others}
    others = [
        replace(parsed[origin.file], file=now[rel][1])
        for rel, origin in came.items()
        if origin.file in parsed
    ]
    return videos, others


def releases_of(library: str, reader: Reader) -> list[Release]:
    """The releases that the videos of a library were, by the names that they came with."""
    origins = [_origin(file).file for file, _ in _present(history.read(library)).values()]
    return releases(Read(files=tuple(parse_files(origins, reader))))


class _Again:
    """Matches files again, in wider and narrower company, until what their runs decided is found."""

    def __init__(self, origins: dict[ScannedFile, Origin], asked: Asked) -> None:
        self.origins, self.asked = origins, replace(asked, languages=())
        files = parse_files(list(origins), asked.reader, memory=asked.memory)
        self.others = [item for item in files if item.file.kind is not FileKind.VIDEO]
        self._together = Read(files=tuple(files))

    def verdicts(self) -> list[MatchedFile]:
        """The verdict on every video, in the order in which they came."""
        stand: dict[ScannedFile, MatchedFile] = {}
        today: dict[ScannedFile, MatchedFile] = {}
        for item in self._match(self._together):
            self._note(item, stand, today)
        for item in self._match_by_run([file for file in today if file not in stand]):
            self._note(item, stand, today)
        alone = Read(files=tuple(self._alone(file) for file in today if file not in stand), alone=True)
        for item in self._match(alone):
            self._note(item, stand, {})  # the run's word is the one that counts where none stands
        return [stand.get(file) or self._today(item) for file, item in today.items()]

    def _match(self, found: Read) -> list[MatchedFile]:
        return match(found, self.asked)

    def _match_by_run(self, files: Iterable[ScannedFile]) -> Iterator[MatchedFile]:
        """Match `files` with what else came by their runs, and with nothing that came by others."""
        wanted = set(files)
        for run in dict.fromkeys(self.origins[file].run for file in files):
            of_run = [file for file, origin in self.origins.items() if origin.run == run]
            found = Read(files=tuple(parse_files(of_run, self.asked.reader, memory=self.asked.memory)))
            yield from (item for item in self._match(found) if item.file in wanted)

    def _alone(self, file: ScannedFile) -> ParsedFile:
        return parse_alone(file, self.asked.reader)

    def _note(
        self,
        item: MatchedFile,
        stand: dict[ScannedFile, MatchedFile],
        today: dict[ScannedFile, MatchedFile],
    ) -> None:
        """Keep a verdict; it stands where a pin says so, or its run, or no run has said anything."""
        today[item.file] = item
        decided = self.origins[item.file].decided
        if item.pinned or decided is None:
            stand[item.file] = item
        elif _is_same(fingerprint(item), decided):
            stand[item.file] = _settled(item)

    def _today(self, item: MatchedFile) -> MatchedFile:
        """Of a file that nothing makes what it was: something else where that is sure, else what it was."""
        decided = self.origins[item.file].decided
        if item.decision is Decision.MATCHED or decided is None:
            return item
        return _recalled(item, decided, self.asked.sources) or item


def _came(item: MatchedFile, library: str) -> str:
    """The name that a file came with; an adopted extra is called by its kind already."""
    adopted = item.file.root == library
    return unlabelled(item.file.name, item.parsed.type) if adopted else item.file.name


def _as_it_is(origin: Origin, now: ScannedFile) -> Origin:
    """The origin with the identity of today: two files may have come from one place, one after the other."""
    return origin._replace(file=replace(origin.file, identity=now.identity))


def _origin(file: Past) -> Origin:
    """Where a file came from when a run first took it in, and what the last run that said so decided."""
    root, rel = file.first
    decided = next((put.step.metadata for put in reversed(file.puts) if put.step.metadata), None)
    return Origin(ScannedFile(root, rel, kind_of(rel)), file.puts[0].run, decided)


def _present(past: Replay) -> dict[str, tuple[Past, ScannedFile]]:
    """By place in the library, as the disk spells it: each file of runs that is there.

    What somebody else put into the library, and a run only renamed, goes where its video goes.
    """
    shown = {file.rel for file in inhabitants(past.library)}
    spelled = {fold(rel): rel for rel in shown}  # some disks show names in another case
    found = {}
    for place, file in past.files.items():
        rel = place if place in shown else spelled.get(fold(place))
        if rel and not file.puts[0].inside and (identity := _identity(past.library, file)):
            found[rel] = file, ScannedFile(past.library, rel, kind_of(rel), identity)
    return found


def _identity(library: str, file: Past) -> Identity | None:
    """What is at the file's place, a link as itself; None when nothing is, or a link where none was made."""
    try:
        s = os.lstat(fs.whole(library, file.place))
    except OSError:
        return None
    if stat.S_ISLNK(s.st_mode) != file.link:
        return None
    return Identity(s.st_size, s.st_mtime_ns, s.st_dev, s.st_ino)


# --- what the journal keeps of a decision ------------------------------------------------------------

_DECIDED = re.compile(
    r"(?P<provider>[a-z]+):(?P<media>tv|movie):(?P<id>\d+)(?::S(?P<season>\d+)(?P<episodes>(?:E\d+)+))?:\w+"
)
_RULE = "A run has decided it."


def _is_same(one: str | None, other: str | None) -> bool:
    """Whether two decisions are one show and place; the words in names may have changed."""
    return bool(one and other) and (one or "").rpartition(":")[0] == (other or "").rpartition(":")[0]


def _settled(item: MatchedFile) -> MatchedFile:
    """The verdict that a run has come to before: what is unsure of it today was sure then."""
    return replace(item, decision=Decision.MATCHED)


def _recalled(item: MatchedFile, decided: str, sources: Sequence[Source]) -> MatchedFile | None:
    """The verdict as the journal tells it; None where no source knows the show any more."""
    found = _DECIDED.fullmatch(decided)
    if found is None:
        return None
    show = _show_of(found["provider"], found["media"], int(found["id"]), sources)
    if show is None:
        return None
    fits = rank(evidence(each([ParsedFile(item.file, item.parsed)])[0]), [show])
    ranked = Ranked(show, Score(1.0, {}), fits[0].slot.entry if fits else None)
    match = Match(Decision.MATCHED, 1.0, (ranked,), (_RULE,))
    return MatchedFile(item.file, item.parsed, match, Decision.MATCHED, _places(found, show), (_RULE,))


def _show_of(provider: str, media: str, number: int, sources: Sequence[Source]) -> Candidate | None:
    return next(filter(None, (source.get(provider, media, number) for source in sources)), None)


def _places(found: re.Match[str], show: Candidate) -> tuple[Coordinates, ...]:
    if found["season"] is None:
        return ()
    season = int(found["season"])
    return tuple(
        Coordinates(season=season, episode=int(n), title=show.episode_titles.get(f"S{season:02}E{int(n):02}"))
        for n in found["episodes"].split("E")[1:]
    )
