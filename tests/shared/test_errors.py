"""What an error says to type next is right for the file that it is about."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from anivault.shared.errors import (
    DiskError,
    FolderNotFoundError,
    NotALibraryError,
    OutputRefusedError,
    quoted,
)
from tests.conftest import Run

NAME = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"


@pytest.fixture
def library(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / NAME).write_bytes(b"x" * 100)
    run("organize", tmp_path / "in", "--to", tmp_path / "my lib", "--apply")
    return tmp_path / "my lib"


@pytest.mark.parametrize("command", ["rollback", "history", "rename"])
def test_a_folder_in_a_library_names_the_library(run: Run, library: Path, command: str) -> None:
    ran = run(command, library / "Shows")

    assert ran.code == NotALibraryError.exit_code
    assert f"It lies in the library {quoted(str(library))}" in ran.err


@pytest.mark.parametrize("command", ["verify", "rollback", "history", "rename", "recover"])
def test_a_file_in_a_library_names_the_library(run: Run, library: Path, command: str) -> None:
    ran = run(command, next(library.rglob("*.mkv")))

    assert ran.code == FolderNotFoundError.exit_code
    assert f"It is a file. Its library is {quoted(str(library))}" in ran.err


@pytest.mark.parametrize("command", ["verify", "recover"])
def test_a_file_anywhere_is_called_one(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "a file").touch()

    assert "It is a file. Name a folder." in run(command, tmp_path / "a file").err


@pytest.mark.parametrize("words", [["--plan"], ["--json", "--plan"]])
def test_a_missing_folder_of_an_output_is_to_be_made(run: Run, library: Path, words: list[str]) -> None:
    at = library.parent / "not there" / "plan"
    ran = run("organize", library.parent / "in", "--to", library.parent / "new", *words, at)

    assert ran.code == OutputRefusedError.exit_code
    assert f"mkdir -p {quoted(str(at.parent))}" in ran.err + ran.out


def test_so_it_is_with_a_script(run: Run, library: Path) -> None:
    at = library.parent / "not there" / "back.sh"

    assert f"mkdir -p {quoted(str(at.parent))}" in run("rollback", library, "--script", at).err


def test_a_plan_that_is_not_there_is_to_be_named(run: Run, library: Path) -> None:
    ran = run("organize", library.parent / "in", "--to", library, "--from-plan", library.parent / "nope")

    assert "Name the file that --plan FILE wrote." in ran.err


def test_a_configuration_that_is_not_there_is_not_to_be_corrected(run: Run, tmp_path: Path) -> None:
    ran = run("scan", tmp_path, "--config", tmp_path / "nope.toml")

    assert "Correct it" not in ran.err
    assert "Name a file that exists." in ran.err


def test_a_list_that_cannot_be_read_is_looked_at_first(run: Run, tmp_path: Path) -> None:
    assert f"ls -ld {tmp_path}" in run("catalog", "import", tmp_path / "nope.json").err


@pytest.mark.parametrize(
    ("number", "hint"), [(errno.EACCES, "ls -ld"), (errno.ENOSPC, "df"), (errno.EROFS, "df")]
)
def test_a_disk_that_refuses_is_looked_at_where_it_refused(tmp_path: Path, number: int, hint: str) -> None:
    refused = OSError(number, os.strerror(number), str(tmp_path / "a lock"))

    assert DiskError("Opening", refused, "ls -ld elsewhere").hint == f"{hint} {quoted(str(tmp_path))}"
    assert DiskError("Opening", OSError(number, "said"), "ls -ld there").hint == "ls -ld there"
