"""Explain reads what is pasted as the command does, and tells nothing of what lies outside the folders."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("starlette")

from anivault.core.matching.pins import Pin, add
from anivault.services.remembered import ignored
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.test_whole_job import work

TAGS = re.compile(r"<[^>]+>")
OUTSIDE = "This path is outside of the folders that this page may look at"
NAME = "Toradora!/Season 1/[Doki] Toradora! - 07 [720p].mkv"


def words_of(browser: Browser, asked: str) -> str:
    page = browser.get(f"/explain?file={quote(asked)}").text.partition("<main")[2]
    return re.sub(r"\s+", " ", html.unescape(TAGS.sub(" ", page)))


@pytest.mark.parametrize("there", [True, False])
def test_of_a_path_outside_its_name_is_explained_and_nothing_told_of_the_file(
    inside: Browser, tmp_path: Path, there: bool
) -> None:
    path = tmp_path / "elsewhere" / NAME
    if there:
        path.parent.mkdir(parents=True)
        path.write_text("x")
    page = words_of(inside, str(path))

    assert OUTSIDE in page
    assert "There is no such file" not in page
    assert "S01E07" in page


def test_what_lies_outside_looks_the_same_whether_it_is_there_or_not(inside: Browser, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / NAME
    words_of(inside, "x.mkv")  # how old the catalogue is is told once
    before = words_of(inside, str(path))
    path.mkdir(parents=True)  # even a folder of that name
    after = words_of(inside, str(path))

    assert before == after


@pytest.mark.parametrize(
    "name", [NAME, "Fate/stay night - 03.mkv", "Toradora! - 07.mkv", "Zzqqx Wwvv - 01.mkv"]
)
def test_a_name_with_slashes_is_read_as_the_command_reads_it(
    inside: Browser, tmp_path: Path, run: Run, name: str
) -> None:
    said = run("explain", name)
    page = words_of(inside, name)

    for field in re.findall(r"^  (\w+) {2,}(.*?)  \(", said.out, re.MULTILINE):
        assert " ".join(field) in page
    assert name in page
    titles = re.search(r"reads as: (.*)", said.out)
    assert titles
    assert f"reads as: {titles[1]}" in page


def test_a_path_from_a_folder_on_is_the_file_that_is_there(inside: Browser, tmp_path: Path) -> None:
    path = tmp_path / "Downloads" / NAME
    path.parent.mkdir(parents=True)
    path.write_text("x")

    page = words_of(inside, NAME)
    assert str(path) in page
    assert "There is no such file" not in page
    assert "There is no such file" in words_of(inside, NAME.replace("07", "08"))


SHAMAN = "Shaman King - 05.mkv"


@pytest.mark.parametrize("where", ["library", "user"])
def test_explain_heeds_the_pins_that_the_plan_heeds(
    inside: Browser, home: Path, tmp_path: Path, run: Run, where: str
) -> None:
    path, library = tmp_path / "Downloads" / SHAMAN, tmp_path / "Library"
    path.write_text("x")
    assert "ambiguous" in words_of(inside, str(path))
    folders = {"library": library / ".anivault", "user": home / "config/anivault"}
    add(folders[where] / "pins.toml", Pin(id="tmdb:40143", title="Shaman King"))

    work(inside, "plan")
    page = words_of(inside, str(path))
    planned = inside.get("/plan/file?n=1").text
    assert "Shaman King (2001)" in planned
    assert "as you have pinned it" in planned
    for told in (page, words_of(inside, SHAMAN), run("explain", path, "--to", library).out):
        assert "You have pinned it." in told
        assert "ambiguous" not in told
        assert "tmdb:40143" in told


def test_explain_heeds_the_settings_and_the_ignore_list_of_the_library(
    inside: Browser, tmp_path: Path, run: Run
) -> None:
    path, library = tmp_path / "Downloads/Toradora! - 01.mkv", tmp_path / "Library"
    path.write_text("x")
    (library / ".anivault").mkdir()
    (library / ".anivault/config.toml").write_text('[match]\nlanguages = ["ja"]\n')
    assert "とらドラ！ (2008)" in words_of(inside, str(path))
    assert "とらドラ！ (2008)" in run("explain", path, "--to", library).out

    ignored.add(["*.mkv"], str(library))
    assert "leaves this file out" in words_of(inside, str(path))
    assert "leaves this file out" in run("explain", path, "--to", library).err
    assert "leaves this file out" not in run("explain", path).err


def test_explain_reads_no_folder_above_those_that_are_served(inside: Browser, tmp_path: Path) -> None:
    served = tmp_path / "Toradora!/Season 1"
    served.mkdir(parents=True)
    inside.house.sources = (str(served),)
    (served / "01.mkv").write_text("x")
    (tmp_path / "Toradora!/.ignore").write_text("*.mkv\n")

    work(inside, "plan")
    assert "S01E01" in inside.get("/plan/file?n=1").text
    page = words_of(inside, str(served / "01.mkv"))
    assert "S01E01" in page
    assert "leaves this file out" not in page
