"""Answer what is asked in passing: why a file is what it is, what has a title, what an answer settles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from anivault.cli import events
from anivault.cli.commands.files import explain as explaining
from anivault.core.living.repinned import settled as is_settled
from anivault.core.living.repinned import told
from anivault.core.matching.explain import where
from anivault.core.matching.pins import Pin
from anivault.core.matching.questions import Answer, Question, Wanted, placed, searched
from anivault.core.models import ParsedFile
from anivault.services.asking import Opened, opened
from anivault.services.pinning import PinRequest, doubts_of, made_of, resolved
from anivault.web.records import QuestionRow
from anivault.web.work.questions import choices, files_of, question_of
from anivault.web.work.telling import Order, Teller


def explain(order: Order, teller: Teller) -> dict[str, Any]:
    """Explain one file, as `anivault explain` does; a name without a look at the disk."""
    wanted = explaining.Wanted(asking=order.context.asking(), library=order.library, roots=order.sources)
    if order["file"]:
        done = explaining.handle(wanted, order["file"], teller)
    else:
        done = explaining.by_name(wanted, order["name"], teller, order["notice"])
    event = events.ExplainEvent(
        path=events.shown(done.parsed.file.path), parsed=done.parsed.parsed, explanation=done.explanation
    )
    return {
        "answer": {**msgspec.to_builtins(event), **_in_words(done), "notices": list(done.notices)},
    }


def _in_words(done: explaining.Explained) -> dict[str, Any]:
    """What `anivault explain` prints of it, line by line."""
    item, verdict = done.parsed, done.explanation
    said = {
        name: [str(who), explaining.value_told(getattr(item.parsed, name, None))]
        for name, who in item.parsed.said.items()
    }
    return {
        "said": said,
        "sure": explaining.sure_told(item),
        "where": where(verdict) if verdict else "",
        "unmatched": "" if verdict else explaining.unmatched(item),
        "torrent": explaining.torrent_told(done.torrent) if done.torrent else "",
    }


def search(order: Order, teller: Teller) -> dict[str, Any]:
    """Answers to a question: shows with a title like some words, or one show; and what each would come to."""
    row, files = _question(order)
    question = question_of(row, folder=order["folder"])
    with opened(order.context.asking(), order.library, teller("Searching")) as those:
        if order["show"]:
            found, doubts = _named(order, question, those)
        else:
            found, doubts = searched(question, order["words"], those.asked.sources), ()
        if order["season"] is not None:
            found = placed(found, order["season"], order["first"])
        found = told(found, files, those.asked)
    return {"answer": msgspec.to_builtins(list(choices(found.answers, doubts=doubts))), "cut": found.cut}


def _named(order: Order, question: Question, those: Opened) -> tuple[Question, Sequence[str]]:
    """The question with one show as its answer, as a pin would take it, and what may be wrong with that."""
    request = PinRequest(what=question.path, show=order["show"], season=order["season"])
    request, known = resolved(request, those.providers)
    where = Wanted(path=question.path, show=request.show, season=request.season, offset=request.offset)
    answer = Answer(show=known.dated if known else request.show, words="", pin=where)
    return replace(question, answers=(answer,)), tuple(doubts_of(made_of(request), known))


def _question(order: Order) -> tuple[QuestionRow, Sequence[ParsedFile]]:
    sheet = order.desk.sheet("plan")
    assert sheet
    with sheet:
        row = sheet.row("question", order["n"])
        assert row
        question = row.read(QuestionRow)
        return question, files_of(sheet, row)


def settled(order: Order, teller: Teller) -> dict[str, Any]:
    """Which of some questions have nothing left to ask, now that these pins are in force."""
    pins, sheet = msgspec.convert(order["pins"], list[Pin]), order.desk.sheet("plan")
    assert sheet
    with sheet, opened(order.context.asking(), order.library, teller("Matching")) as those:
        rows = filter(None, (sheet.row("question", n) for n in order["questions"]))
        found = ((row.n, files_of(sheet, row)) for row in rows)
        answer = [n for n, files in found if any(is_settled(pin, files, those.asked) for pin in pins)]
    return {"answer": answer}
