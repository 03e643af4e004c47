"""The review: one question at a time, as `anivault review` asks. Answers are pins and ignore lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import convert
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError, PinRefusedError
from anivault.web.desk import Row, Sheet
from anivault.web.house import House
from anivault.web.jobs import ask
from anivault.web.pages.asking import (
    MOST,
    Changed,
    concerned,
    never,
    refused,
    set_pin,
    take_back,
    whole,
    words_for,
)
from anivault.web.pages.rendering import form, go, house_of, number, render
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.records import Choice, PinWords, PlanFacts, QuestionRow

ANSWERED, PART, NEXT = "answered", "part", 8


class Given(msgspec.Struct, frozen=True):
    """An answer that was given, what it changed, and the question where it was given.

    One that was given at another question changed nothing here if that left nothing to ask about this one.
    """

    label: str
    changed: Changed | None = None  # None: put off
    at: int = 0  # 0: an answer for this question alone


@while_unchanged
def show(request: Request) -> Response:
    """The next question, or the one that was chosen."""
    house = house_of(request)
    sheet = house.desk.sheet("plan")
    facts = house.desk.fact("plan", PlanFacts)
    if sheet is None or facts is None:
        return render(request, "pages/review.html", plan=None, question=None)
    with sheet:
        given = _given(sheet)
        row = _chosen(sheet, number(request.query_params.get("n")), number(request.query_params.get("after")))
        coming = _coming(sheet, row, given) if row else []
        alike = sum(1 for _ in _alike(sheet, row)) if row else 0
    together = _last(given)
    return render(
        request,
        "pages/review.html",
        plan=facts,
        n=row.n if row else 0,
        question=row.read(QuestionRow) if row else None,
        given=len(given),
        answers=sum(answer.changed is not None for answer in given.values()),
        alike=alike,
        last=_where_given(given, together[0]) if together else None,
        too=len(together) - 1,
        left=facts.questions - len(given),
        coming=coming,
    )


def _coming(sheet: Sheet, row: Row, given: dict[int, Given]) -> list[tuple[int, QuestionRow]]:
    """The open questions among those that stand behind this one."""
    behind = sheet.rows("question", after=row.n, most=NEXT)
    return [(other.n, other.read(QuestionRow)) for other in behind if other.n not in given]


def _chosen(sheet: Sheet, n: int, after: int) -> Row | None:
    """The question that was asked for, else the next that has no answer, else the first of those."""
    if n and (row := sheet.row("question", n)):
        return row
    return sheet.unmarked("question", ANSWERED, after) or sheet.unmarked("question", ANSWERED)


def _given(sheet: Sheet) -> dict[int, Given]:
    return {n: msgspec.json.decode(data, type=Given) for n, data in sheet.marked(ANSWERED).items()}


def given(house: House) -> int:
    """How many questions of the plan have an answer, or were put off."""
    sheet = house.desk.sheet("plan")
    if sheet is None:
        return 0
    with sheet:
        return len(sheet.marked(ANSWERED))


def _last(given: dict[int, Given]) -> list[int]:
    """The questions that the last answer has answered, the latest first."""
    n, last = next(reversed(given.items()), (0, None))
    if last is None or not last.at:
        return [n] if n else []
    return [m for m in reversed(given) if given[m].at == last.at]


def _where_given(given: dict[int, Given], n: int) -> Given:
    """The answer of the question where that of question `n` was given."""
    return given.get(given[n].at, given[n])


async def answer(request: Request) -> Response:
    """Take one of the choices; with `all` the first one, here and wherever it is the first."""
    fields = form(request)
    row = _row(request, fields)
    question = row.read(QuestionRow) if row else None
    choice = number(fields.get("choice"), -1)
    if row is None or question is None or not 0 <= choice < len(question.choices):
        return _gone(request)
    taken = question.choices[choice]
    if taken.pin is None:
        why = "no pin can say that: type the number of the show, and where its files go"
        return refused(request, PinRefusedError(why), "/review")
    if fields.get("all") == "1":
        return await _take_alike(request, row)
    return await _take(request, row, taken.pin, taken.label)


async def pin(request: Request) -> Response:
    """Take a show that was searched for or typed, with the place of the first file where that was given."""
    fields = form(request)
    row = _row(request, fields)
    question = row.read(QuestionRow) if row else None
    if row is None or question is None:
        return _gone(request)
    show = fields.get("show", "").strip()[:60]
    try:
        if question.releases > 1:
            raise PinRefusedError("these are several shows or films: ask about each by itself")
        words = words_for(
            question, show, whole(fields.get("season"), "a season"), whole(fields.get("first"), "an episode"),
            extras=fields.get("extras") == "1", folder=fields.get("for") == "folder",
        )  # fmt: skip
    except AniVaultError as error:
        return refused(request, error, "/review")
    return await _take(request, row, words, fields.get("label", "")[:200] or words.show)


def apart(request: Request) -> Response:
    """Ask about each release of several by itself."""
    house, row = house_of(request), _row(request, form(request))
    if row is None:
        return _gone(request)
    return go(request, "/review", n=take_apart(house, row))


def take_apart(house: House, row: Row) -> int:
    """Ask the questions of several releases instead of the one about all; gives the first one's number."""
    question = row.read(QuestionRow)
    sheet, facts = house.desk.sheet("plan"), house.desk.fact("plan", PlanFacts)
    if sheet is None or facts is None or question.releases == 1:
        return row.n
    with sheet:
        parts = [part.n for part in sheet.rows(PART, question.path, most=question.releases)]
        sheet.turn(parts, "question")
        sheet.turn([row.n], "apart")
        sheet.tell("plan", replace(facts, questions=facts.questions + len(parts) - 1))
    return parts[0]


