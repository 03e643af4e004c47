"""`anivault history` tells run by run what was done, and of a run what became of each file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

ONE, TWO = "[Grp] Nichijou - 01.mkv", "[Grp] Nichijou - 02.mkv"


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    (tmp_path / "pile").mkdir()
    for name in (ONE, TWO):
        (tmp_path / "pile" / name).write_text(name)
    return tmp_path / "pile"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def filed(run: Run, pile: Path, library: Path) -> str:
    """Both files are in the library; the name of the run that put them there."""
    run("organize", pile, "--to", library, "--apply")
    return str(runs(run, library)[-1]["run"])


def runs(run: Run, library: Path) -> list[dict[str, Any]]:
    return run("history", library, "--json").of("run")


def test_a_run_has_its_mode_its_files_and_how_it_ended(run: Run, library: Path, filed: str) -> None:
    (told,) = runs(run, library)

    assert {key: told[key] for key in ("run", "mode", "files", "living", "open", "state")} == {
        "run": filed, "mode": "hardlink", "files": 2, "living": 2, "open": 0, "state": "done",
    }  # fmt: skip
    shown = run("history", library).out
    assert "2 files" in shown
    assert "taken back" not in shown
    assert shown.endswith("1 run.\n")


def test_what_was_taken_back_lives_no_more_and_a_rollback_takes_nothing_back(
    run: Run, library: Path, filed: str
) -> None:
    run("rollback", library, "--apply")
    first, second = runs(run, library)

    assert (first["run"], first["files"], first["living"]) == (filed, 2, 0)
    assert second["mode"] == "rollback"
    lines = run("history", library).out.splitlines()
    assert "2 files, 2 taken back" in lines[0]
    assert "taken back" not in lines[1]


def test_of_a_run_taken_back_in_part_the_rest_lives(run: Run, library: Path, filed: str) -> None:
    (second,) = library.rglob("*E02.mkv")
    run("rollback", library, "--apply", "--only", second)

    assert (runs(run, library)[0]["files"], runs(run, library)[0]["living"]) == (2, 1)
    assert "2 files, 1 taken back" in run("history", library).out


def test_runs_come_in_the_order_in_which_they_were_done(
    run: Run, pile: Path, library: Path, filed: str
) -> None:
    (pile / "[Grp] Nichijou - 03.mkv").write_text("three")
    run("organize", pile, "--to", library, "--apply")

    first, second = runs(run, library)
    assert (first["run"], first["files"], second["files"]) == (filed, 2, 1)
    assert first["time"] <= second["time"]


def test_the_files_of_a_run_say_where_from_and_where_to(
    run: Run, pile: Path, library: Path, filed: str
) -> None:
    done = run("history", library, filed, "--json")
    moves = {os.path.basename(event["path"]): event for event in done.of("move")}

    assert set(moves) == {ONE, TWO}
    assert moves[ONE]["path"] == str(pile / ONE)
    assert Path(moves[ONE]["target"]).read_text() == ONE
    assert (moves[ONE]["mode"], moves[ONE]["reason"], moves[ONE]["done"]) == ("hardlink", "link", True)
    assert done.of("summary")[0]["counts"] == {"files": 2}
    shown = run("history", library, filed).out
    assert f"←  {pile / ONE}" in shown
    assert shown.endswith(f"2 files of run {filed}.\n")


def test_folders_are_no_files_of_a_run(run: Run, library: Path, filed: str) -> None:
    assert all(
        Path(event["target"]).is_file() for event in run("history", library, filed, "--json").of("move")
    )


def test_what_a_run_wrote_comes_from_nowhere(run: Run, pile: Path, library: Path) -> None:
    run("organize", pile, "--to", library, "--apply", "--nfo")
    (told,) = runs(run, library)
    shown = run("history", library, told["run"]).out

    assert "(written)" in shown
    assert [line for line in shown.splitlines() if ".nfo" in line and "←" in line] == []


def test_a_rollback_tells_that_links_were_removed_and_where_their_content_is(
    run: Run, pile: Path, library: Path, filed: str
) -> None:
    run("rollback", library, "--apply")
    back = runs(run, library)[-1]["run"]

    assert f"(removed; it is still {pile / ONE})" in run("history", library, back).out


def test_the_library_of_the_settings_is_meant_where_only_a_run_is_named(
    run: Run, library: Path, filed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANIVAULT_LIBRARY", str(library))

    assert run("history", filed).out == run("history", library, filed).out
    assert run("history").out == run("history", library).out


def test_a_folder_that_is_called_like_a_run_is_a_library(
    run: Run, pile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("organize", pile, "--to", "20260101-000000", "--apply")

    assert len(run("history", "20260101-000000", "--json").of("run")) == 1


def test_a_run_that_is_not_there_is_told_with_what_to_type(run: Run, library: Path, filed: str) -> None:
    done = run("history", library, "20000101-000000")

    assert done.code == 35
    assert "20000101-000000" in done.err
    assert done.out == ""


def test_what_is_no_library_has_no_history(run: Run, pile: Path, tmp_path: Path) -> None:
    for folder in (pile, tmp_path / "gone"):
        done = run("history", folder)

        assert done.code >= 20
        assert str(folder) in done.err
        assert not (pile / ".anivault").exists()


def test_what_a_later_run_put_there_again_was_not_taken_back(run: Run, pile: Path, library: Path) -> None:
    run("organize", pile, "--to", library, "--mode", "copy", "--apply")
    (second,) = library.rglob("*E02.mkv")
    second.unlink()
    run("organize", pile, "--to", library, "--mode", "copy", "--apply")
    run("rollback", library, "--apply", "--only", next(library.rglob("*E01.mkv")))

    first, again, _ = runs(run, library)
    assert (first["files"], first["living"], first["again"]) == (2, 0, 1)
    assert (again["files"], again["living"], again["again"]) == (1, 1, 0)
    assert "2 files, 1 taken back, 1 lost and put there again" in run("history", library).out
