"""`anivault verify`: its words, and how findings look."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from anivault.cli import events
from anivault.cli.commands.options import LibraryArg
from anivault.cli.context import Context, Work
from anivault.cli.render.parts import counts_told, notices, summary
from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.cli.verify_handler import Verified
    from anivault.core.moving.verifying.verifier import VerifyReport

DeepFlag = Annotated[bool, typer.Option("--deep", help="Read every file and compare its content.")]
SubsetOption = Annotated[
    str | None,
    typer.Option(
        "--subset", metavar="1/N", help="Read one part of N, and the next part next time.", show_default=False
    ),
]
StrictFlag = Annotated[bool, typer.Option("--strict", help="Count extra files and gaps as failures.")]
AgainFlag = Annotated[
    bool, typer.Option("--again", help="Match every file again; ~ marks those to be named differently.")
]


def verify(
    context: Context,
    library: LibraryArg = None,
    deep: DeepFlag = False,
    subset: SubsetOption = None,
    strict: StrictFlag = False,
    again: AgainFlag = False,
) -> Work:
    """Compare the library with its journal.

    = same, - missing, + extra, * differs, ! error, ~ the provider renumbered it.
    """
    from anivault.cli import verify_handler

    request = verify_handler.VerifyRequest(
        library=context.old_library(library),
        deep=deep,
        subset=verify_handler.one_nth(subset),
        strict=strict,
        again=context.asking() if again else None,
    )

    def shown(result: Verified) -> int:
        with context.screen.paged():
            show(context.screen, result)
        return result.exit_code

    return Work(partial(verify_handler.handle, request, context.screen.progress), shown)


def show(screen: Screen, result: Verified) -> None:
    """Every finding with its symbol."""
    report = result.report
    for finding in report.findings:
        screen.event(events.finding_event(report.library, finding))
        detail = f"  ({finding.detail})" if finding.detail else ""
        screen.pair(f"{finding.symbol} {finding.path or '.'}", f"{finding.kind}{detail}")
    notices(screen, result.notices)
    counts = counted_by_kind(report)
    summary(screen, "verify", counts, outcome(report, counts))


def counted_by_kind(report: VerifyReport) -> Counter[str]:
    """How many files are the same, and how many findings there are of each kind."""
    counts = Counter({"same": report.same})  # also where that is none
    counts.update(str(finding.kind) for finding in report.findings)
    return counts


def outcome(report: VerifyReport, counts: Counter[str]) -> str:
    """All in one line: `48 same, 2 incomplete. Content read: 48 files, 82.8 MB.`"""
    read = (
        f" Content read: {counted(report.read, 'file')}, {report.bytes / 1e6:,.1f} MB." if report.deep else ""
    )
    return f"{counts_told(counts) or 'nothing there'}.{read}"
