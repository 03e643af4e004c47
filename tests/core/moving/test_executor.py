"""What a run does to the disk, and what it leaves alone."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from anivault.core.models import HeldReason, Identity, Mode, Move, Plan, Write
from anivault.core.moving import steps
from anivault.core.moving.executor import execute
from anivault.core.moving.journal.log import read_journal
from anivault.core.moving.journal.records import Do
from anivault.core.moving.journal.writer import writing
from anivault.core.moving.rollback.outlook import outlook
from anivault.core.rollback_manager import apply, plan_rollback
from anivault.shared import fs
from anivault.shared.errors import (
    DestinationError,
    LibraryBusyError,
    NoSpaceError,
    RunInterruptedError,
    RunStoppedError,
    UnfinishedRunError,
    UnsafePathError,
    quoted,
    told,
)
from tests.core.mover import NAMES, Box, Calls, crashes, identity, tree, watched


def box_of(tmp_path: Path, mode: Mode) -> Box:
    (tmp_path / "source").mkdir()
    return Box(tmp_path / "source", tmp_path / "library", mode)


def plan_of(box: Box, *moves: Move) -> Plan:
    return msgspec.structs.replace(box.plan(), moves=moves)


@pytest.mark.parametrize("mode", [Mode.MOVE, Mode.COPY, Mode.HARDLINK])
def test_every_file_is_in_its_place_with_all_that_it_had(tmp_path: Path, mode: Mode) -> None:
    box = box_of(tmp_path, mode)
    before, mine = box.trees()
    report = box.run()

    source, library = box.trees()
    assert library == mine | {target: before[name] for name, target in NAMES.items()}
    assert source == ({} if mode is Mode.MOVE else before)
    assert (report.moved, report.held, report.mode) == (5, (), mode)


def test_a_hardlink_is_the_same_file(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.HARDLINK)
    box.run()

    for name, target in NAMES.items():
        assert (box.source / name).samefile(box.library / target)


def test_a_symlink_points_to_the_source_by_its_whole_path(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.SYMLINK)
    before = box.trees()
    box.run()
    links = {target: (box.library / target).readlink() for target in NAMES.values()}
    box.rollback()

    assert links == {target: box.source / name for name, target in NAMES.items()}
    assert box.trees() == before


def test_a_move_to_another_disk_keeps_mode_time_and_attributes(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", elsewhere / "library", Mode.MOVE)
    before, mine = box.trees()
    box.run()
    moved = box.trees()
    box.rollback()

    assert moved == ({}, mine | {target: before[name] for name, target in NAMES.items()})
    assert box.trees() == (before, mine)


def test_hardlinks_to_another_disk_are_refused_before_the_first(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", elsewhere / "library", Mode.HARDLINK)
    before = box.trees()
    with pytest.raises(DestinationError) as caught:
        box.run()

    assert "--mode copy" in caught.value.hint
    assert box.trees() == before
    assert read_journal(str(box.library)).runs == []


def test_a_copy_that_cannot_fit_is_refused_before_the_first(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.COPY)
    huge = msgspec.structs.replace(box.plan().moves[0], identity=Identity(1 << 60, 1))
    with pytest.raises(NoSpaceError):
        execute(plan_of(box, huge))

    assert tree(box.library).keys() == {"mine.txt"}


def test_a_taken_place_is_held_and_what_is_there_stays(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    plan = box.plan()
    taken = box.library / plan.moves[3].target
    taken.parent.mkdir(parents=True)
    taken.write_text("the user's own")
    report = execute(plan)

    assert [(h.rel, h.reason) for h in report.held] == [(plan.moves[3].rel, HeldReason.TARGET_TAKEN)]
    assert taken.read_text() == "the user's own"
    assert report.moved == 4


@pytest.mark.parametrize("mode", [Mode.MOVE, Mode.COPY, Mode.HARDLINK])
def test_a_place_that_is_taken_after_the_look_at_it_stays_as_it_is(
    tmp_path: Path, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = box_of(tmp_path, mode)
    plan = plan_of(box, box.move("[Group] Show - 01.mkv", "mine.txt"))
    monkeypatch.setattr(fs, "exists", lambda folder, name: False)
    report = execute(plan)

    assert [h.reason for h in report.held] == [HeldReason.TARGET_TAKEN]
    assert (box.library / "mine.txt").read_text() == "a file of the user"
    assert len(tree(box.source)) == 5


def test_a_dangling_link_is_a_taken_place_too(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.COPY)
    (box.library / "there.mkv").symlink_to("nowhere")
    report = execute(plan_of(box, box.move("[Group] Show - 01.mkv", "there.mkv")))

    assert [h.reason for h in report.held] == [HeldReason.TARGET_TAKEN]
    assert not (box.library / "nowhere").exists()


def test_two_files_for_one_place_end_with_one_there_and_one_held(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    moves = [box.move(name, "Show/one place.mkv") for name in list(NAMES)[:2]]
    report = execute(plan_of(box, *moves))

    assert [h.reason for h in report.held] == [HeldReason.TARGET_TAKEN]
    assert report.moved == 1
    assert len(tree(box.source)) == 4


def _longer(path: Path) -> None:
    path.write_bytes(b"other content, other size")


def _touched(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def _another_file(path: Path) -> None:
    now = path.stat()
    other = path.with_suffix(".new")
    other.write_bytes(bytes(now.st_size))
    os.utime(other, ns=(now.st_mtime_ns, now.st_mtime_ns))
    other.replace(path)


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize("change", [_longer, _touched, _another_file, _link])
@pytest.mark.parametrize("mode", [Mode.MOVE, Mode.COPY, Mode.HARDLINK])
def test_a_source_that_changed_since_the_plan_is_held(
    tmp_path: Path, mode: Mode, change: Callable[[Path], None]
) -> None:
    box = box_of(tmp_path, mode)
    plan = box.plan()
    change(box.source / plan.moves[2].rel)
    report = execute(plan)

    assert [(h.rel, h.reason) for h in report.held] == [(plan.moves[2].rel, HeldReason.CHANGED)]
    assert not (box.library / plan.moves[2].target).exists()


def test_a_source_that_is_gone_is_held_and_the_rest_goes_on(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    plan = box.plan()
    (box.source / plan.moves[1].rel).unlink()
    report = execute(plan)

    assert [h.reason for h in report.held] == [HeldReason.SOURCE_GONE]
    assert report.moved == 4


def test_a_folder_that_became_a_link_gets_nothing(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.COPY)
    outside = tmp_path / "outside"
    outside.mkdir()
    (box.library / "Shows").symlink_to(outside)
    report = box.run()

    assert {h.reason for h in report.held} == {HeldReason.FOLDER_IS_LINK}
    assert list(outside.iterdir()) == []


def test_a_folder_that_became_a_file_is_not_called_a_link(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.COPY)
    (box.library / "Shows").write_bytes(b"no folder")
    report = box.run()

    assert {h.reason for h in report.held} == {HeldReason.FOLDER_IS_FILE}
    assert (box.library / "Shows").read_bytes() == b"no folder"


def test_a_source_folder_that_became_a_link_gives_nothing(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    plan = box.plan()
    (box.source / "Film (2001)").rename(tmp_path / "outside")
    (box.source / "Film (2001)").symlink_to(tmp_path / "outside")
    report = execute(plan)

    assert {h.reason for h in report.held} == {HeldReason.FOLDER_IS_LINK}
    assert len(list((tmp_path / "outside").iterdir())) == 2


HOSTILE = ["../out.mkv", "a/../../out.mkv", "/out.mkv", "a//b.mkv", "./a.mkv", "a/.", "nul\0.mkv", ".."]


@pytest.mark.parametrize("target", HOSTILE)
def test_a_target_that_leads_out_is_refused(tmp_path: Path, target: str) -> None:
    box = box_of(tmp_path, Mode.COPY)
    before = tree(tmp_path)
    with pytest.raises(UnsafePathError):
        execute(plan_of(box, box.move("[Group] Show - 01.mkv", target)))

    assert {k: v for k, v in tree(tmp_path).items() if ".anivault" not in k} == before


def test_a_source_that_leads_out_is_refused(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.COPY)
    (tmp_path / "secret").write_text("not yours")
    bad = msgspec.structs.replace(box.plan().moves[0], rel="../secret")
    with pytest.raises(UnsafePathError):
        execute(plan_of(box, bad))


def test_a_sidecar_stays_when_its_video_does(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    video = box.move("[Group] Show - 01.mkv", "Show/a.mkv")
    sidecar = box.move("[Group] Show - 01.ass", "Show/a.ass", video="Show/a.mkv")
    (box.source / video.rel).write_bytes(b"changed")
    report = execute(plan_of(box, video, sidecar))

    assert [h.reason for h in report.held] == [HeldReason.CHANGED, HeldReason.NO_VIDEO]
    assert (box.source / sidecar.rel).exists()


def test_small_files_are_written_beside_their_video_and_taken_back_with_it(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.HARDLINK)
    before = box.trees()
    video = NAMES["[Group] Show - 01.mkv"]
    execute(box.plan(), writes=[Write(target="Shows/Show/tvshow.nfo", data=b"<tvshow/>", video=video)])
    written = (box.library / "Shows/Show/tvshow.nfo").read_bytes()
    box.rollback()

    assert written == b"<tvshow/>"
    assert box.trees() == before
    assert box.folders() == set()


def test_a_small_file_never_replaces_one_and_a_changed_one_is_not_taken_back(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.HARDLINK)
    report = execute(
        box.plan(), writes=[Write(target="mine.txt", data=b"x"), Write(target="new.nfo", data=b"x")]
    )
    (box.library / "new.nfo").write_text("edited by the user")
    back = box.rollback()

    assert [h.reason for h in report.held] == [HeldReason.TARGET_TAKEN]
    assert (box.library / "mine.txt").read_text() == "a file of the user"
    assert [(h.rel, h.reason) for h in back.held] == [("new.nfo", HeldReason.CHANGED)]


def test_holes_stay_holes_and_content_is_right(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.COPY)
    sparse = box.source / "sparse.mkv"
    with sparse.open("wb") as file:
        for at in (0, 8 << 20, 20 << 20):
            file.seek(at)
            file.write(b"data" * 1000)
        file.truncate(32 << 20)
    execute(plan_of(box, box.move("sparse.mkv", "sparse.mkv")))
    copy = box.library / "sparse.mkv"

    assert copy.read_bytes() == sparse.read_bytes()
    assert copy.stat().st_blocks <= sparse.stat().st_blocks + 64


def test_the_hash_of_a_copy_is_that_of_its_content(tmp_path: Path) -> None:
    from xxhash import xxh3_128_hexdigest

    box = box_of(tmp_path, Mode.COPY)
    (box.source / "holes.mkv").write_bytes(b"")
    os.truncate(box.source / "holes.mkv", 3 << 20)
    execute(plan_of(box, *box.plan().moves, box.move("holes.mkv", "holes.mkv")))

    (log,) = read_journal(str(box.library)).runs
    for step in log.happened():
        if step.do is Do.COPY:
            assert log.made[step.i].hash == xxh3_128_hexdigest((box.library / step.to).read_bytes())


def test_a_name_that_is_no_utf8_arrives_and_returns(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    name = os.fsdecode(b"caf\xe9 \xff.mkv")
    (box.source / name).write_bytes(b"x")
    before = box.trees()
    execute(plan_of(box, box.move(name, f"Shows/{name}")))
    moved = tree(box.library)
    box.rollback()

    assert f"Shows/{name}" in moved
    assert box.trees() == before


def test_nothing_to_do_leaves_no_run(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)

    assert execute(plan_of(box)).moved == 0
    assert read_journal(str(box.library)).runs == []


def test_of_two_processes_one_works(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    with writing(str(box.library)), pytest.raises(LibraryBusyError):
        box.run()

    assert box.run().moved == 5


def test_the_lock_of_a_killed_process_holds_nobody_up(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    hold = (
        "import os, signal, sys; from anivault.core.moving.journal.writer import writing\n"
        "with writing(sys.argv[1]): os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", hold, str(box.library)], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert (box.library / ".anivault" / "lock").exists()
    assert box.run().moved == 5


def test_nothing_starts_over_an_unfinished_run(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    plan = box.plan()
    crashes(box.run, 20)
    before = box.trees()
    works: list[Callable[[], object]] = [lambda: execute(plan), box.rollback]
    for work in works:
        with pytest.raises(UnfinishedRunError) as caught:
            work()

        assert caught.value.hint == f"anivault recover {quoted(str(box.library))}"
    assert box.trees() == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_between_two_files(
    tmp_path: Path, number: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    monkeypatch.setattr(steps, "BATCH", 2)
    with pytest.raises(RunInterruptedError) as caught:
        execute(box.plan(), progress=lambda _, done, __: os.kill(os.getpid(), number) if done == 2 else None)

    (log,) = read_journal(str(box.library)).runs
    assert caught.value.exit_code == code
    assert log.end
    assert log.end.state == "interrupted"
    assert len(tree(box.source)) == 3


def test_a_signal_in_the_middle_of_a_copy_leaves_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = box_of(tmp_path, Mode.COPY)
    real = fs.write

    def interrupted(fd: int, data: bytes | memoryview) -> None:
        real(fd, data)
        if isinstance(data, memoryview):
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(fs, "CHUNK", 1000)
    monkeypatch.setattr(fs, "write", interrupted)
    with pytest.raises(RunInterruptedError):
        box.run()

    assert tree(box.library).keys() <= {"mine.txt", NAMES["[Group] Show - 01.mkv"]}
    assert not read_journal(str(box.library)).unfinished


@pytest.mark.parametrize("mode", [Mode.MOVE, Mode.HARDLINK, Mode.COPY])
def test_each_barrier_comes_before_what_it_protects(tmp_path: Path, mode: Mode) -> None:
    box = box_of(tmp_path, mode)
    with watched(Calls()) as calls:
        box.run()
    names = calls.names()
    effects = [i for i, name in enumerate(names) if name in ("renameat2", "link", "rename", "mkdir")]
    effects = [i for i in effects if "probe" not in calls.seen[i][1] and ".anivault'" not in calls.seen[i][1]]
    intents = names.index("fdatasync")
    synced = max(i for i, name in enumerate(names) if name == "syncfs")
    last_lines = max(i for i, name in enumerate(names) if name == "write")

    assert intents < min(effects)
    assert max(effects) < synced < last_lines
    assert names.index("write") < intents
    assert names[-1] == "fdatasync"


def test_a_source_goes_only_after_its_copy_is_synced_reread_and_journaled(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", elsewhere / "library", Mode.MOVE)
    calls = Calls()
    monkeypatch.setattr(fs, "reread", calls("reread", fs.reread))
    with watched(calls):
        box.run()
    seen = [(name, args) for name, args in calls.seen if ".anivault" not in args or name == "renameat2"]
    names = [name for name, _ in seen]
    gone = [i for i, (name, args) in enumerate(seen) if name == "unlink" and ("mkv" in args or "srt" in args)]
    copies = [i for i, name in enumerate(names) if name == "reread"]

    assert len(copies) == 5
    assert max(copies) < min(gone)
    for i in copies:
        assert "fsync" in names[max(0, i - 2) : i]
        assert "renameat2" in names[i : i + 2]
    between = names[max(copies) : min(gone)]
    assert between.index("syncfs") < between.index("write") < between.index("fdatasync")
    assert "syncfs" in names[max(gone) :]


def test_a_copy_that_reads_back_differently_is_thrown_away(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anivault.shared.errors import RunStoppedError

    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", elsewhere / "library", Mode.MOVE)
    before = box.trees()
    monkeypatch.setattr(fs, "reread", lambda fd: "another hash")
    with pytest.raises(RunStoppedError):
        box.run()

    assert box.trees() == before


def test_the_journal_grows_and_never_shrinks(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    path = box.library / ".anivault" / "journal.jsonl"
    box.run()
    first = path.read_bytes()
    box.rollback()

    assert path.read_bytes().startswith(first)


def shifted(box: Box) -> Plan:
    """Each episode to the next one's name, in a library that holds them."""
    names = [f"Shows/Show/Season 01/Show S01E0{n}.mkv" for n in (1, 2, 3)]
    steps = [(names[1], names[2]), (names[0], names[1])]
    moves = tuple(
        Move(root=str(box.library), rel=old, target=new, mode=Mode.MOVE, identity=identity(box.library / old))
        for old, new in steps
    )
    library = str(box.library)
    return Plan(library=library, roots=(library,), preset="-", mode=Mode.MOVE, moves=moves)


