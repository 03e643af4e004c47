"""The client users run, against a server that answers as TMDB does, and against one that does not."""

from __future__ import annotations

import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from anivault.services.secrets import Secret
from anivault.services.tmdb.cache import DAY
from anivault.services.tmdb.limiter import SystemClock
from anivault.services.tmdb.wire import BODY_CAP, TMDB, Wire, base_address
from anivault.services.tmdb_client import (
    DEADLINE,
    TRIES,
    TmdbClient,
    authentication,
    details,
    episode_group,
    find,
    search,
)
from anivault.shared.errors import (
    ConfigError,
    TmdbAnswerError,
    TmdbError,
    TmdbKeyError,
    TmdbNotFoundError,
    TmdbOfflineError,
    TmdbUnreachableError,
)
from tests.tmdb_server.bench import CANARY, FakeClock, client, small
from tests.tmdb_server.facts import Facts, Row
from tests.tmdb_server.server import Reply, Server

FERRY, VOYAGE, LANTERN, FILM = 9001, 9002, 9003, 9101
HTML = b"<html>Sign in to the hotel network</html>"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(small(), key=CANARY) as server:
        yield server


@pytest.fixture
def tmdb(server: Server, tmp_path: Path) -> Iterator[TmdbClient]:
    with client(server.url, tmp_path) as client_:
        yield client_


# --- what TMDB says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "The Star Ferry",
        "the star FERRY",
        "Hoshi no Ferry",
        "星のフェリー",
        "Die Sternenfähre",
        "Ferry of Stars",
    ],
)
def test_a_show_is_found_by_original_translated_and_alternative_titles(tmdb: TmdbClient, title: str) -> None:
    assert tmdb.get(search("tv", title)).hits[0].id == FERRY


def test_searches_know_years_and_kinds(tmdb: TmdbClient) -> None:
    assert [hit.id for hit in tmdb.get(search("tv", "The Star Ferry", year=1979)).hits] == [9004]
    assert [hit.id for hit in tmdb.get(search("movie", "The Star Ferry", year=2018)).hits] == [FILM]
    assert {hit.media_type for hit in tmdb.get(search("multi", "The Star Ferry")).hits} == {"tv", "movie"}


def test_a_long_result_comes_in_pages(tmp_path: Path) -> None:
    with Server(Facts(tale(n) for n in range(1, 46))) as server, client(server.url, tmp_path) as tmdb:
        pages = [tmdb.get(search("tv", "Collected Tales", page=page)) for page in (1, 2, 3)]

    assert [len(page.hits) for page in pages] == [20, 20, 5]
    assert pages[0].pages == 3
    assert len({hit.id for page in pages for hit in page.hits}) == 45


def tale(number: int) -> Row:
    return {
        "tmdb_id": number,
        "media_type": "tv",
        "original_language": "en",
        "origin_country": ["GB"],
        "original_title": f"Collected Tales {number}",
        "titles": {"en": f"Collected Tales {number}"},
        "alternative_titles": [],
        "first_air_date": "1990-01-01",
        "year": 1990,
        "genre_ids": [],
        "seasons": [],
        "popularity": 1.0,
    }


def test_details_come_with_all_that_is_appended(tmdb: TmdbClient) -> None:
    parts = ("translations", "alternative_titles", "external_ids", "episode_groups", "season/1", "season/9")
    show = tmdb.get(details("tv", FERRY, append=parts))

    assert show.name == "The Star Ferry"
    assert {(n.text, n.language) for n in show.names} >= {
        ("Die Sternenfähre", "de-DE"),
        ("星之渡輪", "zh-TW"),
    }
    assert ("Hoshi no Ferry", "JP", "romaji") in {(n.text, n.country, n.type) for n in show.names}
    assert show.ids == {"imdb": "tt9900001", "tvdb": "990001"}
    assert [(s.number, s.count, len(s.episodes)) for s in show.seasons] == [
        (0, 2, 0),
        (1, 12, 12),
        (2, 12, 0),
    ]
    assert show.seasons[1].episodes[0].title == "The Landing"


def test_films_seasons_groups_and_other_sites_ids_are_known(tmdb: TmdbClient) -> None:
    film = tmdb.get(details("movie", FILM, append=["alternative_titles", "translations"]))
    show = tmdb.get(details("tv", VOYAGE, append=["season/2"]))
    table = next(table for table in show.seasons if table.number == 2)
    group = tmdb.get(episode_group("5f00000000000000000000a7"))

    assert film.date == "2018-08-10"
    assert "Hoshi no Ferry: Saigo no Tokou" in {name.text for name in film.names}
    assert [episode.number for episode in table.episodes] == list(range(21, 36))
    assert [part.places[0] for part in group.parts] == [(1, 1), (1, 13)]
    assert tmdb.get(find("imdb_id", "tt9900101")).hits[0].id == FILM
    assert tmdb.get(authentication())


