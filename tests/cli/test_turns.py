"""Hooks that a download client calls at once wait for each other, and none is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import anivault
from anivault.core.moving.journal import turns
from anivault.shared import fs
from anivault.shared.errors import LibraryBusyError
from tests.conftest import Run

WILD = [
    "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv",
    '[A "quoted" group] Sousou no Frieren - 02 (it\'s $HOME `x` ; & | #).mkv',
    "[two\nlines] Sousou no Frieren - 03.mkv",
    "[caf\udce9] Sousou no Frieren - 04 [1080p].mkv",
    "-[dash] Sousou no Frieren - 05.mkv",
    "[ü 木 %F %N] Sousou no Frieren - 06.mkv",
    "[tab\there] Sousou no Frieren - 07.mkv",
    "[back\\slash] Sousou no Frieren - 08.mkv",
    "[stars *?] Sousou no Frieren - 09.mkv",
]


@pytest.fixture
def downloads(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(Path(anivault.__file__).parents[1]))
    folder = tmp_path / "dl"
    season = folder / "Cowboy Bebop [a 'group'; with $(everything)]"
    season.mkdir(parents=True)
    for number in (1, 2, 3):
        (season / f"Cowboy Bebop - {number:02}.mkv").write_bytes(f"bebop {number}".encode())
    for name in WILD:
        (folder / name).write_bytes(os.fsencode(name))
    return folder


def hooks(paths: Sequence[Path], library: Path) -> list[tuple[int, str]]:
    """Call one hook a path, all at once; their exit codes and what they said."""
    command = [sys.executable, "-m", "anivault", "organize", "--to", str(library), "--apply", "--quiet"]
    started = [
        subprocess.Popen([*command, str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for path in paths
    ]
    return [(done.wait(), out.decode()) for done in started if (out := done.communicate()[0]) is not None]


def test_ten_at_once_are_all_filed(run: Run, downloads: Path, tmp_path: Path) -> None:
    done = hooks(sorted(downloads.iterdir()), tmp_path / "lib")
    filed = {path.stat().st_ino for path in (tmp_path / "lib").rglob("*.mkv")}

    assert [(code, out) for code, out in done if code] == []
    assert filed == {path.stat().st_ino for path in downloads.rglob("*.mkv")}
    assert run("verify", tmp_path / "lib", "--deep").code == 0


def test_one_file_handed_over_six_times_at_once_is_filed_once(downloads: Path, tmp_path: Path) -> None:
    done = hooks([downloads / WILD[0]] * 6, tmp_path / "lib")

    assert [code for code, _ in done] == [0] * 6, done
    assert sum("there already" in out for _, out in done) == 5
    assert len(list((tmp_path / "lib").rglob("*.mkv"))) == 1


def test_hooks_that_have_nothing_to_do_make_no_library(home: Path, tmp_path: Path) -> None:
    """Of several at once one may leave an empty folder that another made."""
    other = tmp_path / "debian-12.iso"
    other.write_bytes(b"x")

    assert [code for code, _ in hooks([other] * 4, tmp_path / "some" / "lib")] == [0] * 4
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other]
    assert [code for code, _ in hooks([other], tmp_path / "new" / "lib")] == [0]
    assert not (tmp_path / "new").exists()


def test_waiting_has_an_end(run: Run, downloads: Path, tmp_path: Path, home: Path) -> None:
    library = tmp_path / "lib"
    (tmp_path / "config.toml").write_text("[library]\nwait = 0.3\n")
    words = ["organize", downloads / WILD[0], "--to", library, "--apply"]
    with turns.turn(str(library), shared=False):
        refused = run(*words, "--config", tmp_path / "config.toml")

    assert refused.code == 26
    assert "was not done in 0.3 seconds" in refused.err
    assert list(library.rglob("*.mkv")) == []
    assert run(*words).code == 0


def test_who_waits_gets_the_turn_that_ends(tmp_path: Path) -> None:
    library, order = str(tmp_path / "lib"), list[str]()
    (tmp_path / "lib").mkdir()

    def work() -> None:
        with turns.turn(library):
            order.append("first")
            holds.set()
            time.sleep(0.3)
            order.append("first done")

    holds = threading.Event()
    other = threading.Thread(target=work)
    other.start()
    holds.wait()
    with turns.turn(library, 30, lambda: order.append("waits")):
        order.append("second")
    other.join()

    assert [word for word in order if word != "waits"] == ["first", "first done", "second"]
    assert "waits" in order


def test_within_a_turn_there_is_no_other_to_wait_for(tmp_path: Path) -> None:
    with turns.turn(str(tmp_path)), turns.turn(str(tmp_path)):
        assert not turns.is_busy(str(tmp_path))
    with turns.turn(str(tmp_path), shared=False):
        assert turns.is_busy(str(tmp_path))
        with pytest.raises(LibraryBusyError), turns.turn(str(tmp_path)):
            pass


def test_a_preview_during_a_run_says_who_is_at_work(run: Run, downloads: Path, tmp_path: Path) -> None:
    library = tmp_path / "lib"
    run("organize", downloads / WILD[0], "--to", library, "--apply")
    journal = library / ".anivault" / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[: whole.rindex(b'{"kind":"end"')])
    words = [["organize", downloads, "--to", library], ["rename", library], ["rollback", library]]

    with turns.turn(str(library), shared=False):
        assert [run(*command).code for command in words] == [26] * 3
    assert [run(*command).code for command in words] == [27] * 3


def test_a_lock_whose_folder_another_has_removed_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lib" / ".anivault" / "lock"
    take, taken = fs.lock, list[int]()

    def removed_at_first(path: str) -> int | None:
        got: int | None = take(path)
        if not taken:
            shutil.rmtree(lock.parent)
        taken.append(got or 0)
        return got

    monkeypatch.setattr(fs, "lock", removed_at_first)
    with turns.turn(str(tmp_path / "lib"), 30):
        monkeypatch.undo()

        assert lock.exists()
        assert take(str(lock)) is None
