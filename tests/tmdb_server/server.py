"""An HTTP server on the loopback interface that answers as TMDB does.

`Server` keeps what it was asked, and can be told to answer the next requests with something else.
By hand: `python -m tests.tmdb_server --help`.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from .answers import TmdbError, answer
from .facts import Facts


@dataclass(frozen=True)
class Reply:
    """An answer to give instead of the right one."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds


@dataclass(frozen=True)
class Request:
    """One request as it came in; `target` is the path with its query."""

    at: float
    port: int  # of the client's end: one a connection
    target: str
    headers: dict[str, str]


class Server:
    """TMDB on a port of its own, until the block ends."""

    def __init__(self, facts: Facts, *, port: int = 0, key: str = "", latency: float = 0.0) -> None:
        self.facts, self.key, self.latency = facts, key, latency
        self.requests: list[Request] = []
        self.instead: deque[Reply] = deque()  # for the next requests, in order
        self.always: Reply | None = None  # for every request
        self.images: dict[str, Reply] = {}  # by name, below any size
        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._http.daemon_threads = True
        self._http.tmdb = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base address for the client."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/3"

    @property
    def image_url(self) -> str:
        """The address of the image host."""
        return f"{self.url.removesuffix('/3')}/t/p"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def paths(self) -> list[str]:
        """The paths asked for so far, without their queries."""
        return [urlsplit(request.target).path for request in self.requests]

    def busiest_second(self) -> int:
        """The most requests that came in any one second."""
        times = sorted(request.at for request in self.requests)
        most = first = 0
        for last, at in enumerate(times):
            while at - times[first] >= 1:
                first += 1
            most = max(most, last - first + 1)
        return most

    def reply(self, target: str, headers: dict[str, str]) -> Reply:
        """Decide what to answer."""
        if special := self.instead.popleft() if self.instead else self.always:
            return special
        parts = urlsplit(target)
        if parts.path.startswith("/t/p/"):
            return self.images.get(parts.path.rpartition("/")[2], Reply(404, b"<h1>File not Found</h1>"))
        params = dict(parse_qsl(parts.query))
        try:
            self._check(params.pop("api_key", "") or headers.get("authorization", "").removeprefix("Bearer "))
            return Reply(200, json.dumps(answer(self.facts, parts.path, params), ensure_ascii=False).encode())
        except TmdbError as error:
            return Reply(error.status, json.dumps(error.body).encode())

    def _check(self, key: str) -> None:
        if not key or self.key not in ("", key):
            raise TmdbError(7)


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 and keeps connections, as TMDB's front does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Note the request and answer it in one write."""
        server: Server = self.server.tmdb  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.path == "/__stats":
            counts = {"requests": len(server.requests), "busiest_second": server.busiest_second()}
            self._send(Reply(200, json.dumps(counts).encode()), packed=False)
            return
        server.requests.append(Request(time.time(), self.client_address[1], self.path, headers))
        reply = server.reply(self.path, headers)
        time.sleep(server.latency + reply.delay)
        self._send(reply, packed="gzip" in headers.get("accept-encoding", "") and not reply.headers)

    def do_POST(self) -> None:
        """TMDB has nothing that an organizer would post."""
        self.close_connection = True
        error = TmdbError(42)
        self._send(Reply(error.status, json.dumps(error.body).encode()), packed=False)

    def _send(self, reply: Reply, *, packed: bool) -> None:
        body = gzip.compress(reply.body, 1) if packed else reply.body
        headers = {"Content-Type": "application/json;charset=utf-8", "Content-Length": str(len(body))}
        headers |= {"Content-Encoding": "gzip"} if packed else {}
        self.close_connection |= reply.headers.get("Connection") == "close"
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{k}: {v}" for k, v in (headers | reply.headers).items())]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the requests are kept."""
