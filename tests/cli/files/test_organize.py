"""What `anivault organize` is given, and what it says of it."""

from __future__ import annotations

import ntpath
import os
from pathlib import Path

import pytest

from anivault.cli.demo_handler import tree
from anivault.cli.organize_handler import check_places
from anivault.shared import fs
from anivault.shared.errors import FolderNotFoundError
from tests.conftest import Run

MODES = ["hardlink", "copy", "move", "symlink"]
FILES = {
    "one": "dl/[A] Nichijou - 01.mkv",
    "sub": "dl/[A] Nichijou - 01.en.ass",
    "two": "dl/[A] Nichijou - 02.mkv",
    "three": "dl/more/[A] Nichijou - 03.mkv",
    "far": "else/[B] Toradora! - 01 (1080p).mkv",
}
NAMED = {
    "one file": ["one"],
    "two files": ["one", "two"],
    "a file and its subtitle": ["one", "sub"],
    "a file and a folder": ["far", "dl"],
    "a file and the folder that holds it": ["one", "dl"],
    "a file and a folder beside it": ["one", "dl/more"],
    "a file twice": ["one", "one"],
    "files of two folders": ["one", "far", "three"],
}


def test_a_rival_of_the_same_size_and_time_is_not_in_the_library(run: Run, tmp_path: Path) -> None:
    for number, name in enumerate(("[A] Toradora! - 05 [1080p].mkv", "[B] Toradora! - 05 (720p).mkv")):
        (tmp_path / "dl").mkdir(exist_ok=True)
        (tmp_path / "dl" / name).write_text(f"content {number}")
        os.utime(tmp_path / "dl" / name, ns=(10**18, 10**18))
    words = ("organize", tmp_path / "dl", "--to", tmp_path / "lib", "--json")
    first, second = run(*words, "--apply"), run(*words)

    assert [held["reason"] for held in first.of("held")] == ["same-target"]
    assert sorted(held["reason"] for held in second.of("held")) == ["already-there", "same-target"]


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for number, rel in enumerate(FILES.values()):
        (tmp_path / rel).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / rel).write_bytes(b"%d" % number * 3000)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _without_library(folder: Path) -> dict[str, object]:
    return {path: content for path, content in tree(folder).items() if not path.startswith("lib")}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("named", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("absolute", [False, True], ids=["relative", "absolute"])
def test_files_are_organized_as_folders_are(
    run: Run, there: Path, mode: str, named: list[str], absolute: bool
) -> None:
    paths = [FILES.get(name, name) for name in named]
    words = ["organize", *([str(there / path) for path in paths] if absolute else paths), "--to", "lib"]
    before = _without_library(there)
    shown = run(*words, "--mode", mode, "--json").of("move")
    assert run(*words, "--mode", mode, "--plan", "plan.json").code in {0, 10}

    assert run(*words, "--from-plan", "plan.json", "--apply").code in {0, 10}
    assert shown
    assert all((there / "lib" / event["target"]).exists() for event in shown)
    assert run("verify", "lib").code == 0
    assert run("rollback", "lib", "--apply").code == 0
    (there / "plan.json").unlink()
    assert _without_library(there) == before

    assert run(*words, "--mode", mode, "--apply").code in {0, 10}
    assert all((there / "lib" / event["target"]).exists() for event in shown)
    assert "Nothing was unfinished" in (ran := run("recover", "lib")).out + ran.err


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move"])
def test_a_link_that_is_named_stands_for_its_file(run: Run, there: Path, mode: str) -> None:
    (there / "link.mkv").symlink_to(there / FILES["one"])
    words = ["organize", "link.mkv", "--to", "lib", "--mode", mode]

    assert [event["path"] for event in run(*words, "--json").of("move")] == [str(there / FILES["one"])]
    assert run(*words, "--apply").code == 0
    assert len(list((there / "lib").rglob("*.mkv"))) == 1


def test_a_plan_of_files_that_are_gone_is_refused(run: Run, there: Path) -> None:
    run("organize", FILES["one"], FILES["two"], "--to", "lib", "--plan", "plan.json")
    (there / FILES["one"]).unlink()

    ran = run("organize", FILES["one"], FILES["two"], "--to", "lib", "--from-plan", "plan.json", "--apply")
    assert ran.code == FolderNotFoundError.exit_code
    assert not (there / "lib").exists()


@pytest.mark.parametrize("name", ["lib", "lib/Shows", "lib/Shows/x.mkv", "lib/", "./lib/../lib"])
def test_a_source_in_the_library_is_refused(run: Run, there: Path, name: str) -> None:
    (there / "lib/Shows").mkdir(parents=True)
    (there / "lib/Shows/x.mkv").write_bytes(b"video")

    assert run("organize", name, "--to", "lib").code == 25
    assert (
        run("organize", FILES["one"], "--to", "library", "--apply").code == 0
    )  # `lib` is no folder above it


class TestWindows:
    """Two drives, and one that is absent."""

    @pytest.fixture(autouse=True)
    def windows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "path", ntpath)

    def test_a_folder_of_another_drive_is_not_in_the_library(self) -> None:
        assert not fs.is_below(r"D:\anime", r"E:\library")
        assert fs.is_below(r"E:\Library\Shows", "e:\\library")
        assert not fs.is_below(r"E:\library 2", r"E:\library")
        assert fs.is_below("E:\\downloads", "E:\\")

    def test_a_drive_that_is_absent_is_named(self) -> None:
        assert fs.nearest(r"Q:\anime\library") == "Q:\\"
        with pytest.raises(FolderNotFoundError, match="Q:"):
            check_places([], r"Q:\anime\library")


