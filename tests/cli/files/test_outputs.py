"""No option that names a file to write replaces one: plans are replaced by plans, and nothing else is."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from anivault.shared import fs
from tests.conftest import Run

NAMES = [f"[SubsPlease] Sousou no Frieren - 0{number} (1080p).mkv" for number in (1, 2)]


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    (tmp_path / "dl").mkdir()
    for name in NAMES:
        (tmp_path / "dl" / name).write_bytes(name.encode())
    monkeypatch.chdir(tmp_path)
    run("organize", "dl", "--to", "lib", "--apply")
    return tmp_path


def _file(path: Path) -> None:
    path.write_bytes(b"a video, a list, a letter")


def _empty(path: Path) -> None:
    path.touch()


def _link(path: Path) -> None:
    path.symlink_to("dl/" + NAMES[0])


def _loose(path: Path) -> None:
    path.symlink_to("nothing")


def _like_a_plan(path: Path) -> None:
    path.write_bytes(b'{"anivault_plan": 1}')


TAKEN: list[Callable[[Path], None]] = [_file, _empty, _link, _loose, _like_a_plan, Path.mkdir, os.mkfifo]
WRITES = [
    ["organize", "dl", "--to", "lib2", "--plan"],
    ["organize", "dl", "--to", "lib2", "--replace", "--plan"],
    ["organize", "dl", "--to", "lib2", "--apply", "--plan"],
    ["rollback", "lib", "--script"],
    ["rollback", "lib", "--apply", "--script"],
]


def state(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Everything there: what it is, since when, and what it holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        data = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
        found[str(path)] = (status.st_ino, status.st_mode, status.st_mtime_ns, data)
    return found


@pytest.mark.parametrize("make", TAKEN)
@pytest.mark.parametrize("words", WRITES, ids=" ".join)
def test_what_is_there_stays_and_nothing_is_done(
    run: Run, there: Path, words: list[str], make: Callable[[Path], None]
) -> None:
    make(there / "out.json")
    before = state(there)
    done = run(*words, "out.json")

    assert (done.code, "was not written" in done.err) == (49, True), done.err
    assert state(there) == before


@pytest.mark.parametrize("words", WRITES, ids=" ".join)
@pytest.mark.parametrize(
    "name", ["no/such/out", "out/", "dl", "/dev/null", "/dev/full", "x" * 300, "dl/a\n/b"]
)
def test_a_name_that_cannot_be_written_is_refused_and_nothing_is_done(
    run: Run, there: Path, words: list[str], name: str
) -> None:
    before = state(there)

    assert run(*words, name).code == 49
    assert state(there) == before


@pytest.mark.parametrize("words", [["organize", "dl", "--to", "lib2"], ["rollback", "lib"]])
@pytest.mark.parametrize("name", ["", "-"])
def test_an_empty_name_or_a_dash_is_no_file(run: Run, there: Path, words: list[str], name: str) -> None:
    before = state(there)

    assert run(*words, "--plan" if words[0] == "organize" else "--script", name).code == 2
    assert state(there) == before


def test_a_plan_is_replaced_by_a_plan_and_an_edited_one_only_when_asked(run: Run, there: Path) -> None:
    words = ["organize", "dl", "--to", "lib2", "--plan", "plan.json"]
    assert run(*words).code == 0
    assert run(*words, "--preset", "plex").code == 0
    plan = there / "plan.json"
    edited = plan.read_bytes().replace(b"Frieren", b"Frieda")
    plan.write_bytes(edited)
    refused = run(*words)

    assert (refused.code, "--replace" in refused.err, plan.read_bytes()) == (49, True, edited)
    assert run(*words, "--replace").code == 0
    assert b"Frieda" not in plan.read_bytes()
    assert run("organize", "dl", "--to", "lib2", "--replace").code == 2


@pytest.mark.parametrize("words", WRITES[:4:3], ids=" ".join)
@pytest.mark.parametrize("at", ["write", "sync_file", "rename_new"])
def test_a_file_is_written_whole_or_not_at_all(
    run: Run, there: Path, words: list[str], at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = state(there)
    with monkeypatch.context() as patch:
        patch.setattr(fs, at, full)
        done = run(*words, "out.json")

    assert (done.code, "No space left" in done.err) == (49, True), done.err
    assert state(there) == before
    assert run(*words, "out.json").code in {0, 10}


def test_a_disk_without_links_or_exclusive_renames_still_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(fs, "rename_new", lambda *_: errno.EINVAL)
    monkeypatch.setattr(fs, "link", cannot)
    fs.write_whole(str(tmp_path / "new"), b"1")
    with pytest.raises(FileExistsError):
        fs.write_whole(str(tmp_path / "new"), b"2")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"new": b"1"}


@pytest.mark.parametrize("name", ["config.toml", "pins.toml", "journal.jsonl", "new/plan.json", "plan.json"])
@pytest.mark.parametrize("words", WRITES, ids=" ".join)
def test_nothing_is_written_among_our_own_files(there: Path, run: Run, words: list[str], name: str) -> None:
    before = state(there)
    target = there / "lib" / ".anivault" / name
    (there / "way").symlink_to(target.parent)
    for path in (target, there / "way" / target.name):
        done = run(*words, path)
        assert done.code == 49, (done.out, done.err)
    (there / "way").unlink()

    assert state(there) == before
