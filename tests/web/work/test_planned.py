"""A plan on the desk is the plan: its parts together are the whole, and nothing else is carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anivault.cli import events
from anivault.cli.demo_handler import tree, write_sample
from anivault.core.moving.journal.turns import turn
from anivault.core.planning import planfile
from anivault.shared.errors import AniVaultError, LibraryBusyError
from anivault.web.desk import LEFT_OUT
from anivault.web.records import HeldPart, LibraryFacts, LibraryShow, PlanFacts, QuestionRow, ShowPart
from anivault.web.work.planned import PLAN
from tests.conftest import Run
from tests.web.work.conftest import Bench

TORADORA = ("Toradora! - 01.mkv", "Toradora! - 01.en.srt", "Toradora! - 02.mkv")


def facts(bench: Bench) -> PlanFacts:
    found: PlanFacts = bench.fact("plan", PlanFacts)
    return found


def moves(bench: Bench, group: str | None = None) -> list[events.MoveEvent]:
    return bench.rows("plan", "move", events.MoveEvent, group)


def named(library: Path) -> set[str]:
    return {Path(place).name for place in tree(library)}


def leave_out(bench: Bench, *suffixes: str) -> None:
    """Mark the moves to targets that end so, as the page does."""
    with bench.sheet("plan") as sheet:
        rows = [(row.n, row.read(events.MoveEvent)) for row in sheet.rows("move", most=1000)]
        sheet.mark([n for n, move in rows if move.target.endswith(suffixes)], LEFT_OUT)


def settings(bench: Bench, text: str) -> None:
    """The library's own."""
    (bench.library / ".anivault").mkdir()
    (bench.library / ".anivault/config.toml").write_text(text)


def parts(bench: Bench) -> Iterator[tuple[str, int, int]]:
    """What the groups of a plan say that they have, and how many rows they do have."""
    for kind, row, record in (("show", "move", ShowPart), ("reason", "held", HeldPart)):
        of = {"move": events.MoveEvent, "held": events.HeldEvent}[row]
        for key, part in bench.groups("plan", kind, record).items():
            yield key, part.files, len(bench.rows("plan", row, of, key))


def test_the_parts_of_a_plan_together_are_what_the_command_says(bench: Bench, run: Run) -> None:
    write_sample(bench.source)
    done = bench.do("plan")
    said = run("organize", bench.source, "--to", bench.library, "--json")

    moved, held = moves(bench), bench.rows("plan", "held", events.HeldEvent)
    assert Counter(each.target for each in moved) == Counter(e["target"] for e in said.of("move"))
    assert Counter((each.path, each.reason) for each in held) == Counter(
        (e["path"], e["reason"]) for e in said.of("held")
    )
    assert all(files == rows for _, files, rows in parts(bench))
    assert sum(files for _, files, _ in parts(bench)) == len(moved) + len(held)
    assert done["counts"] == {"moves": len(moved), "held": len(held)}
    assert (facts(bench).moves, facts(bench).held) == (len(moved), len(held))
    assert done["code"] == said.code
    assert not tree(bench.library)


def test_the_bytes_of_a_plan_are_those_of_its_shows(bench: Bench) -> None:
    write_sample(bench.source)
    bench.do("plan")

    shows = bench.groups("plan", "show", ShowPart).values()
    assert facts(bench).size == sum(show.size for show in shows)
    sizes = Counter(path.stat().st_size for path in bench.source.rglob("*") if path.is_file())
    assert facts(bench).size <= sum(size * count for size, count in sizes.items())
    assert facts(bench).size > 0


def test_questions_are_counted_with_the_files_that_they_are_about(bench: Bench) -> None:
    bench.have("Qqxyz/Qqxyz - 13.mkv", "Qqxyz/Qqxyz - 14.mkv", "Zzqqx Wwvv - 01.mkv", *TORADORA)
    bench.do("plan")

    questions = bench.rows("plan", "question", QuestionRow)
    assert facts(bench).questions == len(questions) > 0
    assert facts(bench).asked == sum(question.files for question in questions) == 3


def test_what_is_there_already_is_counted_and_missed_by_nobody(bench: Bench) -> None:
    bench.have(*TORADORA)
    bench.do("plan")
    bench.do("apply")
    bench.do("plan")

    reasons = bench.groups("plan", "reason", HeldPart)
    assert (facts(bench).moves, facts(bench).there) == (0, 3)
    assert [(key, part.files, part.missed) for key, part in reasons.items()] == [("already-there", 3, False)]


def test_what_somebody_may_miss_stands_before_what_nobody_misses(bench: Bench) -> None:
    bench.have(*TORADORA)
    bench.do("plan")
    bench.do("apply")
    bench.have("Zzqqx Wwvv - 01.mkv")
    bench.do("plan")

    assert [part.missed for part in bench.groups("plan", "reason", HeldPart).values()] == [True, False]


def test_a_show_is_found_by_the_title_that_its_files_have(bench: Bench) -> None:
    """Its own may be in another script."""
    bench.have("[Doki] Planetes - 01.mkv", *TORADORA)
    bench.do("plan")
    with bench.sheet("plan") as sheet:
        found = [part.title for _, part in sheet.groups("show", ShowPart, search="planetes")]
    bench.do("apply")
    with bench.sheet("library") as sheet:
        there = sheet.groups("show", LibraryShow, search="toradora! (2008)")

    assert len(found) == len(there) == 1
    assert not found[0].startswith("Toradora")


