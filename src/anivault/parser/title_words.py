"""What a title says besides itself: season, part and film words, and which film of several it is.

In: a title, of a file or of a list of shows. Out: the title without those words, and what they were.
The words are those of vocabulary.toml. Pure.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from anivault.parser.vocabulary import (
    CARDINALS,
    CJK_FILMS,
    FINAL_SEASONS,
    HAN_VALUE,
    KANA_ORDINALS,
    LATIN_FILMS,
    ORDINALS,
    PART,
    ROMAJI_NUMBERS,
    ROMANS,
    SEASON,
    any_of,
    han,
)
from anivault.shared import regex as re

FINAL = -1  # the season of "Final Season": which one it is, only the show's own list tells


class SeasonSplit(NamedTuple):
    """A title without its season words, and what they said."""

    base: str
    season: int | None = None
    part: int | None = None


_HAN = "".join(char for char, value in HAN_VALUE.items() if value)
_N = rf"(?P<n>\d{{1,2}}|[{_HAN}]{{1,3}}|[ivx]+|{any_of(CARDINALS)})"
_ORD = rf"(?P<n>\d{{1,2}}(?:st|nd|rd|th)|{any_of(ORDINALS)}|{any_of(KANA_ORDINALS)})"
_GAP = r"[\s._\-]*"
_SEASONS = any_of((*SEASON["words"], *SEASON["cjk"]))
_PARTS = any_of(PART["seasons"])


def _words(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Patterns that stand as words of their own: no Latin letter or digit touches them."""
    return tuple(re.compile(rf"(?<![a-z0-9])(?:{p})(?![a-z0-9])", re.IGNORECASE) for p in patterns)


_SEASON = _words(
    rf"{_ORD}{_GAP}(?:{_SEASONS}|series|tv series)",
    rf"(?:{_SEASONS}|series){_GAP}{_N}",
    r"s(?P<n>\d{1,2})",
    rf"第{_GAP}{_N}{_GAP}(?:[季期部]|{any_of(SEASON['cjk'])}|season)",
    rf"제?{_GAP}{_N}{_GAP}기",
    rf"(?P<n>\d{{1,2}}|(?<![{_HAN}])(?:[二三四五六七八九]?十[一二三四五六七八九]?|[二三四五六七八九]))[期季]",
    rf"dai{_GAP}(?P<n>\d{{1,2}}|{any_of(ROMAJI_NUMBERS)}){_GAP}(?:ki|bu)",
    r"(?P<n>\d{1,2})(?:-?й)? сезон",
)
_PART = _words(
    rf"(?:{_PARTS}){_GAP}{_N}",
    rf"{_ORD}{_GAP}(?:{_PARTS}|half)",
    rf"第{_GAP}{_N}{_GAP}(?:クール|部分|part|cour)",
    rf"dai{_GAP}(?P<n>\d{{1,2}}|{any_of(ROMAJI_NUMBERS)}){_GAP}(?:kuuru|cour)",
    r"(?P<n>\d)クール目",
)
# What only a season has a part of: alone it ends the name of a sequel, `Show Sono Ni`.
_PART_OF_SEASON = _words(
    rf"(?:その|其の|其ノ){_GAP}(?P<n>\d|[{_HAN}])(?=$|[\s)）~～〜])", r"sono (?P<n>\d|ichi|ni|san|yon)$"
)
_HALF = re.compile(r"[前後后]半(?:クール|cour)?|[上下]半(?:季|部分?|$)")
_FINAL = _words(any_of(FINAL_SEASONS))
_TAIL_ROMAN = re.compile(
    r"(?:(?<=[^\x00-\x7f])|(?<=[\w!?)])[\s_]+)(?P<n>I[Ii]{1,2}|I[Vv]|VI{0,3}|Vi{1,3}|I[Xx])(?=$|\s*[:：~～]|\s+-)"
)
_TAIL_NUMBER = re.compile(r"(?<![\d.])(?:[2-9]|1\d)$")
# Sought in lower-case text: several times faster than to ignore the case. Most titles have no number, nothing
# that may be one, and no word for a season or a part.
_NAMED = rf"half|series|{_SEASONS}|{_PARTS}|{any_of(FINAL_SEASONS)}"
_HINT = re.compile(rf"\d|[ivx]\b|[{_HAN}終终기半]|ki\b|bu\b|{_NAMED}")
_WORD = re.compile(rf"s\d|[第期季기半]|dai|{_NAMED}")
_FILM = re.compile(rf"{any_of(CJK_FILMS)}|(?<![a-z])(?:{any_of(LATIN_FILMS)})(?![a-z]|\s*\d)", re.IGNORECASE)
_FILM_WORD = re.compile(any_of((*CJK_FILMS, *LATIN_FILMS)))  # sought in lower-case text
_ROMAN = r"I{1,3}|IV|VI{0,3}|IX|X"
_FILM_NUMBER = re.compile(
    rf"(?:Part|Chapter|Chapitre|Movie|Film)\s*(?P<word>\d{{1,2}}|(?:{_ROMAN})\b)"
    rf"|第\s*(?P<nth>\d{{1,2}}|[{_HAN}]{{1,2}})\s*[章部作弾弹幕]"
    rf"|(?<=[^\x00-\x7f])\s?(?P<tail>{_ROMAN})(?=$|[\s:.\]])"
    rf"|(?<=[\s\])-])(?P<head>{_ROMAN})(?=\.\s?[A-Za-z])"
)
_EDGES = " \t_-‐‑‒–—―−~:：,、，/／|"
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]|（\s*）|【\s*】")


