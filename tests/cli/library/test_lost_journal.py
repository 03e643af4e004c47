"""A journal that was emptied or deleted is missed: nobody begins a new one without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run


def _emptied(journal: Path) -> None:
    journal.write_bytes(b"")


@pytest.fixture
def library(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "pile").mkdir()
    (tmp_path / "pile" / "[Grp] Nichijou - 01.mkv").write_text("one")
    run("organize", tmp_path / "pile", "--to", tmp_path / "library", "--apply")
    run("verify", tmp_path / "library", "--deep")
    (tmp_path / "pile" / "[Grp] Nichijou - 02.mkv").write_text("two")
    return tmp_path / "library"


@pytest.mark.parametrize("lose", [_emptied, Path.unlink])
@pytest.mark.parametrize("words", ["rollback", "rollback --apply", "history", "recover", "rename"])
def test_a_command_that_needs_the_journal_says_that_it_is_lost(
    run: Run, library: Path, lose: Callable[[Path], None], words: str
) -> None:
    lose(library / ".anivault/journal.jsonl")
    command, *more = words.split()
    done = run(command, library, *more)

    assert (done.code, "hashes.jsonl" in done.err) == (66, True)


@pytest.mark.parametrize("lose", [_emptied, Path.unlink])
@pytest.mark.parametrize("trace", ["hashes.jsonl", "what AniVault remembers"])
def test_a_new_journal_does_not_begin_in_silence(
    run: Run, library: Path, tmp_path: Path, lose: Callable[[Path], None], trace: str
) -> None:
    if trace != "hashes.jsonl":
        (library / ".anivault/hashes.jsonl").unlink()
        (library / ".anivault/lock").unlink()
    lose(library / ".anivault/journal.jsonl")
    preview = run("organize", tmp_path / "pile", "--to", library)
    done = run("organize", tmp_path / "pile", "--to", library, "--apply")

    assert (trace in preview.err, trace in done.err) == (True, True)
    assert "cannot be taken back" in done.err
    assert trace not in run("organize", tmp_path / "pile", "--to", library).err


@pytest.mark.parametrize("lose", [_emptied, Path.unlink])
def test_verify_finds_that_the_journal_is_lost(run: Run, library: Path, lose: Callable[[Path], None]) -> None:
    lose(library / ".anivault/journal.jsonl")
    done = run("verify", library, "--json")

    assert (done.code, [each["kind"] for each in done.of("finding")]) == (10, ["no-library"])
    assert "hashes.jsonl" in done.of("finding")[0]["detail"]


def test_a_library_that_nothing_was_done_in_has_lost_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pile").mkdir()
    (tmp_path / "pile" / "[Grp] Nichijou - 01.mkv").write_text("one")
    (tmp_path / "library").mkdir()
    run("pin", "Nichijou", "tmdb:44684", "--to", tmp_path / "library")
    done = run("organize", tmp_path / "pile", "--to", tmp_path / "library", "--apply")

    assert (tmp_path / "library/.anivault/pins.toml").is_file()
    assert (done.code, "tells of runs" in done.err) == (0, False)


def test_recover_says_when_a_folder_is_no_library(run: Run, tmp_path: Path) -> None:
    done = run("recover", tmp_path)

    assert (done.code, "nothing here" in done.err) == (10, True)
    assert "Nothing was unfinished" not in done.out
    assert not (tmp_path / ".anivault").exists()
