"""`anivault scan`: what is there and how each name reads."""

from __future__ import annotations

from contextlib import closing

import msgspec

from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import Read, What
from anivault.services.asking import Asking, failures, memory_of, reader_of
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.progress import Bars


class ScanRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to read, and with which engines."""

    what: What
    asking: Asking


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, and what engines had to be forgiven."""

    read: Read
    notices: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """10 where something was left out that should be looked at."""
        return FINDINGS if self.read.amiss else DONE


def handle(request: ScanRequest, bars: Bars) -> Scanned:
    """Read every name. Raises what `scanner.scan` does, PluginNotFoundError, PluginBrokenError."""
    asking = request.asking
    with closing(reader_of(asking)) as reader:
        found = read(request.what, reader, bars("Scanning"), memory_of(asking))
        return Scanned(read=found, notices=failures(reader))
