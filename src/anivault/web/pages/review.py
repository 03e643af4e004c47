"""The review: one question at a time, the same that `anivault review` asks. An answer is a pin."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError
from anivault.web.desk import Row, Sheet
from anivault.web.house import House
from anivault.web.jobs import ask
from anivault.web.pages.asking import refused, set_pin, take_back
from anivault.web.pages.rendering import form, go, house_of, number, optional, render
from anivault.web.records import PinWords, PlanFacts, QuestionRow

ANSWERED, NEXT = "answered", 8


class Given(msgspec.Struct, frozen=True):
    """An answer that was given: what it says, and what to take back; "" where it was only put off."""

    label: str
    what: str = ""


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
        coming = sheet.rows("question", after=row.n, most=NEXT) if row else []
    last = next(reversed(given.values()), None)
    return render(
        request,
        "pages/review.html",
        plan=facts,
        n=row.n if row else 0,
        question=row.read(QuestionRow) if row else None,
        given=len(given),
        pins=sum(bool(answer.what) for answer in given.values()),
        last=last,
        left=facts.questions - len(given),
        coming=[(other.n, other.read(QuestionRow)) for other in coming if other.n not in given],
    )


def _chosen(sheet: Sheet, n: int, after: int) -> Row | None:
    """The question that was asked for, else the next that has no answer, else the first of those."""
    if n and (row := sheet.row("question", n)):
        return row
    return sheet.unmarked("question", ANSWERED, after) or sheet.unmarked("question", ANSWERED)


def _given(sheet: Sheet) -> dict[int, Given]:
    return {n: msgspec.json.decode(data, type=Given) for n, data in sheet.marked(ANSWERED).items()}


def answer(request: Request) -> Response:
    """Take one of the choices."""
    fields = form(request)
    row = _row(house_of(request), number(fields.get("n")))
    question = row.read(QuestionRow) if row else None
    choice = number(fields.get("choice"), -1)
    if row is None or question is None or not 0 <= choice < len(question.choices):
        return _gone(request)
    taken = question.choices[choice]
    pin = taken.pin
    if fields.get("all") == "1":  # whoever released it, and wherever it lies
        pin = msgspec.structs.replace(pin, what=question.title)
    return _take(request, row, pin, taken.label)


def pin(request: Request) -> Response:
    """Take a show that was searched for or typed, with season and numbers where they were given."""
    fields = form(request)
    row = _row(house_of(request), number(fields.get("n")))
    if row is None:
        return _gone(request)
    question = row.read(QuestionRow)
    words = PinWords(
        what=question.path if fields.get("for") == "file" else question.folder,
        show=fields.get("show", "").strip()[:60],
        season=optional(fields.get("season")),
        offset=optional(fields.get("offset")),
    )
    return _take(request, row, words, fields.get("label", "")[:200] or words.show)


def _take(request: Request, row: Row, words: PinWords, label: str) -> Response:
    house = house_of(request)
    try:
        set_pin(house, words)
    except AniVaultError as error:
        return refused(request, error, "/review")
    return _note(request, row, Given(label, words.what))


def _note(request: Request, row: Row, given: Given) -> Response:
    sheet = house_of(request).desk.sheet("plan")
    if sheet:
        with sheet:
            sheet.mark([row.n], ANSWERED, msgspec.json.encode(given))
    return go(request, "/review", after=row.n)


def later(request: Request) -> Response:
    """Put a question off; it comes again with the next plan."""
    row = _row(house_of(request), number(form(request).get("n")))
    return _note(request, row, Given("later")) if row else _gone(request)


def undo(request: Request) -> Response:
    """Take the last answer back, with its pin."""
    house = house_of(request)
    sheet = house.desk.sheet("plan")
    if sheet is None:
        return _gone(request)
    with sheet:
        n, last = next(reversed(_given(sheet).items()), (0, None))
        if last is None:
            return go(request, "/review")
        try:
            if last.what:
                take_back(house, last.what)
        except AniVaultError as error:
            return refused(request, error, "/review")
        sheet.unmark([n], ANSWERED)
    return go(request, "/review", n=n)


def _row(house: House, n: int) -> Row | None:
    sheet = house.desk.sheet("plan")
    if sheet is None:
        return None
    with sheet:
        return sheet.row("question", n)


def _gone(request: Request) -> Response:
    return render(
        request,
        "entrance/missing.html",
        404,
        what="That question is not asked any more: the plan is a new one.",
    )


async def search(request: Request) -> Response:
    """The shows that have a title like these words."""
    words, n = request.query_params.get("q", "").strip()[:200], number(request.query_params.get("n"))
    house = house_of(request)
    told = await ask(house.order("search", words=words)) if words else {"answer": []}
    bare = "hx-request" in request.headers
    found, why = told.get("answer", []), told.get("message", "")
    return render(request, "pages/search.html", words=words, n=n, found=found, why=why, bare=bare)
