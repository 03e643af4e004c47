"""A run says what it does at the moment, and counts bytes where content is copied."""

from __future__ import annotations

import pytest

from anivault.cli.render.pace import paced
from anivault.core.moving.journal.records import Do
from anivault.shared.progress import Progress


class Bars:
    """Notes every bar that was begun and what was drawn on it."""

    def __init__(self) -> None:
        self.drawn: list[tuple[str, int, int | None]] = []
        self.begun: list[str] = []

    def __call__(self, label: str) -> Progress:
        self.begun.append(label)
        return lambda done, total: self.drawn.append((label, done, total))


def test_a_stretch_of_one_kind_of_work_is_one_bar() -> None:
    bars = Bars()
    tell = paced(bars)
    for n in range(3):
        tell(Do.LINK, n, 3)

    assert bars.begun == ["Linking"]
    assert bars.drawn == [("Linking", 0, 3), ("Linking", 1, 3), ("Linking", 2, 3)]


def test_other_work_begins_another_bar_also_when_it_comes_back() -> None:
    bars = Bars()
    tell = paced(bars)
    for do in (Do.COPY, Do.REMOVE, Do.COPY):
        tell(do, 0, 1)

    assert bars.begun == ["Copying, MB", "Removing", "Copying, MB"]


@pytest.mark.parametrize("do", [Do.COPY, Do.CARRY])
def test_copies_are_counted_in_megabytes(do: Do) -> None:
    bars = Bars()
    paced(bars)(do, 2_500_000, 7_000_000)

    assert bars.drawn == [("Copying, MB", 2, 7)]


@pytest.mark.parametrize("do", list(Do))
def test_every_step_has_a_word(do: Do) -> None:
    bars = Bars()
    paced(bars)(do, 0, 1)

    assert bars.begun[0]
