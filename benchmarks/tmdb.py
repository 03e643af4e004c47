"""Measure how TMDB is asked: `uv run python benchmarks/tmdb.py`. A server on loopback stands in for it.

One line a figure: requests a second at 50 ms latency, the busiest second of two processes together,
requests of a second run, and what an answer from the cache costs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

WORKER = """
import sys, time
from pathlib import Path
from anivault.services.tmdb.cache import Cache
from anivault.services.tmdb.limiter import Limiter
from anivault.services.secrets import Secret
from anivault.services.tmdb_client import TmdbClient, search
from anivault.services.tmdb.wire import Wire
url, limits, cache, first, last = sys.argv[1:]
asks = [search("tv", f"title {n}") for n in range(int(first), int(last))]
with TmdbClient(Wire(Secret("benchmark"), url), Cache(Path(cache)), Limiter(Path(limits))) as client:
    start = time.perf_counter()
    client.fetch(asks)
    took = time.perf_counter() - start
    kept = time.perf_counter()
    client.fetch(asks)
    print(took, client.asked, (time.perf_counter() - kept) / len(asks))
"""


def main() -> None:
    """Print one line a figure."""
    args = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    args.add_argument("--requests", type=int, default=700)
    args.add_argument("--latency", type=float, default=0.05, help="seconds")
    options = args.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(options.latency) as url:
        one_process(url, Path(folder) / "one", options.requests)
        two_processes(url, Path(folder) / "two", options.requests)


@contextmanager
def server(latency: float) -> Iterator[str]:
    """Run the stand-in with the small facts; yield its base address."""
    command = [sys.executable, "-m", "tests.tmdb_server", "--small", "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.communicate()


def one_process(url: str, folder: Path, requests: int) -> None:
    """Ask much at once, then the same once more."""
    took, asked, hit = ended(worker(url, folder, "cache", 0, requests))
    print(f"requests a second, one process, burst included  {asked / took:8.1f}")
    print(f"busiest second, one process                     {busiest(url):8}")
    print(f"an answer from the cache, us                    {hit * 1e6:8.1f}")
    _, again, _ = ended(worker(url, folder, "cache", 0, requests))
    print(f"requests of a second run                        {again:8.0f}")


def two_processes(url: str, folder: Path, requests: int) -> None:
    """Ask for different things from two processes with one budget."""
    start = time.perf_counter()
    both = [
        worker(url, folder, f"cache{n}", n * requests // 2, (n + 1) * requests // 2) for n in (1000, 1001)
    ]
    asked = sum(ended(process)[1] for process in both)
    rate = asked / (time.perf_counter() - start)
    print(f"requests a second, two processes, start included {rate:7.1f}")
    print(f"busiest second so far, two processes included   {busiest(url):8}")


def worker(url: str, folder: Path, cache: str, first: int, last: int) -> subprocess.Popen[str]:
    """Start a process with its own cache and the folder's budget."""
    for name in ("limits", cache):
        (folder / name).mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-c",
        WORKER,
        url,
        str(folder / "limits"),
        str(folder / cache),
        str(first),
        str(last),
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def ended(process: subprocess.Popen[str]) -> tuple[float, float, float]:
    """Wait for a worker; return its seconds, requests and seconds for one kept answer."""
    took, asked, hit = (float(figure) for figure in process.communicate()[0].split())
    return took, asked, hit


def busiest(url: str) -> int:
    """The most requests that the server saw in any one second so far."""
    with urllib.request.urlopen(url.removesuffix("/3") + "/__stats") as reply:
        return int(json.load(reply)["busiest_second"])


if __name__ == "__main__":
    main()
