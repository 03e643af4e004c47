"""The demo is the program's first promise: it runs the real commands and fails when one does not hold."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from anivault.cli import demo_handler
from anivault.cli.demo_handler import tree, write_sample
from tests.conftest import Run


@pytest.fixture(autouse=True)
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_the_demo_organizes_verifies_and_takes_back(run: Run, tmp_path: Path) -> None:
    done = run("demo")

    (folder,) = tmp_path.glob("anivault-demo-*")
    assert done.code == 0, done.err
    assert str(folder) in done.out
    assert done.out.splitlines()[-1] == "  anivault organize /path/to/your/anime --to /path/to/library"
    assert "[tmdbid-209867]/Season 01" in done.out
    assert [line for line in done.out.splitlines() if line.startswith("$ ")][-1].startswith(
        "$ anivault rollback "
    )
    assert len(tree(folder / "Downloads")) >= 60
    assert tree(folder / "Library") == {}


def test_the_demo_speaks_to_programs_too(run: Run) -> None:
    done = run("demo", "--json")

    assert done.code == 0
    assert [event["command"] for event in done.of("summary")] == [
        "scan", "match", "organize", "organize", "verify", "rollback",
    ]  # fmt: skip
    applied = [event for event in done.of("move") if event["done"] and event["mode"] == "hardlink"]
    assert len(applied) > 40


def test_the_demo_fails_when_a_step_does_not_hold(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [step for step in demo_handler.STEPS if not step.words.startswith("rollback")]
    monkeypatch.setattr(demo_handler, "STEPS", steps)
    done = run("demo")

    assert done.code == 37
    assert "the library still has files" in done.err


def test_the_demo_fails_when_the_source_changed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    trees = iter(({"a": (0, 0, "1")}, {}))
    monkeypatch.setattr(demo_handler, "tree", lambda _: next(trees))

    assert run("demo").code == 37


def test_the_sample_has_what_it_promises(tmp_path: Path) -> None:
    names = write_sample(tmp_path / "a")
    write_sample(tmp_path / "b")
    text = "\n".join(names)

    assert len(set(names)) == len(names) >= 60
    assert {path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()} == {
        path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file()
    }
    for kind in (
        "NCOP",
        "NCED",
        "v2",
        "forced",
        "第01話",
        "01화",
        "葬送的芙莉莲",
        "Part 2",
        ".part",
        "Sample/",
    ):
        assert kind in text
    for path in (tmp_path / "a").glob("[[]SubsPlease*].mkv"):
        promised = path.name.rpartition("[")[2][:8]
        assert f"{zlib.crc32(path.read_bytes()):08X}" == promised


def test_the_demo_is_the_same_for_everybody(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pin, a preset and a key of the user's would show other names, or ask TMDB over the network."""
    plain = run("demo", "--json").of("move")
    run("pin", "Sousou no Frieren", "tmdb:30991", "--season", "1")
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "0" * 32)
    monkeypatch.setenv("ANIVAULT_TMDB_URL", "http://127.0.0.1:9/3")
    monkeypatch.setenv("ANIVAULT_PRESET", "plex")
    monkeypatch.setenv("ANIVAULT_MODE", "move")
    done = run("demo", "--json")

    assert (done.code, done.err) == (0, "")
    assert [event["target"] for event in done.of("move") if event["mode"] == "hardlink"] == [
        event["target"] for event in plain if event["mode"] == "hardlink"
    ]
    assert os.environ["ANIVAULT_PRESET"] == "plex"
