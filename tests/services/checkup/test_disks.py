"""What a disk does not let AniVault do is found by trying, told with what mends it, and leaves nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from anivault.services.checkup import disks
from anivault.services.checkup.found import Check, Level
from anivault.shared import fs

OK, WARNING, FAULT = Level.OK, Level.WARNING, Level.FAULT


@pytest.fixture
def library(tmp_path: Path) -> str:
    (tmp_path / "library").mkdir()
    return str(tmp_path / "library")


def found(looks: Iterator[Check]) -> dict[str, Check]:
    """By name what was found; all that is amiss has a mend."""
    listed = list(looks)
    assert all(bool(check.mend) is (check.level is not OK) for check in listed), listed
    return {check.name: check for check in listed}


def refuses(number: int) -> Callable[..., object]:
    def refuse(*words: object, **how: object) -> object:
        raise OSError(number, os.strerror(number))

    return refuse


# --- a library ---


@pytest.mark.parametrize("there", [True, False])
def test_a_look_leaves_nothing_where_the_library_is_or_will_be(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "a" / "library"
    if there:
        path.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    told = found(disks.library(str(path)))

    assert told["library"].text.endswith("is there." if there else f"is to be made in {tmp_path}.")
    assert {"space", "write", "hardlinks", "reflinks", "case", "names"} <= told.keys()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_library_that_is_a_file_or_below_one_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")

    for path in (tmp_path / "file", tmp_path / "file" / "library"):
        told = found(disks.library(str(path)))
        assert [(check.name, check.level) for check in told.values()] == [("library", FAULT)]
        assert "is a file, not a folder" in told["library"].text


@pytest.mark.parametrize(
    ("number", "why", "mend"),
    [
        (errno.EROFS, "is mounted read-only", "mount | grep"),
        (errno.ENOSPC, "is full", "df -h"),
        (errno.EDQUOT, "is full", "df -h"),
        (errno.EACCES, "cannot be written", "ls -ld"),
        (errno.EIO, "cannot be written", "ls -ld"),
    ],
)
@pytest.mark.parametrize("at", ["the folder", "the file"])
def test_why_nothing_can_be_written_is_said_with_what_mends_it(
    library: str, monkeypatch: pytest.MonkeyPatch, number: int, why: str, mend: str, at: str
) -> None:
    where, name = (disks, "mkdtemp") if at == "the folder" else (fs, "write_whole")
    monkeypatch.setattr(where, name, refuses(number))
    told = found(disks.library(library))

    assert told["write"].level is FAULT
    assert why in told["write"].text
    assert mend in told["write"].mend
    assert "hardlinks" not in told  # nothing is said of what was not tried
    assert os.listdir(library) == []


@pytest.mark.parametrize(
    ("free", "level"),
    [
        (0, FAULT),
        (disks.NOTHING - 1, FAULT),
        (disks.NOTHING, WARNING),
        (disks.LITTLE - 1, WARNING),
        (disks.LITTLE, OK),
    ],
)
def test_room_is_enough_little_or_none(
    library: str, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free))

    assert found(disks.library(library))["space"].level is level


@pytest.mark.parametrize(
    ("name", "where", "broken", "level"),
    [
        ("hardlinks", os, "link", FAULT),
        ("reflinks", fs, "clone", OK),  # who wants none misses none
        ("case", None, "", WARNING),
        ("names", None, "", WARNING),
    ],
)
def test_what_the_disk_cannot_do_is_found_by_trying(
    library: str, monkeypatch: pytest.MonkeyPatch, name: str, where: object, broken: str, level: Level
) -> None:
    assert found(disks.library(library))[name].level is OK or name == "reflinks"
    if where:
        monkeypatch.setattr(where, broken, refuses(errno.EOPNOTSUPP))
    elif name == "case":
        exists = os.path.exists
        monkeypatch.setattr("os.path.exists", lambda path: exists(path) or path.endswith("pROBE"))
    else:
        monkeypatch.setattr(fs, "name_max", lambda path: 143)  # as ecryptfs has it
    told = found(disks.library(library))[name]

    assert told.level is level
    assert "143 bytes" in told.text or name != "names"


def test_signs_that_names_cannot_have_are_listed(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    takes = disks._takes
    monkeypatch.setattr(disks, "_takes", lambda path: not set(':?"') & set(path) and takes(path))
    told = found(disks.library(library))["names"]

    assert told.level is WARNING
    assert told.text.endswith('cannot have : ? "')


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "smb3"])
def test_a_share_is_a_warning_for_a_library_and_for_a_source(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(fs, "mounts", lambda: {"/": "ext4", str(tmp_path): kind})
    at_home = [c for c in disks.library(library) if "network share" in c.text]
    there = [c for c in disks.source(str(tmp_path), "") if "network share" in c.text]

    assert [(c.name, c.level) for c in (*at_home, *there)] == [("library", WARNING), ("source", WARNING)]
    assert f"({kind})" in at_home[0].text


# --- a source ---


def test_a_source_that_is_gone_or_in_the_library_is_a_fault_and_no_more_is_said(
    library: str, tmp_path: Path
) -> None:
    inside = Path(library, "sub")
    inside.mkdir()

    for path, why in ((tmp_path / "gone", "is not there"), (inside, "lies in the library")):
        (told,) = disks.source(str(path), library)
        assert (told.name, told.level) == ("source", FAULT)
        assert why in told.text


@pytest.mark.parametrize(
    ("mounts", "same_disk", "why", "mend"),
    [
        ({"/": "ext4"}, True, "", ""),
        ({"/": "overlay"}, False, "", ""),  # a container's own: links work though the numbers differ
        (
            {"/": "ext4", "{dl}": "ext4"},
            True,
            "two mounts lie between them",
            "Mount the folder above both once",
        ),
        ({"{dl}": "btrfs", "{library}": "btrfs"}, False, "they are two of one btrfs", "one subvolume"),
        ({"{dl}": "zfs", "{library}": "zfs"}, False, "they are two of one zfs", "one dataset"),
        (
            {"{dl}": "ext4", "{library}": "xfs"},
            False,
            "they are on two disks",
            "Put the library on the disk of",
        ),
        ({}, True, "", ""),  # where the system does not tell, the numbers of the disks do
        ({}, False, "they are on two disks", "Put the library on the disk of"),
    ],
)
def test_why_no_hardlink_leads_to_the_library_is_told_apart(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    mounts: dict[str, str], same_disk: bool, why: str, mend: str,
) -> None:  # fmt: skip
    source = tmp_path / "dl"
    source.mkdir()
    points = {point.format(dl=source, library=library): kind for point, kind in mounts.items()}
    monkeypatch.setattr(fs, "mounts", lambda: points)
    stat = os.stat
    if not same_disk:
        device = {str(source): 1, library: 2}
        monkeypatch.setattr(
            "os.stat", lambda p, **how: SimpleNamespace(st_dev=device[p]) if p in device else stat(p, **how)
        )
    check = disks._way(str(source), library)

    assert check.level is (FAULT if why else OK)
    assert why in check.text
    assert mend in check.mend


def test_one_file_of_another_owner_is_named_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.mkv", "b.mkv", "c.mkv"):
        (tmp_path / name).touch()
    monkeypatch.setattr(fs, "may_link", lambda path: path.endswith("a.mkv"))
    told = [check for check in disks.source(str(tmp_path), "") if check.name == "owner"]

    assert [check.level for check in told] == [FAULT]
    assert "chown" in told[0].mend


def test_owners_are_looked_for_among_so_many_files_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(20):
        (tmp_path / f"{n}.mkv").touch()
    asked: list[str] = []

    def is_ours(path: str) -> bool:
        asked.append(path)
        return True

    monkeypatch.setattr(disks, "LOOKED_AT", 7)
    monkeypatch.setattr(fs, "may_link", is_ours)
    list(disks.source(str(tmp_path), ""))

    assert len(asked) == 7


def test_a_source_that_nothing_can_be_taken_out_of_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fs, "is_read_only", lambda path: True)
    (told,) = [check for check in disks.source(str(tmp_path), "") if check.level is not OK]

    assert told.level is WARNING
    assert "--mode move would be refused" in told.mend
