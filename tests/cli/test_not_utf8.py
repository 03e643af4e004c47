"""Words, variables and names that are no UTF-8: people can type them, and no command falls over one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Run

ODD = "\udcff"  # the byte 0xFF, as Python reads it
COMMANDS = [
    f"{ODD}", f"scan {ODD}", f"scan PILE --log {ODD}", f"scan PILE --config {ODD}", f"match {ODD}",
    f"match PILE --lang {ODD}", f"match PILE --provider {ODD}", f"match PILE --parser {ODD}",
    f"explain {ODD}", f"organize {ODD} --to LIB", f"organize PILE --to {ODD}",
    f"organize PILE --to LIB --mode {ODD}", f"organize PILE --to LIB --preset {ODD}",
    f"organize PILE --to LIB --plan {ODD}", f"organize PILE --to LIB --from-plan {ODD}",
    f"rename LIB --preset {ODD}", f"history {ODD}", f"verify {ODD}", f"recover {ODD}", f"adopt {ODD}",
    f"rollback {ODD}", f"rollback LIB --run {ODD}", f"rollback LIB --since {ODD}",
    f"rollback LIB --only {ODD}", f"rollback LIB --script {ODD}", f"pin {ODD} tmdb:1", f"pin PILE {ODD}",
    f"pin PILE tmdb:42916 --episodes {ODD}", f"pin Tea tmdb:42916 --episode {ODD}", f"unpin {ODD}",
    f"ignore {ODD}", f"review {ODD}", f"doctor {ODD}", f"doctor PILE --to {ODD}", f"catalog import {ODD}",
    f"catalog update {ODD}", f"catalog remove {ODD}", f"cache fill {ODD}",
    f"config set organize.mode {ODD}", f"config set {ODD} x", f"config set match.languages {ODD}",
    f"config set scan.settle {ODD}",
]  # fmt: skip
VARIABLES = [
    "CONFIG", "LIBRARY", "LOG", "MODE", "ON_CONFLICT", "UPGRADE", "PRESET", "PREFER", "PARSERS", "PROVIDERS",
    "LANGUAGES",
    "TMDB_URL", "TMDB_IMAGES", "TMDB_KEY", "CATALOG_MIRROR",
]  # fmt: skip


@pytest.fixture(autouse=True)
def here(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pile").mkdir()
    (tmp_path / "pile/Toradora! - 01.mkv").write_text("one")
    (tmp_path / "lib/.anivault").mkdir(parents=True)


def is_no_bug(run: Run, *words: str) -> bool:
    """Whether a command ends with an answer or an error of its own, in text and as events."""
    done, told = run(*words), run(*words, "--json")
    return done.code != 70 and told.code != 70 and all("event" in event for event in told.events)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words.replace(ODD, "ODD"))
def test_a_word_that_is_no_utf_8_is_no_bug(run: Run, command: str) -> None:
    words = command.replace("PILE", "pile").replace("LIB", "lib").split(" ")

    assert is_no_bug(run, *words)


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("command", ["config show", "organize pile --to lib"])
def test_a_variable_that_is_no_utf_8_is_no_bug(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, command: str
) -> None:
    monkeypatch.setenv(f"ANIVAULT_{variable}", ODD)

    assert is_no_bug(run, *command.split())


def test_a_library_that_is_no_utf_8_is_shown_and_works(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = str(tmp_path / f"lib{ODD}")
    monkeypatch.setenv("ANIVAULT_LIBRARY", library)
    assert "library.path = " in run("config", "show").out
    assert "lib\ufffd" in run("config", "show").out
    assert run("organize", "pile", "--apply").code == 0

    assert [name for name in os.listdir(library) if name != ".anivault"] == ["Shows"]
    for command in ("verify", "history", "rollback", "rename"):
        assert is_no_bug(run, command)
