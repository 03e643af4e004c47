"""`anivault match`: which show, season and episode every video is, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from anivault.cli.scan_handler import ScanRequest
from anivault.cli.scan_handler import handle as scan
from anivault.core.flow import Progress, Read, matched
from anivault.core.models import MatchedFile
from anivault.services.providers import Providers
from anivault.shared.settings import Settings


class MatchRequest(ScanRequest, frozen=True, kw_only=True):
    """What to read, and who is asked what it is."""

    settings: Settings
    providers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, the verdict on every video of it, and what providers had to say."""

    read: Read
    files: list[MatchedFile]
    notices: list[str]


def handle(request: MatchRequest, progress: Callable[[str], Progress]) -> Matched:
    """Read every name and match it. Raises FolderNotFoundError, PluginNotFoundError."""
    return identify(scan(request, progress("Scanning")), request, progress("Asking"))


def identify(read: Read, request: MatchRequest, progress: Progress) -> Matched:
    """Match what was read, asking the providers that the request names."""
    with Providers(request.settings, request.providers, progress) as providers:
        files = matched(read, providers.sources, request.languages)
        return Matched(read=read, files=files, notices=providers.notices)
