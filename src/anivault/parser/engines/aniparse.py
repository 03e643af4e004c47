"""aniparse: weighs rules by probability. It crashes on superscripts, so it runs guarded."""

from __future__ import annotations

from typing import Any

import aniparse

from anivault.parser.engines import values
from anivault.parser.models import ParseResult


class Aniparse:
    """Reads a name with aniparse."""

    name = "aniparse"
    in_process = False

    def parse(self, name: str) -> ParseResult:
        """Read one name; of several series in it the first."""
        found: dict[str, Any] = aniparse.parse(name) or {}
        series: dict[str, Any] = next(iter(found.get("series") or []), {})
        heights = [
            f"{r['video_height']}{r.get('scan_method', 'p')}"
            for r in found.get("video_resolution") or []
            if r.get("video_height")
        ]
        return values.result(
            self.name,
            title=series.get("title"),
            season=_each(series.get("season"), "number"),
            episodes=_each(series.get("episode"), "number"),
            type=_each(series.get("type"), "type") or series.get("content_type"),
            episode_title=_each(series.get("episode"), "title"),
            group=found.get("release_group"),
            resolution=heights,
            source=found.get("source"),
            video_codec=found.get("video_term"),
            audio_codec=found.get("audio_term"),
            crc32=found.get("file_checksum"),
            year=_each(series.get("year"), "number"),
            version=found.get("release_version"),
        )


def _each(items: Any, key: str) -> list[Any]:
    """The values of one key: of each item, or of its two ends where it is a range."""
    return [item[key] for either in items or [] for item in _ends(either) if item.get(key) is not None]


def _ends(item: Any) -> list[dict[str, Any]]:
    """An item, or the first and the last of a range."""
    both = [item, item.get("start"), item.get("end")] if isinstance(item, dict) else []
    return [each for each in both if isinstance(each, dict)]
