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


ISO = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu eng jpn chi zho ger deu
    fre fra spa ita rus kor por ara pol
    """.split()  # noqa: SIM905
)
# Codes of three letters that servers keep: ISO 639-2, for terminology; Kodi has those of bibliography.
TERMS = {
    "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "hi": "hin", "it": "ita", "ja": "jpn", "ko": "kor",
    "nb": "nob", "pt": "por", "ru": "rus", "zh": "zho", "br": "bre", "tw": "twi", "ca": "cat", "ger": "deu",
    "chi": "zho", "fre": "fra",
}  # fmt: skip
BOOKS = TERMS | {"de": "ger", "zh": "chi", "fr": "fre", "deu": "ger", "zho": "chi", "fra": "fre"}
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
