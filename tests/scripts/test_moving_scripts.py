"""The scripts that kill commands and alter journals, each with a few rounds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_of_two_hundred_altered_journals_none_is_discarded_or_followed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = script("fuzz/fuzz_journal").main(["--rounds", "200"])

    assert (code, capsys.readouterr().out.rpartition("; ")[2]) == (0, "0 failed\n")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second filesystem")
def test_commands_that_are_killed_at_random_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code = script("kills").main(["--rounds", "4", "--seed", "11"])

    assert (code, capsys.readouterr().out.rpartition("; ")[2]) == (0, "0 failed\n")
