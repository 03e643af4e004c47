"""Standard streams as cron, pipes, full disks and old terminals hand them over."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from anivault.cli.screen import Screen

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
    library = f" {pile.parent}/L" if "organize" in words else ""
    assert f"`anivault history{library}` shows what was done." in done.stderr.splitlines()[-1]


def test_a_terminal_that_lacks_a_character_is_shown_its_number(pile: Path) -> None:
    (pile / "とらドラ！ 第01話.mkv").write_bytes(b"video")
    done = shell(f"{ANIVAULT} organize {pile} --to {pile}/../Library", PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr.isascii()) == (0, True)
    assert r"Toradora! S01E01.mkv  \u2190  \u3068" in done.stdout


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_there_is_one_bar_and_it_is_gone_when_something_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("anivault.cli.screen._PROGRESS_AFTER", -1.0)
    monkeypatch.setattr("anivault.cli.screen._REDRAWN_AFTER", -1.0)
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    screen.progress("Scanning")(1_234, None)
    matching = screen.progress("Matching")
    matching(5, 10)
    screen.line("done")
    before, _, after = terminal.getvalue().rpartition("done\n")

    assert before.index("Scanning") < before.index("1,234") < before.rindex("Matching")
    assert "5 of 10" in before
    assert before.endswith(("\x1b[2K", "\x1b[?25h"))  # the line is erased, the cursor is back
    assert after == ""


def test_no_bar_is_drawn_where_nobody_looks(capfd: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.progress("Scanning")(1, 2)
    screen.line("done")

    assert capfd.readouterr() == ("done\n", "")


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    Screen().line("done", style="bold")

    assert terminal.getvalue() == ("\x1b[1mdone\x1b[0m\n" if coloured else "done\n")


@pytest.mark.parametrize(
    ("columns", "left", "right", "lines"),
    [
        ("80", "  S01E01.mkv", "←  one.mkv", ["  S01E01.mkv  ←  one.mkv"]),
        ("20", "  S01E01.mkv", "←  one.mkv", ["  S01E01.mkv", "      ←  one.mkv"]),
        ("25", "  とらドラ！.mkv", "←  一.mkv", ["  とらドラ！.mkv", "      ←  一.mkv"]),
        ("5", "  S01E01.mkv", "", ["  S01E01.mkv"]),
    ],
)
def test_a_narrow_terminal_gets_two_lines(
    monkeypatch: pytest.MonkeyPatch, columns: str, left: str, right: str, lines: list[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", columns)
    Screen().pair(left, right)

    assert terminal.getvalue().splitlines() == lines


def test_what_is_no_terminal_gets_one_line_however_long(capfd: pytest.CaptureFixture[str]) -> None:
    Screen().pair("a" * 200, "b" * 200)

    assert capfd.readouterr().out == f"{'a' * 200}  {'b' * 200}\n"


@pytest.mark.parametrize("words", ["organize {0} --to {0}/../L", "organize {0} --to {0}/../L --json"])
def test_a_reader_that_goes_away_does_not_change_the_exit_code(pile: Path, words: str) -> None:
    for number in range(2000):
        (pile / f"qwxz {number} asdf {number}.mkv").write_text(str(number))
    command = f"{ANIVAULT} {words.format(pile)}"
    done = shell(f"set -o pipefail; {command} | head -1")

    assert (done.returncode, "Traceback" in done.stderr) == (10, False)


def test_what_nobody_reads_any_more_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        screen = Screen()
        for number in range(20_000):
            screen.line(f"line {number}")
        screen.flush()
