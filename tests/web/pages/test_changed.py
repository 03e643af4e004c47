"""What has changed under an open page is said: pins and settings since a plan, a library that is away."""

from __future__ import annotations

import html
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

pytest.importorskip("starlette")

from anivault.cli.events import MoveEvent
from anivault.core.matching.pins import load
from anivault.services.remembered.configured import choices_of, value_of
from anivault.shared.errors import NotALibraryError, RunInterruptedError, UsageError
from anivault.web.records import LibraryFacts
from anivault.web.safety.guard import HARMLESS
from anivault.web.work import library as looking
from anivault.web.work import run as working
from anivault.web.work.library import looked_after
from anivault.web.work.telling import Order, Teller
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.test_whole_job import work

SINCE = "Pins, ignore lists or settings have changed since"


def row(browser: Browser, name: str) -> int:
    """The number of a planned file, by the end of its path."""
    sheet = browser.house.desk.sheet("plan")
    assert sheet
    with sheet:
        return next(row.n for row in sheet.rows("move", most=99) if row.read(MoveEvent).path.endswith(name))


def order(browser: Browser) -> Order:
    return Order(browser.house.order("library"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Teller:
    """One that tells nobody."""
    monkeypatch.setattr(Teller, "__init__", lambda self: None)
    monkeypatch.setattr(Teller, "_say", lambda self, what: None)
    teller = Teller()
    teller._told = 0.0
    return teller


def test_a_plan_says_that_answers_came_since_until_they_are_taken_back(
    inside: Browser, tmp_path: Path
) -> None:
    for name in ("[Doki] FLCL - 01 [720p].mkv", "[Doki] FLCL - 02 [720p].mkv", "Zzqqx Wwvv - 01.mkv"):
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    assert SINCE not in inside.get("/plan").text + inside.get("/").text
    asked = re.search(r"Answer (\d+) questions", inside.get("/plan").text)
    n = re.search(r'name="n" value="(\d+)"><input type="hidden" name="choice"', inside.get("/review").text)
    assert asked
    assert n

    inside.post("/review/answer", {"n": n[1], "choice": "0"})
    assert SINCE in inside.get("/plan").text
    assert SINCE in inside.get("/").text
    assert f"Answer {int(asked[1]) - 1} question" in inside.get("/plan").text
    inside.post("/review/undo")
    assert SINCE not in inside.get("/plan").text + inside.get("/").text


def test_a_plan_says_that_settings_and_ignore_lists_have_changed(inside: Browser, tmp_path: Path) -> None:
    (tmp_path / "Downloads/Toradora! - 01.mkv").write_text("x")
    work(inside, "plan")
    inside.post("/settings/ignore", {"what": "*.nfo"})
    assert SINCE in inside.get("/plan").text
    work(inside, "plan")
    assert SINCE not in inside.get("/plan").text

    inside.post("/settings/set", {"name": "organize.mode", "value": "copy"})
    assert SINCE in inside.get("/plan").text
    work(inside, "plan")
    assert SINCE not in inside.get("/plan").text


def test_what_is_no_video_of_a_series_has_no_episode_to_say(inside: Browser, tmp_path: Path) -> None:
    for name in (
        "Toradora! - 01.mkv",
        "Toradora! - 01.en.srt",
        "Toradora! NCOP.mkv",
        "Spirited Away (2001).mkv",
    ):
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    form = "It is another episode"
    assert form in inside.get(f"/plan/file?n={row(inside, 'Toradora! - 01.mkv')}").text

    for name in ("en.srt", "NCOP.mkv", "Spirited Away (2001).mkv"):
        n = row(inside, name)
        assert form not in inside.get(f"/plan/file?n={n}").text
        assert inside.post("/plan/place", {"n": str(n), "season": "1", "episode": "2"}).status == 404
    assert load(tmp_path / "Library/.anivault/pins.toml") == ()


def test_a_library_that_is_away_is_said_so_and_not_forgotten(inside: Browser, tmp_path: Path) -> None:
    (tmp_path / "Downloads/Toradora! - 01.mkv").write_text("x")
    work(inside, "plan")
    work(inside, "apply")
    pages = ("/", "/library", "/history")
    assert not any("Is its disk mounted?" in inside.get(page).text for page in pages)
    (tmp_path / "Library").rename(tmp_path / "elsewhere")
    (tmp_path / "Library").mkdir()

    assert all("Is its disk mounted?" in inside.get(page).text for page in pages)
    work(inside, "library")
    assert inside.house.jobs.state.code == NotALibraryError.exit_code
    assert "Toradora!" in inside.get("/library").text
    (tmp_path / "Library").rmdir()
    (tmp_path / "elsewhere").rename(tmp_path / "Library")
    assert not any("Is its disk mounted?" in inside.get(page).text for page in pages)


def test_what_a_stopped_run_did_is_in_the_history_and_its_plan_is_still_there(
    inside: Browser, tmp_path: Path, run: Run, told: Teller
) -> None:
    (tmp_path / "Downloads/Toradora! - 01.mkv").write_text("x")
    work(inside, "plan")
    with suppress(RunInterruptedError), looked_after(order(inside), told):
        run("organize", tmp_path / "Downloads", "--to", tmp_path / "Library", "--apply")
        raise RunInterruptedError(2, 1, str(tmp_path / "Library"))

    assert "1 file" in inside.get("/history").text
    assert "Refresh" not in inside.get("/history").text
    assert "Toradora!" in inside.get("/plan").text


def test_a_run_that_is_done_is_told_though_the_look_behind_it_was_stopped(
    inside: Browser, tmp_path: Path, run: Run, told: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(looking, "look", stopped)
    (tmp_path / "Downloads/Toradora! - 01.mkv").write_text("x")
    with looked_after(order(inside), told):
        run("organize", tmp_path / "Downloads", "--to", tmp_path / "Library", "--apply")

    assert inside.house.desk.fact("library", LibraryFacts) is None
    assert "Refresh" in inside.get("/history").text


def test_how_a_stopped_run_goes_on_is_said_for_who_has_the_page(
    inside: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise RunInterruptedError(2, 35, "/srv/library")

    monkeypatch.setattr("anivault.web.work.checked.verify", stopped)
    done = working.outcome(Order({"job": "verify"}), None)  # type: ignore[arg-type]
    assert done["message"].startswith("Stopped between two files, after 35.")
    assert "anivault rollback" not in done["hint"]
    assert "history" in done["hint"]


def test_a_setting_that_is_one_of_a_few_words_is_chosen_from_them(inside: Browser) -> None:
    assert choices_of("organize.mode") == ("hardlink", "reflink", "copy", "move", "symlink")
    assert choices_of("organize.upgrade") == ("yes", "no")
    assert choices_of("organize.preset") == choices_of("scan.settle") == choices_of("none.such") == ()
    assert "<option selected>hardlink</option>" in inside.get("/settings").text

    with pytest.raises(
        UsageError, match="is one of hardlink, reflink, copy, move, symlink, and 'copyy' is not"
    ):
        value_of("organize.mode", ["copyy"])
    refused = inside.post("/settings/set", {"name": "organize.mode", "value": "copyy"})
    assert "Did you mean copy?" in html.unescape(refused.text)


def test_a_page_without_its_session_says_so_in_a_page(browser: Browser) -> None:
    refused = browser.post("/jobs/plan", accept="text/html,*/*")
    assert refused.status == 401
    assert refused.headers["content-type"] == "text/html; charset=utf-8"
    assert "Log in first. Nothing was changed." in refused.text
    assert 'href="/"' in refused.text

    assert browser.post("/jobs/plan").text == "Log in first. Nothing was changed."


def test_an_answer_that_no_process_can_be_had_for_is_no_bug(
    inside: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    answer = inside.get("/explain?file=Toradora!+-+01.mkv")

    assert answer.status == 200
    assert "The work could not be begun" in answer.text


def test_a_setting_that_somebody_else_sets_is_not_offered(
    inside: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'name="name" value="organize.mode"' in inside.get("/settings").text

    monkeypatch.setenv("ANIVAULT_MODE", "copy")
    page = inside.get("/settings").text
    assert 'name="name" value="organize.mode"' not in page
    assert "environment; what is set here is not heard" in page


FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"[^>]*>.*?</form>', re.DOTALL)


def test_read_only_shuts_exactly_the_forms_that_it_refuses(inside: Browser, tmp_path: Path) -> None:
    for name in ("Toradora! - 01.mkv", "[Doki] FLCL - 01 [720p].mkv", "read me.txt"):
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    (tmp_path / "Downloads/Toradora! - 02.mkv").write_text("another")
    work(inside, "apply")
    inside.post("/settings/ignore", {"what": "*.nfo"})
    work(inside, "preview")
    work(inside, "plan")
    pages = ["/", "/plan", "/review", "/library", "/history", "/undo", "/verify", "/settings"]
    pages += [f"/plan/file?n={row(inside, '02.mkv')}", "/plan/held?reason=junk"]
    for read_only in (False, True):
        inside.house.rules = replace(inside.house.rules, read_only=read_only)
        reader = Browser(inside.house).enter()
        main = reader.get("/").text.partition("<main")[2]  # what stands at the side is not seen on a phone
        assert ("Only showing" in main) is read_only
        forms = [form for page in pages for form in FORM.finditer(reader.get(page).text)]
        found = [(form[1], " disabled" in form[0]) for form in forms]
        assert {"/jobs/apply", "/jobs/undo", "/review/answer", "/settings/set"} <= {path for path, _ in found}
        for path, is_shut in found:
            assert is_shut is (read_only and not path.startswith(HARMLESS)), path
