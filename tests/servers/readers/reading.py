"""What the test readers say of a path, and what they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Reading(NamedTuple):
    """What a server makes of a video."""

    kind: str  # episode, film, extra, nothing
    show: str = ""  # the folder of the show or film
    id: tuple[str, int] | None = None
    season: int | None = None
    episodes: tuple[int, ...] = ()
    part: int | None = None
    is_date: bool = False  # of a day, not of a number


class Words(NamedTuple):
    """What a server makes of a subtitle's name."""

    language: str = ""
    forced: bool = False
    sdh: bool = False
    default: bool = False


VIDEOS = (".mkv", ".mp4", ".avi", ".3gp", ".ts", ".m4v", ".webm")


def split(path: str) -> tuple[str, list[str], str]:
    """The library (Shows, Movies), the folders below it, the name without extension.

    What lies in no folder has its own name for one.
    """
    library, *folders, name = path.split("/")
    stem = name.rpartition(".")[0]
    return library, folders or [stem], stem


def near(path: str, beside: Sequence[str]) -> list[str]:
    """The videos that lie in the same folder."""
    folder = path.rpartition("/")[0]
    return [other for other in beside if other.endswith(VIDEOS) and other.rpartition("/")[0] == folder]
