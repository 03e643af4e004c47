"""Whatever call a run dies or fails at: no content is lost, none is doubled, all can be taken back."""

from __future__ import annotations

import errno
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from anivault.core.models import Mode
from anivault.shared import fs
from anivault.shared.errors import AniVaultError
from tests.core.mover import DISK_ERRORS, LATE_ERRORS, Box, Calls, crashes, disk_error, tree, watched

ELSEWHERE = Path("/dev/shm")  # another filesystem than tmp_path
WAYS = ["move", "hardlink", "copy", "carry"]


@pytest.fixture
def boxes(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Iterator[Box]]:
    """An endless supply of fresh boxes of one way; `carry` is a move to another filesystem."""
    way = request.param
    base = ELSEWHERE / f"anivault-{tmp_path.name}-{tmp_path.parent.name}" if way == "carry" else tmp_path
    if way == "carry" and (not ELSEWHERE.is_dir() or ELSEWHERE.stat().st_dev == tmp_path.stat().st_dev):
        pytest.skip("needs /dev/shm on a filesystem of its own")
    mode = Mode.MOVE if way == "carry" else Mode(way)
    base.mkdir(exist_ok=True)
    yield (Box(_folder(tmp_path / f"s{n}"), base / f"l{n}", mode) for n in count())
    if way == "carry":
        shutil.rmtree(base)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def assert_nothing_lost(box: Box, before: Counter[tuple[object, ...]]) -> None:
    """Moving keeps every content exactly once; linking and copying keep the sources as they are."""
    source, library = box.trees()
    now = Counter([*source.values(), *library.values()])
    if box.mode is Mode.MOVE:
        assert now == before
    else:
        assert set(now) == set(before)
        assert all(now[facts] <= 2 * before[facts] for facts in before)


def contents(box: Box) -> Counter[tuple[object, ...]]:
    source, library = box.trees()
    return Counter([*source.values(), *library.values()])


@pytest.mark.parametrize("boxes", WAYS, indirect=True)
@pytest.mark.parametrize("torn", [False, True])
def test_a_run_killed_at_any_call_loses_nothing_and_can_be_taken_back(
    boxes: Iterator[Box], torn: bool
) -> None:
    for at in count(1):
        box = next(boxes)
        before, all_before = box.trees(), contents(box)
        if not crashes(box.run, at, torn=torn):
            break
        box.recover()

        assert_nothing_lost(box, all_before)
        box.rollback()
        assert box.trees() == before
        assert box.folders() == set()


@pytest.mark.parametrize("boxes", WAYS, indirect=True)
def test_a_recovery_killed_at_any_call_can_be_done_again(boxes: Iterator[Box]) -> None:
    for first in (12, 25, 40):
        for at in count(1):
            box = next(boxes)
            before, all_before = box.trees(), contents(box)
            crashes(box.run, first, torn=True)
            if not crashes(box.recover, at):
                break
            box.recover()

            assert_nothing_lost(box, all_before)
            box.rollback()
            assert box.trees() == before


@pytest.mark.parametrize("boxes", WAYS, indirect=True)
def test_a_rollback_killed_at_any_call_can_be_done_again(boxes: Iterator[Box]) -> None:
    for at in count(1):
        box = next(boxes)
        before, all_before = box.trees(), contents(box)
        box.run()
        if not crashes(box.rollback, at, torn=at % 2 == 0):
            break
        box.recover()

        assert_nothing_lost(box, all_before)
        box.rollback()
        assert box.trees() == before


@pytest.mark.parametrize("boxes", WAYS, indirect=True)
@pytest.mark.parametrize("number", DISK_ERRORS, ids=lambda n: errno.errorcode[n])
def test_a_disk_that_fails_once_ends_in_one_error_or_in_held_files(boxes: Iterator[Box], number: int) -> None:
    for at in count(1):
        box = next(boxes)
        before, all_before = box.trees(), contents(box)
        with watched(Calls(at, disk_error(number))) as calls:
            told = tells(box)
        if len(calls.seen) < at:
            break

        box.recover()
        assert told or len(tree(box.library)) == 6
        assert_nothing_lost(box, all_before)
        box.rollback()
        assert box.trees() == before


@pytest.mark.parametrize("boxes", WAYS, indirect=True)
@pytest.mark.parametrize("number", LATE_ERRORS, ids=lambda n: errno.errorcode[n])
def test_a_call_that_did_its_work_and_reports_an_error_leaves_nothing_that_the_journal_does_not_know(
    boxes: Iterator[Box], number: int
) -> None:
    for at in count(1):
        box = next(boxes)
        before, all_before = box.trees(), contents(box)
        with watched(Calls(at, disk_error(number), late=True)) as calls:
            told = tells(box)
        if len(calls.seen) < at:
            break

        box.recover()
        assert told or len(tree(box.library)) == 6
        assert_nothing_lost(box, all_before)
        assert box.litter() == []
        box.rollback()
        assert box.trees() == before
        assert box.folders() == set()


@pytest.mark.parametrize("boxes", ["move", "copy"], indirect=True)
@pytest.mark.parametrize("number", LATE_ERRORS, ids=lambda n: errno.errorcode[n])
def test_a_network_share_that_renames_by_link_and_answers_late_loses_nothing(
    boxes: Iterator[Box], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fs, "rename_new", lambda *_names: errno.EINVAL)
    for at in count(1):
        box = next(boxes)
        before, all_before = box.trees(), contents(box)
        with watched(Calls(at, disk_error(number), late=True)) as calls:
            told = tells(box)
        if len(calls.seen) < at:
            break

        box.recover()
        assert told or len(tree(box.library)) == 6
        assert_nothing_lost(box, all_before)
        assert box.litter() == []
        box.rollback()
        assert box.trees() == before
        assert box.folders() == set()


@pytest.mark.parametrize("boxes", ["move", "carry"], indirect=True)
@pytest.mark.parametrize("number", LATE_ERRORS, ids=lambda n: errno.errorcode[n])
def test_a_rollback_whose_calls_report_errors_for_work_that_they_did_loses_nothing(
    boxes: Iterator[Box], number: int
) -> None:
    for at in count(1):
        box = next(boxes)
        before, all_before = box.trees(), contents(box)
        box.run()
        with watched(Calls(at, disk_error(number), late=True)) as calls, suppress(AniVaultError):
            box.rollback()
        if len(calls.seen) < at:
            break

        box.recover()
        assert_nothing_lost(box, all_before)
        box.rollback()
        assert box.trees() == before
        assert box.litter() == []
        assert box.folders() == set()


def tells(box: Box) -> bool:
    """True when a run says that something is not as planned."""
    try:
        return bool(box.run().held)
    except AniVaultError as error:
        return error.exit_code >= 20 and bool(error.hint)
