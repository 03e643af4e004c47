"""What no file of a plan could do is refused before the first one goes; a probe never tells an untruth."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from anivault.core.models import Mode
from anivault.core.moving import preflight
from anivault.core.moving.journal.records import LOCK, NAME
from anivault.shared.errors import DestinationError, DiskError, NoSpaceError
from anivault.shared.places import FOLDER
from tests.core.mover import NAMES, Box, Calls, disk_error, watched

LINKING = [Mode.HARDLINK, Mode.SYMLINK]


@pytest.fixture
def box(tmp_path: Path, request: pytest.FixtureRequest) -> Box:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", getattr(request, "param", Mode.HARDLINK))
    ours = box.library / FOLDER
    ours.mkdir(parents=True)
    for name in (NAME, LOCK):
        (ours / name).touch()
    return box


def left(box: Box) -> set[str]:
    return {path.name for path in (box.library / ".anivault").iterdir()}


@pytest.mark.parametrize("box", [*LINKING, Mode.COPY, Mode.MOVE], indirect=True)
def test_a_plan_that_can_be_done_is_tried_and_nothing_is_left_of_it(box: Box) -> None:
    before = left(box)

    assert preflight.preflight(box.plan()) == frozenset()
    assert left(box) == before


@pytest.mark.parametrize("number", [errno.EEXIST, errno.ENOENT])
@pytest.mark.parametrize("box", LINKING, indirect=True)
def test_a_probe_that_was_made_and_told_of_an_error_refuses_nothing(box: Box, number: int) -> None:
    before = left(box)
    for at in range(1, 20):
        calls = Calls(at, disk_error(number), late=True)
        with watched(calls):
            assert preflight.preflight(box.plan()) == frozenset()
        assert left(box) == before
        if len(calls.seen) < at:
            break
    assert at > 2


@pytest.mark.parametrize("number", [errno.EEXIST, errno.ENOENT])
def test_a_name_that_was_tried_and_told_of_an_error_is_not_refused(box: Box, number: int) -> None:
    odd = "what? a name: * with all.mkv"
    plan = box.plan()
    plan = type(plan)(
        library=plan.library, roots=plan.roots, preset="-", mode=box.mode,
        moves=(box.move(next(iter(NAMES)), odd),),
    )  # fmt: skip
    for at in range(1, 20):
        calls = Calls(at, disk_error(number), late=True)
        with watched(calls):
            assert preflight.preflight(plan) == frozenset()
        if len(calls.seen) < at:
            break


@pytest.mark.parametrize("box", LINKING, indirect=True)
def test_a_link_that_the_disk_does_not_make_is_refused(box: Box) -> None:
    with (
        watched(Calls(2, disk_error(errno.EOPNOTSUPP))),
        pytest.raises(DestinationError, match="There is no"),
    ):
        preflight.preflight(box.plan())


def test_a_broken_disk_is_told_as_such(box: Box) -> None:
    with watched(Calls(2, disk_error(errno.EIO))), pytest.raises(DiskError):
        preflight.preflight(box.plan())


def test_a_name_that_the_disk_lacks_is_found(box: Box) -> None:
    long = "x" * 300 + ".mkv"
    plan = box.plan()
    plan = type(plan)(
        library=plan.library, roots=plan.roots, preset="-", mode=box.mode,
        moves=(box.move(next(iter(NAMES)), f"Shows/{long}"),),
    )  # fmt: skip

    assert preflight.preflight(plan) == {long}


@pytest.mark.parametrize("box", [Mode.COPY], indirect=True)
def test_copies_need_room(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "SPARE", os.statvfs(box.library).f_blocks * 2**20)

    with pytest.raises(NoSpaceError):
        preflight.preflight(box.plan())
