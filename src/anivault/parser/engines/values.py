"""From the loose values that foreign parsers return to the fields of a ParseResult."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from anivault.parser.models import Number, ParseResult, VideoType, number
from anivault.parser.vocabulary import TYPES

MOST_SEASONS = 30  # more is no range of seasons but another number

_KINDS = TYPES | {"tv": VideoType.TV, "oad": VideoType.OVA, "sp": VideoType.SPECIAL, "ona": VideoType.ONA}


def result(engine: str, **found: Any) -> ParseResult:
    """Build a result: each value may be missing, single or a list, a number or its text."""
    titles = tuple(texts(found.get("title")))
    seasons = span(_integers(found.get("season")))
    kinds = (_KINDS.get(word.lower()) for word in texts(found.get("type")))
    return ParseResult(
        title=_first(titles),
        titles=titles,
        season=_first(seasons),
        seasons=seasons if len(seasons) > 1 else (),
        episodes=ends(numbers(found.get("episodes"))),
        absolute=tuple(numbers(found.get("absolute"))),
        type=_first(filter(None, kinds)),
        **{field: _first(texts(found.get(field))) for field in _TEXTS},
        **{field: _first(_integers(found.get(field))) for field in _INTEGERS},
        engine=engine,
    )


_TEXTS = ("episode_title", "group", "resolution", "source", "video_codec", "audio_codec", "crc32")
_INTEGERS = ("year", "version", "part")


def texts(value: Any) -> list[str]:
    """The texts in a value that may be None, one or several."""
    items = value if isinstance(value, list | tuple) else [value]
    return [str(item) for item in items if item not in (None, "")]


def numbers(value: Any) -> list[Number]:
    """The numbers in it; a whole float is an integer."""
    found = (number(text.strip()) for text in texts(value))
    return [int(n) if isinstance(n, float) and n.is_integer() else n for n in found]


def span(seasons: Sequence[int]) -> tuple[int, ...]:
    """Every season of a range that is told by its two ends, as the rules read `S1-S4`."""
    if len(seasons) == 2 and seasons[0] < seasons[1] <= seasons[0] + MOST_SEASONS:
        return tuple(range(seasons[0], seasons[1] + 1))
    return tuple(seasons)


def ends(episodes: Sequence[Number]) -> tuple[Number, ...]:
    """The two ends of a range that is told number by number."""
    first = episodes[0] if len(episodes) > 2 else None
    if isinstance(first, int) and [*episodes] == [*range(first, first + len(episodes))]:
        return first, episodes[-1]
    return tuple(episodes)


def _integers(value: Any) -> list[int]:
    return [n for n in numbers(value) if isinstance(n, int)]


def _first(items: Iterable[Any]) -> Any:
    return next(iter(items), None)
