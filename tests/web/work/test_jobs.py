"""One piece of work at a time in a process of its own: however that ends, the page knows and can go on."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from anivault.web import jobs
from anivault.web.jobs import BusyError, Jobs, State, ask

Worker = Callable[[str], None]
ORDER = {"job": "plan", "library": "/library"}


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Puts a program in the place of the one that does work; it has read its order as `order`."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(jobs, "MODULE", "stands_in_for_work")

    def be(code: str) -> None:
        head = "import json, os, signal, sys, time\norder = json.load(sys.stdin)\n"
        head += "def say(**what): print(json.dumps(what), flush=True)\n"
        (tmp_path / "stands_in_for_work.py").write_text(head + code)

    return be


def lasting(what: Callable[[Jobs], Awaitable[Any]]) -> Any:
    """Run something with jobs in an event loop; nothing is left running."""

    async def inside() -> Any:
        made = Jobs()
        try:
            return await asyncio.wait_for(what(made), 30)
        finally:
            await made.close()

    return asyncio.run(inside())


async def until(made: Jobs, holds: Callable[[State], bool]) -> State:
    async for state in made.states():
        if holds(state):
            return state
    raise AssertionError("it was closed")


async def done(made: Jobs) -> State:
    made.start(ORDER, "Planning")
    return await until(made, lambda state: state.code is not None)


# --- how it goes, and how it ends ---


def test_every_state_is_told_in_its_order_up_to_the_end(worker: Worker) -> None:
    worker("say(label='Scanning', done=1, total=2)\nsay(code=10, counts={'moves': 3}, run='R1')")

    async def followed(made: Jobs) -> list[State]:
        made.start(ORDER, "Planning")
        seen = [state async for state in _to_the_end(made)]
        return [State(), *seen]

    states = lasting(followed)
    assert [s.number for s in states] == sorted({s.number for s in states})
    last = states[-1]
    assert (last.job, last.title, last.code, last.counts, last.run) == (
        "plan",
        "Planning",
        10,
        {"moves": 3},
        "R1",
    )
    assert not last.running
    assert not last.failed  # 10 is a finding, not a failure
    assert last.ended is not None
    assert last.ended >= last.started


async def _to_the_end(made: Jobs) -> Any:
    async for state in made.states():
        yield state
        if state.code is not None:
            return


def test_the_order_comes_to_the_work_as_it_was_given(worker: Worker) -> None:
    worker("say(code=0, message=json.dumps(order))")

    assert lasting(done).message == '{"job": "plan", "library": "/library"}'


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("", "The work ended without a word."),
        ("sys.exit(3)", "The work ended without a word."),
        ("os.kill(os.getpid(), signal.SIGKILL)", "The work ended without a word."),
        ("raise MemoryError('too much')", "MemoryError: too much"),
        ("print('x' * 100_000, file=sys.stderr); print('the last line', file=sys.stderr)", "the last line"),
        ("say(label='Half')\nprint('{\"code\":', end='')", "The work ended without a word."),
    ],
    ids=["silent", "exit", "killed", "memory", "much", "cut"],
)
def test_work_that_dies_is_a_failure_and_its_last_words_are_kept(
    worker: Worker, code: str, told: str
) -> None:
    worker(code)
    state = lasting(done)

    assert (state.code, state.failed, state.running) == (70, True, False)
    assert told in state.message
    assert len(state.message) < jobs.LAST_WORDS


@pytest.mark.parametrize(
    ("job", "looks"), [("apply", 1), ("rollback", 1), ("recover", 1), ("plan", 0), ("verify", 0)]
)
def test_after_work_that_was_killed_the_page_looks_at_what_it_did(
    worker: Worker, tmp_path: Path, job: str, looks: int
) -> None:
    seen = tmp_path / "looked"
    worker(
        f"if order['job'] == 'library':\n    open({str(seen)!r}, 'a').write('x')\n    say(code=0)\n"
        "else:\n    os.kill(os.getpid(), signal.SIGKILL)"
    )

    async def killed(made: Jobs) -> State:
        made.start({**ORDER, "job": job}, "Work")
        return await until(made, lambda state: state.code is not None)

    state = lasting(killed)
    assert (state.job, state.code) == (job, 70)
    assert (len(seen.read_text()) if seen.exists() else 0) == looks
    assert bool(state.hint) is bool(looks)


@pytest.mark.parametrize(
    "line", ["no JSON", "5", "null", '["code"]', '{"unknown": 1}', '"code"', '{"number": 5}', "{}", "\\xff"]
)
def test_a_line_that_is_no_state_is_passed_over(worker: Worker, line: str) -> None:
    worker(f"print({line!r}, flush=True)\nsay(label='Scanning')\nsay(code=0)")

    async def followed(made: Jobs) -> list[State]:
        made.start(ORDER, "Planning")
        return [state async for state in _to_the_end(made)]

    states = lasting(followed)
    assert states[-1].code == 0
    assert [state.number for state in states] == sorted({state.number for state in states})


def test_a_program_that_cannot_be_begun_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    state = lasting(done)

    assert state.code == 70
    assert "could not be begun" in state.message
    assert asyncio.run(ask(ORDER))["code"] == 70


# --- one at a time ---


def test_there_is_one_at_a_time_and_the_next_can_begin_when_it_is_over(worker: Worker) -> None:
    worker("time.sleep(0.2)\nsay(code=0)")

    async def twice(made: Jobs) -> tuple[int, int]:
        made.start(ORDER, "Planning")
        with pytest.raises(BusyError):
            made.start(ORDER, "Again")
        first = await until(made, lambda state: state.code == 0)
        second = await done(made)
        return first.number, second.number

    first, second = lasting(twice)
    assert second > first


def test_nothing_begins_when_the_page_is_closing(worker: Worker) -> None:
    worker("say(code=0)")

    async def late(made: Jobs) -> State:
        await made.close()
        with pytest.raises(BusyError):
            made.start(ORDER, "Planning")
        return made.state

    assert lasting(late).job == ""


HEEDS = """
def heed(*_):
    say(code=130, message='Stopped.')
    sys.exit(0)
