"""What a pin would change is known before it is written: file by file, and what names say against it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from anivault.core.living.repinned import Change, against, holds_for_all, renamed, repinned, settled, told
from anivault.core.matching.pins import Pin
from anivault.core.matching.questions import Answer, Question, Wanted
from anivault.core.matching.said import Against
from anivault.core.models import Decision, FileKind, ScannedFile
from anivault.core.pipeline.parser import parse_files
from anivault.core.pipeline.records import Read
from anivault.core.verdicts import Asked, match
from anivault.parser.read import Reader
from tests.core.matching.makers import Shelf, entry, film, show

MUSHISHI = show(
    1, entry("Mushishi", count=26, begin="2005-10-23"), entry("Mushishi 2", season=2, begin="2014-04-05")
)
TEXHNOLYZE = show(2, entry("Texhnolyze", count=22, begin="2003-04-17"))
JIN_ROH = film(3, "Jin-Rou", begin="1999-11-17")
WEEK = ["[Nauti] Mushishi - 01.mkv", "[Nauti] Mushishi - 02.mkv"]
OTHERS = ["[Hatsu] Mushishi - 03.mkv", "Texhnolyze - 01.mkv"]


def read(*names: str) -> Read:
    files = [ScannedFile("/in", name, FileKind.VIDEO) for name in names]
    return Read(files=tuple(parse_files(files)))


def asked(*pins: Pin) -> Asked:
    return Asked(reader=Reader(), sources=[Shelf(MUSHISHI, TEXHNOLYZE, JIN_ROH)], pins=pins)


def pin(show: int | str, title: str = "Mushishi", **more: Any) -> Pin:
    return Pin(id=f"tmdb:{show}", title=title, **more)


def by_name(changes: list[Change]) -> dict[str, Change]:
    return {change.before.file.rel: change for change in changes}


def became(change: Change) -> tuple[int, list[tuple[int, int]]]:
    best = change.after.match.best
    assert best is not None
    return best.candidate.id, [(place.season, place.episode) for place in change.after.coordinates]


def test_every_video_that_the_pin_holds_for_is_told_and_no_other() -> None:
    of_group = pin(2, group="Nauti")
    found = by_name(repinned(read(*WEEK, *OTHERS), asked(), of_group, [of_group]))

    assert sorted(found) == WEEK
    assert [became(found[name]) for name in WEEK] == [(2, [(1, 1)]), (2, [(1, 2)])]
    assert all(change.changes and change.heard for change in found.values())


@pytest.mark.parametrize(
    ("wanted", "changes"),
    [
        (pin(1), False),  # matching has said so itself
        (pin(1, season=1), False),
        (pin(1, season=2), True),
        (pin(1, season=1, offset=4), True),
        (pin(2), True),
        (pin("movie/3"), True),
        (pin(1, extra=True), True),
    ],
)
def test_a_file_changes_where_show_or_place_is_another_one(wanted: Pin, changes: bool) -> None:
    found = repinned(read(*WEEK), asked(), wanted, [wanted])

    assert [change.changes for change in found] == [changes] * len(WEEK)


def test_of_two_films_of_one_title_the_pinned_one_is_a_change_though_it_was_the_first_to_be_thought_of() -> (
    None
):
    shelf = Asked(reader=Reader(), sources=[Shelf(JIN_ROH, film(4, "Jin-Rou", begin="2000-06-03"))])
    found = read("Jin-Rou.mkv")
    (before,) = match(found, shelf)
    assert before.match.best is not None
    wanted = pin(f"movie/{before.match.best.candidate.id}", "Jin-Rou")
    (change,) = repinned(found, shelf, wanted, [wanted])

    assert before.decision is not Decision.MATCHED
    assert change.changes


def test_an_extra_of_the_same_show_is_the_same_whatever_its_number_is() -> None:
    wanted, ending = pin(1, season=2, offset=5), "[Nauti] Mushishi - NCED2.mkv"
    found = by_name(repinned(read(*WEEK, ending), asked(), wanted, [wanted]))

    assert {name: change.changes for name, change in found.items()} == {
        **dict.fromkeys(WEEK, True),
        ending: False,
    }


def test_a_pin_that_says_less_than_another_is_not_heard_and_nothing_speaks_against_it() -> None:
    wide, narrow = pin("movie/3"), pin(1, group="Nauti")
    found = by_name(repinned(read(*WEEK, *OTHERS), asked(narrow), wide, [narrow, wide]))

    assert {name: change.heard for name, change in found.items()} == {
        **dict.fromkeys(WEEK, False),
        OTHERS[0]: True,
    }
    assert {name: bool(change.objections) for name, change in found.items()} == {
        **dict.fromkeys(WEEK, False),
        OTHERS[0]: True,
    }
    assert not any(found[name].changes for name in WEEK)


def test_a_pin_among_numbers_is_heard_for_those_alone() -> None:
    second = pin(1, season=2, episodes="2")
    found = by_name(repinned(read(*WEEK), asked(), second, [second]))

    assert {name: change.heard for name, change in found.items()} == {WEEK[0]: False, WEEK[1]: True}
    assert became(found[WEEK[1]]) == (1, [(2, 2)])


# --- what names say against it ---


@pytest.mark.parametrize(
    ("name", "wanted", "about"),
    [
        ("Mushishi S02E03.mkv", pin(1, season=1), [Against.SEASON]),
        ("Mushishi S02E03.mkv", pin(1, season=2), []),
        ("Mushishi S02E03.mkv", pin(1), []),  # it says nothing of a season
        ("Mushishi - OVA 01.mkv", pin(1, season=1), [Against.SPECIAL]),
        ("Mushishi - OVA 01.mkv", pin(1, season=0), []),
        ("Mushishi - 07.mkv", pin("movie/3"), [Against.FILM]),
        ("Mushishi (1974) - 07.mkv", pin(1), [Against.YEAR]),
        ("Mushishi (1974) - 07.mkv", pin(1, extra=True), []),  # an extra is of no year and no season
        ("Mushishi - NCOP (1974).mkv", pin(1, season=1), []),
    ],
)
def test_names_speak_against_what_they_say_otherwise(name: str, wanted: Pin, about: list[Against]) -> None:
    assert [one.about for one in against(read(name), wanted, [wanted], MUSHISHI)] == about


def test_what_all_names_say_is_told_once_and_of_a_show_that_nobody_knows_no_year_is_wrong() -> None:
    names = [f"Mushishi (1974) - S02E0{n}.mkv" for n in (1, 2, 3)]
    wanted = pin(1, season=1)
    found = [one.about for one in against(read(*names), wanted, [wanted], MUSHISHI)]

    assert found == [Against.SEASON, Against.YEAR]
    assert [one.about for one in against(read(*names), wanted, [wanted], None)] == [Against.SEASON]


# --- a library whose videos are matched again ---


def test_of_a_library_that_is_matched_again_only_what_becomes_another_is_told() -> None:
    before = match(read(*WEEK, *OTHERS), asked())
    after = match(read(*WEEK, *OTHERS), asked(pin(2, group="Nauti")))

    assert sorted(by_name(renamed(before, after))) == WEEK
    assert renamed(before, before) == []


def test_a_file_that_has_gone_meanwhile_is_no_change() -> None:
    before, after = match(read(*WEEK), asked()), match(read(*WEEK), asked(pin(2)))

    assert sorted(by_name(renamed(before, after[1:]))) == [after[1].file.rel]


# --- whether a question is answered ---


def test_files_are_settled_when_the_pin_holds_for_all_of_them_and_matching_is_sure_of_each() -> None:
    strange = read("Oni wo Miru Me - 01.mkv").files
    sure, other = pin(1, "Oni wo Miru Me"), pin(1, "Mushishi")

    assert settled(sure, strange, asked(sure))
    assert not settled(sure, strange, asked())  # it is not in force
    assert not settled(other, strange, asked(sure))


def test_a_pin_for_one_of_two_titles_does_not_hold_for_all() -> None:
    files = read(*WEEK, *OTHERS).files

    assert holds_for_all(pin(1), files[:2])
    assert not holds_for_all(pin(1), files)
    assert not holds_for_all(pin(1, group="Nauti"), files[:3])


# --- what each answer to a question would come to ---


def question(*wanted: Wanted | None, first: str = "") -> Question:
    answers = tuple(Answer(show="a show", words="", pin=one, first=first) for one in wanted)
    return Question(files=(), why="", answers=answers)


def wanted(show: int | str, **more: Any) -> Wanted:
    return Wanted(path="/in", show=f"tmdb:{show}", **more)


def test_an_answer_tells_where_the_first_and_the_last_file_would_go() -> None:
    files = read(*WEEK, "[Nauti] Mushishi - 05.mkv").files
    answers = told(question(wanted(1, season=2), wanted(1, season=1, offset=10), wanted(2)), files, asked())

    assert [(one.first, one.last) for one in answers.answers] == [
        ("S02E01", "S02E05"),
        ("S01E11", "S01E15"),
        ("S01E01", "S01E05"),
    ]


def test_a_place_that_is_asked_for_is_told_as_it_is_and_known_ones_are_kept() -> None:
    files = read("Mushishi - OVA.mkv").files
    (special,) = told(question(wanted(1, season=0, place="S00E02")), files, asked()).answers
    (known,) = told(question(wanted(1), first="S01E21"), files, asked()).answers

    assert (special.first, special.last) == ("S00E02", "S00E02")
    assert known.first == "S01E21"


def test_an_answer_says_what_names_have_against_it_and_one_without_a_pin_says_nothing() -> None:
    files = read("Mushishi S02E01.mkv", "Mushishi S02E02.mkv").files
    mine, none = told(question(wanted(1, season=1), None), files, asked()).answers

    assert mine.against == ("The names say season 2, and the pin says season 1: the pin wins.",)
    assert (none.against, none.first, none.last) == ((), "", "")


def test_a_place_that_stays_in_doubt_is_not_told() -> None:
    files = read("Texhnolyze - 80.mkv").files
    (answer,) = told(question(wanted(2)), files, asked()).answers

    assert (answer.first, answer.last) == ("", "")


def test_the_pins_that_are_in_force_do_not_answer_for_another_show() -> None:
    files = read(*WEEK).files
    (answer,) = told(question(wanted(2)), files, replace(asked(), pins=(pin(1, season=2),))).answers

    assert (answer.first, answer.last) == ("S01E01", "S01E02")