def test_files_that_follow_each_other_into_a_name_all_get_there_and_back(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    box.run()
    before = tree(box.library)
    season = "Shows/Show/Season 01/Show S01E0"
    report = execute(shifted(box))
    after = tree(box.library)

    assert (report.moved, report.held) == (2, ())
    assert (after[f"{season}2.mkv"], after[f"{season}3.mkv"]) == (
        before[f"{season}1.mkv"],
        before[f"{season}2.mkv"],
    )
    assert f"{season}1.mkv" not in after
    assert outlook(plan_rollback(str(box.library))).held == ()
    box.rollback()
    assert tree(box.library) == before


def test_files_that_follow_each_other_survive_a_death_at_any_call(tmp_path: Path) -> None:
    for at in count(1):
        (tmp_path / str(at)).mkdir()
        box = box_of(tmp_path / str(at), Mode.MOVE)
        at_first = box.trees()
        box.run()
        there = sorted(tree(box.library).values(), key=str)
        if not crashes(partial(execute, shifted(box)), at):
            break
        box.recover()

        assert sorted(tree(box.library).values(), key=str) == there
        while plan_rollback(str(box.library)).steps:
            box.rollback()
        assert box.trees() == at_first


def test_what_goes_to_another_disk_goes_in_batches_of_so_many_bytes(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "BATCH_BYTES", 60_000)
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", elsewhere / "library", Mode.MOVE)
    before, mine = box.trees()
    box.run()
    lines = (box.library / ".anivault" / "journal.jsonl").read_text().splitlines()

    assert box.trees() == ({}, mine | {target: before[name] for name, target in NAMES.items()})
    assert sum('"kind":"placed"' in line for line in lines) > 2


def test_two_runs_of_one_file_are_taken_back_together(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    before = box.trees()
    box.run()
    execute(shifted(box))
    plan = plan_rollback(str(box.library), since=0)

    assert outlook(plan).held == ()
    assert apply(plan).held == ()
    assert box.trees() == before


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("Films/{}.mkv", "Films/{}/{}.mkv", 300),
        ("Show {}/P/Season 1/{}.mkv", "New {}/P/Season 1/{}.mkv", 100),
    ],
)
def test_a_library_of_more_folders_than_can_be_open_is_renamed_whole(
    tmp_path: Path, old: str, new: str, count: int
) -> None:
    library = tmp_path / "library"
    names = {old.format(n, n): new.format(n, n) for n in range(count)}
    for old in names:
        (library / old).parent.mkdir(parents=True, exist_ok=True)
        (library / old).write_text(old)
    moves = tuple(
        Move(root=str(library), rel=old, target=new, mode=Mode.MOVE, identity=identity(library / old))
        for old, new in names.items()
    )
    plan = Plan(library=str(library), roots=(str(library),), preset="-", mode=Mode.MOVE, moves=moves)
    before = tree(library)
    report = execute(plan)

    assert (report.moved, report.held) == (count, ())
    assert {new: (library / new).read_text() for new in names.values()} == {n: o for o, n in names.items()}
    apply(plan_rollback(str(library)))
    assert tree(library) == before


