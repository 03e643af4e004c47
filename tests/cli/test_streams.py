"""Standard streams as cron, pipes, full disks and old terminals hand them over."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FRIEREN = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"
ANIVAULT = f"{sys.executable} -m anivault"


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def pile(tmp_path: Path, home: Path) -> Path:
    (tmp_path / "pile").mkdir()
    (tmp_path / "pile" / FRIEREN).write_bytes(b"12345")
    return tmp_path / "pile"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_stops_nothing(pile: Path, closed: str) -> None:
    done = shell(f"{ANIVAULT} organize {pile} --to {pile}/../Library --apply {closed}")

    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert len(list((pile / "../Library").rglob("*.mkv"))) == 1
    assert shell(f"{ANIVAULT} verify {pile}/../Library --deep").stdout.startswith("1 same")


def test_standard_input_that_is_closed_has_no_names(home: Path) -> None:
    assert shell(f"{ANIVAULT} scan - <&-").returncode == 0


@pytest.mark.parametrize(
    "words", ["scan {0}", "scan {0} --json", "--help", "organize {0} --to {0}/../L --apply"]
)
def test_a_full_disk_under_the_output_is_a_known_failure(pile: Path, words: str) -> None:
    done = shell(f"{ANIVAULT} {words.format(pile)} > /dev/full")

    assert (done.returncode, done.stdout) == (36, "")
    assert done.stderr.splitlines()[-2].startswith("Error: The output cannot be written (No space left")


def test_a_terminal_that_lacks_a_character_is_shown_its_number(pile: Path) -> None:
    (pile / "とらドラ！ 第01話.mkv").touch()
    done = shell(f"{ANIVAULT} organize {pile} --to {pile}/../Library", PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr.isascii()) == (0, True)
    assert r"Toradora! S01E01.mkv  \u2190  \u3068" in done.stdout
