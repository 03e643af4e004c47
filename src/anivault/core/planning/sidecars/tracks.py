"""Read what a sidecar's name says beyond that of its video: language, flags, a title. Reads languages.toml.

In: the tail of a name, as in ` [CHS]` or `.en.forced`. Out: a Track. A language is read only from what a name
says beyond the video's own name, and only as a whole token: a title is never a language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from anivault.shared import regex as re


class Track(NamedTuple):
    """What a sidecar's name says beyond the name of its video. `language` is BCP 47 or empty."""

    language: str = ""
    title: str = ""
    forced: bool = False
    sdh: bool = False
    default: bool = False


class Vocabulary(NamedTuple):
    """config/languages.toml by token."""

    languages: dict[str, str]
    pairs: dict[str, str]
    flags: dict[str, str]
    folders: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Read the words once."""
    table = tomllib.loads((files("anivault.config") / "languages.toml").read_text(encoding="utf-8"))
    by_word = {
        name: {word: code for code, words in table[name].items() for word in words.split()}
        for name in ("languages", "pairs", "flags")
    }
    return Vocabulary(**by_word, folders=frozenset(table["folders"]["words"].split()))


_SEGMENTS = re.compile(r"[.\[\](){}【】（）]+")
_SEPARATORS = re.compile(r"[\s_&+,-]+")
_TRACK = re.compile(r"(?:track|id)?0*\d{1,3}", re.IGNORECASE)
BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)|【[^】]*】")
_LAST_PIECE = re.compile(
    r"(.+)(?:\.|(?:(?<=[\d\])）】])|(?<=\dp))_)(?!\d+-)([^\s.\[\](){}【】（）][^.\[\](){}【】（）]*)"
)  # `.zh-Hans`, `03_eng`, but not `H.264-NO`
_LAST_BRACKET = re.compile(r"(.*\S)\s*[\[(【（]([^\[\](){}【】（）]*)[\])】）]\s*")
_NUMBER = re.compile(r"(?:s\d+)?(?:ep?|第)?\d{1,3}(?:v\d|[话話集])?", re.IGNORECASE)
_WORD_OF_TITLE = re.compile(r"[\s-]+[A-Z][a-z]")  # `Show - 03 - It.ass` is no Italian
_WORD_ENDS = re.compile(r"[\W_]+")
_SHORT = 2  # letters of a code that is a word of many a title
_NAME_LENGTH = 4  # letters; shorter words are codes, and codes are words of titles too: no, it, to, ru


class _Said(NamedTuple):
    """What one segment of a tail says."""

    languages: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    title: str = ""


@lru_cache(maxsize=4096)
def read_tail(tail: str) -> Track:
    """Read `.en.forced`, ` [CHS]`, `_track3_[eng]`, `.JPSC`: what is understood, the rest as title.

    Between dots or brackets either every word is understood, or a code of two or three letters counts
    for nothing there: `.To Love-Ru.it` is Italian. Of several languages the last counts.
    """
    said = [_read_segment(segment) for segment in _SEGMENTS.split(tail) if segment.strip(" _-&+,")]
    languages = [code for part in said for code in part.languages]
    flags = frozenset[str]().union(*(part.flags for part in said))
    spoken = _without_impaired(languages)
    return Track(
        _one(spoken),
        " ".join(part.title for part in said if part.title),
        "forced" in flags,
        "sdh" in flags or spoken != languages,
        "default" in flags,
    )


def _without_impaired(languages: list[str]) -> list[str]:
    """`hi` is Hindi, but with another language hearing impaired: `.en.hi`."""
    others = [code for code in languages if code != "hi"]
    return others or languages


def _one(languages: Sequence[str]) -> str:
    """The last; or a closer one of the same language: `zh-Hans` of `zh-Hans` and `zh`."""
    last = languages[-1] if languages else ""
    return next((code for code in reversed(languages) if code.startswith(f"{last}-")), last)


def _read_segment(segment: str) -> _Said:
    words = vocabulary()
    if _WORD_OF_TITLE.fullmatch(segment):
        return _Said(title=segment.strip(" -"))
    segment = segment.strip(" _-&+,")
    low = segment.lower()
    if code := words.languages.get(low):
        return _Said((code,))
    pair = _SEPARATORS.sub("_", low)
    if code := words.pairs.get(pair):
        return _Said((code,), title=pair)
    parts = _SEPARATORS.split(segment)
    if not all(_understood(part.lower()) for part in parts):
        return _phrase(parts)
    return _Said(
        tuple(code for part in parts if (code := words.languages.get(part.lower()))),
        frozenset(flag for part in parts if (flag := words.flags.get(part.lower()))),
    )


def _phrase(parts: Sequence[str]) -> _Said:
    """`Full English Subs`: only whole names of languages mean one, and the other words are a title."""
    names = tuple(vocabulary().languages[part.lower()] for part in parts if _is_name(part.lower()))
    return _Said(names, title=" ".join(part for part in parts if not _is_name(part.lower())))


def _understood(word: str) -> bool:
    words = vocabulary()
    return word in words.languages or word in words.flags or bool(_TRACK.fullmatch(word))


def _is_name(word: str) -> bool:
    return word in vocabulary().languages and (len(word) >= _NAME_LENGTH or not word.isascii())


def languages_of(name: str) -> frozenset[str]:
    """The languages that a video's name states: in brackets, between its last dots, or as a full word."""
    stem = name.rpartition(".")[0]
    said = own_track(stem).language
    words = {word for word in _WORD_ENDS.split(stem.lower()) if _is_name(word)}
    return frozenset({vocabulary().languages[word] for word in words} | ({said} if said else set()))


