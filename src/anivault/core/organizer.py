"""Decide where every file goes: the front door of core/planning. Pure: reads its arguments, never the disk.

In: the matched videos, the other files, what the library holds already, a preset.
Out: a Plan; every file is in exactly one of its moves and held ones, in the order given, and no
two targets are equal where case or Unicode form does not count. Nothing is ever overwritten.

`rename` brings a library that is organized to a new preset or to new numbers. Only what changes moves, and
what other programs put beside it goes along; each file moves after the one that now has its place, and what
would change places in a circle stays.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence

import msgspec

from anivault.core.causes import Cause
from anivault.core.models import Held, HeldReason, MatchedFile, Mode, Move, ParsedFile, Plan, ScannedFile
from anivault.core.planning.library import Library
from anivault.core.planning.naming.characters import NAME_MAX, fold
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.places import Places
from anivault.core.planning.planning import OnConflict, Planning
from anivault.core.planning.shows import videos
from anivault.core.planning.sidecars.companions import companions
from anivault.core.planning.sidecars.followers import Followers


def plan(
    matched: Sequence[MatchedFile],
    others: Sequence[ParsedFile] = (),
    *,
    library: str,
    roots: Sequence[str],
    mode: Mode,
    preset: Preset,
    taken: Library | None = None,
    on_conflict: OnConflict = "hold",
    prefer: Sequence[str] = (),
    name_max: int = NAME_MAX,
    described: bool = False,
    upgrade: bool = False,
    last: Container[str] = (),
    workers: int = 1,
) -> Plan:
    """Plan the videos `matched` and the `others` that follow them.

    Of two files for one episode, or for one place, the better one goes there (planning/preference.py); the
    other is held, or with on_conflict="version" goes beside it under a name that servers read as a version.
    `described`: NFO files will say what names cannot. `upgrade`: a better file takes the place of one that a
    run has put into the library. `last`: paths of files that yield to every other that wants their place.
    """
    places = Places(Namer(preset, name_max), taken or Library(), described=described)
    own = library if library in roots else ""
    run = Planning(places, mode, on_conflict, prefer, upgrade=upgrade, own=own, last=last)
    outcomes = videos(run, matched, workers)
    followers = Followers(places, outcomes, mode, matched, roots)
    outcomes += [followers.place(item) for item in others]
    return Plan(
        library=library,
        roots=tuple(roots),
        preset=preset.name,
        mode=mode,
        moves=tuple(outcome for outcome in outcomes if isinstance(outcome, Move)),
        held=tuple(outcome for outcome in outcomes if isinstance(outcome, Held)),
        shelves=places.shelves,
    )


# --- a library that has files already ---------------------------------------------------------------


def rename(
    matched: Sequence[MatchedFile],
    others: Sequence[ParsedFile],
    *,
    library: str,
    present: Sequence[ScannedFile],
    links: Collection[str] = (),
    preset: Preset,
    name_max: int = NAME_MAX,
) -> Plan:
    """Plan new names for `matched` and `others`, whose paths are relative to the library.

    `present` is every file of the library; `links` are those that are not regular files. A file whose name
    stays is held as already there.
    """
    ours = {item.file.rel for item in matched} | {item.file.rel for item in others}
    foreign = [file for file in present if file.rel not in ours]
    strangers = Library(foreign)
    made = plan(
        matched, others, library=library, roots=[library], mode=Mode.MOVE, preset=preset, taken=strangers,
        on_conflict="version", name_max=name_max,
    )  # fmt: skip
    stays = [_there(move) for move in made.moves if move.rel == move.target]
    moves = [move for move in made.moves if move.rel != move.target]
    there = [item.rel for item in (*made.held, *stays)]
    along, left = companions(moves, there, foreign, name_max, links)
    stays += left
    ordered, circles = _in_order([*moves, *along], [*made.held, *stays])
    return msgspec.structs.replace(made, moves=tuple(ordered), held=(*made.held, *stays, *circles))


def _there(move: Move) -> Held:
    return Held(
        root=move.root, rel=move.rel, reason=HeldReason.ALREADY_THERE, cause=Cause.THERE, place=move.target,
        facts={"there": move.target},
    )  # fmt: skip


def _in_order(moves: Sequence[Move], stays: Collection[Held]) -> tuple[list[Move], list[Held]]:
    """Sort the moves so that each finds its place free; hold those that never will."""
    staying = {fold(item.rel) for item in stays}
    waiting = {fold(move.rel): move for move in moves}
    ordered: list[Move] = []
    free = True
    while waiting and free:
        ready = [key for key, move in waiting.items() if _is_free(key, fold(move.target), staying, waiting)]
        free = bool(ready)
        ordered += [waiting.pop(key) for key in ready]
    return ordered, [_blocked(move) for move in waiting.values()]


def _is_free(source: str, target: str, staying: Collection[str], waiting: Collection[str]) -> bool:
    """A place is free when nobody has it, or the file itself under another spelling."""
    return target not in staying and (target not in waiting or target == source)


def _blocked(move: Move) -> Held:
    return Held(
        root=move.root, rel=move.rel, reason=HeldReason.TARGET_TAKEN, cause=Cause.CIRCLE, place=move.target,
        facts={"target": move.target},
    )  # fmt: skip
