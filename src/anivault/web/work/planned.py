"""Plan as `organize` does, and put the plan on a sheet; carry out the plan that was looked at, no other."""

from __future__ import annotations

import base64
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import nullcontext
from functools import partial
from typing import Any

from msgspec.structs import replace

from anivault.cli import events
from anivault.cli.render.pace import paced
from anivault.cli.render.plans import besides, goes, outcome
from anivault.core.living.repinned import told
from anivault.core.models import Held, HeldReason, MatchedFile, Move
from anivault.core.moving.journal.records import journal_path
from anivault.core.organized import Organized
from anivault.core.planning import planfile
from anivault.core.verdicts import Asked
from anivault.services import libraries
from anivault.services.asking import opened
from anivault.shared.errors import JournalLostError
from anivault.shared.text import natural
from anivault.web.decided import decided
from anivault.web.desk import LEFT_OUT, MOUNT, Writer, stamp
from anivault.web.records import BackRow, HeldPart, PlanFacts, ShowPart
from anivault.web.work.library import looked_after
from anivault.web.work.questions import Asker
from anivault.web.work.runs import keep_held, why_held
from anivault.web.work.telling import Order, Teller

PLAN = "plan.json"
PUT_BY = "put-by"  # the fact of what was left out of folders that are not there
CHOSEN = "chosen.json"  # the plan without what the user leaves out: the whole one stays, should the run fail
Verdicts = Mapping[tuple[str, str], MatchedFile]


def plan(order: Order, teller: Teller) -> dict[str, Any]:
    """Plan every source that is there into the library; changes nothing but the desk."""
    missing = tuple(path for path in order.sources if not _is_readable(path))
    if len(missing) < len(order.sources):  # else the handler says what is wrong
        order = Order({**order, "sources": [path for path in order.sources if path not in missing]})
    file, by = str(order.desk.ready() / PLAN), decided(order.library, order.get("config"))
    journal, away = stamp(order.library), bool(libraries.lost_history(order.library))
    left_out = [*_left_out(order), *_put_by(order)]
    made = _organized(order, teller, list(map(_path, left_out)), plan_file=file, replace=True)
    with opened(order.context.asking(), order.library, teller("Asking")) as those:
        facts = replace(_facts(order, made, by), journal=journal, away=away, missing=missing)
        facts = _write(order, made, those.asked, facts)
    _leave_out(order, left_out, made.moves, missing)
    return {"code": made.exit_code, "counts": {"moves": facts.moves, "held": facts.held}}


def apply(order: Order, teller: Teller) -> dict[str, Any]:
    """Carry out the plan on the desk, without what was left out of it, and look at the library again.

    Where a known library is away, a new one begins only if the user has said so: `anew`.
    """
    anew = bool(order.get("anew"))
    if not anew and (lost := libraries.lost_history(order.library)):
        raise JournalLostError(journal_path(order.library), lost, hint=MOUNT)
    file = str(order.desk.folder / PLAN)
    order = Order({**order, "sources": list(_planned_sources(order))})
    whole = planfile.read(file, [os.path.abspath(path) for path in order.sources], order.library)
    kept = _without(whole.moves, {move.target for move in _left_out(order)})
    if len(kept) < len(whole.moves):
        file = str(order.desk.folder / CHOSEN)
        planfile.write(replace(whole, moves=kept), file, replace=True)
    with looked_after(order, teller):
        done = _organized(order, teller, from_plan=file, apply=True, other_disk=anew)
    assert done.report
    held = _held_by(done, kept)
    named = {**held, **_by_place(done)}  # also what was held before, as the count of the command does
    keep_held(order.desk, done.report.run, list(map(_held_row, named.values())))
    order.desk.drop("plan")  # it is done
    for name in (PLAN, CHOSEN):
        (order.desk.folder / name).unlink(missing_ok=True)
    return {
        "code": done.exit_code,
        "run": done.report.run,
        "counts": {"done": len(done.moves), "held": len(held)},
        "said": outcome(done, "organize"),
    }


