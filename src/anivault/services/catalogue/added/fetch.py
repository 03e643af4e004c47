"""Get one list from where it is published, within bounds. Touches the network.

In: an address, and what an earlier answer said of itself. Out: the list as it came, or that it is the same
still, or a FetchError. Only https (or this machine) is asked; an answer may send on to the same host or to
those that are named for the list, five times at most. A try takes two minutes at most; faults of a moment
are tried three times.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import msgspec

from anivault import __version__
from anivault.services.catalogue.added.published import Asked
from anivault.services.tmdb.limiter import Clock, SystemClock, retry_after
from anivault.services.web import CONNECT_SECONDS, BodyError, body_of, is_safe, why_no_connection

if TYPE_CHECKING:
    import httpx2

TRIES = 3
TRY_SECONDS = 120.0  # from connecting to the last byte
SILENCE = 20.0  # seconds without a byte
BACKOFF, PAUSE_CAP = 1.0, 30.0  # seconds; a longer pause than the second is not waited for
REDIRECTS = 5
OK, NOT_MODIFIED, TOO_MANY, FAULT, UNAVAILABLE = 200, 304, 429, 500, 503
MOVED = frozenset({301, 302, 303, 307, 308})
AGENT = f"anivault/{__version__}"


class FetchError(Exception):
    """A list did not come; the message says why, and goes on from its name.

    `reached`: somebody answered, so that the list counts as asked for.
    """

    def __init__(self, why: str, *, reached: bool = False) -> None:
        super().__init__(why)
        self.reached = reached


class _AgainError(Exception):
    """A fault of a moment: `wait` seconds before the next try, None for what backing off gives."""

    def __init__(self, why: str, wait: float | None = None, *, reached: bool = False) -> None:
        super().__init__(why)
        self.wait, self.reached = wait, reached


class Got(msgspec.Struct, frozen=True):
    """An answer. `body` is None where the list is the same still."""

    body: bytes | None
    asked: Asked


def fetch(
    addresses: Sequence[str],
    *,
    hosts: Sequence[str],
    cap: int,
    before: Asked | None = None,
    clock: Clock | None = None,
    jitter: Callable[[], float] = random.random,
) -> Got:
    """Return the answer of the first address that has one. FetchError when none has."""
    return asyncio.run(_Fetch(hosts, cap, clock or SystemClock(), jitter).first(addresses, before))


class _Fetch:
    """One list: its bounds, and the clock that waits are by."""

    def __init__(self, hosts: Sequence[str], cap: int, clock: Clock, jitter: Callable[[], float]) -> None:
        self._hosts, self._cap, self._clock, self._jitter = hosts, cap, clock, jitter

    async def first(self, addresses: Sequence[str], before: Asked | None) -> Got:
        """Ask one address after the other."""
        import httpx2

        failed: list[FetchError] = []
        timeout = httpx2.Timeout(SILENCE, connect=CONNECT_SECONDS)
        async with httpx2.AsyncClient(timeout=timeout, follow_redirects=False) as http:
            for address in addresses:
                try:
                    return await self._persist(http, address, before)
                except FetchError as error:
                    failed.append(error)
        why = "; ".join(dict.fromkeys(map(str, failed)))
        raise FetchError(why, reached=any(error.reached for error in failed))

    async def _persist(self, http: httpx2.AsyncClient, address: str, before: Asked | None) -> Got:
        """Try until an answer is whole or the tries are used up."""
        known = before if before and before.address == address else None
        fault = _AgainError("gives no answer in time")
        for attempt in range(TRIES):
            if attempt:
                await self._clock.sleep(self._pause(fault, attempt))
            try:
                async with asyncio.timeout(TRY_SECONDS):
                    return await self._try(http, address, known)
            except TimeoutError:
                fault = _AgainError("gives no answer in time")
            except _AgainError as error:
                fault = error
                if (error.wait or 0) > PAUSE_CAP:
                    break
        raise FetchError(str(fault), reached=fault.reached)

    def _pause(self, fault: _AgainError, attempt: int) -> float:
        return fault.wait if fault.wait is not None else self._jitter() * BACKOFF * 2**attempt

    async def _try(self, http: httpx2.AsyncClient, address: str, known: Asked | None) -> Got:
        """Ask once, and go where the answer sends on to."""
        import httpx2

        here = address
        for _ in range(REDIRECTS + 1):
            try:
                async with http.stream("GET", here, headers=_headers(known)) as reply:
                    if reply.status_code not in MOVED:
                        return await self._answer(reply, address, known)
                    here = self._onward(address, here, reply.headers.get("location", ""))
            except BodyError as error:
                raise FetchError(str(error), reached=True) from None
            except httpx2.ConnectError as error:
                raise FetchError(f"cannot be reached: {why_no_connection(error)}") from None
            except httpx2.TimeoutException:
                raise _AgainError("gives no answer in time") from None
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                raise _AgainError(f"broke off ({type(error).__name__})") from None
            except (httpx2.InvalidURL, ValueError) as error:
                raise FetchError(f"is sent on to something that is not an address ({error})") from None
        raise FetchError(f"is sent on more than {REDIRECTS} times")

    async def _answer(self, reply: httpx2.Response, address: str, known: Asked | None) -> Got:
        status, headers = reply.status_code, reply.headers
        if status == NOT_MODIFIED and known:
            return Got(None, msgspec.structs.replace(known, at=self._clock.now()))
        if status in (TOO_MANY, UNAVAILABLE):
            wait = retry_after(headers.get("retry-after"), self._clock.now())
            raise _AgainError(f"asks for a pause (status {status})", wait, reached=True)
        if status >= FAULT:
            raise _AgainError(f"answers with status {status}", reached=True)
        if status != OK:
            raise FetchError(f"answers with status {status}", reached=True)
        if (length := headers.get("content-length", "")).isdigit() and int(length) > self._cap:
            raise FetchError(f"is larger than {self._cap // 2**20} MiB", reached=True)
        body = await body_of(reply, self._cap)
        words = {"etag": _sendable(headers, "etag"), "modified": _sendable(headers, "last-modified")}
        return Got(body, Asked(at=self._clock.now(), address=address, **words))

    def _onward(self, address: str, here: str, location: str) -> str:
        """Return where an answer sends on to. FetchError for a host that the list has nothing to do with."""
        there = urljoin(here, location)
        host = urlsplit(there).hostname
        if not location or not is_safe(there) or host not in (urlsplit(address).hostname, *self._hosts):
            raise FetchError(f"is sent on to {host or 'nowhere'!r}, where it is not published")
        return there


def _sendable(headers: Mapping[str, str], name: str) -> str:
    """A header that can be sent back as it came; else nothing, and the whole list is asked for again."""
    text = headers.get(name, "")
    return text if text.isascii() and text.isprintable() else ""


def _headers(known: Asked | None) -> dict[str, str]:
    """Return what is asked for: only what changed since the last answer."""
    since = {"If-None-Match": known.etag, "If-Modified-Since": known.modified} if known else {}
    return {"User-Agent": AGENT, "Accept-Encoding": "gzip"} | {
        name: text for name, text in since.items() if text
    }
