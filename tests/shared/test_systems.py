"""What the mover does where it sees Windows or macOS."""

from __future__ import annotations

import errno
import importlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.shared.systems import macos, windows

SOURCE = Path(__file__).parents[2] / "src" / "anivault"
IMITATION = Path(__file__).with_name("systems.py")
MODES = ["move", "hardlink", "copy"]
MOVES = ["move", "carry"]
FILES = {f"[SubsPlease] Sousou no Frieren - 0{n} (1080p).mkv": b"episode %d " % n * 9000 for n in (1, 2, 3)}

# What only POSIX has, or has in a way of its own.
OF_A_SYSTEM = re.compile(
    r"dir_fd|\bfcntl\b|\bmsvcrt\b|O_(NOFOLLOW|DIRECTORY|CLOEXEC|NONBLOCK|BINARY|NOINHERIT)|fchmod|fchown|[gs]et[ep]?uid\(|"
    r"statvfs|fdatasync|\breadv|fadvise|xattr|pathconf|os\.fsync\(self|SEEK_(DATA|HOLE)|sys\.platform|mountinfo"
)


def test_only_the_layers_of_files_and_processes_know_what_a_system_does_in_its_own_way() -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if OF_A_SYSTEM.search(path.read_text())
    }

    files = {"shared/fs.py", "shared/fs_posix.py", "shared/fs_windows.py"}
    assert found == files | {"shared/work/cores.py", "shared/work/forks.py"}


@pytest.fixture
def at_windows() -> Iterator[None]:
    with windows():
        yield


def module(name: str) -> Any:
    """A module as Windows sees it."""
    return importlib.import_module(f"anivault.{name}")


def mover() -> Any:
    return importlib.import_module("tests.core.mover")


def box_of(folder: Path, mode: str) -> Any:
    """A source and an empty library; `carry` is a move to another drive."""
    (folder / "source").mkdir(parents=True)
    if mode == "carry":
        here = "fs_windows" if "anivault.shared.fs_windows" in sys.modules else "fs_posix"
        module("shared.fs").rename_new = _staying(module(f"shared.{here}").rename_new)
    return mover().Box(
        folder / "source", folder / "library", module("core.models").Mode(mode.replace("carry", "move"))
    )


def _staying(real: Any) -> Any:
    """A rename that does not leave its folder."""

    def rename_new(source: Any, name: str, target: Any, new: str) -> int:
        if source != target:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), new)
        number: int = real(source, name, target, new)
        return number

    return rename_new


