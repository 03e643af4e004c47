"""Say which of several videos for one place is better, and why. Pure.

In: matched videos and a preset's order of preference. Out: the same videos, best first; words for the reason.
A later version counts among the files of one release group, where it replaces the earlier; between groups
the preset's `prefer` decides, and at last the path, so that the order of a scan never does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from anivault.core.models import MatchedFile
from anivault.core.planning.naming import Preset

_HEIGHT = re.compile(r"(?:\d{3,5}\s*[xX×]\s*)?(\d{3,5})")
_SOURCES = ("cam", "vhs", "tv", "dvd", "web", "blu", "bd", "uhd")

_Rank = Callable[[MatchedFile, Preset], int]
RANKS: dict[str, tuple[_Rank, str]] = {
    "group": (lambda item, preset: _group_rank(item.parsed.group, preset.groups), "a preferred group"),
    "resolution": (lambda item, _: lines(item.parsed.resolution), "a higher resolution"),
    "source": (lambda item, _: source_rank(item.parsed.source), "a better source"),
    "version": (lambda item, _: item.parsed.version or 1, "a later version"),
    "larger": (lambda item, _: _size(item), "a larger file"),
    "smaller": (lambda item, _: -_size(item), "a smaller file"),
}


def best_first(items: Sequence[MatchedFile], preset: Preset) -> list[int]:
    """Return the positions of `items`, best first."""
    latest: dict[tuple[str, str], int] = {}
    for item in items:
        release = _release(item)
        latest[release] = max(latest.get(release, 0), item.parsed.version or 1)
    replaced = [(item.parsed.version or 1) < latest[_release(item)] for item in items]

    def key(position: int) -> tuple[bool, list[int], str]:
        item = items[position]
        return replaced[position], [-rank for rank in _ranks(item, preset)], item.file.path

    return sorted(range(len(items)), key=key)


def advantage(winner: MatchedFile, other: MatchedFile, preset: Preset) -> str:
    """Why `winner` goes first, in words."""
    if best_first([winner, other], preset)[0] == 1:
        return "it is in the library already"
    if _release(winner) == _release(other) and (winner.parsed.version or 1) > (other.parsed.version or 1):
        return "a later version"
    pairs = zip(preset.prefer, _ranks(winner, preset), _ranks(other, preset), strict=True)
    return next((RANKS[name][1] for name, ours, theirs in pairs if ours != theirs), "its path sorts first")


def _release(item: MatchedFile) -> tuple[str, str]:
    return ("group", item.parsed.group) if item.parsed.group else ("folder", item.file.folder)


def _ranks(item: MatchedFile, preset: Preset) -> list[int]:
    return [RANKS[name][0](item, preset) for name in preset.prefer]


def _group_rank(group: str | None, groups: Sequence[str]) -> int:
    wanted = [name.casefold() for name in groups]
    return len(wanted) - wanted.index(group.casefold()) if group and group.casefold() in wanted else 0


def _size(item: MatchedFile) -> int:
    return item.file.identity.size if item.file.identity else 0


def lines(resolution: str | None) -> int:
    """`1080p` and `1920x1080` are 1080, `4K` is 2160; 0 when unknown."""
    text = (resolution or "").lower()
    if text in {"4k", "uhd", "8k"}:
        return 4320 if text == "8k" else 2160
    found = _HEIGHT.search(text)
    return int(found[1]) if found else 0


def source_rank(source: str | None) -> int:
    """Discs before web before television; 0 when unknown."""
    text = (source or "").lower()
    return max((rank for rank, word in enumerate(_SOURCES, 1) if word in text), default=0)
