"""The review: one question at a time, as `anivault review` asks. Answers are pins and ignore lines."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import convert
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anivault.shared.errors import AniVaultError, PinRefusedError
from anivault.shared.text import counted
from anivault.web.desk import Row, Sheet
from anivault.web.jobs import ask
from anivault.web.pages.answered import turns
from anivault.web.pages.answered.turns import ANSWERED, GoneError, StandsError, Took, settle, take_apart
from anivault.web.pages.asking import refused, whole, words_for
from anivault.web.pages.rendering import form, go, house_of, number, render
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.records import Choice, Given, PlanFacts, QuestionRow, Turn

MOST_PRESSED = 64  # forms
NEXT = 8  # questions that are named, of those that come or were put off


class Last(NamedTuple):
    """The last turn: its number, what it did in words, and what speaks against that."""

    number: int
    said: str
    doubts: Sequence[str]


@while_unchanged
def show(request: Request) -> Response:
    """The next question, or the one that was chosen."""
    house = house_of(request)
    sheet = house.desk.sheet("plan")
    facts = house.desk.fact("plan", PlanFacts)
    if sheet is None or facts is None:
        return render(request, "pages/review.html", plan=None, question=None)
    with sheet:
        given = turns.answers(sheet)
        row = _chosen(sheet, number(request.query_params.get("n")), number(request.query_params.get("after")))
        so_far = turns.counted(facts, given)
        coming = _coming(sheet, row) if row else []
        put_off = [] if row else _put_off(sheet, given)
        alike = _alike(sheet, row, given) if row else 0
        last = _last(sheet, given)
    stands = given.get(row.n) if row else None
    unasked = so_far.open - so_far.later - _is_new(row, stands)
    return render(
        request,
        "pages/review.html",
        plan=facts,
        n=row.n if row else 0,
        question=row.read(QuestionRow) if row else None,
        stands=stands,
        was=stands.turn if stands else 0,
        counts=so_far,
        told=turns.told(so_far),
        alike=alike,
        last=last,
        coming=coming,
        more=unasked - len(coming),
        put_off=put_off,
    )


def _coming(sheet: Sheet, row: Row) -> list[tuple[int, QuestionRow]]:
    """The next open questions: those behind this one, then those before it that were passed over."""
    behind = sheet.all_unmarked("question", ANSWERED, row.n, most=NEXT)
    before = (one for one in sheet.all_unmarked("question", ANSWERED, most=NEXT) if one.n < row.n)
    return [(one.n, one.read(QuestionRow)) for one in [*behind, *before][:NEXT]]


def _is_new(row: Row | None, stands: Given | None) -> bool:
    """Whether a question is asked that has no answer yet."""
    return row is not None and stands is None


def _alike(sheet: Sheet, row: Row, given: dict[int, Given]) -> int:
    """How many questions are like this one."""
    return sum(1 for _ in turns.alike(sheet, row, given))


def _put_off(sheet: Sheet, given: Mapping[int, Given]) -> list[tuple[int, QuestionRow]]:
    """Some of the questions that were put off."""
    numbers = [n for n, one in given.items() if one.changed is None][:NEXT]
    return [(row.n, row.read(QuestionRow)) for row in (sheet.row("question", n) for n in numbers) if row]


def _chosen(sheet: Sheet, n: int, after: int) -> Row | None:
    """The question that was asked for, else the next that has no answer, else the first of those."""
    if n and (row := sheet.row("question", n)):
        return row
    return sheet.unmarked("question", ANSWERED, after) or sheet.unmarked("question", ANSWERED)


def _last(sheet: Sheet, given: Mapping[int, Given]) -> Last | None:
    """What was done last and can be undone."""
    number, turn = sheet.last_turn(Turn) or (0, None)
    if turn is None:
        return None
    if turn.parts:
        return Last(number, f"Each of {len(turn.parts):,} is asked about by itself.", ())
    one, too = given[turn.at], sum(other.turn == number for other in given.values()) - 1
    more = f", which answers {counted(too, 'more question')} too." if too else "."
    return Last(number, one.said.removesuffix(".") + more, one.changed.doubts if one.changed else ())


class Pressed(OrderedDict[tuple[object, ...], tuple[int, str]]):
    """Forms that did something: the turn that each took or undid, and where it led."""


def once(does: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Do what a form asks for, once: pressed again, it shows what the first press did, while that stands."""

    async def answer(request: Request) -> Response:
        fields = ((name, text) for name, text in form(request).items() if name != "csrf")
        key = request.scope["path"], house_of(request).made("plan"), *sorted(fields)
        pressed: Pressed = request.app.state.pressed
        if key in pressed and _stands_still(request, pressed[key][0]):
            return RedirectResponse(pressed[key][1], 303)
        response, who = await does(request), request.scope["state"]
        if "turn" in who:
            pressed[key] = who["turn"], response.headers["location"]
            while len(pressed) > MOST_PRESSED:
                pressed.popitem(last=False)
        return response

    return answer


