"""Say where each answer to a question puts its files, and what their names say against it.

In: a question, the files that it is about, and those who are asked. Out: the question with both. Pure, but
that sources are asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from anivault.core.living.repinned import against
from anivault.core.matching.pins import Pin
from anivault.core.matching.questions import Answer, Question, Wanted, places_of
from anivault.core.models import Decision, MatchedFile, ParsedFile
from anivault.core.pipeline.reading import Read
from anivault.core.verdicts import Asked, match


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
