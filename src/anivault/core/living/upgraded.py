"""Decide what becomes of files of a library that make room for better ones: each goes back home.

In: a plan whose moves say which video they replace. Out: the plan with the returns, and what goes along; a
move whose old file was changed since, or cannot go, is held. Reads the journal and the disk; changes nothing.

A link or copy goes from the library, and its source stays. What has no other place goes to the folder of the
new source: a file that was moved in, that was adopted, or whose source is gone. Subtitles and sound tracks
that came with the old video go with it; what describes the episode, and what other programs put next to it,
stays, under the name of the new one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from msgspec.structs import replace

from anivault.core.causes import Cause
from anivault.core.models import Held, HeldReason, Identity, Mode, Move, Plan, Return, ScannedFile
from anivault.core.moving import history
from anivault.core.moving.history import Past, difference
from anivault.core.moving.journal.records import Do
from anivault.core.planning.seeding import held, held_back
from anivault.core.planning.sidecars.companions import by_video, companions, sidecars
from anivault.shared import fs

_CAME = {Do.LINK: Mode.HARDLINK, Do.CLONE: Mode.REFLINK, Do.COPY: Mode.COPY, Do.SYMLINK: Mode.SYMLINK}


def upgraded(plan: Plan, present: Sequence[ScannedFile], name_max: int) -> Plan:
    """Add to a plan what its upgrades do to the library. `present` is every file in there."""
    upgrades = _Upgrades(plan, history.read(plan.library).files)
    made = held_back(plan, upgrades.refuses)
    returns = tuple(one for move in made.moves for one in upgrades.returns.get(move.target, ()))
    along = _along(made, returns, present, name_max)
    return replace(made, moves=(*made.moves, *along), returns=returns)


class _Upgrades:
    """The returns of one plan, as they are decided. `returns` are by the target of the new video."""

    def __init__(self, plan: Plan, files: Mapping[str, Past]) -> None:
        self.plan, self.files, self.library = plan, files, plan.library
        self.beside = by_video((rel, _video_of(past)) for rel, past in files.items())
        self.returns: dict[str, list[Return]] = {}
        self.claimed: set[str] = set()  # whole paths that returns go to

    def refuses(self, move: Move) -> Held | None:
        """Why a move cannot take the place of the old file; None where it can, or takes nobody's."""
        if move.replaces is None:
            return None
        rel, past = move.replaces.rel, self.files.get(move.replaces.rel)
        if self._is_done(move):
            return None
        if past is None or not self._is_whole(rel, past, move.replaces.identity):
            return held(move, HeldReason.TARGET_TAKEN, Cause.CHANGED_SINCE, there=rel)
        ours = rel.casefold() == move.target.casefold()
        video = self._return(rel, past, move, None if ours else move.target)
        if video is None:
            return held(move, HeldReason.NOT_PERMITTED, Cause.SOURCE_CLOSED, there=rel)
        waits = video.to if ours else move.target
        self.returns[move.target] = [video, *self._with(rel, move, waits)]
        return None

    def _is_done(self, move: Move) -> bool:
        """Whether a plan that is followed again has put the new file there before."""
        try:
            now = os.stat(fs.whole(self.library, move.target))
        except OSError:
            return False
        return fs.unchanged(now, move.identity.size, move.identity.mtime_ns)

    def _with(self, video: str, move: Move, waits: str) -> Iterator[Return]:
        """The sidecars that go with a video; one that somebody changed stays."""
        for rel in sidecars(video, self.beside):
            past = self.files[rel]
            if self._is_whole(rel, past) and (one := self._return(rel, past, move, waits)):
                yield one

    def _is_whole(self, rel: str, past: Past, planned: Identity | None = None) -> bool:
        """Whether a file is as its run left it, and as it was when it was planned to go."""
        try:
            now = os.lstat(fs.whole(self.library, rel))
        except OSError:
            return False
        same = past.link or planned is None or fs.unchanged(now, planned.size, planned.mtime_ns)
        return same and not difference(self.library, rel, now, past)

    def _return(self, rel: str, past: Past, move: Move, waits: str | None) -> Return | None:
        """Where a file goes; None where it would go to a folder that takes nothing."""
        now = os.lstat(fs.whole(self.library, rel))
        what = Identity(now.st_size, now.st_mtime_ns, now.st_dev, now.st_ino)
        first = past.puts[0]
        apart = any(put.step.do is Do.CARRY for put in past.puts)  # to another disk: a file of its own
        mode = Mode.MOVE if apart else _CAME.get(first.step.do, Mode.MOVE)
        root, to = first.roots[first.step.root], first.step.rel
        if mode is Mode.MOVE or not _is_there(fs.whole(root, to), now, mode):
            mode, root, to = Mode.MOVE, move.root, self._next_to(move, past)
            if not os.access(os.path.dirname(fs.whole(root, to)), os.W_OK | os.X_OK):
                return None
        return Return(
            rel=rel, root=root, to=to, mode=mode, identity=what, instead=move.target, waits_for=waits
        )

    def _next_to(self, move: Move, past: Past) -> str:
        """A free name in the folder of the new source: the one that the old file came with."""
        folder = move.rel.rpartition("/")[0]
        stem, dot, extension = past.first[1].rpartition("/")[2].rpartition(".")
        for number in count(1):
            name = f"{stem}{f' ({number})' if number > 1 else ''}{dot}{extension}"
            to = f"{folder}/{name}" if folder else name
            path = fs.whole(move.root, to)
            if path not in self.claimed and not os.path.lexists(path):
                self.claimed.add(path)
                return to
        raise AssertionError("numbers do not end")


def _is_there(source: str, now: os.stat_result, mode: Mode) -> bool:
    """Whether the source of a link or copy has its content still; the mover compares what is in it."""
    try:
        there = os.stat(source)
    except OSError:
        return False
    same = fs.unchanged(there, now.st_size, now.st_mtime_ns)
    return mode is Mode.SYMLINK or same


def _video_of(past: Past) -> str | None:
    """The video that a sidecar of the library belongs to, as its last run had it."""
    return next((put.step.video for put in reversed(past.puts) if put.step.video), None)


def _along(
    plan: Plan, returns: Sequence[Return], present: Sequence[ScannedFile], name_max: int
) -> list[Move]:
    """What else is named after an old video gets the name of the new one, where that is another."""
    going, renamed = {one.rel for one in returns}, list(_renamed(plan))
    stems = tuple(_stem(move.rel) for move in renamed)
    named = [file for file in present if stems and file.rel.startswith(stems) and file.rel not in going]
    along, _ = companions(renamed, (), named, name_max)
    coming = {move.target for move in plan.moves}
    return [move for move in along if move.target not in coming]


def _renamed(plan: Plan) -> Iterator[Move]:
    """Old videos whose better ones have another name, as if they were called so themselves."""
    for move in plan.moves:
        if move.replaces and _stem(move.replaces.rel) != _stem(move.target):
            yield replace(move, root=plan.library, rel=move.replaces.rel)


def _stem(rel: str) -> str:
    return rel.rpartition(".")[0]
