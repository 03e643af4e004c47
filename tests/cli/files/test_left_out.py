"""What is left out is told to people and to programs; and no source is another library's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import anivault
from anivault.shared import fs
from tests.conftest import Run

NICHIJOU = "[A] Nichijou - 01.mkv"
COMMANDS = [("scan",), ("match",), ("organize", "--to", "lib")]


def put(path: Path, data: bytes = b"video") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def pile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one good file; commands run beside it."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "dl" / NICHIJOU)
    return tmp_path / "dl"


@pytest.mark.parametrize("words", COMMANDS)
def test_people_and_programs_are_told_what_is_left_out_and_why(
    run: Run, pile: Path, words: tuple[str, ...]
) -> None:
    put(pile / "[A] Nichijou - 02.mkv", b"")
    put(pile / "incomplete/[A] Nichijou - 03.mkv")
    put(pile / "@Recycle/[A] Nichijou - 04.mkv")
    put(pile / ".ignore", b"# mine\n!\nExtras\\\n")
    told = run(words[0], "dl", *words[1:])
    listed = run(words[0], "dl", *words[1:], "--json")

    assert {(os.path.basename(item["path"]), item["reason"]) for item in listed.of("left-out")} == {
        ("[A] Nichijou - 02.mkv", "empty"),
        ("incomplete", "partial"),
        ("@Recycle", "deleted"),
        (".ignore", "ignored"),
        (".ignore", "ignore-list"),
    }
    for words_of_it in ("[A] Nichijou - 02.mkv", "incomplete", "@Recycle", "line 2", "line 3"):
        assert words_of_it in told.err
    assert (told.code, listed.code) == (10, 10)


@pytest.mark.parametrize("words", COMMANDS)
def test_what_is_nobodys_concern_is_named_and_all_is_well(
    run: Run, pile: Path, words: tuple[str, ...]
) -> None:
    put(pile / "[A] Nichijou - 02.mkv.part")
    put(pile / "@eaDir/x.jpg")
    done = run(words[0], "dl", *words[1:])

    assert "unfinished: [A] Nichijou - 02.mkv.part" in done.err
    assert done.code == 0


@pytest.mark.parametrize("words", COMMANDS)
def test_a_folder_that_cannot_be_read_is_no_success(
    run: Run, pile: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(pile / "locked/[A] Nichijou - 02.mkv")
    opened = fs.open_folder

    def as_user(parent: fs.Folder | None, path: str) -> fs.Folder:  # root may list any folder
        if os.path.basename(path) == "locked":
            raise PermissionError(13, "Permission denied", path)
        return opened(parent, path)

    monkeypatch.setattr(fs, "open_folder", as_user)
    inside = run(words[0], "dl", *words[1:])
    itself = run(words[0], "dl/locked", *words[1:])

    assert (inside.code, itself.code) == (10, 58)
    assert "dl/locked (Permission denied)" in inside.err
    assert "Permission denied" in itself.err


def test_a_file_of_one_hole_is_not_filed(run: Run, pile: Path) -> None:
    (pile / NICHIJOU).unlink()
    (pile / NICHIJOU).touch()
    os.truncate(pile / NICHIJOU, 500 << 20)
    done = run("organize", "dl", "--to", "lib", "--apply", "--json")

    assert [item["reason"] for item in done.of("left-out")] == ["empty"]
    assert done.code == 10


def test_an_empty_subtitle_takes_no_place(run: Run, pile: Path) -> None:
    put(pile / "[A] Nichijou - 01.en.ass", b"")
    put(pile / "[A] Nichijou - 01.eng.ass", b"text")
    done = run("organize", "dl", "--to", "lib", "--json")
    placed = {item["path"].rpartition("/")[2]: item["target"] for item in done.of("move")}

    assert placed["[A] Nichijou - 01.eng.ass"].endswith("S01E01.en.ass")
    assert not placed.get("[A] Nichijou - 01.en.ass", "").endswith("S01E01.en.ass")


@pytest.mark.parametrize("root", [".", "Shows", "../dl2", "link"])
def test_nothing_is_moved_out_of_another_library(run: Run, pile: Path, root: str) -> None:
    run("organize", "dl", "--to", "one", "--apply")
    (pile.parent / "dl2").mkdir()
    (pile.parent / "one").rename(pile.parent / "dl2/one")
    source = pile.parent / "dl2/one" / root if root != "../dl2" else pile.parent / "dl2"
    if root == "link":
        source = pile.parent / "a link"
        source.symlink_to(pile.parent / "dl2/one/Shows")
    moved = run("organize", source, "--to", "two", "--mode", "move")
    linked = run("organize", source, "--to", "two", "--mode", "hardlink")

    assert moved.code == 59
    assert "dl2/one is a library" in moved.err
    assert linked.code == 0
    assert "dl2/one is a library" in linked.err


@pytest.mark.skipif(sys.platform == "win32", reason="paths have no bytes there")
@pytest.mark.parametrize("locale", ["C", "POSIX", "nowhere"])
def test_names_are_read_as_utf8_in_any_locale(home: Path, pile: Path, locale: str) -> None:
    put(pile / "とらドラ！ 第01話.mkv")
    legacy = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    this_code = str(Path(anivault.__file__).parents[1])
    environment = {**os.environ, **legacy, "PYTHONPATH": this_code}
    words = [sys.executable, "-m", "anivault", "organize", "dl", "--to", "とら", "--json"]
    done = subprocess.run(words, cwd=pile.parent, env=environment, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert b"Toradora! S01E01.mkv" in done.stdout
    assert "とらドラ！ 第01話.mkv".encode() in done.stdout


def test_plans_and_findings_are_in_the_order_of_numbers(run: Run, pile: Path) -> None:
    for number in (1000, 517, 999):
        put(pile / f"One Piece - {number}.mkv")
    done = run("scan", "dl")

    assert [done.out.index(f"One Piece - {number}.mkv") for number in (517, 999, 1000)] == sorted(
        done.out.index(f"One Piece - {number}.mkv") for number in (517, 999, 1000)
    )
