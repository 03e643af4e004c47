"""A review asks about every held file once; each answer is written at once, and each can be taken back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from anivault.core.matching.pins import load
from anivault.core.matching.questions import Answer, Question, Wanted, placed
from anivault.core.matching.scope import Alone
from anivault.core.models import Held, HeldReason
from anivault.services.asking import Asking
from anivault.services.pinning import file_of, pins_in_force
from anivault.services.remembered.ignored import lists
from anivault.services.review import Review, begun
from anivault.shared.errors import PinRefusedError
from anivault.shared.progress import Progress
from anivault.shared.settings import Settings

UNKNOWN = tuple(f"Zzqqx Wwvv - {n:02}.mkv" for n in (1, 2, 3, 4))
CROWD = tuple(f"Crowd/{title} - 01.mkv" for title in ("Aaqqz", "Bbqqz", "Ccqqz", "Ddqqz"))
T = TypeVar("T")
TORADORA, BEBOP = "tmdb:42916", "tmdb:30991"


def must(value: T | None) -> T:
    assert value is not None
    return value


def untold(label: str) -> Progress:
    return lambda done, total: None


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    folder = tmp_path / "pile"
    for name in (*UNKNOWN, *CROWD, "Toradora! - 01.mkv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def library(tmp_path: Path, home: Path) -> str:
    return str(tmp_path / "library")


@pytest.fixture
def review(pile: Path, library: str) -> Iterator[Review]:
    asking = Asking(settings=Settings(), engines=("anitomy-ng",), providers=("catalog",))
    with begun([str(pile)], library, asking, untold) as review:
        yield review


def about(review: Review, name: str) -> Question:
    """The question whose first file is called so."""
    return next(q for q in review.questions if os.path.basename(q.files[0].rel) == os.path.basename(name))


def names(*questions: Question | None) -> list[str]:
    return sorted(item.rel for question in questions if question for item in question.files)


def answered(question: Question, show: str) -> Wanted:
    return Wanted(path=question.path, show=show)


# --- what is asked ---


def test_what_is_sure_is_not_asked_and_all_else_is_asked_once(review: Review) -> None:
    assert names(*review.questions) == sorted((*UNKNOWN, *CROWD))


def test_releases_of_a_folder_that_nobody_knows_are_one_question_until_they_are_taken_apart(
    review: Review,
) -> None:
    number = review.questions.index(about(review, CROWD[0]))
    assert names(review.questions[number]) == sorted(CROWD)
    before = len(review.questions)
    review.apart(number)

    assert len(review.questions) == before + 3
    assert names(*review.questions) == sorted((*UNKNOWN, *CROWD))
    assert len(review.questions[number].files) == 1  # the first is asked about now


# --- answers ---


def pinned(review: Review) -> None:
    review.take(answered(about(review, UNKNOWN[0]), TORADORA))


def left_out(review: Review) -> None:
    review.never(review.questions.index(about(review, UNKNOWN[0])))


def crowd_left_out(review: Review) -> None:
    review.never(review.questions.index(about(review, CROWD[0])))


@pytest.mark.parametrize("answer", [pinned, left_out, crowd_left_out])
def test_every_answer_is_written_at_once_and_taken_back_whole(
    review: Review, library: str, answer: Callable[[Review], None]
) -> None:
    def state() -> object:
        return load(file_of(library)), lists(library)

    before = state()
    answer(review)
    assert state() != before
    assert review.given == 1
    review.undo()

    assert state() == before
    assert review.given == 0


def test_answers_are_taken_back_the_last_one_first(review: Review, library: str) -> None:
    question = about(review, UNKNOWN[0])
    review.take(answered(question, TORADORA))
    review.take(answered(question, BEBOP))  # another answer to the same
    assert [pin.id for pin in load(file_of(library))] == [BEBOP]
    review.undo()

    assert [pin.id for pin in load(file_of(library))] == [TORADORA]


def test_an_answer_that_is_refused_is_not_there_to_be_taken_back(review: Review, library: str) -> None:
    with pytest.raises(PinRefusedError):
        review.take(answered(about(review, UNKNOWN[0]), "nobody:7"))

    assert review.given == 0
    assert load(file_of(library)) == ()


def test_never_leaves_out_each_release_of_a_crowd_and_nothing_else(review: Review, pile: Path) -> None:
    written = review.never(review.questions.index(about(review, CROWD[0])))

    assert written.lines
    assert all("Zzqqx" not in line and "Toradora" not in line for line in written.lines)


def test_one_answer_settles_the_questions_that_it_answers_and_no_other(review: Review, library: str) -> None:
    question, crowd = about(review, UNKNOWN[0]), about(review, CROWD[0])
    (pin,) = review.take(answered(question, TORADORA)).pins

    assert pins_in_force(library) == (pin,)
    assert review.settles(pin, question)
    assert not review.settles(pin, crowd)


# --- what can be said instead ---


@pytest.mark.parametrize(
    ("begin", "end", "inside"),
    [(1, 2, [1, 2]), (3, None, [3, 4]), (2, 2, [2]), (1, None, [1, 2, 3, 4]), (0, 99, [1, 2, 3, 4])],
)
def test_a_part_of_the_numbers_and_the_rest_are_the_whole(
    review: Review, begin: int, end: int | None, inside: list[int]
) -> None:
    question = about(review, UNKNOWN[0])
    part, rest = review.parted(question, begin, end)

    assert names(part) == [UNKNOWN[n - 1] for n in inside]
    assert names(part, rest) == sorted(UNKNOWN)
    assert (rest is None) is (len(inside) == len(UNKNOWN))
    assert must(part.alone).numbers == f"{begin}-{'' if end is None else end}"


def test_numbers_that_no_file_has_are_refused(review: Review) -> None:
    with pytest.raises(PinRefusedError, match="5-9"):
        review.parted(about(review, UNKNOWN[0]), 5, 9)


def test_a_search_answers_with_at_most_five_shows_each_once(review: Review) -> None:
    question = about(review, UNKNOWN[0])
    found = review.search(question, "Gundam")
    shows = [must(answer.pin).show for answer in found.answers]

    assert 1 < len(shows) == len(set(shows)) <= 5
    assert {must(answer.pin).path for answer in found.answers} == {question.path}
    assert review.search(question, "zzqq no such title xx").answers == ()


def test_an_answer_says_what_it_would_come_to(review: Review) -> None:
    question = review.search(about(review, UNKNOWN[0]), "Toradora!")
    first = review.told(question).answers[0]

    assert (first.first, first.last) == ("S01E01", "S01E04")


@pytest.mark.parametrize(
    ("show", "knows"),
    [
        (TORADORA, True),
        ("TMDB:42916", True),
        ("tmdb:999999999", False),
        ("anidb:1", True),  # looked up when it is pinned
        ("no show", True),  # refused then
    ],
)
def test_a_show_that_its_provider_does_not_have_is_known_to_be_wrong(
    review: Review, show: str, knows: bool
) -> None:
    assert review.knows(show) is knows


def question_of(alone: Alone | None, *files: str, begin: int | None = None) -> Question:
    held = tuple(Held(root="/pile", rel=name, reason=HeldReason.NO_PLACE) for name in files)
    answer = Answer(show="Show", words="", pin=Wanted(path="/pile", show=TORADORA))
    return Question(files=held, why="", path="/pile", begin=begin, alone=alone, answers=(answer,))


@pytest.mark.parametrize(
    ("alone", "numbers", "there"),
    [(Alone("/pile", "1-4"), "1-4", True), (Alone("/pile/Extras"), None, True), (None, None, False)],
)
def test_extras_are_pinned_only_where_a_pin_can_be_for_these_files_alone(
    alone: Alone | None, numbers: str | None, there: bool
) -> None:
    wanted = Review.extras_of(question_of(alone, "a.mkv"), TORADORA)

    assert (wanted is not None) is there
    if alone and wanted:
        assert (wanted.path, wanted.episodes, wanted.extra) == (alone.path, numbers, True)


@pytest.mark.parametrize(
    ("alone", "begin", "season", "first", "said"),
    [
        (Alone("/pile", "13-24"), 13, 2, 1, ("/pile", 2, -12, "13-24")),
        (Alone("/pile", "13-24", goes_on=True), 13, 2, 1, ("/pile", 2, -12, "13-")),  # next week's go on
        (Alone("/pile", "1-2", goes_on=True), 1, 0, None, ("/pile", 0, None, "1-2")),  # specials do not
        (None, 13, 1, 13, ("/pile", 1, 0, None)),
    ],
)
def test_a_place_that_is_said_holds_for_these_numbers(
    alone: Alone | None, begin: int, season: int, first: int | None, said: tuple[object, ...]
) -> None:
    (answer,) = placed(question_of(alone, "a.mkv", "b.mkv", begin=begin), season, first).answers
    pin = must(answer.pin)

    assert (pin.path, pin.season, pin.offset, pin.episodes) == said


def test_the_place_of_one_file_without_a_number_is_said_whole() -> None:
    (answer,) = placed(question_of(None, "OVA.mkv"), 0, 5).answers
    pin = must(answer.pin)

    assert (pin.path, pin.place, pin.season, pin.offset) == ("/pile/OVA.mkv", "S00E05", None, None)


def test_a_place_says_nothing_of_what_no_pin_can_say() -> None:
    question = question_of(None, "a.mkv")
    nobody = Answer(show="Other", words="", pin=None)

    assert (
        len(placed(Question(files=question.files, why="", answers=(nobody, *question.answers)), 1).answers)
        == 1
    )
