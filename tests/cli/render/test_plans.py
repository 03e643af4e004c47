"""The last line of a plan says all that a run does or did, and nothing that it does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from anivault.cli.render import plans
from anivault.cli.render.plans import Doing
from anivault.cli.screen import Screen
from anivault.core.causes import Cause
from anivault.core.models import Held, HeldReason, Identity, Mode, Move, Plan, Write
from anivault.core.moving.executor import Report
from anivault.core.organized import Organized

LIBRARY, PILE = "/library", "/pile"


def move(name: str) -> Move:
    return Move(
        root=PILE, rel=name, target=f"Shows/{name}", mode=Mode.HARDLINK, identity=Identity(1, 1, 1, 1)
    )


def held(name: str, reason: HeldReason = HeldReason.AMBIGUOUS) -> Held:
    return Held(root=PILE, rel=name, reason=reason, cause=Cause.NO_NUMBER)


def result(
    moves: int = 0,
    stays: Sequence[Held] = (),
    writes: Sequence[str] = (),
    report: Report | None = None,
) -> Organized:
    plan = Plan(
        library=LIBRARY,
        roots=(PILE,),
        preset="jellyfin",
        mode=Mode.HARDLINK,
        moves=tuple(move(f"{n}.mkv") for n in range(moves)),
        held=tuple(stays),
    )
    return Organized(plan=plan, writes=tuple(Write(target=name, data=b"x") for name in writes), report=report)


def done(*failed: Held) -> Report:
    return Report(run="R1", mode="hardlink", moved=1, bytes=1, held=failed)


THERE = HeldReason.ALREADY_THERE


@pytest.mark.parametrize(
    ("found", "doing", "told"),
    [
        (result(), "organize", "No files there. Nothing was changed."),
        (result(1), "organize", "1 file to hardlink. Nothing was changed."),
        (result(2, [held("a")]), "organize", "2 files to hardlink, 1 held. Nothing was changed."),
        (
            result(0, [held("a", THERE), held("b", THERE)]),
            "organize",
            "0 files to hardlink, 2 there already. Nothing was changed.",
        ),
        (
            result(0, [held("a", THERE), held("b")]),
            "rename",
            "0 files to rename, 1 named so already, 1 held. Nothing was changed.",
        ),
        (
            result(1, writes=["Shows/tvshow.nfo"]),
            "organize",
            "1 file to hardlink, 1 NFO file to write. Nothing was changed.",
        ),
        (result(0, writes=["Shows/tvshow.nfo"]), "describe", "1 NFO file to write. Nothing was changed."),
        (result(1, report=done()), "organize", "1 file in the library by hardlink. Run R1."),
        (result(1, report=done()), "rename", "1 file renamed. Run R1."),
        (
            result(2, report=done(held("1.mkv"))),
            "organize",
            "1 file in the library by hardlink, 1 held. Run R1.",
        ),
    ],
)
def test_the_last_line_adds_up(
    capsys: pytest.CaptureFixture[str], found: Organized, doing: Doing, told: str
) -> None:
    plans.show(Screen(), found, doing)

    assert told in capsys.readouterr().out.splitlines()


def test_a_plan_that_does_something_says_how_to_do_it(capsys: pytest.CaptureFixture[str]) -> None:
    plans.show(Screen(), result(1), command="anivault organize pile --to library")

    assert "Do it: anivault organize pile --to library --apply" in capsys.readouterr().err


def test_a_run_that_was_done_says_how_to_take_it_back(capsys: pytest.CaptureFixture[str]) -> None:
    plans.show(Screen(), result(1, report=done()))

    assert "Take it back: anivault rollback /library --apply" in capsys.readouterr().err


def test_where_nothing_goes_there_is_nothing_to_do_or_take_back(capsys: pytest.CaptureFixture[str]) -> None:
    plans.show(Screen(), result(0, [held("a")]))

    printed = capsys.readouterr().err
    assert "Do it" not in printed
    assert "Take it back" not in printed


def test_a_plan_is_shown_once_and_a_run_only_where_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plans.show(Screen(), result(1))
    assert "  0.mkv  ←  0.mkv" in capsys.readouterr().out

    plans.show(Screen(), result(1, report=done()))
    assert "←" not in capsys.readouterr().out

    plans.show(Screen(verbose=True), result(1, report=done()))
    assert "  0.mkv  ←  0.mkv" in capsys.readouterr().out
