"""A file makes room for a better one: it goes back to where it came from, and a rollback brings it again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from anivault.core.models import Held, HeldReason, Mode, Move, Plan, Return
from anivault.core.moving import history
from anivault.core.moving.executor import Report, execute
from anivault.core.moving.recover import recover
from anivault.core.moving.rollback.outlook import outlook
from anivault.core.moving.rollback.script import write_script
from anivault.core.moving.verifying.verifier import verify
from anivault.core.rollback_manager import apply, plan_rollback
from tests.core.mover import Tree, crashes, identity, tree

OLD = {
    "old/Show - 01.mkv": "Show/E01.mkv",
    "old/Show - 01.ass": "Show/E01.ass",
    "old/Show - 02.mkv": "Show/E02.mkv",
}
NEW = {
    "new/Show - 01v2.mkv": "Show/E01.mkv",
    "new/Show - 01v2.ass": "Show/E01.ass",
    "new/Show - 02v2.mp4": "Show/E02.mp4",
}
WAYS = ["move", "hardlink", "copy", "symlink"]
GOES = {
    "Show/E01.mkv": "Show/E01.mkv",
    "Show/E01.ass": "Show/E01.mkv",
    "Show/E02.mkv": "Show/E02.mp4",
}  # instead


class Shelf:
    """A library with two old episodes, and better ones that have come since."""

    def __init__(self, base: Path, mode: Mode) -> None:
        self.base, self.mode, self.library = base, mode, base / "library"
        for number, name in enumerate([*OLD, *NEW]):
            path = base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"content {number} " * (number + 1) * 200)
            os.utime(path, ns=(10**18, 10**18 + number * 10**9))
        self.library.mkdir()
        self.start = self.tree()
        self.first = execute(self.plan("old", OLD)).run
        self.middle = self.tree()

    def plan(self, root: str, names: dict[str, str], returns: tuple[Return, ...] = ()) -> Plan:
        moves = tuple(
            Move(
                root=str(self.base / root),
                rel=name.partition("/")[2],
                target=target,
                mode=self.mode,
                identity=identity(self.base / name),
                video="Show/E01.mkv" if target.endswith(".ass") else None,
            )
            for name, target in names.items()
        )
        return Plan(
            library=str(self.library), roots=(str(self.base / root),), preset="-", mode=self.mode,
            moves=moves, returns=returns,
        )  # fmt: skip

    def returns(self) -> tuple[Return, ...]:
        """The old ones go to the new source's folder by MOVE; else their names go, and the sources stay."""
        to = "new" if self.mode is Mode.MOVE else "old"
        own = {target: name.partition("/")[2] for name, target in OLD.items()}
        waits = {"Show/E01.ass": own["Show/E01.mkv"], "Show/E02.mkv": "Show/E02.mp4"}
        return tuple(
            Return(
                rel=place,
                root=str(self.base / to),
                to=own[place],
                mode=self.mode,
                identity=identity(self.library / place),
                instead=instead,
                waits_for=waits.get(place),
            )
            for place, instead in GOES.items()
        )

    def upgrade(self) -> Report:
        return execute(self.plan("new", NEW, self.returns()))

    def tree(self) -> Tree:
        return {
            path: facts for path, facts in tree(self.base).items() if not path.startswith("library/.anivault")
        }

    def contents(self) -> set[object]:
        return {facts[0] for facts in self.tree().values() if facts[0] != "link"}

    def back(self, run: str | None = None, since: float | None = None) -> Report:
        plan = plan_rollback(str(self.library), run, since=since)
        foreseen = outlook(plan)
        done = apply(plan)
        assert _facts(foreseen.held) == _facts(done.held)
        assert foreseen.kept == done.kept
        return done

    def take_back(self) -> Report:
        return apply(plan_rollback(str(self.library)))

    def wrong(self) -> list[tuple[str, str]]:
        notes = {"extra", "duplicate", "incomplete"}
        return [
            (f.kind, f.path) for f in verify(str(self.library), deep=True).findings if f.kind not in notes
        ]


