"""Whatever stands where the address of TMDB should: a refused setting, an answer, or one error."""

from __future__ import annotations

import asyncio

import pytest

from anivault.services.secrets import Secret
from anivault.services.tmdb.wire import Reply, Wire, base_address, image_address
from anivault.shared.errors import ConfigError, TmdbAnswerError, TmdbOfflineError, TmdbUnreachableError
from tests.tmdb_server.bench import CANARY, small
from tests.tmdb_server.server import Reply as Answer
from tests.tmdb_server.server import Server


def sent(url: str, key: str | None = CANARY, path: str = "configuration") -> Reply:
    async def ask() -> Reply:
        wire = Wire(Secret(key) if key else None, url)
        try:
            return await wire.send(path, (("language", "de"),))
        finally:
            await wire.close()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "url",
    ["https://[v1.x]", "https://\u2024", "https://１２７.0.0.1", "https://a..b", f"https://{'a' * 300}"],
)
@pytest.mark.parametrize("key", [CANARY, None])
def test_an_address_that_nobody_can_have_is_as_one_that_cannot_be_reached(url: str, key: str | None) -> None:
    with pytest.raises(TmdbOfflineError):
        sent(url, key)


@pytest.mark.parametrize("check", [base_address, image_address])
@pytest.mark.parametrize(
    "url", ["https://h:99999", "https://h:x", "https://h/\udcff", "https://u:p@h", "http://h", "h", ""]
)
def test_a_setting_that_is_no_address_is_refused(check: type, url: str) -> None:
    with pytest.raises(ConfigError):
        check(url)


@pytest.mark.parametrize(
    ("check", "whole"),
    [(base_address, "https://tmdb.example/3"), (image_address, "https://tmdb.example/t/p")],
)
def test_an_address_without_a_path_gets_tmdbs_own(check: type, whole: str) -> None:
    assert check("https://tmdb.example/") == whole
    assert check(whole) == whole


@pytest.mark.parametrize("status", [200, 301, 401, 404, 429, 500])
def test_what_came_is_handed_on_as_it_is(status: int) -> None:
    with Server(small(), key=CANARY) as server:
        server.always = Answer(status, b"body", {"Retry-After": "7", "Location": "https://example.org/"})
        reply = sent(server.url)

    assert (reply.status, reply.retry_after, reply.body) == (status, "7", b"body")
    assert len(server.requests) == 1  # and no redirect is followed


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(200, b"x" * 9 * 2**20), TmdbAnswerError),
        (Answer(200, b"x", {"Content-Encoding": "br"}), TmdbAnswerError),
        (Answer(200, b"x", {"Content-Encoding": "gzip"}), TmdbAnswerError),
        (Answer(200, b"x", {"Content-Length": "99", "Connection": "close"}), TmdbUnreachableError),
    ],
    ids=["too large", "another packing", "broken packing", "cut"],
)
def test_a_body_that_cannot_be_used_is_an_error_of_tmdbs(answer: Answer, error: type[Exception]) -> None:
    with Server(small(), key=CANARY) as server:
        server.always = answer
        with pytest.raises(error) as raised:
            sent(server.url)

    assert CANARY not in str(raised.value)
    assert server.url not in str(raised.value)


def test_the_key_goes_out_in_a_header_and_to_pictures_not_at_all() -> None:
    with Server(small(), key=CANARY) as server:
        sent(server.url)
        sent(server.image_url, None)
    with_key, without = server.requests

    assert with_key.headers["authorization"] == f"Bearer {CANARY}"
    assert with_key.target == "/3/configuration?language=de"
    assert "authorization" not in without.headers
    assert (with_key.headers["accept"], without.headers["accept"]) == ("application/json", "image/*")


def test_a_short_key_stands_in_the_address_of_tmdb_alone() -> None:
    short = "0123456789abcdef0123456789abcdef"
    with Server(small(), key=short) as server:
        sent(server.url, short)

    assert short not in server.requests[0].target
    assert Wire(Secret(short))._credentials() == ({}, [("api_key", short)])
