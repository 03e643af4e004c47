"""Keep the answers of a review: each can be undone, and none replaces an answer that nobody has seen.

A *turn* is what one key or button did. Turns are undone from the last one back, each of them whole: pins,
ignore lines, and which questions are answered, put off or taken apart. Two windows take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import NamedTuple

import msgspec
from msgspec import convert
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool

from anivault.cli.render.parts import answers_told
from anivault.web.desk import Row, Sheet
from anivault.web.house import House
from anivault.web.jobs import ask
from anivault.web.pages.asking import MOST, changed_since, concerned, kept, never, set_pin, take_back
from anivault.web.records import Changed, Counts, Given, PinWords, PlanFacts, QuestionRow, Turn

ANSWERED, PART = "answered", "part"
_ONE = RLock()  # what an answer changes is found by comparing: one answers at a time


class GoneError(Exception):
    """There is no plan, or it does not have this question any more."""


class StandsError(Exception):
    """A question has another answer than the one that was seen; None: it has none any more."""

    def __init__(self, stands: Given | None) -> None:
        super().__init__()
        self.stands = stands


def answers(sheet: Sheet) -> dict[int, Given]:
    """The questions that have an answer, or were put off."""
    return {n: msgspec.json.decode(data, type=Given) for n, data in sheet.marked(ANSWERED).items()}


def counts(house: House) -> Counts:
    """How many questions of the plan are answered, open and put off."""
    sheet, facts = house.desk.sheet("plan"), house.desk.fact("plan", PlanFacts)
    if sheet is None or facts is None:
        return Counts()
    with sheet:
        return counted(facts, answers(sheet))


def counted(facts: PlanFacts, given: dict[int, Given]) -> Counts:
    """The same of a plan whose answers are known."""
    later = sum(one.changed is None for one in given.values())
    answered = len(given) - later
    return Counts(answered=answered, open=facts.questions - answered, later=later)


def told(so_far: Counts) -> str:
    """How far the review is, in the words of `anivault review`."""
    put_off = f" You have put off {so_far.later:,} of them." if so_far.later else ""
    return answers_told(so_far.answered, so_far.open) + put_off


class Took(NamedTuple):
    """A turn that was taken: its number, what it changed answer by answer, and the question to go to."""

    turn: int
    changes: Sequence[Changed] = ()
    first: int = 0


class Taking:
    """A turn that is being taken: what questions have after it, and the parts that one is taken apart to."""

    def __init__(self, house: House, sheet: Sheet, at: int, given: dict[int, Given]) -> None:
        self.house, self.sheet, self.at, self.given = house, sheet, at, given
        self.after: dict[int, Given | None] = {}
        self.parts: tuple[int, ...] = ()
        self.number = 0

    def answer(self, n: int, label: str, changed: Changed | None) -> None:
        """Answer a question; None puts it off."""
        self.after[n] = Given(label, changed, at=self.at)

    def reopen(self, stands: Given | None) -> None:
        """Take back the answer that this question has, and ask again what that had settled."""
        if stands is None:
            return
        take_back(self.house, stands.changed or Changed())
        self.after[self.at] = None
        for n, other in self.given.items():
            if other.turn == stands.turn and other.at == self.at and other.changed == Changed():
                self.after[n] = None

    def take_apart(self, question: QuestionRow) -> None:
        """Ask the questions of several releases instead of the one about all."""
        rows = self.sheet.rows(PART, question.path, most=question.releases)
        self.parts = tuple(row.n for row in rows)
        _regroup(self.house, self.sheet, self.at, self.parts)

    def note(self, changed: Changed) -> None:
        """Write down what was done, and what it takes to undo it."""
        before = tuple((n, self.given.get(n)) for n in self.after)
        turn = Turn(at=self.at, changed=changed, before=before, parts=self.parts)
        self.number = self.sheet.take_turn(turn)
        _mark(self.sheet, {n: one and replace(one, turn=self.number) for n, one in self.after.items()})


@contextmanager
def turn(house: House, at: int, was: int) -> Iterator[Taking]:
    """Take a turn at a question whose answer was seen, by the number of its turn; 0: it had none.

    Raises GoneError, and StandsError for another answer. What fails changes nothing.
    """
    sheet = house.desk.sheet("plan")
    if sheet is None:
        raise GoneError
    with _ONE, sheet:
        given = answers(sheet)
        stands = given.get(at)
        if (stands.turn if stands else 0) != was:
            raise StandsError(stands)
        before, taking = kept(house), Taking(house, sheet, at, given)
        try:
            taking.reopen(stands)
            yield taking
        except BaseException:
            take_back(house, changed_since(house, before))
            raise
        taking.note(changed_since(house, before))


def take(house: House, n: int, was: int, label: str, do: Callable[[], Changed] | None) -> Took:
    """Answer a question by what `do` changes; without it put the question off. Raises what these raise."""
    with turn(house, n, was) as taking:
        changed = do() if do else None
        taking.answer(n, label, changed)
    return Took(taking.number, [changed] if changed else [])


def take_pin(house: House, n: int, was: int, label: str, words: PinWords) -> Took:
    """Answer a question by a pin."""
    return take(house, n, was, label, lambda: set_pin(house, words))


def take_never(house: House, n: int, was: int, question: QuestionRow) -> Took:
    """Answer a question by lines that leave its files out for good."""
    return take(house, n, was, "never again", lambda: never(house, question.never))


def take_alike(house: House, row: Row, was: int) -> Took:
    """Take the first choice here, and wherever the same show comes first."""
    with turn(house, row.n, was) as taking:
        others = alike(taking.sheet, row, taking.given)
        firsts = [(one.n, one.read(QuestionRow).choices[0]) for one in (row, *others)]
        taken = [(n, first, set_pin(house, first.pin)) for n, first in firsts if first.pin]
        for n, first, changed in taken:
            taking.answer(n, first.label, changed)
    return Took(taking.number, [changed for _, _, changed in taken])


def take_apart(house: House, row: Row, was: int = 0) -> Took:
    """Ask the questions of several releases instead of the one about all."""
    question = row.read(QuestionRow)
    if question.releases == 1:
        return Took(0, first=row.n)
    with turn(house, row.n, was) as taking:
        taking.take_apart(question)
    return Took(taking.number, first=taking.parts[0])


def alike(sheet: Sheet, row: Row, given: dict[int, Given]) -> Iterator[Row]:
    """The other open questions whose first choice is the same show."""
    if not row.group:
        return
    for other in sheet.rows("question", row.group, most=MOST):
        if other.n != row.n and other.n not in given:
            yield other


async def settle(house: House, n: int, label: str, changes: Sequence[Changed]) -> tuple[int, ...]:
    """Note the open questions that the answer at question `n` leaves nothing to ask about; gives them."""
    sheet, pins = house.desk.sheet("plan"), [pin for changed in changes for pin in changed.came]
    if sheet is None or not pins:
        return ()
    with sheet:
        numbers = await run_in_threadpool(concerned, sheet, pins, sheet.marked(ANSWERED))
        if not numbers:
            return ()
        told = await ask(house.order("settled", questions=numbers, pins=pins))
        too = convert(told.get("answer", ()), tuple[int, ...])
        await run_in_threadpool(_settled, sheet, n, label, too)
    return too


def _settled(sheet: Sheet, n: int, label: str, too: Sequence[int]) -> None:
    """Make the turn that answered question `n` answer these too, if it was not undone meanwhile."""
    with _ONE:
        given = answers(sheet)
        taken = sheet.one_turn(given[n].turn, Turn) if n in given else None
        if taken is None:
            return
        new = [m for m in too if m not in given]
        before = {**dict.fromkeys(new), **dict(taken.before)}
        sheet.take_turn(replace(taken, before=tuple(before.items())), given[n].turn)
        _mark(sheet, dict.fromkeys(new, Given(label, Changed(), at=n, turn=given[n].turn)))


def undo(house: House, seen: int | None) -> int:
    """Undo the last turn; gives its question, 0 where there is none.

    Raises StandsError with the answer of the last turn where another one was seen.
    """
    sheet = house.desk.sheet("plan")
    if sheet is None:
        raise GoneError
    with _ONE, sheet:
        number, last = sheet.last_turn(Turn) or (0, None)
        if last is None:
            return 0
        if seen not in (None, number):
            raise StandsError(answers(sheet).get(last.at))
        take_back(house, last.changed)
        _mark(sheet, dict(last.before))
        if last.parts:
            _put_together(house, sheet, last)
        sheet.undo_turn(number)
        return last.at


def _regroup(house: House, sheet: Sheet, n: int, parts: Sequence[int]) -> None:
    sheet.turn(parts, "question")
    sheet.turn([n], "apart")
    _ask_more(house, sheet, len(parts) - 1)


def _put_together(house: House, sheet: Sheet, taken: Turn) -> None:
    row = sheet.row("apart", taken.at)
    assert row
    sheet.turn(taken.parts, PART, row.read(QuestionRow).path)
    sheet.turn([taken.at], "question")
    _ask_more(house, sheet, 1 - len(taken.parts))


def _ask_more(house: House, sheet: Sheet, more: int) -> None:
    facts = house.desk.fact("plan", PlanFacts)
    assert facts
    sheet.tell("plan", replace(facts, questions=facts.questions + more))


def _mark(sheet: Sheet, given: dict[int, Given | None]) -> None:
    for n, one in given.items():
        if one is None:
            sheet.unmark([n], ANSWERED)
        else:
            sheet.mark([n], ANSWERED, msgspec.json.encode(one))
