"""How plans look, done or to be done: where files go, what is held, what to type next."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, NamedTuple

from anivault.cli import events
from anivault.cli.context import again
from anivault.cli.render.held import show_held, stay_told, within
from anivault.cli.render.parts import left_out, notices, summary
from anivault.core.models import Candidate, Held, HeldReason, Move, Plan, ShowId, Write
from anivault.core.organized import Verdicts
from anivault.shared.errors import quoted
from anivault.shared.text import counted, natural

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.organized import Organized

Doing = Literal["organize", "rename", "describe"]


def show(
    screen: Screen,
    result: Organized,
    doing: Doing = "organize",
    command: str = "",
    *,
    known: Sequence[bool] = (),
    every: bool = False,
    upgrade: bool = False,
) -> None:
    """The plan as a tree, what is held and why; then what to type next. `command` does what is shown.

    `known`, `every`, `upgrade`: as in `show_rest`.
    """
    show_going(screen, result)
    show_rest(screen, result, doing, command, known=known, every=every, upgrade=upgrade)


def show_going(screen: Screen, result: Organized) -> None:
    """What a plan does: the files that go, and all that comes of that."""
    done = result.report is not None
    _moved(screen, result, done=done)
    _returned(screen, result, done=done)
    for writes in (result.writes, result.fetched):
        _described(screen, result.made(writes), done=done)
    _emptied(screen, result.emptied, done=done)


def show_rest(
    screen: Screen,
    result: Organized,
    doing: Doing = "organize",
    command: str = "",
    *,
    known: Sequence[bool] = (),
    every: bool = False,
    upgrade: bool = False,
) -> None:
    """What is held and why, what is to be said besides, and what to type next.

    `known`: which of the held files were shown before; they are counted, unless `every` one is to be listed.
    `upgrade`: the plan lets better files take the place of those in the library.
    """
    show_held(
        screen, result.held, result.plan.roots, Verdicts(result.files), known=known, every=every,
        upgrade=upgrade, settle=doing != "rename", library=result.plan.library if doing == "organize" else "",
    )  # fmt: skip
    left_out(screen, result.left_out)
    notices(screen, result.notices)
    shows = [] if screen.json else _by_show(result)
    if len(shows) > 1:
        screen.line(_shows_told(shows, done=result.report is not None))
    kind = "rename" if doing == "rename" else "organize"
    summary(screen, kind, _counts(result), outcome(result, doing))
    replaced = upgrade and (every or _has_new(result.held, known))
    _next(screen, result, command or again(), replaced=replaced)


def _moved(screen: Screen, result: Organized, *, done: bool) -> None:
    """What goes where: every file, or a line a show where that is longer than the screen."""
    short = not 0 < screen.rows < len(result.moves)
    if screen.json:
        olds = {one.file.instead: one for one in result.returns if one.advantage}
        screen.events(events.move_event(move, done=done, old=olds.get(move.target)) for move in result.moves)
    elif screen.verbose or (short and not done):
        _tree(screen, result)
    elif not done:  # who has seen the plan need not see it twice
        _told_by_show(screen, _by_show(result))


def _has_new(held: Sequence[Held], known: Sequence[bool]) -> bool:
    """Whether somebody may miss a file that was not shown before."""
    return any(item.reason.missed and not before for item, before in zip_longest(held, known))


class _Show(NamedTuple):
    """The files of a show that go; `new`: the library has no folder of it yet."""

    title: str
    files: int
    new: bool


def _by_show(result: Organized) -> list[_Show]:
    """What goes, show by show, in the order of their names."""
    verdicts = Verdicts(result.files)
    found: dict[ShowId, tuple[Candidate, list[Move]]] = {}
    for move in result.moves:
        verdict = verdicts.get((move.root, move.rel))
        if best := verdict and verdict.match.best:
            found.setdefault(best.candidate.key, (best.candidate, []))[1].append(move)
    shows = [
        _Show(show.dated, len(moves), _is_new(result.plan.library, show, moves[0]))
        for show, moves in found.values()
    ]
    return sorted(shows, key=lambda show: natural(show.title))


def _is_new(library: str, show: Candidate, move: Move) -> bool:
    """Whether the folder of a show, which is above that of a season, is not there yet."""
    folder = os.path.dirname(move.target)
    if show.media_type == "tv":
        folder = os.path.dirname(folder) or folder
    return not os.path.isdir(os.path.join(library, folder))


def _told_by_show(screen: Screen, shows: Sequence[_Show]) -> None:
    """A plan that is longer than the screen: a line a show."""
    for show in shows:
        screen.line(f"  {show.title}  {counted(show.files, 'video')}{', new' if show.new else ''}")
    screen.hint("Every file and its place: --verbose")


def _shows_told(shows: Sequence[_Show], *, done: bool) -> str:
    """`12 shows, 3 new, 148 videos.`"""
    new = sum(show.new for show in shows)
    videos = counted(sum(show.files for show in shows), "video")
    return (
        ", ".join([counted(len(shows), "show"), *([f"{new:,} new"] if new and not done else []), videos])
        + "."
    )


def _there(result: Organized) -> int:
    """How many of the held files are in the library already."""
    return sum(item.reason is HeldReason.ALREADY_THERE for item in result.held)


def _counts(result: Organized) -> Counter[str]:
    moves = "done" if result.report else "moves"
    held = len(result.held)
    return Counter({moves: len(result.moves), "held": held, "already-there": _there(result)})


def outcome(result: Organized, doing: Doing) -> str:
    """All in one line: `3 files to hardlink, 12 there already, 1 held. Nothing was changed.`"""
    done, moves = result.report is not None, result.moves
    made = _made(result, done=done)
    if not (made or moves or result.held or result.pictures):
        return "No files there. Nothing was changed."
    going = [f"{counted(len(moves), 'file')} {goes(result, doing)}"] if moves or not made else []
    run = result.report.run if result.report else ""
    told = ", ".join([*going, *besides(result, doing)])
    return f"{told}. {f'Run {run}.' if run else 'Nothing was changed.'}"


def goes(result: Organized, doing: Doing) -> str:
    """What becomes, or became, of the files that go."""
    return _goes(result.plan, doing, done=result.report is not None)


def besides(result: Organized, doing: Doing) -> list[str]:
    """All else that a run does, and what stays: `3 NFO files to write`, `12 there already`."""
    done = result.report is not None
    return [*_made(result, done=done), *_besides(result, done=done), *_stayed(result, doing)]


def _made(result: Organized, *, done: bool) -> list[str]:
    """The small files of the run, by what they are."""
    kinds = {"NFO file": result.made(result.writes), "picture": result.made(result.fetched)}
    written = "written" if done else "to write"
    return [f"{counted(len(writes), what)} {written}" for what, writes in kinds.items() if writes]


def _besides(result: Organized, *, done: bool) -> list[str]:
    """What else the run does: folders that it empties, and pictures that nobody has found yet."""
    parts = []
    if returns := sum(one.advantage is not None for one in result.returns):
        parts.append(f"{counted(returns, 'old file')} {'replaced' if done else 'to replace'}")
    if result.emptied:
        parts.append(f"{counted(len(result.emptied), 'emptied folder')} {'removed' if done else 'to remove'}")
    if result.pictures:
        parts.append(f"{counted(len(result.pictures), 'picture')} to look for at TMDB")
    return parts


def _stayed(result: Organized, doing: Doing) -> list[str]:
    """The files that stay where they are: those in place already, and those that wait for the user."""
    there, folders = _there(result), len(result.staying)
    held = len(result.held) - there - folders
    already = "named so already" if doing == "rename" else "there already"
    told = [f"{count:,} {what}" for count, what in ((there, already), (held, "held")) if count]
    return [*told, *([stay_told(folders)] if folders else [])]


def _goes(plan: Plan, doing: Doing, *, done: bool) -> str:
    """What becomes, or became, of files."""
    if doing == "rename":
        return "renamed" if done else "to rename"
    if doing == "describe":
        return "described" if done else "to describe"
    return f"in the library by {plan.mode}" if done else f"to {plan.mode}"


def _next(screen: Screen, result: Organized, command: str, *, replaced: bool) -> None:
    """What can be typed next. `replaced`: also how a file gets the place of a better one."""
    back = f"anivault rollback {quoted(result.plan.library)}"
    if replaced and result.replaceable:
        screen.hint(
            f"To replace a file of the library, take it back and organize again: {back} --only FILE --apply"
        )
    if result.moves or result.made((*result.writes, *result.fetched)) or result.pictures:
        screen.hint(f"Take it back: {back} --apply" if result.report else f"Do it: {command} --apply")


def _tree(screen: Screen, result: Organized) -> None:
    folder, roots = None, result.plan.roots
    for move in sorted(result.moves, key=lambda move: natural(move.target)):
        parent, _, name = move.target.rpartition("/")
        if parent != folder:
            folder = parent
            screen.line(parent or ".", style="bold")
        screen.pair(f"  {name}", f"←  {within(roots, move)}")


def _returned(screen: Screen, result: Organized, *, done: bool) -> None:
    """The files of the library that make room for better ones."""
    returns = sorted(result.returns, key=lambda one: natural(one.file.rel))
    if returns and (not done or screen.verbose):
        screen.line("Better files take their place:", style="bold")
    for one in returns:
        screen.event(events.return_event(result.plan.library, one, done=done))
        if not done or screen.verbose:
            screen.line(f"  {one.file.rel}: {one.words}")


def _emptied(screen: Screen, folders: Sequence[str], *, done: bool) -> None:
    """The folders that hold nothing any more, for people only with --verbose."""
    for path in folders:
        screen.event(events.FolderEvent(path=events.shown(path), done=done, path_b64=events.b64(path)))
        screen.detail(f"  {path}  (emptied)")


def _described(screen: Screen, writes: Sequence[Write], *, done: bool) -> None:
    """The small files that describe videos, for people only with --verbose."""
    screen.events(
        events.WriteEvent(target=events.shown(write.target), size=len(write.data), done=done)
        for write in writes
    )
    for write in writes if screen.verbose else ():
        screen.line(f"  {write.target}  (new, {len(write.data)} bytes)")
