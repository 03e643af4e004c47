"""Posters for the page: those of TMDB's shows, small ones, within a bound, and none without a key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anivault.web.work import posters
from tests.services.tmdb.test_artwork import JPEG
from tests.tmdb_server.bench import with_poster
from tests.tmdb_server.server import Server
from tests.web.work.conftest import Bench

FERRY = 9001


@pytest.fixture
def tmdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with with_poster(FERRY, JPEG, tmp_path / "cache", monkeypatch) as server:
        yield server


def fetch(bench: Bench, folder: Path, *shows: str) -> Any:
    return bench.do("posters", shows=shows, folder=str(folder))["answer"]


def test_a_poster_comes_in_the_width_of_a_page_and_what_has_none_is_noted(
    bench: Bench, tmdb: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "posters"

    assert fetch(bench, folder, f"tmdb:{FERRY}", "tmdb:movie/424242") == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        f"tv-{FERRY}": JPEG,
        "movie-424242": b"",  # so that it is not asked for again
    }
    assert any(posters.WIDTH in path for path in tmdb.paths())


@pytest.mark.parametrize("show", ["anidb:7", "tmdb:../../etc", "", "tmdb:movie/", "x"])
def test_what_is_no_show_of_tmdbs_is_not_asked_for(
    bench: Bench, tmdb: Server, tmp_path: Path, show: str
) -> None:
    assert fetch(bench, tmp_path / "posters", show) == 0
    assert tmdb.requests == []
    assert list((tmp_path / "posters").iterdir()) == []


def test_without_a_key_nobody_is_asked(
    bench: Bench, tmdb: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANIVAULT_TMDB_KEY")

    assert fetch(bench, tmp_path / "posters", f"tmdb:{FERRY}") == 0
    assert tmdb.requests == []
    assert not (tmp_path / "posters").exists()


def test_the_oldest_posters_make_room_for_new_ones(
    bench: Bench, tmdb: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "posters"
    folder.mkdir()
    for age, name in enumerate(("newest", "middle", "oldest")):
        (folder / name).write_bytes(b"x" * 1000)
        os.utime(folder / name, (1_000_000 - age, 1_000_000 - age))
    monkeypatch.setattr(posters, "ROOM", len(JPEG) + 2000)
    fetch(bench, folder, f"tmdb:{FERRY}")

    assert {path.name for path in folder.iterdir()} == {f"tv-{FERRY}", "newest", "middle"}
