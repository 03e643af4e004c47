"""Plan the videos of a run show by show, on as many cores as help. Pure.

In: the matched videos of a run. Out: a Move or a Held for each, in the order given.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias, cast

from anivault.core.causes import Cause
from anivault.core.models import Held, HeldReason, MatchedFile, Move, ScannedFile, ShowId
from anivault.core.planning.rivals import apart
from anivault.core.planning.wanted import Outcome, Shelf
from anivault.shared.work.cores import shared

if TYPE_CHECKING:  # it is handed in
    from anivault.core.planning.planning import Planning

BATCH = 500  # videos, or a show: a hundredth of a second
FEW = 10_000  # videos: one process plans them in an eighth of a second
Numbered: TypeAlias = tuple[int, Outcome]  # what becomes of a video, and which one that is


def videos(run: Planning, matched: Sequence[MatchedFile], workers: int = 1) -> list[Outcome]:
    """Decide about every video: no two shows want one place. `workers`: processes; 0 for as many as help."""
    shelves = [run.shelf(item) for item in matched]
    shows = list(_batches(apart(shelves, run.places.owners)))
    if run.upgrades or len(matched) <= FEW:  # a file that makes room does so for all that come after it
        workers = 1
    of_shows, taken_out = partial(_of_shows, run, matched, shelves), partial(unpack, run, matched)
    found = shared(of_shows, shows, workers, pack=pack, unpack=taken_out)
    outcomes: list[Shelf | Outcome] = [*shelves]
    for index, outcome in chain.from_iterable(found):
        outcomes[index] = outcome
    return cast(list[Outcome], outcomes)  # each video that is on a shelf is of one show


def _batches(shows: Iterable[list[int]]) -> Iterator[list[list[int]]]:
    """Shows, in their order, in batches of many videos."""
    batch: list[list[int]] = []
    room = BATCH
    for show in shows:
        batch.append(show)
        room -= len(show)
        if room <= 0:
            yield batch
            batch, room = [], BATCH
    if batch:
        yield batch


def _of_shows(
    run: Planning, matched: Sequence[MatchedFile], shelves: Sequence[Shelf | Held], shows: Iterable[list[int]]
) -> list[Numbered]:
    return [
        outcome
        for show in shows
        for outcome in run.show([(index, matched[index], shelves[index]) for index in show])
    ]


# --- from one process to another -------------------------------------------------------------------


def pack(outcomes: Iterable[Numbered]) -> bytes:
    """What becomes of videos, without what whoever has the videos knows of them."""
    moves, stays = [], []
    for index, one in outcomes:
        if isinstance(one, Move):
            moves.append((index, one.target, one.reason, one.metadata))
        else:
            cause, show = one.cause and one.cause.value, one.show and tuple(one.show)
            stays.append((index, one.reason.value, cause, one.facts, one.said, one.place, one.other, show))
    return marshal.dumps((moves, stays))  # a text that several share is written once


def unpack(run: Planning, matched: Sequence[MatchedFile], packed: bytes) -> list[Numbered]:
    """The same outcomes again."""
    moves, stays = marshal.loads(packed)  # noqa: S302 - it comes from a process that was forked from this one
    if stays:
        names = {(name := matched[index].file.rel): name for index, *_ in (*moves, *stays)}
        for _, _, _, facts, *_ in stays:
            if named := facts.get("file"):  # the rival that goes: its name is here already
                facts["file"] = names.get(named, named)
    outcomes: list[Numbered] = [(index, run.moved(matched[index], *rest)) for index, *rest in moves]
    outcomes += ((index, _stayed(matched[index].file, *rest)) for index, *rest in stays)
    return outcomes


_REASONS = {reason.value: reason for reason in HeldReason}
_CAUSES = {cause.value: cause for cause in Cause}


def _stayed(
    file: ScannedFile, reason: str, cause: str | None, facts: dict[str, str], said: str, place: str,
    other: str, show: tuple[str, str, int] | None,
) -> Held:  # fmt: skip
    return Held(
        root=file.root, rel=file.rel, reason=_REASONS[reason], cause=_CAUSES[cause] if cause else None,
        facts=facts, said=said, place=place, other=other, show=ShowId(*show) if show else None,
    )  # fmt: skip
