"""Commands load what they need and no more, so that they start at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

LOADED = """
import sys
sys.argv = ["anivault", *sys.argv[1:]]
from anivault.cli.main import main
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""
NEEDLESS = (
    *(f"anivault.{room}" for room in ("parser", "services", "data")),
    *(f"anivault.core.{wing}" for wing in ("flow", "organizer", "matching", "pipeline", "planning")),
    *("rich", "httpx2", "tomllib", "tempfile", "anitomy"),
)

MATCHES = ("anivault.core.matching", "anivault.core.planning", "anivault.core.moving.executor", "rapidfuzz")
ASKED = """
import re
compiled, compile_ = [], re.compile
def watching(pattern, flags=0):
    compiled.append((sys._getframe(1).f_globals["__name__"], pattern))
    return compile_(pattern, flags)
import sys
re.compile = watching
import anivault.core.flow, anivault.services.asking, anivault.services.providers
print(*(f"{name}: {pattern!r}" for name, pattern in compiled if name.startswith(ROOMS)), sep="\\n")
"""
ROOMS = ("anivault.parser", "anivault.services", *(f"anivault.core.{w}" for w in ("matching", "planning")))


def loaded(*words: str | Path) -> list[str]:
    """The modules that a command has loaded when it ends."""
    done = subprocess.run([sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=False)
    return done.stderr.splitlines()[-1].split()


def help_of(*words: str, columns: str | None = None) -> str:
    """What a command prints in a process of its own, in a terminal of so many columns."""
    environment = os.environ | ({"COLUMNS": columns} if columns else {})
    environment = {name: value for name, value in environment.items() if columns or name != "COLUMNS"}
    command = [sys.executable, "-m", "anivault", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["scan", "--help"], ["catalog", "import", "-h"]])
def test_help_is_read_from_a_text_and_says_what_the_commands_say(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    assert [name for name in loaded(*words) if name.startswith(("typer", "msgspec", "re", "typing"))] == []
    assert help_of(*words) == run(*words).out != ""


def test_help_fits_a_narrow_terminal() -> None:
    wide, narrow = help_of("organize", "--help"), help_of("organize", "--help", columns="60")

    assert max(map(len, narrow.splitlines())) <= 60 < max(map(len, wide.splitlines()))


@pytest.mark.parametrize("words", [["scna", "--help"], ["catalog show", "--help"], ["\f", "--help"]])
def test_help_of_a_word_that_is_no_command_says_so(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "anivault", *words], capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_help_into_a_full_disk_is_an_error() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "anivault", "--help"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode != 0
    assert "No space left" in done.stderr


def test_a_scan_loads_no_matching_and_no_planning(home: Path, tmp_path: Path) -> None:
    (tmp_path / "[Grp] Nichijou - 01.mkv").write_text("one")
    found = loaded("scan", tmp_path)

    assert "anivault.parser.read" in found
    assert [name for name in found if name.startswith(MATCHES)] == []


def test_no_expression_of_rules_is_compiled_before_a_name_is_read() -> None:
    command = [sys.executable, "-c", f"ROOMS = {ROOMS!r}\n{ASKED}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.split("\n") == ["", ""]


@pytest.mark.parametrize("command", ["history", "rollback", "verify", "recover"])
def test_a_command_about_what_was_done_loads_no_parser_and_no_matching(
    run: Run, tmp_path: Path, command: str
) -> None:
    (tmp_path / "pile").mkdir()
    (tmp_path / "pile" / "[Grp] Nichijou - 01.mkv").write_text("one")
    run("organize", tmp_path / "pile", "--to", tmp_path / "library", "--apply")
    found = loaded(command, tmp_path / "library")

    assert "anivault.core.moving.history" in found
    assert [name for name in found if name.startswith(NEEDLESS)] == []
