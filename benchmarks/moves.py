"""Measure the mover against the bare calls of the system, in the same run and on the same disk.

`python benchmarks/moves.py [--files N] [--bytes N] [--folder DIR] [--rounds N]` prints one line a row:
what, AniVault's rate, the bare rate, their ratio. Medians; trust the ratios, not the rates. The bare
loop keeps nothing: no journal, no sync, no check.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from anivault.core.models import Identity, Mode, Move, Plan
from anivault.core.moving.executor import execute
from anivault.core.moving.verifying.verifier import verify
from anivault.core.rollback_manager import apply, plan_rollback

PER_FOLDER = 13  # files; what a season has
LARGE = 64 << 20


def main() -> None:
    """Measure all rows."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--files", type=int, default=20_000)
    ask.add_argument("--bytes", type=int, default=1 << 30, help="size of what is copied and read")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--folder", default=None, help="on the disk to measure")
    options = ask.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="anivault-bench-") as folder:
        for mode, bare in ((Mode.HARDLINK, os.link), (Mode.MOVE, os.rename)):
            rounds = [moves(Path(folder), options.files, mode, bare) for _ in range(options.rounds)]
            show(f"{mode} of {options.files:,} files, a second", rounds)
        rounds = [rollbacks(Path(folder), options.files) for _ in range(options.rounds)]
        show("rollback of moves, a second, against making them", [(back, run) for back, run, _ in rounds])
        show("rollback of moves, a second, against the bare calls", [(back, raw) for back, _, raw in rounds])
        show(
            "copy, MB a second, against cp",
            [copies(Path(folder), options.bytes) for _ in range(options.rounds)],
        )
        show(
            "verify --deep, MB a second, against reading",
            [deep(Path(folder), options.bytes) for _ in range(options.rounds)],
        )


def show(what: str, rounds: list[tuple[float, float]]) -> None:
    """Print one row."""
    ours, bare = (median(pair[k] for pair in rounds) for k in (0, 1))
    ratio = median(a / b for a, b in rounds)
    print(f"{what:50} {ours:10,.0f} {bare:10,.0f} {ratio:6.2f}", flush=True)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes, after all before it is on disk."""
    os.sync()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def make_source(root: Path, files: int) -> list[tuple[str, str]]:
    """Make empty files in folders; returns their names there and in the library."""
    pairs = []
    for number in range(files):
        folder = f"Show {number // PER_FOLDER:05}"
        if number % PER_FOLDER == 0:
            (root / folder).mkdir(parents=True)
        name = f"{folder}/[Group] Show - {number:06}.mkv"
        (root / name).touch()
        pairs.append((name, f"{folder}/Season 01/Show S01E{number:06}.mkv"))
    return pairs


def plan_of(root: Path, library: Path, mode: Mode, pairs: list[tuple[str, str]]) -> Plan:
    """Return the plan of all pairs."""
    moves = [
        Move(root=str(root), rel=name, target=target, mode=mode, identity=identity(root / name))
        for name, target in pairs
    ]
    return Plan(library=str(library), roots=(str(root),), preset="-", mode=mode, moves=tuple(moves))


def identity(path: Path) -> Identity:
    """Return what a scan notes of a file."""
    now = path.lstat()
    return Identity(now.st_size, now.st_mtime_ns, now.st_dev, now.st_ino)


def moves(base: Path, files: int, mode: Mode, bare: Callable[[str, str], None]) -> tuple[float, float]:
    """Return files a second of one mode, ours and bare; both make the folders they need."""
    with tempfile.TemporaryDirectory(dir=base) as one, tempfile.TemporaryDirectory(dir=base) as other:
        pairs = make_source(Path(one) / "source", files)
        plan = plan_of(Path(one) / "source", Path(one) / "library", mode, pairs)
        ours = timed(lambda: execute(plan))
        pairs = make_source(Path(other) / "source", files)
        raw = timed(lambda: bare_loop(other, pairs, bare))
    return files / ours, files / raw


def bare_loop(base: str, pairs: list[tuple[str, str]], bare: Callable[[str, str], None]) -> None:
    """Give every file its name with the bare call."""
    made = set()
    for name, target in pairs:
        folder = os.path.dirname(target)
        if folder not in made:
            os.makedirs(f"{base}/library/{folder}")
            made.add(folder)
        bare(f"{base}/source/{name}", f"{base}/library/{target}")


def rollbacks(base: Path, files: int) -> tuple[float, float, float]:
    """Return files a second of a rollback, of the run that it takes back, and of the bare way back."""
    with tempfile.TemporaryDirectory(dir=base) as one, tempfile.TemporaryDirectory(dir=base) as other:
        root, library = Path(one) / "source", Path(one) / "library"
        plan = plan_of(root, library, Mode.MOVE, make_source(root, files))
        forward = timed(lambda: execute(plan))
        back = timed(lambda: apply(plan_rollback(str(library))))
        pairs = make_source(Path(other) / "source", files)
        bare_loop(other, pairs, os.rename)
        raw = timed(lambda: bare_back(other, pairs))
    return files / back, files / forward, files / raw


def bare_back(base: str, pairs: list[tuple[str, str]]) -> None:
    """Give every file its first name again with the bare call, and remove the folders."""
    for name, target in pairs:
        os.rename(f"{base}/library/{target}", f"{base}/source/{name}")
    for folder, _, _ in os.walk(f"{base}/library", topdown=False):
        os.rmdir(folder)


def make_large(root: Path, size: int) -> list[tuple[str, str]]:
    """Make files of 64 MB with content that no disk can shorten."""
    root.mkdir()
    block = os.urandom(1 << 20)
    for number in range(max(1, size // LARGE)):
        with (root / f"{number}.mkv").open("wb") as file:
            for _ in range(LARGE >> 20):
                file.write(block)
    return [(name, f"Films/{name}") for name in sorted(os.listdir(root))]


def copies(base: Path, size: int) -> tuple[float, float]:
    """Return MB a second of a copy, and of cp followed by a sync: both end with the data on disk."""
    with tempfile.TemporaryDirectory(dir=base) as one:
        root = Path(one) / "source"
        pairs = make_large(root, size)
        plan = plan_of(root, Path(one) / "library", Mode.COPY, pairs)
        ours = timed(lambda: execute(plan))
        raw = timed(
            lambda: subprocess.run(f"cp -r {root} {one}/raw && sync -f {one}/raw", shell=True, check=True)
        )
    total = len(pairs) * LARGE / 1e6
    return total / ours, total / raw


def deep(base: Path, size: int) -> tuple[float, float]:
    """Return MB a second of a deep verification and of reading alone, both with nothing in memory."""
    with tempfile.TemporaryDirectory(dir=base) as one:
        root, library = Path(one) / "source", Path(one) / "library"
        pairs = make_large(root, size)
        execute(plan_of(root, library, Mode.HARDLINK, pairs))
        forget(library)
        ours = timed(lambda: verify(str(library), deep=True))
        forget(library)
        raw = timed(lambda: read_all(library))
    total = len(pairs) * LARGE / 1e6
    return total / ours, total / raw


def forget(root: Path) -> None:
    """Drop the files from memory, so that the next reader reads the disk."""
    os.sync()
    for path in root.rglob("*.mkv"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_all(root: Path) -> None:
    """Read every file and do nothing with it."""
    buffer = bytearray(1 << 20)
    for path in root.rglob("*.mkv"):
        with path.open("rb", buffering=0) as file:
            while file.readinto(buffer):
                pass


if __name__ == "__main__":
    sys.exit(main())
