"""What every test may use: a user's home of its own, and the program without a process."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import settings

settings.register_profile("anivault", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("anivault")

HOME_FOLDERS = {"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state"}


class Ran(msgspec.Struct, frozen=True):
    """What one command gave."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The NDJSON events on standard output."""
        return [json.loads(line) for line in self.out.split("\n") if line]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of one kind."""
        return [event for event in self.events if event["event"] == kind]


Run = Callable[..., Ran]


@pytest.fixture
def deep() -> Iterator[Path]:
    """2,500 folders one in another, a video in each: longer than a path may be.

    It lies apart from the folders of pytest, which cannot remove it when a run is killed.
    """
    root = Path(tempfile.mkdtemp(prefix="anivault-deep-"))
    here = os.open(root, os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("d", dir_fd=here)
        here = _step(here, "d")
        os.close(os.open("Show - 01.mkv", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    yield root
    for _ in range(2500):
        os.unlink("Show - 01.mkv", dir_fd=here)
        here = _step(here, "..")
        os.rmdir("d", dir_fd=here)
    os.close(here)
    shutil.rmtree(root)


def _step(folder: int, name: str) -> int:
    there = os.open(name, os.O_RDONLY, dir_fd=folder)
    os.close(folder)
    return there


@pytest.fixture(autouse=True)
def nobody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of tests are whole when they are made: no command waits to see whether they change."""
    monkeypatch.setattr("anivault.core.pipeline.settling.WATCHED", 0)


@pytest.fixture(autouse=True, scope="session")
def one_process() -> Iterator[None]:
    """Work goes to other processes where a test says so, not where the machine is slow."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("anivault.shared.work.walk.LONG", math.inf)
        patched.setattr("anivault.shared.work.cores.WORTH", math.inf)
        yield


@pytest.fixture(scope="session")
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the session, so that the catalogue is compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, with no setting of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    for name in ("ANIVAULT_CONFIG", "ANIVAULT_LIBRARY", "ANIVAULT_TMDB_KEY", "TMDB_API_KEY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    (cache_home / "anivault" / "tmdb-limits.json").unlink(missing_ok=True)  # another test's TMDB may be down
    monkeypatch.setattr("anivault.services.catalogue.added.stale.OLD", timedelta.max)  # whenever tests run
    for variable, folder in HOME_FOLDERS.items():
        monkeypatch.setenv(variable, str(home / folder))
    return home


@pytest.fixture
def run(home: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run one command in this process, in an empty home."""
    from anivault.cli.main import run as run_command

    def run_it(*words: str | Path) -> Ran:
        capfdbinary.readouterr()
        code = run_command([str(word) for word in words])
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return run_it
