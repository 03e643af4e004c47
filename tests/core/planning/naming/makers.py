"""One show, one episode, and what a template makes of them."""

from __future__ import annotations

from typing import Any

from anivault.core.models import Coordinates, Entry
from anivault.core.planning.naming.fields import Subject
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from anivault.parser.models import ParseResult
from tests.core.records import show

BLEACH = show(
    30984, "Bleach", 2004, titles={"ja": "ブリーチ", "ja-Latn": "Burīchi", "en": "Bleach: The Soul"}
)


ENTRY = Entry(key="e", titles=(), type="tv", ids={"anidb": 2369, "mal": 269, "anilist": 270})


PARSED = ParseResult(
    group="Group", resolution="1080p", source="BD", video_codec="HEVC", audio_codec="FLAC", version=2,
    crc32="ABCD1234",
)  # fmt: skip


EPISODE = (Coordinates(season=2, episode=5, absolute=25, title="The End"),)


RANGE = tuple(Coordinates(season=1, episode=n, absolute=n + 20) for n in (1, 2, 3))


SUBJECT = Subject(BLEACH, ENTRY, PARSED, EPISODE)


def preset(name: str = "jellyfin", **keys: Any) -> Preset:
    return load_preset("mine", {"mine": {"base": name, **keys}})


def episode(template: str, subject: Subject = SUBJECT, name_max: int = 255, **keys: Any) -> str:
    """What `template` renders to, as the last component of an episode's name."""
    return (
        Namer(preset(episode=f"{{episode:0}} {template}", **keys), name_max)
        .episode(subject)
        .partition(" ")[2]
    )


FOLDERS = builtin_presets()["jellyfin"]["extras"]
