"""Take in what comes over HTTP, within bounds: plain addresses, limited bodies, reasons in words."""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from anivault.shared.errors import ConfigError

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS = 5.0


class BodyError(Exception):
    """A body cannot be used; the message goes on from "it"."""


def checked_address(url: str, setting: str, unsafe: str, path: str = "") -> str:
    """Return an address without a slash at its end, `path` where it has none: https, or http to this machine.

    ConfigError, which names the setting, for all else; `unsafe` says why plain http will not do.
    """
    if not _has_host(url) or not _is_plain(url):
        raise ConfigError(setting, "it is not a plain address")
    if not is_safe(url):
        raise ConfigError(setting, unsafe)
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or path}"


def _has_host(url: str) -> bool:
    """Whether it names a host, and a port only where there is such a port."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_plain(url: str) -> bool:
    """Whether it is a host with at most a port and a path."""
    parts = urlsplit(url)
    return not ("@" in parts.netloc or parts.query or parts.fragment) and url.isprintable()


def is_safe(url: str) -> bool:
    """Tell whether nobody on the way can change what comes: https, or this very machine."""
    if not _has_host(url):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or ""))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def body_of(reply: httpx2.Response, cap: int) -> bytes:
    """Read a body and undo its compression, in bounded memory: a few KiB can expand to gigabytes."""
    coding = reply.headers.get("content-encoding", "identity").lower()
    if coding not in ("gzip", "identity"):
        raise BodyError(f"is packed as {coding[:20]!r}")
    unpacker = zlib.decompressobj(wbits=31) if coding == "gzip" else None
    body = bytearray()
    async for chunk in reply.aiter_raw():
        try:
            body += unpacker.decompress(chunk, cap + 1 - len(body)) if unpacker else chunk
        except zlib.error:
            raise BodyError("has a broken compression") from None
        if len(body) > cap:
            raise BodyError(f"is larger than {cap // 2**20} MiB")
    if unpacker and not unpacker.eof:
        raise BodyError("has a broken compression")
    return bytes(body)


def why_no_connection(error: BaseException) -> str:
    """Say in words why no connection could be made."""
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
