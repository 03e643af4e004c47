"""Run the whole command line against a TMDB that misbehaves, and count what a client may not do.

`python scripts/chaos.py SERVER [--seeds 12]`: SERVER is a stand-in for TMDB that takes a file of shows,
`--rate` and `--seed`, prints its address, and tells at /__stats what the client did wrong. For each seed
a pile is matched, organized with NFO files, and renamed, by real processes and the real clock. Exit 1 when a
request came before Retry-After, the key went where it may not, was printed, or a command ended in a bug.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHOWS = ROOT / "tests/tmdb_server/facts.jsonl"
KEY = "canary-canary-canary"
LONG = "hang,stall,drip"  # faults that take half a minute each


@contextmanager
def served(server: Path, seed: int) -> Iterator[str]:
    """Start the stand-in; yields its address."""
    options = ["--rate", "0.4", "--seed", str(seed), "--bomb", "16", "--slow", "3", "--without", LONG]
    command = [sys.executable, str(server), str(SHOWS), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def pile(folder: Path) -> None:
    """Make files of every show that the stand-in knows, under each of its titles."""
    folder.mkdir()
    for row in map(json.loads, SHOWS.read_text(encoding="utf-8").splitlines()):
        for title in {row["titles"].get("en"), row["titles"].get("ja-Latn")} - {None}:
            for episode in (1, 2):
                name = f"[Group] {title.replace('/', ' ')} - {episode:02} (1080p).mkv"
                (folder / name).write_bytes(b"video")


def tried(server: Path, seed: int) -> Counter[str]:
    """Run the commands under one seed; what went wrong, and how many requests and faults there were."""
    with tempfile.TemporaryDirectory() as home, served(server, seed) as url:
        source, library = Path(home, "source"), Path(home, "library")
        pile(source)
        homes = {f"XDG_{name}_HOME": str(Path(home, name)) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
        environment = {**os.environ, **homes, "ANIVAULT_TMDB_URL": url, "ANIVAULT_TMDB_KEY": KEY}
        found: Counter[str] = Counter()
        for words in (
            ["match", str(source)],
            ["organize", str(source), "--to", str(library), "--nfo", "--apply"],
            ["rename", str(library)],
        ):
            command = [
                sys.executable,
                "-m",
                "anivault",
                *words,
                "--provider",
                "catalog",
                "--provider",
                "tmdb",
            ]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            found["the key was printed"] += KEY in done.stdout + done.stderr
            found["a command ended in a bug"] += done.returncode not in (0, 10)
        with urllib.request.urlopen(url.removesuffix("/3") + "/__stats") as reply:  # noqa: S310 - loopback
            told = json.load(reply)
        faults = sum(count for fault, count in told["served"].items() if fault != "ok")
        return found + Counter(told["client"]) + Counter(faults=faults)


def main() -> int:
    """Run all seeds; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("server", type=Path)
    parser.add_argument("--seeds", type=int, default=12)
    asked = parser.parse_args()
    total: Counter[str] = Counter()
    for seed in range(1, asked.seeds + 1):
        found = tried(asked.server, seed)
        print(f"seed {seed}:", ", ".join(f"{what} {count}" for what, count in found.items()), flush=True)
        total += found
    wrong = {what: count for what, count in total.items() if what not in ("requests", "faults")}
    print(f"{total['requests']} requests, {total['faults']} faults; wrong: {wrong or 'nothing'}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
