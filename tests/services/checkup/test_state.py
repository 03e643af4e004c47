"""What is looked at besides disks: each state has its level, and everything amiss says what mends it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from anivault.core.moving.journal.turns import turn
from anivault.services.catalogue.added.stale import known_until
from anivault.services.checkup import state
from anivault.services.checkup.checkup import checks
from anivault.services.checkup.found import Check, Level, fault, ok
from anivault.shared.errors import FolderNotFoundError
from anivault.shared.settings import ParserSettings, Settings, TmdbSettings
from tests.conftest import Run
from tests.tmdb_server.bench import CANARY, small
from tests.tmdb_server.server import Reply, Server

OK, WARNING, FAULT = Level.OK, Level.WARNING, Level.FAULT


def levels(found: Iterator[Check]) -> list[tuple[str, Level]]:
    """What each look found; all that is amiss has a mend."""
    listed = list(found)
    assert all(check.mend for check in listed if check.level is not OK), listed
    assert all(check.text.endswith((".", ">", "*", "|", '"', "?")) for check in listed), listed
    return [(check.name, check.level) for check in listed]


# --- the order of looks ---


def failing(error: Exception) -> Callable[..., Iterator[Check]]:
    def look(*_: object) -> Iterator[Check]:
        yield ok("begun", "It began.")
        raise error

    return look


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FolderNotFoundError("/gone", "folder"), "/gone"),
        (PermissionError(13, "Permission denied"), "Looking at the catalogue failed: Permission denied."),
        (OSError("no words of a system"), "Looking at the catalogue failed: no words of a system."),
    ],
)
def test_a_look_that_fails_is_a_fault_and_the_others_go_on(
    home: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    monkeypatch.setattr(state, "catalogue", failing(error))
    found = list(checks([], None, Settings()))
    (failed,) = (check for check in found if check.name == "catalogue")

    assert failed.level is FAULT
    assert said in failed.text
    assert [check.name for check in found][:2] == ["begun", "catalogue"]
    assert "version" in [check.name for check in found]


def test_a_fault_of_the_program_is_not_taken_for_one_of_a_disk(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "catalogue", failing(KeyError("bug")))

    with pytest.raises(KeyError):
        list(checks([], None, Settings()))


@pytest.mark.parametrize("named", [False, True])
def test_a_library_and_sources_are_looked_at_where_they_are_named(
    home: Path, tmp_path: Path, named: bool
) -> None:
    (tmp_path / "dl").mkdir()
    paths, library = ([str(tmp_path / "dl")], str(tmp_path / "library")) if named else ([], None)
    names = {check.name for check in checks(paths, library, Settings())}

    assert {"library", "source", "way", "write", "journal", "lock"} <= names if named else True
    assert ("source" in names) is ("library" in names) is named
    assert os.listdir(tmp_path) == ["dl"]


# --- the library's journal and lock ---


@pytest.fixture
def library(run: Run, tmp_path: Path) -> Path:
    """A library with one run."""
    (tmp_path / "dl").mkdir()
    (tmp_path / "dl/Toradora! - 01.mkv").write_text("one")
    assert run("organize", tmp_path / "dl", "--to", tmp_path / "library", "--apply").code == 0
    return tmp_path / "library"


def untouched(library: Path) -> None:
    """As its run left it."""


def torn(library: Path) -> None:
    with next((library / ".anivault").glob("journal*")).open("ab") as file:
        file.write(b'{"kind":"ru')


def cut_off(library: Path) -> None:
    journal = next((library / ".anivault").glob("journal*"))
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))


def emptied(library: Path) -> None:
    next((library / ".anivault").glob("journal*")).write_bytes(b"")


@pytest.mark.parametrize(
    ("happened", "found"),
    [
        (untouched, [("lock", OK), ("runs", OK)]),
        (torn, [("lock", OK), ("journal", WARNING), ("runs", FAULT)]),
        (cut_off, [("lock", OK), ("runs", FAULT)]),
        (emptied, [("journal", FAULT), ("lock", OK), ("runs", OK)]),
    ],
)
def test_what_happened_to_a_library_is_found(
    library: Path, happened: Callable[[Path], None], found: list[tuple[str, Level]]
) -> None:
    happened(library)

    assert levels(state.library(str(library))) == found


def test_a_run_that_is_going_on_is_no_run_that_was_cut_off(library: Path) -> None:
    cut_off(library)
    with turn(str(library), shared=False):
        found = levels(state.library(str(library)))

    assert found == [("lock", WARNING), ("runs", OK)]


def test_a_look_takes_no_lock_with_it(library: Path) -> None:
    levels(state.library(str(library)))
    with turn(str(library)):
        pass


# --- TMDB ---


@pytest.fixture
def tmdb(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", CANARY)
    with Server(small(), key=CANARY) as server:
        yield server


@pytest.mark.parametrize(
    ("status", "name", "level"),
    [(200, "key", OK), (401, "key", FAULT), (403, "key", FAULT), (429, "network", WARNING),
     (404, "network", WARNING), (500, "network", WARNING), (503, "network", WARNING)],
)  # fmt: skip
def test_what_tmdb_answers_says_whether_the_key_or_the_network_is_amiss(
    tmdb: Server, status: int, name: str, level: Level
) -> None:
    tmdb.always = Reply(status)

    assert levels(state.tmdb(Settings(tmdb=TmdbSettings(url=tmdb.url)))) == [(name, level)]
    assert len(tmdb.requests) == 1


def test_a_tmdb_that_says_nothing_is_not_waited_for(tmdb: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "SECONDS", 0.2)
    tmdb.always = Reply(200, delay=1.5)
    (found,) = state.tmdb(Settings(tmdb=TmdbSettings(url=tmdb.url)))

    assert (found.name, found.level) == ("network", WARNING)
    assert "no answer within 0.2 seconds" in found.text


@pytest.mark.parametrize("url", ["http://example.org", "https://127.0.0.1:99999"])
def test_an_address_that_cannot_be_asked_is_told(tmdb: Server, url: str) -> None:
    assert levels(state.tmdb(Settings(tmdb=TmdbSettings(url=url)))) == [("network", WARNING)]
    assert tmdb.requests == []


def test_without_a_key_nobody_is_asked_and_nothing_is_amiss(
    tmdb: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANIVAULT_TMDB_KEY")

    assert levels(state.tmdb(Settings(tmdb=TmdbSettings(url=tmdb.url)))) == [("key", OK)]
    assert tmdb.requests == []


@pytest.mark.parametrize("key", ["short", "with spaces in it", "“curly-quotes”"])
def test_what_cannot_be_a_key_is_a_fault_that_does_not_show_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.delenv("ANIVAULT_TMDB_URL", raising=False)
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", key)
    (found,) = state.tmdb(Settings())

    assert (found.name, found.level) == ("key", FAULT)
    assert key not in found.text + found.mend


# --- the catalogue and the program ---


@pytest.mark.parametrize(("days", "level"), [(0, OK), (-1, WARNING)])
def test_a_catalogue_is_old_from_the_day_on_that_is_set(
    home: Path, monkeypatch: pytest.MonkeyPatch, days: int, level: Level
) -> None:
    age = date.today() - known_until()
    monkeypatch.setattr(state, "OLD", age + timedelta(days=1 + days))

    assert levels(state.catalogue()) == [("catalogue", level)]


@pytest.mark.parametrize("what", ["config", "state", "cache"])
def test_a_folder_of_ours_that_is_a_file_is_a_warning(
    home: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "blocked").write_text("a file")
    monkeypatch.setenv(f"XDG_{what.upper()}_HOME", str(home / "blocked"))
    found = dict(levels(state.program(Settings())))

    assert {name for name, level in found.items() if level is WARNING} == {what}


def test_a_plug_in_that_only_the_settings_know_is_a_fault(home: Path) -> None:
    found = list(state.program(Settings(parser=ParserSettings(engines=("anitomy-ng", "nobodys-parser")))))

    assert [check.text for check in found if check.level is FAULT] == [
        "The settings name nobodys-parser, which is not installed."
    ]


def test_a_check_says_how_it_is_in_a_word_of_its_own() -> None:
    assert (ok("a", "b").level, ok("a", "b").mend) == ("ok", "")
    assert fault("a", "b", "c") == Check("a", Level("fault"), "b", "c")
