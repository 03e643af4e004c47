"""Whatever lies in the user's cache, state, data and configuration folders, no command ends as a bug.

What is remembered is a convenience: without it a command does its work. Without settings, pins or lists that
the user has given it says why it does not.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anivault.services.catalogue import store
from anivault.shared.exits import DONE, FINDINGS
from tests.conftest import Run
from tests.laws.conftest import LONG
from tests.laws.test_commands_take_what_their_help_names import COMMANDS, FRIEREN, USUAL, answered
from tests.powers import as_anybody

FOLDERS = ("cache", "state", "data", "config")
WRITING = {"config edit", "serve", "init"}  # an editor, a browser, a terminal: each has tests of its own


def absent(folder: Path) -> None:
    shutil.rmtree(folder)


def closed(folder: Path) -> None:
    folder.chmod(0)


def of_root(folder: Path) -> None:
    """As one `sudo -E anivault` leaves it."""
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0)


def read_only(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o500 if path.is_dir() else 0o400)


def a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("words")


def dangling(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(folder.parent / "nowhere" / "x")


def garbage(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xff\x00[{" * 700)


def swapped(folder: Path) -> None:
    """Each file has the content of another one."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = [path.read_bytes() for path in files]
    for path, content in zip(files, [*contents[1:], *contents[:1]], strict=True):
        path.write_bytes(content)


SHAPES = [absent, closed, of_root, read_only, a_file, dangling, garbage, swapped]


@pytest.fixture
def lived_in(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Path]]:
    """The four folders of a user who has organized, pinned, ignored, set and imported something."""
    shipped = [
        b"".join(line for line in text.splitlines(keepends=True) if b"209867" in line)
        for text in store.shipped()
    ]
    monkeypatch.setattr(store, "shipped", lambda: shipped)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dl").mkdir()
    (tmp_path / "dl" / FRIEREN).write_bytes(b"1234")
    (tmp_path / "dl" / "IMG 2041.mkv").write_bytes(b"12")
    folders = {name: home / name / "anivault" for name in FOLDERS}
    (folders["data"] / "catalog").mkdir(parents=True)
    (folders["data"] / "catalog" / "asked.json").write_text("{}")
    for words in (
        ["ignore", "*.foo"],
        ["config", "set", "organize.preset", "plex"],
        ["organize", "dl", "--to", "lib", "--apply"],
        ["organize", "dl", "--to", "lib"],
        ["organize", "dl", "--to", "lib", "--held"],
        ["cache", "stats"],
    ):
        assert run(*words).code in {DONE, FINDINGS}
    yield folders
    for folder in folders.values():
        _open(folder)


def _open(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        folder.chmod(0o700)
        for path in folder.iterdir():
            _open(path)


def line_of(words: tuple[str, ...]) -> list[str]:
    """The command with something usual wherever a word is needed."""
    parameters = COMMANDS[words].params
    given = [USUAL.get(one.metavar, "x") for one in parameters if one.param_type_name == "argument"]
    needed = [one.required for one in parameters if one.param_type_name == "argument"]
    to = ["--to", "lib"] if "--to" in {option for one in parameters for option in one.opts} else []
    return [*words, *to, *(word for word, needs in zip(given, needed, strict=True) if needs)]


LINES = [line_of(words) for words in COMMANDS if " ".join(words) not in WRITING]


# Into a library that has runs, and into one that has none: what is remembered of others is asked then.
ORGANIZING = [["organize", "dl", "--to", "lib"], ["organize", "dl", "--to", "another"]]


def lines(number: int) -> list[list[str]]:
    """Every command in the long way; else organizing, and every eighth, so that each case has others."""
    return [*ORGANIZING, *LINES] if LONG else [*ORGANIZING, *LINES[number % 8 :: 8]]


CASES = [(folder, shape) for folder in FOLDERS for shape in SHAPES]


@pytest.mark.parametrize(("number", "folder", "shape"), [(n, *case) for n, case in enumerate(CASES)])
def test_no_command_ends_as_a_bug(
    run: Run, lived_in: dict[str, Path], number: int, folder: str, shape: Callable[[Path], None]
) -> None:
    shape(lived_in[folder])
    with as_anybody():
        for line in lines(number):
            answered(run, line)


@pytest.mark.parametrize("folder", ["cache", "state"])
@pytest.mark.parametrize("shape", SHAPES)
def test_without_what_is_remembered_all_is_as_it_was(
    run: Run, lived_in: dict[str, Path], folder: str, shape: Callable[[Path], None]
) -> None:
    words = ("organize", "dl", "--to", "lib", "--held")
    before = run(*words).out
    shape(lived_in[folder])
    with as_anybody():
        done = run(*words)

    assert (done.code, done.out) == (FINDINGS, before)


@pytest.mark.parametrize("folder", FOLDERS)
def test_doctor_names_a_folder_that_lets_nobody_in(run: Run, lived_in: dict[str, Path], folder: str) -> None:
    closed(lived_in[folder])
    with as_anybody():
        done = run("doctor")

    assert done.code == FINDINGS
    assert f"AniVault's {folder} folder has {lived_in[folder]}, which you may not use." in done.out
    assert f"chmod -R u+rwX {lived_in[folder]}" in done.out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("words", [("match", "dl"), ("organize", "dl", "--to", "lib"), ("catalog", "show")])
def test_lists_of_another_user_are_not_called_damaged(
    run: Run, lived_in: dict[str, Path], words: tuple[str, ...]
) -> None:
    lived_in["data"].chmod(0o700)
    os.chown(lived_in["data"], 4343, 4343)
    with as_anybody():
        done, about = run(*words), run("about")

    assert "cannot be read (Permission denied)" in done.err
    assert f'It belongs to user 4343. If it is yours: sudo chown -R "$USER" {lived_in["data"]}' in done.err
    assert "damaged" not in done.err
    assert (about.code, "sudo chown" in about.err) == (DONE, True)
