"""What tests of the client need beside the server: a clock that does not wait, and a client at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anivault.services.secrets import Secret
from anivault.services.tmdb.cache import Cache
from anivault.services.tmdb.limiter import Clock, Limiter
from anivault.services.tmdb.wire import Wire
from anivault.services.tmdb_client import TmdbClient

from .facts import SMALL, Facts, read
from .server import Reply, Server

CANARY = "canary.0123456789abcdef"
START = 1_750_000_000.0


class FakeClock:
    """Time that passes only in sleep. `slept` are the waits."""

    def __init__(self) -> None:
        self.time = START
        self.slept: list[float] = []

    def now(self) -> float:
        """Return the time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let time pass without waiting."""
        self.time += seconds
        if seconds:
            self.slept.append(seconds)
        await asyncio.sleep(0)


def small() -> Facts:
    """The small set of facts."""
    return Facts(read(SMALL))


@contextmanager
def with_poster(show: int, image: bytes, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """TMDB, with one show that has a poster; a key for it; and its answers kept in `cache`."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    with Server(small(), key=CANARY) as server:
        server.facts.by_id["tv", show]["poster_path"] = "/show.jpg"
        server.images = {"show.jpg": Reply(body=image)}
        monkeypatch.setenv("ANIVAULT_TMDB_URL", server.url)
        monkeypatch.setenv("ANIVAULT_TMDB_IMAGES", server.image_url)
        monkeypatch.setenv("ANIVAULT_TMDB_KEY", CANARY)
        yield server


def client(url: str, folder: Path, clock: Clock | None = None, *, key: str | None = CANARY) -> TmdbClient:
    """Return the client that users run, with its cache and budget in `folder`."""
    clock = clock or FakeClock()
    folder.mkdir(exist_ok=True)
    wire = Wire(Secret(key), url) if key else None
    limiter = Limiter(folder, clock, jitter=lambda: 0.5)
    return TmdbClient(wire, Cache(folder, now=clock.now), limiter, jitter=lambda: 0.5)
