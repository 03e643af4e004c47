"""How each result looks, to people and to programs. Prints through a Screen only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from anivault.cli import events
from anivault.cli.exits import DONE, FINDINGS
from anivault.cli.match_handler import Matched
from anivault.cli.screen import Screen
from anivault.core.flow import Read
from anivault.core.models import Coordinates, Decision, FileKind, MatchedFile, Ranked
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


def match(screen: Screen, result: Matched) -> int:
    """Every video with its show and place; exit code 10 when one is not matched."""
    counts = Counter({decision.value: 0 for decision in Decision})
    for item in result.files:
        counts[item.decision] += 1
        if screen.json:
            screen.event(events.match_event(item))
        else:
            _verdict(screen, item)
    left_out(screen, result.read.left_out)
    summary(screen, "match", counts, f"{_counted(counts)}." if result.files else "No videos there.")
    return FINDINGS if counts.total() > counts[Decision.MATCHED] else DONE


_STYLE = {Decision.MATCHED: "green", Decision.AMBIGUOUS: "yellow", Decision.UNMATCHED: "red"}


def _verdict(screen: Screen, item: MatchedFile) -> None:
    screen.line(item.file.rel if item.file.root else item.file.path)
    best = item.match.best
    answer = f"{identified(best)} {places(item.coordinates)}".rstrip() if best else "nothing fits"
    screen.line(f"  {item.decision} {item.match.confidence:.0%}  {answer}", style=_STYLE[item.decision])
    for reason in (*item.match.reasons, *item.reasons):
        screen.detail(f"      {reason}")


def identified(ranked: Ranked) -> str:
    """A show or film in one phrase, with the id that says exactly which."""
    show = ranked.candidate
    year = f" ({show.year})" if show.year else ""
    return f"{show.title}{year} [{show.provider} {show.media_type}/{show.id}]"


def places(coordinates: Iterable[Coordinates]) -> str:
    """The season and episode numbers in the usual spelling."""
    return " ".join(f"S{place.season:02}E{place.episode:02}" for place in coordinates)


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
    return ", ".join(f"{number:,} {name}" for name, number in counts.most_common() if number)
