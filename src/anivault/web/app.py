"""Every page and what answers it, behind the guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from anivault.web import api
from anivault.web.house import House
from anivault.web.pages import (
    entrance,
    explain,
    history,
    library,
    overview,
    plan,
    review,
    verify,
    working,
)
from anivault.web.pages.kept import ignored, options, pins, tokens
from anivault.web.pages.kept import overview as kept
from anivault.web.pages.unchanged import Shelf
from anivault.web.safety.guard import Guard

PAGES = [
    Route("/", overview.show),
    Route("/more", overview.more),
    Route("/login", entrance.show),
    Route("/login", entrance.enter, methods=["POST"]),
    Route("/logout", entrance.leave, methods=["POST"]),
    Route("/link", entrance.link, methods=["POST"]),
    Route("/review", review.show),
    Route("/review/search", review.search),
    Route("/review/answer", review.answer, methods=["POST"]),
    Route("/review/pin", review.pin, methods=["POST"]),
    Route("/review/never", review.leave_out, methods=["POST"]),
    Route("/review/apart", review.apart, methods=["POST"]),
    Route("/review/later", review.later, methods=["POST"]),
    Route("/review/undo", review.undo, methods=["POST"]),
    Route("/plan", plan.show),
    Route("/plan/show", plan.files),
    Route("/plan/held", plan.held),
    Route("/plan/file", plan.file),
    Route("/plan/leave", plan.leave, methods=["POST"]),
    Route("/plan/place", plan.place, methods=["POST"]),
    Route("/library", library.show),
    Route("/library/show", library.one),
    Route("/poster", library.poster),
    Route("/history", history.show),
    Route("/history/run", history.run),
    Route("/history/held", history.held),
    Route("/undo", history.undo),
    Route("/verify", verify.show),
    Route("/settings", kept.show),
    Route("/settings/preview", pins.look, methods=["POST"]),
    Route("/settings/preview", pins.preview),
    Route("/settings/pin", pins.make, methods=["POST"]),
    Route("/settings/repin", pins.change, methods=["POST"]),
    Route("/settings/unpin", pins.unpin, methods=["POST"]),
    Route("/settings/ignore", ignored.ignore, methods=["POST"]),
    Route("/settings/heed", ignored.heed, methods=["POST"]),
    Route("/settings/set", options.change, methods=["POST"]),
    Route("/settings/token", tokens.token, methods=["POST"]),
    Route("/explain", explain.show),
    Route("/working", working.show),
    Route("/progress", working.progress),
    Route("/jobs/cancel", working.cancel, methods=["POST"]),
    Route("/jobs/{job}", working.start, methods=["POST"]),
]


def app(house: House) -> Guard:
    """The page of a house."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        await house.jobs.close()

    static = StaticFiles(directory=str(resources.files("anivault.web").joinpath("static")))
    routes = [*PAGES, *api.ROUTES, Mount("/static", static)]
    errors: dict[Any, Any] = {404: overview.missing, 500: overview.broken}
    pages = Starlette(routes=routes, lifespan=life, exception_handlers=errors)
    pages.state.house, pages.state.shelf, pages.state.pressed = house, Shelf(), review.Pressed()
    return Guard(pages, house.rules, house.access, house.tokens)
