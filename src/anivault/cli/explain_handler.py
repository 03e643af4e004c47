"""`anivault explain`: why a file is what AniVault thinks it is, from its name to its place."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec

from anivault.cli.match_handler import MatchRequest
from anivault.cli.match_handler import handle as match
from anivault.core.flow import Progress
from anivault.core.matching.explain import Explanation, explain
from anivault.core.models import ParsedFile
from anivault.shared.errors import UsageError


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """How the name reads, and for a video the verdict with all its candidates."""

    parsed: ParsedFile
    explanation: Explanation | None
    notices: tuple[str, ...]


def handle(request: MatchRequest, file: str, progress: Callable[[str], Progress]) -> Explained:
    """Explain one file among its siblings, or a name that is on no disk by itself.

    Raises UsageError for a folder, and what `match` raises.
    """
    if os.path.isdir(file):
        hint = "Name one file of it; anivault match shows them all."
        raise UsageError(f"{file} is a folder. Nothing was changed.", hint=hint)
    there = os.path.isfile(file)
    where = {"paths": (os.path.dirname(os.path.abspath(file)),)} if there else {"names": (file,)}
    result = match(msgspec.structs.replace(request, **where), progress)
    path = os.path.abspath(file) if there else file
    parsed = next(item for item in result.read.files if item.file.path == path)
    verdict = next((explain(item) for item in result.files if item.file.path == path), None)
    return Explained(parsed=parsed, explanation=verdict, notices=result.notices)
