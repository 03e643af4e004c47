"""A command that comes again and finds nothing changed says what it said, and does nothing else."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from anivault.cli import organize_handler
from anivault.cli.screen import Recorder, Screen
from anivault.services.catalogue.added import stale
from anivault.shared import fs
from tests.conftest import Run

Worked = Callable[[], int]  # how often a plan was made since the last time that it was asked


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> Worked:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    handle, calls = organize_handler.handle, []

    def counted(*words: Any) -> Any:
        calls.append(words)
        return handle(*words)

    def since() -> int:
        number = len(calls)
        calls.clear()
        return number

    monkeypatch.setattr(organize_handler, "handle", counted)
    return since


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    folder = tmp_path / "pile"
    folder.mkdir()
    for name in ("Cowboy Bebop - 01.mkv", "Cowboy Bebop - 02.mkv", "Zzyzx Unheard Of - 03.mkv"):
        (folder / name).write_text(name)
        os.utime(folder / name, (1e9, 1e9))
    return folder


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(
    "more", [["--json"], [], ["--verbose"], ["--quiet"], ["--held"], ["--json", "--nfo"]]
)
def test_the_second_time_no_plan_is_made_and_all_is_said(
    run: Run, pile: Path, tmp_path: Path, worked: Worked, more: list[str]
) -> None:
    words = ["organize", pile, "--to", tmp_path / "lib", *more]
    first, again = run(*words), run(*words)
    assert worked() == 1
    fresh = run(*words, "--fresh")

    assert worked() == 1
    assert first.code == again.code == fresh.code == 10
    assert (again.out, again.err) == (fresh.out, fresh.err.replace(" --fresh", ""))


def test_a_held_file_is_new_once(run: Run, pile: Path, tmp_path: Path, worked: Worked) -> None:
    words = ["organize", pile, "--to", tmp_path / "lib", "--json"]
    news = [[held["new"] for held in run(*words).of("held")] for _ in range(3)]

    assert news == [[True], [False], [False]]
    assert worked() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_name_that_looks_like_an_event_is_told_as_it_is(
    run: Run, pile: Path, tmp_path: Path, worked: Worked
) -> None:
    (pile / 'Zzyzx ","new":true,"candidates":[],"x": - 04.mkv').write_text("odd")
    words = ["organize", pile, "--to", tmp_path / "lib", "--json"]
    first, again = run(*words).of("held"), run(*words).of("held")

    assert worked() == 1
    assert again == [{**held, "new": False} for held in first]
    assert {held["path"] for held in again} == set(map(str, pile.glob("Zz*")))


def test_a_run_that_had_nothing_to_do_is_told_again_and_touches_nothing(
    run: Run, pile: Path, tmp_path: Path, worked: Worked
) -> None:
    words = ["organize", pile, "--to", tmp_path / "lib", "--apply"]
    assert "2 files in the library" in run(*words).out
    nothing = run(*words)
    assert worked() == 2
    before = {path: path.lstat() for path in tmp_path.rglob("*") if "cache" not in path.parts}
    again = run(*words)

    assert worked() == 0
    assert (again.code, again.out) == (nothing.code, nothing.out)
    assert before == {path: path.lstat() for path in tmp_path.rglob("*") if "cache" not in path.parts}


def test_a_run_that_did_something_is_never_told_again(
    run: Run, pile: Path, tmp_path: Path, worked: Worked
) -> None:
    words = ["organize", pile, "--to", tmp_path / "lib", "--apply", "--json"]
    first = run(*words)
    run("rollback", tmp_path / "lib", "--apply")
    second = run(*words)

    assert worked() == 2
    assert [move["target"] for move in first.of("move")] == [move["target"] for move in second.of("move")]
    assert all(move["done"] for move in second.of("move"))


def test_room_on_a_disk_is_measured_each_time(run: Run, pile: Path, tmp_path: Path, worked: Worked) -> None:
    words = ["organize", pile, "--to", tmp_path / "lib", "--mode", "copy"]
    run(*words)
    run(*words)
    assert worked() == 2
    run(*words, "--apply")
    run(*words), run(*words)

    assert worked() == 2  # all is there by now: nothing needs room


def test_a_file_that_is_written_is_looked_at_each_time(
    run: Run, pile: Path, tmp_path: Path, worked: Worked, home: Path
) -> None:
    (home / "config/anivault").mkdir(parents=True)
    (home / "config/anivault/config.toml").write_text("[scan]\nsettle = 3600\n")
    (pile / "Cowboy Bebop - 03.mkv").write_text("just now")
    words = ["organize", pile, "--to", tmp_path / "lib", "--json"]
    assert [left["reason"] for left in run(*words).of("left-out")] == ["being-written"]
    run(*words)

    assert worked() == 2


def test_what_could_not_be_read_is_looked_at_each_time(
    run: Run, pile: Path, tmp_path: Path, worked: Worked, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, calls = fs.look, []

    def broken_once(folder: fs.Folder, name: str) -> os.stat_result:
        calls.append(name)
        if len(calls) == 1:
            raise OSError(5, "Input/output error", name)
        return look(folder, name)

    monkeypatch.setattr(fs, "look", broken_once)
    words = ["organize", pile, "--to", tmp_path / "lib", "--json"]
    assert [left["reason"] for left in run(*words).of("left-out")] == ["unreadable"]

    assert run(*words).of("left-out") == []
    assert worked() == 2


@pytest.mark.parametrize("more", [["--fresh"], ["--plan", "plan.txt", "--replace"], ["--artwork"]])
def test_what_has_to_be_done_each_time_is(
    run: Run, pile: Path, tmp_path: Path, worked: Worked, more: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        run("organize", pile, "--to", tmp_path / "lib", *more)

    assert worked() == 2


def test_what_is_said_once_is_said_once(
    run: Run, pile: Path, tmp_path: Path, worked: Worked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stale, "OLD", timedelta(0))
    words = ["organize", pile, "--to", tmp_path / "lib", "--json"]
    told = [[notice["text"] for notice in run(*words).of("notice")] for _ in range(2)]

    assert [len(texts) for texts in told] == [1, 0]
    assert worked() == 1


def test_a_library_on_another_disk_is_refused_each_time(
    run: Run, pile: Path, tmp_path: Path, worked: Worked, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["organize", pile, "--to", tmp_path / "lib"]
    run(*words)
    run(*words, "--apply")
    (tmp_path / "lib").rename(tmp_path / "away")
    run(*words)
    worked()
    monkeypatch.setattr("anivault.shared.fs.other_disk", lambda *_: True)

    assert "another disk" in run(*words).err


def test_the_log_tells_that_it_was_said_again(
    run: Run, pile: Path, tmp_path: Path, worked: Worked, home: Path
) -> None:
    for _ in range(2):
        run("organize", pile, "--to", tmp_path / "lib")
    lines = [
        json.loads(line) for line in (home / "state/anivault/log/anivault.ndjson").read_text().splitlines()
    ]
    counts = [line["counts"] for line in lines if line["event"] == "end"]

    assert [line["event"] for line in lines].count("repeated") == 1
    assert counts[0] == counts[1] != {}


def test_a_cache_that_cannot_be_written_changes_nothing(
    run: Run, pile: Path, tmp_path: Path, worked: Worked
) -> None:
    (tmp_path / "cache/anivault").mkdir(parents=True)
    (tmp_path / "cache/anivault/said").write_text("in the way")
    words = ["organize", pile, "--to", tmp_path / "lib"]

    assert run(*words).code == run(*words).code == 10
    assert worked() == 2


# --- how it looks ---


def test_a_terminal_of_another_width_is_another_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = set()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for columns in ("60", "90"):
        monkeypatch.setenv("COLUMNS", columns)
        shapes |= {Screen().shape, Screen(verbose=True).shape, Screen(quiet=True).shape}

    assert len(shapes) == 6


@pytest.mark.parametrize(("pager", "colours"), [("cat", True), ("more", False), ("less", True)])
def test_colours_are_kept_as_the_pager_would_get_them(
    monkeypatch: pytest.MonkeyPatch, pager: str, colours: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("shutil.which", lambda word: f"/bin/{word}")
    monkeypatch.setenv("PAGER", pager)
    monkeypatch.setenv("TERM", "xterm")
    pieces: list[tuple[bool, bytes]] = []
    heard = Recorder(Screen(), lambda note, text: pieces.append((note, text)))
    with heard.paged():
        heard.line("Title", style="bold")
        heard.note("a note")

    assert pieces == [(False, b"\x1b[1mTitle\x1b[0m\n" if colours else b"Title\n"), (True, b"a note\n")]


def test_what_will_be_too_young_is_looked_at_each_time(
    run: Run, pile: Path, tmp_path: Path, worked: Worked
) -> None:
    """The clock of a disk is ahead: in a while the file is as young as one that was just written."""
    run("config", "set", "scan.settle", "100")
    ahead = time.time() + 1000
    os.utime(pile / "Cowboy Bebop - 01.mkv", (ahead, ahead))
    for _ in range(2):
        run("organize", pile, "--to", tmp_path / "lib")

    assert worked() == 2
