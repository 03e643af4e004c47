"""How held files look: by reason, crowds in one line, and what to type where a pin would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from anivault.cli import events
from anivault.core.models import Held, HeldReason, Move

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.matching.questions import Question, Verdicts

_FEW = 2  # held files of one kind that are named; of more the first and the last


def show_held(
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
        if screen.verbose or reason.missed:
            for question in questions(items, verdicts or {}):
                _question(screen, question, roots)
    if by_reason.keys() & {HeldReason.UNMATCHED, HeldReason.UNREADABLE_NAME}:
        screen.hint("If you know what an unmatched file is: anivault pin PATH tmdb:ID")


def _question(screen: Screen, question: Question, roots: Sequence[str]) -> None:
    files = question.files
    if screen.verbose or len(files) <= _FEW:
        for item in files:
            screen.pair(f"  {within(roots, item)}", f"({item.detail})" if item.detail else "")
    else:
        last = files[-1].rel.rpartition("/")[2]
        first = within(roots, files[0])
        screen.pair(f"  {len(files):,} files: {first} … {last}", f"({question.why})")
    for answer in question.answers:
        screen.pair(f"      {answer.show}?", answer.words)


def within(roots: Sequence[str], item: Move | Held) -> str:
    """A source as its path below the root, or whole where there are several."""
    return item.rel if len(roots) < 2 else item.source
