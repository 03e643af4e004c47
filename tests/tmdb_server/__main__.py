"""Run the stand-in for TMDB by hand, and tell at the end how it was used.

    python -m tests.tmdb_server                      all facts where ../shared/tmdb is, else the small set
    python -m tests.tmdb_server --small --latency 0.05 --port 8080

The first line is the base address, for ANIVAULT_TMDB_URL; any key will do unless --key names one.
GET /__stats counts the requests.
"""

from __future__ import annotations

import argparse
import signal
import threading
from itertools import chain
from pathlib import Path

from .facts import REAL, SMALL, Facts, files, read
from .server import Server


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--facts", type=Path, default=REAL, help="folder with *.jsonl.gz")
    parser.add_argument("--small", action="store_true", help="the small set in the tree")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    opt = parser.parse_args()
    sources = [SMALL] if opt.small else files(opt.facts) or [SMALL]
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    facts = Facts(chain.from_iterable(read(path) for path in sources))
    with Server(facts, port=opt.port, key=opt.key, latency=opt.latency) as server:
        print(server.url, flush=True)  # noqa: T201
        stop.wait()
        print(f"{len(server.requests)} requests, {server.busiest_second()} in the busiest second")  # noqa: T201


main()
