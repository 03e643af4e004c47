"""The library on the page: every episode as it is there, and no name that becomes markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.web.records import Cell
from anivault.web.work.library import are_versions
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.test_whole_job import work


@pytest.mark.parametrize(
    ("files", "versions"),
    [
        (["S/A S01E01.mkv", "S/A S01E01 - 720p.mkv"], True),
        (["S/A S01E01 - 1080p.mkv", "S/A S01E01 - 720p.mkv"], True),
        (["S/A S01E01.mkv", "T/A S01E01 - 720p.mkv"], False),
        (["S/A S01E01.mkv", "S/Other name.mkv"], False),
        (["S/A S01E01.mkv"], False),
        ([], False),
    ],
)
def test_versions_are_what_servers_read_as_such(files: list[str], versions: bool) -> None:
    assert are_versions(files) is versions


def test_an_episode_is_missing_there_of_several_versions_or_double() -> None:
    cells = [Cell(episode=1, files=n, versions=v) for n, v in ((0, False), (1, False), (2, True), (2, False))]

    assert [cell.state for cell in cells] == ["missing", "there", "version", "double"]


def show_page(browser: Browser, title: str) -> str:
    links = re.findall(r'href="(/library/show\?key=[^"]+)"', browser.get("/library").text)
    return next(p for link in links if title in (p := browser.get(link.replace("&amp;", "&")).text))


def test_a_strip_says_of_each_episode_how_it_is_there(inside: Browser, tmp_path: Path, run: Run) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    for name in (
        "[A] Toradora! - 01 [1080p].mkv",
        "[B] Toradora! - 01 [720p].mkv",
        "[A] Toradora! - 03 [1080p].mkv",
    ):
        (source / name).write_text(name)
    assert run("organize", source, "--to", library, "--on-conflict", "version", "--apply").code in (0, 10)
    work(inside, "library")

    cells = re.findall(
        r'<li class="(\w+)" title="[^"]*"><span aria-hidden="true">(\d+)<', show_page(inside, "Toradora!")
    )
    assert cells[:3] == [("version", "1"), ("missing", "2"), ("there", "3")]


def test_names_that_were_filed_become_no_markup_anywhere(inside: Browser, tmp_path: Path, run: Run) -> None:
    source, library = tmp_path / "Downloads", tmp_path / "Library"
    for n, evil in enumerate(
        ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202egnp", "عربي"), 1
    ):
        folder = source / evil.replace("/", "_")
        folder.mkdir()
        (folder / f"[{evil.replace('/', '_')}] Toradora! - {n:02}.mkv").write_text(evil)
    run("organize", source, "--to", library, "--apply")
    work(inside, "library")
    work(inside, "preview")
    filed = show_page(inside, "Toradora!")
    (link,) = set(re.findall(r'href="(/history/run\?run=[^"]+)"', inside.get("/history").text))
    pages = [
        filed,
        inside.get("/undo").text,
        inside.get(link).text,
        inside.get("/explain?file=<script>alert(1)</script>").text,
    ]

    for page in pages:
        assert not re.search(r"<script>alert|<img src=x|\u202e", page)
    assert all("عربي" in page for page in pages[:3])
