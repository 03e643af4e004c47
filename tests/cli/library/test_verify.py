"""`anivault verify` tells what differs from the journal, a symbol a finding, and fails where it should."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Ran, Run

NAMES = [f"[Grp] Nichijou - {n:02}.mkv" for n in (1, 2, 3)]


@pytest.fixture
def library(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "pile").mkdir()
    for name in NAMES:
        (tmp_path / "pile" / name).write_text(name)
    run("organize", tmp_path / "pile", "--to", tmp_path / "library", "--mode", "copy", "--apply")
    return tmp_path / "library"


def videos(library: Path) -> list[Path]:
    return sorted(library.rglob("*.mkv"))


def kinds(done: Ran) -> dict[str, int]:
    return {kind: n for kind, n in done.of("summary")[0]["counts"].items() if n}


def test_where_nothing_differs_that_is_said_and_it_is_well(run: Run, library: Path) -> None:
    done = run("verify", library, "--json")

    assert done.code == 0
    assert kinds(done) == {"same": 3}
    assert done.of("finding") == []
    assert run("verify", library).out == "3 same.\n"


def test_programs_are_told_how_many_are_the_same_also_where_none_is(run: Run, library: Path) -> None:
    for video in videos(library):
        video.unlink()

    assert run("verify", library, "--json").of("summary")[0]["counts"] == {"same": 0, "missing": 3}


def test_what_is_gone_is_a_failure_with_its_symbol(run: Run, library: Path) -> None:
    gone = videos(library)[1]
    gone.unlink()
    done = run("verify", library)

    assert done.code == 10
    assert f"- {gone.relative_to(library)}" in done.out.splitlines()[0]
    assert done.out.splitlines()[-1].startswith("2 same, 1 missing")
    (finding,) = run("verify", library, "--json").of("finding")
    assert (finding["kind"], Path(finding["path"]).name) == ("missing", gone.name)


def test_what_was_changed_is_a_failure(run: Run, library: Path) -> None:
    videos(library)[0].write_text("something else")
    done = run("verify", library)

    assert done.code == 10
    assert done.out.startswith("* ")
    assert kinds(run("verify", library, "--json"))["same"] == 2


def test_what_is_merely_there_is_told_and_fails_only_where_that_is_asked_for(run: Run, library: Path) -> None:
    (videos(library)[0].parent / "mine.mkv").write_text("mine")
    done, strict = run("verify", library), run("verify", library, "--strict")

    assert (done.code, strict.code) == (0, 10)
    assert done.out == strict.out
    assert done.out.startswith("+ ")


def test_content_is_read_only_when_that_is_asked_for(run: Run, library: Path) -> None:
    file = videos(library)[0]
    assert "Content read: 3 files" in run("verify", library, "--deep").out
    before = file.stat()
    text = file.read_text()
    file.write_text(text[::-1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert run("verify", library).code == 0  # size and time are as they were
    assert run("verify", library, "--deep").code == 10


def test_a_part_is_read_and_the_next_part_the_next_time(run: Run, library: Path) -> None:
    read = [run("verify", library, "--deep", "--subset", "1/3").out for _ in range(3)]

    told = [int(text.partition("Content read: ")[2].partition(" ")[0]) for text in read]
    assert sum(told) == 3
    assert all(n < 3 for n in told)


@pytest.mark.parametrize("subset", ["2/3", "1/0", "1/x", "1", "1/-3"])
def test_what_names_no_part_is_refused_and_nothing_is_read(run: Run, library: Path, subset: str) -> None:
    done = run("verify", library, "--deep", "--subset", subset)

    assert done.code == 2
    assert "1/30" in done.err
    assert done.out == ""


def test_matching_again_marks_what_would_be_called_otherwise(run: Run, library: Path) -> None:
    assert run("verify", library, "--again", "--json").of("finding") == []
    run("pin", "Nichijou", "tmdb:42916", "--to", library)
    done = run("verify", library, "--again")

    assert done.code == 10
    assert [line[0] for line in done.out.splitlines()[:-1]] == ["~"] * 3
    assert run("verify", library).code == 0


def test_a_folder_that_is_no_library_is_a_finding_and_one_that_is_gone_an_error(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    plain, gone = run("verify", tmp_path / "folder"), run("verify", tmp_path / "gone")

    assert plain.code == 10
    assert plain.out.startswith("! .")
    assert gone.code >= 20
    assert str(tmp_path / "gone") in gone.err
    assert list((tmp_path / "folder").iterdir()) == []
