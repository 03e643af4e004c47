"""What was left out is named where a user should hear of it, and counted in words that do not flood."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from anivault.cli.render.parts import counts_told, left_out, notices, summary
from anivault.cli.screen import Screen
from anivault.core.pipeline.left_out import LeftOut, LeftOutReason

Captured = pytest.CaptureFixture[str]


def many(reason: LeftOutReason, count: int) -> list[LeftOut]:
    return [LeftOut(f"/pile/{reason}/{n:02}.mkv", reason) for n in range(count)]


def test_what_is_nobodys_is_named_by_three_of_it(capsys: Captured) -> None:
    left_out(Screen(), many(LeftOutReason.HIDDEN, 5))

    told = "Left out, hidden: 00.mkv, 01.mkv, 02.mkv, and 2 more; --verbose names them\n"
    assert capsys.readouterr().err == told


def test_three_of_a_kind_are_all_of_it(capsys: Captured) -> None:
    left_out(Screen(), many(LeftOutReason.SNAPSHOT, 3))

    assert "more" not in capsys.readouterr().err


def test_what_a_user_should_hear_of_has_a_line_each(capsys: Captured) -> None:
    left_out(Screen(), [LeftOut("/pile/a.mkv", LeftOutReason.UNREADABLE, "Permission denied")])

    assert capsys.readouterr().err == "Left out, unreadable: /pile/a.mkv (Permission denied)\n"


def test_a_crowd_that_a_user_should_hear_of_ends_in_a_count(capsys: Captured) -> None:
    left_out(Screen(), many(LeftOutReason.EMPTY, 23))

    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[-1]) == (21, "Left out, empty: 3 more; --verbose names them.")


@pytest.mark.parametrize("reason", [LeftOutReason.EMPTY, LeftOutReason.HIDDEN])
def test_with_verbose_each_path_has_its_line(capsys: Captured, reason: LeftOutReason) -> None:
    left_out(Screen(verbose=True), many(reason, 23))

    assert len(capsys.readouterr().err.splitlines()) == 23


@pytest.mark.parametrize("reason", list(LeftOutReason))
def test_every_reason_has_words(capsys: Captured, reason: LeftOutReason) -> None:
    left_out(Screen(), many(reason, 1))

    assert capsys.readouterr().err.startswith("Left out, ")


def test_programs_get_an_event_for_each_with_the_bytes_of_odd_paths(capsys: Captured) -> None:
    left_out(Screen(json=True), [LeftOut("/pile/\udcff.mkv", LeftOutReason.HIDDEN)])

    printed = capsys.readouterr()
    assert json.loads(printed.out)["path_b64"] == "L3BpbGUv/y5ta3Y="
    assert printed.err == ""  # of the rest of the reason only people want to know


def test_a_notice_reaches_people_and_programs(capsys: Captured) -> None:
    notices(Screen(json=True), ["TMDB could not answer."])

    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"event": "notice", "text": "TMDB could not answer."}
    assert printed.err == "TMDB could not answer.\n"


def test_quiet_leaves_notices_out_and_keeps_the_last_line(capsys: Captured) -> None:
    screen = Screen(quiet=True)
    notices(screen, ["TMDB could not answer."])
    summary(screen, "scan", Counter(video=1), "1 video.")

    assert capsys.readouterr() == ("1 video.\n", "")


def test_counts_have_the_most_first_and_leave_out_what_there_is_nothing_of() -> None:
    assert counts_told(Counter(held=3, matched=1200, ambiguous=0)) == "1,200 matched, 3 held"
