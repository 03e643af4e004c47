"""The program, on one screen.

    scan ──▶ parse ──▶ match ──▶ plan ──▶ nfo, pictures ──▶ fonts, execute

Parse, match, nfo and pictures are pure; only that match asks the sources that it is given, and some of
them ask a network. Scan, settled, plan, absent, lacking and fonts read the disk. Execute alone changes
files. Fetch, which is given too, gets pictures. A preview shows what stands before `carry_out`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from anivault.core.anew.kin import Kin
from anivault.core.anew.lying import as_they_lie, by_place
from anivault.core.arrivals import Rules, absent, lacking, neighbours, planned, stock, untitled
from anivault.core.moving.emptied import emptied
from anivault.core.moving.executor import Report, execute
from anivault.core.moving.pace import Pace
from anivault.core.organized import Fetched, Organized
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import What
from anivault.core.planning.describing.nfo import hidden
from anivault.core.planning.describing.nfo import writes as nfo
from anivault.core.planning.describing.pictures import Picture, pictures
from anivault.core.planning.sidecars.fonts import missing
from anivault.core.rollback_manager import brought_back
from anivault.core.verdicts import Asked, match
from anivault.shared.progress import Bars

Fetch = Callable[[Sequence[Picture]], Fetched]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Which files go where and how, and what is made for them. `traced`: also what has to do with what."""

    what: What
    library: str
    rules: Rules
    nfo: bool = False
    artwork: bool = False
    traced: bool = False


def organize(order: Order, asked: Asked, bars: Bars, *, applied: bool = False) -> Organized:
    """Plan where every file goes, and what is written for it. Changes nothing.

    A plan that is to be `applied` keeps the journal as it was read, so that the run need not read it again.
    """
    found = read(order.what, asked.reader, bars("Scanning"), asked.memory)
    files = match(found, asked, bars("Matching"))
    lying = [item.file for item in found.files]
    found = replace(found, files=found.others)  # of a large pile, memory is needed for the plan
    there = stock(order.library, kept=applied)
    plan = planned(
        found, files, there, order.what.paths, order.rules, described=order.nfo, reader=asked.reader
    )
    plan, place = as_they_lie(plan, lying), by_place(plan.roots)
    trace = partial(Kin, files, found.files, plan, asked.reader)
    described = (nfo if order.nfo else hidden)(plan, files, order.rules.preset)
    pictured = pictures(plan, files, order.rules.preset) if order.artwork else ()
    return Organized(
        plan=plan,
        files=files,
        writes=absent(plan.library, described),
        pictures=lacking(plan.library, pictured),
        left_out=tuple(sorted(found.left_out, key=lambda item: place(item.path))),
        notices=(*neighbours(plan), *untitled(there, files, order.rules.preset)),
        journal=there.journal,
        settled=found.lasts,
        trace=trace if order.traced and not found.holes else None,
    )


def pruned(made: Organized) -> Organized:
    """Have the folders removed that hold nothing else than what the plan moves away."""
    return replace(made, removals=emptied(made.plan, made.writes))


def carry_out(made: Organized, fetch: Fetch, pace: Pace | None = None) -> Organized:
    """Do what `made` says; if that is nothing, no library is made either."""
    if not (made.plan.moves or made.writes or made.pictures):
        return replace(made, report=Report.nothing(made.plan.mode))
    got, fontless = fetch(made.pictures), missing(made.plan)
    with brought_back(made.plan):
        writes = *made.writes, *got.writes
        report = execute(made.plan, writes=writes, emptied=made.removals, progress=pace, known=made.journal)
    return made.done(report, got, fontless)
