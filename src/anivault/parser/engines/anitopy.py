"""anitopy, the founding choice: pure Python, about 400 us a name.

It crashes on some real names and loops forever on others (`Show 2 -`), so it never runs in this process.
"""

from __future__ import annotations

import anitopy

from anivault.parser.engines import values
from anivault.parser.models import ParseResult


class Anitopy:
    """Reads a name with anitopy."""

    name = "anitopy"
    in_process = False

    def parse(self, name: str) -> ParseResult:
        """Read one name."""
        found = anitopy.parse(name) or {}
        return values.result(
            self.name,
            title=found.get("anime_title"),
            season=found.get("anime_season"),
            episodes=found.get("episode_number"),
            absolute=found.get("episode_number_alt"),
            type=found.get("anime_type"),
            episode_title=found.get("episode_title"),
            group=found.get("release_group"),
            resolution=found.get("video_resolution"),
            source=found.get("source"),
            video_codec=found.get("video_term"),
            audio_codec=found.get("audio_term"),
            crc32=found.get("file_checksum"),
            year=found.get("anime_year"),
            version=found.get("release_version"),
        )
