"""How plans look, done or to be done: where files go, what is held, what to type next."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from anivault.cli import events
from anivault.cli.exits import DONE, FINDINGS
from anivault.cli.render import counted, left_out, notices, summary
from anivault.core.models import GONE, Held, HeldReason, Move, Plan, Write
from anivault.shared.errors import quoted
from anivault.shared.text import natural

if TYPE_CHECKING:
    from anivault.cli.organize_handler import Organized
    from anivault.cli.rollback_handler import RolledBack
    from anivault.cli.screen import Screen
    from anivault.core.matching.questions import Question, Verdicts
    from anivault.core.moving.journal import Step
    from anivault.core.rollback_manager import RollbackPlan

Doing = Literal["organize", "rename", "describe"]


class _Settled(NamedTuple):
    """What a plan comes to: what the executor held is not a move any more. `made` by what to call it."""

    done: bool
    moves: list[Move]
    held: list[Held]
    made: dict[str, list[Write]]
    emptied: list[str]

    @property
    def there(self) -> int:
        """How many of the held files are in the library already."""
        return sum(item.reason is HeldReason.ALREADY_THERE for item in self.held)


def organize(screen: Screen, result: Organized, again: str, doing: Doing = "organize") -> int:
    """The plan as a tree, what is held and why; then what to type next. `again` is the command so far."""
    settled, roots = _settled(result), result.plan.roots
    if screen.json or screen.verbose or not settled.done:  # who has seen the plan need not see it twice
        _tree(screen, settled.moves, roots, done=settled.done)
    for writes in settled.made.values():
        _described(screen, writes, done=settled.done)
    _emptied(screen, settled.emptied, done=settled.done)
    _held(screen, settled.held, roots, {(item.file.root, item.file.rel): item for item in result.files})
    amiss = left_out(screen, result.left_out)
    notices(screen, result.notices)
    command = "rename" if doing == "rename" else "organize"
    summary(screen, command, _counts(settled), _outcome(result, settled, doing))
    _next(screen, result, settled, again)
    return FINDINGS if amiss or any(item.reason not in _UNREMARKABLE for item in settled.held) else DONE


def _settled(result: Organized) -> _Settled:
    plan, report = result.plan, result.report
    failed = {(item.root, item.rel): item for item in report.held} if report else {}
    made = {
        what: [write for write in writes if (plan.library, write.target) not in failed]
        for what, writes in {"NFO file": result.writes, "picture": result.fetched}.items()
    }
    moves = [move for move in plan.moves if (move.root, move.rel) not in failed]
    emptied = [os.path.join(plan.roots[step.root - 1], step.rel) for step in result.emptied]
    if report:
        emptied = list(report.emptied)
    return _Settled(report is not None, moves, [*plan.held, *failed.values()], made, emptied)


def _counts(settled: _Settled) -> Counter[str]:
    moves = "done" if settled.done else "moves"
    return Counter({moves: len(settled.moves), "held": len(settled.held), "already-there": settled.there})


def _outcome(result: Organized, settled: _Settled, doing: Doing) -> str:
    """All in one line: `3 files to hardlink, 12 there already, 1 held. Nothing was changed.`"""
    done, moves, held, made, emptied = settled
    written = "written" if done else "to write"
    parts = [f"{counted(len(writes), what)} {written}" for what, writes in made.items() if writes]
    if not (parts or moves or held or result.pictures):
        return "No files there. Nothing was changed."
    if moves or not parts:
        parts.insert(0, f"{counted(len(moves), 'file')} {_goes(result.plan, doing, done=done)}")
    if emptied:
        parts.append(f"{counted(len(emptied), 'emptied folder')} {'removed' if done else 'to remove'}")
    if result.pictures:
        parts.append(f"{counted(len(result.pictures), 'picture')} to look for at TMDB")
    if settled.there:
        parts.append(f"{settled.there:,} {'named so already' if doing == 'rename' else 'there already'}")
    if len(held) > settled.there:
        parts.append(f"{len(held) - settled.there:,} held")
    run = result.report.run if result.report else ""
    return f"{', '.join(parts)}. {f'Run {run}.' if run else 'Nothing was changed.'}"


def _goes(plan: Plan, doing: Doing, *, done: bool) -> str:
    """What becomes, or became, of files."""
    if doing == "rename":
        return "renamed" if done else "to rename"
    if doing == "describe":
        return "described" if done else "to describe"
    return f"in the library by {plan.mode}" if done else f"to {plan.mode}"


def _next(screen: Screen, result: Organized, settled: _Settled, again: str) -> None:
    """What can be typed next."""
    back = f"anivault rollback {quoted(result.plan.library)}"
    if result.replaceable:
        screen.hint(
            f"To replace a file of the library, take it back and organize again: {back} --only FILE --apply"
        )
    if settled.moves or any(settled.made.values()) or result.pictures:
        screen.hint(f"Take it back: {back} --apply" if settled.done else f"Do it: {again} --apply")


def _tree(screen: Screen, moves: Sequence[Move], roots: Sequence[str], *, done: bool) -> None:
    folder = None
    for move in sorted(moves, key=lambda move: natural(move.target)) if not screen.json else moves:
        if screen.json:
            screen.event(events.move_event(move, done=done))
            continue
        parent, _, name = move.target.rpartition("/")
        if parent != folder:
            folder = parent
            screen.line(parent or ".", style="bold")
        screen.pair(f"  {name}", f"←  {_within(roots, move)}")


def _emptied(screen: Screen, folders: Sequence[str], *, done: bool) -> None:
    """The folders that hold nothing any more, for people only with --verbose."""
    for path in folders:
        screen.event(events.FolderEvent(path=events.shown(path), done=done, path_b64=events.b64(path)))
        screen.detail(f"  {path}  (emptied)")


def _within(roots: Sequence[str], item: Move | Held) -> str:
    """A source as its path below the root, or whole where there are several."""
    return item.rel if len(roots) < 2 else item.source


def _described(screen: Screen, writes: Sequence[Write], *, done: bool) -> None:
    """The small files that describe videos, for people only with --verbose."""
    for write in writes:
        screen.event(events.WriteEvent(target=events.shown(write.target), size=len(write.data), done=done))
        if screen.verbose:
            screen.line(f"  {write.target}  (new, {len(write.data)} bytes)")


# Held files that no one misses: their number is enough, --verbose names them.
_UNREMARKABLE = frozenset({HeldReason.JUNK, HeldReason.ALREADY_THERE})
_FEW = 2  # held files of one kind that are named; of more the first and the last


def _held(
    screen: Screen, held: Sequence[Held], roots: Sequence[str] = (), verdicts: Verdicts | None = None
) -> None:
    """Every reason with its files, crowds in one line, and what to type where a pin would settle it."""
    if not held:
        return
    from anivault.core.matching.questions import questions  # it knows matching, which few commands need

    by_reason: dict[HeldReason, list[Held]] = {}
    for item in held:
        screen.event(events.held_event(item, (verdicts or {}).get((item.root, item.rel))))
        by_reason.setdefault(item.reason, []).append(item)
    for reason, items in by_reason.items() if not screen.json else ():
        screen.line(f"Held, {reason}: {len(items):,}", style="yellow")
        if screen.verbose or reason not in _UNREMARKABLE:
            for question in questions(items, verdicts or {}):
                _question(screen, question, roots)
    if by_reason.keys() & {HeldReason.UNMATCHED, HeldReason.UNREADABLE_NAME}:
        screen.hint("If you know what an unmatched file is: anivault pin PATH tmdb:ID")


def _question(screen: Screen, question: Question, roots: Sequence[str]) -> None:
    files = question.files
    if screen.verbose or len(files) <= _FEW:
        for item in files:
            screen.pair(f"  {_within(roots, item)}", f"({item.detail})" if item.detail else "")
    else:
        last = files[-1].rel.rpartition("/")[2]
        first = _within(roots, files[0])
        screen.pair(f"  {len(files):,} files: {first} … {last}", f"({question.why})")
    for answer in question.answers:
        screen.pair(f"      {answer.show}?", answer.words)


def rollback(screen: Screen, result: RolledBack, again: str) -> int:
    """What goes back where, what stands against it; then what to type next."""
    report, plan, back = result.report, result.plan, result.back
    for step in (*back, *result.gone):
        screen.event(events.step_event(plan.roots, step, done=report is not None))
        if report is None or screen.verbose:
            screen.pair(f"  {step.rel}", f"→  {_way_back(plan, step)}")
    _held(screen, result.held)
    done = len(back) + len(result.gone)
    counts = Counter({"moves" if report is None else "done": done, "held": len(result.held)})
    summary(screen, "rollback", counts, _rollback_outcome(result))
    if report is None and done:
        screen.hint(f"Do it: {_how_to_run(result.script) if result.script else f'{again} --apply'}")
    return FINDINGS if result.held else DONE


def _how_to_run(script: str) -> str:
    """Return the words that run a script that was written."""
    if script.lower().endswith(".ps1"):
        return f"pwsh -File {quoted(script)} -Apply"
    return f"sh {quoted(script)} --apply"


def _way_back(plan: RollbackPlan, step: Step) -> str:
    if step.mtime_ns == GONE:
        return "noted: it is gone"
    if step.do == "remove":
        return "removed; the source stays" if step.to else "removed"
    return os.path.join(plan.roots[step.to_root], step.to)


def _rollback_outcome(result: RolledBack) -> str:
    from anivault.core.moving.history import files_of

    plan, done = result.plan, result.report is not None
    runs = f"{'run' if len(plan.runs) == 1 else 'runs'} {', '.join(plan.runs)}"
    back, gone, held = files_of(result.back), len({step.rel for step in result.gone}), len(result.held)
    parts = []
    if back or not (gone or held):
        were = "is as it was" if back == 1 else "are as they were"
        parts.append(f"{counted(back, 'file')} of {runs} {were if done else 'to take back'}")
    if result.script:
        parts[-1:] = [f"{part}, written to {result.script}" for part in parts[-1:]]
    if gone:
        noted = "noted as gone" if done else "to note as gone"
        parts.append(f"{counted(gone, 'file')} {noted}: verify does not miss it any more")
    if held:
        parts.append(f"{held:,} held")
    if not plan.steps and not held:
        return "There is nothing to take back."
    return f"{', '.join(parts)}.{'' if done and (back or gone) else ' Nothing was changed.'}"
