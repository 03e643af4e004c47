"""How one server wants its library: the keys of a preset."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from anivault.core.planning.naming.characters import Spelling
from anivault.core.planning.naming.misread import Server
from anivault.parser.models import VideoType

Flag: TypeAlias = Literal["default", "forced", "sdh"]


class Preset(Spelling, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one server wants its library. docs/naming.md has every key."""

    show: str
    season: str
    episode: str
    film: str
    extras: dict[VideoType, str]  # kind -> folder in that of the show or film
    season_poster: str  # relative to the show, as is the next
    specials_poster: str
    logo: str = "clearlogo"  # the picture of a show's or film's title; "" where the server shows none
    thumb: Literal["", "-thumb"]  # what follows an episode's name in that of its still
    plexmatch: bool = False  # write .plexmatch where NFO files are wanted
    name_episodes: bool = False  # NFO: a server without a provider leaves out episodes without a title
    hide_extras: bool = False  # NFO: write .nomedia beside a film's extras, which the server lists as films
    flags: dict[Flag, str]
    track: tuple[Flag | Literal["language"], ...] = ("language", "default", "sdh", "forced")  # their order
    film_fonts: str = "fonts"  # relative to a film, whose folder not every server reads with another in it
    # BCP 47 -> what this server reads, where that differs
    languages: dict[str, str] = msgspec.field(default_factory=dict)
    servers: tuple[Server, ...] = ("jellyfin", "plex", "emby", "kodi")  # who shall misread nothing
    versions: int = 99  # how many files of one episode or film the server takes
    titles: tuple[str, ...] = ()  # languages of {title}, best first; empty: the provider's choice
    name: str = ""
