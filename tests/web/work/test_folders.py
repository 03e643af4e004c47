"""A plan is one of certain folders: one that is not there stops no other; others have another plan."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anivault.cli import events
from anivault.cli.demo_handler import tree
from anivault.shared.errors import FolderNotFoundError
from anivault.web.desk import LEFT_OUT
from anivault.web.house import House
from anivault.web.records import PlanFacts
from tests.web.work.conftest import Bench


@pytest.fixture
def other(bench: Bench, tmp_path: Path) -> Path:
    """A second folder that is served, with a file of its own."""
    (tmp_path / "Other").mkdir()
    (tmp_path / "Other/Cowboy Bebop - 01.mkv").write_text("bebop")
    bench.house.sources = (*bench.house.sources, str(tmp_path / "Other"))
    bench.have("Toradora! - 01.mkv")
    return tmp_path / "Other"


def goes(bench: Bench) -> list[str]:
    moves = bench.rows("plan", "move", events.MoveEvent)
    return sorted(os.path.basename(move.path) for move in moves)


def test_a_folder_that_is_not_there_stops_no_other(bench: Bench, other: Path) -> None:
    other.rename(other.with_name("unplugged"))
    bench.do("plan")

    assert goes(bench) == ["Toradora! - 01.mkv"]
    assert bench.fact("plan", PlanFacts).missing == (str(other),)
    assert bench.do("apply")["counts"]["done"] == 1
    other.with_name("unplugged").rename(other)
    bench.do("plan")
    assert goes(bench) == ["Cowboy Bebop - 01.mkv"]
    assert bench.fact("plan", PlanFacts).missing == ()
    bench.do("apply")
    assert len(tree(bench.library)) == 2


def test_where_no_folder_is_there_that_is_the_answer(bench: Bench, other: Path) -> None:
    other.rename(other.with_name("unplugged"))
    bench.source.rename(bench.source.with_name("unplugged too"))

    with pytest.raises(FolderNotFoundError):
        bench.do("plan")


def test_what_was_left_out_of_a_folder_is_left_out_once_that_is_back(bench: Bench, other: Path) -> None:
    bench.do("plan")
    with bench.sheet("plan") as sheet:
        rows = [row for row in sheet.rows("move") if "Bebop" in row.read(events.MoveEvent).path]
        sheet.mark([row.n for row in rows], LEFT_OUT)
    other.rename(other.with_name("unplugged"))
    bench.do("plan")
    bench.do("plan")
    assert bench.house.left_out() == 0
    other.with_name("unplugged").rename(other)
    bench.do("plan")

    assert bench.house.left_out() == 1


def test_who_serves_other_folders_of_a_library_has_a_plan_of_their_own(bench: Bench, other: Path) -> None:
    house = bench.house
    one, same, both = (
        House.of(house.library, sources, None, house.settings, house.rules)
        for sources in (house.sources[:1], house.sources[:1], house.sources)
    )

    assert one.desk.folder == same.desk.folder != both.desk.folder
    Bench(both).do("plan")
    Bench(one).do("plan")
    assert (goes(Bench(one)), len(goes(Bench(both)))) == (["Toradora! - 01.mkv"], 2)
