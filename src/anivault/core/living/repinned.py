"""Say what a pin would change or an answer come to, and what names say against it, before it is written.

In: what was read, those who are asked, and a pin with the pins among which it would stand; or a question.
Out: a Change for every video that the pin holds for; or the question with what each answer comes to. Pure,
but that sources are asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from anivault.core.matching.pins import Pin, Said, parted
from anivault.core.matching.questions import Answer, Question, Wanted, places_of
from anivault.core.matching.said import Objection, objections
from anivault.core.models import Candidate, Decision, MatchedFile, ParsedFile, Release
from anivault.core.pipeline.records import Read
from anivault.core.verdicts import Asked, judged, match, releases
from anivault.parser.models import EXTRAS


class Change(NamedTuple):
    """A video that a pin holds for: what it is without the pin, what it is with it, and what speaks against.

    `heard`: this pin decides; else another one does, that says more of the file or came earlier.
    """

    before: MatchedFile
    after: MatchedFile
    heard: bool = True
    objections: tuple[Objection, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the file becomes something else."""
        return _outcome(self.before) != _outcome(self.after)


def repinned(found: Read, asked: Asked, pin: Pin, pins: Sequence[Pin]) -> list[Change]:
    """What `pin` changes for the videos that were read, once `pins` are all that hold."""
    concerned = [release for release in releases(found) if pin.holds_for(release)]
    heard = _heard(pin, pins, concerned)
    before, after = judged(concerned, asked), judged(concerned, replace(asked, pins=pins))
    return [_change(old, new, pin, heard) for old, new in zip(before, after, strict=True)]


def renamed(before: Sequence[MatchedFile], after: Sequence[MatchedFile]) -> list[Change]:
    """What becomes something else of the videos that a library has."""
    now = {item.file: item for item in after}
    found = (Change(old, now[old.file]) for old in before if old.file in now)
    return [change for change in found if change.changes]


def against(found: Read, pin: Pin, pins: Sequence[Pin], show: Candidate | None) -> list[Objection]:
    """What names say against `pin`, as far as names alone can tell; each once."""
    concerned = [release for release in releases(found) if pin.holds_for(release)]
    files = _heard(pin, pins, concerned).values()
    return list(dict.fromkeys(one for file in files for one in _objections(file, pin, show)))


class _Heard(NamedTuple):
    """A file for which the pin decides, and what the names say for which it holds."""

    file: ParsedFile
    said: frozenset[Said]


def _heard(pin: Pin, pins: Sequence[Pin], concerned: Sequence[Release]) -> dict[str, _Heard]:
    """By path the files for which this pin decides."""
    parts = [part for part in parted(pins, concerned) if part.pin == pin]
    return {file.file.path: _Heard(file, part.said) for part in parts for file in part.release.files}


def _change(before: MatchedFile, after: MatchedFile, pin: Pin, heard: dict[str, _Heard]) -> Change:
    file = heard.get(before.file.path)
    if file is None:
        return Change(before, after, heard=False)
    best = after.match.best
    return Change(before, after, objections=tuple(_objections(file, pin, best.candidate if best else None)))


def _objections(heard: _Heard, pin: Pin, show: Candidate | None) -> Iterator[Objection]:
    file, said = heard
    if not pin.extra and file.parsed.type not in EXTRAS:
        yield from objections(file.parsed, pin.show, pin.place(file, said) or (), show)


def _outcome(item: MatchedFile) -> object:
    """What is done with a file unasked."""
    best = item.match.best
    if item.decision is not Decision.MATCHED or best is None:
        return None
    if item.parsed.type in EXTRAS:
        return best.candidate.key
    return best.candidate.key, [(place.season, place.episode) for place in item.coordinates]


def settled(pin: Pin, files: Sequence[ParsedFile], asked: Asked) -> bool:
    """Whether files that a pin holds for are all sure with the pins that are in force now."""
    if not holds_for_all(pin, files):
        return False
    return all(item.decision is Decision.MATCHED for item in match(Read(files=tuple(files)), asked))


def holds_for_all(pin: Pin, files: Sequence[ParsedFile]) -> bool:
    """Whether a pin holds for every release that these files are of."""
    return all(map(pin.holds_for, releases(Read(files=tuple(files)))))


def told(question: Question, files: Sequence[ParsedFile], asked: Asked) -> Question:
    """The question with the places that each answer gives to the first and to the last file."""
    return replace(question, answers=tuple(_told(answer, files, asked) for answer in question.answers))


def _told(answer: Answer, files: Sequence[ParsedFile], asked: Asked) -> Answer:
    wanted = answer.pin
    if wanted is None:
        return answer
    if wanted.place:
        return replace(answer, first=wanted.place, last=wanted.place)
    pin = _pin(wanted, files[0])
    known = next(filter(None, (source.get(*pin.show) for source in asked.sources)), None)
    said = against(Read(files=tuple(files)), pin, (pin,), known)
    answer = replace(answer, against=tuple(one.words for one in said))
    return answer if answer.first else _placed(answer, files, replace(asked, pins=(pin,)))


def _pin(wanted: Wanted, file: ParsedFile) -> Pin:
    """What the answer says, for these files whatever they are called."""
    return Pin(id=wanted.show, folder=file.file.whole_folder, season=wanted.season, offset=wanted.offset)


def _placed(answer: Answer, files: Sequence[ParsedFile], asked: Asked) -> Answer:
    made = {item.file: item for item in match(Read(files=tuple(files)), asked)}
    return replace(answer, first=_place(made[files[0].file]), last=_place(made[files[-1].file]))


def _place(file: MatchedFile) -> str:
    return places_of(file) if file.decision is Decision.MATCHED else ""
