"""Describe videos that stay where and what they are: NFO files next to them.

In: a folder's files and the verdicts on its videos. Out: what would be written, and the videos that are held.
"""

from __future__ import annotations

from collections.abc import Sequence

from anivault.core.models import Decision, MatchedFile, Mode, Plan
from anivault.core.organized import Organized
from anivault.core.pipeline.records import Read
from anivault.core.planning.describing.nfo import Placed, beside
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.places import undecided


def described(found: Read, files: Sequence[MatchedFile], folder: str, preset: Preset) -> Organized:
    """Describe every matched video; the others are held. What is there already stays as it is."""
    sure = [item for item in files if item.decision is Decision.MATCHED]
    there = {item.file.rel for item in found.files}
    made = beside([Placed(item, item.file.rel) for item in sure], preset)
    held = tuple(undecided(item) for item in files if item.decision is not Decision.MATCHED)
    return Organized(
        plan=Plan(library=folder, roots=(), preset=preset.name, mode=Mode.COPY, held=held),
        files=files,
        writes=tuple(write for write in made if write.target not in there),
        left_out=found.left_out,
    )
