"""What Apply or Take back could not do is named with its reason: at its end, and in the history later."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.core.causes import HEADS
from anivault.web.pages import history, working
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.pages.test_words import words_of
from tests.web.test_whole_job import work

NAMES = [f"Planetes - {number:02}.mkv" for number in range(1, 7)]


@pytest.fixture
def source(inside: Browser, tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    return tmp_path / "Downloads"


def test_the_files_that_apply_held_are_named_with_their_reasons(
    inside: Browser, source: Path, tmp_path: Path
) -> None:
    (source / NAMES[0]).write_text("changed since the plan was made")
    (source / NAMES[1]).unlink()
    work(inside, "apply")

    state = inside.house.jobs.state
    assert state.counts == {"done": 4, "held": 2}
    work(inside, "library")
    for path in (f"/history/run?run={state.run}", f"/history/held?run={state.run}"):
        page = words_of(inside, path)
        assert f"{source / NAMES[0]} {HEADS['changed']}" in page
        assert f"{source / NAMES[1]} {HEADS['source-gone']}" in page
        assert NAMES[2] not in page or path.startswith("/history/run?")


def test_what_is_held_is_named_at_the_end_of_the_run(inside: Browser, source: Path) -> None:
    (source / NAMES[0]).unlink()
    work(inside, "apply")

    page = words_of(inside, "/working")
    assert "Held: stayed where they were" in page
    assert f"{source / NAMES[0]} {HEADS['source-gone']}" in page


def test_a_run_that_held_all_names_them_though_it_was_not_begun(inside: Browser, source: Path) -> None:
    for name in NAMES:
        (source / name).unlink()
    work(inside, "apply")

    assert (inside.house.jobs.state.run, inside.house.jobs.state.counts["held"]) == ("", len(NAMES))
    page = words_of(inside, "/working")
    assert all(name in page for name in NAMES)


def test_many_held_files_come_page_by_page(
    inside: Browser, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "HELD", 2)
    for name in NAMES[:5]:
        (source / name).unlink()
    work(inside, "apply")
    seen: list[str] = []
    page = inside.get("/working").text
    while True:
        seen += re.findall(r"Planetes - 0\d\.mkv", page)
        link = re.search(r'href="(/history/held\?[^"]+)"', page)
        if link is None:
            break
        page = inside.get(html.unescape(link[1])).text

    assert seen == NAMES[:5]
    assert inside.get(f"/history/held?run={inside.house.jobs.state.run}&after=99999").status == 404


def apply_and_change_one(inside: Browser, tmp_path: Path) -> Path:
    """Apply the plan, and put another file in the place of one that it brought."""
    work(inside, "apply")
    kept, *_ = sorted((tmp_path / "Library").rglob("*.mkv"))
    kept.unlink()
    kept.write_text("somebody else's")
    return kept


def test_what_take_back_held_is_named_and_folders_are_folders(
    inside: Browser, source: Path, tmp_path: Path, run: Run
) -> None:
    kept = apply_and_change_one(inside, tmp_path)
    work(inside, "preview")
    told = "1 held, 3 folders stay"
    assert told in words_of(inside, "/undo")
    assert told in run("rollback", tmp_path / "Library").out
    assert "Folders that stay" in words_of(inside, "/undo")
    work(inside, "undo")

    assert inside.house.jobs.state.counts == {"back": 5, "gone": 0, "held": 1}
    assert told in words_of(inside, "/working")
    for path in ("/working", f"/history/run?run={inside.house.jobs.state.run}"):
        page = words_of(inside, path)
        assert f"{kept.relative_to(tmp_path / 'Library')} {HEADS['changed']}" in page
        assert HEADS["folder-not-empty"] not in page


def test_many_files_that_cannot_go_back_come_page_by_page(
    inside: Browser, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "FILES", 2)
    work(inside, "apply")
    for file in (tmp_path / "Library").rglob("*.mkv"):
        file.unlink()
        file.write_text("somebody else's")
    work(inside, "preview")
    seen, link = set[str](), "/undo"
    while link:
        page = inside.get(link).text
        seen |= set(re.findall(r"S01E\d\d", page))
        found = re.search(r'href="(/undo\?held=\d+)"', page)
        link = found[1] if found else ""

    assert len(seen) == len(NAMES)


def test_the_folder_of_a_held_file_is_no_held_file(inside: Browser, tmp_path: Path, run: Run) -> None:
    (tmp_path / "Library/.anivault").mkdir()
    (tmp_path / "Library/.anivault/config.toml").write_text('[organize]\nmode = "move"\n')
    folder = tmp_path / "Downloads/Planetes"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_text(name)
    work(inside, "plan")
    (folder / NAMES[0]).write_text("changed since the plan was made")
    work(inside, "apply")

    assert inside.house.jobs.state.counts == {"done": 5, "held": 1}
    assert "1 held" in inside.house.jobs.state.said
    assert folder.is_dir()


# --- twice ---


def test_what_is_taken_back_cannot_be_taken_back_again(
    inside: Browser, source: Path, tmp_path: Path, run: Run
) -> None:
    """Also where a folder stays that the first time could not remove."""
    work(inside, "apply")
    applied = inside.house.jobs.state.run
    folder = next((tmp_path / "Library").rglob("*.mkv")).parent
    (folder / "mine.txt").write_text("somebody's own")
    work(inside, "preview", run=applied)
    work(inside, "undo")
    runs = run("history", tmp_path / "Library", "--json").of("run")
    assert [each["files"] for each in runs] == [6, 6]

    work(inside, "preview", run=applied)
    page = words_of(inside, "/undo")
    assert "There is nothing to take back, 3 folders stay. Nothing was changed." in page
    assert 'action="/jobs/undo"' not in inside.get("/undo").text
    assert inside.post("/jobs/undo").status == 409
    assert "There is nothing to take back" in inside.post("/jobs/undo").text
    said = run("rollback", tmp_path / "Library", "--run", applied, "--apply").out
    assert "There is nothing to take back, 3 folders stay. Nothing was changed." in said
    assert run("history", tmp_path / "Library", "--json").of("run") == runs

    (folder / "mine.txt").unlink()
    work(inside, "preview", run=applied)
    assert "3 empty folders of run" in words_of(inside, "/undo")
    work(inside, "undo")
    assert "removed." in words_of(inside, "/working")
    assert not list((tmp_path / "Library/Shows").parent.glob("Shows"))


def test_a_changed_file_is_held_each_time_and_no_empty_run_is_written(
    inside: Browser, source: Path, tmp_path: Path, run: Run
) -> None:
    apply_and_change_one(inside, tmp_path)
    for _ in range(3):
        run("rollback", tmp_path / "Library", "--apply")

    assert [each["files"] for each in run("history", tmp_path / "Library", "--json").of("run")] == [6, 5]


def made(page: str) -> str:
    found = re.search(r'name="made" value="([0-9.]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("twice", ["while it runs", "after its end"])
def test_a_button_that_is_pressed_twice_shows_what_the_first_press_did(
    inside: Browser, source: Path, twice: str
) -> None:
    for job, page in (("apply", "/plan"), ("undo", "/undo")):
        fields = {"made": made(inside.get(page).text)}
        assert inside.post(f"/jobs/{job}", fields).headers["location"] == "/working"
        if twice == "after its end":
            inside.finish()
        assert inside.post(f"/jobs/{job}", fields).headers["location"] == "/working"
        if twice != "after its end":
            inside.finish()
        assert "6 files" in words_of(inside, "/working")
        if job == "apply":
            work(inside, "preview", run=inside.house.jobs.state.run)


def test_work_that_is_asked_for_while_it_goes_on_is_shown(inside: Browser, source: Path) -> None:
    assert inside.post("/jobs/plan").headers["location"] == "/working"
    assert inside.post("/jobs/plan").headers["location"] == "/working"
    assert inside.post("/jobs/verify", {"deep": "0"}).status == 409
    inside.finish()
