"""A terminal that closes in the middle of the work: nothing is lost, and nothing has to be recovered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import anivault
from anivault.cli.commands.files import watch
from tests.conftest import Run

pty = pytest.importorskip("pty")  # Windows has none

PATIENCE = 120  # seconds until a busy machine has done something
COUNT = 12
# Runs a command; after the third file it does `{then}`.
AT_THE_THIRD = """
import os, signal, sys, time
from anivault.core.moving.pace import Meter
passed = Meter.passed
def stopping(self, step):
    passed(self, step)
    if self.seen == 3:
        {then}
Meter.passed = stopping
sys.argv = ["anivault", *{words!r}]
from anivault.__main__ import main
main()
"""
WAIT_UNTIL_IT_CLOSES = "print('three', flush=True)\n        while os.isatty(0): time.sleep(0.01)"
TWICE = "[os.kill(os.getpid(), signal.SIGHUP) for _ in range(2)]"  # by the shell and by the system


@pytest.fixture(autouse=True)
def nobody_called_nohup() -> Iterator[None]:
    """What runs the tests may ignore the signal, and so would every process of theirs."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def words(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("PYTHONPATH", str(Path(anivault.__file__).parents[1]))
    (tmp_path / "dl").mkdir()
    for number in range(1, COUNT + 1):
        name = f"[SubsPlease] Sousou no Frieren - {number:02} (1080p).mkv"
        (tmp_path / "dl" / name).write_bytes(b"video")
    return ["organize", str(tmp_path / "dl"), "--to", str(tmp_path / "lib"), "--apply"]


def in_a_terminal(command: list[str], until: Callable[[str], bool]) -> int:
    """Run a command in a terminal of its own, and close that once `until` holds of what it shows."""
    process, terminal = pty.fork()
    if process == 0:
        os.execvp(command[0], command)
    shown, end = "", time.monotonic() + PATIENCE
    os.set_blocking(terminal, False)
    while not until(shown):
        assert time.monotonic() < end, shown
        time.sleep(0.02)
        with suppress(BlockingIOError):
            shown += os.read(terminal, 65536).decode(errors="replace")
    os.close(terminal)
    while (ended := os.waitpid(process, os.WNOHANG)) == (0, 0):
        if time.monotonic() > end:
            os.kill(process, signal.SIGKILL)
        time.sleep(0.02)
    return os.waitstatus_to_exitcode(ended[1])


def the_run(run: Run, library: Path) -> str:
    """How the only run of a library ended."""
    (only,) = run("history", library, "--json").of("run")
    return str(only["state"])


def test_a_run_ends_between_two_files_and_the_next_one_goes_on(
    words: list[str], tmp_path: Path, run: Run
) -> None:
    code = AT_THE_THIRD.format(then=WAIT_UNTIL_IT_CLOSES, words=words)

    assert in_a_terminal([sys.executable, "-c", code], lambda shown: "three" in shown) == 143
    assert the_run(run, tmp_path / "lib") == "interrupted"
    assert run(*words).code == 0
    assert len(list((tmp_path / "lib").rglob("*.mkv"))) == COUNT
    assert run("verify", tmp_path / "lib", "--deep").code == 0


def test_a_hangup_that_is_told_twice_is_one(words: list[str], tmp_path: Path, run: Run) -> None:
    code = AT_THE_THIRD.format(then=TWICE, words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 143
    assert "Traceback" not in done.stderr
    assert the_run(run, tmp_path / "lib") == "interrupted"


def test_under_nohup_a_run_goes_on(words: list[str], tmp_path: Path, run: Run) -> None:
    code = AT_THE_THIRD.format(then=TWICE, words=words)
    done = subprocess.run(["nohup", sys.executable, "-c", code], capture_output=True, check=False)

    assert done.returncode == 0
    assert the_run(run, tmp_path / "lib") == "done"


def watched(tmp_path: Path, settle: int) -> list[str]:
    (tmp_path / "config.toml").write_text(f"[watch]\nsettle = {settle}\npoll = 1\n")
    command = [sys.executable, "-m", "anivault", "watch", str(tmp_path / "dl")]
    return [*command, "--to", str(tmp_path / "lib"), "--config", str(tmp_path / "config.toml")]


def test_a_watch_ends_with_its_terminal(words: list[str], tmp_path: Path, run: Run) -> None:
    def filed(_: str) -> bool:
        return len(list((tmp_path / "lib").rglob("*.mkv"))) == COUNT

    assert in_a_terminal(watched(tmp_path, 1), filed) == 143
    assert the_run(run, tmp_path / "lib") in {"done", "interrupted"}


def test_a_watch_without_a_terminal_reads_its_configuration_again_at_once(
    words: list[str], tmp_path: Path
) -> None:
    command = watched(tmp_path, 3600)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            assert process.stderr.readline().startswith("Watching")
            (tmp_path / "config.toml").write_text("[watch]\nsettle = 'soon'\n")
            process.send_signal(signal.SIGHUP)
            assert "settle" in process.stderr.readline()  # it is told; a minute later is too late
            watched(tmp_path, 1)
            process.send_signal(signal.SIGHUP)
            end = time.monotonic() + PATIENCE
            while len(list((tmp_path / "lib").rglob("*.mkv"))) < COUNT:
                assert time.monotonic() < end
                time.sleep(0.1)
        finally:
            process.terminate()
            process.communicate()

    assert process.returncode == 143


def test_who_asks_while_the_configuration_is_read_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bool] = []

    def look(_context: object, _folders: object, _to: object, asked: Callable[[], bool]) -> None:
        heard.append(asked())
        if len(heard) > 1:
            raise EOFError

    def read_again(context: object) -> object:
        os.kill(os.getpid(), signal.SIGHUP)
        return context

    monkeypatch.setattr(watch, "_watch", look)
    monkeypatch.setattr(watch, "_read_again", read_again)
    with pytest.raises(EOFError):
        watch.watch(None, [str(tmp_path)])  # type: ignore[arg-type]  # nobody looks at it
    assert heard == [False, True]


@pytest.mark.parametrize("apply", [True, False])
def test_who_cannot_be_told_on_standard_error_changes_no_exit_code(words: list[str], apply: bool) -> None:
    command = [sys.executable, "-m", "anivault", *(words if apply else words[:-1])]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=full, check=False)

    assert done.returncode == 0
    assert b"12 files" in done.stdout


def test_a_bar_that_cannot_be_drawn_fails_no_run(words: list[str], tmp_path: Path) -> None:
    code = (
        "import sys, anivault.cli.screen as screen\n"
        "screen._PROGRESS_AFTER = screen._REDRAWN_AFTER = -1.0\n"
        "sys.stderr = open('/dev/full', 'w', buffering=1)\n"
        "sys.stderr.isatty = lambda: True\n"
        f"sys.argv = {['anivault', *words, '--json']!r}\n"
        "from anivault.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "summary"
    assert len(list((tmp_path / "lib").rglob("*.mkv"))) == COUNT
