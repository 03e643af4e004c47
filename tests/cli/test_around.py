"""What fails around the program is no bug of it: memory that is short, a folder that was removed."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from anivault.shared.exits import BUG, FINDINGS
from tests.conftest import Run

NAME = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a shell is in, removed; returns one that is there."""
    (tmp_path / "gone").mkdir()
    (tmp_path / "dl").mkdir()
    (tmp_path / "dl" / NAME).write_bytes(b"1234")
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    return tmp_path


@pytest.mark.parametrize(
    "words", ["scan D", "match D", "organize D --to L", "organize D --to L --json", "verify L"]
)
def test_a_relative_path_in_a_removed_folder_is_an_error_with_words(run: Run, gone: Path, words: str) -> None:
    done = run(*words.split())

    assert done.code == 72
    assert "The folder that you are in was removed." in done.err
    assert "Traceback" not in done.err


def test_whole_paths_need_no_folder_to_be_in(run: Run, gone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANIVAULT_LOG", "debug")
    (gone / "dl" / "IMG 2041.mkv").write_bytes(b"12")

    assert run("organize", gone / "dl", "--to", gone / "lib", "--apply").code == FINDINGS


@pytest.mark.parametrize(
    "error",
    [MemoryError(), OSError(errno.ENOMEM, "Cannot allocate memory"), ImportError("failed to map segment")],
)
def test_memory_that_is_short_is_said_and_no_bug(
    run: Run, gone: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("anivault.cli.scan_handler.handle", fail)
    done = run("scan", gone / "dl")

    assert done.code == 71
    assert "There is too little memory to go on." in done.err
    assert "ulimit -v" in done.err


@pytest.mark.parametrize("megabytes", [30, 40, 50, 60])
def test_whatever_memory_there_is_no_command_ends_as_a_bug(
    home: Path, tmp_path: Path, megabytes: int
) -> None:
    (tmp_path / "dl").mkdir()
    (tmp_path / "dl" / NAME).write_bytes(b"1234")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    words = [sys.executable, "-m", "anivault", "match", str(tmp_path / "dl")]
    done = subprocess.run(words, preexec_fn=limit, capture_output=True, env=dict(os.environ))

    assert done.returncode not in {1, BUG}, done.stderr
