"""`anivault explain`: why a file is what AniVault thinks it is, from its name to its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import msgspec

from anivault.cli.match_handler import Matched, MatchRequest
from anivault.cli.match_handler import handle as match
from anivault.core.flow import Progress
from anivault.core.matching.explain import Explanation, explain
from anivault.core.models import FileKind, ParsedFile
from anivault.core.pipeline.folders import show_folder
from anivault.core.pipeline.left_out import LeftOut
from anivault.shared.errors import UsageError


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """How the name reads, and for a video the verdict with all its candidates."""

    parsed: ParsedFile
    explanation: Explanation | None
    notices: tuple[str, ...]


def handle(request: MatchRequest, file: str, progress: Callable[[str], Progress]) -> Explained:
    """Explain one file among its siblings; a name that is on no disk, or left out of scans, by itself.

    Raises UsageError for a folder, and what `match` raises.
    """
    if os.path.isdir(file):
        hint = "Name one file of it; anivault match shows them all."
        raise UsageError(f"{file} is a folder. Nothing was changed.", hint=hint)
    if os.path.lexists(file):
        path = os.path.abspath(file)
        result = match(msgspec.structs.replace(request, paths=(show_folder(path),)), progress)
        if any(item.file.path == path for item in result.read.files):
            return _explained(result, path)
        reason = _reason(result.read.left_out, path)
        notice = f"Every scan leaves this file out ({reason}): this is what its name alone says."
    else:
        notice = "There is no such file: this is what its name alone says." if os.sep in file else ""
    alone = match(msgspec.structs.replace(request, names=(file,)), progress)
    return _explained(alone, file, *filter(None, [notice]))


def _explained(result: Matched, path: str, *notices: str) -> Explained:
    parsed = next(item for item in result.read.files if item.file.path == path)
    verdict = next((explain(item) for item in result.files if item.file.path == path), None)
    if parsed.file.kind not in {FileKind.VIDEO, FileKind.OTHER}:  # OTHER: a name may lack its extension
        verdict = None
    return Explained(parsed=parsed, explanation=verdict, notices=(*result.notices, *notices))


def _reason(left_out: Sequence[LeftOut], path: str) -> str:
    """Why a scan passes over this file, or the folder that it is in."""
    inside = os.path.normcase(f"{path}/")
    above = (item.reason for item in left_out if inside.startswith(os.path.normcase(f"{item.path}/")))
    return next(above, "ignored")
