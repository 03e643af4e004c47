"""Put the questions of core, which `review` asks too, on a sheet: with what speaks for each answer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from anivault.core.matching import questions
from anivault.core.matching.explain import Told, explain
from anivault.core.matching.questions import Answer, Question, Wanted
from anivault.core.models import Held, MatchedFile
from anivault.services.remembered import ignored
from anivault.web.records import Bar, Choice, PinWords, QuestionRow

Verdicts = Mapping[tuple[str, str], MatchedFile]


def asked(held: Sequence[Held], verdicts: Verdicts, roots: Sequence[str]) -> Iterator[QuestionRow]:
    """The questions in their order; those of a library's size are made one by one."""
    everything = sorted(item.file.path for item in verdicts.values())
    for question in questions.asked(held, verdicts):
        files = [item.source for item in question.files]
        yield _row(question, verdicts, tuple(ignored.lines_for(files, everything, roots)))


def _row(question: Question, verdicts: Verdicts, never: tuple[str, ...]) -> QuestionRow:
    first, last = question.files[0], question.files[-1]
    verdict, final = verdicts[first.root, first.rel], verdicts[last.root, last.rel]
    return QuestionRow(
        title=verdict.parsed.title or os.path.basename(first.rel),
        folder=os.path.dirname(first.source),
        files=len(question.files),
        first=os.path.basename(first.rel),
        last=os.path.basename(last.rel),
        why=question.why,
        reason=first.reason,
        path=first.source,
        about=os.path.abspath(question.path),
        begin=question.begin,
        alone=(question.alone.path, question.alone.numbers) if question.alone else None,
        goes_on=bool(question.alone and question.alone.goes_on),
        choices=tuple(_choices(question.answers, (verdict, final))),
        never=never,
    )


def _choices(answers: Sequence[Answer], ends: Sequence[MatchedFile]) -> Iterator[Choice]:
    told = {told.show: told for told in explain(ends[0]).candidates}
    for answer in answers:
        if answer.pin and answer.words:
            yield _choice(answer, answer.pin, told, ends)


def _choice(answer: Answer, wanted: Wanted, told: Mapping[str, Told], ends: Sequence[MatchedFile]) -> Choice:
    """An answer, with the pin that says so and what speaks for its show."""
    pin = PinWords.of(wanted)
    parts = told[pin.show].parts if pin.show in told else ()
    bars = tuple(Bar(name=part.name, value=part.value, words=part.words) for part in parts if part.words)
    said = (answer.first, answer.last) if answer.first else tuple(_place(pin, end) for end in ends)
    places = " … ".join(dict.fromkeys(filter(None, said)))
    return Choice(label=answer.show, pin=pin, places=places, stated=answer.stated, bars=bars)


def _place(pin: PinWords, file: MatchedFile) -> str:
    """`01 → S02E13`: where the pin puts a file; empty where it leaves that to the name."""
    own = next((n for n in file.parsed.episodes if isinstance(n, int)), None)
    if pin.season is None or own is None:
        return ""
    return f"{own:02} → S{pin.season:02}E{own + (pin.offset or 0):02}"
