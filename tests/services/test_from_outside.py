"""What comes over HTTP is taken in within bounds: only safe addresses, limited bodies, reasons in words."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from anivault.services.web import BodyError, body_of, checked_address, is_safe, why_no_connection
from anivault.shared.errors import ConfigError

CAP = 2**20


class Reply:
    """What body_of reads of an answer."""

    def __init__(self, body: bytes, coding: str | None = None, piece: int = 4096) -> None:
        self.headers = {"content-encoding": coding} if coding else {}
        self._body, self._piece = body, piece
        self.read = 0

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self._body), self._piece):
            chunk = self._body[at : at + self._piece]
            self.read += len(chunk)
            yield chunk


def read(reply: Any, cap: int = CAP) -> bytes:
    return asyncio.run(body_of(reply, cap))


@pytest.mark.parametrize("coding", [None, "identity", "gzip", "GZIP"])
def test_a_body_is_what_was_sent(coding: str | None) -> None:
    text = b"a list of shows " * 1000
    sent = gzip.compress(text) if coding and coding.lower() == "gzip" else text

    assert read(Reply(sent, coding)) == text


@pytest.mark.parametrize("coding", [None, "gzip"])
def test_a_body_of_just_the_bound_is_taken_and_one_byte_more_is_not(coding: str | None) -> None:
    pack = gzip.compress if coding else bytes

    assert len(read(Reply(pack(b"x" * CAP), coding))) == CAP
    with pytest.raises(BodyError, match="is larger than 1 MiB"):
        read(Reply(pack(b"x" * (CAP + 1)), coding))


def test_what_expands_to_gigabytes_takes_no_more_memory_than_the_bound() -> None:
    sent = gzip.compress(bytes(64 * CAP), 9)
    tracemalloc.start()
    with pytest.raises(BodyError, match="is larger than"):
        read(Reply(sent, "gzip", piece=len(sent)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 8 * CAP


def test_what_is_too_large_is_not_read_to_its_end() -> None:
    reply = Reply(bytes(64 * CAP))

    with pytest.raises(BodyError, match="is larger than"):
        read(reply)
    assert reply.read <= CAP + 4096


@pytest.mark.parametrize(
    "sent",
    [b"not gzip at all", gzip.compress(b"whole" * 500)[:-5], gzip.compress(b"whole" * 500)[:20], b""],
    ids=["other bytes", "no end", "torn", "nothing"],
)
def test_a_broken_compression_is_no_body(sent: bytes) -> None:
    with pytest.raises(BodyError, match="broken compression"):
        read(Reply(sent, "gzip"))


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "deflate"])
def test_a_packing_that_nobody_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(BodyError, match="is packed as"):
        read(Reply(b"x", coding))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.org", "https://example.org/lists"),
        ("https://example.org/", "https://example.org/lists"),
        ("https://example.org/other/", "https://example.org/other"),
        ("http://localhost:8096", "http://localhost:8096/lists"),
        ("http://127.0.0.5:1/a", "http://127.0.0.5:1/a"),
        ("http://[::1]:1/a", "http://[::1]:1/a"),
    ],
)
def test_an_address_is_https_or_this_machine_and_has_no_slash_at_its_end(url: str, address: str) -> None:
    assert checked_address(url, "catalog.mirror", "use https", "/lists") == address


@pytest.mark.parametrize(
    "url",
    [
        "https://user:word@example.org",
        "https://example.org/?q=1",
        "https://example.org/#top",
        "https://",
        "example.org",
        "https://[::1",
        "https://example.org:99999",
        "https://example.org:port",
        "https://example.org:0",
        "https://exam\x00ple.org",
        "https://example.org/\udcff",
        "https://:8096",
        "",
    ],
)
def test_an_address_with_more_or_less_in_it_is_refused_by_its_setting(url: str) -> None:
    with pytest.raises(ConfigError, match=r"catalog\.mirror.*it is not a plain address"):
        checked_address(url, "catalog.mirror", "use https")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://192.168.1.2:8096",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "ftp://localhost",
        "file://localhost/etc",
    ],
)
def test_what_somebody_on_the_way_could_change_is_refused_with_the_reason(url: str) -> None:
    assert not is_safe(url)
    with pytest.raises(ConfigError, match="use https"):
        checked_address(url, "catalog.mirror", "use https")


def caused(cause: BaseException) -> Exception:
    """A failure of a client that hides its reason two levels down, in a group."""
    outer = RuntimeError("could not connect")
    outer.__cause__ = ExceptionGroup("attempts", [OSError("first"), ValueError("second")])
    outer.__cause__.exceptions[1].__context__ = cause
    return outer


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (ssl.SSLCertVerificationError("self-signed"), "its certificate is not trusted"),
        (socket.gaierror(-2, "Name or service not known"), "its name is not found (is there a network?)"),
        (ConnectionRefusedError(111, "refused"), "no connection can be made (is there a network?)"),
    ],
)
def test_why_there_is_no_connection_is_said_in_words(cause: BaseException, told: str) -> None:
    assert why_no_connection(cause) == told
    assert why_no_connection(caused(cause)) == told
