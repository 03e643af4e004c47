"""A plan and what became of it say the same of every file, before and after."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from anivault.core.causes import Advantage, Cause
from anivault.core.models import Held, HeldReason, Identity, Mode, Move, Plan, Replaced, Return, Write
from anivault.core.moving.executor import Report
from anivault.core.moving.journal.records import Do, Step
from anivault.core.organized import Fetched, Organized
from anivault.core.pipeline.left_out import LeftOut, LeftOutReason
from anivault.shared.exits import DONE, FINDINGS
from tests.core.mover import Box
from tests.core.records import video

WHAT = Identity(1, 1)


def move(name: str, replaces: str = "") -> Move:
    old = Replaced(rel=replaces, identity=WHAT, advantage=Advantage.VERSION) if replaces else None
    return Move(root="/in", rel=name, target=f"Show/{name}", mode=Mode.COPY, identity=WHAT, replaces=old)


def held(name: str, reason: HeldReason = HeldReason.AMBIGUOUS, root: str = "/in", **more: str) -> Held:
    return Held(root=root, rel=name, reason=reason, **more)  # type: ignore[arg-type]


def plan(*moves: Move, **more: object) -> Plan:
    return Plan(library="/lib", roots=("/in",), preset="-", mode=Mode.COPY, moves=moves, **more)  # type: ignore[arg-type]


def report(*not_done: Held) -> Report:
    return replace(Report.nothing(Mode.COPY), held=not_done)


def test_before_a_run_all_that_is_planned_goes_and_what_the_plan_holds_stays() -> None:
    made = Organized(plan=plan(move("1"), move("2"), held=(held("3"),)))

    assert [one.rel for one in made.moves] == ["1", "2"]
    assert [one.rel for one in made.held] == ["3"]


def test_after_it_what_the_mover_held_did_not_go() -> None:
    made = Organized(plan=plan(move("1"), move("2"), held=(held("3"),)))
    done = made.done(report(held("2", HeldReason.CHANGED)), Fetched(), ())

    assert [one.rel for one in done.moves] == ["1"]
    assert [one.rel for one in done.held] == ["3", "2"]


def test_a_file_of_another_root_with_the_same_name_did_go() -> None:
    made = Organized(plan=plan(move("1")), report=report(held("1", root="/more")))

    assert [one.rel for one in made.moves] == ["1"]


def test_a_small_file_that_could_not_be_written_is_not_counted() -> None:
    writes = [Write(target="Show/1.nfo", data=b""), Write(target="Show/2.nfo", data=b"")]
    made = Organized(plan=plan(), report=report(held("Show/2.nfo", root="/lib")))

    assert made.made(writes) == writes[:1]
    assert Organized(plan=plan()).made(writes) == writes


def returning(rel: str, instead: str) -> Return:
    return Return(rel=rel, root="/in", to="old.mkv", mode=Mode.COPY, identity=WHAT, instead=instead)


def test_a_file_makes_room_only_where_the_better_one_goes() -> None:
    both = plan(
        move("1", replaces="Show/1"), move("2", replaces="Show/2"),
        returns=(returning("Show/1", "Show/1"), returning("Show/2", "Show/2")),
    )  # fmt: skip
    made = Organized(plan=both)

    assert [one.file.rel for one in made.returns] == ["Show/1", "Show/2"]
    stays = replace(made, report=report(held("2", HeldReason.CHANGED)))
    assert [one.file.rel for one in stays.returns] == ["Show/1"]
    kept = replace(made, report=report(held("Show/1", HeldReason.CHANGED, root="/lib")))
    assert [one.file.rel for one in kept.returns] == ["Show/2"]


def test_why_the_new_one_is_better_is_said_of_its_video_and_not_of_what_goes_with_it() -> None:
    made = Organized(
        plan=plan(
            move("1", replaces="Show/1"),
            returns=(returning("Show/1", "Show/1"), returning("Show/1.ass", "Show/1")),
        )
    )
    video, subtitle = made.returns

    assert (video.advantage, subtitle.advantage) == (Advantage.VERSION, None)
    assert "a later version" in video.words
    assert "its video goes" in subtitle.words
    assert all(one.file.home in one.words for one in made.returns)


def test_after_a_run_no_picture_is_left_to_fetch_and_all_notices_are_there() -> None:
    picture = Write(target="Show/poster.jpg", data=b"")
    made = Organized(plan=plan(), notices=("first",))
    done = made.done(report(), Fetched(writes=(picture,), notices=("second",)), ())

    assert (done.pictures, done.fetched, done.notices) == ((), (picture,), ("first", "second"))


def test_the_folders_that_empty_are_whole_paths_before_and_after() -> None:
    steps = (Step(i=0, do=Do.RMDIR, root=1, rel="Old/Show"),)
    made = Organized(plan=plan(move("1")), removals=steps)

    assert made.emptied == ["/in/Old/Show"]
    done = replace(made, report=replace(report(), emptied=("/in/Old",)))
    assert done.emptied == ["/in/Old"]


@pytest.mark.parametrize("reason", HeldReason)
def test_it_is_a_finding_where_a_file_is_held_that_someone_may_miss(reason: HeldReason) -> None:
    made = Organized(plan=plan(held=(held("1", reason),)))

    assert made.exit_code == (FINDINGS if reason.missed else DONE)


@pytest.mark.parametrize("reason", LeftOutReason)
def test_it_is_a_finding_where_a_file_is_left_out_that_should_not_be(reason: LeftOutReason) -> None:
    item = LeftOut("/in/1.mkv", reason)

    assert Organized(plan=plan(), left_out=(item,)).exit_code == (FINDINGS if item.amiss else DONE)


def test_a_plan_of_nothing_is_done() -> None:
    assert Organized(plan=plan()).exit_code == DONE


@pytest.fixture
def library(tmp_path: Path) -> str:
    Box(tmp_path / "source", tmp_path / "library", Mode.COPY).run()
    return str(tmp_path / "library")


THERE = "Shows/Show/Season 01/Show S01E01.mkv"


@pytest.mark.parametrize(
    ("cause", "place", "replaceable"),
    [
        (Cause.NOT_BETTER, THERE, True),
        (Cause.NOT_KNOWN_BETTER, THERE, True),
        (Cause.OTHER_FILE, THERE, False),  # --upgrade would compare them first
        (Cause.NOT_BETTER, "Shows/Show/mine.mkv", False),  # no run put that there
    ],
)
def test_a_rollback_is_offered_where_a_file_keeps_its_place_that_a_run_put_there(
    library: str, cause: Cause, place: str, replaceable: bool
) -> None:
    item = replace(held("1", HeldReason.TARGET_TAKEN, place=place), cause=cause)
    made = Organized(plan=replace(plan(held=(item,)), library=library), files=(video("1", None),))

    assert made.replaceable is replaceable
    assert not replace(made, files=()).replaceable  # a plan that is followed again
