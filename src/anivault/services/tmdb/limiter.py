"""Decide when TMDB may be asked. One budget for all processes of the user, in a small locked file.

In: the wish to ask, and what became of each request. Out: seconds to wait, and the phase.
`State` is the pure machine, driven with the time it is told; `Limiter` keeps it in a file that
every process locks, changes and writes back. docs/development/tmdb-rate-limiting-architecture.md
draws it.
"""

from __future__ import annotations

import asyncio
import functools
import os
import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from anivault.services.tmdb.cache import private

if TYPE_CHECKING:
    from filelock import FileLock

RATE = 35.0  # requests a second
BURST = 35.0
SLOW_RATE = 10.0  # the same while throttled
SECOND_CAP = 40  # requests in any one second; with four more in flight from each of two processes: 48
IN_FLIGHT = 4  # requests at once, in each process
CALM = 20  # successes in a row that end the throttle
PAUSE_CAP = 60.0  # no pause is longer, whatever Retry-After says
ABSURD = 86_400.0  # a Retry-After above a day is garbage, not a wish
WINDOW, STEP = 300.0, 10.0  # the breaker looks back this far, in steps this long
BREAK_AT, BREAK_MIN = 0.6, 10  # share of failures, and requests that make a share
PROBE_FIRST, PROBE_CAP = 2.0, 300.0  # the breaker's first and longest pause
PROBE_FORGOTTEN = 30.0  # a probe whose process died is not waited for longer than this
PROBE_POLL = 0.25
LOCK_PATIENCE = 5.0  # a process that was stopped while it held the lock stops no other

T = TypeVar("T")


class Clock(Protocol):
    """Time as the limiter and its users see it. Tests have one of their own."""

    def now(self) -> float:
        """Return seconds since the epoch: processes compare them."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The real one."""

    def now(self) -> float:
        """Return the wall clock's time."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait in the running event loop."""
        await asyncio.sleep(seconds)


class Phase(StrEnum):
    """How TMDB is treated at the moment."""

    NORMAL = "normal"
    THROTTLE = "throttle"  # after trouble: fewer requests until they go well again
    SLEEP_THEN_RESUME = "sleep-then-resume"  # TMDB said "too many": nobody asks until then
    CACHE_ONLY = "cache-only"  # TMDB is down: one probe at a time finds out when it is back


class Step(msgspec.Struct):
    """How the requests of one stretch of `STEP` seconds went."""

    start: float
    good: int = 0
    bad: int = 0


class State(msgspec.Struct):
    """The machine. Every method is told the time and changes nothing but the state itself."""

    phase: Phase = Phase.NORMAL
    tokens: float = BURST
    filled: float = 0.0  # when `tokens` was right
    recent: list[float] = []  # when requests of the last second went out
    until: float = 0.0  # end of the sleep, or time of the next probe
    since: float = 0.0  # when the sleep began: what was sent earlier does not count again
    strikes: int = 0  # offences or failed probes in a row; pauses double with them
    calm: int = 0  # successes in a row while throttled
    probe: float = 0.0  # when the probe that is out was sent; 0 when none is
    steps: list[Step] = []

    def admit(self, now: float) -> float:
        """Return 0 and take a token when a request may go out now, else the seconds to wait first."""
        self.until = min(self.until, now + PROBE_CAP)  # the wall clock may have been set back
        if wait := self._blocked(now) or self._empty(now):
            return wait
        self.tokens -= 1
        self.recent.append(now)
        if self.phase is Phase.CACHE_ONLY:
            self.probe = now
        return 0.0

    def pause(self, now: float) -> float:
        """Return the seconds that sleep or breaker still forbid."""
        paused = self.phase in (Phase.SLEEP_THEN_RESUME, Phase.CACHE_ONLY)
        return max(0.0, self.until - now) if paused else 0.0

    def _blocked(self, now: float) -> float:
        """Return the seconds that sleep or breaker forbid; a sleep that is over becomes a throttle."""
        if self.phase is Phase.SLEEP_THEN_RESUME and now >= self.until:
            self.phase, self.calm = Phase.THROTTLE, 0
        probing = self.probe and now < self.probe + PROBE_FORGOTTEN
        return PROBE_POLL if probing else self.pause(now)

    def _empty(self, now: float) -> float:
        """Refill the bucket and return the seconds until it and the last second have room."""
        rate = RATE if self.phase is Phase.NORMAL else SLOW_RATE
        self.tokens = min(BURST, self.tokens + max(0.0, now - self.filled) * rate)
        self.filled = now
        self.recent = [at for at in self.recent if now - 1 < at <= now]
        crowded = self.recent[-SECOND_CAP] + 1 - now if len(self.recent) >= SECOND_CAP else 0.0
        return max(0.0, (1 - self.tokens) / rate, crowded)

    def succeeded(self, now: float, sent: float) -> None:
        """Note an answer to a request of `sent`. A probe's closes the breaker; a few end the throttle."""
        self._count(now, good=1)
        if self.phase is Phase.CACHE_ONLY and self._is_probe(sent):
            self.probe, self.calm, self.steps = 0.0, 0, []
            self.phase = Phase.THROTTLE if now >= self.until else Phase.SLEEP_THEN_RESUME
        if self.phase is Phase.THROTTLE:
            self.strikes, self.calm = 0, self.calm + 1
            if self.calm >= CALM:
                self.phase = Phase.NORMAL

    def failed(self, now: float, sent: float, jitter: float) -> None:
        """Note a failure of TMDB or the way to it. Enough open the breaker; a failed probe holds it open."""
        self._count(now, bad=1)
        self.calm = 0
        if self.phase is Phase.CACHE_ONLY:
            if self._is_probe(sent):
                self._break(now, jitter)
        elif self._broken():
            self.strikes = 0
            self._break(now, jitter)

    def limited(self, now: float, sent: float, wish: float | None, jitter: float) -> None:
        """Note a 429, or a 503 that names a pause. `wish` is its Retry-After, None where that has no use.

        Several requests that were out together are one offence; the longest of their wishes counts.
        """
        if self.phase is Phase.CACHE_ONLY:
            if self._is_probe(sent):
                self._break(now, jitter)
            self.until = max(self.until, now + min(wish or 0.0, PAUSE_CAP))
            return
        asleep = self.phase is Phase.SLEEP_THEN_RESUME
        if not (asleep or sent < self.since):
            self.strikes, self.until = min(self.strikes + 1, 16), now
        pause = backoff(self.strikes, jitter) if wish is None else max(wish, 1.0) + jitter * 0.25
        self.until = max(self.until, now + min(pause, PAUSE_CAP))
        self.phase, self.since, self.calm = Phase.SLEEP_THEN_RESUME, now, 0
        self.tokens = min(self.tokens, 1.0)  # the way back begins slowly

    def _break(self, now: float, jitter: float) -> None:
        pause = min(PROBE_CAP, PROBE_FIRST * 2**self.strikes)
        self.strikes = min(self.strikes + 1, 16)
        self.until = max(self.until, now + pause * (0.75 + 0.25 * jitter))  # never before a Retry-After
        self.phase, self.probe = Phase.CACHE_ONLY, 0.0

    def _is_probe(self, sent: float) -> bool:
        return 0.0 < self.probe <= sent

    def _count(self, now: float, *, good: int = 0, bad: int = 0) -> None:
        self.steps = [step for step in self.steps if now - WINDOW < step.start <= now]
        if not self.steps or now >= self.steps[-1].start + STEP:
            self.steps.append(Step(now))
        self.steps[-1].good += good
        self.steps[-1].bad += bad

    def _broken(self) -> bool:
        bad = sum(step.bad for step in self.steps)
        total = bad + sum(step.good for step in self.steps)
        return total >= BREAK_MIN and bad >= BREAK_AT * total


