"""Adopt a library: open who is asked, look at what is there, and note it where asked."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from anivault.core.listing import JOURNAL
from anivault.core.living.adopted import Adoption, adopt, look
from anivault.core.models import ShowId
from anivault.core.moving.journal.turns import turn
from anivault.core.moving.pace import Pace
from anivault.core.pipeline.records import What
from anivault.services import libraries
from anivault.services.asking import Asking, opened
from anivault.services.pinning import meant_by
from anivault.services.remembered.ignored import lists
from anivault.shared.errors import PinRefusedError
from anivault.shared.logs.lines import audit
from anivault.shared.progress import Bars


class AdoptRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which library, who is asked about its names, and whether to note what is found."""

    library: str
    asking: Asking
    apply: bool = False


def handle(request: AdoptRequest, bars: Bars, pace: Pace) -> Adoption:
    """Say what a library has that its journal does not know, and with `apply` note it.

    Raises what `adopted.look`, `adopted.adopt` and `asking.opened` raise.
    """
    library = request.library
    if not request.apply:
        return _looked(request, bars)
    before = _told_by_journal(library)
    found = _looked(request, bars)  # a folder without a library gets no lock
    if not found.files:
        return adopt(found, pace)
    with turn(library, request.asking.settings.library.wait, lambda: bars("Waiting for another AniVault")):
        if _told_by_journal(library) != before:  # another one was at work meanwhile
            found = _looked(request, bars)
        done = adopt(found, pace)
    libraries.remember(library)
    if done.report:
        audit("adopt", library, done.report.run, done=len(done.noted), held=len(done.report.held))
    return done


def _told_by_journal(library: str) -> tuple[int, int] | None:
    """What changes whenever a run writes into the journal."""
    try:
        status = os.stat(os.path.join(library, JOURNAL))
    except OSError:
        return None
    return (status.st_size, status.st_mtime_ns) if status.st_size else None


def _looked(request: AdoptRequest, bars: Bars) -> Adoption:
    scanning, ignored = request.asking.settings.scan, lists(request.library)
    what = What(paths=(request.library,), settle=scanning.settle, ignored=ignored, workers=scanning.workers)
    with opened(request.asking, request.library, bars("Matching")) as those:
        found = look(what, request.library, those.asked, _show_of, bars)
        return replace(found, notices=(*those.notices, *_lost(request.library)))


def _lost(library: str) -> Iterator[str]:
    """Say that there was a journal, where something tells of it."""
    if trace := libraries.lost_history(library):
        yield (
            f"The journal of {library} is empty or gone, and {trace} tells of runs. What is there is "
            "adopted as it is; what was done before cannot be taken back. Is there a backup?"
        )


def _show_of(provider: str, number: int) -> ShowId | None:
    """The show that another list means by a number; None where no list here knows it, or means several."""
    try:
        return ShowId.read(str(meant_by(f"{provider}:{number}")["id"]))
    except PinRefusedError:
        return None
