"""What a crash left is settled: what had its effect stays, and of the rest nothing does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anivault.core.models import Mode
from anivault.core.moving.journal.log import read_journal
from anivault.core.moving.journal.records import Do, Step, journal_path, temporary_name
from anivault.core.moving.journal.writer import writing
from anivault.core.moving.recover import RecoverReport, recover
from anivault.shared.errors import FolderNotFoundError, JournalLostError
from tests.core.mover import NAMES, Box, crashes, tree

VIDEO = "[Group] Show - 02.mkv"


@pytest.fixture
def box(tmp_path: Path, request: pytest.FixtureRequest) -> Box:
    (tmp_path / "source").mkdir()
    return Box(tmp_path / "source", tmp_path / "library", getattr(request, "param", Mode.HARDLINK))


def left_open(box: Box, do: Do, **more: object) -> Step:
    """A run that wrote down one step, to `new.mkv`, and died."""
    now = (box.source / VIDEO).stat()
    facts = {"size": now.st_size, "mtime_ns": now.st_mtime_ns, "inode": now.st_ino}
    step = Step(**{"i": 0, "do": do, "root": 1, "rel": VIDEO, "to": "new.mkv", **facts, **more})  # type: ignore[arg-type]
    with writing(str(box.library)) as log:
        log.append([log.new_run(box.mode, [str(box.source)]), step])
        log.sync()
    return step


def test_a_library_without_trouble_is_left_alone(box: Box) -> None:
    box.run()
    before = Path(journal_path(str(box.library))).read_bytes()

    assert recover(str(box.library)) == RecoverReport()
    assert Path(journal_path(str(box.library))).read_bytes() == before


def test_a_folder_that_is_no_library_is_named_as_such(tmp_path: Path) -> None:
    assert recover(str(tmp_path)) == RecoverReport(library=False)
    with pytest.raises(FolderNotFoundError):
        recover(str(tmp_path / "gone"))


def test_a_journal_that_was_deleted_is_missed(box: Box) -> None:
    box.run()
    os.unlink(journal_path(str(box.library)))

    with pytest.raises(JournalLostError):
        recover(str(box.library))


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("do", [Do.LINK, Do.RENAME, Do.SYMLINK, Do.COPY, Do.CARRY])
def test_a_step_that_had_its_effect_stays_and_another_leaves_nothing(box: Box, do: Do, done: bool) -> None:
    content = (box.source / VIDEO).read_bytes()
    step = left_open(box, do)
    there = box.library / "new.mkv"
    run = read_journal(str(box.library)).runs[0].run.id
    half = box.library / temporary_name("new.mkv", run, 0)
    if done and do is Do.LINK:
        there.hardlink_to(box.source / VIDEO)
    elif done and do is Do.SYMLINK:
        there.symlink_to(box.source / VIDEO)
    elif done and do in (Do.COPY, Do.CARRY):
        there.write_bytes(content)
        os.utime(there, ns=(step.mtime_ns, step.mtime_ns))
    if do in (Do.RENAME, Do.CARRY) and done:
        (box.source / VIDEO).rename(there)
    if do in (Do.COPY, Do.CARRY) and not done:
        half.write_bytes(content[:10])
    report = recover(str(box.library))

    assert (report.finished, report.undone) == ((1, 0) if done else (0, 1))
    assert there.exists() is done
    assert not half.exists()
    assert (box.source / VIDEO).exists() is not (done and do in (Do.RENAME, Do.CARRY))
    assert recover(str(box.library)) == RecoverReport()


def test_of_a_carried_file_with_both_names_the_source_stays(box: Box) -> None:
    step = left_open(box, Do.CARRY)
    (box.library / "new.mkv").write_bytes((box.source / VIDEO).read_bytes())
    os.utime(box.library / "new.mkv", ns=(step.mtime_ns, step.mtime_ns))
    recover(str(box.library))

    assert (box.source / VIDEO).is_file()
    assert not (box.library / "new.mkv").exists()


def test_a_file_of_somebody_else_at_the_new_name_stays(box: Box) -> None:
    left_open(box, Do.COPY)
    (box.library / "new.mkv").write_text("mine")
    report = recover(str(box.library))

    assert (report.undone, (box.library / "new.mkv").read_text()) == (1, "mine")


def test_an_absent_disk_is_not_taken_for_files_that_are_gone(box: Box) -> None:
    left_open(box, Do.LINK)
    box.source.rename(box.source.with_name("elsewhere"))

    with pytest.raises(FolderNotFoundError):
        recover(str(box.library))
    assert read_journal(str(box.library)).unfinished


@pytest.mark.parametrize("box", [Mode.HARDLINK, Mode.COPY, Mode.MOVE, Mode.SYMLINK], indirect=True)
def test_a_crash_in_recover_itself_changes_nothing_of_the_result(box: Box) -> None:
    before = tree(box.source)
    for at in (5, 9, 14, 22):
        if not crashes(box.run, at):
            break
        for again in (1, 2, 3):
            crashes(box.recover, again)
        box.recover()
        box.rollback()
        assert tree(box.source) == before, at
        assert box.litter() == [], at
    assert at > 5
    assert set(NAMES) == set(before)
