"""The whole job through the page: the real handlers, in processes of their own, on real files."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import tree, write_sample
from anivault.core.matching.pins import load
from tests.conftest import Run
from tests.web.conftest import Browser


def work(browser: Browser, job: str, **fields: str) -> None:
    """Have something done, and wait for it."""
    assert browser.post(f"/jobs/{job}", fields).headers["location"] == "/working"
    browser.finish()


def test_from_the_plan_to_the_library_and_all_the_way_back(inside: Browser, tmp_path: Path, run: Run) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    write_sample(source)
    before = tree(source)

    work(inside, "plan")
    plan = inside.get("/plan").text
    assert "Cowboy Bebop (1998)".casefold() in plan.casefold()
    assert not tree(library)
    said = run("organize", source, "--to", library, "--json")
    told = run("organize", source, "--to", library).out.splitlines()[-1]
    assert f"<strong>{told}</strong>" in plan  # the page and the command say the same

    work(inside, "apply")
    state = inside.house.jobs.state
    assert state.counts["done"] == len(said.of("move")) == len(tree(library))
    assert state.run in inside.get("/history").text
    assert "Your Name." in inside.get("/library").text

    work(inside, "verify", deep="1")
    assert "All as it was left" in inside.get("/verify").text
    assert "before the last run" not in inside.get("/").text

    work(inside, "preview", run=state.run)
    assert len(tree(library)) == len(said.of("move"))  # only shown
    assert f"{len(said.of('move'))} files of run {state.run} to take back." in inside.get("/undo").text
    work(inside, "undo")
    assert not tree(library)
    assert tree(source) == before
    assert not run("history", library, "--json").of("run")[0]["living"]
    assert "before the last run" in inside.get("/").text  # what was verified then is not there now


def test_a_better_file_is_shown_in_the_words_of_the_command(
    inside: Browser, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    old, new = (source / f"[Group] Cowboy Bebop - {name} [720p].mkv" for name in ("01", "01v2"))
    old.write_text("the first version")
    work(inside, "plan")
    work(inside, "apply")
    before = tree(library)
    new.write_text("the second")
    monkeypatch.setenv("ANIVAULT_UPGRADE", "true")
    (said,) = run("organize", source, "--to", library, "--json").of("return")

    work(inside, "plan")
    page = inside.get("/plan/file?n=1").text
    assert said["detail"].startswith("a later version; ")
    assert html.unescape(page).count(said["detail"]) == 1
    work(inside, "apply")
    assert [Path(library / place).read_text() for place in tree(library)] == ["the second"]
    work(inside, "preview")
    assert str(old) in html.unescape(inside.get("/undo").text)
    work(inside, "undo")
    assert tree(library) == before


def test_one_file_is_taken_back_and_its_conflict_is_shown(inside: Browser, tmp_path: Path) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    for n in (1, 2):
        (source / f"[Group] Cowboy Bebop - 0{n}.mkv").write_bytes(b"%d" % n)
    work(inside, "plan")
    work(inside, "apply")
    show = re.search(r'href="(/library/show\?key=[^"]+)"', inside.get("/library").text)
    assert show
    number = re.search(r'name="file" value="(\d+)"', inside.get(show[1].replace("&amp;", "&")).text)
    assert number

    work(inside, "preview", file=number[1])
    assert "1 file of run" in inside.get("/undo").text
    work(inside, "undo")
    assert len(tree(library)) == 1

    (place,) = tree(library)
    os.unlink(library / place)
    (library / place).write_bytes(b"somebody else's")
    link = r'href="/history/run\?run=([\w-]+)">\s*<span class="grow"><strong>Filed by hard links'
    run = re.search(link, inside.get("/history").text)
    assert run
    work(inside, "preview", run=run[1])
    assert "Held: stays where it is" in inside.get("/undo").text
    refused = inside.post("/jobs/undo")
    assert (refused.status, (library / place).read_bytes()) == (409, b"somebody else's")
    assert "1 held" in refused.text


def test_a_file_that_is_left_out_does_not_go_and_its_subtitle_neither(
    inside: Browser, tmp_path: Path
) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    for name in ("Toradora! - 01.mkv", "Toradora! - 01.en.srt", "Toradora! - 02.mkv"):
        (source / name).write_text(name)
    work(inside, "plan")
    show = re.search(r'href="(/plan/show\?key=[^"]+)"', inside.get("/plan").text)
    assert show
    rows = inside.get(show[1].replace("&amp;", "&")).text
    number = re.search(r'id="file-(\d+)">(?:(?!</li>).)*S01E01\.mkv', rows, re.DOTALL)
    assert number

    inside.post("/plan/leave", {"n": number[1], "out": "1"})
    work(inside, "apply")

    assert [Path(place).name for place in tree(library)] == ["Toradora! S01E02.mkv"]
    assert inside.house.jobs.state.counts["done"] == 1


def test_an_answer_is_a_pin_and_undo_takes_it_back(inside: Browser, tmp_path: Path) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    write_sample(source)
    work(inside, "plan")
    question = inside.get("/review").text
    number = re.search(r'name="n" value="(\d+)"', question)
    assert number
    assert "<meter" in question

    assert inside.post("/review/answer", {"n": number[1], "choice": "0"}).status == 303
    assert len(load(library / ".anivault/pins.toml")) == 1
    assert "Taken:" in inside.get("/review").text
    inside.post("/review/undo")
    assert load(library / ".anivault/pins.toml") == ()
    assert inside.post("/review/answer", {"n": number[1], "choice": "99"}).status == 404

    inside.post("/review/answer", {"n": number[1], "choice": "0"})
    held = inside.get("/").text
    work(inside, "plan")
    assert inside.get("/").text != held  # the files of that question go now


def test_another_episode_is_a_pin_for_one_file(inside: Browser, tmp_path: Path) -> None:
    source = tmp_path / "Downloads"
    for n in (1, 2, 3):
        (source / f"[Group] Toradora! - 0{n}.mkv").write_bytes(b"%d" % n)
    work(inside, "plan")
    (row,) = [
        row
        for row in re.findall(r"<li class=\"file.*?</li>", show_of(inside, "Toradora!"), re.DOTALL)
        if "S01E03" in row
    ]
    number = re.search(r'name="n" value="(\d+)"', row)
    assert number

    assert inside.post("/plan/place", {"n": number[1], "season": "0", "episode": "5"}).status == 303
    inside.finish()

    assert "S00E05.mkv" in show_of(inside, "Toradora!")


def test_the_form_for_another_episode_begins_with_the_one_that_is_planned(
    inside: Browser, tmp_path: Path
) -> None:
    (tmp_path / "Downloads/[Group] Toradora! - 07.mkv").write_text("x")
    work(inside, "plan")
    page = inside.get("/plan/file?n=1").text

    assert re.search(r'name="season"[^>]*value="1"', page)
    assert re.search(r'name="episode"[^>]*value="7"', page)


def show_of(browser: Browser, title: str) -> str:
    """The files of a show in the plan."""
    for link in re.findall(r'href="(/plan/show\?key=[^"]+)"', browser.get("/plan").text):
        page = browser.get(link.replace("&amp;", "&")).text
        if f"<bdi>{title}" in page:
            return page
    raise AssertionError(title)


HOSTILE = [
    "<script>alert(1)</script> - 01.mkv",
    '"><img src=x onerror=alert(1)> - 02.mkv',
    "'; DROP TABLE rows; -- - 03.mkv",
    "{{7*7}} {% raw %} - 04.mkv",
    "\u202egnp.exe - 05.mkv",
    "عنوان عربي - 06.mkv",
    "javascript:alert(1) - 07.mkv",
    "&lt;b&gt; - 08.mkv",
    "葬送のフリーレン 第09話.mkv",
    "Über Größe - 10.mkv",
]


def test_no_name_becomes_markup_on_any_page(inside: Browser, tmp_path: Path) -> None:
    source = tmp_path / "Downloads"
    for name in HOSTILE:
        folder = source / name.replace("/", "_").removesuffix(".mkv")
        folder.mkdir()
        (folder / name.replace("/", "_")).write_text(name)
    Path(os.fsdecode(os.fsencode(source) + b"/\xff\xfe - 11.mkv")).write_text("no UTF-8")
    work(inside, "plan")

    pages = [inside.get(path).text for path in ("/", "/plan", "/review", "/settings")]
    pages += [inside.get(f"/plan/held?reason={reason}").text for reason in ("unmatched", "unreadable-name")]
    pages += [inside.get(f"/review?n={n}").text for n in range(1, 20)]
    pages += [inside.get("/plan?q=<script>alert(1)</script>").text, show_of(inside, "Frieren")]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page
        assert ">49" not in page
    assert any("عنوان عربي" in page for page in pages)
    assert any("葬送のフリーレン" in page for page in pages)


def test_there_is_one_run_at_a_time_and_a_page_that_is_closed_ends_none(
    inside: Browser, tmp_path: Path
) -> None:
    write_sample(tmp_path / "Downloads")
    inside.post("/jobs/plan")

    assert inside.post("/jobs/library").status == 409
    assert "Planning" in inside.get("/working").text
    inside.finish()
    assert inside.house.jobs.state.code == 10


def test_work_that_is_stopped_says_so_and_changes_nothing(inside: Browser, tmp_path: Path) -> None:
    write_sample(tmp_path / "Downloads")
    inside.post("/jobs/plan")
    inside.loop.run_until_complete(_begun(inside))
    inside.post("/jobs/cancel")
    inside.finish()

    state = inside.house.jobs.state
    assert state.cancelled
    assert state.code in (10, 130)
    assert not tree(tmp_path / "Library")


async def _begun(browser: Browser) -> None:
    async for state in browser.house.jobs.states():
        if state.label != "Beginning":
            return


def test_an_error_of_a_handler_is_shown_with_its_hint(inside: Browser, tmp_path: Path) -> None:
    (tmp_path / "Downloads").rmdir()
    work(inside, "plan")

    page = inside.get("/working?done=1").text
    assert inside.house.jobs.state.code == 21
    assert "Nothing was changed." in page


def test_no_key_is_shown_anywhere(inside: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", secret)
    write_sample(tmp_path / "Downloads")
    work(inside, "plan")

    for path in ("/", "/plan", "/settings", "/working", "/explain?file=Toradora!%20-%2001.mkv"):
        assert secret not in inside.get(path).text
    assert "There is a TMDB key" in inside.get("/settings").text