def own_track(stem: str, episode_title: str | None = None) -> Track:
    """What a name that begins with no video's says of its track where servers look: at its end.

    That is its last dotted pieces, and the brackets before these up to the number; the rest is no title.
    `[Eng] Show - 03` names a group, and `Show.S01E03.You.Like.It` an episode.
    """
    head, pieces = _dotted(stem)
    if pieces and _ends(episode_title or "", pieces[-1]):
        return Track()
    said = ".".join([*_bracketed(head), *pieces] or _names(stem))
    return read_tail(said)._replace(title="")


def _dotted(stem: str) -> tuple[str, list[str]]:
    """What stands before the last pieces that tell of a track, and these."""
    pieces: list[str] = []
    while (found := _LAST_PIECE.fullmatch(stem)) and _tells(found[2]):
        stem = found[1]
        pieces.insert(0, found[2])
    return stem, pieces


def _bracketed(head: str) -> list[str]:
    """What the brackets at the end tell of a track. The first of a name that is all brackets is a group."""
    told: list[str] = []
    while (found := _LAST_BRACKET.fullmatch(head)) and not _NUMBER.fullmatch(found[2]):
        head = found[1]
        if _tells(found[2]):
            told.insert(0, found[2])
    return told


def _names(stem: str) -> list[str]:
    """Whole names of languages further from the end: `.English.GroupX`."""
    last = ".".join(stem.split(".")[1:][-2:])
    return [word for word in _WORD_ENDS.split(last) if _is_name(word.lower())]


def _tells(piece: str) -> bool:
    read = _read_segment(piece)
    return bool(read.languages or read.flags)


def _ends(title: str, piece: str) -> bool:
    """Whether a short word in capitals as a title has it is the last of one: `Oh.No`, but not `.en`."""
    return len(piece) == _SHORT and piece.istitle() and title.endswith(f" {piece}")


def is_sidecar_folder(name: str) -> bool:
    """Whether a folder is for sidecars: `Subs`, `English`."""
    words = re.split(r"[\W_]+", name.lower())
    return any(word in vocabulary().folders for word in words) or _read_segment(name).languages != ()


def with_folders(track: Track, between: Iterable[str]) -> Track:
    """Let the folders speak where the name is silent: `Subs/English/Show - 01.ass`."""
    for folder in between:
        words = [word for word in re.split(r"[\s_]+", folder) if word.lower() not in vocabulary().folders]
        said = read_tail(" ".join(words))
        if not track.language and said.language:
            track = track._replace(language=said.language)
        if said.title and not track.title:
            track = track._replace(title=said.title)
    return track
