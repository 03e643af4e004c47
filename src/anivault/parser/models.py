"""What a file name says: its numbers, the record that rules and engines fill, the Protocol of engines."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, TypeAlias

import msgspec

# A number as printed: 7, 12.5, or text where it carries a letter ("01b").
Number: TypeAlias = int | float | str

YEARS = range(1950, 2036)  # four digits that are a year before they are an episode


def number(text: str) -> Number:
    """A printed number: int, float, or text where it carries a letter ("01b")."""
    if text.isdecimal():
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text


# How sure readings are, as the share of them that is right on labelled names that no rule was written on
# (scripts/measure_parser.py kinds). The rest of what seems sure is names that can be read in two ways.
SURE = 0.97  # nothing casts doubt on it
GUESSED = 0.94  # a number that is an episode only by its place
UNNAMED = 0.75  # without a title, which may be there all the same


class VideoType(StrEnum):
    """What kind of video a name announces."""

    TV = "TV"
    MOVIE = "Movie"
    OVA = "OVA"
    ONA = "ONA"
    SPECIAL = "Special"
    OP = "OP"
    ED = "ED"
    PV = "PV"
    CM = "CM"
    MENU = "Menu"
    INTERVIEW = "Interview"
    BEHIND_THE_SCENES = "Behind the Scenes"
    DELETED_SCENE = "Deleted Scene"
    FEATURETTE = "Featurette"
    SCENE = "Scene"
    SHORT = "Short"
    CLIP = "Clip"
    EXTRA = "Extra"  # of a kind that nothing says
    SAMPLE = "Sample"


# Videos that belong to a show but are no episode of it: no server may list them as one.
EXTRAS = frozenset(
    {
        VideoType.OP, VideoType.ED, VideoType.PV, VideoType.CM, VideoType.MENU, VideoType.INTERVIEW,
        VideoType.BEHIND_THE_SCENES, VideoType.DELETED_SCENE, VideoType.FEATURETTE, VideoType.SCENE,
        VideoType.SHORT, VideoType.CLIP, VideoType.EXTRA, VideoType.SAMPLE,
    }
)  # fmt: skip


class ParseResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False, gc=False):
    """The fields found in one name; None or empty where it says nothing.

    `titles` holds every title the name carries, `title` the first of them, in their original
    spelling. `printed` are those that name a show, with the mark that ends them in the name (*Nisekoi:*);
    where there is no such title, what stands in brackets. `episodes` are numbers as printed, a range as its
    two ends; `absolute` a second number of the same episodes. `said` names, by field, the engine or rule
    that set it.
    """

    title: str | None = None
    titles: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    season: int | None = None
    seasons: tuple[int, ...] = ()  # only when the name states several
    episodes: tuple[Number, ...] = ()
    absolute: tuple[Number, ...] = ()
    type: VideoType | None = None
    episode_title: str | None = None
    group: str | None = None
    resolution: str | None = None
    source: str | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    crc32: str | None = None
    year: int | None = None
    version: int | None = None
    part: int | None = None
    streamed: bool = False  # the name says that it was copied from a stream, or is new this season
    disc: int | None = None  # of one film or episode that was cut up: cd1, disc 2
    folder_titles: tuple[str, ...] = ()  # titles of the folders above, nearest first; trusted less
    engine: str = ""
    said: dict[str, str] = {}
    confidence: float = SURE  # the share of such readings that is right


class Engine(Protocol):
    """Parses one file name, never a path. Registered as an entry point in `anivault.parsers`.

    It runs in a process of its own; one of AniVault's may state `in_process = True`: that it always returns.
    docs/plugins.md has an example.
    """

    name: str

    def parse(self, name: str) -> ParseResult:
        """Read `name` (at most 255 bytes of UTF-8, no lone surrogates). May raise; the caller contains it."""
        ...
