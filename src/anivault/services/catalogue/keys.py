"""Decide under which keys a title is found. Pure, but for one table that it reads.

A key is coarser than a normal form, because a source proposes and scoring decides; and keys are made
for all titles in one go, because forty-six thousand of them are read when the catalogue is compiled.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from anivault.core.matching.titles.normalize import han_variants
from anivault.shared import regex as re


def title_keys(titles: Sequence[str]) -> list[str]:
    """Return the key of each title: equal for spellings of one title, and for some that are not.

    Width, case, accents, long vowels, particles, articles, signs, kana scripts and variants of Han
    characters are levelled. Empty when a title has neither letter nor digit.
    """
    text = "\n".join(" ".join(title.split()) for title in titles)
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    text = unicodedata.normalize("NFKC", text).replace("&", " and ").replace("×", "x")
    for pattern, replacement in _WORDS:
        text = pattern.sub(replacement, text)
    text = _LONG_O.sub("o", text.translate(_letters()))
    for doubled, single in _DOUBLED:
        text = text.replace(doubled, single)
    return text.split("\n") if titles else []


def grams(key: str, *, step: int = 1) -> set[str]:
    """Return the pieces by which a key is found: three Latin letters, or two of another script."""
    size = 3 if key.isascii() else 2
    return {key[i : i + size] for i in range(0, max(1, len(key) - size + 1), step)}


class _Letters(dict[int, str | None]):
    """A table for `translate`: letters and digits as they are levelled, and nothing for all the rest."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        self[code] = char if char.isalnum() or char == "\n" else None
        return self[code]


@lru_cache(maxsize=1)
def _letters() -> _Letters:
    """Han characters to one variant, katakana to hiragana."""
    kana = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
    return _Letters(han_variants() | kana)


_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORDS = (
    (re.compile(r"\b(?:the|and|to|an?)\b(?=.)"), " "),
    (re.compile(r"\b[wh](?=[oe]\b)"), ""),
    (re.compile(r"\bha\b"), "wa"),
)
_LONG_O = re.compile(r"ou|oh(?![aeiouy])")
_DOUBLED = (*((vowel * n, vowel) for vowel in "aeiou" for n in (3, 2)), ("mb", "nb"), ("mp", "np"))
