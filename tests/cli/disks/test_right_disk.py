"""A folder under a disk that is not mounted is neither filled nor taken for what was there."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from anivault.core.moving.journal.log import read_journal
from anivault.shared import fs
from tests.cli.disks.conftest import NAME, Disks, emptied, organize
from tests.conftest import Run
from tests.core.mover import crashes


@pytest.mark.parametrize("under", ["fsid:1", "fsid:9 type:overlay", "type:overlay"])
@pytest.mark.parametrize("disk", ["uuid:a fsid:2 type:ext4", "from:nas:/share type:nfs4", "type:xfs"])
def test_a_disk_and_what_lies_under_it_are_told_apart_by_any_mark_that_both_have(
    disk: str, under: str
) -> None:
    assert fs.other_disk(disk, under) is (under != "fsid:1" or "fsid" in disk)


@pytest.mark.parametrize("kept", [True, False], ids=["an empty folder", "no folder"])
@pytest.mark.parametrize(
    "words",
    [
        ("pin", "Frieren", "tmdb:209867"),
        ("pin", "Frieren", "tmdb:209867", "--season", "1"),
        ("unpin", "Frieren"),
        ("ignore", "*.txt"),
        ("ignore", "*.nfo", "--remove"),
    ],
    ids=" ".join,
)
def test_no_word_is_kept_under_the_disk_of_a_library_that_is_away(
    run: Run, source: Path, tmp_path: Path, kept: bool, words: Sequence[str]
) -> None:
    library = tmp_path / "library"
    assert (
        run("pin", "Frieren", "tmdb:209867", "--to", library).code == 0
    )  # it may be pinned before it is filled
    assert run("ignore", "*.nfo", "--to", library).code == 0
    assert organize(run, source, library) == 0
    emptied(library)
    if kept:
        library.mkdir()

    refused = run(*words, "--to", library)

    assert (refused.code, "Mount its disk" in refused.err) == (66, True)
    assert not (library / ".anivault").exists()


@pytest.mark.parametrize("kept", [True, False], ids=["an empty folder", "no folder"])
def test_a_library_whose_disk_is_absent_is_not_made_anew(
    run: Run, source: Path, tmp_path: Path, disks: Disks, kept: bool
) -> None:
    library = tmp_path / "mnt" / "library"
    disks[tmp_path / "mnt"] = "fsid:2"
    assert organize(run, source, library) == 0
    emptied(library)
    if kept:
        library.mkdir()
    disks.clear()
    (source / NAME).write_text("again")
    told = run("organize", source, "--to", library, "--mode", "move", "--apply")

    assert told.code == 39
    assert "Is its disk mounted?" in told.err
    assert (source / NAME).exists()
    assert not (library / ".anivault").exists()
    assert organize(run, source, library, "--other-disk") == 0


@pytest.mark.parametrize("kept", [True, False], ids=["an empty folder", "no folder"])
def test_a_library_that_was_deleted_is_made_anew_without_a_question_and_not_without_a_word(
    run: Run, source: Path, tmp_path: Path, disks: Disks, kept: bool
) -> None:
    library = tmp_path / "library"
    assert organize(run, source, library) == 0
    emptied(library)
    if kept:
        library.mkdir()
    (source / NAME).write_text("again")
    preview = run("organize", source, "--to", library, "--mode", "move")
    done = run("organize", source, "--to", library, "--mode", "move", "--apply")

    assert (preview.code, done.code) == (0, 0)
    assert all("Is its disk mounted?" in told.err for told in (preview, done))
    assert "Is its disk mounted?" not in run("organize", source, "--to", library).err


def test_a_library_that_was_restored_on_another_disk_is_gone_on_with(
    run: Run, source: Path, tmp_path: Path, disks: Disks
) -> None:
    library = tmp_path / "library"
    disks[tmp_path] = "uuid:old"
    assert organize(run, source, library) == 0
    disks[tmp_path] = "uuid:new"
    (source / NAME.replace("01", "02")).write_text("two")

    assert organize(run, source, library) == 0


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("", "fsid:2"),
        ("fsid:2", ""),
        ("uuid:a", "fsid:2"),
        ("fsid:2", "fsid:2"),
        ("uuid:a fsid:2 type:ext4", "fsid:2 type:ext4"),  # an older kernel tells no UUID
        ("uuid:a fsid:2 type:fuseblk", "uuid:a type:ntfs3"),
    ],
)
def test_what_is_not_known_of_a_disk_keeps_nobody_out(
    run: Run, source: Path, tmp_path: Path, disks: Disks, was: str, now: str
) -> None:
    disks[source] = was
    assert organize(run, source, tmp_path / "library") == 0
    disks[source] = now

    assert run("rollback", tmp_path / "library", "--apply").code == 0
    assert (source / NAME).read_text() == "one"


@pytest.mark.parametrize("words", [["rollback"], ["rollback", "--apply"]])
def test_nothing_is_put_back_under_the_mount_point_of_an_absent_disk(
    run: Run, source: Path, tmp_path: Path, disks: Disks, words: list[str]
) -> None:
    disks[source] = "fsid:2"
    library = tmp_path / "library"
    assert organize(run, source, library) == 0
    disks.clear()
    told = run(words[0], library, *words[1:])

    assert told.code == 39
    assert str(source) in told.err
    assert list(source.iterdir()) == []
    assert run("rollback", library, "--apply", "--other-disk").code == 0
    assert (source / NAME).exists()


def test_recover_does_not_take_an_absent_disk_for_files_that_are_gone(
    run: Run, source: Path, tmp_path: Path, disks: Disks
) -> None:
    disks[source] = "fsid:2"
    library = tmp_path / "library"
    words = ("organize", source, "--to", library, "--mode", "copy", "--apply")
    for at in range(15, 60):
        crashes(lambda: run(*words), at)
        if read_journal(str(library)).unfinished:
            break
    before = (library / ".anivault" / "journal.jsonl").read_bytes()
    disks.clear()

    assert run("recover", library).code == 39
    assert (library / ".anivault" / "journal.jsonl").read_bytes() == before
    assert run("recover", library, "--other-disk").code == 0


def test_a_library_and_its_source_that_moved_to_another_disk_together_are_taken_back(
    run: Run, source: Path, tmp_path: Path, disks: Disks
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    source.rename(here / "source")
    assert organize(run, here / "source", here / "library") == 0
    here.rename(there)
    disks[there] = "fsid:2"

    assert run("rollback", there / "library", "--apply").code == 0
    assert (there / "source" / NAME).exists()


def test_a_state_that_cannot_be_read_or_written_stops_nothing(
    run: Run, source: Path, tmp_path: Path, home: Path
) -> None:
    (home / "state").mkdir()
    (home / "state" / "anivault").write_text("no folder")

    assert organize(run, source, tmp_path / "library") == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_real_disk_that_is_away_and_back_again(
    run: Run, source: Path, tmp_path: Path, mounted: Callable[[bool], Path]
) -> None:
    library = tmp_path / "disk" / "library"
    assert organize(run, source, library) == 0
    (source / NAME).write_text("again")
    point = mounted(False)
    assert organize(run, source, library) == 39
    assert list(point.iterdir()) == []
    mounted(True)

    assert run("rollback", library, "--apply").code in (0, 10)
    assert run("verify", library).code == 0
