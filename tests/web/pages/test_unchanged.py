"""A page is made once for all who look, and again as soon as there is something else to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.web.house import House
from anivault.web.pages import rendering, unchanged
from tests.web.conftest import Browser
from tests.web.test_whole_job import work

ROOT = Path(__file__).parents[3]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of the pages that were made, in order; time stands still."""
    made: list[str] = []
    environment = rendering._environment()
    found = environment.get_template

    def noted(name: str, *parent: object) -> object:
        made.extend([name] * (not parent))
        return found(name, *parent)  # type: ignore[arg-type]

    monkeypatch.setattr(environment, "get_template", noted)
    monkeypatch.setattr(unchanged, "STALE", 1e9)
    return made


def planned(browser: Browser, folder: Path) -> None:
    for n in (1, 2):
        (folder / "Downloads" / f"Toradora! - 0{n}.mkv").write_text(f"{n}")
    work(browser, "plan")


def test_who_looks_again_gets_the_same_page_and_it_is_not_made_again(
    inside: Browser, tmp_path: Path, made: list[str]
) -> None:
    planned(inside, tmp_path)
    for path in ("/", "/plan", "/review", "/library", "/history", "/verify"):
        made.clear()
        assert inside.get(path).body == inside.get(path).body
        assert len(made) == 1, path


def test_another_browser_gets_it_with_its_own_token_in_every_form(
    house: House, inside: Browser, tmp_path: Path, made: list[str]
) -> None:
    planned(inside, tmp_path)
    other = Browser(house)
    other.app = inside.app
    other.enter()
    mine = inside.get("/plan").text
    made.clear()
    theirs = other.get("/plan").text

    assert made == []
    assert mine.replace(inside.csrf, other.csrf) == theirs
    assert inside.csrf not in theirs
    assert other.post("/jobs/plan", {"csrf": other.csrf}).status == 303
    other.finish()


def test_what_somebody_changes_is_seen_at_once(inside: Browser, tmp_path: Path, made: list[str]) -> None:
    planned(inside, tmp_path)
    show = "/plan/show?key=" + inside.get("/plan").text.partition("/plan/show?key=")[2].partition('"')[0]
    (number, *_) = [part.partition('"')[0] for part in inside.get(show).text.split('name="n" value="')[1:]]
    for _ in range(5):  # as fast as it goes: marks of one moment are two changes
        inside.post("/plan/leave", {"n": number, "out": "1"})
        assert "Take in" in inside.get(show).text
        inside.post("/plan/leave", {"n": number, "out": "0"})
        assert "Take in" not in inside.get(show).text


def test_work_that_begins_and_ends_is_seen_at_once(inside: Browser, tmp_path: Path, made: list[str]) -> None:
    planned(inside, tmp_path)
    assert "Applying" not in inside.get("/library").text
    inside.post("/jobs/apply")
    assert "Applying" in inside.get("/library").text
    inside.finish()
    assert "Applying" not in inside.get("/library").text
    assert "Toradora!" in inside.get("/library").text


def test_a_journal_that_another_program_writes_is_seen_at_once(
    inside: Browser, tmp_path: Path, made: list[str]
) -> None:
    planned(inside, tmp_path)
    work(inside, "apply")
    assert "Refresh" not in inside.get("/history").text
    with (tmp_path / "Library/.anivault/journal.jsonl").open("a") as journal:
        journal.write("\n")

    assert "Refresh" in inside.get("/history").text


def test_nobody_without_a_session_gets_a_page_that_was_made(
    house: House, inside: Browser, tmp_path: Path
) -> None:
    planned(inside, tmp_path)
    inside.get("/plan")
    inside.cookie = ""

    assert inside.get("/plan").status == 303


def test_no_more_pages_are_kept_than_a_few(inside: Browser, tmp_path: Path) -> None:
    for number in range(unchanged.MOST + 9):
        inside.get(f"/library?q={number}")

    assert len(inside.app._pages.state.shelf._made) == unchanged.MOST


def test_the_benchmark_of_the_page_runs(home: Path) -> None:
    words = [sys.executable, str(ROOT / "benchmarks/web.py"), "--files", "240", "--rounds", "1"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "/review" in done.stdout
