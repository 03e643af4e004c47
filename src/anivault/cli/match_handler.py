"""`anivault match`: which show, season and episode every video is, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from anivault.cli.scan_handler import ScanRequest
from anivault.cli.scan_handler import handle as scan
from anivault.core.flow import Progress, Read, matched
from anivault.core.matching.source import Source
from anivault.core.models import MatchedFile
from anivault.shared import plugins


class MatchRequest(ScanRequest, frozen=True, kw_only=True):
    """What to read, and who is asked what it is."""

    providers: tuple[str, ...]
    languages: tuple[str, ...] = ()


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, and the verdict on every video of it."""

    read: Read
    files: list[MatchedFile]


def handle(request: MatchRequest, progress: Progress) -> Matched:
    """Read every name and match it. Raises FolderNotFoundError, PluginNotFoundError."""
    read = scan(request, progress)
    return Matched(read=read, files=matched(read, sources(request.providers), request.languages))


def sources(names: Sequence[str]) -> list[Source]:
    """Open the providers of these names, in order."""
    return [plugins.load(plugins.PROVIDERS, name).open() for name in names]
