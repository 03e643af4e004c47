"""guessit: the general parser of film and series names, about 8 ms a name."""

from __future__ import annotations

from typing import Any

from guessit import guessit

from anivault.parser.engines import values
from anivault.parser.models import ParseResult


class Guessit:
    """Reads a name with guessit."""

    name = "guessit"
    in_process = False

    def parse(self, name: str) -> ParseResult:
        """Read one name, as an episode unless it says otherwise."""
        found: dict[str, Any] = dict(guessit(name))
        return values.result(
            self.name,
            title=found.get("title"),
            season=found.get("season"),
            episodes=found.get("episode") or found.get("absolute_episode"),
            absolute=found.get("absolute_episode") if found.get("episode") else None,
            type="movie" if found.get("type") == "movie" and found.get("year") else None,
            episode_title=found.get("episode_title"),
            group=found.get("release_group"),
            resolution=found.get("screen_size"),
            source=found.get("source"),
            video_codec=found.get("video_codec"),
            audio_codec=found.get("audio_codec"),
            crc32=found.get("crc32"),
            year=found.get("year"),
            version=found.get("version"),
            part=found.get("part"),
        )