def backoff(strikes: int, jitter: float) -> float:
    """Return a pause after a 429 that names none: doubling, full jitter above a floor of one second."""
    return 1.0 + jitter * min(PAUSE_CAP - 1, 2.0**strikes - 1)


def retry_after(header: str | None, now: float) -> float | None:
    """Read Retry-After, whole seconds or an HTTP date: None when absent or garbage, 0 for a past date."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text) if len(text) <= 6 else ABSURD + 1
    else:
        try:
            seconds = max(0.0, parsedate_to_datetime(text).timestamp() - now)
        except (ValueError, OverflowError):
            return None
    return seconds if seconds <= ABSURD else None


class Limiter:
    """The machine in a file. Where the file cannot be used, this process keeps a machine of its own."""

    def __init__(
        self, folder: Path | None, clock: Clock | None = None, jitter: Callable[[], float] = random.random
    ) -> None:
        self.clock = clock or SystemClock()
        self._jitter = jitter
        self._state = State()
        self._file = folder / "tmdb-limits.json" if folder else None

    def phase(self) -> Phase:
        """Tell how TMDB is treated at the moment."""
        return self._change(lambda state, _: state.phase)

    def pause(self) -> float:
        """Return the seconds that sleep or breaker still forbid."""
        return self._change(lambda state, now: state.pause(now))

    def admit(self) -> float:
        """Return 0 when a request may go out now (it is counted), else the seconds to wait first."""
        return self._change(lambda state, now: state.admit(now))

    def succeeded(self, sent: float) -> None:
        """Note that a request which went out at `sent` was answered."""
        self._change(lambda state, now: state.succeeded(now, sent))

    def failed(self, sent: float) -> None:
        """Note that it got no answer, or one that tells of a fault."""
        self._change(lambda state, now: state.failed(now, sent, self._jitter()))

    def limited(self, sent: float, header: str | None) -> None:
        """Note that TMDB asked for a pause; `header` is its Retry-After."""
        self._change(lambda state, now: state.limited(now, sent, retry_after(header, now), self._jitter()))

    def _change(self, step: Callable[[State, float], T]) -> T:
        """Apply `step` to the newest state while no other process can, and leave the result in the file."""
        if self._file is None:
            return step(self._state, self.clock.now())
        try:
            with self._lock, open(self._file, "r+b", buffering=0, opener=_made) as stream:
                kept = stream.read()
                self._state = _read(kept, self.clock.now())
                result = step(self._state, self.clock.now())
                stream.seek(0)
                stream.write(msgspec.json.encode(self._state).ljust(len(kept)))  # cutting it costs 2 ms
                return result
        except OSError:  # no folder, no space, no lock to be had: pace at least this process
            self._file = None
            return step(self._state, self.clock.now())

    @functools.cached_property
    def _lock(self) -> FileLock:
        from filelock import FileLock

        assert self._file is not None
        return FileLock(
            self._file.with_suffix(".lock"), timeout=LOCK_PATIENCE, mode=0o600, poll_interval=0.002
        )


def _read(kept: bytes, now: float) -> State:
    """Return the kept state: a full bucket if nothing is kept, an empty one if it is damaged."""
    try:
        return msgspec.json.decode(kept, type=State) if kept else State()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return State(tokens=0.0, filled=now)


def _made(path: str, flags: int) -> int:
    return private(path, flags | os.O_CREAT)
