"""`anivault scan`: its words, and how every name reads on the screen."""

from __future__ import annotations

import os
import sys
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from anivault.cli import events
from anivault.cli.commands.options import FreshFlag, ParserOption, PathsArg
from anivault.cli.context import Context, Work
from anivault.cli.render.parts import counts_told, left_out, notices, summary
from anivault.core.models import FileKind

if TYPE_CHECKING:
    from anivault.cli.scan_handler import Scanned
    from anivault.cli.screen import Screen
    from anivault.core.pipeline.records import What
    from anivault.parser.models import ParseResult


def scan(context: Context, paths: PathsArg, parser: ParserOption = None, fresh: FreshFlag = False) -> Work:
    """Show what every file name says."""
    from anivault.cli import scan_handler

    asking = context.asking(parser, fresh=fresh)
    request = scan_handler.ScanRequest(what=what(context, paths), asking=asking)

    def shown(result: Scanned) -> int:
        with context.screen.paged():
            show(context.screen, result)
        return result.exit_code

    return Work(partial(scan_handler.handle, request, context.screen.progress), shown)


def what(context: Context, paths: list[str]) -> What:
    """Folders and files, or the names on standard input, one a line, where `-` was given."""
    from anivault.core.pipeline.records import What
    from anivault.services.remembered.ignored import lists

    if paths != ["-"]:
        ignored = lists(context.heard_library(None))
        chosen = context.settings.scan
        return What(paths=tuple(paths), settle=chosen.settle, ignored=ignored, workers=chosen.workers)
    lines = (line.removesuffix(b"\r") for line in sys.stdin.buffer.read().split(b"\n"))
    return What(names=tuple(os.fsdecode(line) for line in lines if line))


def show(screen: Screen, result: Scanned) -> None:
    """Every file by folder with what its name says, then what was left out."""
    read = result.read
    screen.events(map(events.file_event, read.files))
    folder = None
    for item in read.files if not screen.json else ():
        if (item.file.root, item.file.folder) != folder:
            folder = (item.file.root, item.file.folder)
            screen.line(f"{item.file.root}/{item.file.folder}".rstrip("/"), style="bold")
        screen.line(f"  {item.file.name}")
        if item.file.kind is FileKind.VIDEO:
            screen.line(f"      {item.unreadable or reading(item.parsed)}", style="dim")
    left_out(screen, read.left_out)
    notices(screen, result.notices)
    counts = Counter(f"{item.file.kind}" for item in read.files)
    summary(screen, "scan", counts, f"{counts_told(counts)}." if counts else "No files there.")


def reading(parsed: ParseResult) -> str:
    """What a name says, in one line: title, place, kind, group and quality."""
    parts = [
        parsed.title or "no title",
        _place(parsed),
        str(parsed.type or ""),
        str(parsed.year or ""),
        parsed.group or "",
        parsed.resolution or "",
    ]
    return " · ".join(part for part in parts if part)


def _place(parsed: ParseResult) -> str:
    """`season 2 episode 3-4 (27-28) v2`, as far as the name says it."""
    parts = [
        f"season {parsed.season}" if parsed.season is not None else "",
        "episode " + "-".join(map(str, parsed.episodes)) if parsed.episodes else "",
        f"({'-'.join(map(str, parsed.absolute))})" if parsed.absolute else "",
        f"v{parsed.version}" if parsed.version else "",
    ]
    return " ".join(part for part in parts if part)
