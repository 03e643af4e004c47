"""A plug-in in a process of its own can raise, print, hang or die: it harms one answer, not the program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anivault.shared.work.worker import LateFailure, Worker, WorkerFailure

PLUGIN = """
import os, sys, time
from anivault.shared.work.worker import serve

def make(table):
    if table.get("unable"):
        raise RuntimeError("no licence")
    return table

def answer(table, question):
    if question == "raise":
        raise ValueError("nothing\\nin two lines")
    if question == "exit":
        raise SystemExit("bye")
    if question == "odd":
        class Odd(Exception):
            def __repr__(self):
                raise RuntimeError
        raise Odd
    if question == "print":
        print("chatter", flush=True)
        os.write(1, b"more\\n")
    if question == "hang":
        time.sleep(60)
    if question == "die":
        os._exit(3)
    if question == "pid":
        return os.getpid()
    return [table.get("word", ""), question]

if __name__ == "__main__":
    serve(make, answer)
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Worker]]:
    """Makes a worker of the plug-in above with its settings."""
    (tmp_path / "a_plugin_of_a_test.py").write_text(PLUGIN)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    made: list[Worker] = []

    def make(limit: float = 20.0, **table: object) -> Worker:
        made.append(Worker("a_plugin_of_a_test", "example", table, limit))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_plugin_answers_with_its_settings(worker: Callable[..., Worker]) -> None:
    asked = worker(word="hello")

    assert asked.ask("there") == b'["hello","there"]\n'


def test_one_process_answers_all_questions(worker: Callable[..., Worker]) -> None:
    asked = worker()

    assert asked.ask("pid") == asked.ask("pid")


@pytest.mark.parametrize(
    ("question", "told"), [("raise", "it raised ValueError.*two lines"), ("exit", "bye"), ("odd", "Odd")]
)
def test_one_that_raises_fails_that_question_alone(
    worker: Callable[..., Worker], question: str, told: str
) -> None:
    asked = worker()
    before = asked.ask("pid")

    with pytest.raises(WorkerFailure, match=told):
        asked.ask(question)
    assert asked.ask("pid") == before


def test_what_a_plugin_prints_is_no_answer(worker: Callable[..., Worker]) -> None:
    assert worker().ask("print") == b'["","print"]\n'


def test_one_that_hangs_is_killed_and_the_next_question_has_a_new_process(
    worker: Callable[..., Worker],
) -> None:
    asked = worker()
    before = asked.ask("pid")
    asked.limit = 0.2

    with pytest.raises(LateFailure, match=r"it did not answer in 0\.2 s"):
        asked.ask("hang")
    asked.limit = 20.0
    assert asked.ask("pid") != before


def test_one_that_dies_is_started_again(worker: Callable[..., Worker]) -> None:
    asked = worker()

    with pytest.raises(WorkerFailure, match="it died"):
        asked.ask("die")
    assert asked.ask("again") == b'["","again"]\n'


def test_one_that_cannot_start_is_tried_once(
    worker: Callable[..., Worker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = worker(unable=True)

    with pytest.raises(WorkerFailure, match=r"it could not be started: it raised .*no licence"):
        asked.ask("anything")
    (tmp_path / "a_plugin_of_a_test.py").write_text(PLUGIN.replace('table.get("unable")', "False"))
    with pytest.raises(WorkerFailure, match="no licence"):
        asked.ask("anything")


def test_closing_ends_the_process_and_may_be_done_twice(worker: Callable[..., Worker]) -> None:
    asked = worker()
    before = asked.ask("pid")
    asked.close()
    asked.close()

    assert asked.ask("pid") != before
