"""What tests of the client need beside the server: a clock that does not wait, and a client at hand."""

from __future__ import annotations

import asyncio
from pathlib import Path

from anivault.services.secrets import Secret
from anivault.services.tmdb.cache import Cache
from anivault.services.tmdb.limiter import Clock, Limiter
from anivault.services.tmdb.wire import Wire
from anivault.services.tmdb_client import TmdbClient

from .facts import SMALL, Facts, read

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


def client(url: str, folder: Path, clock: Clock | None = None, *, key: str | None = CANARY) -> TmdbClient:
    """Return the client that users run, with its cache and budget in `folder`."""
    clock = clock or FakeClock()
    folder.mkdir(exist_ok=True)
    wire = Wire(Secret(key), url) if key else None
    limiter = Limiter(folder, clock, jitter=lambda: 0.5)
    return TmdbClient(wire, Cache(folder, now=clock.now), limiter, jitter=lambda: 0.5)
