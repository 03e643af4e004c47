"""What a question offers: the shows that files may be, and what a pin has to say if they are."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from anivault.core.matching.places.placed import COUNTED, STATED, UNCOUNTED
from anivault.core.matching.questions import Answer, Question, asked, crowded, questions
from anivault.core.matching.scope import Scope
from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    Held,
    HeldReason,
    Match,
    MatchedFile,
    Ranked,
    ReleaseKey,
    Score,
)
from anivault.parser.models import VideoType
from tests.core.matching.makers import entry, file, film, show

NATSU, FUYU = show(1, entry("Natsu")), show(2, entry("Fuyu"))
RELEASE = ReleaseKey("Natsu")
SURE, UNSURE = STATED, COUNTED / 2


def verdict(
    *episodes: float, best: Candidate = NATSU, score: float = 0.8, sure: float = UNSURE, **fields: Any
) -> MatchedFile:
    """A video of which no more is known than that it may be `best`, its numbers in season 2."""
    parsed = file("Natsu", episodes=episodes, folder="Natsu", **fields)
    match = Match(Decision.AMBIGUOUS, score, (Ranked(best, Score(score, {})),))
    places = tuple(Coordinates(season=2, episode=int(n)) for n in episodes)
    return MatchedFile(parsed.file, parsed.parsed, match, Decision.AMBIGUOUS, places, (), sure, None, RELEASE)


def held(*items: MatchedFile, reason: HeldReason = HeldReason.AMBIGUOUS) -> list[Held]:
    return [Held(root=i.file.root, rel=i.file.rel, reason=reason, said="unsure") for i in items]


def ask(*items: MatchedFile, known: tuple[MatchedFile, ...] = ()) -> list[Question]:
    """Ask about `items`; of the `known` ones nothing is asked."""
    return questions(held(*items), {(i.file.root, i.file.rel): i for i in (*items, *known)})


def answers(*items: MatchedFile, known: tuple[MatchedFile, ...] = ()) -> tuple[Answer, ...]:
    (question,) = ask(*items, known=known)
    return question.answers


def test_where_the_place_is_sure_the_show_is_enough() -> None:
    (answer,) = answers(verdict(1, sure=SURE), verdict(2, sure=SURE))

    assert answer.pin is not None
    assert (answer.pin.path, answer.pin.show, answer.pin.season) == ("/in/Natsu", "tmdb:1", None)
    assert answer.show == "Natsu (2015) from S02E01"
    assert (answer.first, answer.last, answer.stated) == ("S02E01", "S02E02", True)


def test_where_the_place_is_a_guess_the_pin_says_it() -> None:
    late = replace(verdict(13), coordinates=(Coordinates(season=2, episode=1),))
    (answer,) = answers(late)

    assert answer.pin is not None
    assert (answer.pin.season, answer.pin.offset) == (2, -12)
    assert answer.words.endswith("tmdb:1 --season 2 --offset -12")
    assert not answer.stated


def test_an_offset_of_nothing_is_not_said() -> None:
    (answer,) = answers(verdict(3))

    assert answer.pin is not None
    assert (answer.pin.season, answer.pin.offset) == (2, None)


@pytest.mark.parametrize(
    "item",
    [
        verdict(1, type=VideoType.OVA),  # the show alone would make an episode of it
        replace(verdict(1), coordinates=()),  # nobody has a guess
        replace(verdict(12.5), coordinates=(Coordinates(season=2, episode=12),)),
    ],
)
def test_where_no_pin_would_place_a_file_none_is_offered(item: MatchedFile) -> None:
    (answer,) = answers(item)

    assert (answer.show, answer.pin, answer.words) == ("Natsu (2015)", None, "")


def test_a_film_has_no_place_to_be_said() -> None:
    (answer,) = answers(replace(verdict(best=film(5, "Natsu")), coordinates=()))

    assert answer.pin is not None
    assert (answer.pin.show, answer.pin.season, answer.show) == ("tmdb:movie/5", None, "Natsu (2015)")


def test_another_show_that_fits_nearly_as_well_is_offered_without_a_place() -> None:
    item = verdict(1)
    near, far = Ranked(FUYU, Score(0.75, {})), Ranked(show(3, entry("Aki")), Score(0.6, {}))
    _, other = answers(replace(item, match=replace(item.match, ranked=(*item.match.ranked, near, far))))

    assert (other.show, other.first, other.stated) == ("Fuyu (2015)", "", False)
    assert other.pin is not None
    assert (other.pin.show, other.pin.season) == ("tmdb:2", None)


def test_the_other_place_that_a_name_may_mean_is_the_second_answer() -> None:
    one, other = answers(replace(verdict(3), other=(Coordinates(season=3, episode=3),)))

    assert one.pin is not None
    assert other.pin is not None
    assert (one.pin.season, other.pin.season) == (2, 3)
    assert (one.first, other.first) == ("S02E03", "S03E03")


def test_a_place_in_another_season_than_the_name_says_is_said_by_the_pin() -> None:
    item = replace(verdict(1, season=3), sure=UNCOUNTED)
    (answer,) = answers(item)

    assert answer.pin is not None
    assert answer.pin.season == 2  # a pin that says nothing of it would leave the file its season 3


@pytest.mark.parametrize("name", ["a\x1bb.mkv", "a\nb.mkv"])
def test_a_path_that_no_shell_can_be_told_gets_no_pin(name: str) -> None:
    item = verdict(1)
    (answer,) = answers(replace(item, file=replace(item.file, rel=f"Natsu\x1b/{name}")))

    assert answer.words == ""


@pytest.mark.parametrize(
    ("mine", "others", "episodes"),
    [
        ((1,), (13,), "1"),
        ((1, 2), (13,), "1-2"),
        ((13, 14), (12,), "13-"),  # next week's 15 goes on where they end
        ((1, 14), (13,), None),  # another's number stands between
        ((12.5,), (13,), None),  # no range holds it
    ],
)
def test_numbers_tell_files_from_others_of_the_same_name(
    mine: tuple[float, ...], others: tuple[int, ...], episodes: str | None
) -> None:
    known = tuple(verdict(n, sure=SURE) for n in others)
    guesses = [replace(verdict(n), coordinates=(Coordinates(season=2, episode=9),)) for n in mine]
    (answer,) = answers(*guesses, known=known)

    assert (answer.pin.episodes if answer.pin else None) == episodes


def test_a_range_of_specials_ends_where_it_ends() -> None:
    known = verdict(12, sure=SURE)
    (answer,) = answers(replace(verdict(13), coordinates=(Coordinates(season=0, episode=1),)), known=(known,))

    assert answer.pin is not None
    assert answer.pin.episodes == "13"


def test_an_extra_of_the_same_number_is_in_nobodys_way() -> None:
    (answer,) = answers(verdict(1), known=(verdict(13), verdict(1, type=VideoType.OP, name="NCOP1.mkv")))

    assert answer.pin is not None
    assert answer.pin.episodes == "1"


@pytest.mark.parametrize("reason", [HeldReason.UNMATCHED, HeldReason.UNREADABLE_NAME])
def test_a_file_that_nobody_knows_has_no_answers(reason: HeldReason) -> None:
    item = verdict(1)
    (question,) = questions(held(item, reason=reason), {(item.file.root, item.file.rel): item})

    assert question.answers == ()


def test_a_release_is_asked_about_once_the_largest_first() -> None:
    few = [replace(verdict(1, name="Fuyu - 01.mkv"), release=None)]
    many = [verdict(n) for n in (1, 2, 3)]
    made = asked(held(*few, *many), {(i.file.root, i.file.rel): i for i in (*few, *many)})

    assert [len(question.files) for question in made] == [3, 1]
    assert [question.begin for question in made] == [1, 1]


class Watched(dict[tuple[str, str], MatchedFile]):
    """Verdicts that count how often all of them are looked at."""

    looks = 0

    def values(self) -> Any:
        self.looks += 1
        return super().values()


@pytest.mark.parametrize(
    ("folders", "reason", "sizes"),
    [
        ("AAAA", HeldReason.UNMATCHED, [4]),
        ("AAA", HeldReason.UNMATCHED, [1, 1, 1]),  # few, whose names are soon read
        ("AABB", HeldReason.UNMATCHED, [1, 1, 1, 1]),
        ("AAAAB", HeldReason.UNREADABLE_NAME, [4, 1]),
        ("AAAA", HeldReason.AMBIGUOUS, [1, 1, 1, 1]),  # each has an answer of its own
    ],
)
def test_what_nothing_is_known_of_is_asked_about_folder_by_folder(
    folders: str, reason: HeldReason, sizes: list[int]
) -> None:
    items = [
        replace(
            verdict(1),
            file=replace(verdict(1).file, rel=f"{folder}/{n}.mkv"),
            release=ReleaseKey(f"{n}"),
        )
        for n, folder in enumerate(folders)
    ]
    made = asked(held(*items, reason=reason), {(i.file.root, i.file.rel): i for i in items})
    joined = crowded(made)

    assert [len(question.files) for question in joined] == sizes
    assert [len(question.crowd) for question in joined] == [size if size > 1 else 0 for size in sizes]


def test_what_pins_would_hold_for_is_found_once_for_questions_of_all_reasons() -> None:
    items = [verdict(1), verdict(13, best=FUYU)]
    verdicts = Watched({(item.file.root, item.file.rel): item for item in items})
    scope = Scope(verdicts)
    first = questions(held(items[0]), verdicts, scope)
    once = verdicts.looks
    second = questions(held(items[1], reason=HeldReason.NO_PLACE), verdicts, scope)

    assert once > 0
    assert verdicts.looks == once
    assert (first, second) == (
        questions(held(items[0]), verdicts),
        questions(held(items[1], reason=HeldReason.NO_PLACE), verdicts),
    )


def test_of_files_that_ask_nothing_no_verdict_is_looked_at() -> None:
    item = verdict(1)
    verdicts = Watched({(item.file.root, item.file.rel): item})

    assert questions(held(item, reason=HeldReason.UNMATCHED), verdicts)[0].answers == ()
    assert verdicts.looks == 0
