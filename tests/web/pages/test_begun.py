"""After a run that ended halfway the pages say what the disk holds, whoever ran it and however it ended."""

from __future__ import annotations

import errno
import html
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import tree
from anivault.core.moving.effects import Effects
from anivault.core.moving.journal.records import Step
from anivault.web.app import app
from anivault.web.records import LibraryFacts
from anivault.web.work.run import outcome
from anivault.web.work.telling import Order
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.pages.test_words import words_of
from tests.web.test_whole_job import work
from tests.web.work.conftest import Ears

NAMES = [f"Planetes - {number:02}.mkv" for number in range(1, 7)]
FEW = 2  # files that are done when a run ends
Ending = Callable[[Browser, pytest.MonkeyPatch, Run], None]


@pytest.fixture
def planned(inside: Browser, tmp_path: Path) -> Browser:
    for name in NAMES:
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    return inside


def failing(monkeypatch: pytest.MonkeyPatch, after: int, fail: Callable[[], None]) -> None:
    """Let something happen before a file gets its effect, when so many have theirs."""
    real, seen = Effects.do, list[int]()

    def do(self: Effects, step: Step) -> None:
        if step.to.endswith(".mkv"):
            seen.append(step.i)
            if len(seen) == after + 1:
                fail()
        real(self, step)

    monkeypatch.setattr(Effects, "do", do)


def applied(browser: Browser) -> dict[str, Any]:
    """Apply the plan here, and not in a process of its own; the page hears of it as of any other."""
    return outcome(Order(browser.house.order("apply")), Ears())


