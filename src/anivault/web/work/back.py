"""Take back what runs did, shown first; and settle what a crash left."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

from anivault.cli import events, rollback_handler
from anivault.cli.commands.library.recover import outcome as settled
from anivault.cli.commands.library.rollback import here, outcome, way_back
from anivault.cli.render.pace import paced
from anivault.cli.rollback_handler import RolledBack
from anivault.core.models import FileKind, Held
from anivault.core.moving.history import files_of, read
from anivault.core.pipeline.records import kind_of
from anivault.web.desk import stamp
from anivault.web.records import BackFacts, BackRow
from anivault.web.work.library import looked_after
from anivault.web.work.runs import keep_held, why_held
from anivault.web.work.telling import Order, Teller


def rollback(order: Order, teller: Teller) -> dict[str, Any]:
    """Show what goes back where and what stands against it; with `apply` do it."""
    library, only = order.library, order.get("only")
    request = rollback_handler.RollbackRequest(
        library=library,
        run=order.get("run"),
        only=(os.path.join(library, only),) if only else (),
        apply=bool(order.get("apply")),
    )
    with looked_after(order, teller):
        done = rollback_handler.handle(request, teller, paced(teller))
    _write(order, done)
    if request.apply:
        order.desk.drop("back")  # it is done, or there was nothing to do
        keep_held(order.desk, done.report.run if done.report else "", _held(done.held_files))
    if done.report:
        order.desk.drop("plan")
    counts = {"back": files_of(done.back), "gone": len(done.gone), "held": len(done.held_files)}
    return {
        "code": done.exit_code,
        "run": done.report.run if done.report else "",
        "counts": counts,
        "said": outcome(done) if request.apply else "",
    }


def _held(items: Sequence[Held]) -> list[BackRow]:
    return [
        BackRow(path=events.shown(item.rel), to="", why=item.reason, said=why_held(item)) for item in items
    ]


def _write(order: Order, done: RolledBack) -> None:
    roots = done.plan.roots
    with order.desk.writing("back") as sheet:
        for kind, steps in (("back", done.back), ("gone", done.gone)):
            for step in steps:
                to = os.path.join(roots[step.to_root], step.to) if step.to else ""
                row = BackRow(
                    path=events.shown(here(done.plan, step)),
                    to=events.shown(to),
                    why=str(step.do),
                    said=events.shown(way_back(done.plan, step)),
                )
                sheet.row(kind, "", step.rel, row)
        for group, items in (("file", done.held_files), ("folder", done.staying)):
            for row in _held(items):
                sheet.row("held", group, row.path, row)
        sheet.fact("back", _facts(order, done))


def _facts(order: Order, done: RolledBack) -> BackFacts:
    """What would go back, or went, in numbers."""
    return BackFacts(
        made=time.time(),
        run=order.get("run"),
        only=order.get("only"),
        runs=done.plan.runs,
        back=len(done.back),
        gone=len(done.gone),
        held=len(done.held_files),
        folders=len(done.folders),
        stay=len(done.staying),
        told=outcome(done),
        along=_along(order.library, order.get("only") or "", done),
        journal=stamp(order.library),
    )


def _along(library: str, video: str, done: RolledBack) -> tuple[str, ...]:
    """What the library has that goes with a video by its name, and that stays when the video goes."""
    if kind_of(video) is not FileKind.VIDEO:
        return ()
    stem, goes = os.path.splitext(video)[0], {here(done.plan, step) for step in (*done.back, *done.gone)}
    beside = (place for place in read(library).files if place.startswith((f"{stem}.", f"{stem}-")))
    return tuple(events.shown(place) for place in beside if place != video and place not in goes)


def recover(order: Order, teller: Teller) -> dict[str, Any]:
    """Settle what a crash left unfinished."""
    from anivault.core.moving.recover import recover

    with looked_after(order, teller):
        report = recover(order.library)
    counts = {"finished": report.finished, "undone": report.undone}
    return {"code": report.exit_code, "run": report.run or "", "counts": counts, "said": settled(report)}
