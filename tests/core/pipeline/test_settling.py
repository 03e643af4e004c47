"""A file that is still being written is left out; one that was just finished is not."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anivault.core.models import ScannedFile
from anivault.core.pipeline import settling
from anivault.core.pipeline.left_out import LeftOutReason
from anivault.core.pipeline.scanner import scan
from anivault.core.pipeline.settling import being_written
from tests.conftest import Run

NAME = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dl" / NAME
    path.parent.mkdir()
    path.write_bytes(b"video")
    return path


@pytest.fixture
def writer(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Someone who goes on writing; commands look twice, as they do outside of tests."""
    monkeypatch.setattr(settling, "WATCHED", 0.25)
    stop = threading.Event()

    def write() -> None:
        with file.open("ab") as out:
            while not stop.wait(0.02):
                out.write(b"more")
                out.flush()

    thread = threading.Thread(target=write)
    thread.start()
    yield
    stop.set()
    thread.join()


def scanned(file: Path) -> tuple[ScannedFile, ...]:
    return scan([str(file.parent)]).files


@pytest.mark.usefixtures("writer")
@pytest.mark.parametrize("words", [("scan",), ("match",), ("organize", "--to", "lib", "--apply")])
def test_a_file_that_grows_is_left_out_and_named(
    run: Run, file: Path, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(words[0], "dl", *words[1:], "--json")

    assert [item["reason"] for item in done.of("left-out")] == ["being-written"]
    assert done.of("file") + done.of("match") + done.of("done") == []
    assert done.code == 10


def test_a_file_that_was_just_finished_is_filed(run: Run, file: Path, tmp_path: Path) -> None:
    done = run("organize", file.parent, "--to", tmp_path / "lib", "--apply")

    assert done.code == 0
    assert len(list((tmp_path / "lib").rglob("*.mkv"))) == 1


@pytest.mark.parametrize("change", ["grown", "shrunk", "touched"])
def test_any_change_since_the_first_look_counts(file: Path, change: str) -> None:
    files = scanned(file)
    os.truncate(file, {"grown": 100, "shrunk": 1, "touched": 5}[change])
    os.utime(file, (time.time() - 1, time.time() - 1))

    assert [item.reason for item in being_written(files, time.time())] == [LeftOutReason.WRITING]


@pytest.mark.parametrize(("age", "left"), [(10, True), (-10, True), (300, False), (-300, False)])
def test_the_user_says_how_long_a_file_has_to_be_left_alone(file: Path, age: float, left: bool) -> None:
    now = time.time()
    os.utime(file, (now - age, now - age))

    assert bool(being_written(scanned(file), now, settle=60)) is left
    assert being_written(scanned(file), now) == []


def test_old_files_are_not_looked_at_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(file, (0, 0))
    files = scanned(file)

    def refuse(*_: object) -> None:
        raise AssertionError("nothing to look at, nothing to wait for")

    monkeypatch.setattr(time, "sleep", refuse)
    monkeypatch.setattr(os, "stat", refuse)

    assert being_written(files, time.time()) == []


def test_the_setting_is_read(run: Run, file: Path, home: Path) -> None:
    config = home / "config.toml"
    config.write_text("[scan]\nsettle = 3600\n")
    held = run("match", file.parent, "--config", config, "--json")
    config.write_text("[scan]\nsettle = -1\n")
    refused = run("match", file.parent, "--config", config)

    assert [item["reason"] for item in held.of("left-out")] == ["being-written"]
    assert refused.code == 22