@lru_cache(maxsize=65536)
def split_season(title: str) -> SeasonSplit:
    """Take the season and part words off: `Show 2nd Season Part 2` is (Show, 2, 2).

    Works in English, Japanese, Chinese, Korean, romaji and a few more; a Roman numeral counts at the
    end, or before a subtitle. `season` is FINAL for "Final Season". A title of nothing but such
    words stays whole.
    """
    text = unicodedata.normalize("NFKC", title).strip()
    lower = _lower(text)
    if not _HINT.search(lower):
        return SeasonSplit(title)
    part = season = None
    if _WORD.search(lower):
        text, part = _part(text)
        text, season = _season(text.strip())
    if season is None and (tail := _TAIL_ROMAN.search(text)) is not None:
        text, season = text[: tail.start()] + text[tail.end() :], number(tail["n"])
    if part is None and season is not None:
        text, part = _cut(text.strip(), _PART_OF_SEASON)
    base = " ".join(_EMPTY.sub(" ", text).split()).strip(_EDGES)
    return SeasonSplit(base, season, part) if base else SeasonSplit(title)


def _lower(text: str) -> str:
    """The text in lower case, each i as expressions that ignore the case take it for one: İ and ı."""
    return text.lower() if text.isascii() else text.lower().replace("\u0307", "").replace("ı", "i")


def _part(text: str) -> tuple[str, int | None]:
    """`Show Part 2`, else `Show 後半`."""
    text, part = _cut(text, _PART)
    if part is None and (half := _HALF.search(text)):
        return _without(text, half), 1 if half[0][0] in "前上" else 2
    return text, part


def _season(text: str) -> tuple[str, int | None]:
    """`Show 2nd Season`, else `Show Final Season`."""
    cut, season = _cut(text, _SEASON)
    if season is not None:
        return cut, season
    final = next(filter(None, (p.search(text) for p in _FINAL)), None)
    return (text, None) if final is None else (_without(text, final), FINAL)


@lru_cache(maxsize=65536)
def split_number(title: str) -> SeasonSplit:
    """Read a bare last number as a season: `Show 2` is (Show, 2). Weak: *Area 88* has one too."""
    text = unicodedata.normalize("NFKC", title).strip()
    found = _TAIL_NUMBER.search(text) if text[-1:].isdecimal() else None
    base = text[: found.start()].strip(_EDGES) if found else ""
    named = any(c.isalpha() for c in base) and not base[-1].isdigit()
    return SeasonSplit(base, int(found[0])) if found and named else SeasonSplit(title)


def without_film_words(title: str) -> str:
    """Take off what only says that it is a film (`剧场版`, `the Movie`); whole when nothing stays."""
    if not _FILM_WORD.search(_lower(title)):
        return title
    text, found = _FILM.subn(" ", title)
    return (" ".join(text.split()).strip(_EDGES) or title) if found else title


def film_number(title: str) -> int | None:
    """Which film of several a title names: `Part 2`, `第二章`, `物語II`, `II. Its Name`."""
    if (found := _FILM_NUMBER.search(unicodedata.normalize("NFKC", title))) is None:
        return None
    word = found[found.lastgroup or 0]
    return 1 if word.upper() == "I" else number(word)


def number(word: str) -> int | None:
    """Read `2`, `2nd`, `second`, `II`, `二`, `十二` or `ni` as a number."""
    word = word.casefold()
    if digits := re.match(r"\d+", word):
        return int(digits[0])
    for table in (ORDINALS, CARDINALS, KANA_ORDINALS, ROMANS, ROMAJI_NUMBERS):
        if word in table:
            return table[word] if word != "i" else None  # a lone I is a word more often
    return han(word) if word and all(char in HAN_VALUE for char in word) else None


def _cut(text: str, patterns: tuple[re.Pattern[str], ...]) -> tuple[str, int | None]:
    """Remove the first of `patterns` that is found with a number that can be read."""
    for pattern in patterns:
        for found in pattern.finditer(text):
            value = number(found["n"])
            if value:
                return _without(text, found), value
    return text, None


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
