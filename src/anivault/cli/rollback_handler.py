"""`anivault rollback`: put back what runs moved. Shows the inverse plan unless --apply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from anivault.cli.pace import paced
from anivault.core import rollback_manager
from anivault.core.flow import Progress
from anivault.core.moving.executor import Report
from anivault.core.moving.script import write_script
from anivault.core.rollback_manager import RollbackPlan
from anivault.shared.errors import UsageError


class RollbackRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which library, and what of it: a run, all since a date, some paths; else the last run."""

    library: str
    run: str | None = None
    since: str | None = None
    only: tuple[str, ...] = ()
    apply: bool = False
    script: str | None = None
    other_disk: bool = False


class RolledBack(msgspec.Struct, frozen=True, kw_only=True):
    """What would be taken back, and what was; and the script that would do it."""

    plan: RollbackPlan
    report: Report | None = None
    script: str | None = None


def handle(request: RollbackRequest, progress: Callable[[str], Progress]) -> RolledBack:
    """Plan the inverse; carry it out with `apply`, or write it with `script`.

    Raises what `rollback_manager` raises, UsageError.
    """
    plan = rollback_manager.plan_rollback(
        request.library,
        request.run,
        since=_seconds(request.since),
        only=request.only,
        other_disk=request.other_disk,
    )
    if request.script:
        write_script(plan, request.script)
    if not request.apply:
        return RolledBack(plan=plan, script=request.script)
    report = rollback_manager.apply(plan, progress=paced(progress))
    return RolledBack(plan=plan, report=report, script=request.script)


def _seconds(date: str | None) -> float | None:
    """Read an ISO date or time, in local time when it names no zone, as seconds since 1970."""
    if date is None:
        return None
    try:
        return datetime.fromisoformat(date).astimezone().timestamp()
    except ValueError as error:
        hint = "Write it as 2026-11-22 or 2026-11-22T18:30."
        raise UsageError(f"{date!r} is no date. Nothing was changed.", hint=hint) from error
