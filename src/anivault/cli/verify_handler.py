"""`anivault verify`: compare the library with its journal and its stored hashes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from anivault.core.moving.verifier import VerifyReport, verify
from anivault.shared.errors import UsageError

if TYPE_CHECKING:  # matching is much to import for nothing
    from anivault.core.flow import Progress


class VerifyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which library, and how much of it is looked at; `subset` is the N of one Nth.

    With `again`, `asked` is who reads names and who is asked about them, as in a MatchRequest.
    """

    library: str
    deep: bool = False
    subset: int | None = None
    again: bool = False
    asked: dict[str, Any] = {}


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, and what providers had to say."""

    report: VerifyReport
    notices: tuple[str, ...] = ()


def handle(request: VerifyRequest, progress: Callable[[str], Progress]) -> Verified:
    """Verify; with `again` also match every file again, to find what would be named differently today.

    Raises FolderNotFoundError and what `journal.read` raises.
    """
    metadata, notices = _today(request, progress("Asking")) if request.again else ({}, ())
    report = verify(
        request.library,
        deep=request.deep,
        subset=request.subset,
        metadata=metadata,
        progress=progress("Verifying"),
    )
    if report.unstored:
        notices = (*notices, f"The hashes of its files were not stored: {report.unstored}.")
    return Verified(report=report, notices=notices)


def _today(request: VerifyRequest, progress: Progress) -> tuple[dict[str, str], tuple[str, ...]]:
    """By place in the library: what the name of each video would be made from today."""
    from anivault.cli.match_handler import MatchRequest
    from anivault.cli.rename_handler import rematched
    from anivault.core.planning.fingerprint import fingerprint

    videos, _, notices = rematched(MatchRequest(**request.asked), request.library, progress)
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
