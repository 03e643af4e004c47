"""`anivault organize --no-touch`: write NFO files beside videos that stay where and what they are."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec

from anivault.cli.match_handler import MatchRequest
from anivault.cli.match_handler import handle as match
from anivault.cli.organize_handler import Organized
from anivault.cli.pace import paced
from anivault.core.flow import Progress
from anivault.core.models import Decision, Mode, Plan
from anivault.core.moving.executor import execute
from anivault.core.planning.describing.nfo import Placed, beside
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.places import undecided
from anivault.shared.errors import FolderNotFoundError


class DescribeRequest(MatchRequest, frozen=True, kw_only=True):
    """Which folder; whose NFO; and whether to write them."""

    folder: str
    preset: Preset
    apply: bool = False


def handle(request: DescribeRequest, progress: Callable[[str], Progress]) -> Organized:
    """Describe every matched video of a folder; the others are held. What is there already stays as it is.

    Raises FolderNotFoundError, and what `match` and `executor.execute` raise.
    """
    if not os.path.isdir(request.folder):
        raise FolderNotFoundError(request.folder, "folder")
    found = match(msgspec.structs.replace(request, paths=(request.folder,)), progress)
    sure = [item for item in found.files if item.decision is Decision.MATCHED]
    there = {item.file.rel for item in found.read.files}
    made = beside([Placed(item, item.file.rel) for item in sure], request.preset)
    new = tuple(write for write in made if write.target not in there)
    plan = Plan(library=request.folder, roots=(), preset=request.preset.name, mode=Mode.COPY)
    report = execute(plan, writes=new, progress=paced(progress)) if request.apply and new else None
    unsure = [item for item in found.files if item.decision is not Decision.MATCHED]
    return Organized(
        plan=msgspec.structs.replace(plan, held=tuple(map(undecided, unsure))),
        files=found.files,
        writes=new,
        left_out=found.read.left_out,
        notices=found.notices,
        report=report,
    )
