"""Ctrl-C and SIGTERM at any moment: one line, the exit code that says so, and no traceback."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import anivault

NAMES = [f"[SubsPlease] Sousou no Frieren - {number:02} (1080p).mkv" for number in range(1, 13)]
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
# Sends itself the signal as the Nth module is looked for, wherever in the program that is.
AT_IMPORT = """
import os, sys
class Finder:
    count = 0
    def find_spec(self, name, path=None, target=None):
        Finder.count += 1
        if Finder.count == {at}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Finder())
sys.argv = ["anivault", *{words!r}]
from anivault.__main__ import main
main()
"""
START = """
import sys
sys.stdout.write(".")
sys.stdout.flush()
from anivault.__main__ import main
main()
"""


@pytest.fixture
def words(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv(
        "PYTHONPATH", str(Path(anivault.__file__).parents[1])
    )  # this code, not what is installed
    (tmp_path / "dl").mkdir()
    for name in NAMES:
        (tmp_path / "dl" / name).write_bytes(b"video")
    return ["organize", str(tmp_path / "dl"), "--to", str(tmp_path / "lib"), "--fresh"]


def told(done: subprocess.CompletedProcess[str] | subprocess.Popen[str], err: str, code: int) -> bool:
    """Whether it was interrupted; whatever it says is one clear line."""
    assert "Traceback" not in err, err
    if done.returncode == code:
        assert re.fullmatch(r"(Do it: .*\n)?Interrupted. Nothing (more )?was done.\n", err), err
        return True
    assert done.returncode in {0, 10}, (done.returncode, err)
    return False


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_at_every_import(words: list[str], number: signal.Signals) -> None:
    """The first two look for AniVault itself: nothing of it runs yet."""
    interrupted = 0
    for at in (3, 4, 5, 6, 7, *range(8, 400, 28)):
        code = AT_IMPORT.format(at=at, number=int(number), words=words)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        early = number == signal.SIGTERM and done.returncode == -number and not done.stderr
        early |= done.stderr == "Interrupted. Nothing was done.\n"
        interrupted += early or told(done, done.stderr, CODES[number])

    assert interrupted >= 10


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_at_random_moments(words: list[str], number: signal.Signals) -> None:
    """Before the first line of ours nothing can be promised, but that Python says it in its own way."""
    seed = int(os.environ.get("ANIVAULT_SEED", "1"))
    choose = random.Random(seed)
    for _ in range(25):
        with subprocess.Popen(
            [sys.executable, "-c", START, *words[: choose.choice([4, 5])]],  # without --fresh, or with it
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout
            assert process.stdout.read(1) == "."
            time.sleep(choose.random() * 0.5)
            process.send_signal(number)
            _, err = process.communicate(timeout=60)
        if process.returncode != -number:  # before the handler was there
            told(process, err, CODES[number])


def test_two_at_once_are_as_one(words: list[str]) -> None:
    """The impatient press Ctrl-C again; the second one ends the process wherever it is."""
    code = AT_IMPORT.format(at=150, number=int(signal.SIGINT), words=words).replace(
        "os.kill(", "[os.kill(os.getpid(), 2) for _ in range(3)]; os.kill("
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert told(done, done.stderr, 130)
