"""`anivault verify`: compare the library with its journal and its stored hashes."""

from __future__ import annotations

import msgspec

from anivault.core.flow import Progress
from anivault.core.verifier import VerifyReport, verify
from anivault.shared.errors import UsageError


class VerifyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which library, and how much of it is read; `subset` is the N of one Nth."""

    library: str
    deep: bool = False
    subset: int | None = None


def handle(request: VerifyRequest, progress: Progress) -> VerifyReport:
    """Verify. Raises FolderNotFoundError and what `journal.read` raises."""
    return verify(request.library, deep=request.deep, subset=request.subset, progress=progress)


def one_nth(text: str | None) -> int | None:
    """Read `1/30` as 30. Raises UsageError for anything else."""
    if text is None:
        return None
    one, _, nth = text.partition("/")
    if one.strip() != "1" or not nth.strip().isdecimal() or int(nth) < 1:
        raise UsageError(f"{text!r} is no part of a library. Nothing was read.", hint="Write it as 1/30.")
    return int(nth)
