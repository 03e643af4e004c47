"""What every result may end with: what was left out, notices, the last line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from anivault.cli import events
from anivault.shared.logs.lines import write
from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.core.pipeline.left_out import LeftOut

# How many of what: `3 unfinished downloads`. What is amiss is named one by one besides.
_LEFT_OUT = {
    "ignored": "of an ignore list",
    "partial": "unfinished",
    "being-written": "still being written",
    "empty": "empty",
    "deleted": "in a recycle bin",
    "snapshot": "snapshots or old versions",
    "hidden": "hidden",
    "system": "of systems and other programs",
    "link": "links",
    "special": "pipes, sockets or devices",
    "unreadable": "unreadable",
    "ignore-list": "lines of ignore lists",
}
_FEW = 3  # names that are shown of what is left out for one reason
_MANY = 20  # and of what is amiss


def left_out(screen: Screen, items: Iterable[LeftOut]) -> None:
    """What was left out, by reason."""
    by_reason: dict[str, list[LeftOut]] = {}
    for item in items:
        screen.event(
            events.LeftOutEvent(
                path=events.shown(item.path),
                reason=item.reason,
                detail=item.detail,
                path_b64=events.b64(item.path),
            )
        )
        by_reason.setdefault(item.reason, []).append(item)
    for reason, found in by_reason.items():
        _left_out(screen, reason, found)


def _left_out(screen: Screen, reason: str, found: Sequence[LeftOut]) -> None:
    """All of one reason: what is amiss one by one, of the rest a few names, or all with --verbose."""
    if found[0].amiss:
        _amiss(screen, reason, found)
    elif screen.verbose:
        for item in found:
            screen.note(f"Left out, {_LEFT_OUT[reason]}: {item.path}")
    elif not screen.json:
        names = ", ".join(item.path.rpartition("/")[2] for item in found[:_FEW])
        more = f", and {len(found) - _FEW:,} more; --verbose names them" if len(found) > _FEW else ""
        screen.note(f"Left out, {_LEFT_OUT[reason]}: {names}{more}")


def _amiss(screen: Screen, reason: str, found: Sequence[LeftOut]) -> None:
    for item in found if screen.verbose else found[:_MANY]:
        detail = f" ({item.detail})" if item.detail else ""
        screen.note(f"Left out, {_LEFT_OUT[reason]}: {item.path}{detail}")
    if len(found) > _MANY and not screen.verbose:
        screen.note(f"Left out, {_LEFT_OUT[reason]}: {len(found) - _MANY:,} more; --verbose names them.")


def notices(screen: Screen, lines: Iterable[str]) -> None:
    """What providers have to say: what failed, and that the run went on."""
    for line in lines:
        if screen.logged:
            write("info", "notice", text=line)
        screen.event(events.NoticeEvent(text=line))
        screen.note(line)


def summary(screen: Screen, command: str, counts: Counter[str], text: str) -> None:
    """The last line, and the last event."""
    screen.counts = dict(counts)
    screen.event(events.SummaryEvent(command=command, counts=dict(counts)))
    screen.line(text, style="bold")


def counts_told(counts: Counter[str]) -> str:
    """`12 matched, 3 held`, the most first."""
    return ", ".join(f"{number:,} {name}" for name, number in counts.most_common() if number)


def answers_told(answered: int, open_: int) -> str:
    """How far a review is."""
    return f"{counted(answered, 'question')} answered, {open_:,} open."
