"""Show a page again as it is, as long as nothing that it tells of has changed.

Many may look while a run is at work on a small machine: what is made once an answer costs them and the run
little. Only for pages that tell what is on the desk, of the work and of the journal, and nothing else.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from anivault.web.decided import decided_when
from anivault.web.house import House
from anivault.web.pages.rendering import house_of

MOST = 64  # pages
STALE = 30.0  # seconds after which a page is made again all the same: it says how many minutes ago


class Made(NamedTuple):
    """A page, cut where the token of a session stands in its forms, and what was there when it was made."""

    version: object
    parts: tuple[str, ...]


class Shelf:
    """The pages that were made last."""

    def __init__(self) -> None:
        self._made: OrderedDict[object, Made] = OrderedDict()

    def get(self, key: object, version: object) -> tuple[str, ...] | None:
        """The parts of a page, if it was made of this version."""
        made = self._made.get(key)
        return made.parts if made and made.version == version else None

    def put(self, key: object, made: Made) -> None:
        """Keep a page; the one that was made first goes."""
        self._made.pop(key, None)
        self._made[key] = made
        while len(self._made) > MOST:
            self._made.popitem(last=False)


def while_unchanged(page: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """The page, made again only where something has changed."""

    async def show(request: Request) -> Response:
        session = request.scope["state"]["session"]
        if session is None:  # somebody comes by a link
            return await run_in_threadpool(page, request)
        shelf: Shelf = request.app.state.shelf
        key = (request.scope["path"], request.scope["query_string"], "hx-request" in request.headers)
        version = _version(house_of(request))
        parts = shelf.get(key, version)
        if parts is not None:
            return HTMLResponse(session.csrf.join(parts))
        answer = await run_in_threadpool(page, request)
        if answer.status_code == 200:
            made: Any = answer.body
            shelf.put(key, Made(version, tuple(bytes(made).decode().split(session.csrf))))
        return answer

    return show


def _version(house: House) -> object:
    """What changes when a page may have to say something else."""
    job = house.jobs.state
    work = (job.job, job.started, job.code, job.cancelled)
    there = house.is_changed(), house.is_behind(), house.is_away(), decided_when(house.library, house.config)
    return int(time.monotonic() / STALE), work, house.desk.version(), there
