"""What a video wants: its place, the episodes that it would be there, and what a release is chosen for."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import msgspec

from anivault.core.models import Held, Match, MatchedFile, Move, ShowId
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.naming.misread import Kind

Slot: TypeAlias = tuple[ShowId, int, int]  # show, season, episode; of a film both are 0
Scope: TypeAlias = tuple[ShowId, int]  # show and season
Outcome: TypeAlias = Move | Held


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a video should go: folder, name without extension, extension with its dot.

    `key` is folder and name folded: of videos with one key only one can go there, whatever its extension.
    """

    folder: str
    stem: str
    extension: str
    key: str

    @property
    def base(self) -> str:
        """The path relative to the library, without extension."""
        return f"{self.folder}/{self.stem}"

    @property
    def target(self) -> str:
        """The path relative to the library."""
        return f"{self.folder}/{self.stem}{self.extension}"

    def named(self, stem: str) -> Place:
        """The same folder, another name."""
        return Place(self.folder, stem, self.extension, fold(f"{self.folder}/{stem}"))

    def part(self, number: int) -> Place:
        """The place of one part of what was cut up."""
        return self.named(f"{self.stem} - cd{number}")


class Folder(NamedTuple):
    """A folder for videos, and the same folded."""

    path: str
    key: str


class Home(NamedTuple):
    """Where a show or film lives; `season` is None for a film."""

    folder: str
    season: int | None


class Shelf(NamedTuple):
    """What all videos of one match share: their show, its folder, whose folder that is, and why there."""

    match: Match
    show: ShowId
    base: str
    owner: ShowId
    why: str
    seasons: dict[int, Folder]  # by number, as far as they were asked for


class Wanted(msgspec.Struct, frozen=True, gc=False):
    """A video on its way: the place that its match gives it, and the episodes that it would be there."""

    item: MatchedFile
    show: ShowId
    place: Place
    slots: tuple[Slot, ...]  # none for an extra
    base: str  # the folder of its show
    why: str = ""  # why there, in words

    @property
    def claims(self) -> tuple[object, ...]:
        """What only one file can have."""
        return (self.place.key, *self.slots)

    def clashes(self, other: Wanted) -> bool:
        """Whether only one of the two can be had."""
        return self.place.key == other.place.key or not set(self.slots).isdisjoint(other.slots)

    @property
    def scope(self) -> Scope:
        """What a release is chosen for: a season, a film; of extras, their show's."""
        return self.slots[0][:2] if self.slots else (self.show, -1)

    @property
    def episodes(self) -> str:
        """The episodes that it is, in words."""
        if not self.slots:
            return "this extra"
        if self.show.media_type == "movie":
            return "this film"
        (_, season, first), (_, _, last) = self.slots[0], self.slots[-1]
        return f"S{season:02}E{first:02}" + (f"-E{last:02}" if last != first else "")

    @property
    def kind(self) -> Kind:
        """What its name is of."""
        if not self.slots:
            return "extra"
        return "film" if self.show.media_type == "movie" else "episode"

    @property
    def season(self) -> str:
        """The season that it is of, in words."""
        if not self.slots:
            return "the extras"
        return _season(self.slots[0][1]) if self.show.media_type == "tv" else "this film"


@lru_cache(maxsize=256)
def _season(number: int) -> str:
    """The words once: a plan keeps them for each file that is held."""
    return f"season {number}"
