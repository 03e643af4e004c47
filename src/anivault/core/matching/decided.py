"""Decide whether what a run decided about a file still stands. Pure but for what sources do.

In: what the journal keeps of the decision (show, season, episodes, and a checksum of the words in its
name), and a verdict of today. Out: whether they are one, and the verdict that the journal alone tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from anivault.core.matching.releases import each, evidence
from anivault.core.matching.scoring import rank
from anivault.core.matching.source import Source
from anivault.core.models import (
    Candidate,
    Coordinates,
    Decision,
    Match,
    MatchedFile,
    ParsedFile,
    Ranked,
    Score,
)

_DECIDED = re.compile(
    r"(?P<provider>[a-z]+):(?P<media>tv|movie):(?P<id>\d+)(?::S(?P<season>\d+)(?P<episodes>(?:E\d+)+))?:\w+"
)
RULE = "A run has decided it."


def is_same(one: str | None, other: str | None) -> bool:
    """Whether two decisions are one show and place; the words in names may have changed."""
    return bool(one and other) and (one or "").rpartition(":")[0] == (other or "").rpartition(":")[0]


def settled(item: MatchedFile) -> MatchedFile:
    """The verdict that a run has come to before: what is unsure of it today was sure then."""
    return replace(item, decision=Decision.MATCHED)


def recalled(item: MatchedFile, decided: str, sources: Sequence[Source]) -> MatchedFile | None:
    """The verdict as the journal tells it; None where no source knows the show any more."""
    found = _DECIDED.fullmatch(decided)
    if found is None:
        return None
    show = _show(found["provider"], found["media"], int(found["id"]), sources)
    if show is None:
        return None
    fits = rank(evidence(each([ParsedFile(item.file, item.parsed)])[0]), [show])
    ranked = Ranked(show, Score(1.0, {}), fits[0].slot.entry if fits else None)
    match = Match(Decision.MATCHED, 1.0, (ranked,), (RULE,))
    return MatchedFile(item.file, item.parsed, match, Decision.MATCHED, _places(found, show), (RULE,))


def _show(provider: str, media: str, number: int, sources: Sequence[Source]) -> Candidate | None:
    return next(filter(None, (source.get(provider, media, number) for source in sources)), None)


def _places(found: re.Match[str], show: Candidate) -> tuple[Coordinates, ...]:
    if found["season"] is None:
        return ()
    season = int(found["season"])
    return tuple(
        Coordinates(season=season, episode=int(n), title=show.episode_titles.get(f"S{season:02}E{int(n):02}"))
        for n in found["episodes"].split("E")[1:]
    )
