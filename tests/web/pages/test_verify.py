"""What a verification found is counted as it is listed, and each finding has something to press or type."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.core.moving.verifying.kinds import Kind
from anivault.web.pages import verify
from anivault.web.pages.verify import MENDS
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.pages.test_words import words_of
from tests.web.test_whole_job import work

NAMES = [f"Planetes - {number:02}.mkv" for number in range(1, 8) if number != 6]


@pytest.fixture
def library(inside: Browser, tmp_path: Path) -> Path:
    """Six files by copy, one episode missing between them."""
    (tmp_path / "Library/.anivault").mkdir()
    (tmp_path / "Library/.anivault/config.toml").write_text('[organize]\nmode = "copy"\n')
    for name in NAMES:
        (tmp_path / "Downloads" / name).write_text(name)
    work(inside, "plan")
    work(inside, "apply")
    return tmp_path / "Library"


def place(library: Path, number: int) -> Path:
    return next(library.rglob(f"*S01E{number:02}.mkv"))


def finding(browser: Browser, kind: str) -> str:
    """The row of a finding of this kind."""
    rows = re.findall(r'<li class="file">.*?</li>', browser.get("/verify").text, re.DOTALL)
    (row,) = [str(row) for row in rows if f"<strong>{kind}</strong>" in row]
    return row


def typed(row: str) -> None:
    """Type the command that a row names."""
    command = re.search(r"<code[^>]*><bdi>(.*?)</bdi>", row)
    assert command
    subprocess.run(["sh", "-c", html.unescape(command[1])], check=True)


def pressed(browser: Browser, row: str, action: str) -> None:
    """Press a button of a row with its fields."""
    form = re.search(rf'<form method="post" action="{action}".*?</form>', row, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    fields.pop("csrf")
    assert browser.post(action, fields).headers["location"] == "/working"
    browser.finish()


def test_every_kind_has_something_to_press_or_to_type() -> None:
    assert MENDS.keys() == set(Kind) - {Kind.SAME}
    assert all(mend.words and (mend.press or mend.command) for mend in MENDS.values())


def test_the_heading_counts_what_the_list_shows(inside: Browser, library: Path, run: Run) -> None:
    place(library, 1).unlink()
    place(library, 2).write_text("changed")
    (library / "extra.mkv").write_text("not of any run")
    work(inside, "verify")

    page = words_of(inside, "/verify")
    assert "2 to mend , 2 to know" in page
    assert "To mend 2" in page
    assert "To know 2" in page
    text = inside.get("/verify").text
    assert text.count('<li class="file">') == 4 == len(run("verify", library, "--json").of("finding"))
    assert text.index("<strong>changed</strong>") < text.index("<strong>extra</strong>")
    assert "2 to mend" in words_of(inside, "/")


def test_what_is_to_be_mended_comes_first_of_many(
    inside: Browser, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "ROWS", 1)
    place(library, 7).unlink()
    (library / "Anything.mkv").write_text("not of any run")
    work(inside, "verify")
    pages, link = [], "/verify"
    while link:
        text = inside.get(link).text
        pages += re.findall(r"<strong>([\w-]+)</strong>", text)
        found = re.search(r'href="(/verify\?after=\d+)"', text)
        link = found[1] if found else ""

    assert pages == ["missing", "extra", "incomplete"]


def test_what_is_only_to_be_known_is_nothing_to_mend(inside: Browser, library: Path) -> None:
    work(inside, "verify")

    assert "All as it was left , 1 to know" in words_of(inside, "/verify")
    link = re.search(r'href="(/library/show\?[^"]+)"', finding(inside, "incomplete"))
    assert link
    assert inside.get(html.unescape(link[1])).status == 200


def test_a_missing_file_comes_back_by_planning_again(inside: Browser, library: Path) -> None:
    gone = place(library, 1)
    gone.unlink()
    work(inside, "verify")
    pressed(inside, finding(inside, "missing"), "/jobs/plan")
    work(inside, "apply")
    work(inside, "verify")

    assert gone.exists()
    assert "<strong>missing</strong>" not in inside.get("/verify").text


def test_a_missing_file_that_is_taken_back_is_not_missed(inside: Browser, library: Path) -> None:
    place(library, 7).unlink()
    work(inside, "verify")
    pressed(inside, finding(inside, "missing"), "/jobs/preview")
    assert "1 file to note as gone" in words_of(inside, "/undo") or "1 file of run" in words_of(
        inside, "/undo"
    )
    work(inside, "undo")
    work(inside, "verify")

    assert "All as it was left" in words_of(inside, "/verify")


def test_a_renamed_file_has_its_name_again_by_what_is_to_be_typed(inside: Browser, library: Path) -> None:
    was = place(library, 2)
    was.rename(was.with_name("it's mine.mkv"))
    work(inside, "verify")
    typed(finding(inside, "misnamed"))
    work(inside, "verify")

    assert was.exists()
    assert "All as it was left" in words_of(inside, "/verify")


@pytest.mark.parametrize("kind", ["changed", "corrupt"])
def test_a_file_that_is_not_what_it_was_comes_again_from_its_source(
    inside: Browser, library: Path, kind: str
) -> None:
    work(inside, "verify", deep="1")
    file = place(library, 3)
    times = file.stat()
    file.write_text("Planetes - 0X.mkv" if kind == "corrupt" else "changed")
    if kind == "corrupt":
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    work(inside, "verify", deep="1")
    typed(finding(inside, kind))
    pressed(inside, finding(inside, kind), "/jobs/plan")
    work(inside, "apply")
    work(inside, "verify", deep="1")

    assert file.read_text() == NAMES[2]
    assert "All as it was left" in words_of(inside, "/verify")


def test_a_file_with_two_names_loses_the_one_that_is_taken_back(inside: Browser, library: Path) -> None:
    for name in ("Planetes - 08.mkv", "Planetes - 09.mkv"):
        Path(inside.house.sources[0], name).write_text("twice the same")
    work(inside, "plan")
    work(inside, "apply")
    work(inside, "verify", deep="1")
    pressed(inside, finding(inside, "duplicate"), "/jobs/preview")
    work(inside, "undo")

    assert place(library, 8).exists()
    assert not list(library.rglob("*S01E09.mkv"))


def test_a_run_that_did_not_end_is_settled(inside: Browser, library: Path) -> None:
    journal = next((library / ".anivault").glob("journal*"))
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    work(inside, "verify")
    pressed(inside, finding(inside, "unfinished"), "/jobs/recover")
    work(inside, "verify")

    assert "<strong>unfinished</strong>" not in inside.get("/verify").text


def test_a_file_of_nobody_can_be_explained_and_adopted(inside: Browser, library: Path, run: Run) -> None:
    (place(library, 1).parent / "Planetes S01E06.mkv").write_text("by hand")
    work(inside, "verify")
    row = finding(inside, "extra")
    link = re.search(r'href="(/explain\?[^"]+)"', row)
    assert link
    assert inside.get(html.unescape(link[1])).status == 200
    command = re.search(r"<code[^>]*><bdi>(.*?)</bdi>", row)
    assert command
    words = shlex.split(html.unescape(command[1]))
    assert run(*words[1:], "--apply").code == 0
    work(inside, "verify")

    assert "<strong>extra</strong>" not in inside.get("/verify").text


def test_a_library_that_is_not_one_yet_leads_to_the_plan(inside: Browser) -> None:
    work(inside, "verify")

    assert 'action="/jobs/plan"' in finding(inside, "no-library")


def rot(file: Path) -> None:
    """The same size and time with other bytes, as a bad disk leaves it."""
    was, data = file.stat(), file.read_bytes()
    file.write_bytes(bytes(byte ^ 1 for byte in data))
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))


def test_what_reading_every_byte_found_stays_found_until_they_are_read_again(
    inside: Browser, library: Path
) -> None:
    work(inside, "verify", deep="1")
    rot(place(library, 2))
    work(inside, "verify", deep="1")
    (show,) = set(re.findall(r'href="(/library/show\?key=[^"]+)"', inside.get("/library").text))
    for _ in range(2):  # a look at sizes and times says nothing against it, however often
        work(inside, "verify", deep="0")
        assert "corrupt : its content is not what it was" in words_of(inside, "/verify")
        assert "5 same, 1 incomplete, 1 corrupt." in words_of(inside, "/verify")
        assert "1 finding of these was made when every byte was read" in words_of(inside, "/verify")
        assert "1 to mend" in words_of(inside, "/")
        assert "as it was left" not in words_of(inside, show)
        assert inside.house.jobs.state.code == 10
    rot(place(library, 2))
    work(inside, "verify", deep="1")

    assert "corrupt" not in words_of(inside, "/verify")


def test_what_was_corrupt_is_forgotten_with_the_file_that_it_was(inside: Browser, library: Path) -> None:
    work(inside, "verify", deep="1")
    rot(place(library, 2))
    rot(place(library, 3))
    work(inside, "verify", deep="1")
    place(library, 2).unlink()
    backup = library.with_name("backup")
    backup.write_bytes(place(library, 3).read_bytes())
    was = place(library, 3).stat()
    os.utime(backup, ns=(was.st_atime_ns, was.st_mtime_ns))
    backup.replace(place(library, 3))
    work(inside, "verify", deep="0")

    assert "corrupt" not in words_of(inside, "/verify")
    assert "missing" in words_of(inside, "/verify")


def test_that_a_copy_which_was_renamed_is_planned_again_is_told(inside: Browser, library: Path) -> None:
    place(library, 2).rename(library / "renamed.mkv")
    work(inside, "verify")
    assert "puts it there a second time" in finding(inside, "misnamed")
    work(inside, "plan")

    assert "1 file to copy" in words_of(inside, "/plan")
