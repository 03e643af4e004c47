"""Put the questions of core, which `review` asks too, on a sheet: with what speaks for each answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from anivault.cli.commands.files.review import NAMED
from anivault.cli.render.held import within
from anivault.core.matching.explain import Told, explain
from anivault.core.matching.questions import Answer, Question, asked, crowded, widened
from anivault.core.matching.scope import Alone
from anivault.core.models import Held, HeldReason, MatchedFile, ParsedFile, ScannedFile
from anivault.parser.models import ParseResult
from anivault.services.remembered import ignored
from anivault.web.desk import Row, Sheet, Writer
from anivault.web.records import Bar, Choice, PinWords, QuestionRow

QUESTION, PART, FILES = "question", "part", "question-files"  # kinds of rows; parts are asked on demand
Verdicts = Mapping[tuple[str, str], MatchedFile]
ComesTo = Callable[[Question, Sequence[ParsedFile]], Question]


class QuestionFiles(msgspec.Struct, frozen=True):
    """What the names of a question's files say: what else is proposed is compared with it."""

    files: tuple[tuple[ScannedFile, ParseResult], ...]

    @property
    def parsed(self) -> list[ParsedFile]:
        """The files as they were read."""
        return [ParsedFile(*file) for file in self.files]


class Asker:
    """Writes questions on a sheet. `told` says what each answer would come to for the files of a question."""

    def __init__(self, verdicts: Verdicts, roots: Sequence[str], told: ComesTo) -> None:
        self._verdicts, self._roots, self._told = verdicts, roots, told
        self._everything = sorted(item.file.path for item in verdicts.values())

    def write(self, held: Sequence[Held], sheet: Writer) -> Iterator[QuestionRow]:
        """The questions in their order, then those that several releases can be taken apart to."""
        apart: list[tuple[str, Question, QuestionRow]] = []
        for question in crowded(asked(held, self._verdicts)):
            parts = [self._row(part) for part in question.crowd]
            row = self._of_several(question, parts) if parts else self._row(question)
            apart += [(row.path, *part) for part in zip(question.crowd, parts, strict=True)]
            sheet.row(QUESTION, row.show, row.title, row)
            if not parts:
                self._write_files(question, sheet)
            yield row
        for several, question, row in apart:
            sheet.row(PART, several, row.title, row)
            self._write_files(question, sheet)

    def _write_files(self, question: Question, sheet: Writer) -> None:
        sheet.row(FILES, question.files[0].source, "", QuestionFiles(tuple(self._read(question))))

    def _read(self, question: Question) -> Iterator[tuple[ScannedFile, ParseResult]]:
        for item in question.files:
            verdict = self._verdicts[item.root, item.rel]
            yield verdict.file, verdict.parsed

    def _of_several(self, question: Question, parts: Sequence[QuestionRow]) -> QuestionRow:
        first, last = question.files[0], question.files[-1]
        folder = os.path.dirname(first.source)
        return QuestionRow(
            title=os.path.basename(folder),
            folder=folder,
            files=len(question.files),
            first=os.path.basename(first.rel),
            last=os.path.basename(last.rel),
            why=question.why,
            reason=first.reason,
            path=first.source,
            about="",
            never=tuple(line for part in parts for line in part.never),
            releases=len(parts),
            names=tuple(within(self._roots, part.files[0]) for part in question.crowd[:NAMED]),
        )

    def _row(self, question: Question) -> QuestionRow:
        first, last = question.files[0], question.files[-1]
        verdict = self._verdicts[first.root, first.rel]
        files = [item.source for item in question.files]
        read = [ParsedFile(*file) for file in self._read(question)]
        all_that_fit = self._told(widened(question, self._verdicts), read)
        return QuestionRow(
            title=verdict.parsed.title or os.path.basename(first.rel),
            folder=os.path.dirname(first.source),
            files=len(files),
            first=os.path.basename(first.rel),
            last=os.path.basename(last.rel),
            why=question.why,
            reason=first.reason,
            path=first.source,
            about=os.path.abspath(question.path),
            begin=question.begin,
            alone=(question.alone.path, question.alone.numbers) if question.alone else None,
            goes_on=bool(question.alone and question.alone.goes_on),
            choices=tuple(choices(all_that_fit.answers, explain(verdict).candidates)),
            offered=len(question.answers),
            never=tuple(ignored.lines_for(files, self._everything, self._roots)),
        )


def choices(
    answers: Sequence[Answer], candidates: Sequence[Told] = (), doubts: Sequence[str] = ()
) -> Iterator[Choice]:
    """Answers as a page offers them, each with the parts that speak for its show, and what is doubtful."""
    parts = {each.show: each.parts for each in candidates}
    for answer in answers:
        pin = PinWords.of(answer.pin) if answer.pin else None
        shown = (part for part in parts.get(pin.show if pin else "", ()) if part.words)
        yield Choice(
            label=answer.show,
            title=answer.dated or answer.show,
            pin=pin,
            places=" … ".join(dict.fromkeys(filter(None, (answer.first, answer.last)))),
            stated=answer.stated,
            why=answer.why,
            against=tuple(dict.fromkeys((*doubts, *answer.against))),
            bars=tuple(Bar(name=part.name, value=part.value, words=part.words) for part in shown),
        )


def files_of(sheet: Sheet, row: Row) -> list[ParsedFile]:
    """The files of a question, as they were read; of one about several releases those of all."""
    question = row.read(QuestionRow)
    parts = sheet.rows(PART, question.path, most=question.releases) if question.releases > 1 else [row]
    paths = (part.read(QuestionRow).path for part in parts)
    kept = (files for path in paths for files in sheet.rows(FILES, path, most=1))
    return [file for files in kept for file in files.read(QuestionFiles).parsed]


def question_of(row: QuestionRow, *, folder: bool = False) -> Question:
    """The question of a row, to which other answers are looked for; with `folder` about all in its folder."""
    own = Alone(*row.alone, row.goes_on) if row.alone else None
    path, alone = (row.folder, Alone(row.folder)) if folder else (row.about, own)
    held = Held(root=os.path.dirname(row.path), rel=os.path.basename(row.path), reason=HeldReason(row.reason))
    return Question(files=(held,) * row.files, why="", path=path, begin=row.begin, alone=alone)