def test_nothing_to_do_makes_no_library(run: Run, there: Path) -> None:
    (there / "empty").mkdir()
    (there / "dull").mkdir()
    (there / "dull" / "IMG_2041.MOV").write_bytes(b"a walk in the park")

    assert run("organize", "empty", "--to", "lib", "--apply").code == 0
    assert run("organize", "dull", "--to", "lib", "--apply").code == 10
    assert not (there / "lib").exists()


def test_a_file_of_one_size_and_second_is_not_taken_for_the_librarys(run: Run, there: Path) -> None:
    run("organize", "else", "--to", "lib", "--apply")
    (there / "else" / FILES["far"].rpartition("/")[2]).unlink()
    other = there / "else" / "[C] Toradora! - 01 [720p].mkv"
    other.write_bytes(b"5" * 3000)
    now = next((there / "lib").rglob("*.mkv")).stat()
    os.utime(other, ns=(now.st_mtime_ns + 1_000_001, now.st_mtime_ns + 1_000_001))
    held = run("organize", "else", "--to", "lib", "--json").of("held")

    assert [event["reason"] for event in held] == ["target-taken"]


@pytest.mark.parametrize("mode", ["hardlink", "copy", "move", "symlink"])
def test_a_plan_that_is_followed_again_says_that_it_is_done(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "dl"
    source.mkdir()
    for name in ("[SubsPlease] Sousou no Frieren - 01 (1080p) [0F1D7FE0].mkv",):
        (source / name).write_bytes(b"video of one")
    words = ("organize", source, "--to", tmp_path / "lib")
    run(*words, "--mode", mode, "--plan", "plan.json")
    assert run(*words, "--from-plan", "plan.json", "--apply").code == 0

    again = run(*words, "--from-plan", "plan.json", "--apply", "--json")

    assert again.code == 0
    assert [event["reason"] for event in again.of("held")] == ["already-there"]
    assert not again.of("move")


def test_a_file_with_a_folders_name_is_told_as_a_file(run: Run, tmp_path: Path) -> None:
    source, library = tmp_path / "dl", tmp_path / "lib"
    source.mkdir()
    (source / "[SubsPlease] Sousou no Frieren - 01 (1080p) [0F1D7FE0].mkv").write_bytes(b"video")
    library.mkdir()
    (library / "Shows").write_bytes(b"")

    (held,) = run("organize", source, "--to", library, "--json").of("held")

    assert (held["reason"], held["cause"]) == ("folder-is-file", "not-a-folder")
