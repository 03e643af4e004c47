"""Send one request to TMDB and take in what comes back, within bounds. The only holder of the key.

In: a path and parameters. Out: status, Retry-After and at most 8 MiB of body, or a TmdbError that
names neither address nor key. No redirect is followed, certificates are always verified, and the
key goes out as a header; an address holds it only where TMDB knows no other way (a v3 key, to TMDB
itself), and what would log that address is silenced.
"""

from __future__ import annotations

import logging
import re
import socket
import ssl
import zlib
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from anivault.services.secrets import Secret
from anivault.shared.errors import ConfigError, TmdbAnswerError, TmdbOfflineError, TmdbUnreachableError

if TYPE_CHECKING:
    import httpx2

TMDB = "https://api.themoviedb.org/3"
TMDB_IMAGES = "https://image.tmdb.org/t/p"
BODY_CAP = 8 * 2**20  # bytes, after decompression
CONNECT_SECONDS = 5.0
CONNECTIONS = 4
log = logging.getLogger("anivault.tmdb")


class Reply(msgspec.Struct, frozen=True):
    """What came back. `retry_after` is the header as it stands."""

    status: int
    retry_after: str | None
    body: bytes


class Wire:
    """The connections to one base address. Use it in one event loop, and close it there.

    Without a key it is one to pictures, which need none.
    """

    def __init__(self, key: Secret | None, url: str = TMDB) -> None:
        self._key, self._url = key, base_address(url) if key else image_address(url)
        self._http: httpx2.AsyncClient | None = None

    async def send(self, path: str, params: Sequence[tuple[str, str]]) -> Reply:
        """GET `path`. Raises TmdbUnreachableError or TmdbAnswerError; sets no time limit."""
        import httpx2

        headers, extra = self._credentials()
        try:
            async with self._connections().stream(
                "GET", f"{self._url}/{path}", params=[*params, *extra], headers=headers
            ) as reply:
                log.debug("%s %s", reply.status_code, path)
                return Reply(reply.status_code, reply.headers.get("retry-after"), await _body(reply))
        except httpx2.ConnectError as error:
            raise TmdbOfflineError(_why_no_connection(error)) from None
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise TmdbUnreachableError(f"the connection broke ({type(error).__name__})") from None

    async def close(self) -> None:
        """Close the connections."""
        if self._http:
            await self._http.aclose()

    def _connections(self) -> httpx2.AsyncClient:
        import httpx2

        if self._http is None:
            for name in ("httpx2", "httpcore2"):  # they log addresses, and a v3 key stands in those
                logging.getLogger(name).setLevel(logging.WARNING)
            self._http = httpx2.AsyncClient(
                timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
                limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
                headers={
                    "Accept": "application/json" if self._key else "image/*",
                    "Accept-Encoding": "gzip",
                    "User-Agent": "anivault",
                },
                follow_redirects=False,
            )
        return self._http

    def _credentials(self) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Return the headers and parameters that carry the key."""
        if self._key is None:
            return {}, []
        key = self._key.reveal()
        if self._url == TMDB and re.fullmatch("[0-9a-f]{32}", key):
            return {}, [("api_key", key)]
        return {"Authorization": f"Bearer {key}"}, []


def base_address(url: str) -> str:
    """Check and complete a base address: https, or http to this very machine, with /3 at its end."""
    return _checked(url, "ANIVAULT_TMDB_URL", "the key would cross the network unprotected: use https", "/3")


def image_address(url: str) -> str:
    """Check and complete the address of the image host, by the same rules, with /t/p at its end."""
    return _checked(
        url, "ANIVAULT_TMDB_IMAGES", "anyone on the way could change what comes: use https", "/t/p"
    )


def _checked(url: str, setting: str, unsafe: str, path: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ConfigError(setting, "it is no plain address") from error
    if "@" in parts.netloc or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(setting, "it is no plain address")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
        raise ConfigError(setting, unsafe)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or path}"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _body(reply: httpx2.Response) -> bytes:
    """Read a body and undo its compression, in bounded memory: a few KiB can expand to gigabytes."""
    coding = reply.headers.get("content-encoding", "identity").lower()
    if coding not in ("gzip", "identity"):
        raise TmdbAnswerError(f"it is packed as {coding[:20]!r}")
    unpacker = zlib.decompressobj(wbits=31) if coding == "gzip" else None
    body = bytearray()
    async for chunk in reply.aiter_raw():
        try:
            body += unpacker.decompress(chunk, BODY_CAP + 1 - len(body)) if unpacker else chunk
        except zlib.error:
            raise TmdbAnswerError("its compression is broken") from None
        if len(body) > BODY_CAP:
            raise TmdbAnswerError("it is larger than 8 MiB")
    if unpacker and not unpacker.eof:
        raise TmdbAnswerError("its compression is broken")
    return bytes(body)


def _why_no_connection(error: BaseException) -> str:
    kinds = {type(cause) for cause in _causes(error)}
    if any(issubclass(kind, ssl.SSLError) for kind in kinds):
        return "its certificate is not trusted"
    if any(issubclass(kind, socket.gaierror) for kind in kinds):
        return "its name is not found (is there a network?)"
    return "no connection can be made (is there a network?)"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it, groups opened."""
    while error is not None:
        yield error
        for inner in getattr(error, "exceptions", ()):
            yield from _causes(inner)
        error = error.__cause__ or error.__context__
