"""Verify the library, and put what was found on a sheet.

What only reading every byte tells stays found until the bytes are read again, or the file is another one: a
look at sizes and times cannot see it, and says nothing against it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from anivault.cli import events, verify_handler
from anivault.cli.commands.library.verify import counted_by_kind, outcome
from anivault.core.moving import history
from anivault.core.moving.verifying.kinds import NOTES, Kind
from anivault.core.moving.verifying.verifier import Finding, VerifyReport
from anivault.shared.errors import AniVaultError
from anivault.shared.text import natural
from anivault.web.records import FindingRow, LibraryFacts, VerifyFacts
from anivault.web.work.library import look
from anivault.web.work.telling import Order, Teller

ASTRAY = (Kind.MISSING, Kind.CHANGED, Kind.MISNAMED)  # what the page of the library shows as well
LASTING = (Kind.CORRUPT, Kind.UNREADABLE)


def verify(order: Order, teller: Teller) -> dict[str, Any]:
    """Compare the library with its journal; with `deep` read every byte."""
    deep, before = bool(order.get("deep")), order.desk.fact("verify", VerifyFacts)
    done = verify_handler.handle(verify_handler.VerifyRequest(library=order.library, deep=deep), teller)
    past = history.read(order.library)
    places = {events.shown(place): place for place in past.files}
    kept = () if deep else tuple(_kept(order, done.report, places))
    done = replace(done, report=_with(done.report, kept))
    report = done.report
    facts = VerifyFacts(
        made=time.time(),
        deep=deep,
        same=report.same,
        read=report.read,
        bytes=report.bytes,
        findings=len(report.findings),
        amiss=sum(found.kind not in NOTES for found in report.findings),
        run=past.runs[-1].run.id if past.runs else "",
        kept=len(kept),
        kept_from=_read_at(before) if kept else 0.0,
        notices=done.notices,
        told=outcome(report, counted_by_kind(report)),
    )
    _write(order, report, facts)
    shelf = order.desk.fact("library", LibraryFacts)
    if shelf is None or shelf.astray or any(found.kind in ASTRAY for found in report.findings):
        with suppress(AniVaultError, OSError, KeyboardInterrupt):  # what was found is told all the same
            look(order, teller)  # the page of the library says what the disk holds
    return {"code": done.exit_code, "counts": {"same": report.same, "amiss": facts.amiss}}


def _kept(order: Order, report: VerifyReport, places: Mapping[str, str]) -> Iterator[Finding]:
    """What the bytes of files told before, where those are the same files and nothing worse is found now."""
    amiss = {found.path for found in report.findings if found.kind not in NOTES}
    sheet = order.desk.sheet("verify")
    if sheet is None:
        return
    with sheet:
        rows = [row.read(FindingRow) for kind in LASTING for row in sheet.rows("finding", kind, most=1 << 20)]
    for row in rows:
        place = places.get(row.path)
        if place and place not in amiss and row.file == _file(order.library, place):
            yield Finding(kind=Kind(row.kind), path=place, detail=row.detail, was=row.was)


def _with(report: VerifyReport, kept: tuple[Finding, ...]) -> VerifyReport:
    """The report with what stays found, which is not as it was left."""
    found = sorted((*report.findings, *kept), key=lambda found: (natural(found.path), found.path))
    return replace(report, same=report.same - len(kept), findings=tuple(found))


def _read_at(before: VerifyFacts | None) -> float:
    """When every byte was read."""
    return 0.0 if before is None else before.made if before.deep else before.kept_from


def _file(library: str, place: str) -> tuple[int, int, int] | None:
    """Which file is at a place, and as of when; None where there is none."""
    try:
        now = os.lstat(os.path.join(library, place))
    except OSError:
        return None
    return now.st_ino, now.st_size, now.st_mtime_ns


def _write(order: Order, report: VerifyReport, facts: VerifyFacts) -> None:
    with order.desk.writing("verify") as sheet:
        for found in sorted(report.findings, key=lambda found: found.kind in NOTES):
            row = FindingRow(
                path=events.shown(found.path),
                symbol=found.symbol,
                kind=found.kind,
                detail=found.detail,
                was=events.shown(found.was),
                file=_file(order.library, found.path) if found.kind in LASTING else None,
            )
            sheet.row("finding", found.kind, found.path, row)
        sheet.fact("verify", facts)