@pytest.fixture
def shelves(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shelf]:
    return (Shelf(tmp_path / str(n), Mode(request.param)) for n in count())


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
def test_the_old_ones_leave_the_new_ones_come_and_no_content_is_gone(shelves: Iterator[Shelf]) -> None:
    shelf = next(shelves)
    report = shelf.upgrade()

    assert not report.held
    there = {name for name in tree(shelf.library) if not name.startswith(".anivault")}
    assert there == set(NEW.values())
    assert (shelf.library / "Show/E01.mkv").read_text().startswith("content 3 ")
    assert shelf.contents() == {facts[0] for facts in shelf.start.values()}
    assert shelf.wrong() == []
    if shelf.mode is Mode.MOVE:
        assert (shelf.base / "new/Show - 01.mkv").read_text().startswith("content 0 ")
        assert not (shelf.base / "old/Show - 01.mkv").exists()


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
def test_a_rollback_of_the_run_brings_the_old_ones_again(shelves: Iterator[Shelf]) -> None:
    shelf = next(shelves)
    shelf.upgrade()
    report = shelf.back()

    assert not report.held
    assert shelf.tree() == shelf.middle
    assert shelf.wrong() == []
    assert shelf.back().held == ()
    assert shelf.tree() == shelf.start


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
def test_all_runs_together_go_back_in_one(shelves: Iterator[Shelf]) -> None:
    shelf = next(shelves)
    shelf.upgrade()
    report = shelf.back(since=0)

    assert not report.held
    assert shelf.tree() == shelf.start
    assert not history.read(str(shelf.library)).living()


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
def test_the_first_run_alone_does_not_go_back_and_says_which_is_first(shelves: Iterator[Shelf]) -> None:
    shelf = next(shelves)
    better = shelf.upgrade().run
    report = shelf.back(shelf.first)

    assert report.moved == 0
    assert {(item.rel, item.reason) for item in report.held} == {
        (n, HeldReason.RENAMED) for n in OLD.values()
    }
    assert all(f"--run {better} " in item.detail for item in report.held)


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
@pytest.mark.parametrize("torn", [False, True])
def test_a_run_killed_at_any_call_loses_nothing_and_can_be_taken_back(
    shelves: Iterator[Shelf], torn: bool
) -> None:
    for at in count(1):
        shelf = next(shelves)
        if not crashes(shelf.upgrade, at, torn=torn):
            break
        recover(str(shelf.library))

        assert shelf.contents() == {facts[0] for facts in shelf.start.values()}
        assert shelf.wrong() == []
        assert shelf.back(since=0).held == ()
        assert shelf.tree() == shelf.start


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
def test_a_rollback_killed_at_any_call_can_be_done_again(shelves: Iterator[Shelf]) -> None:
    for at in count(1):
        shelf = next(shelves)
        run = shelf.upgrade().run
        if not crashes(shelf.take_back, at, torn=at % 2 == 0):
            break
        recover(str(shelf.library))

        assert shelf.wrong() == []
        if any(put.run == run for put in history.read(str(shelf.library)).living()):
            shelf.back(run)
        assert shelf.tree() == shelf.middle


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
def test_the_script_of_the_rollback_does_the_same(shelves: Iterator[Shelf]) -> None:
    shelf = next(shelves)
    shelf.upgrade()
    script = shelf.base.parent / f"{shelf.mode}.sh"
    write_script(plan_rollback(str(shelf.library)), str(script))
    shown = subprocess.run(["sh", script], check=True, capture_output=True, text=True)
    assert "kept" not in shown.stdout
    subprocess.run(["sh", script, "--apply"], check=True, capture_output=True)

    assert shelf.tree() == shelf.middle


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
def test_an_old_file_that_changed_meanwhile_stays_and_so_does_the_new_one(shelves: Iterator[Shelf]) -> None:
    shelf = next(shelves)
    plan = shelf.plan("new", NEW, shelf.returns())
    changed = shelf.library / "Show/E01.mkv"
    changed.unlink()
    changed.write_text("somebody edited it")
    report = execute(plan)

    assert changed.read_text() == "somebody edited it"
    assert _of(report.held, "Show/E01.mkv") is HeldReason.CHANGED
    assert _of(report.held, "Show - 01v2.mkv") is HeldReason.TARGET_TAKEN
    assert _of(report.held, "Show - 01v2.ass") is HeldReason.TARGET_TAKEN
    assert (shelf.base / "new/Show - 01v2.mkv").exists()
    assert (shelf.library / "Show/E01.ass").read_text().startswith("content 1 ")


@pytest.mark.parametrize("shelves", ["hardlink", "copy", "symlink"], indirect=True)
def test_no_name_goes_whose_content_is_nowhere_else(shelves: Iterator[Shelf]) -> None:
    shelf = next(shelves)
    plan = shelf.plan("new", NEW, shelf.returns())
    (shelf.base / "old/Show - 02.mkv").unlink()
    report = execute(plan)

    if shelf.mode is Mode.SYMLINK:  # it has no content
        assert not report.held
    else:
        assert _of(report.held, "Show/E02.mkv") is HeldReason.SOURCE_GONE
        assert (shelf.library / "Show/E02.mkv").read_text().startswith("content 2 ")


@pytest.mark.parametrize("shelves", WAYS, indirect=True)
def test_where_the_new_one_has_another_name_and_does_not_come_the_old_one_stays(
    shelves: Iterator[Shelf],
) -> None:
    shelf = next(shelves)
    plan = shelf.plan("new", NEW, shelf.returns())
    (shelf.base / "new/Show - 02v2.mp4").unlink()
    report = execute(plan)

    assert _of(report.held, "Show/E02.mkv") is HeldReason.NO_VIDEO
    assert (shelf.library / "Show/E02.mkv").read_text().startswith("content 2 ")


def _facts(held: tuple[Held, ...]) -> list[tuple[str, str, str]]:
    return sorted((item.rel, item.reason, item.detail) for item in held)


def _of(held: tuple[Held, ...], rel: str) -> HeldReason | None:
    return next((item.reason for item in held if item.rel == rel), None)
