"""Serve the page: one address, one process, until Ctrl-C. Slow and idle connections are closed."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from anivault.shared.errors import AddressError
from anivault.shared.work.cores import step_back
from anivault.web.house import House

CONNECTIONS = 256
HEAD_BYTES = 16 * 1024
HEAD_SECONDS = 10.0  # until a request's head is there
KEPT = 15  # seconds that an idle connection is kept
LAST = 3  # seconds for open answers once the page is stopped


class _AtOnce:
    """Sends what is written in one go as one piece: the head of an answer with its body.

    Each piece wakes up whoever reads, and the system works for it: half of what a ready answer costs.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._waiting: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Keep it until the loop comes round."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        """Send what is kept, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._transport.write(data)


class Patient(H11Protocol):
    """Waits for the head of a first request for so long, and no longer; uvicorn itself waits for ever."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        whole: Any = _AtOnce(transport, self.loop)
        super().connection_made(whole)
        self._late = self.loop.call_later(HEAD_SECONDS, self._close)

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a head is whole; wait again for the one behind it."""
        super().data_received(data)
        if self._late and self.scope is not None and (self.cycle is None or not self.cycle.response_complete):
            self._late.cancel()
            self._late = None
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self._close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is left to wait for."""
        if self._late:
            self._late.cancel()
        super().connection_lost(exc)

    def _close(self) -> None:
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy and self.transport:
            self.transport.close()


class _Server(uvicorn.Server):
    """Ends by itself at Ctrl-C: that is how a page is meant to end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen for SIGINT and SIGTERM as long as it serves."""
        before = {n: signal.signal(n, self.handle_exit) for n in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def run(house: House, host: str, port: int, tell: Callable[[str, int], None]) -> None:
    """Serve until somebody stops it; `tell` gets the address once it is open. Raises AddressError."""
    from anivault.web.app import app

    step_back()
    with _listening(host, port) as opened:
        tell(host, int(opened.getsockname()[1]))
        config = uvicorn.Config(
            app(house), http=Patient, ws="none", loop="asyncio", log_config=None, access_log=False,
            server_header=False, proxy_headers=False, timeout_keep_alive=KEPT, limit_concurrency=CONNECTIONS,
            h11_max_incomplete_event_size=HEAD_BYTES, timeout_graceful_shutdown=LAST,
        )  # fmt: skip
        _Server(config).run(sockets=[opened])


def _listening(host: str, port: int) -> socket.socket:
    try:
        found: Any = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        opened = socket.socket(found[0], found[1])
    except OSError as error:
        raise AddressError(host, port, error) from error
    except UnicodeError as error:  # a part of it is too long, or no text
        no_name = OSError(errno.EINVAL, "no host has such a name")
        raise AddressError(host, port, no_name) from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(found[4])
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise AddressError(host, port, error) from error
    return opened
