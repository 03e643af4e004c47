"""Time a scan against `find -printf`, which reads the same: every name, size and time.

    uv run python benchmarks/scan.py [--files 20000] [--rounds 15]

Writes folders of twelve videos and what lies beside them, then scans them in turn with find and with a bare
walk that keeps the same records and judges no name. Prints the median processor time of each, and ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from anivault.core.models import FileKind, Identity, ScannedFile
from anivault.core.pipeline.scanner import scan

BESIDE = ("readme.txt", "Show - 01.en.ass", "Show - 02.en.ass")


def make(root: Path, files: int) -> None:
    """Write small files: half of the folders lie two deep."""
    videos = [f"[Group] Show - {number:02} [1080p][ABCD{number:04}].mkv" for number in range(1, 13)]
    for number in range(files // (len(videos) + len(BESIDE))):
        folder = root / (f"[Group] Show {number} [1080p]" if number % 2 else f"Show {number}/Season 01")
        folder.mkdir(parents=True)
        for name in (*videos, *BESIDE):
            (folder / name).write_bytes(b"x")


def find(root: str) -> float:
    """Seconds of processor time that find takes."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(["find", root, "-printf", "%s %T@ %p\\n"], stdout=subprocess.DEVNULL, check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def bare(root: str) -> list[ScannedFile]:
    """List, sort and stat everything."""
    files, folders = [], [("", root)]
    while folders:
        rel, path = folders.pop()
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        for entry in entries:
            below = f"{rel}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                folders.append((f"{below}/", entry.path))
                continue
            s = entry.stat(follow_symlinks=False)
            identity = Identity(s.st_size, s.st_mtime_ns, s.st_dev, s.st_ino)
            files.append(ScannedFile(root, below, FileKind.VIDEO, identity))
    return files


def timed(run: Callable[[], object]) -> float:
    """Seconds of processor time that `run` takes in this process."""
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> None:
    """Measure in turn, so that what else runs slows all alike."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--files", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=15)
    args = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="anivault-scan-") as root:
        make(Path(root), args.files)
        count = len(scan([root]).files)
        rounds = [
            (find(root), timed(lambda: scan([root])), timed(lambda: bare(root))) for _ in range(args.rounds)
        ]
    for name, times in zip(("find -printf", "scan", "bare walk"), zip(*rounds, strict=True), strict=True):
        ratio = statistics.median(taken / base for taken, (base, *_) in zip(times, rounds, strict=True))
        print(f"{name:<13} {statistics.median(times) / count * 1e6:6.2f} us a file  {ratio:5.2f} x")


if __name__ == "__main__":
    main()
