"""One file of a run is taken back where the run is shown, in the words that stand for whole runs too."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import tree
from tests.web.conftest import Browser
from tests.web.test_whole_job import work

NAMES = ("Toradora! - 01.mkv", "Toradora! - 02.mkv")


def run_page(browser: Browser) -> str:
    run = re.findall(r"/history/run\?run=([^\"]+)", browser.get("/history").text)[-1]
    return html.unescape(browser.get(f"/history/run?run={run}").text)


def buttons(page: str) -> dict[str, str]:
    """The numbers of steps that can be taken back, by the file that their button names."""
    found = re.findall(r'name="step" value="(\d+)".*?aria-label="Take it back…: ([^"]*)"', page, re.DOTALL)
    return {name: n for n, name in found}


def made(page: str) -> str:
    (found,) = set(re.findall(r'name="made" value="([^"]*)"', page))
    return str(found)


def test_a_file_of_a_run_is_taken_back_alone_and_once(inside: Browser, tmp_path: Path) -> None:
    for n, name in enumerate(NAMES):
        (tmp_path / "Downloads" / name).write_bytes(b"%d" % n)
    work(inside, "plan")
    work(inside, "apply")
    first = next(name for name in tree(tmp_path / "Library") if "S01E01" in name)
    page = run_page(inside)
    steps = buttons(page)
    assert len(steps) == 2

    step = {"step": next(n for name, n in steps.items() if "S01E01" in name), "made": made(page)}
    work(inside, "preview", **step)
    assert first in html.unescape(inside.get("/undo").text)
    work(inside, "undo")
    assert [name for name in tree(tmp_path / "Library") if "S01E0" in name] == [
        first.replace("S01E01", "S01E02")
    ]
    told = html.unescape(inside.get("/history").text)
    assert "Taken back" in told
    assert "Filed by hard links" in told
    assert not any("S01E01" in name for name in buttons(run_page(inside)))  # it is not there any more
    assert inside.post("/jobs/preview", step).status == 409  # the list was made again


def test_a_number_of_no_step_takes_nothing_back(inside: Browser, tmp_path: Path) -> None:
    (tmp_path / "Downloads" / NAMES[0]).write_text("x")
    work(inside, "plan")
    work(inside, "apply")

    assert inside.post("/jobs/preview", {"step": "99999", "made": made(run_page(inside))}).status == 404


def test_files_and_runs_are_taken_back_and_tokens_are_revoked(inside: Browser, tmp_path: Path) -> None:
    (tmp_path / "Downloads" / NAMES[0]).write_text("x")
    inside.post("/settings/token", {"name": "phone", "scope": "read"})
    inside.post("/settings/ignore", {"what": "*.nfo"})
    work(inside, "plan")
    work(inside, "apply")
    show = re.search(r"/library/show\?key=[^\"]+", inside.get("/library").text)
    assert show

    assert "Take it back…: " in inside.get(html.unescape(show[0])).text
    assert ">Undo<" not in inside.get(html.unescape(show[0])).text
    settings = inside.get("/settings").text
    assert "Revoke: phone" in settings
    assert "Remove: *.nfo" in settings
    assert "Take" not in settings
