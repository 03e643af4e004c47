"""Held files are counted by reason, crowds in one line, each once; and what settles them is said once."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.cli.render.held import show_held, within
from anivault.cli.screen import Screen
from anivault.core.causes import HEADS, SETTLED, Cause
from anivault.core.models import Decision, Held, HeldReason
from tests.core.records import show, video

Captured = pytest.CaptureFixture[str]
PILE = "/pile"
COUNTED = re.compile(r"^([\d,]+) (?:held|folders? stays?): (.+)$", re.MULTILINE)


def held(rel: str, reason: HeldReason = HeldReason.UNMATCHED, **more: object) -> Held:
    return Held(root=PILE, rel=rel, reason=reason, **more)  # type: ignore[arg-type]


def many(folder: str, count: int, reason: HeldReason = HeldReason.UNMATCHED) -> list[Held]:
    return [held(f"{folder}/{folder} - {n:02}.mkv", reason) for n in range(1, count + 1)]


def shown(capsys: Captured, items: list[Held], **how: object) -> str:
    """What people read, both of results and of hints."""
    show_held(Screen(verbose=bool(how.pop("verbose", False))), items, **how)  # type: ignore[arg-type]
    done = capsys.readouterr()
    return done.out + done.err


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(HeldReason), max_size=30), st.booleans())
def test_each_held_file_is_counted_once_under_what_it_is_held_for(
    capsys: Captured, reasons: list[HeldReason], verbose: bool
) -> None:
    items = [held(f"{n}.mkv", reason) for n, reason in enumerate(reasons)]
    told = dict(match[::-1] for match in COUNTED.findall(shown(capsys, items, verbose=verbose)))

    assert {head: int(count) for head, count in told.items()} == {
        HEADS[reason]: reasons.count(reason) for reason in reasons
    }


def test_folders_that_stay_are_counted_as_folders(capsys: Captured) -> None:
    told = shown(capsys, [*many("Show", 2), *many("Left", 12, HeldReason.FOLDER_NOT_EMPTY)])

    assert "12 folders stay: something else is in there" in told
    assert "12 folders: Left/" in told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(HeldReason), max_size=20), st.sets(st.integers(0, 19)))
def test_programs_get_every_file_once_and_people_nothing(
    capsys: Captured, reasons: list[HeldReason], known: set[int]
) -> None:
    items = [held(f"{n}.mkv", reason) for n, reason in enumerate(reasons)]
    show_held(Screen(json=True), items, known=[n in known for n in range(len(items))], settle=True)
    done = capsys.readouterr()
    events = [json.loads(line) for line in done.out.splitlines()]

    assert [(e["event"], e["path"], e["reason"]) for e in events] == [
        ("held", item.source, item.reason) for item in items
    ]
    assert [event["new"] for event in events] == [n not in known for n in range(len(items))]
    assert done.err == ""


@pytest.mark.parametrize("reason", [reason for reason in HeldReason if not reason.missed])
def test_what_nobody_misses_is_counted_and_not_named(capsys: Captured, reason: HeldReason) -> None:
    items = [held("a.txt", reason)]

    assert "a.txt" not in shown(capsys, items)
    assert "a.txt" in shown(capsys, items, verbose=True)


def test_a_crowd_is_one_line_with_its_first_and_its_last(capsys: Captured) -> None:
    told = shown(capsys, many("Show", 12))

    assert "12 files: Show/Show - 01.mkv … Show - 12.mkv" in told
    assert "Show - 05.mkv" not in told


def test_of_a_few_each_is_named(capsys: Captured) -> None:
    told = shown(capsys, many("Show", 2))

    assert "Show/Show - 01.mkv" in told
    assert "Show/Show - 02.mkv" in told


def test_who_wants_all_gets_each_of_a_crowd(capsys: Captured) -> None:
    told = shown(capsys, many("Show", 12), verbose=True)

    assert all(f"Show - {n:02}.mkv" in told for n in range(1, 13))


def test_a_file_says_why_in_words(capsys: Captured) -> None:
    told = shown(capsys, [held("a.mkv", HeldReason.NO_PLACE, cause=Cause.NO_NUMBER)])

    assert "(its number has no season and episode)" in told


# --- what was shown before ---


def test_what_was_shown_before_is_one_line(capsys: Captured) -> None:
    items = many("Old", 3) + many("New", 1)
    told = shown(capsys, items, known=[True] * 3 + [False])

    assert "3 files held as before; --held lists them." in told
    assert "1 held: " in told
    assert "Old - 01" not in told
    assert "New - 01" in told


@pytest.mark.parametrize(
    ("shows", "decision", "told"),
    [
        ((1, 1, 1), Decision.MATCHED, "3 files of 1 show held"),  # 葬送のフリーレン is Frieren
        ((1, 1, 2), Decision.AMBIGUOUS, "3 files of 2 shows held"),
        ((1, 1, 2), Decision.UNMATCHED, "3 files held"),
        ((1, 1, None), Decision.AMBIGUOUS, "3 files held"),
        ((None, None, None), Decision.UNMATCHED, "3 files held"),  # home videos
    ],
)
def test_shows_are_counted_where_each_file_is_known_to_be_of_one(
    capsys: Captured, shows: tuple[int | None, ...], decision: Decision, told: str
) -> None:
    items = many("Old", 3)
    videos = [
        video(item.rel, show(number, "Show") if number else None, decision=decision, title=item.rel)
        for item, number in zip(items, shows, strict=True)
    ]
    verdicts = {(item.root, item.rel): each for item, each in zip(items, videos, strict=True)}

    assert told in shown(capsys, items, known=[True] * 3, verdicts=verdicts)


def test_every_file_is_listed_again_where_that_is_asked_for(capsys: Captured) -> None:
    items = many("Old", 3)
    told = shown(capsys, items, known=[True] * 3, every=True)

    assert "as before" not in told
    assert "3 held: " in told


def test_what_nobody_misses_is_no_news_and_not_old_either(capsys: Captured) -> None:
    items = [held("a.txt", HeldReason.JUNK)]

    assert "as before" not in shown(capsys, items, known=[True])


# --- what settles it ---


@pytest.mark.parametrize("reason", HeldReason)
def test_review_is_named_where_there_is_something_to_ask(capsys: Captured, reason: HeldReason) -> None:
    asks = reason in {
        HeldReason.UNMATCHED, HeldReason.UNREADABLE_NAME, HeldReason.AMBIGUOUS, HeldReason.NO_PLACE,
    }  # fmt: skip
    told = shown(capsys, [held("a.mkv", reason)], roots=(PILE,), settle=True)

    assert ("anivault review" in told) is asks
    assert ("anivault ignore PATH" in told) is asks


def test_review_is_named_with_the_folders_and_the_library_as_they_can_be_typed(capsys: Captured) -> None:
    roots = ("/my pile", "/other")
    told = shown(capsys, many("Show", 1), roots=roots, settle=True, library="/my library")

    assert "anivault review '/my pile' /other --to '/my library'" in told
    assert "--to" not in shown(capsys, many("Show", 1), roots=roots, settle=True)


def test_nothing_to_type_is_named_where_the_plan_goes_nowhere(capsys: Captured) -> None:
    told = shown(capsys, [*many("Show", 1), held("a.mkv", HeldReason.TARGET_TAKEN)], roots=(PILE,))

    assert "anivault" not in told


def test_what_settles_many_files_is_said_once(capsys: Captured) -> None:
    items = [held(f"{n}.mkv", HeldReason.TARGET_TAKEN) for n in range(5)]
    told = shown(capsys, items, roots=(PILE,), settle=True)

    assert told.count(SETTLED[HeldReason.TARGET_TAKEN]) == 1


@pytest.mark.parametrize(
    ("upgrade", "why"), [(False, HeldReason.TARGET_TAKEN), (True, Cause.NOT_KNOWN_BETTER)]
)
def test_who_upgrades_already_is_not_told_to(capsys: Captured, upgrade: bool, why: str) -> None:
    items = [held("a.mkv", HeldReason.TARGET_TAKEN)]
    told = shown(capsys, items, roots=(PILE,), settle=True, upgrade=upgrade)

    assert SETTLED[why] in told
    assert ("--upgrade" in told) is not upgrade


def test_nothing_that_is_held_says_nothing(capsys: Captured) -> None:
    assert shown(capsys, [], roots=(PILE,), settle=True, library="/library") == ""


@pytest.mark.parametrize(
    ("roots", "told"), [((), "a/b.mkv"), (("/x",), "a/b.mkv"), (("/x", PILE), f"{PILE}/a/b.mkv")]
)
def test_a_path_is_short_where_there_is_one_folder_to_be_in(roots: tuple[str, ...], told: str) -> None:
    assert within(roots, held("a/b.mkv")) == told


@pytest.mark.parametrize("name", ["\x1b[31mred.mkv", "a\nb.mkv", "\u202egnp.mkv"])
def test_no_name_moves_the_cursor_or_begins_a_line(capsys: Captured, name: str) -> None:
    told = shown(capsys, [held(name)], roots=(PILE,), settle=True)

    assert not {"\x1b", "\u202e"} & set(told)
    assert sum(".mkv" in line for line in told.splitlines()) == 1
