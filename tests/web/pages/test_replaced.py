"""A form does what its page showed, and nothing else: what another window has replaced is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.cli.events import MoveEvent
from tests.web.conftest import Browser
from tests.web.test_whole_job import work

NOTHING = "Nothing was done."
NAMES = [f"[Doki] Planetes - {number:02} [720p].mkv" for number in (1, 2, 3)]


@pytest.fixture(autouse=True)
def pile(inside: Browser, tmp_path: Path) -> Path:
    """Three episodes, planned."""
    for name in NAMES:
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    return tmp_path / "Downloads"


def number(browser: Browser, name: str) -> str:
    """The number of a planned file."""
    sheet = browser.house.desk.sheet("plan")
    assert sheet
    with sheet:
        return next(str(r.n) for r in sheet.rows("move", most=99) if r.read(MoveEvent).path.endswith(name))


def made(page: str) -> str:
    """What a page's form says of what it is about."""
    found = re.search(r'name="made" value="([0-9.]+)"', page)
    assert found
    return found[1]


def in_library(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "Library").rglob("*.mkv")}


@pytest.mark.parametrize("path", ["/jobs/apply", "/plan/leave", "/plan/place"])
def test_a_form_of_a_plan_that_was_made_again_is_refused(inside: Browser, tmp_path: Path, path: str) -> None:
    n = number(inside, NAMES[0])
    old = made(inside.get(f"/plan/file?n={n}").text)
    work(inside, "plan")
    answer = inside.post(path, {"n": n, "out": "1", "season": "1", "episode": "20", "made": old})

    assert answer.status == 409
    assert NOTHING in answer.text
    assert "Left out by you" not in inside.get("/plan").text
    assert not in_library(tmp_path)


@pytest.mark.parametrize("path", ["answer", "pin", "later", "never", "apart"])
def test_an_answer_to_a_question_of_a_plan_that_was_made_again_is_refused(
    inside: Browser, pile: Path, path: str
) -> None:
    (pile / "[G] Zzqqx Wwvv - 01.mkv").write_text("1")
    work(inside, "plan")
    asked = inside.get("/review").text
    n = re.search(r'name="n" value="([0-9]+)"', asked)
    old = made(asked)
    work(inside, "plan")
    fields = {"n": n[1] if n else "", "choice": "0", "show": "tmdb:34102", "season": "1", "made": old}
    search = "&".join(f"{name}={value}" for name, value in fields.items())

    assert inside.post(f"/review/{path}", fields).status == 404
    assert inside.get(f"/review/search?{search}").status == 404
    assert inside.get(f"/review/search?{search.replace(old, made(inside.get('/review').text))}").status == 200


def test_a_plan_is_carried_out_once(inside: Browser, tmp_path: Path) -> None:
    page = made(inside.get("/plan").text)
    inside.post("/plan/leave", {"n": number(inside, NAMES[1]), "out": "1"})
    work(inside, "apply")
    there = in_library(tmp_path)

    for fields in ({}, {"made": page}):
        assert inside.post("/jobs/apply", fields).status == 409
    assert in_library(tmp_path) == there
    assert len(there) == len(NAMES) - 1


def test_a_file_that_was_left_out_is_left_out_of_the_next_plan_too(inside: Browser, tmp_path: Path) -> None:
    inside.post("/plan/leave", {"n": number(inside, NAMES[1]), "out": "1"})
    (tmp_path / "Downloads" / "[Doki] Planetes - 04 [720p].mkv").write_text("4")
    work(inside, "plan")
    work(inside, "apply")

    assert {name[-7:-4] for name in in_library(tmp_path)} == {"E01", "E03", "E04"}


def test_what_another_window_wanted_to_take_back_is_not_taken_back(inside: Browser, tmp_path: Path) -> None:
    work(inside, "apply")
    run = re.search(r"run=([0-9-]+)", inside.get("/history").text)
    assert run
    work(inside, "preview", run=run[1])
    old = made(inside.get("/undo").text)
    work(inside, "preview", run=run[1])

    assert inside.post("/jobs/undo", {"made": old}).status == 409
    assert len(in_library(tmp_path)) == len(NAMES)
    work(inside, "undo")
    assert not in_library(tmp_path)
    assert inside.post("/jobs/undo").status == 409
