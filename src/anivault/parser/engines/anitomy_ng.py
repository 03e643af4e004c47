"""anitomy-ng, the default engine: a compiled parser, about 10 us a name.

In: one file name. Out: a ParseResult. Touches nothing.
"""

from __future__ import annotations

from collections import defaultdict

# The compiled module itself: the package's own wrapper makes an enum and a dataclass of every
# element, which costs twice the parsing. A test compares the two.
from anitomy_ng._anitomy import parse as _parse

from anivault.parser.engines import values
from anivault.parser.models import ParseResult


class AnitomyNg:
    """Reads a name with anitomy-ng."""

    name = "anitomy-ng"
    in_process = True  # linear in compiled code: no name of a million fuzzed ones stalled or crashed it

    def parse(self, name: str) -> ParseResult:
        """Read one name."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for element in _parse(name):
            found[element.kind].append(element.value)
        return values.result(
            self.name,
            title=found["title"],
            season=found["season"],
            episodes=found["episode"],
            type=found["type"],
            episode_title=found["episode_title"],
            group=found["release_group"],
            resolution=found["video_resolution"],
            source=found["source"],
            video_codec=found["video_term"],
            audio_codec=found["audio_term"],
            crc32=found["file_checksum"],
            year=found["year"],
            version=found["release_version"],
            part=found["part"],
        )
