"""Name openings, endings, trailers, commercials, menus and interviews. Pure.

In: a file name, what was read from it, the season. Out: a name that says what the extra is, that keeps
what tells it from its like, and that no server reads as an episode, whatever numbers it has.
"""

from __future__ import annotations

import re

from anivault.core.planning.naming import Namer, finish
from anivault.parser.models import ParseResult, VideoType

# What each kind is called, and the word for it in file names.
_KINDS = {
    VideoType.OP: ("Opening", r"(?:nc|creditless\s*|textless\s*)?op(?:ening)?"),
    VideoType.ED: ("Ending", r"(?:nc|creditless\s*|textless\s*)?(?:ed|ending)"),
    VideoType.PV: ("Trailer", r"pv|trailers?|teasers?|previews?|promos?"),
    VideoType.CM: ("Commercial", r"cm|spots?|commercials?"),
    VideoType.MENU: ("Menu", r"menus?"),
    VideoType.INTERVIEW: (
        "Interview",
        r"(?:(?:cast|staff)\s+)?interviews?|(?:the\s+)?making of|behind the scenes"
        r"|インタビュー|メイキング|访谈|訪談|采访",
    ),
}
_WORDS = {
    kind: (label, re.compile(rf"(?<![^\W\d_])(?:{pattern})(?![^\W\d_])", re.IGNORECASE))
    for kind, (label, pattern) in _KINDS.items()
}
_CREDITLESS = re.compile(r"(?<![^\W_])nc(?=op|ed)|creditless|textless", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)|【[^】]*】")
# What Kodi reads as an episode in any folder: 103 and Part 2 but for a parenthesis before them, 2x3, E3.
_NUMBERED = re.compile(r"(?<![^\W_])(\d{3,}|p(?:ar)?t[ ._-]?(?:\d+|[ivx]+)|s\d+)(?![^\W_])", re.IGNORECASE)
_EPISODE = re.compile(r"(?<![^\W_])ep?[ ._-]?(?=\d)", re.IGNORECASE)
_CROSS = re.compile(r"(\d)x(?=\d)", re.IGNORECASE)


def extra_name(name: str, parsed: ParseResult, season: int | None, namer: Namer) -> str:
    """Return `Creditless Opening 2`, `Trailer 3 (Season 2)`: the kind, then what the name adds to it."""
    label, word = _WORDS[parsed.type or VideoType.PV]
    stem = name.rpartition(".")[0]
    bare = _BRACKETS.sub(" ", stem)
    found = word.search(bare) or word.search(stem)
    after = _BRACKETS.sub(" ", found.string[found.end() :]).strip(" ._-[]()") if found else ""
    numbers = "" if after else " ".join(str(number) for number in parsed.episodes)
    creditless = "Creditless " if _CREDITLESS.search(stem) else ""
    text = f"{creditless}{label} {after or numbers}".strip()
    if season is not None and season > 1:
        text = f"{text} (Season {season})"
    text = namer.clean(text.replace("_", " "))
    return finish(_CROSS.sub(r"\1 x ", _EPISODE.sub("Episode ", _NUMBERED.sub(r"(\1)", text))))
