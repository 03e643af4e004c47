"""Where a known library is not there, no second one begins that nobody has asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import tree
from anivault.core.moving.journal.records import journal_path
from anivault.shared.errors import JournalLostError
from anivault.web.work.run import work_of
from anivault.web.work.telling import Order
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.test_whole_job import work
from tests.web.work.conftest import Ears

ASKED = "Is its disk mounted?"
SECOND = "Begin a second library there"


def _gone(library: Path) -> None:
    library.rename(library.with_name("elsewhere"))


def _empty(library: Path) -> None:
    _gone(library)
    library.mkdir()


def _emptied(library: Path) -> None:
    Path(journal_path(str(library))).write_bytes(b"")


def back(library: Path) -> None:
    shutil.rmtree(library, ignore_errors=True)
    library.with_name("elsewhere").rename(library)


AWAY = pytest.mark.parametrize("take_away", [_gone, _empty])


@pytest.fixture
def library(inside: Browser, tmp_path: Path) -> Path:
    """A library with a run, and another file that waits for it."""
    (tmp_path / "Downloads/Planetes - 01.mkv").write_text("1")
    work(inside, "plan")
    work(inside, "apply")
    (tmp_path / "Downloads/Planetes - 02.mkv").write_text("2")
    return tmp_path / "Library"


def state(inside: Browser) -> tuple[int | None, str]:
    return inside.house.jobs.state.code, inside.house.jobs.state.message


@pytest.mark.parametrize("take_away", [_gone, _empty, _emptied])
def test_a_plan_without_the_library_says_so_and_is_not_applied_unasked(
    inside: Browser, library: Path, take_away: Callable[[Path], None]
) -> None:
    take_away(library)
    work(inside, "plan")
    before = tree(library)
    page = inside.get("/plan").text
    refused = inside.post("/jobs/apply", {"made": str(inside.house.made("plan"))})

    assert ASKED in page
    assert SECOND in page
    assert 'data-key="A"' not in page
    assert (refused.status, "Nothing was changed." in refused.text) == (409, True)
    assert tree(library) == before


@AWAY
def test_a_plan_of_before_is_not_applied_to_what_is_left(
    inside: Browser, library: Path, take_away: Callable[[Path], None]
) -> None:
    work(inside, "plan")
    take_away(library)

    for more in ({}, {"anew": "1"}):
        assert inside.post("/jobs/apply", more).status == 409
    page = inside.get("/plan").text
    assert "This plan was made for the library that is not there now" in page
    assert 'action="/jobs/apply"' not in page
    assert "A run has changed the library" not in page
    assert not tree(library)
    back(library)
    work(inside, "apply")
    assert inside.house.jobs.state.code == 0


@AWAY
def test_work_itself_begins_no_second_library_that_was_not_asked_for(
    inside: Browser, library: Path, take_away: Callable[[Path], None]
) -> None:
    take_away(library)
    work(inside, "plan")

    with pytest.raises(JournalLostError):  # the disk may go after the press
        work_of("apply")(Order(inside.house.order("apply")), Ears())
    assert not tree(library)


def test_a_second_library_begins_where_the_user_says_so(inside: Browser, library: Path) -> None:
    _empty(library)
    work(inside, "plan")
    work(inside, "apply", anew="1")

    assert state(inside) == (0, "")
    assert len([path for path in tree(library) if path.endswith(".mkv")]) == 2
    assert ASKED not in inside.get("/plan").text


def test_a_plan_that_was_made_without_the_library_is_not_applied_once_it_is_back(
    inside: Browser, library: Path
) -> None:
    _empty(library)
    work(inside, "plan")
    back(library)
    before = tree(library)

    page = inside.get("/plan").text
    assert "made while the library was not there" in page
    assert "A run has changed the library" not in page
    assert 'action="/jobs/apply"' not in page
    assert inside.post("/jobs/apply", {"anew": "1"}).status == 409
    assert tree(library) == before


@AWAY
def test_no_pin_and_no_line_is_written_where_the_library_was(
    inside: Browser, library: Path, take_away: Callable[[Path], None]
) -> None:
    take_away(library)
    answers = [
        inside.post("/settings/pin", {"what": "Planetes", "show": "tmdb:33044"}),
        inside.post("/settings/unpin", {"what": "Planetes"}),
        inside.post("/settings/ignore", {"what": "*.nfo"}),
        inside.post("/settings/heed", {"line": "*.nfo"}),
    ]

    assert [answer.status for answer in answers] == [409] * len(answers)
    assert all("empty or gone" in answer.text for answer in answers)
    assert not tree(library)


@AWAY
def test_what_a_command_remembers_is_known_to_a_page_that_never_looked(
    inside: Browser, tmp_path: Path, run: Run, take_away: Callable[[Path], None]
) -> None:
    (tmp_path / "Downloads/Planetes - 01.mkv").write_text("1")
    run("organize", tmp_path / "Downloads", "--to", tmp_path / "Library", "--apply")
    take_away(tmp_path / "Library")

    assert all(ASKED in inside.get(page).text for page in ("/", "/plan", "/library", "/history"))
