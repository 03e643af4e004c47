"""Name openings, endings, trailers, menus, interviews, deleted scenes and all else that is no episode. Pure.

In: a file name, what was read from it, the season. Out: words that say what the extra is, and that keep
what tells it from its like. names.py makes a name of them that no server reads as an episode.
"""

from __future__ import annotations

from anivault.parser.models import ParseResult, VideoType
from anivault.shared import regex as re

# What each kind is called, and the word for it in file names.
_KINDS = {
    VideoType.OP: ("Opening", r"(?:nc|creditless\s*|textless\s*)?op(?:ening)?"),
    VideoType.ED: ("Ending", r"(?:nc|creditless\s*|textless\s*)?(?:ed|ending)"),
    VideoType.PV: ("Trailer", r"pv|trailers?|teasers?|previews?|promos?"),
    VideoType.CM: ("Commercial", r"cm|spots?|commercials?"),
    VideoType.MENU: ("Menu", r"menus?"),
    VideoType.INTERVIEW: ("Interview", r"(?:(?:cast|staff)\s+)?interviews?|インタビュー|访谈|訪談|采访"),
    VideoType.BEHIND_THE_SCENES: (
        "Behind the Scenes",
        r"(?:the\s+)?making of|behind\s?the\s?scenes|メイキング",
    ),
    VideoType.DELETED_SCENE: ("Deleted Scene", r"deleted\s?scenes?|deleted"),
    VideoType.FEATURETTE: ("Featurette", r"featurettes?"),
    VideoType.SCENE: ("Scene", r"scenes?"),
    VideoType.SHORT: ("Short", r"shorts?"),
    VideoType.CLIP: ("Clip", r"clips?"),
    VideoType.EXTRA: ("Extra", r"extras?|other"),
}
_ENDED = frozenset(  # known by their folder, or by a word behind a dash: elsewhere it is of a title
    {VideoType.DELETED_SCENE, VideoType.SCENE, VideoType.SHORT, VideoType.CLIP, VideoType.EXTRA}
)
_WORDS = {
    kind: (label, re.compile(rf"(?<![^\W\d_])(?:{pattern})(?![^\W\d_])", re.IGNORECASE))
    for kind, (label, pattern) in _KINDS.items()
}
_CREDITLESS = re.compile(r"(?<![^\W_])nc(?=op|ed)|creditless|textless", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)|【[^】]*】")
_ENDS = re.compile(r"[\s\d._-]*")
_BLANKS = re.compile(r"[\s._]+")
_TERMS = re.compile(r"\b(?:\d{3,4}[pi]|blu-?ray|web|[xh]\.?26[45])\b.*", re.IGNORECASE)


def extra_name(name: str, parsed: ParseResult, season: int | None) -> str:
    """Return `Creditless Opening 2`, `Trailer 3 (Season 2)`: the kind, then what the name adds to it."""
    kind = parsed.type or VideoType.EXTRA
    stem = name.rpartition(".")[0]
    added = _added(kind, stem, parsed) or " ".join(str(number) for number in parsed.episodes)
    creditless = "Creditless " if _CREDITLESS.search(stem) else ""
    text = f"{creditless}{_WORDS[kind][0]} {added}".strip()
    if season is not None and season > 1:
        text = f"{text} (Season {season})"
    return text.replace("_", " ")


def unlabelled(name: str, kind: VideoType | None) -> str:
    """`The Parade.mkv` of the `Scene The Parade.mkv` that a library has: the word is put in front again."""
    label = _WORDS[kind][0].replace(" ", "[ ._]") if kind in _WORDS else "(?!)"
    front = re.compile(rf"{label}[ ._-]+(?=.*[^\W\d_].*\.)", re.IGNORECASE).match(name)
    return name[front.end() :] if front else name


def _added(kind: VideoType, stem: str, parsed: ParseResult) -> str:
    """What a name says behind the word of its kind (`Trailer 3`), or beyond the show's title."""
    word, bare = _WORDS[kind][1], _BRACKETS.sub(" ", stem)
    found = _last(word, bare) if kind in _ENDED else word.search(bare) or word.search(stem)
    return _BRACKETS.sub(" ", found.string[found.end() :]).strip(" ._-[]()") if found else _own(bare, parsed)


def _last(word: re.Pattern[str], stem: str) -> re.Match[str] | None:
    """The word where it ends the name: `Title-deleted`, `Title - Deleted Scene 2`."""
    return next((found for found in word.finditer(stem) if _ENDS.fullmatch(stem, found.end())), None)


def _own(stem: str, parsed: ParseResult) -> str:
    """What a name says beyond the show's, where only its folder tells what it is: `Extras/The Parade`."""
    left = _BLANKS.sub(" ", stem).strip(" ._-")
    titles = (*parsed.folder_titles, *parsed.titles)
    title = next((title for title in titles if left.lower().startswith(title.lower())), "")
    left = left[len(title) :]
    return _TERMS.sub("", left).strip(" ._-")