def stopped(browser: Browser, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    with monkeypatch.context() as patch:  # the file that was begun is finished
        failing(patch, FEW - 1, lambda: os.kill(os.getpid(), signal.SIGINT))
        assert applied(browser)["code"] == 130


def full(browser: Browser, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def fail() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        failing(patch, FEW, fail)
        assert applied(browser)["code"] == 30


def by_a_command(browser: Browser, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    files = [Path(browser.house.sources[0], name) for name in NAMES[:FEW]]
    assert run("organize", *files, "--to", browser.house.library, "--apply").code == 0
    assert "has not looked at what it did" in words_of(browser, "/plan")
    assert "has not looked at what it did" in words_of(browser, "/")
    work(browser, "library", then="/plan")
    assert browser.get("/working?done=1").headers["location"] == "/plan"


def cut_off(browser: Browser, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    by_a_command(browser, monkeypatch, run)
    journal = next(Path(browser.house.library, ".anivault").glob("journal*"))
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    work(browser, "library")
    page = words_of(browser, "/plan")
    assert "did not end, and has to be settled first" in page
    assert not buttons(browser.get("/plan").text) & {"Apply", "Apply the rest"}
    assert "Settle it" in buttons(browser.get("/plan").text)
    work(browser, "recover")


def buttons(page: str) -> set[str]:
    found = re.findall(r"<button[^>]*>(.*?)</button>", page, re.DOTALL)
    return {re.sub(r"<kbd.*", "", html.unescape(each)).strip() for each in found}


ENDINGS: tuple[Ending, ...] = (stopped, full, by_a_command, cut_off)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_plan_of_which_a_part_is_done_says_so_and_apply_goes_on(
    planned: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, ending: Ending
) -> None:
    ending(planned, monkeypatch, run)
    there = len(tree(tmp_path / "Library"))
    assert 0 < there < len(NAMES)

    told = f"{there} of {len(NAMES)} files are in the library, {len(NAMES) - there} not yet."
    for path in ("/plan", "/"):
        page = words_of(planned, path)
        assert told in page
        assert "Nothing was changed" not in page
    last = run("history", tmp_path / "Library", "--json").of("run")[-1]["run"]
    assert f"run={last}" in planned.get("/plan").text
    show = re.search(r'href="(/plan/show\?key=[^"]+)"', planned.get("/plan").text)
    assert show
    assert planned.get(html.unescape(show[1])).text.count(">in the library<") == there
    assert "Apply the rest" in buttons(planned.get("/plan").text)

    made = re.search(
        r'action="/jobs/apply".*?name="made" value="([0-9.]+)"', planned.get("/plan").text, re.DOTALL
    )
    assert made
    work(planned, "apply", made=made[1])
    assert len(tree(tmp_path / "Library")) == len(NAMES)
    assert planned.house.jobs.state.counts == {"done": len(NAMES) - there, "held": 0}


def test_a_run_of_other_files_says_that_the_library_has_changed(
    planned: Browser, tmp_path: Path, run: Run
) -> None:
    other = tmp_path / "Other/Cowboy Bebop - 01.mkv"
    other.parent.mkdir()
    other.write_text("another source")
    run("organize", other, "--to", tmp_path / "Library", "--apply")
    work(planned, "library")

    page = words_of(planned, "/plan")
    assert "The library has changed since this plan was made, by run" in page
    assert "None of this plan is in the library." in page
    assert "Apply" in buttons(planned.get("/plan").text)


def test_a_plan_that_a_command_has_done_needs_no_apply(planned: Browser, tmp_path: Path, run: Run) -> None:
    run("organize", tmp_path / "Downloads", "--to", tmp_path / "Library", "--apply")
    work(planned, "library")

    assert f"{len(NAMES)} of {len(NAMES)} files are in the library." in words_of(planned, "/plan")
    assert not buttons(planned.get("/plan").text) & {"Apply", "Apply the rest"}
    run("rollback", tmp_path / "Library", "--apply")
    work(planned, "library")
    assert "None of this plan is in the library." in words_of(planned, "/plan")


def test_a_library_that_nothing_has_changed_is_not_said_to_have_changed(planned: Browser) -> None:
    before = words_of(planned, "/plan")
    work(planned, "library")

    assert words_of(planned, "/plan") == before
    assert "has changed" not in before


def test_a_run_that_another_command_kept_from_beginning_leaves_the_plan_as_it_was(
    planned: Browser, tmp_path: Path, home: Path
) -> None:
    from anivault.core.moving.journal.turns import turn

    (home / "config/anivault").mkdir(parents=True)
    (home / "config/anivault/config.toml").write_text("[library]\nwait = 0\n")
    with turn(str(tmp_path / "Library"), shared=False):
        work(planned, "apply")

    assert planned.house.jobs.state.code == 26
    assert "This one changed nothing." in words_of(planned, "/working")
    page = words_of(planned, "/plan")
    assert "has changed the library" not in page
    assert "Apply" in buttons(planned.get("/plan").text)


def test_a_way_back_that_ended_halfway_says_what_is_left(
    planned: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(planned, "apply")
    work(planned, "preview", run=planned.house.jobs.state.run)
    seen: list[int] = []
    real = Effects.do

    def do(self: Effects, step: Step) -> None:
        seen.append(step.i)
        if len(seen) == FEW:
            os.kill(os.getpid(), signal.SIGINT)
        real(self, step)

    monkeypatch.setattr(Effects, "do", do)
    assert outcome(Order(planned.house.order("rollback", apply=True)), Ears())["code"] == 130
    left = len(tree(tmp_path / "Library"))

    assert 0 < left < len(NAMES)
    assert planned.house.desk.fact("library", LibraryFacts).files == left  # type: ignore[union-attr]
    assert f"{len(NAMES)} files, {len(NAMES) - left} taken back" in words_of(planned, "/history")
    assert planned.get("/undo").headers["location"] == "/history"  # what was shown is another way back now


@pytest.mark.parametrize("job", ["apply", "undo"])
def test_what_was_stopped_is_gone_on_with_by_the_same_button(
    planned: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: str
) -> None:
    """A second press of a button shows what the first has done: this is not such a one."""
    if job == "undo":
        work(planned, "apply")
        work(planned, "preview")
    made = str(planned.house.made("plan" if job == "apply" else "back"))
    with monkeypatch.context() as patch:
        patch.setattr("anivault.web.jobs.MODULE", "of_nothing")
        work(planned, job, made=made)
    assert planned.house.jobs.state.failed
    work(planned, job, made=made)

    assert len(tree(tmp_path / "Library")) == (len(NAMES) if job == "apply" else 0)


def test_a_library_that_is_away_is_said_to_be_away_and_not_to_have_changed(
    planned: Browser, tmp_path: Path
) -> None:
    work(planned, "apply")
    (tmp_path / "Downloads/Planetes - 07.mkv").write_text("7")
    work(planned, "plan")
    (tmp_path / "Library").rename(tmp_path / "Unplugged")

    for path in ("/", "/plan", "/library", "/history"):
        page = words_of(planned, path)
        assert "Is its disk mounted?" in page
        assert "has changed the library" not in page


def test_the_overview_says_what_the_disk_lacks(
    planned: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = words_of(planned, "/")
    assert "read-only now" not in before
    assert "It is not there now." not in before
    found = os.statvfs(tmp_path)
    (tmp_path / "Downloads").rename(tmp_path / "Unplugged")
    read_only = os.statvfs_result([*found[:8], found.f_flag | os.ST_RDONLY, found.f_namemax])
    monkeypatch.setattr(os, "statvfs", lambda path: read_only)
    planned.app = app(planned.house)  # a page that was made keeps for half a minute

    page = words_of(planned, "/")
    assert "The library's disk is read-only now" in page
    assert f"{tmp_path / 'Downloads'} It is not there now." in page
