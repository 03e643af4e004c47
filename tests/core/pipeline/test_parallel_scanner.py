"""What is looked at and read at once gives what one after another gives, in the same order."""

from __future__ import annotations

from collections import Counter
from itertools import count
from threading import Lock, Thread
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.core.pipeline.parallel_scanner import BATCH, in_order, parts, read_all
from anivault.parser.models import ParseResult
from anivault.parser.read import Reader, read_rules
from anivault.shared.progress import Progress, untold

Tree: TypeAlias = "tuple[int, list[Tree]]"  # a folder by its number, and those below it


def numbered(shape: list[object]) -> Tree:
    """The folders of a shape, each with a number of its own."""
    numbers = count()

    def make(below: list[object]) -> Tree:
        return next(numbers), [make(each) for each in below if isinstance(each, list)]

    return make(shape)


def walked(tree: Tree) -> list[int]:
    """The folders in the order of a reader: each before those below it, these from first to last."""
    number, below = tree
    return [number, *(each for folder in below for each in walked(folder))]


def look(place: Tree) -> tuple[int, list[Tree]]:
    number, below = place
    return number, below


TREES = st.recursive(st.just([]), lambda below: st.lists(below, max_size=4), max_leaves=20).map(numbered)


@settings(max_examples=60, deadline=None)
@given(TREES, st.sampled_from([1, 2, 7]))
def test_folders_come_in_the_order_of_a_reader_however_many_are_looked_at_at_once(
    tree: Tree, workers: int
) -> None:
    assert list(in_order(look, tree, workers)) == walked(tree)


@settings(max_examples=30, deadline=None)
@given(TREES, st.sampled_from([1, 4]))
def test_each_folder_is_looked_at_once(tree: Tree, workers: int) -> None:
    seen: Counter[int] = Counter()
    lock = Lock()

    def looks(place: Tree) -> tuple[int, list[Tree]]:
        with lock:
            seen[place[0]] += 1
        return look(place)

    found = list(in_order(looks, tree, workers))
    assert seen == Counter(found) == Counter(walked(tree))


@pytest.mark.parametrize("workers", [1, 4])
def test_what_a_look_raises_ends_the_walk_and_what_came_before_was_told(workers: int) -> None:
    def looks(place: Tree) -> tuple[int, list[Tree]]:
        if place[0] == 2:
            raise PermissionError("folder 2")
        return look(place)

    found = in_order(looks, numbered([[], [], []]), workers)
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(PermissionError, match="folder 2"):
        next(found)


def test_a_walk_that_nobody_follows_to_its_end_leaves_no_thread_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[Thread] = []
    start = Thread.start

    def noted(thread: Thread) -> None:
        started.append(thread)
        start(thread)

    monkeypatch.setattr(Thread, "start", noted)
    found = in_order(look, numbered([[[]] * 3] * 5), 4)
    next(found)
    found.close()  # type: ignore[attr-defined]

    assert started
    assert not any(thread.is_alive() for thread in started)


# --- names ---


class Failing:
    """An engine that cannot read names with a 7."""

    name = "failing"
    in_process = True

    def parse(self, name: str) -> ParseResult:
        if "7" in name:
            raise ValueError(f"no idea of {name}")
        return read_rules(name)


NAMES = [f"Gankutsuou {n}.mkv" for n in range(1, 41)] + ["Monster - 05.mkv", "Monster - 06 [720p].mkv", "?"]


def read(tasks: list[list[str]], reader: Reader, progress: Progress = untold) -> list[list[ParseResult]]:
    """Read the names of each task, in this process or in others."""

    def readings(names: list[str]) -> list[ParseResult]:
        return list(map(reader.read, names))

    return list(read_all(tasks, readings, reader, progress, pack=lambda answer: answer))


def test_names_are_read_in_their_order_each_by_itself() -> None:
    tasks = [NAMES[:10], NAMES[10:11], NAMES[11:]]

    assert read(tasks, Reader()) == [list(map(Reader().read, names)) for names in tasks]


def test_progress_tells_how_many_of_all_are_read_batch_by_batch() -> None:
    told: list[tuple[int, int | None]] = []
    many = [f"Monster - {n:04}.mkv" for n in range(BATCH + 3)]
    read([*map(list, parts(many))], Reader(), lambda done, of: told.append((done, of)))

    assert told == [(BATCH, len(many)), (len(many), len(many))]


def test_small_tasks_are_read_together_and_none_is_cut() -> None:
    told: list[int] = []
    tasks = [[f"Monster {n}.mkv"] * size for n, size in enumerate((600, 300, 200, 900, 1))]
    read(tasks, Reader(), lambda done, _: told.append(done))

    assert told == [900, 1100, 2001]


def test_what_engines_fail_at_is_counted_once_over_all_batches() -> None:
    reader = Reader([Failing(), Failing()])
    names = [f"Gankutsuou {n % 10}x{n}.mkv" for n in range(BATCH + 20)]
    read([*map(list, parts(names))], reader)

    assert reader.failures == {"failing": 2 * sum("7" in name for name in names)}
    assert reader.why["failing"].startswith("no idea of Gankutsuou")


def test_no_names_are_no_work() -> None:
    assert read([], Reader()) == []
