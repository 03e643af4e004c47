"""`anivault rename`: bring an organized library to another preset, to new pins or to new numbers."""

from __future__ import annotations

import msgspec

from anivault.core import flow
from anivault.core.arrivals import absent, renamed
from anivault.core.models import MatchedFile, ParsedFile
from anivault.core.moving.emptied import left_empty
from anivault.core.moving.history import require_library
from anivault.core.moving.pace import Pace
from anivault.core.organized import Fetched, Organized
from anivault.core.planning.describing.nfo import hidden
from anivault.core.planning.naming.preset import Preset
from anivault.core.rematched import rematched as rematched_files
from anivault.services.asking import Asking, opened
from anivault.services.telling import told
from anivault.services.telling.torrents import torrents_of
from anivault.shared.logs.lines import audit
from anivault.shared.progress import Bars, Progress


class RenameRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which library, whose names, who is asked; and whether to do it."""

    library: str
    preset: Preset
    asking: Asking
    apply: bool = False


def handle(request: RenameRequest, bars: Bars, pace: Pace) -> Organized:
    """Plan the names that differ, and apply them where asked.

    Raises FolderNotFoundError, what `read_journal` and `executor.execute` raise.
    """
    videos, others, notices = rematched(request.asking, request.library, bars("Asking"))
    torrent_of = torrents_of(request.asking.settings)
    plan = renamed(request.library, videos, others, request.preset, torrent_of)
    stay = tuple(f"An empty folder stays, AniVault did not empty it: {rel}" for rel in left_empty(plan))
    described = absent(plan.library, hidden(plan, (), request.preset))
    made = flow.pruned(Organized(plan=plan, writes=described, notices=(*notices, *stay)))
    if not (request.apply and plan.moves):
        return made
    done = flow.carry_out(made, lambda _: Fetched(), pace)
    if done.report:
        audit("rename", request.library, done.report.run, done=len(done.moves), held=len(done.report.held))
    return told(done, request.asking.settings)


def rematched(
    asking: Asking, library: str, progress: Progress
) -> tuple[list[MatchedFile], list[ParsedFile], tuple[str, ...]]:
    """Match a library again by the names that its files came with; with what providers had to say."""
    require_library(library)
    with opened(asking, library, progress) as those:
        videos, others = rematched_files(library, those.asked)
        return videos, others, those.notices
