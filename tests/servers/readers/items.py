"""Which files of a folder servers make one item of: the parts of a film or episode, and its versions.

In: the folder's name, the names without extension of all videos in it that are no extras. Out: `part`,
`version` or `own-item` for one of them, or nothing where it is alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Head = Callable[[str], str | None]
_LAST = re.compile(r"(.*?)[ _.-]*(?:cd|dvd|pt|part|dis[ck])[ _.-]*(?:\d+|[a-d])\Z", re.IGNORECASE)
_WITHIN = re.compile(
    r"(.*?)[ _.-]*(?:cd|dvd|p(?:ar)?t|dis[ck])[ _.-]*(?:\d+|[a-d])(?![^\W_])(.*)\Z", re.IGNORECASE
)
_LETTER = re.compile(r"(.*?)[ ._-]+[a-d]\Z", re.IGNORECASE)
_EPISODE = re.compile(r"s(\d+)[\]\[ ._x-]*e(\d+)", re.IGNORECASE)


def at_the_end(stem: str) -> str | None:
    """Jellyfin: `Film - cd1`, `Film parta`; what the parts of one film share."""
    found = _LAST.match(stem)
    return found[1].lower() if found else None


def anywhere(stem: str) -> str | None:
    """Emby, Kodi: words may follow, and one letter is enough: `Film - CD1 DB`, `Film - a`."""
    found = _WITHIN.match(stem)
    if found:
        return f"{found[1]}/{found[2]}".lower()
    letter = _LETTER.match(stem)
    return letter[1].lower() if letter else None


def of_film(folder: str, stem: str, others: Sequence[str], head: Head, labels: str) -> str | None:
    """What a film's file is; `labels` are the signs that begin the label of a version; "": there are none."""
    if not others:
        return None
    every = [stem, *others]
    items = {head(one) or one for one in every if _is_part(one, every, head)}
    items |= {one for one in every if not _is_part(one, every, head)}
    if len(items) > 1 and labels and all(_is_labelled(one, folder, labels) for one in every):
        return "version"
    return "part" if _is_part(stem, every, head) else "own-item"


def of_episode(stem: str, others: Sequence[str], head: Head, *, joins: bool) -> str | None:
    """What an episode's file is; `joins`: files that begin with the same episode are versions of one."""
    every = [stem, *others]
    is_part = _is_part(stem, every, head)
    same = [one for one in every if joins and _first(one) and _first(one) == _first(stem)]
    items = {(head(one) or one) if _is_part(one, every, head) else one for one in same}
    if len(items) > 1:
        return "version"
    return "part" if is_part else None


def _first(stem: str) -> tuple[int, int] | None:
    found = _EPISODE.search(stem)
    return (int(found[1]), int(found[2])) if found else None


def _is_part(stem: str, every: Sequence[str], head: Head) -> bool:
    mine = head(stem)
    return mine is not None and any(head(one) == mine for one in every if one != stem)


def _is_labelled(stem: str, folder: str, labels: str) -> bool:
    rest = stem.removeprefix(folder)
    return stem.startswith(folder) and (not rest or rest.lstrip(" ")[:1] in labels or rest[0] in labels)
