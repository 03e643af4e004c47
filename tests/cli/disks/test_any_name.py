"""A library whose disk is away is taken for no empty one, by whatever name it is called."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.disks.conftest import NAME, Disks, emptied, organize
from tests.conftest import Run

NAMES: dict[str, Callable[[Path], str]] = {
    "its path": lambda disk: f"{disk}/library",
    "a relative path": lambda disk: os.path.relpath(disk / "library"),
    "a slash behind": lambda disk: f"{disk}/library/",
    "a way back": lambda disk: f"{disk}/../{disk.name}/library",
    "a link to the disk": lambda disk: f"{link(disk.parent / 'to it', disk)}/library",
    "a link above it": lambda disk: f"{link(disk.parent / 'above', disk.parent)}/{disk.name}/library",
    "a link to itself": lambda disk: str(link(disk.parent / "it", disk / "library")),
}
COMMANDS = """
verify LIB; history LIB; rollback LIB; rollback LIB --apply; recover LIB; rename LIB; adopt LIB
adopt LIB --apply; organize SRC --to LIB; organize SRC --to LIB --mode move --apply; review SRC --to LIB
explain FILE --to LIB; pins --to LIB; pin SRC tmdb:209867 --to LIB; pin SRC tmdb:209867 --preview --to LIB
unpin SRC --to LIB; ignore --to LIB; ignore *.txt --to LIB; ignore *.txt --remove --to LIB
"""


def link(at: Path, to: Path) -> Path:
    """A link to a folder."""
    at.symlink_to(to)
    return at


def refuse_all(run: Run, source: Path, library: str) -> None:
    """Every command refuses a library that is away, and `doctor` says so."""
    for line in COMMANDS.replace("\n", ";").strip("; ").split(";"):
        given = {"LIB": library, "SRC": source, "FILE": source / NAME}
        told = run(*(given.get(word, word) for word in line.split()))
        assert (line, told.code, "Is its disk mounted?" in told.err) == (line, 39, True)
    checked = run("doctor", source, "--to", library).out
    assert ("fault    library" in checked, "space" in checked, "way " in checked) == (True, False, False)
    assert (source / NAME).exists()


@pytest.mark.parametrize("kept", [True, False], ids=["an empty folder", "no folder"])
@pytest.mark.parametrize("turned", [False, True], ids=["first by its path", "later by its path"])
@pytest.mark.parametrize("name", NAMES)
def test_no_command_takes_the_place_of_an_absent_disk_for_its_library(
    run: Run, source: Path, tmp_path: Path, disks: Disks, kept: bool, turned: bool, name: str
) -> None:
    disk = tmp_path / "here" / "mnt"
    disk.mkdir(parents=True)
    disks[disk] = "fsid:2"
    names = [str(disk / "library"), NAMES[name](disk)]
    first, later = reversed(names) if turned else names
    if name == "a link to itself":
        (disk / "library").mkdir()
    assert organize(run, source, first) == 0
    emptied(disk / "library")
    (disk / "elsewhere").rename(tmp_path / "elsewhere")
    if kept:
        (disk / "library").mkdir()
    disks.clear()
    (source / NAME).write_text("again")

    refuse_all(run, source, later)
    assert list(disk.rglob("*")) == ([disk / "library"] if kept else [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
@pytest.mark.parametrize(
    "later", ["bound", "bound/library", "disk/library", "bound/other", "disk/other", "disk"]
)
@pytest.mark.parametrize("first", ["bound/library", "disk/library"])
def test_a_real_disk_that_is_mounted_twice_and_away_is_refused_by_both_names(
    run: Run,
    source: Path,
    tmp_path: Path,
    mounted: Callable[[bool], Path],
    bound: Callable[[Path | None], Path],
    first: str,
    later: str,
) -> None:
    bound(tmp_path / "disk")
    assert organize(run, source, tmp_path / first) == 0
    (source / NAME).write_text("again")
    points = bound(None), mounted(False)

    refuse_all(run, source, str(tmp_path / later))
    assert [list(point.iterdir()) for point in points] == [[], []]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
@pytest.mark.parametrize("turned", [False, True], ids=["first by its path", "later by its path"])
@pytest.mark.parametrize("name", NAMES)
def test_a_real_disk_that_is_away_is_missed_by_every_name(
    run: Run, source: Path, tmp_path: Path, mounted: Callable[[bool], Path], turned: bool, name: str
) -> None:
    names = [str(tmp_path / "disk" / "library"), NAMES[name](tmp_path / "disk")]
    first, later = reversed(names) if turned else names
    if name == "a link to itself":
        (tmp_path / "disk" / "library").mkdir()
    assert organize(run, source, first) == 0
    (source / NAME).write_text("again")
    point = mounted(False)

    refuse_all(run, source, later)
    assert list(point.iterdir()) == []
    mounted(True)
    assert run("verify", later).code == 0


@pytest.mark.parametrize("beside", ["mnt/library/Anime", "mnt/Other", "mnt", "mnt/a/b"])
def test_no_new_library_is_made_where_the_disk_of_another_one_is_away(
    run: Run, source: Path, tmp_path: Path, disks: Disks, beside: str
) -> None:
    (tmp_path / "mnt").mkdir()
    disks[tmp_path / "mnt"] = "fsid:2"
    assert organize(run, source, tmp_path / "mnt" / "library") == 0
    (tmp_path / "mnt" / "library").rename(tmp_path / "elsewhere")
    disks.clear()
    (source / NAME).write_text("again")

    refuse_all(run, source, str(tmp_path / beside))
    assert list((tmp_path / "mnt").iterdir()) == []
    assert organize(run, source, tmp_path / beside, "--other-disk") == 0
    (source / NAME.replace("01", "02")).write_text("more")
    assert organize(run, source, tmp_path / beside) == 0  # it is there now


@pytest.mark.parametrize("now", ["fsid:2", "fsid:3"], ids=["the same disk", "another disk in its place"])
@pytest.mark.parametrize("new", ["mnt/Other", "mnt/library/Anime", "new"])
def test_a_new_library_on_a_disk_that_is_there_is_made_without_a_question(
    run: Run, source: Path, tmp_path: Path, disks: Disks, new: str, now: str
) -> None:
    (tmp_path / "mnt").mkdir()
    disks[tmp_path / "mnt"] = "fsid:2"
    assert organize(run, source, tmp_path / "mnt" / "library") == 0
    (tmp_path / "mnt" / "library").rename(tmp_path / "elsewhere")
    disks[tmp_path / "mnt"] = now
    (source / NAME).write_text("again")

    assert organize(run, source, tmp_path / new) == 0


@pytest.mark.parametrize("new", ["new", "mnt-2/library", "mnt/usb/library"])
def test_a_disk_that_is_away_keeps_nobody_from_other_disks(
    run: Run, source: Path, tmp_path: Path, disks: Disks, new: str
) -> None:
    (tmp_path / "mnt" / "usb").mkdir(parents=True)
    disks[tmp_path / "mnt"] = "fsid:2"
    assert organize(run, source, tmp_path / "mnt" / "library") == 0
    (tmp_path / "mnt" / "library").rename(tmp_path / "elsewhere")
    disks.clear()
    disks[tmp_path / "mnt" / "usb"] = "fsid:3"
    (source / NAME).write_text("again")

    assert organize(run, source, tmp_path / new) == 0


def test_a_system_on_another_disk_than_it_was_asks_nothing_of_new_libraries(
    run: Run, source: Path, tmp_path: Path, disks: Disks
) -> None:
    disks[Path("/")] = "fsid:2"  # as in a container that was made again
    assert organize(run, source, tmp_path / "library") == 0
    (tmp_path / "library").rename(tmp_path / "elsewhere")
    disks.clear()
    (source / NAME).write_text("again")

    assert organize(run, source, tmp_path / "Other") == 0


def test_a_link_that_leads_to_another_disk_now_names_another_library(
    run: Run, source: Path, tmp_path: Path, disks: Disks
) -> None:
    for number, name in enumerate(("one", "two"), 2):
        (tmp_path / name).mkdir()
        disks[tmp_path / name] = f"fsid:{number}"
    at = link(tmp_path / "it", tmp_path / "one")
    assert organize(run, source, at / "library") == 0
    at.unlink()
    link(at, tmp_path / "two")
    (source / NAME).write_text("again")

    assert organize(run, source, at / "library") == 0


@pytest.mark.parametrize(
    "words", ["pins", "ignore", "explain FILE", "scan SRC", "match SRC", "config preview SRC"]
)
def test_what_the_library_of_the_settings_would_say_is_not_passed_over_without_a_word(
    run: Run, source: Path, tmp_path: Path, disks: Disks, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    library = tmp_path / "mnt" / "library"
    disks[tmp_path / "mnt"] = "fsid:2"
    assert organize(run, source, library) == 0
    emptied(library)
    disks.clear()
    (source / NAME).write_text("again")
    monkeypatch.setenv("ANIVAULT_LIBRARY", str(library))

    given = {"SRC": source, "FILE": source / NAME}
    told = run(*(given.get(word, word) for word in words.split()))
    assert (told.code in (0, 10), "Its pins and ignore list are not heard." in told.err) == (True, True)
