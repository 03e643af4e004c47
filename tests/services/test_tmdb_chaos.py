"""Against the stand-in that misbehaves in every way it knows: results or one typed error, and no sin."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anivault.services.tmdb.limiter import PROBE_CAP, Clock, SystemClock
from anivault.services.tmdb.records import Show
from anivault.services.tmdb_client import TRIES, Ask, details
from anivault.shared.errors import TmdbError, TmdbOfflineError
from tests.tmdb_server.bench import FakeClock, client
from tests.tmdb_server.facts import SMALL, read

CHAOS = Path(__file__).parents[3] / "shared" / "tools" / "tmdb_chaos.py"
SLOW = {"hang", "stall", "drip", "slow-body"}  # each takes half a minute of real time, or nearly
SINS = ("key in the address", "followed a redirect to another host", "gave its key to another host")

pytestmark = pytest.mark.skipif(not CHAOS.exists(), reason="needs ../shared/tools/tmdb_chaos.py")


@contextmanager
def chaos(*options: str) -> Iterator[str]:
    command = [sys.executable, str(CHAOS), str(SMALL), "--bomb", "16", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def sins(url: str) -> dict[str, int]:
    with urllib.request.urlopen(url.removesuffix("/3") + "/__stats") as reply:
        told: dict[str, int] = json.load(reply)["client"]
    return {sin: told[sin] for sin in told if sin in SINS and told[sin]}


def every_fault() -> list[str]:
    listed = subprocess.run(
        [sys.executable, str(CHAOS), "--list"], capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split() if name not in SLOW]


def lookup(url: str, folder: Path, clock: Clock | None = None) -> str:
    """Ask for every show; return the names, or the errors' kinds."""
    rows = list(read(SMALL))
    asks = {details(row["media_type"], row["tmdb_id"]): row for row in rows}
    with client(url, folder, clock) as tmdb:
        answers = tmdb.fetch(asks)
    assert set(answers) == set(asks)
    assert all(isinstance(a, TmdbError) or a.id == asks[ask]["tmdb_id"] for ask, a in answers.items())
    return " ".join(type(a).__name__ if isinstance(a, TmdbError) else a.name for a in answers.values())


def test_every_fault_in_a_row_ends_in_a_result_or_one_typed_error_and_in_no_sin(tmp_path: Path) -> None:
    faults = [fault for fault in every_fault() for _ in range(TRIES)]
    clock = FakeClock()
    answers: list[dict[Ask[Show], Show | TmdbError]] = []
    with chaos("--sequence", ",".join(faults)) as url, client(url, tmp_path, clock) as tmdb:
        while tmdb.asked < len(faults):
            answers.append(tmdb.fetch([details("tv", 9001, language=f"x{len(answers)}")]))
            clock.time += PROBE_CAP  # an open breaker lets the next one through

        assert all(isinstance(a, TmdbError) or a.id == 9001 for answer in answers for a in answer.values())
        assert sins(url) == {}


def test_a_mixture_of_passing_faults_leaves_every_lookup_right(tmp_path: Path) -> None:
    final = "401,403,404,results-10000,json-twice,fields-types,fields-nulls,fields-missing,fields-hostile"
    with chaos("--rate", "0.4", "--without", ",".join([final, *SLOW])) as url:
        assert "Error" not in lookup(url, tmp_path)


def test_nobody_comes_back_before_they_were_told_to(tmp_path: Path) -> None:
    with chaos("--sequence", "429-seconds,503-retry,ok,ok,ok,ok,ok,ok,ok,ok") as url:
        assert "Error" not in lookup(url, tmp_path, SystemClock())
        with urllib.request.urlopen(url.removesuffix("/3") + "/__stats") as reply:
            assert json.load(reply)["client"]["came back before Retry-After"] == 0


def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    with chaos("--tls") as url, client(url, tmp_path, FakeClock()) as tmdb:
        answer = tmdb.fetch([details("tv", 9001)]).popitem()[1]

    assert isinstance(answer, TmdbOfflineError)
    assert "certificate" in str(answer)
