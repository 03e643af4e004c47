"""What matching asks of a provider; catalogue, TMDB and plug-ins satisfy it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from anivault.core.models import Candidate, Query


class Source(Protocol):
    """Proposes candidates. Registered as an entry point in `anivault.providers` (docs/plugins.md)."""

    name: str

    def find(self, queries: Sequence[Query]) -> list[list[Candidate]]:
        """Return the candidates for each query, in the order of `queries`.

        Generous and unordered: scoring is not the source's task. One batch a run, so that a
        source may ask once for what several releases need. A source that cannot answer returns
        what it has; it never raises for one bad query.
        """
        ...

    def get(self, provider: str, media_type: str, id: int) -> Candidate | None:  # noqa: A002 - the field's name
        """Return the one show or film that a pin names; None where this source does not know it."""
        ...


class Steady(Source, Protocol):
    """A source that answers as it did before, as long as its `version` is the same."""

    version: str

    def reopen(self) -> None:
        """Open it again, in a process that was forked from the one that opened it."""
        ...


def steady(sources: Sequence[Source]) -> list[Steady]:
    """Return the sources if all are steady: then verdicts are remembered, and several processes ask."""
    return cast(list[Steady], sources) if all(hasattr(source, "version") for source in sources) else []
