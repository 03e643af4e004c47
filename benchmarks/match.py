"""Time matching against the catalogue that ships: a release, the catalogue's first answer, and memory.

    uv run python benchmarks/match.py [--releases 2000] [--rounds 3]

Makes releases of twelve files from titles of the catalogue itself: as they stand (found exactly), with a
letter wrong (found by likeness), and of no show. Prints the processor time of the best round by kind, and
what comparing each title with all titles by rapidfuzz `ratio` costs on the same machine.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable, Sequence
from functools import partial

from rapidfuzz import fuzz, process

from anivault.core.matching.matcher import match_releases
from anivault.core.matching.releases import group
from anivault.core.matching.titles.normalize import forms
from anivault.core.models import FileKind, Query, Release, ScannedFile
from anivault.core.pipeline.parser import parse_files
from anivault.services.catalogue import store
from anivault.services.catalogue.offline import Catalog
from anivault.services.catalogue.shows import candidates

FILES = 12  # a release


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--releases", type=int, default=2000)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    Catalog.open().close()  # compiled by the first who opens it; that is not measured here
    started = memory()
    first = best_of(1, first_answer)
    catalog = Catalog.open()
    titles = sorted({t.text for show in candidates(store.rows_of(store.shipped())) for t in show.titles})
    latin = random.Random(1).sample([t for t in titles if t.isascii() and len(t) > 9], given.releases)
    print(f"catalogue ready and first answer {1000 * first:8.2f} ms")
    kinds = {"exact": latin, "a letter wrong": [slip(t) for t in latin], "unknown": [t[::-1] for t in latin]}
    for kind, spelled in kinds.items():
        releases = releases_of(spelled)
        took = best_of(given.rounds, partial(match_releases, releases, [catalog]))
        print(f"{kind:<16} {1000 * took / len(releases):8.3f} ms a release of {FILES} files")
    keys = [forms(t)[-1] for t in titles]
    sample = [forms(slip(t))[-1] for t in latin[:100]]
    took = best_of(given.rounds, lambda: [process.extractOne(k, keys, scorer=fuzz.ratio) for k in sample])
    print(
        f"baseline         {1000 * took / len(sample):8.3f} ms a title: `ratio` over all {len(keys)} titles"
    )
    print(f"memory above the start: {memory() - started:.0f} MB at its peak")


def first_answer() -> None:
    """Open the compiled catalogue and look one title up."""
    catalog = Catalog.open()
    catalog.find([Query(titles=("Sousou no Frieren",))])
    catalog.close()


def releases_of(titles: Sequence[str]) -> list[Release]:
    """A folder of twelve files for each title."""
    names = (
        f"{n}/[Group] {t.replace('/', ' ')} - {e:02} [1080p].mkv"
        for n, t in enumerate(titles)
        for e in range(1, FILES + 1)
    )
    return group(parse_files([ScannedFile("/in", name, FileKind.VIDEO) for name in names]))


def slip(title: str) -> str:
    """The title with one letter in its middle wrong."""
    middle = len(title) // 2
    return title[:middle] + ("x" if title[middle] != "x" else "y") + title[middle + 1 :]


def best_of(rounds: int, run: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds of processor time."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        run()
        times.append(time.process_time() - begin)
    return min(times)


def memory() -> float:
    """Peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
