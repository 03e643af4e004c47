"""Verify finds what is missing, extra, changed, corrupt, misnamed; and only that."""

from __future__ import annotations

import errno
import os
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from anivault.core.models import Mode
from anivault.core.moving.executor import execute
from anivault.core.moving.verifying import verifier
from anivault.core.moving.verifying.kinds import SYMBOLS, Kind
from anivault.core.moving.verifying.verifier import VerifyReport, verify
from anivault.shared import fs
from anivault.shared.work import cores
from tests.core.mover import NAMES, Box, crashes, tree

VIDEO = "[Group] Show - 02.mkv"
PLACE = NAMES[VIDEO]


@pytest.fixture
def box(tmp_path: Path, request: pytest.FixtureRequest) -> Box:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "other").mkdir()
    return Box(tmp_path / "source", tmp_path / "library", getattr(request, "param", Mode.HARDLINK))


def found(box: Box, **how: object) -> set[tuple[Kind, str]]:
    """What is found, without the user's own file."""
    report = verify(str(box.library), **how)  # type: ignore[arg-type]
    return {(f.kind, f.path) for f in report.findings} - {(Kind.EXTRA, "mine.txt")}


def flip(path: Path) -> None:
    """Change one byte and nothing that a name shows."""
    now = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(now.st_atime_ns, now.st_mtime_ns))


@pytest.mark.parametrize("box", [Mode.HARDLINK, Mode.COPY, Mode.MOVE, Mode.SYMLINK], indirect=True)
def test_nothing_is_found_after_a_run_or_after_its_rollback(box: Box) -> None:
    box.run()
    report = verify(str(box.library))
    deep = found(box, deep=True)
    box.rollback()

    assert (report.same, report.failed()) == (5, False)
    assert deep == set()
    assert found(box) == set()


def test_a_file_of_the_user_is_extra_and_fails_only_when_strict(box: Box) -> None:
    box.run()
    report = verify(str(box.library))

    assert [(f.symbol, f.kind, f.path) for f in report.findings] == [("+", Kind.EXTRA, "mine.txt")]
    assert not report.failed()
    assert report.failed(strict=True)


def test_a_library_of_any_depth_is_walked(box: Box, deep: Path) -> None:
    box.library = deep
    box.run()
    kinds = [kind for kind, path in found(box) if path.startswith("d/")]

    assert kinds.count(Kind.EXTRA) > 1500
    assert kinds.count(Kind.UNREADABLE) == 1


def test_a_missing_file_is_found(box: Box) -> None:
    box.run()
    (box.library / PLACE).unlink()

    assert found(box) == {(Kind.MISSING, PLACE)}
    assert verify(str(box.library)).failed()


@pytest.mark.parametrize("box", [Mode.COPY], indirect=True)
def test_a_changed_file_is_found_by_size_or_time(box: Box) -> None:
    box.run()
    with (box.library / PLACE).open("ab") as file:
        file.write(b"x")
    os.utime(box.library / NAMES["[Group] Show - 01.mkv"], ns=(1, 1))

    assert found(box) == {(Kind.CHANGED, PLACE), (Kind.CHANGED, NAMES["[Group] Show - 01.mkv"])}


@pytest.mark.parametrize("box", [Mode.COPY], indirect=True)
def test_one_flipped_byte_of_a_copy_is_found_by_the_first_deep_look(box: Box) -> None:
    box.run()
    flip(box.library / PLACE)

    assert found(box) == set()
    assert found(box, deep=True) == {(Kind.CORRUPT, PLACE)}


@pytest.mark.parametrize("box", [Mode.HARDLINK, Mode.MOVE], indirect=True)
def test_one_flipped_byte_of_any_file_is_found_once_its_hash_is_on_record(box: Box) -> None:
    box.run()
    first = verify(str(box.library), deep=True)
    flip(box.library / PLACE)

    assert (first.read, first.first, first.failed()) == (5, 5, False)
    assert found(box, deep=True) == {(Kind.CORRUPT, PLACE)}
    assert found(box, deep=True) == {(Kind.CORRUPT, PLACE)}


