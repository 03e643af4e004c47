"""Disks that are there and away: told to AniVault, or really mounted."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anivault.shared import fs
from tests.conftest import Run

NAME = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"
Disks = dict[Path, str]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / NAME).write_text("one")
    return folder


@pytest.fixture
def disks(monkeypatch: pytest.MonkeyPatch) -> Disks:
    """Which disk a folder and all below it are on; others are on the first one."""
    found: Disks = {}

    def disk_id(folder: str) -> str:
        real = Path(folder).resolve()
        above = [real, *real.parents]
        return next((found[path] for path in above if path in found), "fsid:1")

    monkeypatch.setattr(fs, "disk_id", disk_id)
    return found


def organize(run: Run, source: Path, library: Path | str, *more: str) -> int:
    return run("organize", source, "--to", library, "--mode", "move", "--apply", *more).code


def emptied(library: Path) -> None:
    """What is left under a mount point when its disk is gone."""
    library.rename(library.with_name("elsewhere"))


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[bool], Path]]:
    """A folder on which a disk can be mounted and not."""
    point, image = tmp_path / "disk", tmp_path / "disk.img"
    point.mkdir()
    try:
        subprocess.run(["truncate", "-s", "64M", image], check=True)
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
        subprocess.run(["mount", "-o", "loop", image, point], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs loop mounts")

    def switch(on: bool) -> Path:
        subprocess.run(["mount", "-o", "loop", image, point] if on else ["umount", point], check=True)
        return point

    yield switch
    subprocess.run(["umount", "-l", point], check=False, capture_output=True)


@pytest.fixture
def bound(tmp_path: Path) -> Iterator[Callable[[Path | None], Path]]:
    """A folder where another one is mounted too, or no longer."""
    point = tmp_path / "bound"
    point.mkdir()

    def switch(folder: Path | None) -> Path:
        subprocess.run(["mount", "--bind", folder, point] if folder else ["umount", point], check=True)
        return point

    yield switch
    subprocess.run(["umount", "-l", point], check=False, capture_output=True)
