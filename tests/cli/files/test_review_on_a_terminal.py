"""A review on a real terminal, whatever its size and colours, that is resized and left in the middle."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.files.test_review import pile

tmux = shutil.which("tmux")
pytestmark = pytest.mark.skipif(tmux is None, reason="tmux is not installed")
PATIENCE = 120  # seconds until a busy machine has shown something


class Terminal:
    """One window of a tmux server of its own."""

    def __init__(self, folder: Path, columns: int, rows: int, *, colour: bool) -> None:
        self.socket = str(folder / "tmux")
        names = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        given = {name: os.environ[name] for name in names}
        given |= {"LC_ALL": "C.UTF-8"} | ({} if colour else {"NO_COLOR": "1"})
        settings = [word for name, value in given.items() for word in ("-e", f"{name}={value}")]
        size = ["-x", str(columns), "-y", str(rows)]
        self("-f", os.devnull, "new-session", "-d", *size, *settings, "-c", str(folder), "sh")

    def __call__(self, *words: str) -> str:
        assert tmux
        done = subprocess.run([tmux, "-u", "-S", self.socket, *words], capture_output=True, check=True)
        return done.stdout.decode()

    def type(self, *keys: str) -> None:
        """Type keys, as tmux names them."""
        self("send-keys", *keys)

    def shown(self, *how: str) -> str:
        """What is on the screen now, and above it."""
        return self("capture-pane", "-p", "-S", "-", *how)

    def wait(self, text: str, times: int = 1) -> str:
        """Wait until a text is on the screen so many times."""
        until = time.monotonic() + PATIENCE
        while (shown := self.shown()).count(text) < times:
            assert time.monotonic() < until, shown
            time.sleep(0.1)
        return shown


Open = Callable[..., Terminal]


@pytest.fixture
def terminal(home: Path, tmp_path: Path) -> Iterator[Open]:
    """Open a terminal in which a review of the pile begins."""
    del home
    opened: list[Terminal] = []

    def begin(columns: int = 80, rows: int = 24, *, colour: bool = True) -> Terminal:
        pile(tmp_path / "dl")
        made = Terminal(tmp_path, columns, rows, colour=colour)
        opened.append(made)
        made.type(f"{sys.executable} -m anivault review dl --to lib; echo left with $?", "Enter")
        made.wait("q quit")
        return made

    yield begin
    for made in opened:
        made("kill-server")


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
def test_a_question_fits_the_screen(terminal: Open, columns: int, rows: int, colour: bool) -> None:
    shown = terminal(columns, rows, colour=colour)
    shown.type("l", "Enter", "l", "Enter")
    text = shown.wait("q quit", 3)
    question = text[text.rindex("3 of 3: ") :]

    assert "Kara no Kyoukai Movie 7.mkv" in question
    assert "  1  " in question
    assert len(question.splitlines()) <= rows
    assert "a the first, here and for all of its show    l later    u undo    q quit" in question
    assert ("\x1b[" in shown.shown("-e")) == colour


def test_the_terminal_may_be_resized_between_two_questions(terminal: Open) -> None:
    shown = terminal(120, 40)
    shown("resize-window", "-x", "60", "-y", "24")
    shown.type("l", "Enter", "l", "Enter")
    text = shown.wait("q quit", 3)

    assert "3 of 3: " in text


def test_ctrl_c_in_the_middle_keeps_the_answers(terminal: Open, tmp_path: Path) -> None:
    shown = terminal()
    shown.type("i tmdb:42916", "Enter")
    shown.wait("2 of 3: ")
    shown.type("C-c")
    text = shown.wait("left with 130")

    assert "Interrupted." in text
    assert "tmdb:42916" in (tmp_path / "lib" / ".anivault" / "pins.toml").read_text()


def test_at_the_end_one_key_does_it(terminal: Open, tmp_path: Path) -> None:
    shown = terminal()
    shown.type("i tmdb:42916", "Enter")
    shown.wait("2 of 3: ")
    shown.type("n", "Enter")
    shown.wait("3 of 3: ")
    shown.type("q", "Enter")
    shown.wait("y and Enter do it now")
    shown.type("y", "Enter")
    text = shown.wait("left with 10")

    assert "4 files in the library by hardlink" in text
    assert len(list((tmp_path / "lib").rglob("*.mkv"))) == 4
    assert str(tmp_path / "dl" / "Qqxyz") in (tmp_path / "lib" / ".anivault" / "ignore").read_text()


def test_a_plan_that_is_longer_than_the_screen_is_told_show_by_show(terminal: Open, tmp_path: Path) -> None:
    for title in ("Nichijou", "Toradora"):
        for number in range(1, 21):
            (tmp_path / "more").mkdir(exist_ok=True)
            (tmp_path / "more" / f"[Grp] {title} - {number:02}.mkv").write_text(title)
    shown = terminal()
    shown.type("q", "Enter")
    shown.wait("left with 10")
    shown.type(f"{sys.executable} -m anivault organize more --to lib; echo then $?", "Enter")
    text = shown.wait("then 0")

    assert "2 shows, 2 new, 40 videos." in text
    assert "20 videos, new" in text
    assert "Nichijou S01E07.mkv" not in text
    assert "--verbose" in text
