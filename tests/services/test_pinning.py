"""A pin may name a show as any list does; what is written is the show on TMDB, and the place in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anivault.core.matching.pins import Pin, load
from anivault.core.matching.releases import group
from anivault.core.models import FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_files
from anivault.parser.read import open_reader
from anivault.services.catalogue import store
from anivault.services.catalogue.offline import Catalog
from anivault.services.catalogue.rows import Row, to_lines
from anivault.services.pinning import (
    PinRequest,
    called,
    change,
    file_of,
    listed,
    pin,
    pin_files,
    pins_in_force,
    taken_back,
    unpin,
)
from anivault.shared.errors import AniVaultError, PinNotFoundError, PinRefusedError
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


def untold(done: int, total: int | None) -> None:
    """Nobody listens."""


def made(request: PinRequest) -> Pin:
    """The pin that was written."""
    (made,) = pin(request, Settings(), ["catalog"], untold).pins
    return made


def place(show: str, **said: Any) -> tuple[str, int | None, int | None]:
    found = made(PinRequest(what="Tea", show=show, **said))
    return found.id, found.season, found.offset


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
    pin = made(PinRequest(what=str(path), show="tmdb:700"))
    rel = str(path.relative_to(tmp_path))
    read = parse_files([ScannedFile(str(tmp_path), rel, FileKind.VIDEO)], open_reader(["anitomy-ng"]))
    (release,) = group(read)

    assert pin.holds_for(release)
    assert pin.is_for(read[0])


# --- what is refused, each with what to type instead ---


@pytest.mark.parametrize(
    "said",
    [
        {"place": "S01E02", "season": 1},
        {"place": "S01E02", "offset": 0},
        {"place": "S01E02", "episodes": "1-2"},
        {"order": "tvdb", "season": 1},
        {"order": "tvdb", "offset": 0},
        {"order": "tvdb", "place": "S01E02"},
        {"first": 1, "offset": 0, "episodes": "1-2"},
        {"first": 1},  # of which numbers?
        {"place": "one"},
        {"place": "S01E02"},  # words are no file
        {"episodes": "2-1"},
        {"season": 9},
    ],
    ids=str,
)
def test_words_that_would_not_be_heard_are_refused_with_a_hint(said: dict[str, Any], home: Path) -> None:
    with pytest.raises(PinRefusedError) as error:
        place("tmdb:700", **said)

    assert error.value.hint
    assert not file_of(None).exists()


@pytest.mark.parametrize("what", ["./Tea", "/no/such/Tea", "~/Tea", "Tea - 01.mkv"])
def test_a_path_that_leads_nowhere_is_no_title(what: str) -> None:
    with pytest.raises(PinRefusedError, match="no file or folder"):
        made(PinRequest(what=what, show="tmdb:700"))


def test_a_title_may_have_a_slash_in_it() -> None:
    assert made(PinRequest(what="Fate/stay night", show="tmdb:700")).title == "Fate/stay night"


@pytest.mark.parametrize(
    ("name", "where", "said"),
    [
        ("Tea - 07.mkv", "S00E02", {"season": 0, "offset": -5, "episodes": "7", "episode": None}),
        ("Tea The OVA.mkv", "s00e02", {"season": 0, "offset": None, "episodes": None, "episode": 2}),
    ],
)
def test_the_place_of_a_file_is_kept_by_its_number_where_it_has_one(
    tmp_path: Path, name: str, where: str, said: dict[str, Any]
) -> None:
    (tmp_path / name).touch()
    pin = made(PinRequest(what=str(tmp_path / name), show="tmdb:700", place=where))

    assert {field: getattr(pin, field) for field in said} == said


def test_a_file_of_several_episodes_has_no_one_place(tmp_path: Path) -> None:
    (tmp_path / "Tea - 01-02.mkv").touch()
    with pytest.raises(PinRefusedError, match="one number"):
        made(PinRequest(what=str(tmp_path / "Tea - 01-02.mkv"), show="tmdb:700", place="S00E02"))


@pytest.mark.parametrize(
    ("season", "refused", "doubted"),
    [(1, False, False), (2, False, False), (3, False, True), (4, True, True)],
)
def test_the_next_season_may_be_too_new_for_a_list_and_no_later_one(
    season: int, refused: bool, doubted: bool
) -> None:
    if refused:
        with pytest.raises(PinRefusedError, match="its last one is 2"):
            place("tmdb:700", season=season)
        return
    done = pin(PinRequest(what="Tea", show="tmdb:700", season=season), Settings(), ["catalog"], untold)

    assert any("No list has a season" in doubt for doubt in done.doubts) is doubted


def test_a_title_that_says_another_season_than_the_pin_is_doubted() -> None:
    done = pin(PinRequest(what="Tea 2nd Season", show="tmdb:700", season=1), Settings(), ["catalog"], untold)

    assert len(done.doubts) == 1


# --- changing, taking out, taking back ---


def kept() -> tuple[Pin, ...]:
    return load(file_of(None))


def test_a_pin_that_is_changed_is_for_the_same_files() -> None:
    old = made(PinRequest(what="Tea", show="tmdb:700"))
    change(old, PinRequest(what="", show="tmdb:701", season=2), Settings(), ["catalog"], untold)
    (new,) = kept()

    assert (new.title, new.id, new.season) == ("Tea", "tmdb:701", 2)


def test_other_numbers_make_no_second_pin_of_it() -> None:
    old = made(PinRequest(what="Tea", show="tmdb:700", episodes="1-3"))
    change(old, PinRequest(what="", show="tmdb:700", episodes="1-6"), Settings(), ["catalog"], untold)

    assert [pin.episodes for pin in kept()] == ["1-6"]


def test_a_pin_that_is_gone_meanwhile_is_not_changed() -> None:
    old = made(PinRequest(what="Tea", show="tmdb:700"))
    unpin("Tea", None)
    with pytest.raises(PinNotFoundError):
        change(old, PinRequest(what="Tea", show="tmdb:701"), Settings(), ["catalog"], untold)

    assert kept() == ()


@pytest.mark.parametrize("deleted", [False, True])
def test_a_folder_is_unpinned_whether_it_is_there_or_not(tmp_path: Path, deleted: bool) -> None:
    folder = tmp_path / "Tea"
    folder.mkdir()
    made(PinRequest(what=str(folder), show="tmdb:700"))
    made(PinRequest(what="Other", show="tmdb:700"))
    if deleted:
        folder.rmdir()
    unpin(str(folder), None)

    assert [pin.title for pin in kept()] == ["Other"]


def test_what_is_not_pinned_cannot_be_unpinned() -> None:
    with pytest.raises(PinNotFoundError):
        unpin("Tea", None)


@pytest.mark.parametrize("before", [[], ["Other"], ["Tea", "Other"]])
def test_an_answer_that_is_taken_back_leaves_what_was_there(before: list[str]) -> None:
    went = [made(PinRequest(what=what, show="tmdb:701")) for what in before]
    there = kept()
    came = made(PinRequest(what="Tea", show="tmdb:700"))
    taken_back([came], went, None)
    taken_back([came], went, None)  # twice is once

    assert set(kept()) == set(there)


# --- whose pins are heard ---


def test_the_librarys_pins_stand_before_the_users(tmp_path: Path) -> None:
    library = str(tmp_path / "library")
    ours = made(PinRequest(what="Tea", show="tmdb:700"))
    its = made(PinRequest(what="Tea", show="tmdb:701", library=library))

    assert pins_in_force(library) == (its, ours)
    assert pins_in_force(None) == (ours,)
    assert [pinned.file for pinned in listed(library)] == [str(file_of(library)), str(file_of(None))]
    assert pin_files(library) == [str(file_of(None)), str(file_of(library))]


def test_the_titles_of_pinned_shows_are_told_where_a_list_has_them() -> None:
    made(PinRequest(what="Tea", show="tmdb:700"))
    (found,) = called(listed(None), Settings(), ["catalog"], untold)

    assert found.shows == {"tmdb:700": "Tea"}


@pytest.mark.parametrize("do", ["pin", "unpin"])
def test_a_disk_that_refuses_a_pin_is_told_in_words(home: Path, do: str) -> None:
    made(PinRequest(what="Tea", show="tmdb:700"))
    file = file_of(None)
    file.rename(file.with_name("elsewhere"))
    file.mkdir()
    with pytest.raises(AniVaultError) as error:
        made(PinRequest(what="Tea", show="tmdb:701")) if do == "pin" else unpin("Tea", None)

    assert str(file) in str(error.value)
    assert error.value.exit_code


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"show": "tmdb:movie/702", "season": 1}, "a film has no season"),
        ({"show": "tmdb:movie/702", "offset": 3}, "a film has no season"),
        ({"show": "tmdb:movie/702", "episodes": "3-", "first": 1}, "a film has no season"),
        ({"show": "tmdb:701", "episodes": "1-12", "offset": -12}, "no number up to 12 with -12"),
        ({"show": "tmdb:701", "offset": -9999}, "no number up to 9,999"),
    ],
)
def test_a_pin_that_can_hold_for_no_file_is_refused(home: Path, words: dict[str, Any], why: str) -> None:
    with pytest.raises(PinRefusedError, match=why):
        pin(PinRequest(what="Some Title", **words), Settings(), ("catalog",), untold)
    assert load(file_of(None)) == ()


def test_a_film_is_pinned_for_its_number_among_films(home: Path) -> None:
    made = pin(
        PinRequest(what="Some Title", show="tmdb:movie/702", episodes="7"), Settings(), ("catalog",), untold
    )

    assert (made.pins[0].id, made.pins[0].episodes) == ("tmdb:movie/702", "7")


@pytest.mark.parametrize(("offset", "doubted"), [(500, True), (9, True), (8, False), (None, False)])
def test_a_pin_behind_the_end_of_its_season_leaves_a_doubt(
    home: Path, offset: int | None, doubted: bool
) -> None:
    request = PinRequest(what="Some Title", show="tmdb:701", season=1, offset=offset)
    made = pin(request, Settings(), ("catalog",), untold)

    assert any("ends with episode 9" in doubt for doubt in made.doubts) == doubted
