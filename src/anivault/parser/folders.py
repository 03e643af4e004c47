"""What a folder's name says: a season, a place for specials or extras, a disc, a title, or nothing.

In: one folder's name, and how names of files are read. Out: a Folder. Touches nothing. How
folders are combined with the name of a file is decided where whole paths are known.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from anivault.parser import form
from anivault.parser.models import ParseResult, VideoType
from anivault.parser.rules.numbers import whole_season
from anivault.parser.vocabulary import FOLDERS, SEASON, any_of, han
from anivault.shared import regex as re


class Use(Enum):
    """What a folder is for."""

    SEASON = "season"
    PART = "part"  # of a season, or of a show that has one
    NUMBER = "number"  # a bare one: a season below a title, else a title
    SPECIALS = "specials"
    EXTRAS = "extras"
    MISC = "misc"  # clips, others: extras below a show, elsewhere nothing
    DISC = "disc"
    GENERIC = "generic"  # anime, downloads, 2019, A-F: says nothing of a show but, below its title, the year
    TITLE = "title"


class Folder(NamedTuple):
    """One folder. `number` is its season, disc or year; `parsed` is what a title folder says."""

    use: Use
    number: int | None = None
    type: VideoType | None = None
    parsed: ParseResult | None = None
    part: int | None = None
    of_specials: bool = False  # a title folder that says so: Show OVA


_TYPES = {
    "specials": (Use.SPECIALS, VideoType.SPECIAL),
    "ovas": (Use.SPECIALS, VideoType.OVA),
    "onas": (Use.SPECIALS, VideoType.ONA),
    "movies": (Use.SPECIALS, VideoType.MOVIE),
    "openings": (Use.EXTRAS, VideoType.OP),
    "endings": (Use.EXTRAS, VideoType.ED),
    "previews": (Use.EXTRAS, VideoType.PV),
    "commercials": (Use.EXTRAS, VideoType.CM),
    "menus": (Use.EXTRAS, VideoType.MENU),
    "interviews": (Use.EXTRAS, VideoType.INTERVIEW),
    "behind": (Use.EXTRAS, VideoType.BEHIND_THE_SCENES),
    "deleted": (Use.EXTRAS, VideoType.DELETED_SCENE),
    "featurettes": (Use.EXTRAS, VideoType.FEATURETTE),
    "scenes": (Use.MISC, VideoType.SCENE),
    "shorts": (Use.MISC, VideoType.SHORT),
    "clips": (Use.MISC, VideoType.CLIP),
    "misc": (Use.MISC, VideoType.EXTRA),
    "samples": (Use.EXTRAS, VideoType.SAMPLE),
    "extras": (Use.EXTRAS, VideoType.EXTRA),
    "generic": (Use.GENERIC, None),
}
_ASIDE = re.compile(r"\s*[\[({][^\[\](){}]*[\])}]\s*")
_ORDER = re.compile(  # 01. Season 1, but not 2. Staffel
    rf"^\d{{1,2}}(?:\s*[.)]\s*|\s+-\s+)(?!\s*(?:{any_of(SEASON['words'])})$)(?=\D)", re.IGNORECASE
)
_DISC = re.compile(
    r"(?:dis[ck]|cd|dvd|bd|d|vol(?:ume)?)[ ._#-]*(\d{1,2})(?:\s*of\s*\d+)?|第?\s*(\d{1,2})\s*[巻卷]",
    re.IGNORECASE,
)
_SERIES = re.compile(r"(?:series|book)[ ._]*(\d{1,2})", re.IGNORECASE)
_PART = re.compile(
    r"(?:part|pt|cour)[ ._]*(?P<number>\d)|(?P<nth>\d)(?:st|nd|rd|th)[ ._](?:part|cour|half)", re.IGNORECASE
)
_ARC = re.compile(
    r"arc[ ._]*\d{1,2}", re.IGNORECASE
)  # counted as nobody else does: a title that is asked about
_AHEAD = re.compile(r"^#?(?:\d{1,2}|(?:19|20)\d\d)(?:\s*[.)]\s*|\s+-\s+|[ _]+)(?=[^\W\d])")  # 2. Its Sequel
_LAST = re.compile(r"[ _.#-]*\d{1,2}$")  # NCOP 1, Specials 2
_SPECIALS = re.compile(  # Show OVA, OVA Show
    r"^(?:OVA|OAD)\b|(?<=[\w)\]!?][ _.-])[\[(]?(?:OVA|OAD|Special)s?(?=\W*$|\W*[\[(])", re.IGNORECASE
)
_SPECIAL_WORD = re.compile("OVA|OAD|Special", re.IGNORECASE)
_AND_MORE = re.compile(r"[+&,]|\b(?:tv|s\d|season|movies?|and)\b", re.IGNORECASE)  # Show TV + OVA
_DIGIT = re.compile(r"\d")
_BARE = re.compile(r"\d{1,2}")
_QUARTER = "winter|spring|summer|fall|autumn"
_DATE = re.compile(
    rf"(?:19|20)\d\d(?:s|年)?(?:[ ._-]*(?:\d{{1,2}}月?(?:新番)?|q[1-4]|{_QUARTER}))?"
    rf"|(?:{_QUARTER})[ ._-]*(?:19|20)\d\d",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LETTERS = re.compile(
    r"[A-Za-z#](?:\s*-\s*[A-Za-z])?|0-9|[A-Za-z]:|\d-\d|[あ-んア-ン]|[あかさたなはまやらわアカサタナハマヤラワ]行"
)


def read(name: str, read_title: Callable[[str], ParseResult]) -> Folder:
    """Tell what one folder is for. What has a title is read as the name of a file is."""
    return _said(name) or _title(name, read_title)


def is_part_of_a_show(name: str, read_title: Callable[[str], ParseResult]) -> bool:
    """Whether what is above a folder says whose its files are: `Season 2`, `SPs`.

    What begins with a letter and says nothing of the kind is not read as a title for that.
    """
    folder = _said(name) or (read(name, read_title) if _AHEAD.match(name) else None)
    return folder is not None and folder.use not in (Use.TITLE, Use.GENERIC)


def says_nothing(name: str) -> bool:
    """Whether a folder says nothing of what is in it: `Downloads`, `Anime`."""
    folder = _said(name)
    return folder is not None and folder.use is Use.GENERIC


def may_be_of_specials(name: str) -> bool:
    """Whether a name has a word by which a title folder says that it is of specials."""
    return _SPECIAL_WORD.search(name) is not None


def _said(name: str) -> Folder | None:
    """What a name says that is no title."""
    text = form.of(name + ".mkv").text.strip()  # the extension keeps a dot in a folder's name from being one
    plain = _ORDER.sub("", _ASIDE.sub(" ", text)).strip(" -._").lower()
    return _named(plain) or _counted(plain) or _generic(plain or text.lower())


def _counted(plain: str) -> Folder | None:
    """A season or disc: it has a number, or says season without one."""
    if plain.isascii() and "season" not in plain and not _DIGIT.search(plain):
        return None
    return _season(plain) or _disc(plain)


def _season(plain: str) -> Folder | None:
    found = whole_season(plain)
    if found is not None:
        number = found["season"] if "seasons" not in found else None
        if number == 0:
            return Folder(Use.SPECIALS, 0, VideoType.SPECIAL)
        return Folder(Use.SEASON, number, part=found.get("part"))
    if (part := _PART.fullmatch(plain)) is not None:
        return Folder(Use.PART, part=int(part["number"] or part["nth"]))
    if _ARC.fullmatch(plain):
        return Folder(Use.TITLE, parsed=ParseResult(title=plain, titles=(plain,), engine="rules"))
    if (series := _SERIES.fullmatch(plain)) is not None:
        return Folder(Use.SEASON, int(series[1]))
    return Folder(Use.NUMBER, int(plain)) if _BARE.fullmatch(plain) else None


def _named(plain: str) -> Folder | None:
    use, kind = _TYPES.get(FOLDERS.get(plain, ""), (None, None))
    if use is None:  # several of a kind are numbered; what says nothing is not
        use, kind = _TYPES.get(FOLDERS.get(_LAST.sub("", plain), ""), (None, None))
        use = None if use is Use.GENERIC else use
    if use is None:
        return None
    return Folder(use, 0 if kind is VideoType.SPECIAL else None, kind)


def _disc(plain: str) -> Folder | None:
    found = _DISC.fullmatch(plain)
    return Folder(Use.DISC, han(found[1] or found[2])) if found else None


def _generic(plain: str) -> Folder | None:
    if _DATE.fullmatch(plain) and (year := _YEAR.search(plain)):
        return Folder(Use.GENERIC, int(year[0]))
    return Folder(Use.GENERIC) if _LETTERS.fullmatch(plain) or not plain else None


def _title(name: str, read_title: Callable[[str], ParseResult]) -> Folder:
    parsed = read_title(name + ".mkv")
    if not parsed.title and (rest := _AHEAD.sub("", name)) != name:
        return read(rest, read_title)
    if not parsed.title:
        return Folder(Use.GENERIC)
    specials = bool(_SPECIALS.search(name)) and not _AND_MORE.search(name)
    return Folder(Use.TITLE, parsed.season, parsed.type, parsed, of_specials=specials)
