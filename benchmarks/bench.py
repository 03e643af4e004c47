"""What rows of benchmarks/all.py are measured with: folders, commands with their own home, clocks, peers."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import make_library

from anivault.services.catalogue.offline import Catalog

PEERS = ("anitopy", "guessit", "mnamer")
NAMES = 400  # that peers read; guessit takes milliseconds for one
PEAK = """
import os, sys
none = os.open(os.devnull, os.O_RDWR)
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, none, 1)])
print(os.wait4(child, 0)[2].ru_maxrss)
"""


class Ran(NamedTuple):
    """A command that has ended: seconds on the clock, and of the processors."""

    clock: float
    processor: float


class Bench:
    """The folders of one run of the benchmarks."""

    def __init__(self, folder: Path, files: int, *, peers: bool) -> None:
        self.folder, self.files, self.peers = folder, files, peers
        self.numbers = count()

    def empty(self, name: str) -> Path:
        """A new folder."""
        made = self.folder / f"{name}{next(self.numbers)}"
        made.mkdir()
        return made

    @cached_property
    def source(self) -> Path:
        """A pile of files, as benchmarks/make_library.py makes it."""
        make_library.make(self.folder / "source", self.files, seed=1)
        return self.folder / "source"

    @cached_property
    def compiled(self) -> Path:
        """A cache that holds the compiled catalogue, and nothing of any file."""
        cache = self.empty("compiled")
        Catalog.open(str(cache / "anivault")).close()
        return cache

    @cached_property
    def known(self) -> Path:
        """A cache as it is after the pile was organized once."""
        cache = self.cold()
        self.organize(cache)
        return cache

    @cached_property
    def filed(self) -> Path:
        """A library that the pile was filed into."""
        library = self.folder / "filed"
        self.anivault("organize", str(self.source), "--to", str(library), "--apply", cache=self.cold())
        return library

    def cold(self) -> Path:
        """A cache that knows no file."""
        cache = self.empty("cache")
        shutil.copytree(self.compiled, cache, dirs_exist_ok=True)
        return cache

    def organize(self, cache: Path, source: Path | None = None) -> Ran:
        """Plan the pile; nothing is applied."""
        return self.anivault(*self.planning(source), cache=cache)

    def planning(self, source: Path | None = None) -> tuple[str, ...]:
        """The words that plan the pile."""
        return "organize", str(source or self.source), "--to", str(self.folder / "library"), "--json"

    def anivault(self, *words: str, cache: Path | None = None) -> Ran:
        """Run one command."""
        return self.run([sys.executable, "-m", "anivault", *words], cache or self.compiled)

    def peak(self, *words: str, cache: Path | None = None) -> float:
        """The peak memory of a Python, in MB. Whoever starts it must be small: Linux passes that on."""
        command = [sys.executable, "-c", PEAK, sys.executable, *words]
        done = subprocess.run(command, env=self._own(cache), capture_output=True, text=True, check=True)
        return float(done.stdout.split()[-1]) / 1024

    def run(self, command: Sequence[str], cache: Path | None = None) -> Ran:
        """Run any command, its output thrown away; refuse figures of one that failed."""
        start = time.perf_counter()
        child = subprocess.Popen(
            command, env=self._own(cache), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(child.pid, 0)
        took = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in (0, 10):
            raise SystemExit(f"{' '.join(command)} exits {child.returncode}")
        return Ran(took, used.ru_utime + used.ru_stime)

    def _own(self, cache: Path | None) -> dict[str, str]:
        """An environment that knows nothing of the user's."""
        places = {f"XDG_{name}_HOME": str(self.folder / name) for name in ("CONFIG", "DATA", "STATE")}
        own = {"HOME": str(self.folder), "XDG_CACHE_HOME": str(cache or self.folder / "CACHE"), **places}
        return os.environ | own

    def find(self, folder: Path | None = None) -> Ran:
        """What it takes find to list the pile, or another folder, with sizes and times."""
        return self.run(["find", str(folder or self.source), "-printf", "%s %T@ %p\\n"])

    @cached_property
    def venv(self) -> Path | None:
        """The Python of the peers; None where they cannot be installed."""
        home = self.folder / "peers"
        python = home / "bin" / "python"
        try:
            subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
            subprocess.run([python, "-m", "pip", "install", *PEERS], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        return python

    @cached_property
    def names(self) -> list[str]:
        """Names that peers read too."""
        every = [Path(name).name for name in islice(make_library.names(2), 20 * NAMES)]
        return random.Random(1).sample(every, NAMES)


class MissingError(Exception):
    """What a row needs is not on this machine."""


def clock(run: Callable[[], object]) -> float:
    """Seconds on the clock."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def processor(run: Callable[[], object]) -> float:
    """Seconds of this process's processor time."""
    start = time.process_time()
    run()
    return time.process_time() - start


def need(program: str) -> str:
    """The place of a program; MissingError without it."""
    if found := shutil.which(program):
        return found
    raise MissingError(program)
