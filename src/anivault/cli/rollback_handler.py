"""`anivault rollback`: put back what runs moved. Shows the inverse plan unless --apply."""

from __future__ import annotations

from datetime import datetime

import msgspec

from anivault.core import rollback_manager
from anivault.core.models import GONE, Held
from anivault.core.moving.executor import Report
from anivault.core.moving.foresight import check_writable
from anivault.core.moving.history import require_library
from anivault.core.moving.journal.records import Do, Step
from anivault.core.moving.pace import Pace
from anivault.core.moving.rollback.inverse import RollbackPlan
from anivault.core.moving.rollback.outlook import does_anything, outlook
from anivault.core.moving.rollback.script import write_script
from anivault.shared.errors import UsageError
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.logs.lines import audit
from anivault.shared.progress import Bars


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
    """What would be taken back, or was, and what was held; and the script that would do it.

    `gone` are the files that do not exist any more: this is only noted.
    """

    plan: RollbackPlan
    back: tuple[Step, ...]
    gone: tuple[Step, ...]
    held: tuple[Held, ...]
    report: Report | None = None
    script: str | None = None

    @property
    def folders(self) -> tuple[Step, ...]:
        """The folders that go, or went: nothing is left in them."""
        stay = {item.rel for item in self.held}
        return tuple(step for step in self.plan.steps if step.do is Do.RMDIR and step.rel not in stay)

    @property
    def staying(self) -> tuple[Held, ...]:
        """Of what is held the folders: something else is in them. All others are files."""
        return self._held(folders=True)

    @property
    def held_files(self) -> tuple[Held, ...]:
        """What is held, without the folders."""
        return self._held(folders=False)

    def _held(self, *, folders: bool) -> tuple[Held, ...]:
        home = self.plan.library
        removed = {(home, step.rel) for step in self.plan.steps if step.do is Do.RMDIR}
        return tuple(item for item in self.held if ((item.root, item.rel) in removed) is folders)

    @property
    def exit_code(self) -> int:
        """10 where a file does not go back."""
        return FINDINGS if self.held else DONE


def handle(request: RollbackRequest, bars: Bars, pace: Pace) -> RolledBack:
    """Plan the inverse; carry it out with `apply`, or write it with `script`.

    A run that would do nothing is not begun: the history does not tell of it.
    Raises what `rollback_manager` raises, UsageError.
    """
    require_library(request.library)
    if not request.script:
        check_writable(request.library)
    plan = rollback_manager.plan_rollback(
        request.library,
        request.run,
        since=_seconds(request.since),
        only=request.only,
        other_disk=request.other_disk,
    )
    if request.script:
        write_script(plan, request.script)
    begun = request.apply and does_anything(plan)
    report = rollback_manager.apply(plan, progress=pace) if begun else None
    result = _rolled_back(request, plan, report, bars)
    if report:
        done = len(result.back) + len(result.gone)
        audit("rollback", request.library, report.run, done=done, held=len(report.held))
    return result


def _rolled_back(
    request: RollbackRequest, plan: RollbackPlan, report: Report | None, bars: Bars
) -> RolledBack:
    """What was done, or would be: what goes back, what only goes, and what is held."""
    seen = report or outlook(plan, progress=bars("Comparing"))
    done = [step for step in plan.files if step.undoes not in seen.kept]
    return RolledBack(
        plan=plan,
        back=tuple(step for step in done if step.mtime_ns != GONE),
        gone=tuple(step for step in done if step.mtime_ns == GONE),
        held=seen.held,
        report=report,
        script=request.script,
    )


def _seconds(date: str | None) -> float | None:
    """Read an ISO date or time, in local time when it names no zone, as seconds since 1970."""
    if date is None:
        return None
    try:
        return datetime.fromisoformat(date).astimezone().timestamp()
    except (ValueError, OverflowError) as error:
        hint = "Write it as 2026-11-22 or 2026-11-22T18:30."
        raise UsageError(f"{date!r} is not a date. Nothing was changed.", hint=hint) from error
