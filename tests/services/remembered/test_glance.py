"""A sum of the disk stays while nothing changes, and changes with all that a run could see."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from anivault.services.remembered import glance
from anivault.services.remembered.glance import glanced
from anivault.shared import fs
from anivault.shared.work import cores, walk


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "Show").mkdir(parents=True)
    for name in ("Show/Show - 01.mkv", "Show/Show - 02.mkv", ".anivaultignore", "Film.mkv"):
        (folder / name).write_text("words")
    (folder / "way").symlink_to("Film.mkv")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "lib"
    (folder / ".anivault").mkdir(parents=True)
    (folder / ".anivault/journal.jsonl").write_text("run\n")
    (folder / ".anivault/pins.toml").write_text("pin 1\n")
    (folder / "Show").mkdir()
    (tmp_path / "far.mkv").touch()
    (folder / "Show/link.mkv").symlink_to(tmp_path / "far.mkv")
    return folder


def see(source: Path, library: Path) -> bytes:
    return glanced([str(source)], str(library)).all


def slipped(path: Path, text: str) -> None:
    """Write other words of the same length into a file, and set its time back."""
    before = path.stat()
    assert len(text) == before.st_size
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def exchanged(one: Path, other: Path) -> None:
    spare = one.with_name("spare")
    one.rename(spare)
    other.rename(one)
    spare.rename(other)


CHANGES: dict[str, Callable[[Path, Path], object]] = {
    "a new file": lambda source, _: (source / "Show/new.mkv").touch(),
    "a file that went": lambda source, _: (source / "Film.mkv").unlink(),
    "other words of the same length": lambda source, _: slipped(source / "Film.mkv", "WORDS"),
    "other rights": lambda source, _: (source / "Film.mkv").chmod(0o600),
    "another time": lambda source, _: os.utime(source / "Film.mkv", (1, 1)),
    "another link of a file": lambda source, library: os.link(source / "Film.mkv", library / "Film.mkv"),
    "names that changed places": lambda source, _: exchanged(source / "Show", source / "Film.mkv"),
    "another name of a folder": lambda source, _: (source / "Show").rename(source / "Shew"),
    "an empty folder": lambda source, _: (source / "Show/Extras").mkdir(),
    "another list of what to ignore": lambda source, _: slipped(source / ".anivaultignore", "WORDS"),
    "another pin": lambda _, library: slipped(library / ".anivault/pins.toml", "pin 2\n"),
    "a longer journal": lambda _, library: (library / ".anivault/journal.jsonl").write_text("run\nrun\n"),
    "what a link of the library leads to": lambda _, library: (library.parent / "far.mkv").write_text("2"),
    "a folder of the library": lambda _, library: (library / "Other Show").mkdir(),
    "a library above the sources": lambda source, _: _made_a_library(source.parent),
    "no library": lambda _, library: library.rename(library.with_name("gone")),
    "another folder at that place": lambda source, _: _again(source),
}  # fmt: skip


def _made_a_library(folder: Path) -> None:
    (folder / ".anivault").mkdir()
    (folder / ".anivault/journal.jsonl").touch()


def _again(folder: Path) -> None:
    folder.rename(folder.with_name("before"))
    folder.mkdir()


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_seen(source: Path, library: Path, change: str) -> None:
    before = see(source, library)
    assert see(source, library) == before
    time.sleep(0.02)  # two changes within one tick of a disk's clock are one
    CHANGES[change](source, library)

    assert see(source, library) != before


@pytest.mark.parametrize("name", [".Trash-1000", "#snapshot", "@eaDir", ".hidden"])
def test_folders_that_no_scan_goes_into_are_not_gone_into(source: Path, library: Path, name: str) -> None:
    (source / name / "below").mkdir(parents=True)
    before = see(source, library)
    (source / name / "below/Show - 03.mkv").touch()

    assert see(source, library) == before


def test_a_library_that_lies_in_a_source_is_looked_at_once(source: Path, library: Path) -> None:
    inside = source / "lib"
    library.rename(inside)
    folders: list[str] = []
    opened = fs.open_folder

    def noted(parent: fs.Folder | None, folder: str) -> fs.Folder:
        folders.append(folder)
        return opened(parent, folder)

    with pytest.MonkeyPatch.context() as disk:
        disk.setattr(fs, "open_folder", noted)
        before = see(source, inside)
    (inside / "Show/new.mkv").touch()

    assert len(folders) == len(set(folders))
    assert see(source, inside) != before


def test_what_the_folders_above_hold_has_no_say(source: Path, library: Path, tmp_path: Path) -> None:
    before = see(source, library)
    (tmp_path / "another.mkv").touch()
    (library / ".anivault/lock").touch()
    os.utime(library / ".anivault", ns=(1, 1))
    first = see(source, library)
    (library / ".anivault/lock").write_text("held")

    assert before != first == see(source, library)


def test_several_sources_of_one_folder_are_judged_by_what_lies_there(source: Path, library: Path) -> None:
    two = [str(source / "Show"), str(source / "Film.mkv")]
    before = glanced(two, str(library)).all
    slipped(source / ".anivaultignore", "WORDS")
    ignored = glanced(two, str(library)).all
    (source / "Film.mkv.part").touch()

    assert len({before, ignored, glanced(two, str(library)).all}) == 3


def test_a_file_alone_is_known_by_its_facts(source: Path, library: Path) -> None:
    alone = [str(source / "Film.mkv")]
    before = glanced(alone, str(library)).all
    time.sleep(0.02)
    slipped(source / "Film.mkv", "WORDS")

    assert glanced(alone, str(library)).all != before


@pytest.mark.parametrize("name", ["in/.anivaultignore", "lib/.anivault/pins.toml"])
def test_words_count_where_no_time_tells_of_them(
    source: Path, library: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glance, "_facts", lambda s: (s.st_mode, s.st_size, 0, 0, 0, 0, 0, 0, 0))
    before = see(source, library)
    (tmp_path / name).write_text((tmp_path / name).read_text().swapcase())

    assert see(source, library) != before


def test_words_that_the_user_keeps_are_read(source: Path, library: Path, tmp_path: Path) -> None:
    pins, lists = tmp_path / "pins.toml", tmp_path / "catalog"
    others = [str(pins), str(lists)]
    sums = [glanced([str(source)], str(library), others).all]
    pins.write_text("pin 1")
    sums.append(glanced([str(source)], str(library), others).all)
    slipped(pins, "pin 2")
    sums.append(glanced([str(source)], str(library), others).all)
    lists.mkdir()
    (lists / "tvdb-mal.jsonl").touch()
    sums.append(glanced([str(source)], str(library), others).all)

    assert len(set(sums)) == 4


@pytest.mark.parametrize("of_a_folder", [False, True])
def test_words_that_the_user_keeps_count_wherever_a_link_leads(
    source: Path, library: Path, tmp_path: Path, of_a_folder: bool
) -> None:
    (tmp_path / "far.txt").write_text("*01*")
    (tmp_path / "lists").mkdir()
    link = tmp_path / "lists/mal.jsonl" if of_a_folder else tmp_path / "ignore"
    link.symlink_to(tmp_path / "far.txt")
    others = [str(link.parent if of_a_folder else link)]
    sums = [glanced([str(source)], str(library), others).all]
    slipped(tmp_path / "far.txt", "*02*")
    sums.append(glanced([str(source)], str(library), others).all)
    link.unlink()
    sums.append(glanced([str(source)], str(library), others).all)

    assert len(set(sums)) == 3


def test_a_folder_that_nobody_may_list_is_one_that_changes_when_one_may(
    source: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, opened = see(source, library), fs.open_folder

    def refused(parent: fs.Folder | None, folder: str) -> fs.Folder:
        if folder.endswith("Show"):
            raise PermissionError(13, "Permission denied", folder)
        return opened(parent, folder)

    with monkeypatch.context() as disk:
        disk.setattr(fs, "open_folder", refused)
        closed = see(source, library)

    assert closed != before == see(source, library)


def test_a_file_that_goes_while_it_is_looked_at_stops_nothing(
    source: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: [*listed(folder), "gone.mkv"])

    assert see(source, library)


def test_the_sum_is_that_of_one_process_however_many_look(
    source: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        (source / f"Show {number % 20}").mkdir(exist_ok=True)
        (source / f"Show {number % 20}/{number}.mkv").touch()
    monkeypatch.setattr(glance, "AT_ONCE", 8)  # the source is a large folder, and lists in parts
    forked, fork = [], os.fork

    def noted() -> int:
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", noted)
    sums = []
    for count in (1, 2, 5):
        monkeypatch.setattr(walk, "LONG", 0.0)
        monkeypatch.setattr(cores, "_may_fork", lambda: True)  # also next to a thread of pytest's own
        monkeypatch.setattr(cores, "_cores", partial(int, count))
        sums.append(see(source, library))
    (source / "Show 7/new.mkv").touch()

    assert len(set(sums)) == 1
    assert see(source, library) != sums[0]
    assert forked or sys.platform != "linux"


def test_a_name_more_in_a_folder_of_very_many_is_seen(
    source: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glance, "AT_ONCE", 3)
    for number in range(10):
        (source / f"{number}.mkv").touch()
    before = see(source, library)
    (source / "one more.mkv").touch()

    assert see(source, library) != before


def folders(source: Path, library: Path) -> tuple[bytes, dict[str, bytes]]:
    """What is seen of all folders of the source together, and of each, by its path below the source."""
    found = glanced([str(source)], str(library))
    return found.rest, {path.removeprefix(str(source)): seen for path, seen in found.folders.items()}


@pytest.mark.parametrize("most", [1024, 2])
def test_a_folder_has_another_sum_when_its_own_files_change(
    source: Path, library: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(glance, "AT_ONCE", most)
    (source / "Other").mkdir()
    (source / "Other/Other - 01.mkv").touch()
    rest, before = folders(source, library)
    time.sleep(0.02)
    slipped(source / "Show/Show - 01.mkv", "WORDS")
    (source / "Third").mkdir()
    (source / "Third/Third - 01.mkv").touch()
    still, after = folders(source, library)

    assert still == rest
    assert before.keys() == {"", "/Show", "/Other"}
    assert {path for path in after if after[path] != before.get(path)} == {"/Show", "/Third"}


@pytest.mark.parametrize("change", ["words", "library", "rights of the source", "a library in it"])
def test_what_all_folders_depend_on_is_in_the_rest(source: Path, library: Path, change: str) -> None:
    rest, _ = folders(source, library)
    if change == "words":
        (source / "Show/.anivaultignore").write_text("*01*")
    elif change == "library":
        (library / "Show/new.mkv").touch()
    elif change == "a library in it":
        (source / "Show/.anivault").mkdir()
    else:
        source.chmod(0o711)

    assert folders(source, library)[0] != rest


def test_a_folder_that_no_scan_goes_into_is_one_of_the_files_of_the_folder_above(
    source: Path, library: Path
) -> None:
    _, before = folders(source, library)
    (source / "Show/.snapshots").mkdir()
    _, after = folders(source, library)

    assert {path for path in after if after[path] != before.get(path)} == {"/Show"}


def test_progress_is_told_now_and_then(source: Path, library: Path) -> None:
    for number in range(600):
        (source / f"{number}").mkdir()
    told: list[int] = []
    glanced([str(source)], str(library), progress=lambda done, _: told.append(done))

    assert told == sorted(told)
    assert len(told) >= 3
