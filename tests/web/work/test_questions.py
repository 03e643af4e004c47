"""Questions on a sheet: each file in one of them, each choice with its pin; and what is asked in passing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec
import pytest

from anivault.core.matching.pins import Pin, load
from anivault.core.matching.questions import Answer, Wanted
from anivault.shared.errors import PinRefusedError
from anivault.web.desk import Row
from anivault.web.pages.answered.turns import take_apart
from anivault.web.records import Choice, PinChange, PinFacts, PinWords, QuestionRow
from anivault.web.work.questions import PART, choices, files_of, question_of
from tests.web.work.conftest import Bench

FILM = "Kara no Kyoukai/Kara no Kyoukai Movie 7.mkv"  # one of several, which none of its names tells
UNKNOWN = tuple(f"Zzqqx Wwvv - {n:02}.mkv" for n in (1, 2, 3, 4))
CROWD = tuple(f"Crowd/{title} - 01.mkv" for title in ("Aaqqz", "Bbqqz", "Ccqqz", "Ddqqz"))


@pytest.fixture
def asked(bench: Bench) -> Bench:
    """A plan with questions about a film, four files of one release, and four releases of a folder."""
    bench.have(FILM, *UNKNOWN, *CROWD)
    bench.do("plan")
    return bench


def questions(bench: Bench) -> Iterator[tuple[Row, QuestionRow]]:
    with bench.sheet("plan") as sheet:
        for row in sheet.rows("question", most=100):
            yield row, row.read(QuestionRow)


def one(bench: Bench, name: str) -> tuple[Row, QuestionRow]:
    """The question whose first file is called so."""
    return next(found for found in questions(bench) if found[1].first == os.path.basename(name))


def files(bench: Bench, row: Row) -> list[str]:
    with bench.sheet("plan") as sheet:
        return sorted(os.path.relpath(file.file.path, bench.source) for file in files_of(sheet, row))


def pin_of(bench: Bench, choice: Choice, **more: object) -> Pin:
    assert choice.pin
    return Pin(folder=os.path.dirname(choice.pin.what), id=choice.pin.show)


def test_each_file_that_is_asked_about_is_in_one_question(asked: Bench) -> None:
    found = [file for row, _ in questions(asked) for file in files(asked, row)]

    assert sorted(found) == sorted((FILM, *UNKNOWN, *CROWD))


def test_a_question_has_as_many_files_as_it_says(asked: Bench) -> None:
    for row, question in questions(asked):
        assert question.files == len(files(asked, row))


def test_one_about_several_releases_can_be_taken_apart_and_nothing_is_lost(asked: Bench) -> None:
    row, crowd = one(asked, CROWD[0])
    assert (crowd.releases, crowd.files, crowd.choices) == (4, 4, ())
    take_apart(asked.house, row)

    assert sorted(f for part, _ in questions(asked) for f in files(asked, part)) == sorted(
        (FILM, *UNKNOWN, *CROWD)
    )
    assert [q.files for _, q in questions(asked) if q.folder == crowd.folder] == [1, 1, 1, 1]
    assert asked.rows("plan", PART, QuestionRow) == []


def test_a_choice_says_its_show_and_a_pin_for_these_files(asked: Bench) -> None:
    _, film = one(asked, FILM)

    assert len(film.choices) > 1
    assert film.offered <= len(film.choices)
    for choice in film.choices:
        assert choice.pin
        assert choice.pin.what in (film.about, film.path, film.folder)
        assert choice.pin.show.startswith("tmdb:")
    assert any(choice.bars for choice in film.choices)
    assert film.show == film.choices[0].pin.show if film.choices[0].pin else False


def test_never_names_lines_that_leave_out_these_files_and_no_other(asked: Bench) -> None:
    _, unknown = one(asked, UNKNOWN[0])

    assert unknown.never
    assert not any("Kyoukai" in line or "Crowd" in line for line in unknown.never)


def test_a_question_that_is_read_back_is_about_the_same_files(asked: Bench) -> None:
    _, unknown = one(asked, UNKNOWN[0])
    back, folder = question_of(unknown), question_of(unknown, folder=True)

    assert (back.path, back.begin, len(back.files)) == (unknown.about, 1, 4)
    assert (folder.path, folder.alone and folder.alone.path) == (unknown.folder, unknown.folder)


def test_what_is_doubted_is_told_once_for_each_choice() -> None:
    wanted = Wanted(path="/dl", show="tmdb:7")
    answers = [
        Answer(show="Harbour", words="", pin=wanted, against=("late", "other")),
        Answer(show="x", words="", pin=None),
    ]
    first, second = choices(answers, doubts=["late"])

    assert first.against == ("late", "other")
    assert (second.pin, second.against) == (None, ("late",))


# --- answered in passing ---


def search(bench: Bench, row: Row, **asked: object) -> list[Choice]:
    order = {"n": row.n, "words": "", "show": "", "season": None, "first": None, "folder": False, **asked}
    return msgspec.convert(bench.do("search", **order)["answer"], list[Choice])


def test_a_search_answers_with_shows_of_that_title(asked: Bench) -> None:
    row, question = one(asked, UNKNOWN[0])
    found = search(asked, row, words="Toradora")

    assert found[0].label.startswith("Toradora")
    assert found[0].pin == PinWords(what=question.about, show="tmdb:42916")
    assert found[0].places == "S01E01 … S01E04"  # what it would come to
    assert search(asked, row, words="zzzqqqxxxwww") == []


def test_a_typed_show_is_one_answer_with_the_places_that_are_typed(asked: Bench) -> None:
    row, _ = one(asked, UNKNOWN[0])
    (found,) = search(asked, row, show="tmdb:42916", season=1, first=3)

    assert found.pin
    assert (found.pin.show, found.pin.season, found.pin.offset) == ("tmdb:42916", 1, 2)
    assert found.places == "S01E03 … S01E06"


@pytest.mark.parametrize(("show", "season"), [("nobody:7", None), ("tmdb:42916", 9), ("anidb:0", None)])
def test_a_show_or_season_that_nobody_knows_is_refused(asked: Bench, show: str, season: int | None) -> None:
    row, _ = one(asked, UNKNOWN[0])
    with pytest.raises(PinRefusedError):
        search(asked, row, show=show, season=season)


def test_only_the_questions_that_a_pin_answers_are_settled(asked: Bench) -> None:
    numbers = {question.first: row.n for row, question in questions(asked)}
    pins = [{"title": "Zzqqx Wwvv", "id": "tmdb:42916"}]
    assert asked.do("settled", questions=list(numbers.values()), pins=pins)["answer"] == []  # in no file yet
    (asked.library / ".anivault").mkdir()
    (asked.library / ".anivault/pins.toml").write_text('[[pin]]\ntitle = "Zzqqx Wwvv"\nid = "tmdb:42916"\n')

    assert load(asked.library / ".anivault/pins.toml")
    assert asked.do("settled", questions=list(numbers.values()), pins=pins)["answer"] == [numbers[UNKNOWN[0]]]


def test_a_file_is_explained_with_who_said_what_of_its_name(asked: Bench) -> None:
    told = asked.do("explain", file=str(asked.source / UNKNOWN[0]))["answer"]

    assert told["path"] == str(asked.source / UNKNOWN[0])
    assert told["parsed"]["title"] == "Zzqqx Wwvv"
    assert told["said"]["title"][1] == "Zzqqx Wwvv"


# --- a pin that is looked at ---


def look(bench: Bench, **words: object) -> PinFacts:
    bench.do("pin", words={"what": str(bench.source / UNKNOWN[0]), "show": "tmdb:42916", **words}, old="")
    facts: PinFacts = bench.fact("pin", PinFacts)
    return facts


def test_a_pin_is_shown_file_by_file_and_not_written(asked: Bench) -> None:
    facts = look(asked)
    changes = asked.rows("pin", "change", PinChange)

    assert [os.path.basename(change.path) for change in changes] == list(UNKNOWN)
    assert all(change.before.startswith("held: ") for change in changes)
    assert changes[0].after == "Toradora! (2008) S01E01"
    assert facts.total == "4 files to change. Nothing was written."
    assert not os.path.exists(facts.file)


def test_a_pin_that_names_contradict_is_doubted_and_its_files_say_why(asked: Bench) -> None:
    asked.have("Zzqqx Wwvv S02E01.mkv")
    facts = look(asked, what=str(asked.source / "Zzqqx Wwvv S02E01.mkv"), season=1)
    changes = asked.rows("pin", "change", PinChange)

    assert [os.path.basename(change.path) for change in changes if change.against] == [
        "Zzqqx Wwvv S02E01.mkv"
    ]
    assert any(doubt.startswith("1 file: ") for doubt in facts.doubts)


def test_a_pin_for_no_file_says_so(asked: Bench) -> None:
    facts = look(asked, what="Nobody's Title")

    assert facts.total.startswith("0 files to change")
    assert any("No video that is there" in remark for remark in facts.remarks)
