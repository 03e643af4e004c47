"""Work that is shared out has the results of one core, in order, whatever becomes of the processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from anivault.shared.work import cores
from anivault.shared.work.cores import spread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")


@pytest.fixture(autouse=True)
def worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any work is worth a fork, also where the tests themselves run next to a thread of their runner."""
    monkeypatch.setattr(cores, "WORTH", 0.0)
    monkeypatch.setattr(threading, "active_count", partial(own_threads, threading.active_count()))


def own_threads(before: int) -> int:
    return len(threading.enumerate()) - before + 1


def where(task: int) -> tuple[int, int]:
    time.sleep(0.001)
    return task, os.getpid()


def test_the_results_are_in_order_and_of_several_processes() -> None:
    found = list(spread(where, range(40), workers=3))

    assert [task for task, _ in found] == list(range(40))
    assert len({process for _, process in found} - {os.getpid()}) > 1


def test_one_worker_is_this_process() -> None:
    assert {process for _, process in spread(where, range(40), workers=1)} == {os.getpid()}


def test_little_work_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "WORTH", 3600.0)

    assert {process for _, process in spread(where, range(40), workers=3)} == {os.getpid()}


def test_nothing_is_forked_while_another_thread_runs() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert {process for _, process in spread(where, range(40), workers=3)} == {os.getpid()}
    finally:
        done.set()
        thread.join()


def test_each_process_begins_before_it_works() -> None:
    begun: list[int] = []

    found = list(spread(lambda _: list(begun), range(20), workers=2, begin=lambda: begun.append(os.getpid())))

    assert found[-1]
    assert os.getpid() not in found[-1]


def test_a_result_is_packed_for_the_way_alone() -> None:
    here = os.getpid()

    def pack(task: int) -> str:
        assert os.getpid() != here
        return str(task)

    assert list(spread(lambda task: task, range(20), workers=2, pack=pack, unpack=int)) == list(range(20))


def test_what_a_process_leaves_when_it_dies_is_done_here() -> None:
    here = os.getpid()

    def work(task: int) -> int:
        if task == 7 and os.getpid() != here:
            os._exit(9)
        return task

    assert list(spread(work, range(20), workers=2)) == list(range(20))


def test_what_cannot_be_handed_back_is_done_here() -> None:
    found = list(spread(lambda task: (task, sys), range(20), workers=2))  # a module cannot be pickled

    assert found == [(task, sys) for task in range(20)]


def test_where_no_process_can_be_begun_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)

    assert {process for _, process in spread(where, range(40), workers=3)} == {os.getpid()}


def test_more_tasks_than_a_pipe_holds_are_all_done() -> None:
    many = range(40_000)

    assert list(spread(lambda task: task, many, workers=2)) == list(many)


def test_what_work_raises_is_raised() -> None:
    def work(task: int) -> int:
        if task == 7:
            raise ValueError("seven")
        return task

    with pytest.raises(ValueError, match="seven"):
        list(spread(work, range(20), workers=2))


def test_no_process_is_left_when_nobody_wants_the_rest() -> None:
    found: Iterator[tuple[int, int]] = spread(where, range(40), workers=2)
    processes = {next(found)[1] for _ in range(5)} - {os.getpid()}
    found.close()  # type: ignore[attr-defined]

    assert processes
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_no_process_outlives_the_one_that_began_it() -> None:
    words = "import os, time; from anivault.shared.work.cores import shared"
    work = "lambda _: time.sleep(0.01) or os.getpid()"
    code = f"{words}\nfor pid in shared({work}, range(100_000), 2): print(pid, flush=True)"
    ours = os.environ | {"PYTHONPATH": str(Path(cores.__file__).parents[3])}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ours) as parent:
        assert parent.stdout
        processes = {int(parent.stdout.readline()) for _ in range(40)}
        parent.kill()
    until = time.monotonic() + 30
    while any(map(runs, processes)) and time.monotonic() < until:
        time.sleep(0.01)

    assert len(processes) == 2
    assert not any(map(runs, processes))


def runs(process: int) -> bool:
    """Whether a process does something yet; one that nobody waited for has ended too."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
