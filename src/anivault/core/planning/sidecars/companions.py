"""Decide where files of other programs go when the videos next to them get other names. Pure.

In: what becomes of our own files in a rename, and the files of the library that are not ours. Out: a Move
for each that goes along, a Held for each that is left in a folder that ours leave. A file whose name
begins with a video's follows that video and keeps the rest of its name; any other that is no video
follows its folder, when all of ours in there go to one and the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from anivault.core.causes import Cause
from anivault.core.models import FileKind, Held, HeldReason, Identity, Mode, Move, ScannedFile
from anivault.core.planning.naming.characters import fold

_BOUNDARY = frozenset(".-_ [(/")


def companions(
    moves: Sequence[Move],
    stays: Iterable[str],
    foreign: Sequence[ScannedFile],
    name_max: int,
    links: Collection[str] = (),
) -> tuple[list[Move], list[Held]]:
    """Plan the `foreign` files, given our own `moves` and the places of ours that stay.

    What is among `links`, a link or no file at all, goes nowhere.
    """
    ways = _Ways(moves, stays)
    taken = {fold(move.target) for move in moves} | {fold(file.rel) for file in foreign}
    going: list[Move] = []
    held: list[Held] = []
    for file in foreign:
        target, video = ways.of(file)
        if target == file.rel:
            continue
        if file.rel in links:
            held.append(_held(file, HeldReason.NO_VIDEO, Cause.NO_FILE))
        elif target is None:
            held.append(_held(file, HeldReason.NO_VIDEO, Cause.NO_ONE_PLACE))
        elif refusal := _refusal(target, taken, name_max):
            held.append(_held(file, *refusal, place=target, target=target))
        else:
            taken.add(fold(target))
            going.append(_move(file, target, video))
    return going, held


def _held(file: ScannedFile, reason: HeldReason, cause: Cause, *, place: str = "", **facts: str) -> Held:
    return Held(root=file.root, rel=file.rel, reason=reason, cause=cause, place=place, facts=facts)


def _refusal(target: str, taken: set[str], name_max: int) -> tuple[HeldReason, Cause] | None:
    if fold(target) in taken:
        return HeldReason.TARGET_TAKEN, Cause.PLACE_TAKEN
    if len(target.rpartition("/")[2].encode("utf-8", "surrogateescape")) > name_max:
        return HeldReason.NAME_REFUSED, Cause.NAME_TOO_LONG
    return None


def _move(file: ScannedFile, target: str, video: str | None) -> Move:
    return Move(
        root=file.root, rel=file.rel, target=target, mode=Mode.MOVE, video=video,
        identity=file.identity or Identity(0, 0), reason="goes along: AniVault did not put it there",
    )  # fmt: skip


class _Ways:
    """Where our names and our folders go."""

    def __init__(self, moves: Sequence[Move], stays: Iterable[str]) -> None:
        self.stems: dict[
            str, tuple[str, str]
        ] = {}  # our name without extension -> the new one, and the video
        self.folders: dict[str, set[str]] = defaultdict(set)
        self.first: dict[str, str] = {}  # folder -> the target of a video of it
        for rel in stays:
            self.stems[_stem(rel)] = _stem(rel), rel
            self._folder(rel, rel)
        for move in moves:
            if move.video is None:
                self.stems[_stem(move.rel)] = _stem(move.target), move.target
                self.first.setdefault(move.rel.rpartition("/")[0], move.target)
            self._folder(move.rel, move.target)

    def _folder(self, old: str, new: str) -> None:
        """Folders at the same depth stand for one another; else only the outermost do."""
        olds, news = old.split("/")[:-1], new.split("/")[:-1]
        depth = len(olds) if len(olds) == len(news) else min(1, len(olds), len(news))
        for n in range(1, depth + 1):
            self.folders["/".join(olds[:n])].add("/".join(news[:n]))

    def of(self, file: ScannedFile) -> tuple[str | None, str | None]:
        """Return the file's new path, None when there is no right one; and the video that it waits for."""
        rel = file.rel
        if stem := named_after(rel, self.stems):
            new, video = self.stems[stem]
            return new + rel[len(stem) :], video if new != stem else None
        folder = file.folder
        while folder and folder not in self.folders:
            folder = folder.rpartition("/")[0]
        goes = self.folders.get(folder, {folder})
        if folder in goes:
            return rel, None
        if len(goes) != 1 or file.kind is FileKind.VIDEO:
            return None, None
        return next(iter(goes)) + rel[len(folder) :], self.first.get(folder)


def named_after(rel: str, stems: Collection[str]) -> str | None:
    """The longest of these stems that a path begins with, up to a boundary: the name of its video."""
    return next(
        (rel[:at] for at in range(len(rel) - 1, 0, -1) if rel[at] in _BOUNDARY and rel[:at] in stems), None
    )


def _stem(rel: str) -> str:
    folder, slash, name = rel.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)


def by_video(files: Iterable[tuple[str, str | None]]) -> dict[str, list[str]]:
    """Files of a library, each with the video that it belongs to, by that video."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for rel, video in files:
        if video:
            found[video].append(rel)
    return found


def sidecars(video: str, beside: Mapping[str, list[str]]) -> list[str]:
    """What of the files `beside` each video goes when this one does: no pictures and no NFO.

    It is named after the video, and is about that release; those are about the episode.
    """
    stem = video.rpartition(".")[0]
    return [rel for rel in beside.get(video, ()) if rel.startswith(f"{stem}.") and _tells(rel)]


def _tells(rel: str) -> bool:
    return rel.rpartition(".")[2].lower() not in _DESCRIBES


_DESCRIBES = frozenset({"nfo", "jpg", "jpeg", "png", "webp", "gif", "bmp", "tbn"})  # an episode, not a file