def leave_out(request: Request) -> Response:
    """Never ask about these files again, nor about those that join them."""
    house, row = house_of(request), _row(request, form(request))
    if row is None:
        return _gone(request)
    try:
        changed = never(house, row.read(QuestionRow).never)
    except AniVaultError as error:
        return refused(request, error, "/review")
    return _note(request, row, Given("never again", changed))


async def _take(request: Request, row: Row, words: PinWords, label: str) -> Response:
    house = house_of(request)
    try:
        changed = await run_in_threadpool(set_pin, house, words)
    except AniVaultError as error:
        return refused(request, error, "/review")
    noted = _note(request, row, Given(label, changed, at=row.n))
    await settle(house, row.n, label, [changed])
    return noted


async def _take_alike(request: Request, row: Row) -> Response:
    house = house_of(request)
    try:
        taken = await run_in_threadpool(_taken_alike, house, row)
    except AniVaultError as error:
        return refused(request, error, "/review")
    await settle(house, row.n, taken[0].label, [given.changed for given in taken if given.changed])
    return go(request, "/review", after=row.n)


def _taken_alike(house: House, row: Row) -> list[Given]:
    """Take the first choice here, and wherever the same show comes first; each is noted as it is written."""
    sheet, taken = house.desk.sheet("plan"), []
    assert sheet
    with sheet:
        for other in [row, *_alike(sheet, row)]:
            first = other.read(QuestionRow).choices[0]
            if first.pin is None:
                continue
            given = Given(first.label, set_pin(house, first.pin), at=row.n)
            sheet.mark([other.n], ANSWERED, msgspec.json.encode(given))
            taken.append(given)
    return taken


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
        sheet.mark(too, ANSWERED, msgspec.json.encode(Given(label, Changed(), at=n)))
    return too


def _alike(sheet: Sheet, row: Row) -> Iterator[Row]:
    """The other open questions whose first choice is the same show."""
    if not row.group:
        return
    given = sheet.marked(ANSWERED)
    for other in sheet.rows("question", row.group, most=MOST):
        if other.n != row.n and other.n not in given:
            yield other


def _note(request: Request, row: Row, given: Given) -> Response:
    sheet = house_of(request).desk.sheet("plan")
    if sheet:
        with sheet:
            sheet.mark([row.n], ANSWERED, msgspec.json.encode(given))
    return go(request, "/review", after=row.n)


def later(request: Request) -> Response:
    """Put a question off; it comes again with the next plan."""
    row = _row(request, form(request))
    return _note(request, row, Given("later")) if row else _gone(request)


def undo(request: Request) -> Response:
    """Take the last answer back, with all that it changed; one that was taken for several questions whole."""
    house = house_of(request)
    sheet = house.desk.sheet("plan")
    if sheet is None:
        return _gone(request)
    with sheet:
        given = _given(sheet)
        together = _last(given)
        try:
            for n in together:
                take_back(house, given[n].changed or Changed())
                sheet.unmark([n], ANSWERED)
        except AniVaultError as error:
            return refused(request, error, "/review")
    return go(request, "/review", **({"n": given[together[0]].at or together[0]} if together else {}))


def _row(request: Request, fields: Mapping[str, str]) -> Row | None:
    """The question that a form is about; None where it is not asked any more."""
    house = house_of(request)
    sheet = house.desk.sheet("plan")
    if sheet is None or not house.is_shown("plan", fields):
        return None
    with sheet:
        return sheet.row("question", number(fields.get("n")))


def _gone(request: Request) -> Response:
    return render(
        request,
        "entrance/missing.html",
        404,
        what="That question is not asked any more: the plan is a new one.",
    )


async def search(request: Request) -> Response:
    """Shows that a question may be about, found by words or by a number, each with what it would come to."""
    asked, house = request.query_params, house_of(request)
    n, words, show = number(asked.get("n")), asked.get("q", "").strip()[:200], asked.get("show", "").strip()
    row = _row(request, asked)
    if row is None or row.read(QuestionRow).releases > 1:
        return _gone(request)
    try:
        where = {
            "season": whole(asked.get("season"), "a season"),
            "first": whole(asked.get("first"), "an episode"),
        }
    except PinRefusedError as error:
        return refused(request, error, "/review")
    folder = asked.get("for") == "folder"
    told: dict[str, Any] = {"answer": []}
    if words or show:
        told = await ask(house.order("search", n=n, words=words, show=show[:60], folder=folder, **where))
    return render(
        request, "pages/search.html", words=show or words, n=n, show=show, folder=folder, where=where,
        found=convert(told.get("answer", []), list[Choice]), why=told.get("message", ""),
        hint=told.get("hint", ""), bare="hx-request" in request.headers,
    )  # fmt: skip
