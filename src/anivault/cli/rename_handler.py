"""`anivault rename`: bring an organized library to another preset, to new pins or to new numbers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from anivault.cli.match_handler import MatchRequest
from anivault.cli.organize_handler import Organized
from anivault.cli.pace import paced
from anivault.cli.pin_handler import pins_in_force
from anivault.core import flow
from anivault.core.models import MatchedFile, ParsedFile
from anivault.core.moving.emptied import emptied, left_empty
from anivault.core.moving.executor import execute
from anivault.core.moving.history import require_library
from anivault.core.planning.naming.preset import Preset
from anivault.core.rematched import rematched as rematched_files
from anivault.parser.read import open_reader
from anivault.services.providers import Providers


class RenameRequest(MatchRequest, frozen=True, kw_only=True):
    """Which library, whose names; and whether to do it."""

    library: str
    preset: Preset
    apply: bool = False


def handle(request: RenameRequest, progress: Callable[[str], flow.Progress]) -> Organized:
    """Plan the names that differ, and apply them where asked.

    Raises FolderNotFoundError, what `journal.read` and `executor.execute` raise.
    """
    videos, others, notices = rematched(request, request.library, progress("Asking"))
    plan = flow.renamed(request.library, videos, others, request.preset)
    empty = emptied(plan)
    stay = tuple(f"An empty folder stays, AniVault did not empty it: {rel}" for rel in left_empty(plan))
    report = None
    if request.apply and plan.moves:
        report = execute(plan, emptied=empty, progress=paced(progress))
    return Organized(plan=plan, notices=(*notices, *stay), emptied=empty, report=report)


def rematched(
    request: MatchRequest, library: str, progress: flow.Progress
) -> tuple[list[MatchedFile], list[ParsedFile], tuple[str, ...]]:
    """Match a library again by the names that its files came with; with what providers had to say."""
    require_library(library)
    pins = pins_in_force(library)
    with (
        closing(open_reader(request.engines, request.plugins)) as reader,
        Providers(request.settings, request.providers, progress) as providers,
    ):
        videos, others = rematched_files(library, reader, providers.sources, pins, request.languages)
        return videos, others, tuple(providers.notices)
