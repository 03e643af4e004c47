"""Turn what a page says of files into pins, as `anivault pin` does, and take answers back."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError, PinRefusedError
from anivault.shared.progress import untold
from anivault.web.desk import Sheet
from anivault.web.house import House
from anivault.web.pages.rendering import go, house_of, optional, render
from anivault.web.records import Changed, PinWords, QuestionRow

if TYPE_CHECKING:
    from anivault.core.matching.pins import Pin

T = TypeVar("T")

LONGEST_NUMBER = 6  # characters
MOST = 5000  # questions that one answer is taken for, or looked at for

# What knows names and matching is imported when somebody answers: no other page needs it.


def set_pin(house: House, pin: PinWords) -> Changed:
    """Set a pin in the library's own file. Raises PinRefusedError for other paths, and what `pin` does."""
    house.require_there()
    if is_outside(house, pin.what):
        raise PinRefusedError("that path lies outside of the folders that this page may use")
    from anivault.services import pinning

    wanted = pinning.PinRequest(library=house.library, **msgspec.structs.asdict(pin))
    before = kept(house)
    made = pinning.pin(wanted, house.settings, house.settings.match.providers, untold)
    return replace(changed_since(house, before), doubts=made.doubts)


class Kept(NamedTuple):
    """What is decided in a library: its pins and the lines of its ignore list, each in their order."""

    pins: tuple[Pin, ...]
    lines: Sequence[str]


def kept(house: House) -> Kept:
    """What is decided now."""
    from anivault.core.matching.pins import load
    from anivault.services import pinning
    from anivault.services.remembered import ignored

    return Kept(load(pinning.file_of(house.library)), ignored.said(house.library))


def changed_since(house: House, before: Kept) -> Changed:
    """What is decided otherwise than it was, or stands elsewhere."""
    now = kept(house)
    came, went = _difference(before.pins, now.pins)
    lines, lines_went = _difference(before.lines, now.lines)
    return Changed(
        came=tuple(map(msgspec.to_builtins, came)),
        went=tuple(msgspec.to_builtins(pin) for _, pin in went),
        places=tuple(place for place, _ in went),
        lines=tuple(line for line in lines if not line.startswith("#")),
        lines_went=tuple(lines_went),
    )


def _difference(before: Sequence[T], after: Sequence[T]) -> tuple[list[T], list[tuple[int, T]]]:
    """What came to a list, and what went from it, each with the place where it stood."""
    came: list[T] = []
    went: list[tuple[int, T]] = []
    for done, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if done != "equal":
            went += enumerate(before[i:j], i)
            came += after[k:m]
    return came, went


def is_outside(house: House, words: str) -> bool:
    """Whether words are a path that leads out of the folders that are served; a title or a pattern is not."""
    return (os.path.isabs(words) or os.path.lexists(words)) and not house.inside(words)


def concerned(sheet: Sheet, pins: Sequence[dict[str, Any]], answered: Container[int]) -> list[int]:
    """The open questions for whose files one of these pins holds: it may leave nothing to ask about them."""
    from anivault.core.living.repinned import holds_for_all
    from anivault.core.matching.pins import Pin
    from anivault.web.work.questions import files_of

    came = msgspec.convert(pins, list[Pin])
    open_ = (row for row in sheet.rows("question", most=MOST) if row.n not in answered)
    files = ((row.n, files_of(sheet, row)) for row in open_)
    return [n for n, own in files if any(holds_for_all(pin, own) for pin in came)]


def never(house: House, lines: Sequence[str]) -> Changed:
    """Leave the files of a question out for good, by the lines that were found for them."""
    from anivault.services.remembered import ignored

    house.require_there()
    before = kept(house)
    ignored.write(lines, house.library)
    return changed_since(house, before)


def take_back(house: House, changed: Changed) -> None:
    """Make the pins and the ignore list say what they said before an answer; what came since stays."""
    from anivault.core.matching.pins import Pin
    from anivault.services import pinning
    from anivault.services.remembered import ignored

    if changed.came or changed.went:
        came, went = msgspec.convert((changed.came, changed.went), tuple[list[Pin], list[Pin]])
        pinning.taken_back(came, went, house.library, changed.places)
    if changed.lines or changed.lines_went:
        ignored.taken_back(changed.lines, changed.lines_went, house.library)


def words_for(
    row: QuestionRow, show: str, season: int | None, first: int | None, *, extras: bool, folder: bool
) -> PinWords:
    """What the keys `i`, `s` and `x` of a review say: another show, where its files go, that they are extras.

    With `folder` for all that its folder holds. Raises PinRefusedError where no pin is for these files alone.
    """
    from anivault.core.matching.questions import Answer, Wanted, placed
    from anivault.services.review import Review
    from anivault.web.work.questions import question_of

    question = question_of(row, folder=folder)
    named = Answer(show=show, words="", pin=Wanted(path=question.path, show=show))
    question = msgspec.structs.replace(question, answers=(named,))
    if extras:
        wanted = Review.extras_of(question, show)
    else:
        wanted = (placed(question, season, first) if season is not None else question).answers[0].pin
    if wanted is None:
        raise PinRefusedError("no pin is for these files alone: put them in a folder of their own")
    return PinWords.of(wanted)


def whole(text: str | None, what: str, least: int = 0) -> int | None:
    """A whole number that a field says; None where it is empty. Raises PinRefusedError for anything else."""
    text = (text or "").strip()
    found = optional(text)
    if text and (found is None or found < least or len(text) > LONGEST_NUMBER):
        raise PinRefusedError(f"{what} is a whole number" + (" from 0 on" if least == 0 else ""))
    return found


def pinned(request: Request, pin: PinWords, season: int, episode: int, back: str) -> Response:
    """Pin one file to a season and an episode, then plan again."""
    house = house_of(request)
    try:
        set_pin(house, _at(pin, season, episode))
    except AniVaultError as error:
        return refused(request, error, back)
    if not house.jobs.state.running:
        house.start("plan")
        return go(request, "/working")
    return go(request, back)


def _at(pin: PinWords, season: int, episode: int) -> PinWords:
    """The pin for this one file: its own number, and what leads from it to the episode."""
    own = numbers(pin.what)
    if season < 0 or episode < 0 or not own:
        raise PinRefusedError("a season and an episode are needed, and a file with a number in its name")
    return msgspec.structs.replace(
        pin, season=season, offset=(episode - own[0]) or None, episodes=str(own[0])
    )


def numbers(path: str) -> list[int]:
    """The whole episode numbers that a file's own name says."""
    from anivault.core.pipeline.parser import parse_path

    return [number for number in parse_path(path).parsed.episodes if isinstance(number, int)]


def refused(request: Request, error: AniVaultError, back: str) -> Response:
    """Say what happened, what is still true, and what can be done."""
    return render(
        request, "entrance/refused.html", 409, what=str(error), hint=getattr(error, "hint", ""), back=back
    )
