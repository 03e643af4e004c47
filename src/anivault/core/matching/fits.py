"""How well a show fits a release: the parts of its score, what each weighs, and how they are summed up. Pure.

The title is the ceiling, and the mean of the other parts can only lower it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from anivault.core.matching.places.placed import Counting, PlacedEntry
from anivault.core.models import Candidate, Score

WEIGHTS: Mapping[str, float] = {
    "agreement": 4,
    "folder": 4,
    "name": 3,
    "season": 4,
    "year": 5,
    "type": 3,
    "numbers": 3,
    "era": 1,
}
POSSIBLE = 0.75  # the least for numbers that a show has, whatever they count from
POPULARITY = 1e-6  # below every other difference that a score can show


class Fit(msgspec.Struct, frozen=True, gc=False):
    """A candidate, its timeline and the slot that fits best, with how the release counts."""

    candidate: Candidate
    slots: tuple[PlacedEntry, ...]
    slot: PlacedEntry
    counting: Counting
    score: Score
    season: int | None = None  # of the show, as the name says
    seasons: frozenset[int] = frozenset()  # all that the names say


def score(parts: Mapping[str, float | None], popularity: float = 0.0) -> Score:
    """Weigh the parts that speak: 0.0 is unrelated, 1.0 is certain.

    The title is the ceiling that the mean of the other parts can only lower: no year or number makes
    up for another title. Popularity only breaks ties.
    """
    spoken = {name: part for name, part in parts.items() if part is not None}
    rest = [n for n in spoken if n != "title"]
    mean = sum(WEIGHTS[n] * spoken[n] for n in rest) / sum(WEIGHTS[n] for n in rest) if rest else 1.0
    return Score(spoken["title"] * mean + POPULARITY * popularity / (1 + popularity), spoken)
