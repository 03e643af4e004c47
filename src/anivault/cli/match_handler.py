"""`anivault match`: which show, season and episode every video is, and how sure that is."""

from __future__ import annotations

import msgspec

from anivault.core.models import Decision, MatchedFile
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import Read, What
from anivault.core.verdicts import match
from anivault.services.asking import Asking, opened
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.progress import Bars


class MatchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to read, and who is asked what it is; the pins of `library`, else of the one in the settings."""

    what: What
    asking: Asking
    library: str | None = None


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, the verdict on every video of it, and what engines and providers had to say."""

    read: Read
    files: list[MatchedFile]
    notices: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """10 where a video is not matched, or something was left out that should be looked at."""
        sure = all(item.decision is Decision.MATCHED for item in self.files)
        return DONE if sure and not self.read.amiss else FINDINGS


def handle(request: MatchRequest, bars: Bars) -> Matched:
    """Read every name and match it. Raises what `scanner.scan` and `asking.opened` do."""
    with opened(request.asking, request.library, bars("Matching")) as those:
        found = read(request.what, those.asked.reader, bars("Scanning"), those.asked.memory)
        files = match(found, those.asked, bars("Matching"))
        return Matched(read=found, files=files, notices=those.notices)
