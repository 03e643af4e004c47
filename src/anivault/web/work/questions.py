"""Put the questions of core, which `review` asks too, on a sheet: with what speaks for each answer."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence

from anivault.core.matching.explain import Told, explain
from anivault.core.matching.questions import Answer, Question, questions
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
    verdict = verdicts[first.root, first.rel]
    return QuestionRow(
        title=verdict.parsed.title or os.path.basename(first.rel),
        folder=os.path.dirname(first.source),
        files=len(question.files),
        first=os.path.basename(first.rel),
        last=os.path.basename(last.rel),
        why=question.why,
        reason=first.reason,
        path=first.source,
        choices=tuple(_choices(question.answers, verdict)),
    )


def _choices(answers: Sequence[Answer], verdict: MatchedFile) -> Iterator[Choice]:
    told = {told.show: told for told in explain(verdict).candidates}
    for answer in answers:
        if answer.words:
            yield _choice(answer, told)


def _choice(answer: Answer, told: Mapping[str, Told]) -> Choice:
    """The pin is in the words that a terminal shows."""
    _, _, path, show, *options = shlex.split(answer.words)
    given = dict(zip(options[::2], options[1::2], strict=True))
    pin = PinWords(
        what=os.path.abspath(path),
        show=show,
        season=int(given["--season"]) if "--season" in given else None,
        offset=int(given["--offset"]) if "--offset" in given else None,
        episodes=given.get("--episodes"),
    )
    parts = told[show].parts if show in told else ()
    bars = tuple(Bar(name=part.name, value=part.value, words=part.words) for part in parts if part.words)
    return Choice(label=answer.show, pin=pin, bars=bars)