def test_a_name_follows_the_language_and_falls_back_to_the_original(tmdb: TmdbClient) -> None:
    assert tmdb.get(details("tv", FERRY, language="de-DE")).name == "Die Sternenfähre"
    assert tmdb.get(details("tv", 9005, language="de-DE")).name == "바다의 아침"


# --- nothing is asked twice -----------------------------------------------------------------------


def test_a_second_run_asks_for_nothing(server: Server, tmp_path: Path) -> None:
    asks = [search("tv", "The Star Ferry"), search("tv", "Nothing Is Called This")]
    for _ in range(2):
        with client(server.url, tmp_path) as tmdb:
            answers = tmdb.fetch(asks)

    assert len(server.requests) == 2
    assert tmdb.asked == 0
    assert answers[asks[0]] != answers[asks[1]]


def test_what_is_not_there_is_remembered_too(server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        with client(server.url, tmp_path) as tmdb, pytest.raises(TmdbNotFoundError):
            tmdb.get(details("tv", 424242))

    assert len(server.requests) == 1


def test_equal_questions_of_one_batch_are_one_request(server: Server, tmdb: TmdbClient) -> None:
    tmdb.fetch([search("tv", "The Star Ferry"), search("tv", "The Star Ferry")])

    assert len(server.requests) == 1


KEPT_ONLY = """
import sys
from pathlib import Path
from tests.tmdb_server.bench import client
from anivault.services.tmdb_client import details
with client("http://127.0.0.1:9/3", Path(sys.argv[1])) as tmdb:
    print(tmdb.get(details("tv", 9001)).name, "httpx2" in sys.modules)
"""


def test_a_run_that_finds_everything_in_the_cache_does_not_import_the_http_library(
    server: Server, tmp_path: Path
) -> None:
    with client(server.url, tmp_path) as tmdb:
        tmdb.get(details("tv", FERRY))
    root = Path(__file__).parents[2]
    source = {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
    ran = subprocess.run(
        [sys.executable, "-c", KEPT_ONLY, str(tmp_path)],
        env=source,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "The Star Ferry False\n"


def test_connections_are_kept_from_batch_to_batch(server: Server, tmdb: TmdbClient) -> None:
    for number in (FERRY, VOYAGE, LANTERN):
        tmdb.get(details("tv", number))

    assert len({request.port for request in server.requests}) == 1


def test_an_expired_answer_is_renewed_and_serves_while_tmdb_is_down(server: Server, tmp_path: Path) -> None:
    clock = FakeClock()
    ask = details("tv", FERRY)
    with client(server.url, tmp_path, clock) as tmdb:
        fresh = tmdb.get(ask)
        clock.time += 100 * DAY
        server.always = Reply(500)
        down = tmdb.get(ask)
        stale = tmdb.stale
        server.always = None
        clock.time += DAY
        tmdb.get(ask)

    assert down == fresh
    assert stale == 1
    assert tmdb.stale == 1


def test_without_a_key_only_the_cache_speaks(server: Server, tmp_path: Path) -> None:
    with client(server.url, tmp_path) as tmdb:
        tmdb.get(details("tv", FERRY))
    with client(server.url, tmp_path, key=None) as tmdb:
        assert tmdb.get(details("tv", FERRY)).id == FERRY
        with pytest.raises(TmdbKeyError, match="no TMDB key"):
            tmdb.get(details("tv", VOYAGE))

    assert len(server.requests) == 1


# --- failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, TmdbKeyError), (403, TmdbKeyError), (404, TmdbNotFoundError), (422, TmdbAnswerError)],
)
def test_what_is_final_is_not_tried_again(
    server: Server, tmdb: TmdbClient, status: int, error: type[TmdbError]
) -> None:
    server.always = Reply(status, json.dumps({"success": False, "status_code": 7}).encode())
    with pytest.raises(error):
        tmdb.get(details("tv", FERRY))

    assert len(server.requests) == 1


PASSING = {
    "500": Reply(500),
    "502 in HTML": Reply(502, HTML),
    "503 empty": Reply(503, b""),
    "429": Reply(429, b"", {"Retry-After": "1"}),
    "429 without Retry-After": Reply(429, b"{}"),
    "login page": Reply(200, HTML),
    "empty": Reply(200, b""),
    "null": Reply(200, b"null"),
    "a list": Reply(200, b"[]"),
    "cut": Reply(200, b'{"id": 9001, "name": "The St'),
    "deep": Reply(200, b"[" * 200_000),
    "not UTF-8": Reply(200, b'{"name": "\xff\xfe"}'),
    "another id": Reply(200, b'{"id": 77, "name": "Other"}'),
    "a huge number": Reply(200, b'{"id": ' + b"9" * 5000 + b"}"),
    "redirect": Reply(302, b"", {"Location": "http://127.0.0.2:9/"}),
    "broken gzip": Reply(200, gzip.compress(b'{"id": 9001}')[:-6], {"Content-Encoding": "gzip"}),
    "unknown coding": Reply(200, b"xx", {"Content-Encoding": "br"}),
    "gzip bomb": Reply(200, gzip.compress(b" " * (BODY_CAP + 1)), {"Content-Encoding": "gzip"}),
    "too large": Reply(200, b" " * (BODY_CAP + 1)),
    "length too long": Reply(200, b"{}", {"Content-Length": "100", "Connection": "close"}),
}


@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass_is_tried_again_and_ends_well(server: Server, tmdb: TmdbClient, fault: str) -> None:
    server.instead.extend([PASSING[fault]] * (TRIES - 1))

    assert tmdb.get(details("tv", FERRY)).name == "The Star Ferry"


@pytest.mark.parametrize("fault", PASSING)
def test_what_does_not_pass_is_one_typed_error_after_four_tries_within_the_deadline(
    server: Server, tmp_path: Path, fault: str
) -> None:
    clock = FakeClock()
    server.always = PASSING[fault]
    with client(server.url, tmp_path, clock) as tmdb, pytest.raises((TmdbUnreachableError, TmdbAnswerError)):
        tmdb.get(details("tv", FERRY))

    assert len(server.requests) == TRIES
    assert sum(clock.slept) <= DEADLINE


def test_a_pause_longer_than_the_deadline_fails_at_once_and_for_everyone(
    server: Server, tmp_path: Path
) -> None:
    clock = FakeClock()
    server.always = Reply(429, b"", {"Retry-After": "50"})
    with client(server.url, tmp_path, clock) as tmdb:
        answers = tmdb.fetch([details("tv", number) for number in range(1, 200)])

    assert all(isinstance(answer, TmdbUnreachableError) for answer in answers.values())
    assert len(server.requests) <= TRIES
    assert sum(clock.slept) < 50


def test_while_tmdb_is_down_a_long_batch_gives_up_after_a_few_probes(server: Server, tmp_path: Path) -> None:
    server.always = Reply(500)
    with client(server.url, tmp_path) as tmdb:
        answers = tmdb.fetch([details("tv", number) for number in range(1, 500)])

    assert len(answers) == 499
    assert len(server.requests) < 30


def test_a_wrong_key_is_told_once_and_asks_nothing_more(server: Server, tmp_path: Path) -> None:
    with client(server.url, tmp_path, key="wrong.key.0123") as tmdb:
        answers = tmdb.fetch([details("tv", number) for number in range(1, 100)])

    assert all(isinstance(answer, TmdbKeyError) for answer in answers.values())
    assert len(server.requests) <= 4


def test_one_refusal_does_not_condemn_a_key_that_has_worked(server: Server, tmdb: TmdbClient) -> None:
    tmdb.get(details("tv", FERRY))
    server.instead.append(Reply(401, b'{"status_code": 3}'))
    with pytest.raises(TmdbKeyError):
        tmdb.get(details("tv", VOYAGE))

    assert tmdb.get(details("tv", VOYAGE)).id == VOYAGE


@pytest.mark.parametrize("url", ["http://127.0.0.1:{closed}/3", "http://localhost:{closed}/3"])
def test_without_a_way_to_tmdb_a_run_gives_up_at_once(tmp_path: Path, url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = url.format(closed=taken.getsockname()[1])
        with client(address, tmp_path) as tmdb:
            answers = tmdb.fetch([details("tv", number) for number in range(1, 100)])

    assert all(isinstance(answer, TmdbOfflineError) for answer in answers.values())
    assert tmdb.asked <= 8


def test_silence_ends_in_an_error(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anivault.services.tmdb_client.TRY_SECONDS", 0.1)
    server.always = Reply(200, b"{}", delay=0.5)
    with client(server.url, tmp_path) as tmdb, pytest.raises(TmdbUnreachableError, match="in time"):
        tmdb.get(details("tv", FERRY))


# --- bad records ----------------------------------------------------------------------------------


def page(*records: object) -> Reply:
    return Reply(200, json.dumps({"page": 1, "results": records, "total_pages": 1}).encode())


@pytest.mark.parametrize(
    "bad",
    [
        "text",
        None,
        7,
        [],
        {},
        {"id": "x", "name": "A"},
        {"id": -1, "name": "A"},
        {"id": 5},
        {"id": True, "name": "A"},
    ],
)
def test_one_bad_record_costs_only_itself(server: Server, tmdb: TmdbClient, bad: object) -> None:
    server.always = page({"id": 1, "name": "First"}, bad, {"id": 2, "name": "Last", "first_air_date": None})

    assert [hit.name for hit in tmdb.get(search("tv", "x")).hits] == ["First", "Last"]


def test_an_answer_with_bad_records_is_asked_for_once_more(server: Server, tmdb: TmdbClient) -> None:
    server.instead.append(page({"id": None, "name": "The Star Ferry"}))

    assert tmdb.get(search("tv", "The Star Ferry")).hits[0].id == FERRY
    assert len(server.requests) == 2


def test_half_a_character_is_repaired(server: Server, tmdb: TmdbClient) -> None:
    server.always = Reply(
        200,
        b'{"page":1,"results":[{"id":1,"name":"Half \\ud800 a sign"},{"id":2,"name":"B"}],"total_pages":1}',
    )

    assert [hit.id for hit in tmdb.get(search("tv", "x")).hits] == [1, 2]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("a\x00b", "a b"),
        ("\x1b[31mred", "[31mred"),
        ("a\nb\rc", "a b c"),
        ("gpj.\u202eexe", "gpj. exe"),
        ("  two  spaces ", "two spaces"),
    ],
)
def test_titles_are_cleaned_of_what_no_title_has(
    server: Server, tmdb: TmdbClient, title: str, expected: str
) -> None:
    server.always = page({"id": 1, "name": title})

    assert tmdb.get(search("tv", "x")).hits[0].name == expected


def test_a_title_of_thousands_of_characters_is_none(server: Server, tmdb: TmdbClient) -> None:
    server.always = page({"id": 1, "name": "x" * 5000, "original_name": "Short"})

    assert tmdb.get(search("tv", "x")).hits[0].name == "Short"


# --- the key --------------------------------------------------------------------------------------


def test_the_key_is_in_no_address_log_cache_error_or_traceback(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    for always in (None, Reply(500), Reply(401), Reply(200, HTML)):
        server.always = always
        with client(server.url, tmp_path / "state") as tmdb:
            texts.append(repr(vars(tmdb)) + repr(vars(tmdb._wire)))
            try:
                tmdb.get(details("tv", FERRY, language=f"x{len(texts)}"))
            except TmdbError:
                texts.append(traceback.format_exc())
    texts += [request.target for request in server.requests]
    texts += [path.read_bytes().decode("latin-1") for path in (tmp_path / "state").iterdir()]
    texts.append(caplog.text)

    assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"
    assert not [text for text in texts if CANARY in text]


def test_only_tmdb_itself_gets_a_v3_key_in_the_address() -> None:
    v3, token = Secret("0123456789abcdef" * 2), Secret("a.token.of.version-4")

    assert Wire(v3, TMDB)._credentials() == ({}, [("api_key", v3.reveal())])
    assert Wire(v3, "https://mirror.example/3")._credentials()[1] == []
    assert Wire(token, TMDB)._credentials() == ({"Authorization": f"Bearer {token.reveal()}"}, [])


@pytest.mark.parametrize(
    "url",
    [
        "http://api.themoviedb.org/3",
        "ftp://x/3",
        "https://user:pass@x/3",
        "nonsense",
        "https://x/3?key=1",
        "http://10.0.0.1/3",
    ],
)
def test_an_address_that_would_betray_the_key_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        base_address(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x", "https://x/3"),
        ("http://[::1]:80/3/", "http://[::1]:80/3"),
        ("http://localhost:1/3", "http://localhost:1/3"),
    ],
)
def test_a_base_address_is_completed(url: str, expected: str) -> None:
    assert base_address(url) == expected


def test_the_real_clock_waits_in_the_loop(server: Server, tmp_path: Path) -> None:
    server.instead.append(Reply(500))
    with client(server.url, tmp_path, SystemClock()) as tmdb:
        assert tmdb.get(details("tv", FERRY)).id == FERRY
