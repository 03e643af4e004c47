"""Settle what several readers of one name say, field by field.

The rules' own reading counts two and a half, each engine one: it takes three engines that agree to
overrule the rules. A reader that finds nothing votes for nothing. Fields that decide no place
in a library are filled by the first reader that has them. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from anivault.parser.models import SURE, ParseResult
from anivault.shared import regex as re

OWN_WEIGHT = 2.5  # two engines that agree are wrong more often than the rules: scripts/measure_parser.py

# How many guesses of the rules are right, by the number of fields that an engine disputes (as SURE).
GUESSES = (0.96, 0.94, 0.7, 0.6)

_FILLED = ("type", "group", "resolution", "source", "video_codec", "audio_codec", "crc32", "year", "version")
_PUNCTUATION = re.compile(r"[\W_]+")


def settle(own: ParseResult, others: Sequence[ParseResult]) -> ParseResult:
    """Combine the readings."""
    changes: dict[str, Any] = {}
    said = dict(own.said)
    shares = []
    for field, (key, fields) in _VOTED.items():
        winner, share = _winner(own, others, key)
        shares.append(share)
        if winner is not own:
            changes |= {name: getattr(winner, name) for name in fields}
            said[field] = winner.engine
    for field in _open_fields(own):
        if (first := next((r for r in others if getattr(r, field) is not None), None)) is not None:
            changes[field] = getattr(first, field)
            said[field] = first.engine
    engine = "+".join([own.engine, *(r.engine for r in others)])
    return replace(
        own,
        **changes,
        said=said,
        engine=engine,
        confidence=_confidence(own, others, shares),
    )


def _open_fields(own: ParseResult) -> list[str]:
    """What the rules leave open; `01-12 + OVA` is of no one kind."""
    several = len(own.episodes) > 1
    return [f for f in _FILLED if getattr(own, f) is None and not (several and f == "type")]


def _confidence(own: ParseResult, others: Sequence[ParseResult], shares: Sequence[float]) -> float:
    """A guess is the surer the fewer fields are disputed; the share of votes counts where several vote."""
    limit = SURE if own.confidence >= SURE else GUESSES[sum(share < 1.0 for share in shares)]
    return min(sum(shares) / len(shares), limit) if len(others) > 1 else limit


def _title(result: ParseResult) -> object:
    return _PUNCTUATION.sub(" ", result.title.casefold()).strip() if result.title else None


def _season(result: ParseResult) -> object:
    return result.seasons or result.season


def _episodes(result: ParseResult) -> object:
    numbers = [float(n) if isinstance(n, int | float) else n for n in result.episodes]
    return (numbers[0], numbers[-1]) if numbers else None


_VOTED: dict[str, tuple[Callable[[ParseResult], object], tuple[str, ...]]] = {
    "title": (_title, ("title", "titles", "printed")),
    "season": (_season, ("season", "seasons")),
    "episodes": (_episodes, ("episodes", "absolute")),
}


def _winner(
    own: ParseResult, others: Sequence[ParseResult], key: Callable[[ParseResult], object]
) -> tuple[ParseResult, float]:
    """The reading with the most votes, the rules' own where it is even; and its share of them."""
    votes: dict[object, float] = {}
    for result, weight in [(own, OWN_WEIGHT), *((r, 1.0) for r in others)]:
        votes[key(result)] = votes.get(key(result), 0.0) + weight
    best = max(votes, key=lambda value: (votes[value], value == key(own)))
    winner = next(result for result in (own, *others) if key(result) == best)
    return winner, votes[best] / sum(votes.values())
