"""Read what names in a library say, whoever gave them: of a show's folder, and of a video. Pure.

In: folders and files. Out: title, year and ids of a show; the season that a folder is of; `S01E02`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from anivault.core.models import Candidate, ScannedFile
from anivault.core.planning.naming.characters import fold
from anivault.shared import regex as re

_EPISODES = re.compile(
    r"(?<![a-z0-9])s(\d{1,4})[ ._-]*((?:-?[ ._]*ex?p?\d{1,4})+)(?:-(\d{1,4})(?![0-9pi]))?", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+")
_SEASON = re.compile(r"(?:season|staffel|saison|series|s)[ ._-]*0*(\d{1,4})|(specials?)", re.IGNORECASE)
_TAG = re.compile(r"[\[{(](tm|tv|im|ani)db(?:id)?[-= ](\w+)[\]})]", re.IGNORECASE)
_TAGGED = re.compile(r"[\[{][^\]}]*[\]}]")
_YEAR = re.compile(r"\((\d{4})\)\s*\Z")
_WORDS = re.compile(r"[\W_]+")
_EXTRAS = frozenset(
    {
        "shorts", "trailers", "featurettes", "interviews", "extras", "other", "others", "scenes", "clips",
        "behind the scenes", "deleted scenes", "samples", "backdrops", "theme-music",
    }
)  # fmt: skip


class Holding(NamedTuple):
    """One video of a show's folder; `episodes` are empty for a film."""

    file: ScannedFile
    season: int
    episodes: tuple[int, ...]


class Named(NamedTuple):
    """What a show's folder says by its name."""

    title: str
    year: int | None
    ids: Mapping[str, str]  # by provider

    def may_be(self, show: Candidate, *, alone: bool) -> bool:
        """Whether nothing in it speaks against a show; `alone`: no other has its title."""
        if show.provider in self.ids or self.ids.get("anidb", "") not in {"", *_anidb(show)}:
            return False  # one with the show's own id is found by that
        return self.year == show.year if self.year is not None else alone or show.year is None


def show_folder(folder: str, seasons: Collection[str] = ()) -> tuple[str | None, int | None]:
    """The show's folder that a video's folder is or lies in, and the season that the latter names.

    `seasons`: names, in lower case, of folders that hold all seasons of a show.
    """
    above, _, name = folder.rpartition("/")
    if not folder or name.lower() in _EXTRAS:
        return None, None
    if name.lower() in seasons:
        return above or None, None
    if found := _SEASON.fullmatch(name):
        return above or None, int(found[1]) if found[1] else 0
    return folder, None


def by_name(file: ScannedFile, season: int | None) -> Holding | None:
    """What a video's own name says: `S01E02`, `s01e02-e03`, `S01E02-03`; else a film, outside of seasons."""
    found = _EPISODES.search(file.name)
    if not found:
        return Holding(file, 0, ()) if season is None else None
    numbers = [int(number) for number in _NUMBER.findall(found[2])]
    last = int(found[3]) if found[3] else numbers[-1]
    return Holding(file, int(found[1]), tuple(range(numbers[0], max(last, numbers[0]) + 1)))


def tags(name: str) -> dict[str, str]:
    """The ids in a folder's name, by provider: `[tmdbid-123]`."""
    return {f"{found[1].lower()}db": found[2] for found in _TAG.finditer(name)}


def named_in_full(name: str) -> str:
    """What a show's folder is called, without ids and year; other brackets may be part of a title."""
    return _YEAR.sub("", _TAG.sub("", name).strip())


def bare(folder: str) -> str:
    """What a show's folder is called, without ids and year."""
    return _YEAR.sub("", _TAGGED.sub("", folder.rpartition("/")[2]).strip())


def named_by(folder: str) -> Named:
    name = folder.rpartition("/")[2]
    year = _YEAR.search(_TAGGED.sub("", name).strip())
    return Named(plain(bare(folder)), int(year[1]) if year else None, tags(name))


def _anidb(show: Candidate) -> Iterator[str]:
    return (str(entry.ids["anidb"]) for entry in show.entries if "anidb" in entry.ids)


def titles_of(show: Candidate) -> list[str]:
    """What a folder of this show may be called, in the order of trust, without marks."""
    every = [*show.titles, *(title for entry in show.entries for title in entry.titles)]
    return list(dict.fromkeys(filter(None, map(plain, (show.title, *(title.text for title in every))))))


@lru_cache(maxsize=1024)  # the titles of a show are asked for several times
def plain(title: str) -> str:
    return _WORDS.sub(" ", fold(title)).strip()