signal.signal(signal.SIGINT, heed)
say(label='At work')
time.sleep(30)
"""


def test_work_that_is_stopped_ends_in_its_own_words(worker: Worker) -> None:
    worker(HEEDS)

    async def stopped(made: Jobs) -> State:
        made.start(ORDER, "Planning")
        await until(made, lambda state: state.label == "At work")
        made.cancel()
        assert (made.state.label, made.state.cancelled) == ("Stopping", True)
        return await until(made, lambda state: state.code is not None)

    state = lasting(stopped)
    assert (state.code, state.message, state.cancelled) == (130, "Stopped.", True)


def test_a_page_that_closes_stops_its_work_and_waits_for_it(worker: Worker, tmp_path: Path) -> None:
    worker(HEEDS.replace("say(code=130", f"open({str(tmp_path / 'closed')!r}, 'w').close(); say(code=130"))

    async def closed(made: Jobs) -> None:
        made.start(ORDER, "Planning")
        await until(made, lambda state: state.label == "At work")
        await made.close()

    lasting(closed)
    assert (tmp_path / "closed").exists()


def test_stopping_what_is_over_changes_nothing(worker: Worker) -> None:
    worker("say(code=0)")

    async def after(made: Jobs) -> tuple[State, State]:
        before = await done(made)
        made.cancel()
        return before, made.state

    before, now = lasting(after)
    assert before == now


def test_only_so_many_pages_may_look_at_once(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LOOKS", 2)

    async def looked(made: Jobs) -> int:
        looks = [made.states() for _ in range(3)]
        first = [await anext(look, None) for look in looks]
        for look in looks:
            await look.aclose()  # type: ignore[attr-defined]
        assert await anext(made.states(), None)  # who left has made room
        return sum(state is not None for state in first)

    assert lasting(looked) == 2


# --- what is asked in passing ---


def asked(worker: Worker, code: str, seconds: float = 20.0) -> dict[str, Any]:
    worker(code)
    return asyncio.run(ask(ORDER, seconds))


def test_a_small_question_gets_the_last_line_as_its_answer(worker: Worker) -> None:
    assert asked(worker, "say(label='Searching')\nsay(code=0, answer=[1])") == {"code": 0, "answer": [1]}


@pytest.mark.parametrize("code", ["", "print('no JSON')", "print('5')", "print('[1]')", "sys.exit(1)"])
def test_a_question_without_an_answer_is_a_failure_to_try_again(worker: Worker, code: str) -> None:
    answer = asked(worker, code)

    assert answer["code"] == 70
    assert answer["hint"]


def test_who_does_not_answer_is_ended_and_not_waited_for(worker: Worker, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    began = time.monotonic()
    answer = asked(worker, f"open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)", 0.5)

    assert answer["code"] == 70
    assert time.monotonic() - began < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
