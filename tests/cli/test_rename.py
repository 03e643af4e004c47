"""`rename`, `--nfo`, `--no-touch`, `verify --again` and `rollback --script` on a real library."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from anivault.cli.demo_handler import tree, write_sample
from tests.conftest import Run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_sample(tmp_path / "source")
    return tmp_path / "source"


@pytest.fixture
def library(run: Run, source: Path, tmp_path: Path) -> Path:
    assert run("organize", source, "--to", tmp_path / "library", "--nfo", "--apply").code == 10
    return tmp_path / "library"


def test_a_library_takes_another_preset_and_every_step_back(run: Run, source: Path, library: Path) -> None:
    before = tree(library)
    renamed = run("rename", library, "--preset", "kodi", "--apply", "--json")

    assert all(event["done"] for event in renamed.of("move"))
    assert not any("tmdbid" in name for name in tree(library))
    assert sorted(entry[2] for entry in tree(library).values()) == sorted(e[2] for e in before.values())
    assert run("verify", library, "--deep").code == 0
    assert run("rollback", library, "--apply").code == 0
    assert tree(library) == before
    assert run("rollback", library, "--apply").code == 0
    assert [path.name for path in library.iterdir()] == [".anivault"]


def test_only_what_changes_moves(run: Run, library: Path) -> None:
    done = run("rename", library, "--preset", "jellyfin", "--json")

    assert done.of("move") == []
    assert {event["reason"] for event in done.of("held")} == {"already-there"}


def test_a_pin_made_later_renames_what_is_there(run: Run, library: Path) -> None:
    assert (
        run("pin", "Vinland Saga", "tmdb:30991", "--season", "1", "--offset", "20", "--to", library).code == 0
    )
    moves = [event for event in run("rename", library, "--json").of("move") if event["path"].endswith(".mkv")]
    found = [
        event for event in run("verify", library, "--again", "--json").of("finding") if event["symbol"] == "~"
    ]

    assert ["S01E21.mkv" in move["target"] for move in moves] == [True]
    assert [Path(event["path"]).suffix for event in found] == [".mkv"]


def test_verify_again_finds_nothing_new_in_a_fresh_library(run: Run, library: Path) -> None:
    assert [
        event for event in run("verify", library, "--again", "--json").of("finding") if event["symbol"] == "~"
    ] == []


def test_nfo_files_are_beside_their_videos_and_go_with_a_rollback(
    run: Run, source: Path, library: Path
) -> None:
    nfo = [name for name in tree(library) if name.endswith(".nfo")]

    assert any(name.endswith("tvshow.nfo") for name in nfo)
    assert any(name.endswith("S01E01.nfo") for name in nfo)
    assert run("rollback", library, "--apply").code == 0
    assert tree(library) == {}


def test_no_touch_writes_beside_files_that_stay(run: Run, source: Path) -> None:
    before = tree(source)
    assert tree(source) == before
    held = run("organize", source, "--no-touch")
    assert tree(source) == before

    assert (held.code, "Held, ambiguous: " in held.out) == (10, True)
    assert run("organize", source, "--no-touch", "--apply").code == 10
    after = tree(source)
    assert {name: after[name] for name in before} == before
    assert {Path(name).suffix for name in after.keys() - before.keys()} == {".nfo"}
    assert run("rollback", source, "--apply").code == 0
    assert tree(source) == before


@pytest.mark.parametrize(
    "words", [("--mode", "move"), ("--to", "x"), ("--plan", "x"), ("--nfo",), ("--seal",)]
)
def test_no_touch_takes_no_words_about_moving(run: Run, source: Path, words: tuple[str, ...]) -> None:
    done = run("organize", source, "--no-touch", *words)

    assert done.code == 2
    assert words[0] in done.err


def test_a_rollback_script_needs_no_anivault(run: Run, source: Path, tmp_path: Path) -> None:
    before = tree(source)
    library = tmp_path / "moved"
    run("organize", source, "--to", library, "--mode", "move", "--apply")
    script = tmp_path / "back.sh"
    done = run("rollback", library, "--script", script)
    assert done.code == 0
    words = shlex.split(done.err.partition("Do it: ")[2])

    subprocess.run(["sh", script], check=True, capture_output=True)
    assert tree(library)
    subprocess.run(words, check=True, capture_output=True)
    assert tree(source) == before
    assert tree(library) == {}
    assert run("rollback", library, "--apply").code == 0
    assert run("verify", library, "--strict").code == 0


def test_a_library_with_another_preset_keeps_it_for_new_files(run: Run, source: Path, library: Path) -> None:
    hint = run("rename", library, "--preset", "plex", "--apply").err.splitlines()[-1]
    setting, _, file = hint.partition(": ")[2].partition(" in ")
    Path(file).write_text(setting + "\n")
    (source / "Mushishi - 01.mkv").write_text("a new one")
    (move,) = run("organize", source, "--to", library, "--json").of("move")

    assert "{tmdb-" in move["target"]
    assert run("rename", library, "--preset", "plex").err == ""


@pytest.mark.parametrize("words", [("--only", "nope.mkv"), ("--since", "2099-01-01")])
def test_a_rollback_that_finds_nothing_says_where_to_look(
    run: Run, library: Path, words: tuple[str, ...]
) -> None:
    done = run("rollback", library, *words, "--apply")

    assert (done.code, done.out) == (0, "There is nothing to take back.\n")
    assert done.err == f"What could be: anivault history {library}\n"
