"""A run is told by what it did and by what is left of it."""

from __future__ import annotations

import pytest

from anivault.cli.commands.library.history import RunView
from anivault.cli.render.runs import files_told


def view(mode: str = "move", *, files: int, living: int, **more: int) -> RunView:
    counts = {"open": 0, **more}
    return RunView(run="r", time=0, mode=mode, state="done", files=files, living=living, **counts)


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (view(files=1, living=1), "1 file"),
        (view(files=1600, living=1600), "1,600 files"),
        (view(files=160, living=158), "160 files, 2 taken back"),
        (view(files=3, living=3, open=1), "3 files, 1 not settled"),
        (view(files=3, living=1, again=2), "3 files, 2 lost and put there again"),
        (view("rollback", files=3, living=0), "3 files"),
    ],
    ids=["one", "many", "some taken back", "cut off", "some put there again", "a rollback"],
)
def test_what_was_taken_back_or_is_not_settled_is_told_next_to_the_files(run: RunView, told: str) -> None:
    assert files_told(run) == told
