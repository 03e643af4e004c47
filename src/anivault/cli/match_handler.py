"""`anivault match`: which show, season and episode every video is, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from anivault.cli.pin_handler import pins_in_force
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
    """What was read, the verdict on every video of it, and what engines and providers had to say."""

    read: Read
    files: list[MatchedFile]
    notices: tuple[str, ...]


def handle(request: MatchRequest, progress: Callable[[str], Progress], library: str | None = None) -> Matched:
    """Read every name and match it; `library` is left out of the scan, and its pins hold.

    Raises FolderNotFoundError, PluginNotFoundError, PluginBrokenError, PinsBrokenError.
    """
    pins = pins_in_force(library or request.settings.library.path)
    scanned = scan(request, progress("Scanning"), skip=[library] if library else ())
    bar = progress("Matching")
    with Providers(request.settings, request.providers, bar) as providers:
        files = matched(scanned.read, providers.sources, pins, request.languages, bar)
        return Matched(read=scanned.read, files=files, notices=(*scanned.notices, *providers.notices))
