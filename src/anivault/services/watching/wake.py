"""Wait until there may be something to look at: an event of the system where it tells, else a moment.

In: the watched folders. Out: the paths that events named. SMB, NFS, FUSE and bind mounts of containers often
tell nothing of what others write. That is found out: when a look finds a file that no event named, looks come
often from then on. watchfiles is the extra `anivault[watch]`; without it looks come often too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec

from anivault.shared.text import is_text

STEP = 1.0  # seconds until a signal is heard at the latest
SELDOM = 60.0  # seconds between two looks where events come
GRACE = 2.0  # seconds that an event may come after its file


class Wake:
    """Waits. `often` is how many seconds lie between two looks where no events come; `asked` ends a wait."""

    def __init__(self, roots: Sequence[str], often: float, asked: Callable[[], bool] = lambda: False) -> None:
        self.often, self.asked = often, asked
        self.events = _events(roots)
        self.named: set[str] = set()  # by events, since they were last asked for

    @property
    def longest(self) -> float:
        """The seconds until the next look, if nothing happens."""
        return SELDOM if self.events else self.often

    def begin(self) -> None:
        """Have events come from now on: a file that arrives after this is named."""
        if self.events:
            self._step(0)

    def wait(self, seconds: float, least: float = 0) -> None:
        """Wait so long, or until an event comes; `least` all the same."""
        begun = time.monotonic()
        while not self.asked() and (left := begun + least - time.monotonic()) > 0:
            time.sleep(min(left, STEP))
        while not (self.named or self.asked()) and (left := begun + seconds - time.monotonic()) > 0:
            self._step(left)

    def told(self, paths: Iterable[str]) -> bool:
        """Tell whether events named all these paths, or a folder above each; forgets the events."""
        until = time.monotonic() + GRACE
        missed = [path for path in paths if not self._is_named(path)]
        while missed and self.events and time.monotonic() < until:
            self._step(GRACE)
            missed = [path for path in missed if not self._is_named(path)]
        self.named.clear()
        return not missed

    def stop_trusting(self) -> None:
        """Look often from now on."""
        self.events = None

    def _is_named(self, path: str) -> bool:
        while path not in self.named:
            above = os.path.dirname(path)
            if above == path:
                return False
            path = above
        return True

    def _step(self, seconds: float) -> None:
        if self.events is None:
            time.sleep(min(seconds, STEP))
            return
        try:
            self.named |= next(self.events)
        except (OSError, StopIteration):  # a folder went away, or there are more than the system watches
            self.events = None


def _events(roots: Sequence[str]) -> Iterator[set[str]] | None:
    """What events name, in steps of a second; None where nothing can be asked for them."""
    if not find_spec("watchfiles") or not all(os.path.exists(root) and is_text(root) for root in roots):
        return None  # watchfiles takes no name that is not UTF-8
    from watchfiles import watch

    changes = watch(
        *roots, watch_filter=None, yield_on_timeout=True, rust_timeout=int(STEP * 1000), debounce=200, step=50
    )
    return ({path for _, path in named} for named in changes)
