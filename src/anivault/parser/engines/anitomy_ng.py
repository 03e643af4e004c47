"""anitomy-ng, the default engine: a compiled parser, about 13 us a name.

In: one file name. Out: a ParseResult. Touches nothing.
"""

from __future__ import annotations

from collections import defaultdict

# The compiled module itself: the package's own wrapper makes an enum and a dataclass of every
# element, which costs 30 us a name, twice the parsing.
from anitomy_ng._anitomy import parse as _parse

from anivault.parser.models import Number, ParseResult, VideoType

_TYPES = {
    "movie": VideoType.MOVIE,
    "gekijouban": VideoType.MOVIE,
    "ova": VideoType.OVA,
    "oad": VideoType.OVA,
    "oav": VideoType.OVA,
    "ona": VideoType.ONA,
    "sp": VideoType.SPECIAL,
    "special": VideoType.SPECIAL,
    "specials": VideoType.SPECIAL,
    "tv": VideoType.TV,
    "op": VideoType.OP,
    "ncop": VideoType.OP,
    "opening": VideoType.OP,
    "ed": VideoType.ED,
    "nced": VideoType.ED,
    "ending": VideoType.ED,
    "pv": VideoType.PV,
    "preview": VideoType.PV,
    "menu": VideoType.MENU,
    "cm": VideoType.CM,
}


class AnitomyNg:
    """Reads a name with anitomy-ng."""

    name = "anitomy-ng"

    def parse(self, name: str) -> ParseResult:
        """Read one name."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for element in _parse(name):
            found[element.kind].append(element.value)
        titles = tuple(found["title"])
        seasons = tuple(int(n) for n in found["season"] if n.isdecimal())
        types = [_TYPES[word] for value in found["type"] if (word := value.lower()) in _TYPES]
        return ParseResult(
            title=titles[0] if titles else None,
            titles=titles,
            season=seasons[0] if seasons else None,
            seasons=seasons if len(seasons) > 1 else (),
            episodes=tuple(map(number, found["episode"])),
            type=types[0] if types else None,
            episode_title=_first(found["episode_title"]),
            group=_first(found["release_group"]),
            resolution=_first(found["video_resolution"]),
            source=_first(found["source"]),
            video_codec=_first(found["video_term"]),
            audio_codec=_first(found["audio_term"]),
            crc32=_first(found["file_checksum"]),
            year=_number(found["year"]),
            version=_number(found["release_version"]),
            part=_number(found["part"]),
            engine=self.name,
        )


def _first(values: list[str]) -> str | None:
    return values[0] if values else None


def _number(values: list[str]) -> int | None:
    return next((int(v) for v in values if v.isdecimal()), None)


def number(text: str) -> Number:
    """A printed number as a number; as text where it carries a letter."""
    if text.isdecimal():
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text