def test_shows_stand_by_title_and_files_by_number_each_sidecar_with_its_video(bench: Bench) -> None:
    bench.have(*TORADORA, "Cowboy Bebop - 10.mkv", "Cowboy Bebop - 9.mkv", "Cowboy Bebop - 09.ass")
    bench.do("plan")

    titles = [part.title for part in bench.groups("plan", "show", ShowPart).values()]
    assert [title.partition(" (")[0] for title in titles] == ["Cowboy Bebop", "Toradora!"]
    assert [Path(move.target).suffix for move in moves(bench)] == [
        ".ass",
        ".mkv",
        ".mkv",
        ".srt",
        ".mkv",
        ".mkv",
    ]


# --- carrying out ---


def test_only_the_plan_that_was_looked_at_is_carried_out(bench: Bench) -> None:
    bench.have(*TORADORA)
    bench.do("plan")
    bench.have("Toradora! - 03.mkv")  # arrived since

    done = bench.do("apply")
    assert named(bench.library) == {"Toradora! S01E01.mkv", "Toradora! S01E01.en.srt", "Toradora! S01E02.mkv"}
    assert done["counts"] == {"done": 3, "held": 0}


def test_a_file_that_has_changed_since_is_held(bench: Bench) -> None:
    bench.have(*TORADORA)
    bench.do("plan")
    (bench.source / "Toradora! - 02.mkv").write_text("another content by now")
    done = bench.do("apply")

    assert "Toradora! S01E02.mkv" not in named(bench.library)
    assert (done["counts"]["held"], done["code"]) == (1, 10)


def test_once_carried_out_a_plan_is_off_the_desk_and_the_library_on_it(bench: Bench) -> None:
    bench.have(*TORADORA)
    bench.do("plan")
    bench.do("apply")

    assert bench.house.desk.sheet("plan") is None
    assert bench.fact("library", LibraryFacts).files == 3
    assert not bench.house.is_changed()


@pytest.mark.parametrize(
    ("left_out", "stays"),
    [
        ((".srt",), {"Toradora! S01E01.en.srt"}),
        (("E01.mkv",), {"Toradora! S01E01.mkv", "Toradora! S01E01.en.srt"}),  # a sidecar goes with its video
        ((".mkv", ".srt"), {"Toradora! S01E01.mkv", "Toradora! S01E01.en.srt", "Toradora! S01E02.mkv"}),
    ],
    ids=["a subtitle", "a video", "all"],
)
def test_what_is_left_out_stays_with_what_belongs_to_it(
    bench: Bench, left_out: tuple[str, ...], stays: set[str]
) -> None:
    bench.have(*TORADORA)
    bench.do("plan")
    whole = {Path(move.target).name for move in moves(bench)}
    leave_out(bench, *left_out)
    done = bench.do("apply")

    assert named(bench.library) == whole - stays
    assert done["counts"]["done"] == len(whole - stays)


def test_what_was_left_out_of_a_run_that_failed_goes_when_it_is_taken_in_again(
    bench: Bench, home: Path
) -> None:
    (home / "config/anivault").mkdir(parents=True)
    (home / "config/anivault/config.toml").write_text("[library]\nwait = 0\n")
    bench.have(*TORADORA)
    bench.do("plan")
    leave_out(bench, "E02.mkv")
    with turn(str(bench.library), shared=False), pytest.raises(LibraryBusyError):
        bench.do("apply")
    with bench.sheet("plan") as sheet:
        sheet.unmark(sheet.marked(LEFT_OUT), LEFT_OUT)
    bench.do("apply")

    assert "Toradora! S01E02.mkv" in named(bench.library)


def gone(bench: Bench) -> None:
    (bench.house.desk.folder / PLAN).unlink()


def cut(bench: Bench) -> None:
    file = bench.house.desk.folder / PLAN
    file.write_bytes(file.read_bytes()[:-20])


def of_more(bench: Bench) -> None:
    bench.house.sources *= 2


@pytest.mark.parametrize("damage", [gone, cut, of_more])
def test_a_plan_that_cannot_be_trusted_moves_nothing(bench: Bench, damage: Any) -> None:
    bench.have(*TORADORA)
    bench.do("plan")
    damage(bench)
    with pytest.raises(AniVaultError) as error:
        bench.do("apply")

    assert error.value.exit_code
    assert not tree(bench.library)
    assert bench.house.desk.sheet("plan")


def test_the_plan_is_that_of_the_command_word_for_word(bench: Bench, run: Run, tmp_path: Path) -> None:
    bench.have(*TORADORA)
    bench.do("plan")
    run("organize", bench.source, "--to", bench.library, "--plan", tmp_path / "own.json")
    ours, own = (
        planfile.read(str(file), [str(bench.source)], str(bench.library))
        for file in (bench.house.desk.folder / PLAN, tmp_path / "own.json")
    )

    assert ours == own


def test_the_settings_of_the_library_hold(bench: Bench) -> None:
    settings(bench, '[organize]\nmode = "copy"\n')
    bench.have(*TORADORA)
    bench.do("plan")

    assert facts(bench).mode == "copy"


def test_what_is_done_is_told_in_its_order(bench: Bench) -> None:
    bench.have(*TORADORA)
    bench.do("plan")

    assert bench.ears.labels[:2] == ["Matching", "Scanning"]
    assert bench.ears.labels[-1] == "Asking"
