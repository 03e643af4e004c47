"""Mend what media servers would misread in a name: words, numbers, dates that mean something to them. Pure.

In: one name as a template made it, and the servers that shall read it. Out: the same name, with as little
changed as keeps them from it. Each rule has an example beside it; docs/naming.md tells them to users.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from anivault.shared import regex as re

Server: TypeAlias = Literal["jellyfin", "plex", "emby", "kodi"]
Kind: TypeAlias = Literal["episode", "film", "extra"]
_Mend: TypeAlias = str | Callable[[re.Match[str]], str]


class Rule(NamedTuple):
    """What `servers` misread, wherever it stands in a name, and what to write instead.

    Each place that is misread has one of `words` in it; without words any name is looked through.
    """

    servers: frozenset[str]
    pattern: re.Pattern[str]
    mend: _Mend
    words: tuple[str, ...]


def _rule(servers: str, pattern: str, mend: _Mend, words: str = "") -> Rule:
    return Rule(
        frozenset(servers.split()),
        re.compile(pattern, re.IGNORECASE),
        mend,
        tuple(filter(None, words.split("|"))),
    )


def _quoted(found: re.Match[str]) -> str:
    return f"'{found[0]}'"


def _spaced(found: re.Match[str]) -> str:
    return re.sub(r"[.-]", " ", found[0])


_DAY = r"(?:0[1-9]|1[0-2])[.-](?:0[1-9]|[12]\d|3[01])"  # month first
_DATE = rf"\d{{4}}[.-]{_DAY}|{_DAY}[.-]\d{{4}}"
_SUFFIX = "scene|clip|interview|behindthescenes|deleted|featurette|short"
ANYWHERE = (
    # Kodi leaves out what has it between separators, Plex small files that have it beside one: Free 'Sample'
    _rule("kodi", r"(?<![^\s!-._/\\])sample(?![^\s._/-])", _quoted, "sample"),
    _rule("plex", r"(?<=[-._])sample[^\W_]*|[^\W_]*sample(?=[-._]|\Z)", _quoted, "sample"),
    # Jellyfin drops a video with this word, in quotes too; a word that is parted is another one: Free S-ample
    _rule("jellyfin", r"\b(s)(ample)\b", r"\1-\2", "sample"),
    # What Kodi decodes before it reads, and a date, which it looks for in folders too: 2014 05 06
    _rule("kodi", r"%(?=[0-9a-f]{2})", "％", "%"),
    _rule("kodi", _DATE, _spaced),
    # An IMDb id of another show: tt 0213338
    _rule("jellyfin", r"(?<![^\W_])tt(?=\d{7,8}(?!\d))", "tt ", "tt"),
)
# What makes an extra of an episode or film, wherever it stands: In a 'Trailer' Park, Nice-'Shortcut'
NO_EXTRAS = (
    _rule(
        "emby",
        rf"(?<=[-._ ])(?:trailer|sample)\w*|(?<=-)(?:{_SUFFIX})\w*",
        _quoted,
        f"{_SUFFIX}|trailer|sample",
    ),
    _rule("kodi", r"(?<=-)trailer\w*", _quoted, "trailer"),
    _rule("kodi", r"\.(?=special\Z)", " ", "special"),
)
# What Plex reads as an episode in the name of a film: 3×3 Eyes, S01, 05
FILMS = (
    _rule("plex", r"(?<!\d)(\d{1,2}|19[3-9]\d|20[0-5]\d)x(?=\d)", r"\1×"),
    _rule("plex", r"(s\d\d)[._ -]+(?=\d)", r"\1, "),
)
_OF: dict[Kind, tuple[Rule, ...]] = {
    "episode": ANYWHERE + NO_EXTRAS,
    "film": ANYWHERE + NO_EXTRAS + FILMS,
    "extra": ANYWHERE,
}
# A name that ends like this is an extra to Jellyfin and Plex, with digits behind it too: - 'Trailer2'
_END_WORDS = f"trailer|sample|deletedscene|extra|other|{_SUFFIX}"
_ENDS = re.compile(
    rf"(?:(?<=[-._])|(?<=[-._] ))(?:{_END_WORDS})\d*\Z"
    r"|\A(?:trailer|sample)\Z",
    re.IGNORECASE,
)
_LAST_WORDS = tuple(_END_WORDS.split("|"))
# Folders and names that Jellyfin never looks into.
_IGNORED = frozenset(
    {
        "metadata", "ps3_update", "ps3_vprm", "extrafanart", "extrathumbs", "lost+found", "subs", "temprec",
        "tempsbe", "eadir", "#recycle", "@eadir",
    }
)  # fmt: skip
_OWN = re.compile(r"s(\d+)e\d+(?:-?e\d+)*", re.IGNORECASE)  # the numbers that a template has written
_COUNTING = frozenset({"jellyfin", "emby"})
# What they go on counting with: `- x265`, `- E2 Rising`; and anywhere later `2x1-7`
_GOES_ON = re.compile(r"(?P<before>(?: - |-)?)(?P<word>[xe]\d{1,3}(?![\dip])[^\s-]*)", re.IGNORECASE)
_GOES_ON_BARE = re.compile(r"-(?=\d{1,3}(?![\dip]))", re.IGNORECASE)
_CROSS = re.compile(
    r"(?<!\d)(\d{1,4})x(?=\d{1,3}(?:(?: - |-)?[xe]|-| - \d{1,4}[xe])\d{1,3}(?![\dip]))", re.IGNORECASE
)


def mend(name: str, servers: Sequence[Server], kind: Kind = "episode") -> str:
    """Return one folder's or file's name, without extension, as none of `servers` misreads it."""
    for rule in _rules_for(kind, tuple(servers)):
        if not rule.words or _may_have(rule.words, name):
            name = rule.pattern.sub(rule.mend, name)
    if kind == "extra":
        return name
    if name.lower() in _IGNORED:
        name = f"{name}_"
    name = _after_numbers(name, servers)
    return _ENDS.sub(_quoted, name) if _may_end_with(_LAST_WORDS, name) else name


@lru_cache(maxsize=64)
def _rules_for(kind: Kind, servers: tuple[Server, ...]) -> tuple[Rule, ...]:
    return tuple(rule for rule in _OF[kind] if not rule.servers.isdisjoint(servers))


def _may_have(words: tuple[str, ...], name: str) -> bool:
    """Whether an expression that ignores case may find one of `words`: letters like `ſ` are an `s` to it."""
    lower = name.lower()
    return not name.isascii() or any(word in lower for word in words)


def _may_end_with(words: tuple[str, ...], name: str) -> bool:
    """The same at the end of a name, digits behind it left out."""
    return not name.isascii() or name.lower().rstrip("0123456789").endswith(words)


def _after_numbers(name: str, servers: Sequence[Server]) -> str:
    own = None if _COUNTING.isdisjoint(servers) else _OWN.search(name)
    if own is None or own.end() == len(name):
        return name
    head, rest = name[: own.end()], name[own.end() :]
    if found := _GOES_ON.match(rest):
        rest = f"{found['before']}'{found['word']}'{rest[found.end() :]}"
    elif _GOES_ON_BARE.match(rest):
        rest = f" - {rest[1:]}"
    return head + _CROSS.sub(r"\1×", rest)


def is_plain_start(start: str, finish: Callable[[str], str]) -> bool:
    """Whether a name that starts like this, `Show S01E`, and goes on with a number is `finish`ed there.

    The rest of such a name may be looked at without its start, once for many names.
    """
    name = f"{start}1"
    own = _OWN.search(name)
    return own is not None and own.end() == len(name) and name == finish(name)


def is_plain_end(end: str, finish: Callable[[str], str]) -> bool:
    """Whether what goes on with the number of an episode is finished: `05 - The Title`."""
    name = f"S1E{end}"
    return end[:1].isdecimal() and name == finish(name)


# --- extras ----------------------------------------------------------------------------------------------

_NUMBER = r"\d{3,}[a-i]?|p(?:ar)?t[ ._-](?:\d+|[ivx]+)"
_EPISODE = re.compile(r"(?<![^\W_])ep?[ ._-]?(?=\d)", re.IGNORECASE)
_WITHIN = re.compile(r"(?<=[^\W\d_])(ep?)(?:(?<=p)[ ._-])?(\d+)", re.IGNORECASE)
_NUMBERED = re.compile(rf"(?:(?<=[._ -])|\A)({_NUMBER})(?=[._ -]|\Z)", re.IGNORECASE)
_SEASON = re.compile(r"(?<![^\W_])(?<!\()(s\d+)(?![^\W_])", re.IGNORECASE)
_TIMES = re.compile(r"(\d)x(?=\d)", re.IGNORECASE)
_DATES = re.compile(_DATE)
_SPECIAL = re.compile(r"\.(special)\Z", re.IGNORECASE)
_READ = re.compile(
    r"ep?[ ._-]?\d(?<!e[ ._-]\d)|(?:\A|[._ \[(-])\d+x\d|(?:\A|[._ -])\d{3,}[a-i]?(?=[._ -]|\Z)"
    r"|(?:\A|[._ -])p(?:ar)?t[_. -](?:[ivx]+|\d+)(?=[._ -]|\Z)",
    re.IGNORECASE,
)


def unlike_an_episode(text: str) -> str:
    """Return an extra's name as Kodi reads no episode in it: it tries every video below a show.

    A number of three digits, a part, a date stand in brackets: (103), (Part 2), (2014 05 06); E3 is
    Episode 3, Volume2 is Volume (2), 2x03 is 2×03.
    """
    text = _DATES.sub(lambda found: f"({_spaced(found)})", text.replace("+", "＋"))
    text = _SPECIAL.sub(r" \1", _TIMES.sub(r"\1×", text))
    text = _WITHIN.sub(r"\1 (\2)", _EPISODE.sub("Episode ", text))
    text = _SEASON.sub(r"(\1)", _NUMBERED.sub(r"(\1)", text))
    return re.sub(r"\d+", " ", text).strip() or "Extra" if _READ.search(text) else text


# --- the path of a library -------------------------------------------------------------------------------


def path_warnings(library: str, servers: Sequence[Server]) -> Iterator[str]:
    """Say what `servers` make of the folders above the library, which no preset names."""
    path = library.replace("\\", "/")
    if "kodi" in servers and (found := _DATES.search(path)):
        yield f"Kodi reads {found[0]} in the library's path as a date: it may list extras as episodes."
    for server, pattern in _SAMPLES.items():
        if server in servers and pattern.search(f"{path}/"):
            yield f"{server.capitalize()} leaves out videos below a folder with the word sample in its name."


_SAMPLES = {
    "kodi": re.compile(r"[!-. _\\/]sample[-._ \\/]", re.IGNORECASE),
    "plex": re.compile(r"[-._]sample|sample[-._]", re.IGNORECASE),
    "jellyfin": re.compile(r"/sample/", re.IGNORECASE),
}
