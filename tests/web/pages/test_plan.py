"""The plan on the page: folded, and filtered by show or file, by state and by reason."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.cli import events
from anivault.core.causes import HEADS
from anivault.web import records
from anivault.web.pages.plan import SHOWS
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.pages.test_words import words_of
from tests.web.test_whole_job import work

NAMES = (
    "[G] Cowboy Bebop - 01.mkv",
    "[G] Cowboy Bebop - 02.mkv",
    "[G] Toradora! - 01.mkv",
    "Zzqqx Wwvv - 01.mkv",
    "Qqxyz - 01.mkv",
)


@pytest.fixture
def planned(inside: Browser, tmp_path: Path) -> Browser:
    for name in NAMES:
        (tmp_path / "Downloads" / name).write_text(name)
    (tmp_path / "Downloads/Ünknown.iso").write_text("no video that is filed")
    work(inside, "plan")
    return inside


def held(page: str) -> list[tuple[str, str]]:
    """The folds of held files: for which reason, and how many."""
    fold = r'/plan/held\?reason=([\w-]+)[^"]*" data-hx-trigger.*?<span class="muted">([\d,]+ files?)'
    return re.findall(fold, page, re.DOTALL)


def test_each_reason_can_be_looked_at_alone(planned: Browser) -> None:
    every = held(planned.get("/plan").text)
    assert len(every) > 1

    for reason, files in every:
        page = planned.get(f"/plan?reason={reason}").text
        assert held(page) == [(reason, files)]
        assert "Cowboy Bebop" not in page  # what goes is held for no reason
        assert f'<option value="{reason}" selected>' in page


def test_an_unknown_reason_is_not_found_and_one_that_no_file_has_shows_none(
    planned: Browser,
) -> None:
    answer = planned.get("/plan?reason=%22%3E%3Cscript%3E")

    assert answer.status == 404
    assert "<script>" not in answer.text
    assert held(planned.get("/plan?reason=sample").text) == []  # a reason, and of no file here


def test_words_choose_shows_and_held_files_alike(planned: Browser) -> None:
    page = planned.get("/plan?q=qqx").text

    assert "Cowboy Bebop" not in page
    ((reason, files),) = held(page)
    assert files == "2 files"
    rows = planned.get(f"/plan/held?reason={reason}&q=zzqqx").text
    assert "Zzqqx Wwvv - 01.mkv" in rows
    assert "Qqxyz" not in rows
    assert held(planned.get("/plan?q=%C3%BCNKNOWN").text)


@pytest.mark.parametrize(("state", "goes", "some_held"), [("goes", True, False), ("held", False, True)])
def test_a_state_shows_what_has_it(planned: Browser, state: str, goes: bool, some_held: bool) -> None:
    page = planned.get(f"/plan?state={state}").text

    assert ("Cowboy Bebop" in page, bool(held(page))) == (goes, some_held)


def test_what_was_left_out_is_found_again(planned: Browser) -> None:
    sheet = planned.house.desk.sheet("plan")
    assert sheet
    with sheet:
        (n,) = [row.n for row in sheet.rows("move") if "S01E02" in row.read(events.MoveEvent).target]
    planned.post("/plan/leave", {"n": str(n), "out": "1"})

    assert 'href="/plan?state=left-out"' in planned.get("/plan").text
    page = planned.get("/plan?state=left-out").text
    assert "S01E02" in page
    assert "S01E01" not in page
    assert "Take in" in page


def test_the_next_page_of_a_filtered_plan_is_filtered_too(inside: Browser) -> None:
    with inside.house.desk.writing("plan") as sheet:
        for number in range(SHOWS + 1):
            show = records.ShowPart(title=f"Show {number}", show="tmdb:1", files=1, size=1)
            sheet.group("show", f"Show {number}", show.title, show)
        sheet.fact("plan", records.PlanFacts(
            made=0.0, mode="hardlink", preset="jellyfin", moves=61, held=0, there=0, size=1, questions=0,
            asked=0, passed_over=0, sources=("/srv",), told="61 files to hardlink.", decided="",
        ))  # fmt: skip

    assert (
        f'href="/plan?q=show&amp;state=goes&amp;start={SHOWS}"' in inside.get("/plan?q=show&state=goes").text
    )


def test_why_files_are_held_is_said_in_the_words_of_the_command(
    planned: Browser, tmp_path: Path, run: Run
) -> None:
    said = run("organize", tmp_path / "Downloads", "--to", tmp_path / "Library").out
    reasons = re.findall(r"/plan/held\?reason=([\w-]+)", planned.get("/plan").text)

    assert reasons
    for reason in reasons:
        assert HEADS[reason] in html.unescape(planned.get("/plan").text)
        assert HEADS[reason] in said
        assert HEADS[reason] in html.unescape(planned.get(f"/plan/held?reason={reason}").text)


def test_what_is_there_already_is_counted_apart_from_what_is_held_everywhere(
    planned: Browser, tmp_path: Path
) -> None:
    work(planned, "apply")
    work(planned, "plan")

    plan, page = planned.house.desk.fact("plan", records.PlanFacts), words_of(planned, "/plan")
    assert plan
    assert (plan.held, plan.there) == (3, 3)
    assert "3 there already, 3 held" in page
    assert "Held 3 files" in page
    assert "There already 3 files" in page
    assert "Held 3 files that" in words_of(planned, "/")
