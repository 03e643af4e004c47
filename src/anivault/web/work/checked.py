"""Verify the library, and put what was found on a sheet."""

from __future__ import annotations

import time
from typing import Any

from anivault.cli import events, verify_handler
from anivault.cli.commands.library.verify import counted_by_kind, outcome
from anivault.core.moving import history
from anivault.core.moving.verifier import NOTES
from anivault.web.records import FindingRow, VerifyFacts
from anivault.web.work.telling import Order, Teller


def verify(order: Order, teller: Teller) -> dict[str, Any]:
    """Compare the library with its journal; with `deep` read every byte."""
    deep = bool(order.get("deep"))
    done = verify_handler.handle(verify_handler.VerifyRequest(library=order.library, deep=deep), teller)
    report = done.report
    with order.desk.writing("verify") as sheet:
        for found in sorted(report.findings, key=lambda found: found.kind in NOTES):
            row = FindingRow(
                path=events.shown(found.path),
                symbol=found.symbol,
                kind=found.kind,
                detail=found.detail,
                was=events.shown(found.was),
            )
            sheet.row("finding", found.kind, found.path, row)
        facts = VerifyFacts(
            made=time.time(),
            deep=deep,
            same=report.same,
            read=report.read,
            bytes=report.bytes,
            findings=len(report.findings),
            amiss=sum(found.kind not in NOTES for found in report.findings),
            run=next((log.run.id for log in reversed(history.read(order.library).runs)), ""),
            notices=done.notices,
            told=outcome(report, counted_by_kind(report)),
        )
        sheet.fact("verify", facts)
    return {"code": done.exit_code, "counts": {"same": report.same, "amiss": facts.amiss}}
