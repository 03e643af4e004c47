"""Every kind of destination works whole, or refuses before the first move. Needs root, and mounts."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import msgspec
import pytest

from anivault.core.models import HeldReason, Mode
from anivault.core.moving.emptied import emptied
from anivault.core.moving.executor import execute
from anivault.core.moving.journal.log import read_journal
from anivault.core.moving.verifying.kinds import Kind
from anivault.core.moving.verifying.verifier import verify
from anivault.shared import fs
from anivault.shared.errors import DestinationError
from tests.core.mover import NAMES, Box, crashes

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
FOLDERS = count(1)
SERVERS: list[subprocess.Popen[bytes]] = []  # they end with their mounts
SFTP = "/usr/lib/openssh/sftp-server"
ABLE = {  # what must work there, so that refusing everything is no way out
    "ext4": {"move", "copy", "hardlink", "symlink"},
    "xfs": {"move", "copy", "hardlink", "symlink", "reflink"},
    "btrfs": {"move", "copy", "hardlink", "symlink", "reflink"},
    "tmpfs": {"move", "copy", "hardlink", "symlink"},
    "ntfs": {"move", "copy", "hardlink", "symlink"},
    "exfat": {"move", "copy"},
    "sshfs": {"move", "copy"},
    "mergerfs": {"move", "copy", "hardlink", "symlink"},
    "overlay": {"move", "copy", "hardlink", "symlink"},
    "bind": {"move", "copy", "symlink"},
}


def run(*words: object) -> None:
    """Run a command of the system, or skip where it is missing or fails."""
    if not shutil.which(str(words[0])):
        pytest.skip(f"needs {words[0]}")
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        pytest.skip(f"{words[0]}: {done.stderr.strip()[-200:]}")


def unmount(point: Path) -> None:
    subprocess.run(["umount", "-l", str(point)], check=False, capture_output=True)


def image(base: Path, size: str, make: list[str], mount: list[str]) -> Path:
    """Make a filesystem in a file and mount it."""
    file, point = base / "image", base / "mount"
    point.mkdir()
    run("truncate", "-s", size, file)
    run(*make, file)
    run(*mount, file, point)
    return point


def exfat(base: Path) -> Path:
    """It wants a block device; the loop is given up with the mount."""
    run("truncate", "-s", "32M", base / "image")
    run("mkfs.exfat", base / "image")
    (base / "mount").mkdir()
    found = subprocess.run(
        ["losetup", "-f", "--show", base / "image"], capture_output=True, text=True, check=False
    )
    try:
        run("mount.exfat-fuse", found.stdout.strip(), base / "mount")
    finally:
        subprocess.run(["losetup", "-d", found.stdout.strip()], check=False, capture_output=True)
    return base / "mount"


def overlay(base: Path) -> Path:
    for name in ("lower", "upper", "work", "mount"):
        (base / name).mkdir()
    run("mount", "-t", "tmpfs", "none", base / "upper")
    for name in ("upper", "work"):
        (base / "upper" / name).mkdir()
    layers = f"lowerdir={base}/lower,upperdir={base}/upper/upper,workdir={base}/upper/work"
    run("mount", "-t", "overlay", "overlay", "-o", layers, base / "mount")
    return base / "mount"


def mergerfs(base: Path) -> Path:
    for name in ("one", "two", "mount"):
        (base / name).mkdir()
    for name in ("one", "two"):
        run("mount", "-t", "tmpfs", "none", base / name)
    options = "category.create=epff,inodecalc=path-hash,cache.files=off"
    run("mergerfs", "-o", options, f"{base}/one:{base}/two", base / "mount")
    return base / "mount"


def sshfs(base: Path) -> Path:
    """SFTP without a network: the server is the other end of a pair of sockets."""
    if not Path(SFTP).exists():
        pytest.skip("needs an SFTP server")
    for name in ("far", "mount"):
        (base / name).mkdir()
    if not shutil.which("sshfs"):
        pytest.skip("needs sshfs")
    ours, theirs = socket.socketpair()
    words = ["sshfs", "-f", "-o", "passive", f":{base}/far", str(base / "mount")]
    with ours, theirs:
        SERVERS.append(
            subprocess.Popen([SFTP], stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL)
        )
        SERVERS.append(
            subprocess.Popen(words, stdin=ours.fileno(), stdout=ours.fileno(), stderr=subprocess.DEVNULL)
        )
    for _ in range(100):
        if os.path.ismount(base / "mount"):
            return base / "mount"
        time.sleep(0.1)
    pytest.skip("sshfs cannot mount")


def bind(base: Path) -> Path:
    """One disk under two mounts: equal device numbers, and yet EXDEV."""
    (base / "far").mkdir()
    (base / "mount").mkdir()
    run("mount", "--bind", base / "far", base / "mount")
    return base / "mount"


def tmpfs(base: Path) -> Path:
    (base / "mount").mkdir()
    run("mount", "-t", "tmpfs", "none", base / "mount")
    return base / "mount"


LOOP = ["mount", "-o", "loop"]
KINDS: dict[str, Callable[[Path], Path]] = {
    "ext4": lambda base: image(base, "32M", ["mkfs.ext4", "-q", "-F"], LOOP),
    "xfs": lambda base: image(base, "320M", ["mkfs.xfs", "-q"], LOOP),
    "btrfs": lambda base: image(base, "128M", ["mkfs.btrfs", "-q"], LOOP),
    "ntfs": lambda base: image(
        base, "32M", ["mkntfs", "-q", "-F", "-Q"], ["lowntfs-3g", "-o", "ignore_case,windows_names"]
    ),
    "exfat": exfat,
    "tmpfs": tmpfs,
    "overlay": overlay,
    "mergerfs": mergerfs,
    "sshfs": sshfs,
    "bind": bind,
}


@pytest.fixture(params=KINDS, scope="module")
def mounted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """One mounted filesystem of each kind."""
    base = tmp_path_factory.mktemp("disk")
    with ExitStack() as stack:
        for name in ("one", "two", "upper", "mount"):
            stack.callback(unmount, base / name)
        yield request.param, KINDS[request.param](base)


@pytest.fixture
def disk(mounted: tuple[str, Path]) -> tuple[str, Path]:
    """The kind, and a folder of its own for one test."""
    kind, point = mounted
    fs.on_fuse.cache_clear()  # a number is given again to what is mounted next
    folder = point / f"{next(FOLDERS)}"
    folder.mkdir()
    return kind, folder


def box_on(disk: Path, tmp_path: Path, mode: Mode, *, same: bool) -> Box:
    """A box whose library is on the disk, and its source there or elsewhere."""
    source = disk / "source" if same else tmp_path / "source"
    source.mkdir(exist_ok=True)
    return Box(source, disk / "library", mode)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_plan_is_done_whole_or_refused_before_its_first_move(
    disk: tuple[str, Path], tmp_path: Path, mode: Mode
) -> None:
    kind, point = disk
    linked = mode in (Mode.HARDLINK, Mode.REFLINK)
    box = box_on(point, tmp_path, mode, same=linked and kind != "bind")
    before = box.trees()
    try:
        report = box.run()
    except DestinationError:
        assert mode not in ABLE[kind]
        assert box.trees() == before
        return

    if report.held:
        assert mode not in ABLE[kind]
        assert {h.reason for h in report.held} <= {HeldReason.OTHER_FILESYSTEM, HeldReason.NOT_PERMITTED}
        assert report.moved == 0
    else:
        assert {t: (box.library / t).read_bytes() for t in NAMES.values()} == {
            target: (box.source / name).read_bytes() if mode is not Mode.MOVE else before[0][name][0]
            for name, target in NAMES.items()
        }
        assert not verify(str(box.library), deep=True).failed()
    box.rollback()
    assert box.trees() == before
    assert box.folders() == set()


@pytest.mark.parametrize("same", [True, False])
def test_a_move_killed_there_can_be_recovered_and_taken_back(
    disk: tuple[str, Path], tmp_path: Path, same: bool
) -> None:
    box = box_on(disk[1], tmp_path, Mode.MOVE, same=same and disk[0] != "bind")
    before = box.trees()
    for at in (14, 22, 43):
        if not crashes(box.run, at, torn=True):
            break
        box.recover()

        if (box.library / ".anivault").exists():  # nothing is left of a run that died before its first line
            assert not verify(str(box.library)).failed()
            box.rollback()
        assert box.trees() == before


def test_names_that_the_disk_takes_for_one_are_refused_or_stay_two(
    disk: tuple[str, Path], tmp_path: Path
) -> None:
    box = box_on(disk[1], tmp_path, Mode.COPY, same=False)
    one, other = list(NAMES)[:2]
    moves = (box.move(one, "Show/Episode.mkv"), box.move(other, "SHOW/episode.mkv"))
    try:
        execute(msgspec.structs.replace(box.plan(), moves=moves))
    except DestinationError:
        assert not (box.library / "Show").exists()
        return

    assert (box.library / "Show/Episode.mkv").read_bytes() == (box.source / one).read_bytes()
    assert (box.library / "SHOW/episode.mkv").read_bytes() == (box.source / other).read_bytes()


@pytest.mark.parametrize("name", ["what?.mkv", "ほ" * 85 + ".mkv", "a" * 256])
def test_a_name_that_the_disk_cannot_have_holds_its_file_and_no_other(
    disk: tuple[str, Path], tmp_path: Path, name: str
) -> None:
    box = box_on(disk[1], tmp_path, Mode.COPY, same=False)
    first, second, third = list(NAMES)[:3]
    wanted = {first: "fine.mkv", second: f"Show/{name}", third: "Show/fine.mkv"}
    moves = tuple(box.move(rel, target) for rel, target in wanted.items())
    report = execute(msgspec.structs.replace(box.plan(), moves=moves))
    there = name in os.listdir(box.library / "Show")

    assert (box.library / "fine.mkv").exists()
    assert (box.library / "Show/fine.mkv").exists()
    assert [held.reason for held in report.held] == ([] if there else [HeldReason.NAME_REFUSED])


def test_a_mount_point_inside_the_library_is_no_surprise(disk: tuple[str, Path], tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    box = Box(tmp_path / "source", tmp_path / "library", Mode.MOVE)
    (box.library / "Shows").mkdir()
    before = box.trees()
    run("mount", "--bind", disk[1], box.library / "Shows")
    try:
        report = box.run()
        found = {(f.kind, f.path) for f in verify(str(box.library)).findings}
        box.rollback()
        after = box.trees()
    finally:
        unmount(box.library / "Shows")

    assert (report.moved, report.held) == (5, ())
    assert {kind for kind, _ in found} <= {Kind.EXTRA}
    assert after[0] == before[0]
    assert not read_journal(str(box.library)).unfinished


def test_a_folder_that_a_disk_is_mounted_on_stays_when_its_files_go(
    disk: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "source/Show").mkdir(parents=True)
    box = Box(tmp_path / "source", tmp_path / "library", Mode.MOVE)
    run("mount", "--bind", disk[1], box.source / "Show")
    try:
        (box.source / "Show/01.mkv").write_bytes(b"one")
        plan = msgspec.structs.replace(box.plan(), moves=(box.move("Show/01.mkv", "Show/Episode.mkv"),))
        assert emptied(plan) == ()

        monkeypatch.setattr(fs, "mounts", dict)  # a disk that came after the plan
        report = execute(plan, emptied=emptied(plan))
        assert (report.moved, report.held, report.emptied) == (1, (), ())
        assert not read_journal(str(box.library)).unfinished
    finally:
        unmount(box.source / "Show")
