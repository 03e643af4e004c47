"""What is looked at at once gives what one after another gives, in the same order."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from threading import Lock, Thread
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anivault.shared.work import cores, walk
from anivault.shared.work.walk import in_order


@pytest.fixture(autouse=True, scope="module")
def soon() -> Iterator[None]:
    """Work goes to three processes at once, and in small pieces; next to a thread of pytest's own too."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(walk, "LONG", 0.0)
        patched.setattr(walk, "LOOKS", 2)
        if sys.platform == "linux":
            patched.setattr(cores, "_cores", lambda: 3)
            patched.setattr(cores, "_may_fork", lambda: True)
        yield


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
@given(TREES, st.sampled_from([0, 1, 2, 7]))
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


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_what_a_look_raises_ends_the_walk_and_what_came_before_was_told(workers: int) -> None:
    def looks(place: Tree) -> tuple[int, list[Tree]]:
        if place[0] == 2:
            raise PermissionError("folder 2")
        return look(place)

    found = in_order(looks, numbered([[], [], []]), workers)
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(PermissionError, match="folder 2"):
        next(found)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
def test_what_takes_long_is_looked_at_by_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def looks(place: Tree) -> tuple[tuple[int, int], list[Tree]]:
        return (place[0], os.getpid()), place[1]

    tree = numbered([[[[]] * 5] * 5] * 5)
    found = list(in_order(looks, tree, 0))
    monkeypatch.setattr(walk, "LONG", 3600.0)
    here = list(in_order(looks, tree, 0))

    assert [number for number, _ in found] == walked(tree)
    assert len({process for _, process in found}) > 2
    assert {process for _, process in here} == {os.getpid()}


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_what_several_looks_found_may_be_joined(workers: int) -> None:
    def looks(place: Tree) -> tuple[list[int], list[Tree]]:
        return [place[0]], place[1]

    tree = numbered([[[[]] * 2] * 3] * 4)
    found = list(in_order(looks, tree, workers, lambda every: [one for found in every for one in found]))

    assert [number for numbers in found for number in numbers] == walked(tree)


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