def _held_by(done: Organized, kept: Sequence[Move]) -> dict[tuple[str, str], Held]:
    """The files that were to go, or to be written, and could not; what an earlier run took there is there."""
    assert done.report
    wanted = {(move.root, move.rel) for move in kept} | {(item.root, item.rel) for item in done.report.held}
    return {place: item for place, item in _by_place(done).items() if place in wanted}


def _by_place(done: Organized) -> dict[tuple[str, str], Held]:
    """What is held, by where it is: no folder, and no file that the library has."""
    folders = {(item.root, item.rel) for item in done.staying}
    held = {(item.root, item.rel): item for item in done.held if item.reason is not HeldReason.ALREADY_THERE}
    return {place: item for place, item in held.items() if place not in folders}


def _held_row(item: Held) -> BackRow:
    return BackRow(path=events.shown(item.source), to="", why=item.reason, said=why_held(item))


def _organized(order: Order, teller: Teller, last: Sequence[str] = (), **how: Any) -> Organized:
    """What `anivault organize` does with the folders and settings; the files `last` yield to all others."""
    from anivault.cli import organize_handler

    library, settings = order.library, order.context.settings
    wanted = organize_handler.order(settings, order.sources, library)
    request = organize_handler.OrganizeRequest(
        order=replace(wanted, rules=replace(wanted.rules, last=frozenset(last))),
        asking=order.context.asking(),
        **how,
    )
    return organize_handler.handle(request, teller, paced(teller))


def _left_out(order: Order) -> list[events.MoveEvent]:
    """The files that the user leaves out."""
    sheet = order.desk.sheet("plan")
    if sheet is None:
        return []
    with sheet:
        rows = [sheet.row("move", n) for n in sheet.marked(LEFT_OUT)]
        return [row.read(events.MoveEvent) for row in rows if row]


def _path(move: events.MoveEvent) -> str:
    """The path of a file, as the disk has it."""
    return os.fsdecode(base64.b64decode(move.path_b64)) if move.path_b64 else move.path


def _is_readable(path: str) -> bool:
    """Whether a file or folder is there and can be read."""
    try:
        with os.scandir(path) if os.path.isdir(path) else nullcontext():
            os.lstat(path)
    except OSError:
        return False
    return True


def _put_by(order: Order) -> list[events.MoveEvent]:
    """What the user has left out of a folder that was not there when it was planned."""
    sheet = order.desk.sheet("plan")
    if sheet is None:
        return []
    with sheet:
        return sheet.fact(PUT_BY, list[events.MoveEvent]) or []


def _planned_sources(order: Order) -> tuple[str, ...]:
    """The folders that the plan was made of: those of the order that were there."""
    facts = order.desk.fact("plan", PlanFacts)
    there = tuple(path for path in order.sources if facts and path not in facts.missing)
    return there if facts and there == facts.sources else order.sources


def _leave_out(
    order: Order, before: Sequence[events.MoveEvent], moves: Sequence[Move], missing: Sequence[str]
) -> None:
    """Leave out of a new plan what was left out of the one before, where it would go to the same place."""
    sheet = order.desk.sheet("plan") if before else None
    if sheet is None:
        return
    stay = _staying(moves, {(move.path, move.target) for move in before})
    with sheet:
        sheet.tell(PUT_BY, [m for m in before if m.path.startswith(tuple(f"{path}/" for path in missing))])
        for target in map(events.shown, stay):
            rows = sheet.rows_like("move", target)
            sheet.mark([row.n for row in rows if row.read(events.MoveEvent).target == target], LEFT_OUT)


def _staying(moves: Sequence[Move], same: Set[tuple[str, str]]) -> set[str]:
    """The places of the moves that are the same as before, and of what goes with them."""
    out = {move.target for move in moves if (events.shown(move.source), events.shown(move.target)) in same}
    return {move.target for move in moves} - {move.target for move in _without(moves, out)}


def _without(moves: Sequence[Move], left_out: set[str]) -> tuple[Move, ...]:
    """The moves without those left out, and without what goes with them."""
    return tuple(m for m in moves if m.target not in left_out and m.video not in left_out)


