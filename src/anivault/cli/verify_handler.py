"""`anivault verify`: compare the library with its journal and its stored hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from anivault.core.moving.verifying.verifier import VerifyReport, verify
from anivault.shared.errors import UsageError
from anivault.shared.exits import DONE, FINDINGS
from anivault.shared.progress import Bars, Progress

if TYPE_CHECKING:  # matching is much to import for nothing
    from anivault.services.asking import Asking


class VerifyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which library, and how much of it is looked at; `subset` is the N of one Nth.

    With `again` every file is matched again, by those who are to be asked. `strict`: what is merely there
    counts as a failure too.
    """

    library: str
    deep: bool = False
    subset: int | None = None
    strict: bool = False
    again: Asking | None = None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, and what providers had to say."""

    report: VerifyReport
    strict: bool = False
    notices: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """10 where something is wrong."""
        return FINDINGS if self.report.failed(strict=self.strict) else DONE


def handle(request: VerifyRequest, bars: Bars) -> Verified:
    """Verify; with `again` also match every file again, to find what would be named differently today.

    Raises FolderNotFoundError and what `read_journal` raises.
    """
    metadata, notices = _today(request.again, request.library, bars("Asking")) if request.again else ({}, ())
    report = verify(
        request.library,
        deep=request.deep,
        subset=request.subset,
        metadata=metadata,
        progress=bars("Verifying"),
    )
    if report.unstored:
        notices = (*notices, f"The hashes of its files were not stored: {report.unstored}.")
    return Verified(report=report, strict=request.strict, notices=notices)


def _today(asking: Asking, library: str, progress: Progress) -> tuple[dict[str, str], tuple[str, ...]]:
    """By place in the library: what the name of each video would be made from today."""
    from anivault.cli.rename_handler import rematched
    from anivault.core.planning.naming.fingerprint import fingerprint

    videos, _, notices = rematched(asking, library, progress)
    return {item.file.rel: made for item in videos if (made := fingerprint(item))}, notices


def one_nth(text: str | None) -> int | None:
    """Read `1/30` as 30. Raises UsageError for anything else."""
    if text is None:
        return None
    one, _, nth = text.partition("/")
    if one.strip() != "1" or not nth.strip().isdecimal() or int(nth) < 1:
        raise UsageError(
            f"--subset is not {text!r}: it names a part. Nothing was read.", hint="Write it as 1/30."
        )
    return int(nth)
