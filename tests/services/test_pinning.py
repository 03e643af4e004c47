"""A pin may name a show as any list does; what is written is the show on TMDB, and the place in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anivault.core.matching.releases import group
from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_files
from anivault.parser.read import open_reader
from anivault.services.catalogue import store
from anivault.services.catalogue.offline import Catalog
from anivault.services.catalogue.rows import Row, to_lines
from anivault.services.pinning import PinRequest, pin
from anivault.shared.errors import PinRefusedError
from anivault.shared.settings import Settings

IDS = {"anidb": 1, "mal": 2, "anilist": 3, "tvdb": 9}
ROWS = [
    Row(tmdb="tv/700", season=1, offset=0, type="tv", episodes=12, ids=IDS, titles={"en": ["Tea"]}),
    Row(tmdb="tv/700", season=1, offset=12, type="tv", ids={"anidb": 4, "tvdb": 9}, titles={"en": ["Tea 2"]}),
    Row(tmdb="tv/700", season=2, offset=0, derived=["season"], ids={"mal": 5}, titles={"en": ["Tea 3"]}),
    Row(tmdb="tv/701", season=1, offset=0, episodes=9, ids={"anidb": 6}, titles={"en": ["Long"]}),
    Row(tmdb="tv/701", season=2, offset=9, ids={"anidb": 6}, titles={"en": ["Long"]}),
    Row(tmdb="movie/702", type="movie", ids={"anidb": 7, "mal": 8}, titles={"en": ["Tea: The Movie"]}),
    Row(tmdb="tv/703", season=1, offset=0, ids={"mal": 8}, titles={"en": ["Tea Specials"]}),
]


@pytest.fixture(autouse=True)
def few(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "shipped", lambda: [to_lines(ROWS)])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def place(show: str, **said: Any) -> tuple[str, int | None, int | None]:
    request = PinRequest(what="Tea", show=show, **said)
    (made,) = pin(request, Settings(), ["catalog"], lambda done, total: None).pins
    return made.id, made.season, made.offset


@pytest.mark.parametrize(
    ("show", "meant"),
    [
        ("anidb:1", ("tmdb:700", 1, 0)),
        ("mal:2", ("tmdb:700", 1, 0)),
        ("anilist:3", ("tmdb:700", 1, 0)),
        ("anidb:4", ("tmdb:700", 1, 12)),
        ("mal:5", ("tmdb:700", None, None)),  # its place is only derived
        ("anidb:6", ("tmdb:701", None, None)),  # TMDB cuts it into seasons
        ("tvdb:9", ("tmdb:700", None, None)),  # the show's number
        ("anidb:7", ("tmdb:movie/702", None, None)),
        ("tmdb:700", ("tmdb:700", None, None)),
    ],
)
def test_the_number_of_a_list_means_its_entry(show: str, meant: tuple[str, int | None, int | None]) -> None:
    assert place(show) == meant


def test_what_the_user_says_of_the_place_wins_over_the_entry() -> None:
    assert place("anidb:4", season=3) == ("tmdb:700", 3, None)
    assert place("anidb:4", offset=0) == ("tmdb:700", 1, 0)


@pytest.mark.parametrize(
    ("show", "why"), [("anidb:99", "no list"), ("mal:8", "several"), ("anidb:x", "no show")]
)
def test_a_number_that_means_no_show_or_several_is_refused(show: str, why: str) -> None:
    with pytest.raises(PinRefusedError, match=why):
        place(show)


def test_the_catalogue_finds_entries_by_the_numbers_of_lists(tmp_path: Path) -> None:
    found = Catalog.open(str(tmp_path)).entries("tvdb", 9)

    assert [(candidate.id, entry.offset) for candidate, entry in found] == [(700, 0), (700, 12)]


@pytest.mark.parametrize("folder", ["", "Movies", "Tea (2012)", "Tea Season 2"])
@pytest.mark.parametrize("number", ["", " - 01", " S03E01", " OVA - 01", " NCOP"])
@pytest.mark.parametrize("year", ["", " (2012)"])
@pytest.mark.parametrize(
    "title",
    ["Tea", "Tea II", "Tea - Its Age II - The Leaf", "Tea 2nd Season", "Tea Final Season", "Tea Part 2"],
)
def test_the_pin_of_a_file_holds_for_it_whatever_its_title_says_of_season_and_year(
    title: str, year: str, number: str, folder: str, tmp_path: Path
) -> None:
    path = tmp_path / folder / f"[Pot] {title}{year}{number} [1080p].mkv"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    (made,) = pin(
        PinRequest(what=str(path), show="tmdb:700"), Settings(), ["catalog"], lambda done, total: None
    ).pins
    rel = str(path.relative_to(tmp_path))
    read = parse_files([ScannedFile(str(tmp_path), rel, FileKind.VIDEO)], open_reader(["anitomy-ng"]))
    (release,) = group(read)

    assert made.holds_for(release)
    assert made.is_for(read[0])
