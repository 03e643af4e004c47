"""Write titles as a person would: BLEACH is Bleach, FLCL stays. Pure, but for one table that it reads.

Words of four capitals and more are shouted, and so is every word of a title that has no small letter at all.
What is an abbreviation (no vowel, a number in it, Roman numerals, a list in capitals.toml) is left as it is.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

import msgspec

from anivault.shared import regex as re


def as_written(title: str) -> str:
    """Return `title` in title case where it is all capitals or all small letters; else only shouted words."""
    one_case = title.isupper() or title.islower()
    if not one_case and not _SHOUT.search(title):
        return title
    if title in (whole := _table().whole):
        return whole[title]
    if one_case and _LATIN_ONLY.fullmatch(title) and _is_sentence(title):
        return _in_title_case(title)
    return _WORD.sub(lambda found: _calm(found[0]) if _is_shouted(found[0]) else found[0], title)


def _is_sentence(title: str) -> bool:
    """Tell whether a title of one case is more than an abbreviation or a name that is small on purpose."""
    return sum(map(str.isalpha, title)) > SHORTEST if title.isupper() else bool(_PLAIN.match(title))


SHORTEST = 3  # letters; a whole title of no more is an abbreviation, or as good as one
SHOUTED = 4  # capitals in a row that are no abbreviation, in a title that has small letters too


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stay: frozenset[str]
    small: frozenset[str]
    tails: frozenset[str]
    whole: dict[str, str]


@lru_cache(maxsize=1)
def _table() -> _Table:
    text = (files("anivault.data") / "capitals.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Table)


def _in_title_case(title: str) -> str:
    """Give every word a capital, but small ones inside a title or subtitle."""
    words = list(_WORD.finditer(title))
    small, parts, end = _table().small, [], 0
    for found in words:
        before = title[: found.start()].rstrip()
        inside = before and before[-1] not in _BEGINS and found is not words[-1]
        parts.append(title[end : found.start()])
        parts.append(found[0].lower() if inside and found[0].lower() in small else _calm(found[0]))
        end = found.end()
    return "".join([*parts, title[end:]])


def _calm(word: str) -> str:
    """Return a word with one capital, unless it is an abbreviation; each piece between points or strokes."""
    if word.upper() in _table().stay and not word.islower():
        return word
    return _PIECE.sub(lambda found: _capital(found[0], found.start() > 0), word)


def _capital(piece: str, tail: bool) -> str:
    """Return a piece with one capital, an abbreviation as it is, and `-kun` small."""
    table = _table()
    if tail and piece.lower() in table.tails:
        return piece.lower()
    short = piece.isupper() and (not _VOWEL.search(piece) or bool(_ROMAN.fullmatch(piece)))
    return piece if short or piece in table.stay else piece.capitalize()


def _is_shouted(word: str) -> bool:
    return bool(_SHOUT.search(word)) and word.upper() == word


_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
_SHOUT = re.compile(rf"[A-ZÀ-ÖØ-Þ]{{{SHOUTED}}}")
_LATIN_ONLY = re.compile(r"[^\u2e80-\uffdf]*")
_WORD = re.compile(rf"[{_LETTER}0-9@](?:[{_LETTER}0-9@.'’\-]*[{_LETTER}0-9@])?")
_PIECE = re.compile(rf"(?<![{_LETTER}0-9@'’])[{_LETTER}]+(?:['’][{_LETTER}]+)*(?![{_LETTER}0-9@])")
_PLAIN = re.compile(r"[a-zà-öø-ÿ]{2}[^/@]*$")
_VOWEL = re.compile("[AEIOUYÀ-ÖØ-Ý]")
_ROMAN = re.compile("[IVX]+")
_BEGINS = ':~-–—(「『"“/|;'
