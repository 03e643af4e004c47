"""What an address names and is not there is a 404 that says where to go on, and never an empty page."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from tests.web.conftest import Browser
from tests.web.test_whole_job import work

NAMES = ["Planetes - 01.mkv", "Planetes - 02.mkv", "Zzqqx Wwvv - 01.mkv"]
UNKNOWN = [
    "/plan/show",
    "/plan/show?key=unknown",
    "/plan/held",
    "/plan/held?reason=unknown",
    "/plan/held?reason=junk",  # a reason, and of no file here
    "/plan/file",
    "/plan/file?n=99999",
    "/plan?state=unknown",
    "/plan?reason=unknown",
    "/library/show",
    "/library/show?key=unknown",
    "/history/run",
    "/history/run?run=20010101-000000",
    "/history/held?run=20010101-000000",
    "/nowhere",
]
BEYOND = [
    "/plan?start=60",
    "/plan?state=left-out&after=1",
    "/plan/show?key={show}&after=99999",
    "/plan/held?reason=unmatched&after=99999",
    "/library?start=60",
    "/library/show?key={show}&after=99999",
    "/history?start=50",
    "/history/run?run={run}&after=99999",
    "/history/held?run={run}&after=99999",
    "/undo?after=99999",
    "/verify?after=99999",
]


@pytest.fixture
def full(inside: Browser, tmp_path: Path) -> Browser:
    """A page that has something to show everywhere."""
    for name in NAMES:
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    work(inside, "apply")
    work(inside, "verify")
    work(inside, "preview")
    (tmp_path / "Downloads/Planetes - 03.mkv").write_text("3")
    work(inside, "plan")
    return inside


def onward(browser: Browser, page: str) -> int:
    """Where its one button leads, by the status of that."""
    link = re.search(r'<a class="button" href="([^"]+)">', page)
    assert link
    return browser.get(html.unescape(link[1])).status


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_not_there_is_not_found(full: Browser, path: str) -> None:
    answer = full.get(path)

    assert answer.status == 404
    assert "<h1>Not here</h1>" in answer.text
    assert onward(full, answer.text) == 200


@pytest.mark.parametrize("path", BEYOND)
def test_a_list_has_no_page_behind_its_end(full: Browser, path: str) -> None:
    plan = full.get("/plan").text
    show = re.search(r'/plan/show\?key=([^"]+)"', plan)
    run = re.search(r"/history/run\?run=([\w-]+)", full.get("/history").text)
    assert show
    assert run
    answer = full.get(path.format(show=html.unescape(show[1]), run=run[1]))

    assert answer.status == 404
    assert onward(full, answer.text) == 200


@pytest.mark.parametrize("job", ["nothing", "preview", "undo"])
def test_work_that_there_is_not_is_not_found(inside: Browser, job: str) -> None:
    answer = inside.post(f"/jobs/{job}", {"file": "99999", "finding": "99999"})

    assert answer.status in {404, 409}
    assert onward(inside, answer.text) == 200
    assert not inside.house.jobs.state.job


def test_words_that_no_show_has_are_an_answer(full: Browser) -> None:
    for path in ("/plan?q=nowhere", "/library?q=nowhere"):
        answer = full.get(path)
        assert answer.status == 200
        assert "No show is called so." in answer.text


def test_a_fold_of_a_plan_that_is_gone_says_so_within_its_fold(full: Browser) -> None:
    answer = full.get("/plan/show?key=unknown", hx_request="true")

    assert answer.status == 404
    assert "Perhaps it was made again, or applied." in answer.text
    assert "<nav" not in answer.text
