"""The overview: what is there, what waits, what was done last. And what is shown where no page is."""

from __future__ import annotations

import os
import shutil
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from anivault.cli import events
from anivault.services.catalogue.added.stale import OLD, known_until, words
from anivault.shared import fs
from anivault.web.house import House
from anivault.web.pages import entrance
from anivault.web.pages.answered.turns import counts, told
from anivault.web.pages.rendering import house_of, render
from anivault.web.pages.unchanged import while_unchanged
from anivault.web.records import LibraryFacts, PlanFacts, VerifyFacts

RUNS = 4


@while_unchanged
def show(request: Request) -> Response:
    """The overview, or the log-in by a link."""
    if "token" in request.query_params:
        return entrance.by_link(request)
    house = house_of(request)
    plan, answers = house.desk.fact("plan", PlanFacts), counts(house)
    return render(
        request,
        "pages/overview.html",
        plan=plan,
        outdated=house.is_outdated(plan),
        since=house.since(plan),
        behind=house.is_behind(),
        answers=answers,
        reviewed=told(answers),
        away=house.is_away(),
        shelf=house.desk.fact("library", LibraryFacts),
        check=house.desk.fact("verify", VerifyFacts),
        runs=_last_runs(house),
        space=_space(house.library),
        read_only_disk=_is_read_only(house.library),
        sources=[(path, os.path.exists(path)) for path in house.sources],
        catalogue=_catalogue(),
        changed=house.is_changed(),
    )


def _last_runs(house: House) -> list[events.RunEvent]:
    sheet = house.desk.sheet("runs")
    if sheet is None:
        return []
    with sheet:
        return [run for _, run in sheet.groups("run", events.RunEvent, most=RUNS)]


def _space(library: str) -> tuple[int, int] | None:
    """Free and whole space of the library's disk, in bytes."""
    try:
        found = shutil.disk_usage(fs.nearest(library))
    except OSError:
        return None
    return found.free, found.total


def _is_read_only(library: str) -> bool:
    """Whether the library's disk takes nothing now."""
    try:
        return fs.is_read_only(fs.nearest(library))
    except OSError:
        return False


def _catalogue() -> tuple[str, bool]:
    """Until when the catalogue knows shows, in words, and whether that is long ago."""
    until = known_until()
    return words(until), date.today() - until >= OLD


def more(request: Request) -> Response:
    """Where small screens find the other pages."""
    return render(request, "entrance/more.html")


def missing(request: Request, error: Exception) -> Response:
    """There is no such page."""
    del error
    return render(request, "entrance/missing.html", 404, what="There is no such page.")


def broken(request: Request, error: Exception) -> Response:
    """A page failed: that is a bug of ours. What files are is not touched by it."""
    kind = type(error).__name__
    return render(
        request,
        "entrance/missing.html",
        500,
        what=f"This is a bug in AniVault ({kind}). No file was touched.",
    )
