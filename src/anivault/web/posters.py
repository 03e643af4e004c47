"""Have the posters of shows, as TMDB has them: fetched by a process of its own, and kept in the user's cache.

In: shows by id. Out: pictures. The page's own process has no key and no way out: who asks for a poster that
is not kept waits until the process that fetches some at once has ended. Where there is no key, or TMDB is
not to be asked, nothing is fetched.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from anivault.core.models import ShowId

FRESH = 30 * 86_400.0  # seconds that a poster is kept
LACKING = 3600.0  # and that nobody asks again for one that did not come
GATHER = 0.1  # seconds in which the requests of one page come in
AT_ONCE, MOST = 40, 400  # shows of one process, and shows that may wait
KEY_SEEN = 30.0  # seconds until it is looked again whether there is a key
Fetch = Callable[[Sequence[str]], Awaitable[object]]


class Posters:
    """The posters in a folder. `providers` are those that the settings name, if they name any.

    `has_key` tells whether there is a key for TMDB now.
    """

    def __init__(self, folder: Path, has_key: Callable[[], bool], providers: Sequence[str] = ()) -> None:
        self.folder = folder
        self._wanted_at_all = not providers or "tmdb" in providers
        self._look, self._has_key, self._looked = has_key, False, -KEY_SEEN
        self._waiting: dict[str, None] = {}
        self._round: asyncio.Task[None] | None = None

    @property
    def on(self) -> bool:
        """Whether posters can be had: there is a key, and TMDB may be asked."""
        now = time.monotonic()
        if now - self._looked >= KEY_SEEN:
            self._has_key, self._looked = self._look(), now
        return self._wanted_at_all and self._has_key

    def may_have(self, show: str) -> bool:
        """Whether there may be a poster of a show."""
        return self.on and _name(show) != ""

    async def get(self, show: str, fetch: Fetch) -> bytes:
        """The poster of a show; empty where none can be had. `fetch` puts some into the folder."""
        if not self.may_have(show):
            return b""
        path = self.folder / _name(show)
        if (kept := _kept(path)) is not None:
            return kept
        if len(self._waiting) < MOST:
            self._waiting[show] = None
            if self._round is None or self._round.done():
                self._round = asyncio.create_task(self._fetch(fetch))
            await asyncio.shield(self._round)
        return _kept(path) or b""

    async def _fetch(self, fetch: Fetch) -> None:
        """Fetch what waits, some shows at once."""
        await asyncio.sleep(GATHER)
        while some := list(self._waiting)[:AT_ONCE]:
            try:
                await fetch(some)
            finally:
                for show in some:
                    self._waiting.pop(show, None)


def _name(show: str) -> str:
    """The name under which a poster is kept; empty for a show that is not TMDB's."""
    meant = ShowId.read(show)
    return f"{meant.media_type}-{meant.id}" if meant and meant.provider == "tmdb" else ""


def _kept(path: Path) -> bytes | None:
    """What is kept, empty where TMDB had none; None where it has to be asked for."""
    with suppress(OSError):
        if time.time() - path.stat().st_mtime < (FRESH if path.stat().st_size else LACKING):
            return path.read_bytes()
    return None
