"""The page, the commands and their events say the same words of one library: each is made in one place."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote

import pytest

pytest.importorskip("starlette")

from anivault.cli.demo_handler import write_sample
from anivault.core.causes import HEADS
from tests.conftest import Run
from tests.web.conftest import Browser
from tests.web.test_whole_job import work

TAGS = re.compile(r"<[^>]+>")


def words_of(browser: Browser, path: str) -> str:
    """What a page says, without its markup, each run of blanks one."""
    return re.sub(r"\s+", " ", html.unescape(TAGS.sub(" ", browser.get(path).text)))


def in_a_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture
def sample(inside: Browser, tmp_path: Path) -> Browser:
    """A page whose plan is of the demo's files."""
    write_sample(tmp_path / "Downloads")
    work(inside, "plan")
    return inside


@pytest.fixture
def library(sample: Browser) -> Browser:
    """A page whose plan was carried out."""
    work(sample, "apply")
    return sample


def test_the_plan_and_what_came_of_it_are_told_as_by_organize(
    sample: Browser, tmp_path: Path, run: Run
) -> None:
    words = ("organize", tmp_path / "Downloads", "--to", tmp_path / "Library")
    assert run(*words).out.splitlines()[-1] in words_of(sample, "/plan")

    work(sample, "apply")
    (done,) = run("history", tmp_path / "Library", "--json").of("run")
    assert f"48 files in the library by hardlink, 13 held. Run {done['run']}." in words_of(sample, "/working")


def test_held_files_are_told_as_by_organize(sample: Browser, tmp_path: Path, run: Run) -> None:
    held = run("organize", tmp_path / "Downloads", "--to", tmp_path / "Library", "--json").of("held")

    assert len(held) == 13
    for item in held:
        page = words_of(sample, f"/plan/held?reason={item['reason']}")
        assert HEADS[item["reason"]] in page
        assert in_a_line(item["detail"]) in page


def test_runs_and_their_files_are_told_as_by_history(library: Browser, tmp_path: Path, run: Run) -> None:
    home = tmp_path / "Library"
    (first,) = run("history", home, "--json").of("run")
    work(library, "preview", run=first["run"])
    work(library, "undo")
    for said, event in zip(
        run("history", home).out.splitlines(), run("history", home, "--json").of("run"), strict=False
    ):
        files = re.search(r"\d+ files.*?(?=  )", said)
        assert files
        assert files[0] in words_of(library, "/history")
        page = words_of(library, f"/history/run?run={event['run']}")
        assert f"Run {event['run']}: {files[0]}, {event['state']}." in page
        for line in run("history", home, event["run"]).out.splitlines()[:-1]:
            assert in_a_line(line).replace(f"{home}/", "") in page


def test_what_goes_back_is_told_as_by_rollback(library: Browser, tmp_path: Path, run: Run) -> None:
    home = tmp_path / "Library"
    changed = next(path for path in sorted(home.rglob("*.mkv")) if path.stat().st_nlink > 1)
    changed.unlink()
    changed.write_text("somebody else's")
    work(library, "preview")
    said = run("rollback", home)
    page = words_of(library, "/undo")

    assert said.out.splitlines()[-1] in page
    for line in said.out.splitlines():
        if "→" in line:
            assert in_a_line(line) in page
    held = run("rollback", home, "--json").of("held")
    assert held
    for item in held:
        assert HEADS[item["reason"]] + (f" ({item['detail']})" if item["detail"] else "") in page


def test_findings_are_told_as_by_verify(library: Browser, tmp_path: Path, run: Run) -> None:
    home = tmp_path / "Library"
    first, second, *_ = sorted(home.rglob("*.mkv"))
    first.unlink()
    second.write_text("another")
    (home / "Shows/new.txt").write_text("not ours")
    for deep in ("", "1"):
        work(library, "verify", deep=deep or "0")
        said = run("verify", home, *(["--deep"] if deep else []))
        page = words_of(library, "/verify")
        assert said.out.splitlines()[-1] in page
        for found in run("verify", home, "--json").of("finding"):
            told = f"{found['kind']} : {found['detail']}" if found["detail"] else found["kind"]
            assert f"{found['path'].replace(f'{home}/', '')} {told}" in page


@pytest.mark.parametrize("name", ["Frieren", "Haikyuu", "NCED", "en.ass", "RARBG"])
def test_a_file_is_explained_as_by_explain(sample: Browser, tmp_path: Path, run: Run, name: str) -> None:
    file = next(path for path in sorted((tmp_path / "Downloads").rglob("*")) if name in path.name)
    said = run("explain", file)
    page = words_of(sample, f"/explain?file={quote(str(file))}")

    for line in said.out.splitlines():
        for part in filter(None, re.split(r"  +|: |\((rule:\w+)\)|, | x\d", line)):
            if not part.startswith("/"):
                assert part.strip(" ():") in page, line


def test_a_run_that_a_crash_left_is_settled_in_the_words_of_recover(library: Browser) -> None:
    work(library, "recover")

    assert "Nothing was unfinished." in words_of(library, "/working")