def _stands_still(request: Request, turn: int) -> bool:
    """Whether what a form did is so still: its turn was neither undone nor replaced; an undo's is gone."""
    sheet = house_of(request).desk.sheet("plan")
    if sheet is None:
        return False
    with sheet:
        taken, undoes = sheet.one_turn(turn, Turn), request.scope["path"] == "/review/undo"
        if taken is None or undoes:
            return taken is None and undoes
        one = turns.answers(sheet).get(taken.at)
        return bool(taken.parts) or (one is not None and one.turn == turn)


@once
async def answer(request: Request) -> Response:
    """Take one of the choices; with `all` the first one, here and wherever it is the first."""
    fields = form(request)
    row = _row(request, fields)
    question = row.read(QuestionRow) if row else None
    choice = number(fields.get("choice"), -1)
    if row is None or question is None or not 0 <= choice < len(question.choices):
        return _gone(request)
    taken = question.choices[choice]
    house, was, words = house_of(request), number(fields.get("was")), taken.pin
    if words is None:
        why = "no pin can say that: type the number of the show, and where its files go"
        return refused(request, PinRefusedError(why), "/review")
    if fields.get("all") == "1":
        return await _take(request, row, taken.label, lambda: turns.take_alike(house, row, was))
    return await _take(
        request, row, taken.label, lambda: turns.take_pin(house, row.n, was, taken.label, words)
    )


@once
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
    house, was, label = house_of(request), number(fields.get("was")), fields.get("label", "")[:200]
    label = label or words.show
    return await _take(request, row, label, lambda: turns.take_pin(house, row.n, was, label, words))


@once
async def leave_out(request: Request) -> Response:
    """Never ask about these files again, nor about those that join them."""
    fields, house = form(request), house_of(request)
    row = _row(request, fields)
    if row is None:
        return _gone(request)
    question, was = row.read(QuestionRow), number(fields.get("was"))
    return await _take(request, row, "never ask again", lambda: turns.take_never(house, row.n, was, question))


@once
async def later(request: Request) -> Response:
    """Put a question off; it comes again with the next plan."""
    fields, house = form(request), house_of(request)
    row = _row(request, fields)
    if row is None:
        return _gone(request)
    was = number(fields.get("was"))
    return await _take(request, row, "later", lambda: turns.take(house, row.n, was, "later", None))


async def _take(request: Request, row: Row, label: str, do: Callable[[], Took]) -> Response:
    """Answer a question, and note what else that answers; one that was answered meanwhile is asked about."""
    try:
        taken = await run_in_threadpool(do)
    except StandsError as error:
        return _stands(request, row, label, error.stands)
    except GoneError:
        return _gone(request)
    except AniVaultError as error:
        return refused(request, error, "/review")
    request.scope["state"]["turn"] = taken.turn
    await settle(house_of(request), row.n, label, taken.changes)
    return go(request, "/review", after=row.n)


def _stands(request: Request, row: Row, label: str, stands: Given | None) -> Response:
    """Say which answer a question has that the window did not show, and ask whether to replace it."""
    return render(
        request,
        "pages/answered.html",
        409,
        question=row.read(QuestionRow),
        n=row.n,
        stands=stands,
        label=label,
        path=request.scope["path"],
        fields={name: value for name, value in form(request).items() if name not in ("csrf", "was")},
        was=stands.turn if stands else 0,
    )


@once
async def apart(request: Request) -> Response:
    """Ask about each release of several by itself."""
    fields = form(request)
    row = _row(request, fields)
    if row is None:
        return _gone(request)
    try:
        was = number(fields.get("was"))
        taken = await run_in_threadpool(take_apart, house_of(request), row, was)
    except StandsError as error:
        return _stands(request, row, "ask about each by itself", error.stands)
    except GoneError:
        return _gone(request)
    except AniVaultError as error:
        return refused(request, error, "/review")
    if taken.turn:
        request.scope["state"]["turn"] = taken.turn
    return go(request, "/review", n=taken.first)


@once
async def undo(request: Request) -> Response:
    """Undo what was done last: an answer with all that it changed, what was put off or taken apart."""
    fields, house = form(request), house_of(request)
    seen = number(fields["turn"]) if "turn" in fields else None
    if not house.is_shown("plan", fields):
        return _gone(request)
    try:
        at = await run_in_threadpool(turns.undo, house, seen)
        if seen is not None:
            request.scope["state"]["turn"] = seen
        return go(request, "/review", n=at or None)
    except GoneError:
        return _gone(request)
    except StandsError as error:
        said = f" {error.stands.said}" if error.stands else ""
        what = f"Something else was done since this page was shown.{said} Nothing was undone."
        hint = "Look at it again: Undo takes back what was done last."
        return render(request, "entrance/refused.html", 409, what=what, hint=hint, back="/review")
    except AniVaultError as error:
        return refused(request, error, "/review")


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
    found: dict[str, Any] = {"answer": []}
    if words or show:
        found = await ask(house.order("search", n=n, words=words, show=show[:60], folder=folder, **where))
    return render(
        request, "pages/search.html", words=show or words, n=n, show=show, folder=folder, where=where,
        found=convert(found.get("answer", []), list[Choice]), why=found.get("message", ""),
        hint=found.get("hint", ""), bare="hx-request" in request.headers, was=number(asked.get("was")),
        cut=found.get("cut", False),
    )  # fmt: skip
