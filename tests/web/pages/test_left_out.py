"""What the user leaves out of a plan is taken off its numbers, at once, and is in nobody's way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.cli import events
from anivault.cli.demo_handler import tree
from tests.web.conftest import Answer, Browser
from tests.web.pages.test_words import words_of
from tests.web.test_whole_job import work

NAMES = ("Toradora! - 01.mkv", "Toradora! - 01.en.srt", "Toradora! - 02.mkv", "Cowboy Bebop - 01.mkv")


@pytest.fixture
def planned(inside: Browser, tmp_path: Path) -> Browser:
    for name in NAMES:
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    return inside


def number(browser: Browser, end: str) -> str:
    sheet = browser.house.desk.sheet("plan")
    assert sheet
    with sheet:
        rows = sheet.rows("move", most=1000)
        (n,) = [row.n for row in rows if row.read(events.MoveEvent).target.endswith(end)]
    return str(n)


def leave(browser: Browser, end: str, out: str = "1", **headers: str) -> Answer:
    return browser.post("/plan/leave", {"n": number(browser, end), "out": out}, **headers)


def test_what_is_left_out_is_taken_off_every_number(planned: Browser) -> None:
    leave(planned, "Toradora! S01E01.mkv")  # with its subtitle

    plan = words_of(planned, "/plan")
    assert "2 files to hardlink, 2 left out by you. Nothing was changed." in plan
    assert "1 file, 2 left out" in plan
    assert re.search(r"New 2 files ready .*, 2 left out by you", words_of(planned, "/"))
    assert "4 files to hardlink" not in plan
    leave(planned, "Toradora! S01E01.mkv", out="0")
    assert "4 files to hardlink. Nothing was changed." in words_of(planned, "/plan")


def test_apply_does_as_many_as_the_plan_says(planned: Browser, tmp_path: Path) -> None:
    leave(planned, "Toradora! S01E01.mkv")
    work(planned, "plan")
    assert "2 files to hardlink, 2 left out by you" in words_of(planned, "/plan")
    work(planned, "apply")

    assert planned.house.jobs.state.said.startswith("2 files in the library")
    assert len(tree(tmp_path / "Library")) == 2


def test_a_press_changes_all_that_tells_of_it(planned: Browser) -> None:
    answer = leave(planned, "Toradora! S01E01.mkv", hx_request="true").text

    assert answer.count("<li ") == 2  # the video and its subtitle
    assert answer.count("Take in<") == 2
    assert "2 files to hardlink, 2 left out by you." in answer
    assert "1 file, 2 left out" in answer


def test_a_subtitle_that_is_taken_in_takes_its_video_in(planned: Browser, tmp_path: Path) -> None:
    leave(planned, "Toradora! S01E01.mkv")
    leave(planned, "Toradora! S01E01.en.srt", out="0")
    assert "4 files to hardlink." in words_of(planned, "/plan")
    leave(planned, "Toradora! S01E01.en.srt")
    assert "3 files to hardlink, 1 left out by you." in words_of(planned, "/plan")
    work(planned, "apply")

    assert len(tree(tmp_path / "Library")) == 3


def test_what_is_all_left_out_is_not_applied(planned: Browser) -> None:
    for end in ("Toradora! S01E01.mkv", "Toradora! S01E02.mkv", "Cowboy Bebop S01E01.mkv"):
        leave(planned, end)

    assert "0 files to hardlink, 4 left out by you." in words_of(planned, "/plan")
    assert 'action="/jobs/apply"' not in planned.get("/plan").text


@pytest.mark.parametrize("larger", [1, 2])
def test_what_is_left_out_is_in_nobodys_way(inside: Browser, tmp_path: Path, larger: int) -> None:
    for n in (1, 2):
        (tmp_path / f"Downloads/[G] Toradora! - 0{n}.mkv").write_text("x" * (9 if n == larger else 5))
    work(inside, "plan")
    leave(inside, "S01E02.mkv")
    inside.post("/plan/place", {"n": number(inside, "S01E01.mkv"), "season": "1", "episode": "2"})
    inside.finish()

    assert "1 file to hardlink, 1 held." in words_of(inside, "/plan")
    sheet = inside.house.desk.sheet("plan")
    assert sheet
    with sheet:
        (move,) = [row.read(events.MoveEvent) for row in sheet.rows("move")]
        (held,) = [row.read(events.HeldEvent) for row in sheet.rows("held")]
    assert move.path.endswith("01.mkv")
    assert move.target.endswith("S01E02.mkv")
    assert (held.path.endswith("02.mkv"), held.cause) == (True, "rival")
