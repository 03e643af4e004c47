"""Measure how long commands take to start, against a Python that does nothing, in the same run.

`python benchmarks/start.py LIBRARY [--rounds N]` prints one line a command: the least processor time of all
rounds, and its ratio to `python -c pass`. Run it twice: the first time Python may still compile.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile

COMMANDS = ("history", "rollback", "verify", "recover")


def main() -> None:
    """Measure all commands, round by round."""
    ask = argparse.ArgumentParser()
    ask.add_argument("library")
    ask.add_argument("--rounds", type=int, default=15)
    options = ask.parse_args()
    empty = tempfile.mkdtemp()
    rows = {
        "python -c pass": ["-c", "pass"],
        "--version": ["-m", "anivault", "--version"],
        "--help": ["-m", "anivault", "--help"],
        "scan, empty": ["-m", "anivault", "scan", empty],
        **{name: ["-m", "anivault", name, options.library] for name in COMMANDS},
    }
    times: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(options.rounds):
        for name, words in rows.items():
            times[name].append(spent(words))
    bare = min(times["python -c pass"])
    for name, found in times.items():
        print(f"{name:16} {min(found) * 1000:6.1f} ms {min(found) / bare:5.1f}")


def spent(words: list[str]) -> float:
    """Return the processor time of one Python, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