@pytest.mark.parametrize(("call", "mode"), [("unlink", "carry"), ("rename", "move"), ("unlink", "link")])
def test_what_a_failing_disk_has_done_all_the_same_is_known_to_the_journal(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, call: str, mode: str
) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", (elsewhere if mode == "carry" else tmp_path) / "library", Mode.MOVE)
    before, mine = box.trees()
    with monkeypatch.context() as broken:
        if mode == "link":  # a disk that has no rename without replacing
            broken.setattr(fs, "rename_new", lambda *_: errno.EINVAL)
        name = {"rename": "rename_new", "unlink": "unlink"}[call]
        broken.setattr(fs, name, failing_after(getattr(fs, name)))
        with pytest.raises(RunStoppedError):
            box.run()
    box.recover()

    now = sorted([*tree(box.source).values(), *tree(box.library).values()], key=str)
    assert now == sorted([*before.values(), *mine.values()], key=str)
    box.rollback()
    assert box.trees() == (before, mine)


def failing_after(work: Callable[..., object]) -> Callable[..., object]:
    """Do it, and say that the disk failed."""

    def done_and_failed(*args: object) -> object:
        work(*args)
        raise OSError(errno.EIO, "Input/output error")

    return done_and_failed


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_a_source_that_changes_while_it_is_read_is_not_taken(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", elsewhere / "library", mode)
    name = "[Group] Show - 02.mkv"
    copy = fs.copy

    def read_and_changed(source: int, target: int, pulse: Callable[[], None]) -> str:
        digest = copy(source, target, pulse)
        if os.path.samestat(os.fstat(source), (box.source / name).stat()):
            (box.source / name).write_text("edited meanwhile")
        return digest

    monkeypatch.setattr(fs, "copy", read_and_changed)
    report = box.run()

    assert [(item.rel, item.reason) for item in report.held] == [(name, HeldReason.CHANGED)]
    assert not (box.library / NAMES[name]).exists()
    assert (box.source / name).read_text() == "edited meanwhile"


def test_what_goes_with_a_video_waits_for_it_on_the_way_to_another_disk(
    tmp_path: Path, elsewhere: Path
) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", elsewhere / "library", Mode.MOVE)
    name = "[Group] Show - 02.mkv"
    nfo = Write(target="Shows/Show/Season 01/Show S01E02.nfo", data=b"<x/>", video=NAMES[name])
    plan = box.plan()
    gone = msgspec.structs.replace(plan, moves=tuple(m for m in plan.moves if m.rel == name))
    with crashing_copy():
        report = execute(gone, writes=[nfo])

    assert report.moved == 0
    assert not (box.library / nfo.target).exists()


@contextmanager
def crashing_copy() -> Iterator[None]:
    """A source that cannot be read."""

    def unreadable(*_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(fs, "copy", unreadable)
        yield


def test_a_probe_that_a_kill_left_blocks_nothing(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    target = f"Films/{'n' * 100}.mkv"
    (box.library / ".anivault" / f"{'n' * 100}.mkv").mkdir(parents=True)

    assert execute(plan_of(box, box.move("[Group] Show - 02.mkv", target))).moved == 1


def test_a_target_among_anivault_s_own_files_is_refused(tmp_path: Path) -> None:
    box = box_of(tmp_path, Mode.MOVE)
    with pytest.raises(UnsafePathError):
        execute(plan_of(box, box.move("[Group] Show - 02.mkv", ".anivault/probe")))


def test_an_attribute_that_the_disk_cannot_hold_holds_its_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.COPY)
    first = next(iter(NAMES))
    try:
        os.setxattr(box.source / first, "user.big", b"x" * 2000)
    except OSError:
        pytest.skip("no attributes here")
    real = os.setxattr

    def small_only(fd: int, key: str, value: bytes) -> None:
        if len(value) > 1000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), fd)
        real(fd, key, value)

    monkeypatch.setattr(os, "setxattr", small_only)
    report = box.run()

    assert [(held.rel, held.reason) for held in report.held] == [(first, HeldReason.ATTRIBUTE_REFUSED)]
    assert report.held[0].detail == "user.big, 2,000 bytes"
    assert report.moved == len(NAMES) - 1
    assert box.litter() == []


