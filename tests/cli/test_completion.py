"""A shell completes libraries, runs, presets and pins, and never says what went wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run


def completed(line: str) -> list[str]:
    """What bash is offered for the last word of a line."""
    words = line.split(" ")
    asked = {"_ANIVAULT_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    command = [
        sys.executable,
        "-c",
        "import sys; sys.argv=['anivault']; from anivault.cli.main import main; main()",
    ]
    done = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1] if done.stdout.endswith("\n") else done.stdout.split("\n")


@pytest.fixture
def library(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "pile").mkdir()
    (tmp_path / "pile" / "[Grp] Nichijou - 01.mkv").write_text("one")
    run("organize", tmp_path / "pile", "--to", tmp_path / "library", "--apply")
    return tmp_path / "library"


def test_commands_and_presets(home: Path) -> None:
    (home / "config" / "anivault").mkdir(parents=True)
    (home / "config" / "anivault" / "config.toml").write_text("[presets.pleasant]\nbase = 'plex'\n")

    assert completed("anivault orga") == ["organize"]
    assert completed("anivault organize x --preset ple") == ["plex", "pleasant"]


def test_libraries_and_their_runs(run: Run, library: Path) -> None:
    (name,) = [event["run"] for event in run("history", library, "--json").of("run")]

    assert completed(f"anivault verify {str(library)[:-3]}") == [str(library)]
    assert completed(f"anivault rollback {library} --run 2") == [name]
    assert completed(f"anivault history {library} 2") == [name]


def test_pins(run: Run) -> None:
    run("pin", "Nichijou", "tmdb:34494")

    assert completed("anivault unpin Nich") == ["Nichijou"]


def test_a_broken_configuration_offers_nothing(home: Path) -> None:
    (home / "config" / "anivault").mkdir(parents=True)
    (home / "config" / "anivault" / "config.toml").write_text("no toml")

    assert completed("anivault verify /no") in ([], [""])


def test_the_files_of_a_run_are_listed(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (name,) = [event["run"] for event in run("history", library, "--json").of("run")]
    (moved,) = run("history", library, name, "--json").of("move")
    monkeypatch.setenv("ANIVAULT_LIBRARY", str(library))

    assert moved["path"] == str(tmp_path / "pile" / "[Grp] Nichijou - 01.mkv")
    assert moved["target"].startswith(str(library))
    assert run("history", name, "--json").of("move") == [moved]
    assert f"1 file of run {name}." in run("history", name).out
    assert run("history", library, "20000101-000000").code == 35
