"""Put the questions of core, which `review` asks too, on a sheet: with what speaks for each answer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from anivault.core.matching.explain import Told, explain
from anivault.core.matching.questions import Answer, Question, Wanted, questions
from anivault.core.models import Held, HeldReason, MatchedFile
from anivault.web.records import Bar, Choice, PinWords, QuestionRow

ASKED = frozenset(
    {HeldReason.AMBIGUOUS, HeldReason.NO_PLACE, HeldReason.UNMATCHED, HeldReason.UNREADABLE_NAME}
)
Verdicts = Mapping[tuple[str, str], MatchedFile]


def asked(held: Sequence[Held], verdicts: Verdicts) -> list[QuestionRow]:
    """The questions about what videos are, those about most files first."""
    made = [
        _row(question, verdicts)
        for question in questions([item for item in held if item.reason in ASKED], verdicts)
        if (question.files[0].root, question.files[0].rel) in verdicts
    ]
    return sorted(made, key=lambda row: (not row.choices, -row.files))


def _row(question: Question, verdicts: Verdicts) -> QuestionRow:
    first, last = question.files[0], question.files[-1]
    verdict, final = verdicts[first.root, first.rel], verdicts.get((last.root, last.rel))
    return QuestionRow(
        title=verdict.parsed.title or os.path.basename(first.rel),
        folder=os.path.dirname(first.source),
        files=len(question.files),
        first=os.path.basename(first.rel),
        last=os.path.basename(last.rel),
        why=question.why,
        reason=first.reason,
        path=first.source,
        choices=tuple(_choices(question.answers, [v for v in (verdict, final) if v])),
    )


def _choices(answers: Sequence[Answer], ends: Sequence[MatchedFile]) -> Iterator[Choice]:
    told = {told.show: told for told in explain(ends[0]).candidates}
    for answer in answers:
        if answer.pin and answer.words:
            yield _choice(answer, answer.pin, told, ends)


def _choice(answer: Answer, wanted: Wanted, told: Mapping[str, Told], ends: Sequence[MatchedFile]) -> Choice:
    """An answer, with the pin that says so and what speaks for its show."""
    pin = PinWords(
        what=os.path.abspath(wanted.path),
        show=wanted.show,
        season=wanted.season,
        offset=wanted.offset,
        episodes=wanted.episodes,
    )
    parts = told[pin.show].parts if pin.show in told else ()
    bars = tuple(Bar(name=part.name, value=part.value, words=part.words) for part in parts if part.words)
    places = " … ".join(dict.fromkeys(filter(None, (_place(pin, end) for end in ends))))
    return Choice(label=answer.show, pin=pin, places=places, bars=bars)


def _place(pin: PinWords, file: MatchedFile) -> str:
    """`01.mkv → S02E13`: where the pin puts a file; empty where it leaves that to the name."""
    own = next((n for n in file.parsed.episodes if isinstance(n, int)), None)
    if pin.season is None or own is None:
        return ""
    return f"{own:02} → S{pin.season:02}E{own + (pin.offset or 0):02}"
