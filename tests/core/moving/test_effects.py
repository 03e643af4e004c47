"""Each effect is whole or is not, and replaces nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from xxhash import xxh3_128_hexdigest

from anivault.core.models import HeldReason
from anivault.core.moving.checks import RefusedError, checked_source
from anivault.core.moving.effects import Effects
from anivault.core.moving.journal.records import Do, Step
from anivault.shared import fs

CONTENT = b"a video" * 1000
WAYS = [Do.LINK, Do.RENAME, Do.SYMLINK, Do.COPY, Do.CARRY]


class Disk:
    """A library, number 0, and a source with one file."""

    def __init__(self, folder: Path) -> None:
        self.library, self.source = folder / "library", folder / "source"
        self.library.mkdir()
        self.source.mkdir()
        self.file = self.source / "a.mkv"
        self.file.write_bytes(CONTENT)
        os.utime(self.file, ns=(10**18, 10**18))
        self.roots = [fs.Folders(str(root)) for root in (self.library, self.source)]
        self.effects = Effects(self.roots, "run", {"new.nfo": b"<nfo/>"})

    def step(self, do: Do, to: str = "new.mkv") -> Step:
        now = self.file.lstat()
        step = Step(
            i=7, do=do, root=1, rel="a.mkv", to=to, size=now.st_size, mtime_ns=now.st_mtime_ns,
            inode=now.st_ino,
        )  # fmt: skip
        return checked_source(self.roots, step)

    def names(self) -> set[str]:
        return {path.name for root in (self.library, self.source) for path in root.iterdir()}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    yield disk
    for root in disk.roots:
        root.close()


@pytest.mark.parametrize("do", WAYS)
def test_a_file_reaches_its_name_and_both_folders_are_to_sync(disk: Disk, do: Do) -> None:
    disk.effects.do(disk.step(do))
    if do is Do.CARRY:
        disk.effects.let_go(disk.step(do))

    assert (disk.library / "new.mkv").read_bytes() == CONTENT
    assert disk.file.exists() is (do not in (Do.RENAME, Do.CARRY))
    assert (0, "") in disk.effects.touched
    assert ((1, "") in disk.effects.touched) is (do in (Do.RENAME, Do.CARRY))
    assert disk.names() <= {"a.mkv", "new.mkv"}


@pytest.mark.parametrize("do", WAYS)
def test_a_name_that_is_taken_stays_as_it_is(disk: Disk, do: Do) -> None:
    (disk.library / "new.mkv").symlink_to("nowhere")

    with pytest.raises(FileExistsError):
        disk.effects.do(disk.step(do))
    assert os.readlink(disk.library / "new.mkv") == "nowhere"
    assert disk.names() == {"a.mkv", "new.mkv"}


def test_a_copy_is_known_by_its_hash(disk: Disk) -> None:
    disk.effects.do(disk.step(Do.COPY))

    made = disk.effects.made[7]
    now = (disk.library / "new.mkv").stat()
    assert (made.inode, made.mtime_ns, made.hash) == (now.st_ino, 10**18, xxh3_128_hexdigest(CONTENT))


def test_a_source_that_changes_while_it_is_read_is_not_taken(disk: Disk) -> None:
    step = disk.step(Do.COPY)

    def write_on() -> None:
        os.utime(disk.file, ns=(10**18, 10**18 + 5 * 10**9))

    disk.effects.begin(write_on)
    with pytest.raises(RefusedError) as refused:
        disk.effects.do(step)
    assert refused.value.reason is HeldReason.CHANGED
    assert disk.names() == {"a.mkv"}


def test_a_small_file_is_written_whole(disk: Disk) -> None:
    disk.effects.do(Step(i=1, do=Do.WRITE, to="new.nfo", size=6, mtime_ns=10**18, mode=0o644))

    assert (disk.library / "new.nfo").read_bytes() == b"<nfo/>"


def test_a_source_that_cannot_go_takes_its_copy_back(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    step = disk.step(Do.CARRY)
    disk.effects.do(step)
    unlink = fs.unlink

    def not_the_source(folder: fs.Folder, name: str) -> None:
        if name == "a.mkv":
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        unlink(folder, name)

    monkeypatch.setattr(fs, "unlink", not_the_source)
    with pytest.raises(PermissionError):
        disk.effects.let_go(step)
    assert disk.names() == {"a.mkv"}
    assert disk.effects.made == {}


def test_a_folder_goes_only_when_it_is_empty(disk: Disk) -> None:
    (disk.library / "full").mkdir()
    (disk.library / "full/mine.txt").write_text("mine")
    (disk.library / "empty").mkdir()
    disk.effects.do(Step(i=1, do=Do.RMDIR, rel="empty"))
    disk.effects.do(Step(i=2, do=Do.RMDIR, rel="gone"))

    with pytest.raises(RefusedError) as refused:
        disk.effects.do(Step(i=3, do=Do.RMDIR, rel="full"))
    assert (refused.value.reason, refused.value.detail) == (HeldReason.FOLDER_NOT_EMPTY, "mine.txt")
    assert disk.names() == {"a.mkv", "full"}
