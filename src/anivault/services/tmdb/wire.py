"""Send one request to TMDB and take in what comes back, within bounds. The only holder of the key.

In: a path and parameters. Out: status, Retry-After and at most 8 MiB of body, or a TmdbError that
names neither address nor key. No redirect is followed, certificates are always verified, and the
key goes out as a header; an address holds it only where TMDB knows no other way (a v3 key, to TMDB
itself), and what would log that address is silenced.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from anivault.services.secrets import Secret
from anivault.services.web import CONNECT_SECONDS, BodyError, body_of, checked_address, why_no_connection
from anivault.shared.errors import TmdbAnswerError, TmdbOfflineError, TmdbUnreachableError

if TYPE_CHECKING:
    import httpx2

TMDB = "https://api.themoviedb.org/3"
TMDB_IMAGES = "https://image.tmdb.org/t/p"
BODY_CAP = 8 * 2**20  # bytes, after decompression
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
                body = await body_of(reply, BODY_CAP)
                return Reply(reply.status_code, reply.headers.get("retry-after"), body)
        except BodyError as error:
            raise TmdbAnswerError(f"it {error}") from None
        except (httpx2.InvalidURL, UnicodeError):
            raise TmdbOfflineError("its address is not one") from None
        except httpx2.ConnectError as error:
            raise TmdbOfflineError(why_no_connection(error)) from None
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
    return checked_address(
        url, "ANIVAULT_TMDB_URL", "the key would cross the network unprotected: use https", "/3"
    )


def image_address(url: str) -> str:
    """Check and complete the address of the image host, by the same rules, with /t/p at its end."""
    return checked_address(
        url, "ANIVAULT_TMDB_IMAGES", "anyone on the way could change what comes: use https", "/t/p"
    )