def _write(order: Order, made: Organized, these: Asked, facts: PlanFacts) -> PlanFacts:
    verdicts = {(item.file.root, item.file.rel): item for item in made.files}
    with order.desk.writing("plan") as sheet:
        _write_moves(sheet, made, verdicts)
        _write_held(sheet, made.held)
        for question in Asker(verdicts, made.plan.roots, partial(told, asked=these)).write(made.held, sheet):
            facts = replace(facts, questions=facts.questions + 1, asked=facts.asked + question.files)
        sheet.fact("plan", facts)
    return facts


def _facts(order: Order, made: Organized, by: str) -> PlanFacts:
    """The plan in numbers, as long as nothing is asked."""
    there = sum(item.reason is HeldReason.ALREADY_THERE for item in made.held)
    return PlanFacts(
        made=time.time(),
        mode=str(made.plan.mode),
        preset=made.plan.preset,
        moves=len(made.moves),
        held=len(made.held) - there,
        there=there,
        size=sum(move.identity.size for move in made.moves),
        questions=0,
        asked=0,
        passed_over=len(made.left_out),
        sources=order.sources,
        notices=tuple(map(events.shown, made.notices)),
        told=outcome(made, "organize"),
        goes=goes(made, "organize"),
        besides=tuple(besides(made, "organize")),
        decided=by,
    )


def _write_moves(sheet: Writer, made: Organized, verdicts: Verdicts) -> None:
    olds = {one.file.instead: one for one in made.returns if one.advantage}
    for key, show, moves in _shows(made.moves, verdicts):
        sheet.group("show", key, _searched(key, show, moves, verdicts), show)
        for move in moves:
            event = events.move_event(move, done=False, old=olds.get(move.target))
            sheet.row("move", key, move.target, event)
            if move.video:
                sheet.row("sidecar", events.shown(move.video), move.target, event.target)


def _searched(key: str, show: ShowPart, moves: Sequence[Move], verdicts: Verdicts) -> str:
    """What a show is found by: its title, its folder, and the titles that its files have in their names."""
    files = filter(None, (verdicts.get((move.root, move.rel)) for move in moves))
    titles = dict.fromkeys(item.parsed.title or "" for item in files)
    return " ".join([show.title, show.show, key, *titles])


def _write_held(sheet: Writer, held: Sequence[Held]) -> None:
    for reason, items in _reasons(held):
        part = HeldPart(reason=reason, files=len(items), missed=reason.missed)
        sheet.group("reason", reason, reason, part)
        for item in items:
            sheet.row("held", reason, item.rel.casefold(), events.held_event(item))


def _shows(moves: Sequence[Move], verdicts: Verdicts) -> Iterator[tuple[str, ShowPart, Sequence[Move]]]:
    """The moves by show, shows by title, each move by its target: sidecars stand with their videos."""
    shows: defaultdict[str, list[Move]] = defaultdict(list)
    titles: dict[str, tuple[str, str]] = {}
    for move in moves:
        verdict = verdicts.get((move.root, move.rel))
        folder = _folder(move.target)
        shows[folder].append(move)
        if verdict and verdict.match.best:
            best = verdict.match.best.candidate
            titles.setdefault(folder, (best.dated, str(best.key)))
    for folder in sorted(shows, key=lambda name: natural(titles.get(name, (name, ""))[0].casefold())):
        title, show = titles.get(folder, (folder.rpartition("/")[2], ""))
        size = sum(move.identity.size for move in shows[folder])
        part = ShowPart(title=title, show=show, files=len(shows[folder]), size=size)
        yield events.shown(folder), part, sorted(shows[folder], key=lambda move: natural(move.target))


def _folder(target: str) -> str:
    """The folder of the show: the first below `Shows` or `Movies`, where the preset has such."""
    parts = target.split("/")
    return "/".join(parts[: 2 if len(parts) > 2 else 1])


def _reasons(held: Sequence[Held]) -> Iterator[tuple[HeldReason, Sequence[Held]]]:
    """Held files by reason, what somebody may miss first."""
    counts = Counter(item.reason for item in held)
    for reason in sorted(counts, key=lambda reason: (not reason.missed, -counts[reason])):
        yield reason, [item for item in held if item.reason is reason]
