"""Doctor finds what is planted, on real disks where root is at hand, and says what mends it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from anivault.core.moving.journal.turns import turn
from tests.conftest import Ran, Run
from tests.core.moving.test_filesystems import exfat, unmount
from tests.core.moving.test_filesystems import run as system

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "pile"
    folder.mkdir()
    (folder / "[Grp] Nichijou - 01.mkv").write_text("one")
    return folder


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def tmpfs(mounted: ExitStack, point: Path, options: str = "size=32M") -> Path:
    point.mkdir(exist_ok=True)
    system("mount", "-t", "tmpfs", "-o", options, "tmpfs", point)
    mounted.callback(unmount, point)
    return point


def at(done: Ran, name: str, level: str) -> list[str]:
    """What was found of this name on this level; everything that is amiss has a mend."""
    found = done.of("check")
    assert all(each["mend"] for each in found if each["level"] != "ok"), found
    return [each["text"] for each in found if (each["name"], each["level"]) == (name, level)]


def looked(ran: Run, *words: str | Path) -> Ran:
    return ran("doctor", *words, "--json")


def test_nothing_is_amiss_and_nothing_is_left(run: Run, source: Path, tmp_path: Path) -> None:
    done = looked(run, source, "--to", tmp_path / "library")

    assert [e for e in done.of("check") if e["level"] == "fault"] == []
    assert done.code == 0
    assert at(done, "way", "ok")
    assert sorted(os.listdir(tmp_path)) == ["pile"]


@root
@pytest.mark.parametrize("below", ["", "Anime"])
def test_a_library_at_a_link_to_nothing(run: Run, source: Path, tmp_path: Path, below: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "unmounted")
    done = looked(run, source, "--to", tmp_path / "link" / below)

    assert str(tmp_path / "unmounted") in at(done, "library", "fault")[0]


def test_two_mounts_of_one_disk(run: Run, source: Path, tmp_path: Path, mounted: ExitStack) -> None:
    inside, library = tmp_path / "inside", tmp_path / "library"
    inside.mkdir()
    library.mkdir()
    subprocess.run(["mount", "--bind", inside, library], check=True)
    mounted.callback(unmount, library)
    done = looked(run, source, "--to", library)

    assert "two mounts lie between them" in at(done, "way", "fault")[0]
    assert done.code == 10


@root
def test_two_disks(run: Run, source: Path, tmp_path: Path, mounted: ExitStack) -> None:
    library = tmpfs(mounted, tmp_path / "library")

    assert "they are on two disks" in at(looked(run, source, "--to", library), "way", "fault")[0]


@root
def test_a_read_only_disk(run: Run, source: Path, tmp_path: Path, mounted: ExitStack) -> None:
    library = tmpfs(mounted, tmp_path / "library", "ro,size=1M")

    assert "read-only" in at(looked(run, source, "--to", library), "write", "fault")[0]


@root
def test_a_full_disk(run: Run, source: Path, tmp_path: Path, mounted: ExitStack) -> None:
    library = tmpfs(mounted, tmp_path / "library", "size=1M")
    with pytest.raises(OSError, match="space"):
        (library / "big").write_bytes(b"x" * (2 << 20))
    done = looked(run, source, "--to", library)

    assert at(done, "space", "fault")
    assert any("full" in text for text in at(done, "write", "fault"))


@root
def test_a_disk_without_room_for_more_files(
    run: Run, source: Path, tmp_path: Path, mounted: ExitStack
) -> None:
    library = tmpfs(mounted, tmp_path / "library", "size=64M,nr_inodes=3")
    (library / "a").touch()
    (library / "b").touch()

    assert at(looked(run, source, "--to", library), "files", "fault")


@root
def test_exfat_has_no_hardlinks(run: Run, source: Path, tmp_path: Path, mounted: ExitStack) -> None:
    base = tmp_path / "exfat"
    base.mkdir()
    library = exfat(base)
    mounted.callback(unmount, library)
    done = looked(run, source, "--to", library)

    assert at(done, "hardlinks", "fault")
    assert at(done, "case", "warning")


@root
def test_a_library_of_another_user(run: Run, source: Path, tmp_path: Path) -> None:
    ours = tmp_path / "library" / ".anivault"
    ours.mkdir(parents=True)
    os.chown(tmp_path / "library", 4242, 4242)
    os.chown(ours, 4243, 4243)

    assert "another user" in at(looked(run, source, "--to", tmp_path / "library"), "library", "fault")[0]


def test_another_one_at_work(run: Run, source: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("organize", source, "--to", library, "--apply")
    with turn(str(library), shared=False):
        done = looked(run, source, "--to", library)

    assert at(done, "lock", "warning")


def test_a_lock_that_cannot_be_opened(run: Run, source: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("organize", source, "--to", library, "--apply")
    lock = library / ".anivault" / "lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()

    assert at(looked(run, source, "--to", library), "lock", "fault")


def test_a_run_that_was_cut_off(run: Run, source: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("organize", source, "--to", library, "--apply")
    (found,) = [path for path in (library / ".anivault").iterdir() if path.name.startswith("journal")]
    lines = found.read_bytes().splitlines(keepends=True)
    found.write_bytes(b"".join(lines[:-1]))
    done = looked(run, source, "--to", library)

    assert "cut off" in at(done, "runs", "fault")[0]
    assert [e["mend"] for e in done.of("check") if e["name"] == "runs"] == [f"anivault recover {library}"]


def test_a_library_whose_disk_is_not_mounted(run: Run, source: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("organize", source, "--to", library, "--apply")
    shutil.rmtree(library / ".anivault")
    (library / "rest").write_text("something")

    assert at(looked(run, source, "--to", library), "journal", "fault")


def test_sources_that_are_gone_or_lie_in_the_library(run: Run, tmp_path: Path) -> None:
    (tmp_path / "library" / "sub").mkdir(parents=True)
    words = (tmp_path / "gone", tmp_path / "library" / "sub", "--to", tmp_path / "library")
    texts = at(looked(run, *words), "source", "fault")

    assert [text.rpartition(" is ")[2] for text in texts[:1]] == ["not there."]
    assert "lies in the library" in texts[1]


def test_settings_that_cannot_be_read(run: Run, home: Path, source: Path, tmp_path: Path) -> None:
    (home / "config" / "anivault").mkdir(parents=True)
    (home / "config" / "anivault" / "config.toml").write_text("[organize]\nmode = 'teleport'\n")
    done = looked(run, source, "--to", tmp_path / "library")

    assert at(done, "settings", "fault")
    assert at(done, "way", "ok")


def test_a_key_that_others_can_read(run: Run, home: Path) -> None:
    (home / "config" / "anivault").mkdir(parents=True)
    key = home / "config" / "anivault" / "tmdb.key"
    key.write_text("0" * 32)
    key.chmod(0o644)

    assert at(looked(run), "key", "fault")


def test_a_network_that_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "0" * 32)
    monkeypatch.setenv("ANIVAULT_TMDB_URL", "http://127.0.0.1:9")

    assert at(looked(run), "network", "warning")


def test_an_old_catalogue(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anivault.services.checkup.state.OLD", timedelta(0))

    assert at(looked(run), "catalogue", "warning")


def test_people_read_what_mends_it(run: Run, tmp_path: Path) -> None:
    done = run("doctor", tmp_path / "gone", "--to", tmp_path)

    assert "is not there" in done.out
    assert "Is its disk mounted?" in done.out
    assert "1 fault" in done.out