def test_a_file_that_its_disk_does_not_give_is_held_and_the_rest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.COPY)
    bad = list(NAMES)[1]
    number, real = (box.source / bad).stat().st_ino, fs._reader

    def reader(fd: int) -> Callable[[memoryview], int | None]:
        def fail(_view: memoryview) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        return fail if os.fstat(fd).st_ino == number else real(fd)

    monkeypatch.setattr(fs, "_reader", reader)
    report = box.run()

    assert [(held.rel, held.reason) for held in report.held] == [(bad, HeldReason.UNREADABLE)]
    assert report.moved == len(NAMES) - 1
    assert box.litter() == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_that_may_not_be_linked_is_held_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.HARDLINK)
    foreign = list(NAMES)[which]
    number, real = (box.source / foreign).stat().st_ino, os.link

    def link(name: str, new: str, *, src_dir_fd: int | None, **more: Any) -> None:
        if os.stat(name, dir_fd=src_dir_fd).st_ino == number:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM), name)
        real(name, new, src_dir_fd=src_dir_fd, **more)

    monkeypatch.setattr(os, "link", link)
    report = box.run()

    assert [(held.rel, held.reason) for held in report.held] == [(foreign, HeldReason.NOT_PERMITTED)]
    assert report.moved == len(NAMES) - 1


