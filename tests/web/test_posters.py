"""Posters on the page: TMDB's, by a process of its own, where there is a key; none where there is none."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.web import posters
from anivault.web.house import House
from anivault.web.posters import Posters
from anivault.web.work import posters as working
from tests.cli.files.test_review import pile
from tests.services.tmdb.test_artwork import HTML, JPEG
from tests.tmdb_server.bench import CANARY, with_poster
from tests.tmdb_server.server import Reply, Server
from tests.web.conftest import Browser
from tests.web.test_whole_job import work

FERRY = 9001
SHOW = f"/poster?show=tmdb:{FERRY}"


@pytest.fixture
def tmdb(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """TMDB, with one show that has a poster; a key for it; and no poster that is kept yet."""
    house.posters.folder = tmp_path / "posters"
    with with_poster(FERRY, JPEG, tmp_path / "cache", monkeypatch) as server:
        yield server


def test_a_poster_comes_through_this_server_and_is_kept(inside: Browser, tmdb: Server) -> None:
    first, again = inside.get(SHOW), inside.get(SHOW)

    assert (first.status, first.headers["content-type"], first.body) == (200, "image/jpeg", JPEG)
    assert again.body == JPEG
    assert tmdb.paths() == [f"/3/tv/{FERRY}", "/t/p/w185/show.jpg"]


def test_the_key_goes_to_tmdb_alone(inside: Browser, tmdb: Server, tmp_path: Path) -> None:
    pile(tmp_path / "Downloads")
    work(inside, "plan")
    pages = [inside.get(path) for path in ("/", "/review", SHOW, "/library", "/settings")]

    asked, picture = tmdb.requests
    assert CANARY in asked.headers["authorization"]
    assert "authorization" not in picture.headers
    assert not [page for page in pages if CANARY in str((page.headers, page.body))]
    assert "img-src 'self';" in inside.get("/review").headers["content-security-policy"]


def test_without_a_key_nothing_is_fetched_and_no_page_has_a_picture(
    inside: Browser, tmdb: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANIVAULT_TMDB_KEY")
    pile(tmp_path / "Downloads")
    work(inside, "plan")

    assert inside.get(SHOW).headers["content-type"] == "image/svg+xml"
    for number in range(1, 9):
        assert "/poster" not in inside.get(f"/review?n={number}").text
    assert tmdb.requests == []


def test_a_question_shows_the_poster_of_each_choice_with_words_for_it(
    inside: Browser, tmdb: Server, tmp_path: Path
) -> None:
    pile(tmp_path / "Downloads")
    work(inside, "plan")
    page = next(text for n in range(1, 99) if 'data-key="1"' in (text := inside.get(f"/review?n={n}").text))

    assert '<img src="/poster?show=tmdb%3Amovie' in page
    assert 'alt="Poster of ' in page
    assert tmdb.requests == []  # a page waits for nobody


def test_a_library_shows_its_own_picture_and_asks_only_for_the_others(
    inside: Browser, tmdb: Server, tmp_path: Path
) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    for name in ("Toradora! - 01.mkv", "Cowboy Bebop - 01.mkv"):
        (source / name).write_text(name)
    work(inside, "plan")
    work(inside, "apply")
    folder = next((library / "Shows").glob("Toradora*"))
    (folder / "poster.jpg").write_bytes(JPEG + b"own")
    other = next((library / "Shows").glob("Cowboy*"))
    (other / "poster.jpg").write_bytes(HTML)  # is none
    work(inside, "library")

    assert inside.get(f"/poster?key=Shows/{folder.name}").body == JPEG + b"own"
    assert tmdb.requests == []
    assert inside.get(f"/poster?key=Shows/{other.name}").headers["content-type"] == "image/svg+xml"
    assert tmdb.paths() == ["/3/tv/30991"]  # which this TMDB does not know


@pytest.mark.parametrize(
    "show", ["", "anidb:1", "tmdb:../../etc/passwd", "tmdb:", "tmdb:movie/x", "a" * 9999]
)
def test_what_is_no_show_of_tmdb_is_not_asked_for(inside: Browser, tmdb: Server, show: str) -> None:
    assert inside.get(f"/poster?show={show}").headers["content-type"] == "image/svg+xml"
    assert tmdb.requests == []


@pytest.mark.parametrize("reply", [Reply(404), Reply(body=HTML), Reply(500), Reply(200, b"")])
def test_what_is_no_picture_is_not_shown_and_not_asked_for_again(
    inside: Browser, tmdb: Server, reply: Reply
) -> None:
    tmdb.images = {"show.jpg": reply}

    assert inside.get(SHOW).headers["content-type"] == "image/svg+xml"
    asked = len(tmdb.requests)
    assert inside.get(SHOW).headers["content-type"] == "image/svg+xml"
    assert len(tmdb.requests) == asked > 0


def test_who_names_other_providers_has_no_posters(tmp_path: Path, tmdb: Server) -> None:
    assert not Posters(tmp_path, House.has_key, ("catalog",)).on
    assert Posters(tmp_path, House.has_key, ("catalog", "tmdb")).on
    assert Posters(tmp_path, House.has_key).on


def test_the_posters_of_one_page_are_one_piece_of_work_or_a_few(
    inside: Browser, house: House, tmdb: Server
) -> None:
    rounds: list[Sequence[str]] = []

    async def fetch(shows: Sequence[str]) -> None:
        rounds.append(shows)

    async def page() -> None:
        shows = [f"tmdb:{n}" for n in range(60)] * 2
        await asyncio.gather(*(house.posters.get(show, fetch) for show in shows))

    inside.loop.run_until_complete(page())
    assert [len(shows) for shows in rounds] == [posters.AT_ONCE, 60 - posters.AT_ONCE]


def test_a_round_that_fails_fails_no_later_one(inside: Browser, house: House, tmdb: Server) -> None:
    asked: list[Sequence[str]] = []

    async def fetch(shows: Sequence[str]) -> None:
        asked.append(shows)
        raise OSError("broken")

    async def twice() -> None:
        for _ in range(2):
            with pytest.raises(OSError, match="broken"):
                await house.posters.get("tmdb:1", fetch)

    inside.loop.run_until_complete(twice())
    assert asked == [["tmdb:1"], ["tmdb:1"]]


def test_old_posters_are_fetched_again_and_the_oldest_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "ROOM", 25)
    for age, name in enumerate(("tv-3", "tv-2", "tv-1")):
        (tmp_path / name).write_bytes(b"x" * 10)
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    working._make_room(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"tv-3", "tv-2"}

    old = time.time() - posters.FRESH - 1
    os.utime(tmp_path / "tv-2", (old, old))
    assert posters._kept(tmp_path / "tv-3") == b"x" * 10
    assert posters._kept(tmp_path / "tv-2") is None
