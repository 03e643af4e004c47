"""How servers number a file whose name has no `S01E02`, as AniVault never calls one.

In: the folders below the library, the name without extension. Out: season, episodes, whether it is of a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Numbered(NamedTuple):
    """What a form says. Without `season` the folder counts."""

    season: int | None
    episodes: tuple[int, ...]
    is_date: bool = False


_CROSS = re.compile(
    r"(?<!\d)s?(\d{1,4})x(\d{1,4})(?!\d)((?:(?: - |-)?[xe]\d{1,3}(?![\dip]))*)", re.IGNORECASE
)
_WORDS = re.compile(r"season (\d+) episode (\d+)", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(?:\d{4}([._ -])\d\d\1\d\d|\d\d([._ -])\d\d\2\d{4})(?!\d)")
_LETTER = re.compile(r"(?<![^\W_])ep?(\d+)\Z", re.IGNORECASE)
_BRACKETED = re.compile(r"\A\[[^\]]*\].*? - (\d+)")
_BARE = re.compile(r"(?<=[._ -])(\d{1,2})(\d\d)(?=[._ -]|\Z)")
_FIRST, _LAST = re.compile(r"\A(\d{1,3})(?=[. -])"), re.compile(r"(?<= )(\d{1,3})\Z")
_DASHED = re.compile(r" - (\d{1,3})(?![\dx])")
_SPECIAL = re.compile(r"(?<![^\W_])sp(\d+)", re.IGNORECASE)
_MORE = "|säsong|seizoen|sezon|sezona|sezóna|sezonul|kausi|시즌|シーズン"  # the words that Jellyfin has since
_SEASON = (
    r"(?:season|series|staffel|saison|temporada|stagione|sæson|сезон{more})"
    r"[ ._-]*0*(\d+)\b.*|s0*(\d+)|(\d+)(?:st|nd|rd|th) season|(\d+)"
)


def _cross(stem: str) -> Numbered | None:
    """`2x03`, `02x03x04`, `02x03-E15`: the last number that follows is the last episode."""
    found = _CROSS.search(stem)
    if not found:
        return None
    more = re.findall(r"\d+", found[3])
    return Numbered(int(found[1]), (int(found[2]), *map(int, more[-1:])))


def _words(stem: str) -> Numbered | None:
    found = _WORDS.search(stem)
    return Numbered(int(found[1]), (int(found[2]),)) if found else None


def _day(stem: str) -> Numbered | None:
    return Numbered(None, (), is_date=True) if _DAY.search(stem) else None


def split_number(stem: str) -> Numbered | None:
    """`103` is S01E03."""
    found = _BARE.search(stem)
    return Numbered(int(found[1]), (int(found[2]),)) if found else None


def _by(*patterns: re.Pattern[str]) -> Callable[[str], Numbered | None]:
    """One number, of the folder's season."""

    def read(stem: str) -> Numbered | None:
        found = next((found for pattern in patterns if (found := pattern.search(stem))), None)
        return Numbered(None, (int("".join(found.groups())),)) if found else None

    return read


def _special(stem: str) -> Numbered | None:
    found = _SPECIAL.search(stem)
    return Numbered(0, (int(found[1]),)) if found else None


Form = Callable[[str], Numbered | None]
_ONE = _by(_LETTER, _FIRST, _DASHED, _LAST)
JELLYFIN: tuple[Form, ...] = (_cross, _words, _day, _by(_BRACKETED), split_number, _ONE)
JELLYFIN_12: tuple[Form, ...] = (_cross, _words, _day, _by(_BRACKETED, _BARE), _ONE)
EMBY: tuple[Form, ...] = (_cross, _words, _day, split_number, _by(_FIRST, _DASHED, _LAST))
PLEX: tuple[Form, ...] = (_cross, _special, _day, split_number, _ONE)


def read(forms: Sequence[Form], stem: str) -> Numbered | None:
    """What the first form says that fits."""
    return next((said for form in forms if (said := form(stem)) is not None), None)


def has_letter(stem: str) -> bool:
    """`E05`."""
    return _LETTER.search(stem) is not None


def season_of(folder: str, more: str = _MORE) -> int | None:
    """The season that a folder is for; `more` are words of further languages."""
    if folder.lower() == "specials":
        return 0
    found = re.fullmatch(_SEASON.replace("{more}", more), folder, re.IGNORECASE)
    return int(next(filter(None, found.groups()))) if found else None


def season_at_the_end(folder: str) -> int:
    """Plex: the number that a folder ends with, else 1."""
    found = re.search(r"(\d+)\Z", folder)
    return 0 if folder.lower() == "specials" else int(found[1]) if found else 1