def test_content_is_compared_with_the_crc32_in_the_name(box: Box) -> None:
    right = f"{zlib.crc32((box.source / VIDEO).read_bytes()):08x}"
    moves = [
        box.move(VIDEO, "right.mkv", crc32=right),
        box.move("Film (2001)/映画.mkv", "wrong.mkv", crc32="DEADBEEF"),
    ]
    execute(msgspec.structs.replace(box.plan(), moves=tuple(moves)))

    assert found(box, deep=True) == {(Kind.CORRUPT, "wrong.mkv")}


def large_and_small(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty files in seven folders; one is large, one has a wrong CRC32, one cannot be read."""
    (box.source / "many").mkdir()
    names = [f"many/{number:02}.mkv" for number in range(60)]
    for name in names:
        (box.source / name).write_bytes(name.encode() * (fs.CHUNK // 10 if name == "many/30.mkv" else 10))
    crcs = {"many/10.mkv": "DEADBEEF", "many/11.mkv": f"{zlib.crc32(b'many/11.mkv' * 10):08x}"}
    moves = [box.move(n, f"Show {i % 7}/{n[5:]}", crc32=crcs.get(n)) for i, n in enumerate(names)]
    execute(msgspec.structs.replace(box.plan(), moves=tuple(moves)))
    open_seen = fs.open_seen

    def refuse(folder: fs.Folder | None, name: str) -> tuple[int, os.stat_result]:
        if name == "20.mkv":
            raise PermissionError(errno.EACCES, "Permission denied")
        return open_seen(folder, name)

    monkeypatch.setattr(fs, "open_seen", refuse)
    monkeypatch.setattr(fs, "open_file", lambda *of: refuse(*of)[0])


def verified_by(processes: int, box: Box, monkeypatch: pytest.MonkeyPatch) -> tuple[VerifyReport, bytes]:
    """A first deep look by so many processes, and the hashes that it stored."""
    monkeypatch.setattr(verifier, "AT_ONCE", 5)
    monkeypatch.setattr(cores, "WORTH", -1.0)
    monkeypatch.setattr(cores, "_cores", lambda: processes)
    monkeypatch.setattr(cores, "_may_fork", lambda: True)  # also next to a thread of pytest's own
    stored = box.library / ".anivault" / "hashes.jsonl"
    stored.unlink(missing_ok=True)
    return verify(str(box.library), deep=True), stored.read_bytes()


def test_several_processes_find_and_store_what_one_does(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    large_and_small(box, monkeypatch)
    report, stored = verified_by(1, box, monkeypatch)

    assert verified_by(3, box, monkeypatch) == (report, stored)
    kinds = {(f.kind, f.path) for f in report.findings if f.kind is not Kind.EXTRA}
    assert kinds == {(Kind.CORRUPT, "Show 3/10.mkv"), (Kind.UNREADABLE, "Show 6/20.mkv")}
    assert (report.read, report.first, len(stored.splitlines())) == (59, 58, 58)


def test_what_was_read_before_an_interruption_is_stored(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "AT_ONCE", 3)
    box.run()

    def interrupt(done: int, _: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(str(box.library), deep=True, progress=interrupt)

    assert verify(str(box.library), deep=True).first == 2


def test_a_file_that_goes_meanwhile_is_missing(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "AT_ONCE", 1)
    box.run()
    last = max(NAMES.values())

    def remove(done: int, _: int | None) -> None:
        (box.library / last).unlink(missing_ok=done > 1)

    report = verify(str(box.library), deep=True, progress=remove)

    assert {(f.kind, f.path) for f in report.findings} == {(Kind.MISSING, last), (Kind.EXTRA, "mine.txt")}
    assert (report.same, report.read) == (4, 4)


def test_files_of_a_folder_that_cannot_be_opened_are_not_called_missing(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.run()
    folder = str(Path(PLACE).parent)
    listed, opened = os.scandir, fs.open_folder

    def other(path: str) -> str:
        if path.endswith(folder):
            raise PermissionError(errno.EACCES, "Permission denied")
        return path

    monkeypatch.setattr(os, "scandir", lambda path: listed(other(path)))  # root may enter any folder
    monkeypatch.setattr(fs, "open_folder", lambda parent, name: opened(parent, other(name)))
    files = {place for place in NAMES.values() if place.startswith(folder)}

    assert found(box) == {(Kind.UNREADABLE, folder)}
    assert found(box, deep=True) == {(Kind.UNREADABLE, path) for path in (folder, *files)}


def test_a_file_under_another_name_is_misnamed_and_neither_missing_nor_extra(box: Box) -> None:
    box.run()
    (box.library / PLACE).rename(box.library / "Shows/renamed by hand.mkv")

    assert found(box) == {(Kind.MISNAMED, "Shows/renamed by hand.mkv")}


def test_a_file_that_became_a_link_or_a_folder_is_changed(box: Box) -> None:
    box.run()
    (box.library / PLACE).unlink()
    (box.library / PLACE).symlink_to(box.source / VIDEO)

    assert found(box) == {(Kind.CHANGED, PLACE)}


@pytest.mark.parametrize("box", [Mode.SYMLINK], indirect=True)
def test_a_symlink_whose_source_is_gone_is_found(box: Box) -> None:
    box.run()
    (box.source / VIDEO).unlink()

    assert found(box) == {(Kind.CHANGED, PLACE)}


def test_two_names_of_one_content_are_noted(box: Box) -> None:
    moves = [*box.plan().moves, box.move(VIDEO, "again.mkv")]
    execute(msgspec.structs.replace(box.plan(), moves=tuple(moves)))

    assert found(box) == {(Kind.DUPLICATE, "again.mkv")}
    assert not verify(str(box.library)).failed()


def test_gaps_in_a_season_are_noted(box: Box) -> None:
    numbers = [1, 2, 5, 6, 9]
    moves = [box.move(name, f"Show/Show S02E{n:02}.mkv") for n, name in zip(numbers, NAMES, strict=True)]
    execute(msgspec.structs.replace(box.plan(), moves=tuple(moves)))
    (gap,) = [f for f in verify(str(box.library)).findings if f.kind is Kind.INCOMPLETE]

    assert (gap.path, gap.detail) == ("Show", "season 2 lacks 3-4, 7-8")


def test_a_double_episode_leaves_no_gap(box: Box) -> None:
    moves = [
        box.move(name, f"Show/Show {n}.mkv")
        for n, name in zip(["S01E01-E02", "S01E03", "S00E09", "S00E01"], NAMES, strict=False)
    ]
    execute(msgspec.structs.replace(box.plan(), moves=tuple(moves)))

    assert found(box) == set()


def test_what_the_provider_renumbered_is_found(box: Box) -> None:
    move = box.move(VIDEO, "a.mkv", metadata="then")
    execute(msgspec.structs.replace(box.plan(), moves=(move,)))

    assert found(box, metadata={"a.mkv": "then"}) == set()
    assert found(box, metadata={"a.mkv": "now"}) == {(Kind.RENUMBERED, "a.mkv")}


def test_parts_take_turns_until_all_is_read(box: Box) -> None:
    box.run()
    read = [verify(str(box.library), subset=3) for _ in range(3)]

    assert sum(r.read for r in read) == 5
    assert sum(r.first for r in read) == 5
    assert verify(str(box.library), deep=True).first == 0


def test_an_unfinished_run_is_found(box: Box) -> None:
    crashes(box.run, 20)

    assert (Kind.UNFINISHED, "") in found(box)


def test_damaged_hashes_are_announced_and_not_used(box: Box) -> None:
    box.run()
    verify(str(box.library), deep=True)
    stored = box.library / ".anivault" / "hashes.jsonl"
    stored.write_bytes(stored.read_bytes().replace(b'"hash":"', b'"hash":"f', 1))

    assert found(box, deep=True) == {(Kind.UNREADABLE, ".anivault/hashes.jsonl")}


def test_a_fast_verification_writes_nothing(box: Box) -> None:
    box.run()
    before = {p: p.lstat().st_mtime_ns for p in box.library.rglob("*")}
    verify(str(box.library))

    assert {p: p.lstat().st_mtime_ns for p in box.library.rglob("*")} == before


def test_a_folder_that_no_run_knows_is_called_no_library(tmp_path: Path) -> None:
    (tmp_path / "a.mkv").write_bytes(b"x")
    report = verify(str(tmp_path), deep=True)

    assert [finding.kind for finding in report.findings] == ["no-library"]
    assert report.failed()
    assert tree(tmp_path).keys() == {"a.mkv"}
    assert not (tmp_path / ".anivault").exists()


def test_every_kind_has_a_symbol() -> None:
    assert SYMBOLS.keys() == set(Kind)
    assert set(SYMBOLS.values()) == set("=-+*!~")


def test_a_torn_line_of_hashes_is_mended_without_a_word(box: Box) -> None:
    box.run()
    verify(str(box.library), deep=True)
    stored = box.library / ".anivault" / "hashes.jsonl"
    stored.write_bytes(stored.read_bytes()[:-30])

    assert found(box, deep=True) == set()
    assert found(box, deep=True) == set()
    assert len(stored.read_bytes().splitlines()) == 5


def test_damaged_hashes_are_announced_once(box: Box) -> None:
    box.run()
    verify(str(box.library), deep=True)
    stored = box.library / ".anivault" / "hashes.jsonl"
    stored.write_bytes(stored.read_bytes().replace(b'"hash":"', b'"hash":"f', 1))

    assert found(box, deep=True) == {(Kind.UNREADABLE, ".anivault/hashes.jsonl")}
    assert found(box, deep=True) == set()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_library_is_verified_and_nothing_is_stored(
    box: Box, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    box.run()
    flip(box.source / VIDEO)
    (box.library / PLACE).write_bytes(b"edited")

    def refuse(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("anivault.shared.fs.open_to_append", refuse)
    report = verify(str(box.library), deep=True)

    assert {(f.kind, f.path) for f in report.findings} >= {(Kind.CHANGED, PLACE)}
    assert (report.read, report.unstored) == (4, os.strerror(number))
    assert not (box.library / ".anivault" / "hashes.jsonl").exists()


def test_a_tree_deeper_than_python_recurses_is_walked(box: Box) -> None:
    box.run()
    rel = "/".join("d" * 1200)
    here = os.open(box.library, os.O_RDONLY)
    for name in rel.split("/"):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (box.library / rel / "deep.mkv").write_bytes(b"x")
    seen = found(box)
    subprocess.run(["rm", "-rf", box.library / "d"], check=True)  # pytest's own cleaning recurses

    assert seen == {(Kind.EXTRA, f"{rel}/deep.mkv")}


@pytest.mark.parametrize("box", [Mode.HARDLINK, Mode.COPY, Mode.MOVE], indirect=True)
def test_what_an_unfinished_run_is_at_is_not_judged(box: Box) -> None:
    for at in range(1, 200):
        crashed = crashes(box.run, at)
        if not crashed:
            break
        kinds = {kind for kind, _ in found(box)}
        assert kinds <= {Kind.UNFINISHED, Kind.NO_LIBRARY}, at
        box.recover()
        box.rollback()
    assert at > 10


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _bytes(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 8 + b"\n")


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(4096))


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [_fifo, _bytes, _zeros, _loop, Path.mkdir])
def test_hashes_that_cannot_be_read_hide_no_finding(box: Box, make: Callable[[Path], None]) -> None:
    box.run()
    place = box.library / PLACE
    place.unlink()
    place.write_bytes(b"something else")
    make(box.library / ".anivault" / "hashes.jsonl")

    assert (Kind.CHANGED, PLACE) in found(box, deep=True)
    report = verify(str(box.library), deep=True)
    assert report.read == 4


def test_a_disk_without_room_for_hashes_hides_no_finding(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.run()

    def full(*_args: object, **_more: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("anivault.core.moving.verifying.hashes.fs.open_to_append", full)
    report = verify(str(box.library), deep=True)

    assert (report.read, report.unstored) == (5, "No space left on device")
