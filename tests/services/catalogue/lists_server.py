"""A loopback server that publishes lists, and answers as a test says."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Reply(NamedTuple):
    """One answer; `cut` ends the connection after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    cut: int | None = None
    late: float = 0.0


class ListServer:
    """Answers each path with its replies, the last one for ever; a list's etag is answered with 304."""

    def __init__(self, lists: Mapping[str, Reply | list[Reply]]) -> None:
        self.replies = {path: r if isinstance(r, list) else [r] for path, r in lists.items()}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of each request for `path`."""
        return [headers for seen, headers in self.seen if seen == path]

    def _reply(self, path: str, headers: dict[str, str]) -> Reply:
        self.seen.append((path, headers))
        left = self.replies.get(path, [Reply(404)])
        reply = left.pop(0) if len(left) > 1 else left[0]
        known = reply.headers.get("ETag")
        return Reply(304) if known and headers.get("if-none-match") == known else reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): text for name, text in self.headers.items()}
                reply = server._reply(self.path, headers)
                time.sleep(reply.late)
                self.send_response(reply.status)
                for name, text in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut])
                self.close_connection = reply.cut is not None

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
