"""The words of vocabulary.toml, in the shapes that rules look them up in. Read once, at import."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from anivault.parser.models import VideoType
from anivault.shared import regex as re

CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_LETTERS = re.compile(r"[^\W\d_]+")
_BY_SCRIPT = re.compile(rf"[^\W\d_{CJK}]+|[{CJK}]+")  # the s of 题名S2 is a word of its own
_RAW: dict[str, Any] = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))


def any_of(words: Iterable[str]) -> str:
    """A regex alternation of literal words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def letters_of(words: Iterable[str]) -> frozenset[str]:
    """The runs of letters in words, lower case: a name that has none of them has none of the words."""
    return frozenset(run for word in words for run in _runs(word.lower()))


def _runs(text: str) -> list[str]:
    return (_LETTERS if text.isascii() else _BY_SCRIPT).findall(text)


def _by_word(table: dict[str, list[str]]) -> dict[str, str]:
    return {word: field for field, words in table.items() for word in words}


STRONG = _by_word(_RAW["strong"])
TERMS = _by_word(_RAW["weak"]) | STRONG  # word -> the field it fills
LEADS = frozenset(_RAW["running"]["leads"])
LEADS |= {word.upper() for word in LEADS if len(word) > 3}
ALONE = frozenset(_RAW["running"]["alone"])
# In names without a capital: word -> how technical it is.
LOWER_LEADS = {word.lower(): "lead" for word in LEADS} | {word.lower(): "alone" for word in ALONE}
TERM_PAIRS = frozenset(tuple(pair.split()) for pair in _RAW["running"]["pairs"])

EXTENSIONS = frozenset(_RAW["extensions"])
SUBTITLE_EXTENSIONS = frozenset(_RAW["subtitle_extensions"])
SUBTITLE_MARKS = any_of(_RAW["subtitle_marks"])

TYPES_ALWAYS = {word: VideoType(value) for word, value in _RAW["types"]["always"].items()}
TYPES_CAPITALS = {word: VideoType(value) for word, value in _RAW["types"]["capitals"].items()}
TYPES_RUNNING: list[str] = _RAW["types"]["running"]
TYPES_NUMBERED = {word: VideoType(value) for word, value in _RAW["types"]["numbered"].items()}
TYPES_WORDS = {word: VideoType(value) for word, value in _RAW["types"]["words"].items()}
TYPES_ENDINGS = {word: VideoType(value) for word, value in _RAW["types"]["endings"].items()}
CJK_TYPES = {word: VideoType(value) for word, value in _RAW["cjk"]["types"].items()}
# Every spelling, lower case: for what stands alone in a bracket or a folder's name.
TYPES = {
    word.lower(): kind
    for table in (TYPES_WORDS, TYPES_NUMBERED, TYPES_CAPITALS, TYPES_ALWAYS, CJK_TYPES)
    for word, kind in table.items()
}

SEASON: dict[str, list[str]] = _RAW["season"]
FINAL_SEASONS: list[str] = SEASON["final"]
PART: dict[str, list[str]] = _RAW["part"]
EPISODE: dict[str, list[str]] = _RAW["episode"]
CJK_BATCH = any_of(_RAW["cjk"]["batch"])
CJK_NOTES = any_of(_RAW["cjk"]["notes"])
TEAM = re.compile(
    rf"{any_of(_RAW['cjk']['teams'])}|[&@]|sub|raws?\b|studio", re.IGNORECASE
)  # in a group's name
CJK_SUBTITLES = re.escape(_RAW["cjk"]["subtitles"])

HAN = _RAW["numbers"]["han"]
HAN_VALUE = {char: value for value, char in enumerate(HAN)} | {"两": 2, "兩": 2, "零": 0}
HAN_VALUE |= {
    "壱": 1,
    "壹": 1,
    "弐": 2,
    "貳": 2,
    "贰": 2,
    "参": 3,
    "參": 3,
    "叁": 3,
}  # as solemn titles write
ORDINALS: dict[str, int] = _RAW["numbers"]["ordinals"]
CARDINALS: dict[str, int] = _RAW["numbers"]["cardinals"]
ROMANS: dict[str, int] = _RAW["numbers"]["romans"]
KANA_ORDINALS: dict[str, int] = _RAW["numbers"]["kana"]
ROMAJI_NUMBERS: dict[str, int] = _RAW["numbers"]["romaji"]
# A title that says nothing but these says no show.
HOLLOW = frozenset(_RAW["titles"]["hollow"])
LATIN_FILMS: list[str] = _RAW["titles"]["films"]
CJK_FILMS = [word for word, kind in CJK_TYPES.items() if kind is VideoType.MOVIE]
# Sites that stream new shows.
STREAMS: list[str] = _RAW["streams"]
NEW_SHOWS: list[str] = _RAW["new_shows"]
SLASHED: list[str] = _RAW["titles"]["slashed"]
ASIDES = frozenset(_RAW["titles"]["asides"])
EDITIONS: list[str] = _RAW["titles"]["editions"]
NO_TITLES = frozenset(_RAW["names"]["no_titles"])
NUMBERED_TITLES = frozenset(_RAW["titles"]["numbered"])

# The longest word of each kind: `making` for `the making of`. Without any of them a name has no kind.
TYPE_WORDS = frozenset(max(_runs(name), key=len) for name in TYPES)
# Every word that rules read where no number stands beside it, and the letters they read with one.
KNOWN = (
    TYPE_WORDS
    | EXTENSIONS
    | TYPES_ENDINGS.keys()
    | letters_of((*STRONG, *LEADS, *ALONE, *SEASON["words"], *PART["words"], *"estxvpi"))
    | letters_of((*EPISODE["words"], *EPISODE["behind"], *EPISODE["endings"], *EPISODE["with"]))
    | letters_of(word for pair in TERM_PAIRS for word in pair)
    | letters_of(_RAW["streams"])
)

FOLDERS: dict[str, str] = {word: use for use, words in _RAW["folders"].items() for word in words}


def han(text: str) -> int:
    """A number below a thousand in Han numerals or digits: 十二, 二十, 百零五, 12."""
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for char in text:
        if char == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif char == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = HAN_VALUE.get(char, 0)
    return total + digit
