"""Tell which episodes of a library had no title when they were named, and have one by now. Pure.

In: what runs have put into the library, what a provider says today, a preset. Out: their places there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from anivault.core.models import Candidate, MatchedFile, ShowId
from anivault.core.planning.library import Origin, show_of, slots_of
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.naming.template import fields_of, parse_template
from anivault.shared import regex as re

_NUMBERS = re.compile(r"s\d+e\d+(?:-?e\d+)*", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"(?:tb[ad]|episode\s*\d+|第\d+話)?", re.IGNORECASE)


def retitled(origins: Mapping[str, Origin], files: Sequence[MatchedFile], preset: Preset) -> Iterator[str]:
    """Yield the episodes of the shows of `files` whose names could have a title now."""
    shows = _titled(files)
    if not shows or "episode_title" not in fields_of(parse_template(preset.episode)[-1]):
        return
    for rel, origin in origins.items():
        key = show_of(origin.metadata)
        show = shows.get(key) if key else None
        if show and _is_untitled(rel) and _has_title(origin, show):
            yield rel


def _titled(files: Sequence[MatchedFile]) -> dict[ShowId, Candidate]:
    """The shows of which titles of episodes are known."""
    shows = {item.match.best.candidate.key: item.match.best.candidate for item in files if item.match.best}
    return {key: show for key, show in shows.items() if show.episode_titles}


def _is_untitled(rel: str) -> bool:
    stem = rel.rpartition("/")[2].rpartition(".")[0]
    found = _NUMBERS.search(stem)
    return found is not None and _PLACEHOLDER.fullmatch(stem[found.end() :].strip(" -'")) is not None


def _has_title(origin: Origin, show: Candidate) -> bool:
    slots = slots_of(origin.metadata)
    return any(f"S{season:02}E{episode:02}" in show.episode_titles for _, season, episode in slots)