def test_a_disk_without_hardlinks_is_refused_though_it_says_only_not_permitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_names: object, **_more: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.HARDLINK)
    monkeypatch.setattr(os, "link", link)
    with pytest.raises(DestinationError):
        box.run()

    assert len(box.trees()[1]) == 1


def test_a_descriptor_is_not_told_as_if_it_were_a_file(tmp_path: Path) -> None:
    assert told(OSError(errno.ENOSPC, "No space left on device", 11)) == "No space left on device"
    assert told(OSError(errno.EIO, "Input/output error", "/a")) == "Input/output error: /a"


def test_an_attribute_whose_name_is_no_utf8_goes_along_and_back(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", elsewhere / "library", Mode.MOVE)
    first, name = next(iter(NAMES)), b"user.caf\xe9"
    try:
        os.setxattr(box.source / first, name, b"old")
    except OSError:
        pytest.skip("no attributes here")
    before = box.trees()
    box.run()
    box.rollback()

    assert box.trees() == before
    assert os.getxattr(box.source / first, name) == b"old"


def test_progress_counts_bytes_where_content_is_copied_and_files_elsewhere(
    tmp_path: Path, elsewhere: Path
) -> None:
    (tmp_path / "near").mkdir()
    (tmp_path / "far").mkdir()
    near = Box(tmp_path / "near", tmp_path / "library", Mode.HARDLINK)
    far = Box(tmp_path / "far", elsewhere / "library", Mode.MOVE)
    size = sum(move.identity.size for move in far.plan().moves)
    told: list[tuple[Do, int, int]] = []
    execute(near.plan(), progress=lambda *pace: told.append(pace))

    assert told[-1] == (Do.LINK, 5, 5)
    execute(far.plan(), progress=lambda *pace: told.append(pace))
    carried = [(done, of) for do, done, of in told if do is Do.CARRY]
    assert carried[-1] == (size, size)
    assert len({done for done, _ in carried}) > 3
    assert all(0 <= done <= of for done, of in carried)
