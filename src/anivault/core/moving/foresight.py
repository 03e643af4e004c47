"""Say what stands against a plan before anything is touched, so that a preview shows what a run would do.

In: a plan. Out: the plan, with the moves held that the disk would refuse, or the error that a run would end
with. Only looks; what only trying tells is left to `preflight` and to the executor.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import msgspec

from anivault.core.causes import Cause
from anivault.core.models import Held, HeldReason, Mode, Move, Plan
from anivault.core.moving.checks import is_beyond_time, same_file
from anivault.core.moving.journal.records import NAME, Do, Step
from anivault.core.moving.journal.turns import in_the_middle
from anivault.core.moving.preflight import check_space
from anivault.shared import fs
from anivault.shared.errors import DestinationError, DiskError, quoted
from anivault.shared.places import FOLDER

_NO_CLONES = frozenset({"ext2", "ext3", "ext4", "tmpfs", "ramfs", "vfat", "exfat", "ntfs", "ntfs3"})
_READ = frozenset({Mode.COPY, Mode.REFLINK})


class _Mount(NamedTuple):
    """What a file lies on. Two mounts of one disk are two: no hard link leads from one to the other."""

    device: int
    point: str
    kind: str


class _RefusedError(Exception):
    """One move cannot be; it never leaves this module."""

    def __init__(self, reason: HeldReason, cause: Cause | None, said: str = "", **facts: str) -> None:
        super().__init__(said)
        self.reason, self.cause, self.said, self.facts = reason, cause, said, facts


def foresee(plan: Plan, *, unfinished: bool, replayed: bool = False) -> Plan:
    """Return the plan with the moves held that cannot be.

    `unfinished`: the library's journal tells of a run that has no end. `replayed`: the plan's sources were
    not listed just now. Raises LibraryBusyError, UnfinishedRunError, and as a run would DiskError,
    NoSpaceError, and DestinationError where no link or clone of the plan can be made.
    """
    if unfinished:
        raise in_the_middle(plan.library)
    if not plan.moves:
        return plan
    check_writable(plan.library)
    moves, done, refused = _parted(plan, replayed=replayed)
    if not moves:
        _require_near(plan, refused)
    coming = {move.target for move in moves}
    made = msgspec.structs.replace(
        plan,
        moves=tuple(moves),
        held=(*plan.held, *done, *refused),
        returns=tuple(one for one in plan.returns if one.instead in coming),
    )
    check_space(made)
    return made


def _parted(plan: Plan, *, replayed: bool) -> tuple[list[Move], list[Held], list[Held]]:
    """The moves that can be, those that were done before, and those that cannot be, each in their order."""
    looked = _Looked(plan.library, replayed=replayed)
    looked.freed.update(os.path.join(plan.library, one.rel) for one in plan.returns)
    moves: list[Move] = []
    done: list[Held] = []
    refused: dict[str, Held] = {}  # by target
    for move in plan.moves:
        if replayed and looked.is_done(move):
            done.append(_done(move))
        elif held := looked.refuses(move, refused):
            refused[move.target] = held
        else:
            moves.append(move)
    return moves, done, list(refused.values())


def _require_near(plan: Plan, refused: Iterable[Held]) -> None:
    """Refuse a plan of which nothing is left, where some is too far for a link or a clone."""
    far = next((held for held in refused if held.reason is HeldReason.OTHER_FILESYSTEM), None)
    if far:
        why = f"There is no {plan.mode} from {far.root} to {plan.library} ({far.detail})"
        raise DestinationError(why, "Choose --mode copy, move or symlink.")


def _done(move: Move) -> Held:
    return Held(
        root=move.root, rel=move.rel, reason=HeldReason.ALREADY_THERE, cause=Cause.THERE, place=move.target,
        facts={"there": move.target},
    )  # fmt: skip


def check_writable(library: str) -> None:
    """Refuse a library that nobody can write to, as opening its journal would."""
    for rel in (f"{FOLDER}/{NAME}", FOLDER, ""):
        path = fs.nearest(os.path.join(library, rel))
        if not os.access(path, os.W_OK):
            number = errno.EROFS if fs.is_read_only(path) else errno.EACCES
            error = OSError(number, os.strerror(number), path)
            raise DiskError("Opening the library's journal", error, f"ls -ld {quoted(library)}")


class _Looked:
    """What was seen of the disks so far; a folder is looked at once."""

    def __init__(self, library: str, *, replayed: bool) -> None:
        self.library, self.replayed = library, replayed
        self.mounts = fs.mounts()
        self.freed: set[str] = set()  # sources that have gone before
        self._seen: dict[str, tuple[_Mount, bool]] = {}
        self._rooms: dict[str, _Mount] = {}
        self._sources: dict[tuple[str, str], tuple[_Mount, bool]] = {}

    def refuses(self, move: Move, absent: Mapping[str, Held]) -> Held | None:
        """Why a move cannot be; None where nothing is seen against it. `absent`: the refused, by target."""
        try:
            self._check(move, absent)
        except _RefusedError as why:
            other = os.path.join(self.library, move.target) if why.reason is HeldReason.TARGET_TAKEN else ""
            return Held(
                root=move.root, rel=move.rel, reason=why.reason, cause=why.cause, said=why.said,
                facts=why.facts, place=move.target, other=other,
            )  # fmt: skip
        if move.mode is Mode.MOVE:
            self.freed.add(move.source)
        return None

    def is_done(self, move: Move) -> bool:
        """Whether a plan that is followed again has put this file there before."""
        target = os.path.join(self.library, move.target)
        try:
            there = os.lstat(target)
            source = None if move.mode is Mode.MOVE else os.lstat(move.source)
        except OSError:
            return False
        if move.mode is Mode.SYMLINK:
            return os.path.islink(target) and os.path.realpath(target) == os.path.realpath(move.source)
        if move.mode is Mode.HARDLINK:
            return source is not None and fs.are_one(there, source)
        gone = move.mode is not Mode.MOVE or not os.path.lexists(move.source)
        same = there.st_size == move.identity.size and fs.same_time(move.identity.mtime_ns, there.st_mtime_ns)
        return gone and stat.S_ISREG(there.st_mode) and same

    def _check(self, move: Move, absent: Mapping[str, Held]) -> None:
        try:
            self._check_video(move, absent)
            self._check_source(move)
            self._check_target(move)
        except OSError as error:
            if not os.path.lexists(move.source):  # it went while it was looked at
                raise _RefusedError(HeldReason.SOURCE_GONE, None, error.strerror or "") from error
            raise DiskError("Looking at the library", error, f"ls -ld {quoted(self.library)}") from error

    def _check_video(self, move: Move, absent: Mapping[str, Held]) -> None:
        if move.video is not None and (stays := absent.get(move.video)):
            raise _RefusedError(HeldReason.NO_VIDEO, Cause.VIDEO_STAYS, video=stays.rel)

    def _check_target(self, move: Move) -> None:
        there, exists = self.folder(move.target.rpartition("/")[0])
        target = os.path.join(self.library, move.target) if exists else ""
        if exists and os.path.lexists(target) and not self._gets_free(target, move):
            raise _RefusedError(
                HeldReason.TARGET_TAKEN, Cause.IN_THE_WAY, what=_what(target), target=move.target
            )
        if move.mode is Mode.REFLINK and there.kind in _NO_CLONES:
            raise _RefusedError(HeldReason.OTHER_FILESYSTEM, Cause.NO_REFLINKS, filesystem=there.kind)
        if move.mode is Mode.HARDLINK:
            here, _ = self.source(move)
            if not _can_link(move.identity.device, here, there):
                raise _RefusedError(HeldReason.OTHER_FILESYSTEM, Cause.NO_HARD_LINK)

    def _gets_free(self, target: str, move: Move) -> bool:
        """Whether a place is taken by what goes away before, or by the file itself in another spelling."""
        own = move.source.casefold() == target.casefold() and move.source != target
        return target in self.freed or (own and fs.are_one(os.lstat(target), os.lstat(move.source)))

    def _check_source(self, move: Move) -> None:
        if is_beyond_time(move.identity.mtime_ns):
            raise _RefusedError(HeldReason.ATTRIBUTE_REFUSED, Cause.TIME_BEYOND)
        if self.replayed:
            _check_same(move)
        if move.mode is Mode.MOVE and not self.source(move)[1]:
            raise _RefusedError(HeldReason.NOT_PERMITTED, Cause.FOLDER_KEEPS_IT)
        if move.mode in _READ and not os.access(move.source, os.R_OK):
            raise _RefusedError(HeldReason.NOT_PERMITTED, Cause.UNREADABLE_FILE)
        if move.mode is Mode.HARDLINK and not fs.may_link(move.source):
            raise _RefusedError(HeldReason.NOT_PERMITTED, Cause.NOT_THE_OWNER)

    def folder(self, rel: str) -> tuple[_Mount, bool]:
        """On what a folder of the library lies, or will, and whether the library is there."""
        if (seen := self._seen.get(rel)) is None:
            seen = self._seen[rel] = self._folder(rel)
        return seen

    def source(self, move: Move) -> tuple[_Mount, bool]:
        """On what the folder of a source lies, and whether its files can be taken out."""
        folder = move.root, move.rel.rpartition("/")[0]
        if (seen := self._sources.get(folder)) is None:
            seen = self._sources[folder] = self._source(os.path.dirname(move.source))
        return seen

    def _folder(self, rel: str) -> tuple[_Mount, bool]:
        """Raises _RefusedError where a folder cannot be: a file or a link has a name on its way."""
        path, exists = self._top
        for part in rel.split("/") if exists else ():
            below = os.path.join(path, part)
            try:
                found = os.lstat(below)
            except FileNotFoundError:
                return self._room_in(path), False
            if not stat.S_ISDIR(found.st_mode):
                at = os.path.relpath(below, os.path.realpath(self.library))
                link = os.path.islink(below)
                reason = HeldReason.FOLDER_IS_LINK if link else HeldReason.FOLDER_IS_FILE
                raise _RefusedError(reason, Cause.NOT_A_FOLDER, path=at, what=_what(below))
            path = below
        return self._room_in(path), exists

    @cached_property
    def _top(self) -> tuple[str, bool]:
        """The library without links, or what is nearest above it; and whether it is there."""
        return os.path.realpath(fs.nearest(self.library)), os.path.isdir(self.library)

    def _room_in(self, path: str) -> _Mount:
        """On what a folder lies in which something is made. Raises _RefusedError where nothing can be."""
        if (found := self._rooms.get(path)) is None:
            if not os.access(path, os.W_OK | os.X_OK):
                raise _RefusedError(HeldReason.NOT_PERMITTED, Cause.FOLDER_IS_CLOSED, path=path)
            found = self._rooms[path] = self._mount(path)
        return found

    def _source(self, path: str) -> tuple[_Mount, bool]:
        gone = not os.path.isdir(path)  # of which the file's own check tells
        return self._mount(os.path.realpath(fs.nearest(path))), gone or os.access(path, os.W_OK | os.X_OK)

    def _mount(self, path: str) -> _Mount:
        """What a path without links lies on."""
        point = fs.mount_point(path, self.mounts)
        return _Mount(os.stat(path).st_dev, point if self.mounts else "", self.mounts.get(point, ""))


def _can_link(device: int, here: _Mount, there: _Mount) -> bool:
    """Whether a hard link leads from one to the other: never from mount to mount, even of one disk."""
    if here.point != there.point:
        return False
    return device in (0, there.device) or there.kind == "overlay"  # whose files have devices of their own


def _check_same(move: Move) -> None:
    try:
        now = os.lstat(move.source)
    except OSError as error:
        raise _RefusedError(HeldReason.SOURCE_GONE, None, error.strerror or "") from error
    if not same_file(now, _step(move)):
        raise _RefusedError(HeldReason.CHANGED, Cause.NOT_AS_PLANNED)


def _step(move: Move) -> Step:
    identity = move.identity
    return Step(i=0, do=Do.LINK, size=identity.size, mtime_ns=identity.mtime_ns, inode=identity.inode)


def _what(path: str) -> str:
    if os.path.islink(path):
        return "a link"
    return "a folder" if os.path.isdir(path) else "a file"
