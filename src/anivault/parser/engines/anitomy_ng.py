"""anitomy-ng, the default engine: a compiled parser, about 10 us a name.

In: one file name. Out: a ParseResult. Touches nothing.
"""

from __future__ import annotations

from typing import Any

# The compiled module itself: the package's own wrapper makes an enum and a dataclass of every
# element, which costs twice the parsing. A test compares the two.
from anitomy_ng._anitomy import parse as _parse

from anivault.parser.engines.values import span
from anivault.parser.models import ParseResult, number
from anivault.parser.vocabulary import TYPES

# Its element -> our field, for those that are one text or one whole number.
_TEXTS = {
    "episode_title": "episode_title",
    "release_group": "group",
    "video_resolution": "resolution",
    "source": "source",
    "video_term": "video_codec",
    "audio_term": "audio_codec",
    "file_checksum": "crc32",
}
_INTEGERS = {"year": "year", "release_version": "version", "part": "part"}


class AnitomyNg:
    """Reads a name with anitomy-ng."""

    name = "anitomy-ng"
    in_process = True  # linear in compiled code: no name of a million fuzzed ones stalled or crashed it

    def parse(self, name: str) -> ParseResult:
        """Read one name."""
        fields: dict[str, Any] = {}
        many: dict[str, list[str]] = {}
        for element in _parse(name):
            kind, value = element.kind, element.value
            if (text := _TEXTS.get(kind)) is not None:
                fields.setdefault(text, value)
            elif (integer := _INTEGERS.get(kind)) is not None and value.isdecimal():
                fields.setdefault(integer, int(value))
            else:
                many.setdefault(kind, []).append(value)
        return _result(fields, many)


def _result(fields: dict[str, Any], many: dict[str, list[str]]) -> ParseResult:
    titles = tuple(many.get("title", ()))
    seasons = span([int(n) for n in many.get("season", ()) if n.isdecimal()])
    kinds = (TYPES.get(word.lower()) for word in many.get("type", ()))
    return ParseResult(
        **fields,
        title=titles[0] if titles else None,
        titles=titles,
        season=seasons[0] if seasons else None,
        seasons=seasons if len(seasons) > 1 else (),
        episodes=tuple(number(n) for n in many.get("episode", ())),
        type=next(filter(None, kinds), None),
        engine=AnitomyNg.name,
    )
