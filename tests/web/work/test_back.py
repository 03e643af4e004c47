"""What is taken back is shown first; what a crash left is settled; what is amiss is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from anivault.cli.demo_handler import tree
from anivault.core.moving.verifying.kinds import NOTES
from anivault.shared.errors import AniVaultError
from anivault.web.records import BackFacts, BackRow, FindingRow, LibraryFacts, PlanFacts, VerifyFacts
from tests.conftest import Run
from tests.web.work.conftest import Bench

NAMES = ("Toradora! - 01.mkv", "Toradora! - 02.mkv", "Cowboy Bebop - 01.mkv")


@pytest.fixture
def filed(bench: Bench, run: Run) -> Bench:
    """Three files in the library, by one run."""
    bench.have(*NAMES)
    assert run("organize", bench.source, "--to", bench.library, "--apply").code == 0
    return bench


def rows(bench: Bench, kind: str) -> list[BackRow]:
    return bench.rows("back", kind, BackRow)


def journal(bench: Bench) -> Path:
    return next((bench.library / ".anivault").glob("journal*"))


def cut_off(bench: Bench) -> None:
    """As a crash does it: the run has no end."""
    lines = journal(bench).read_bytes().splitlines(keepends=True)
    journal(bench).write_bytes(b"".join(lines[:-1]))


def test_a_look_back_changes_nothing_and_says_where_each_file_would_go(filed: Bench) -> None:
    before = tree(filed.library)
    done = filed.do("rollback")

    assert {row.path for row in rows(filed, "back")} == set(before)
    assert {row.to for row in rows(filed, "back")} == {str(filed.source / name) for name in NAMES}
    assert done["counts"] == {"back": 3, "gone": 0, "held": 0}
    assert done["run"] == ""
    assert tree(filed.library) == before
    assert filed.fact("back", BackFacts).back == 3


def test_what_a_run_wrote_itself_goes_nowhere(bench: Bench, run: Run) -> None:
    bench.have(*NAMES)
    run("organize", bench.source, "--to", bench.library, "--nfo", "--apply")
    done = bench.do("rollback")

    assert {Path(row.path).suffix for row in rows(bench, "back") if not row.to} == {".nfo"}
    assert done["counts"]["back"] == len(rows(bench, "back")) == len(tree(bench.library))


def test_of_a_file_that_was_deleted_and_is_named_it_is_only_noted_that_it_is_gone(filed: Bench) -> None:
    place = next(place for place in tree(filed.library) if "Bebop" in place)
    (filed.library / place).unlink()
    (filed.source / "Cowboy Bebop - 01.mkv").unlink()
    assert filed.do("rollback")["counts"]["gone"] == 0  # of all files it is held: where is it?
    done = filed.do("rollback", only=place)

    assert [row.path for row in rows(filed, "gone")] == [place]
    assert done["counts"] == {"back": 0, "gone": 1, "held": 0}


def test_files_that_were_moved_go_back_to_where_they_were(bench: Bench, run: Run) -> None:
    bench.have(*NAMES)
    before = tree(bench.source)
    run("organize", bench.source, "--to", bench.library, "--mode", "move", "--apply")
    bench.do("rollback")
    shown = {row.to for row in rows(bench, "back")}
    bench.do("rollback", apply=True)

    assert shown == {str(bench.source / name) for name in NAMES}
    assert tree(bench.source) == before


def test_taking_back_drops_the_plan_and_looks_at_the_library_again(filed: Bench) -> None:
    filed.have("Toradora! - 03.mkv")
    filed.do("plan")
    assert filed.fact("plan", PlanFacts).moves == 1
    done = filed.do("rollback", apply=True)

    assert done["counts"]["back"] == 3
    assert done["run"]
    assert filed.house.desk.sheet("plan") is None
    assert filed.fact("library", LibraryFacts).files == 0
    assert not filed.house.is_changed()


def test_one_file_can_be_taken_back_alone(filed: Bench) -> None:
    place = next(place for place in tree(filed.library) if "Bebop" in place)
    done = filed.do("rollback", only=place)

    assert [row.path for row in rows(filed, "back")] == [place]
    assert done["counts"] == {"back": 1, "gone": 0, "held": 0}
    assert filed.fact("back", BackFacts).only == place


def test_a_file_that_somebody_changed_stays_and_the_sheet_says_why(filed: Bench) -> None:
    place = next(place for place in tree(filed.library) if "Bebop" in place)
    (filed.library / place).unlink()
    (filed.library / place).write_text("somebody else's, and longer than before")
    done = filed.do("rollback")
    held = rows(filed, "held")

    assert held[0].path == place
    assert held[0].why
    assert {row.path for row in held[1:]} == {str(above) for above in Path(place).parents} - {"."}
    assert (done["counts"], done["code"]) == ({"back": 2, "gone": 0, "held": 1}, 10)
    facts = filed.fact("back", BackFacts)
    assert (facts.held, facts.stay) == (1, len(held) - 1)  # files are files, and folders folders


def test_a_run_that_never_was_is_refused_and_the_sheet_stays(filed: Bench) -> None:
    filed.do("rollback")
    with pytest.raises(AniVaultError):
        filed.do("rollback", run="20010101-000000-none")

    assert filed.fact("back", BackFacts).back == 3


def test_what_a_crash_left_is_settled_and_the_library_looked_at(filed: Bench) -> None:
    cut_off(filed)
    filed.do("library")
    assert filed.fact("library", LibraryFacts).unfinished
    done = filed.do("recover")

    assert done["run"]
    assert set(done["counts"]) == {"finished", "undone"}
    assert not filed.fact("library", LibraryFacts).unfinished
    assert filed.fact("library", LibraryFacts).files == 3


def test_a_library_without_a_crash_has_nothing_to_settle(filed: Bench) -> None:
    done = filed.do("recover")

    assert (done["run"], done["counts"], done["code"]) == ("", {"finished": 0, "undone": 0}, 0)


@pytest.mark.parametrize("deep", [False, True])
def test_a_library_as_it_was_left_has_nothing_amiss(filed: Bench, deep: bool) -> None:
    done = filed.do("verify", deep=deep)
    found = filed.fact("verify", VerifyFacts)

    assert (done["code"], found.amiss, found.deep) == (0, 0, deep)
    assert (found.read > 0) is deep
    assert found.same == 3


def test_each_finding_is_a_row_and_only_what_is_more_than_a_note_is_amiss(filed: Bench) -> None:
    gone, *_ = sorted(tree(filed.library))
    (filed.library / gone).unlink()
    (filed.library / "Shows").mkdir(exist_ok=True)
    (filed.library / "stranger.mkv").write_text("not of any run")
    done = filed.do("verify")

    found = filed.rows("verify", "finding", FindingRow)
    facts = filed.fact("verify", VerifyFacts)
    assert {(row.path, row.kind) for row in found} == {(gone, "missing"), ("stranger.mkv", "extra")}
    assert facts.findings == len(found)
    assert facts.amiss == sum(row.kind not in NOTES for row in found) == 1
    assert (done["code"], done["counts"]["amiss"]) == (10, 1)


def test_a_verification_names_the_last_run_that_it_knew_of(filed: Bench, run: Run) -> None:
    filed.do("verify")
    (first,) = run("history", filed.library, "--json").of("run")
    assert filed.fact("verify", VerifyFacts).run == first["run"]
    run("rollback", filed.library, "--apply")
    filed.do("verify")

    assert filed.fact("verify", VerifyFacts).run > first["run"]


def test_what_goes_with_a_file_and_stays_is_named(bench: Bench, run: Run) -> None:
    bench.have(*NAMES, "Toradora! - 01.en.ass")
    assert run("organize", bench.source, "--to", bench.library, "--nfo", "--apply").code == 0
    video = next(name for name in tree(bench.library) if name.endswith("S01E01.mkv") and "Toradora" in name)
    bench.do("rollback", only=video)

    along = bench.fact("back", BackFacts).along
    assert {Path(path).suffix for path in along} == {".ass", ".nfo"}
    assert all(path.startswith(video[:-4]) for path in along)
    bench.do("rollback", only=along[0])
    assert bench.fact("back", BackFacts).along == ()
