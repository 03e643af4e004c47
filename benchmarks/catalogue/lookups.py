"""Measure the catalogue, `uv run python benchmarks/catalogue/lookups.py`. Writes to a temporary folder.

Medians; the baseline of a lookup is `ratio` over all keys, measured in the same run.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rapidfuzz import fuzz, process

from anivault.core.models import Query
from anivault.services.catalogue import store as store
from anivault.services.catalogue.offline import Catalog

READY = """
import sys, time
def held():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
from anivault.core.models import Query
start = time.perf_counter()
from anivault.services.catalogue.offline import Catalog
imported = time.perf_counter()
before = held()
catalog = Catalog.open(sys.argv[1], sys.argv[1])
found = catalog.find([Query(titles=("Sousou no Frieren",))])
ready = time.perf_counter()
catalog.find([Query(titles=(title,)) for title in sys.argv[2].split("|")])
memory = held() - before
print(ready - imported, imported - start, memory)
"""


def main() -> None:
    """Print one line a figure."""
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    args.add_argument("--titles", type=int, default=400, help="how many lookups of each kind")
    options = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compile_times(Path(folder))
        catalog = Catalog.open(folder, folder)
        rows = keys_of(catalog)
        slips = [slip(key) for key, _ in random.Random(1).sample(readable(rows), options.titles)]
        ready(folder, slips)
        lookups(catalog, rows, options.titles)


def compile_times(folder: Path) -> None:
    """Compile five times."""
    texts, times = store.shipped(), []
    for _ in range(5):
        start = time.process_time()
        store.compile_to(folder / "compiled.sqlite", store.rows_of(texts))
        times.append(time.process_time() - start)
    size = (folder / "compiled.sqlite").stat().st_size / 1e6
    middle, best = statistics.median(times), min(times)
    print(f"compile (processor time)     {middle:8.2f} s   best {best:.2f} s, {size:.0f} MB")


def ready(folder: str, titles: list[str]) -> None:
    """Open and ask for the first time, in seven fresh processes."""
    command = [sys.executable, "-c", READY, folder, "|".join(titles)]
    runs = [
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(7)
    ]
    opened, imported, memory = (statistics.median(float(run[n]) for run in runs) for n in range(3))
    print(f"ready and first answer       {opened * 1e3:8.1f} ms  after {imported * 1e3:.0f} ms of imports")
    print(f"memory after {len(titles)} lookups     {memory / 1e3:8.1f} MB")


def keys_of(catalog: Catalog) -> list[tuple[str, int]]:
    """Return all keys with their shows."""
    return list(catalog._database.execute("SELECT key, show FROM keys"))


def readable(rows: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the keys that two slips leave recognizable: Latin, and of some length."""
    return [(key, show) for key, show in rows if len(key) > 7 and key.isascii()]


def slip(key: str) -> str:
    """Change two letters of a key."""
    letters, dice = list(key), random.Random(key)
    for _ in range(2):
        letters[dice.randrange(len(letters))] = dice.choice("abcdeiou")
    return "".join(letters)


def lookups(catalog: Catalog, rows: list[tuple[str, int]], count: int) -> None:
    """Look titles up exactly and with two slips each, and against all keys."""
    sample = random.Random(2).sample(readable(rows), count)
    slips = [slip(key) for key, _ in sample]
    keys = [key for key, _ in rows]
    exact = per_title([key for key, _ in sample], lambda key: catalog.find([Query(titles=(key,))]))
    alike = per_title(slips, catalog._alike)
    every = per_title(slips[: count // 8], lambda key: process.extractOne(key, keys, scorer=fuzz.ratio))
    hits = sum(
        found[:1] == [show] for found, (_, show) in zip(map(catalog._alike, slips), sample, strict=True)
    )
    best = [rows[process.extractOne(key, keys, scorer=fuzz.ratio)[2]][1] for key in slips[: count // 8]]
    all_hits = sum(show == wanted for show, (_, wanted) in zip(best, sample, strict=False))
    print(f"exact title, with its shows  {exact * 1e6:8.0f} us")
    print(f"two slips                    {alike * 1e6:8.0f} us  first is right: {hits / count:.1%}")
    print(f"two slips, ratio over all    {every * 1e6:8.0f} us  first is right: {all_hits / len(best):.1%}")
    print(f"two slips against all        {alike / every:8.2f} x   over {len(keys):,} keys")


def per_title(titles: list[str], look: Callable[[str], object]) -> float:
    """Return the median time of one look-up."""
    times = []
    for title in titles:
        start = time.perf_counter()
        look(title)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