def kept(root: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of every file: what a copy keeps on Windows."""
    files = (path for path in root.rglob("*") if path.is_file() and ".anivault" not in path.parts)
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns // 100) for path in files
    }


def both(box: Any) -> tuple[dict[str, tuple[bytes, int]], dict[str, tuple[bytes, int]]]:
    return kept(box.source), kept(box.library)


def contents(trees: tuple[dict[str, Any], dict[str, Any]]) -> Counter[Any]:
    return Counter([*trees[0].values(), *trees[1].values()])


@pytest.mark.usefixtures("at_windows")
@pytest.mark.parametrize("mode", [*MODES, "carry", "symlink"])
def test_every_file_is_in_its_place_and_returns(tmp_path: Path, mode: str) -> None:
    box = box_of(tmp_path, mode)
    before, mine = both(box)
    report = box.run()
    source, library = both(box)
    back = box.rollback()

    assert (report.moved, report.held, back.held) == (5, (), ())
    assert library == mine | {target: before[name] for name, target in mover().NAMES.items()}
    assert source == ({} if mode in MOVES else before)
    assert both(box) == (before, mine)
    assert box.folders() == set()


@pytest.mark.usefixtures("at_windows")
@pytest.mark.parametrize("mode", [*MODES, "carry"])
def test_a_run_killed_at_any_call_loses_nothing_and_can_be_taken_back(tmp_path: Path, mode: str) -> None:
    for at in count(1):
        box = box_of(tmp_path / str(at), mode)
        before = both(box)
        if not mover().crashes(box.run, at, torn=at % 2 == 0):
            break
        box.recover()

        now = contents(both(box))
        assert set(now) == {*before[0].values(), *before[1].values()}
        assert mode not in MOVES or set(now.values()) == {1}
        box.rollback()
        assert both(box) == before
    assert at > 15


@pytest.mark.usefixtures("at_windows")
@pytest.mark.parametrize("mode", ["hardlink", "carry"])
def test_a_rollback_killed_at_any_call_can_be_done_again(tmp_path: Path, mode: str) -> None:
    for at in count(1):
        box = box_of(tmp_path / str(at), mode)
        before = both(box)
        box.run()
        if not mover().crashes(box.rollback, at, torn=at % 2 == 0):
            break
        box.recover()
        box.rollback()

        assert both(box) == before
    assert at > 15


@pytest.mark.usefixtures("at_windows")
def test_a_file_that_is_open_stays_and_the_rest_goes_on(tmp_path: Path) -> None:
    box = box_of(tmp_path, "move")
    with (box.source / "[Group] Show - 01.mkv").open("rb"):
        report = box.run()

    assert [(held.rel, held.reason) for held in report.held] == [("[Group] Show - 01.mkv", "not-permitted")]
    assert report.moved == 4


@pytest.mark.usefixtures("at_windows")
def test_a_file_to_be_read_only_goes_to_no_other_drive_and_loses_nothing(tmp_path: Path) -> None:
    box = box_of(tmp_path, "carry")
    (box.source / "[Group] Show - 01.mkv").chmod(0o444)
    before = kept(box.source)
    report = box.run()

    assert [held.reason for held in report.held] == ["not-permitted"]
    assert kept(box.source) == {held.rel: before[held.rel] for held in report.held}


@pytest.mark.usefixtures("at_windows")
@pytest.mark.parametrize("kind", ["link", "junction"])
def test_a_folder_that_leads_elsewhere_gets_and_gives_nothing(tmp_path: Path, kind: str) -> None:
    box = box_of(tmp_path, "move")
    for folder in (box.source, box.library):
        (tmp_path / f"behind {folder.name}").mkdir()
        (tmp_path / f"behind {folder.name}" / "01.mkv").write_bytes(b"not ours")
        (folder / kind).symlink_to(tmp_path / f"behind {folder.name}")
    behind = [kept(tmp_path / "behind source"), kept(tmp_path / "behind library")]
    name = "[Group] Show - 01.mkv"
    moves = (box.move(f"{kind}/01.mkv", "Show/01.mkv"), box.move(name, f"{kind}/02.mkv"))
    report = module("core.moving.executor").execute(msgspec.structs.replace(box.plan(), moves=moves))

    assert [held.reason for held in report.held] == ["folder-is-link"] * 2
    assert [kept(tmp_path / "behind source"), kept(tmp_path / "behind library")] == behind


@pytest.mark.usefixtures("at_windows")
@pytest.mark.parametrize("kind", ["link", "junction"])
def test_neither_scan_nor_verify_goes_into_a_folder_that_leads_elsewhere(tmp_path: Path, kind: str) -> None:
    box = box_of(tmp_path, "hardlink")
    box.run()
    for folder in (box.source, box.library):
        (folder / kind).symlink_to(folder)  # without end
    scan = module("core.pipeline.scanner").scan([str(box.source)])
    report = module("core.moving.verifying.verifier").verify(str(box.library))

    empty = "[Group] Show - 01.mkv"
    left = {os.path.basename(left.path): left.reason for left in scan.left_out}
    assert sorted(file.rel for file in scan.files) == sorted(mover().NAMES.keys() - {empty})
    assert left == {kind: "link", empty: "empty"}
    assert [finding.path for finding in report.findings] == sorted([kind, "mine.txt"])


@pytest.mark.usefixtures("at_windows")
def test_files_have_their_numbers_though_a_listing_has_none(tmp_path: Path) -> None:
    box = box_of(tmp_path, "hardlink")
    scan = module("core.pipeline.scanner").scan([str(box.source)])
    box.run()
    name = box.library / mover().NAMES["[Group] Show - 01.mkv"]
    name.rename(name.with_name("another.mkv"))
    report = module("core.moving.verifying.verifier").verify(str(box.library))

    numbers = {file.rel: (file.identity.device, file.identity.inode) for file in scan.files}
    there = {name: (box.source / name).lstat() for name in mover().NAMES}
    assert numbers == {name: (s.st_dev, s.st_ino) for name, s in there.items() if s.st_size}
    assert (report.same, [finding.kind for finding in report.findings]) == (4, ["misnamed", "extra"])


@pytest.mark.usefixtures("at_windows")
@pytest.mark.parametrize(
    "target",
    ["..\\out.mkv", "a\\b.mkv", "C:out.mkv", "C:/out.mkv", "a.mkv:stream", "a./b.mkv", ".. /b.mkv", "b.mkv "],
)
def test_a_target_that_is_read_in_another_way_is_refused(tmp_path: Path, target: str) -> None:
    box = box_of(tmp_path, "copy")
    plan = msgspec.structs.replace(box.plan(), moves=(box.move("[Group] Show - 01.mkv", target),))
    with pytest.raises(module("shared.errors").UnsafePathError):
        module("core.moving.executor").execute(plan)


def test_paths_have_the_form_without_a_limit_of_length() -> None:
    with windows() as long_path:
        pass

    assert long_path("C:\\Anime/Show\\..\\x") == "\\\\?\\C:\\Anime\\x"
    assert long_path("\\\\nas\\anime\\x") == "\\\\?\\UNC\\nas\\anime\\x"
    assert long_path("\\\\?\\D:\\x") == "\\\\?\\D:\\x"


@pytest.mark.usefixtures("at_windows")
def test_of_two_on_one_library_one_works(tmp_path: Path) -> None:
    box = box_of(tmp_path, "move")
    with (
        module("core.moving.journal.writer").writing(str(box.library)),
        pytest.raises(module("shared.errors").LibraryBusyError),
    ):
        box.run()

    assert box.run().moved == 5


@pytest.mark.usefixtures("at_windows")
def test_a_library_on_another_drive_than_its_sources_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os.path, "relpath", _other_drive)
    box = box_of(tmp_path, "move")
    before = both(box)
    box.run()
    box.rollback()

    assert both(box) == before


def _other_drive(path: str, start: str = "") -> str:
    raise ValueError("path is on mount 'D:', start on mount 'C:'")


@pytest.fixture
def at_macos() -> Iterator[None]:
    with macos():
        yield


@pytest.mark.usefixtures("at_macos")
@pytest.mark.parametrize("mode", [*MODES, "carry", "symlink"])
def test_on_macos_every_file_is_in_its_place_and_returns(tmp_path: Path, mode: str) -> None:
    box = box_of(tmp_path, mode)
    before, mine = both(box)
    report = box.run()
    library = kept(box.library)
    back = box.rollback()

    assert (report.moved, report.held, back.held) == (5, (), ())
    assert library == mine | {target: before[name] for name, target in mover().NAMES.items()}
    assert both(box) == (before, mine)


@pytest.mark.usefixtures("at_macos")
@pytest.mark.parametrize("mode", ["move", "carry"])
def test_on_macos_a_run_killed_at_any_call_loses_nothing(tmp_path: Path, mode: str) -> None:
    for at in count(1):
        box = box_of(tmp_path / str(at), mode)
        before = both(box)
        if not mover().crashes(box.run, at, torn=at % 2 == 0):
            break
        box.recover()

        assert contents(both(box)) == contents(before)
        box.rollback()
        assert both(box) == before
    assert at > 15


@pytest.mark.usefixtures("at_macos")
def test_on_macos_a_taken_place_stays_and_a_clone_is_refused(tmp_path: Path) -> None:
    box = box_of(tmp_path, "reflink")
    with pytest.raises(module("shared.errors").DestinationError):
        box.run()
    box.mode = module("core.models").Mode.MOVE
    moves = tuple(box.move(name, "one place.mkv") for name in list(mover().NAMES)[:2])
    report = module("core.moving.executor").execute(msgspec.structs.replace(box.plan(), moves=moves))

    assert (report.moved, [held.reason for held in report.held]) == (1, ["target-taken"])


def source_of(folder: Path) -> Path:
    source = folder / "source"
    source.mkdir()
    for number, (name, content) in enumerate(FILES.items()):
        (source / name).write_bytes(content)
        os.utime(source / name, ns=(10**18, 10**18 + number * 1_000_000_700))
    return source


def anivault(*words: str | Path, dies_at: str = "") -> int:
    """Run one real command in a process that sees Windows."""
    environment = os.environ | {"ANIVAULT_DIES_AT": dies_at}
    command = [sys.executable, str(IMITATION), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("mode", MODES)
def test_the_real_commands_organize_verify_and_take_back(tmp_path: Path, mode: str) -> None:
    source, library = source_of(tmp_path), tmp_path / "library"
    before = kept(source)

    assert anivault("organize", source, "--to", library, "--mode", mode, "--apply") == 0
    assert sorted(kept(library).values()) == sorted(before.values())
    assert anivault("verify", library) == anivault("verify", library, "--deep", "--strict") == 0
    assert anivault("rollback", library, "--apply") == 0
    assert (kept(source), kept(library)) == (before, {})


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("dies_at", ["14", "26"])
def test_the_real_commands_recover_what_a_kill_left(tmp_path: Path, dies_at: str) -> None:
    source, library = source_of(tmp_path), tmp_path / "library"
    before = kept(source)

    assert anivault("organize", source, "--to", library, "--mode", "copy", "--apply", dies_at=dies_at) == -9
    assert anivault("recover", library) == 0
    assert anivault("verify", library, "--deep") == 0
    assert anivault("rollback", library, "--apply") == 0
    assert (kept(source), kept(library)) == (before, {})
