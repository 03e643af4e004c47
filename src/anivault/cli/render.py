"""How each result looks, to people and to programs. Prints through a Screen only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from anivault.cli import events
from anivault.cli.screen import Screen
from anivault.core.flow import Read
from anivault.core.models import FileKind
from anivault.core.pipeline.scanner import LeftOut, LeftOutReason
from anivault.parser.models import ParseResult


def scan(screen: Screen, read: Read) -> None:
    """Every file by folder with what its name says, then what was left out."""
    if screen.json:
        for item in read.files:
            screen.event(events.file_event(item))
    folder = None
    for item in read.files if not screen.json else ():
        if (item.file.root, item.file.folder) != folder:
            folder = (item.file.root, item.file.folder)
            screen.line(f"{item.file.root}/{item.file.folder}".rstrip("/"), style="bold")
        screen.line(f"  {item.file.name}")
        if item.file.kind is FileKind.VIDEO:
            screen.line(f"      {reading(item.parsed)}", style="dim")
    left_out(screen, read.left_out)
    counts = Counter(f"{item.file.kind}" for item in read.files)
    summary(screen, "scan", counts, f"{_counted(counts)}." if counts else "No files there.")


def reading(parsed: ParseResult) -> str:
    """What a name says, in one line: title, place, kind, group and quality."""
    place = [
        f"season {parsed.season}" if parsed.season is not None else "",
        "episode " + "-".join(map(str, parsed.episodes)) if parsed.episodes else "",
        f"({'-'.join(map(str, parsed.absolute))})" if parsed.absolute else "",
        f"v{parsed.version}" if parsed.version else "",
    ]
    parts = [
        parsed.title or "no title",
        " ".join(part for part in place if part),
        str(parsed.type or ""),
        str(parsed.year or ""),
        parsed.group or "",
        parsed.resolution or "",
    ]
    return " · ".join(part for part in parts if part)


def left_out(screen: Screen, items: Iterable[LeftOut]) -> None:
    """What was left out: each folder that could not be read, the rest as numbers."""
    counts: Counter[str] = Counter()
    for item in items:
        screen.event(
            events.LeftOutEvent(
                path=events.shown(item.path),
                reason=item.reason,
                detail=item.detail,
                path_b64=events.b64(item.path),
            )
        )
        if item.reason is LeftOutReason.UNREADABLE:
            screen.note(f"Cannot read {item.path}: {item.detail}")
        else:
            counts[item.reason] += 1
            screen.detail(f"Left out ({item.reason}): {item.path}")
    if counts and not screen.json:
        screen.note(f"Left out: {_counted(counts)}.")


def summary(screen: Screen, command: str, counts: Counter[str], text: str) -> None:
    """The last line, and the last event."""
    screen.event(events.SummaryEvent(command=command, counts=dict(counts)))
    screen.line(text, style="bold")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.most_common())
