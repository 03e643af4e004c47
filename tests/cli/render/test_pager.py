"""What is longer than a terminal is shown page by page; a pipe, a program and a short result never are."""

from __future__ import annotations

import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from fcntl import ioctl
from pathlib import Path

import pytest

import anivault


@pytest.fixture(autouse=True)
def _these_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(anivault.__file__).parents[1]))


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that writes what it got into a file, and shows a line of its own."""
    script = tmp_path / "pager.py"
    got = tmp_path / "got"
    script.write_text(f"import sys\nopen({str(got)!r}, 'w').write(sys.stdin.read())\nprint('PAGED')\n")
    return f"{sys.executable} {script}"


def on_terminal(words: list[str], more: Mapping[str, str], rows: int = 24) -> str:
    """What a terminal of so many rows shows of a command."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
    env = {
        name: value for name, value in os.environ.items() if name not in ("PAGER", "LESS", "LINES", "COLUMNS")
    }
    command = [sys.executable, "-m", "anivault", *words]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**env, "TERM": "xterm", **more}
    ) as running:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        running.wait()
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side is closed
        return b""


def pile(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"Toradora! - {number + 1:02}.mkv").write_text("x")
    return folder


@pytest.mark.parametrize(("count", "paged"), [(25, True), (3, False)])
def test_only_what_is_longer_than_the_screen_goes_to_the_pager(
    home: Path, tmp_path: Path, pager: str, count: int, paged: bool
) -> None:
    del home
    shown = on_terminal(["scan", str(pile(tmp_path / "dl", count))], {"PAGER": pager, "NO_COLOR": "1"})

    assert ("PAGED" in shown) == paged
    assert (tmp_path / "got").exists() == paged
    assert ("Toradora! - 01.mkv" in shown) != paged
    if paged:
        assert (tmp_path / "got").read_text().count("Toradora! - ") == count


@pytest.mark.parametrize("pager_", ["", "cat", "no-such-pager", "'"])
def test_without_a_pager_all_is_printed(home: Path, tmp_path: Path, pager_: str) -> None:
    del home
    shown = on_terminal(["scan", str(pile(tmp_path / "dl", 25))], {"PAGER": pager_})

    assert shown.count("Toradora! - ") == 25


def test_programs_and_pipes_are_never_paged(home: Path, tmp_path: Path, pager: str) -> None:
    del home
    folder = str(pile(tmp_path / "dl", 25))
    events = on_terminal(["scan", folder, "--json"], {"PAGER": pager})
    env = {**os.environ, "PAGER": pager}
    piped = subprocess.run(
        [sys.executable, "-m", "anivault", "scan", folder], capture_output=True, env=env, check=True
    )

    assert events.count('"event":"file"') == 25
    assert piped.stdout.count(b"Toradora! - ") == 25
    assert not (tmp_path / "got").exists()


def test_what_to_type_next_is_still_there_after_the_pages(home: Path, tmp_path: Path, pager: str) -> None:
    del home
    words = ["organize", str(pile(tmp_path / "dl", 25)), "--to", str(tmp_path / "lib"), "--verbose"]
    shown = on_terminal(words, {"PAGER": pager, "NO_COLOR": "1"})

    assert "Do it: anivault organize" in shown.partition("PAGED")[2]
    assert "S01E25" in (tmp_path / "got").read_text()
    assert "\x1b[" not in (tmp_path / "got").read_text()


def test_a_pager_that_is_left_early_ends_nothing_badly(home: Path, tmp_path: Path) -> None:
    del home
    words = ["scan", str(pile(tmp_path / "dl", 400))]
    shown = on_terminal(words, {"PAGER": f"{sys.executable} -c pass"})

    assert "Traceback" not in shown
