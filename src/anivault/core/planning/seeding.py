"""Keep files where they are that a torrent client has: moved away, they would be seeded no more. Pure.

In: a plan, and who tells a file's torrent. Out: the plan, with those of its moves held.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from anivault.core.causes import Cause
from anivault.core.models import Held, HeldReason, Mode, Move, Plan

TorrentOf: TypeAlias = Callable[[str], str]  # the torrent that has the file of this path, or ""


def of_none(_path: str) -> str:
    """Of a user who names no torrent client, no file is known to be of a torrent."""
    return ""


def spare(plan: Plan, torrent_of: TorrentOf) -> Plan:
    """Hold what a torrent would lose, and what belongs to a video that stays for that."""

    def of_a_torrent(move: Move) -> Held | None:
        torrent = torrent_of(move.source) if move.mode is Mode.MOVE else ""
        return held(move, HeldReason.SEEDING, Cause.OF_A_TORRENT, torrent=torrent) if torrent else None

    return held_back(plan, of_a_torrent)


def held_back(plan: Plan, why: Callable[[Move], Held | None]) -> Plan:
    """Hold what there is a reason for, and what belongs to a video that stays for that."""
    moves: list[Move] = []
    stay: dict[str | None, Held] = {}  # by target
    for move in plan.moves:
        if reason := why(move):
            stay[move.target] = reason
        elif move.video in stay:
            video = stay[move.video].rel
            stay[move.target] = held(move, HeldReason.NO_VIDEO, Cause.VIDEO_STAYS, video=video)
        else:
            moves.append(move)
    return replace(plan, moves=tuple(moves), held=(*plan.held, *stay.values())) if stay else plan


def held(move: Move, reason: HeldReason, cause: Cause, **facts: str) -> Held:
    """A move that is not made."""
    return Held(root=move.root, rel=move.rel, reason=reason, cause=cause, facts=facts, place=move.target)
