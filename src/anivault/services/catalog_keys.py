"""Decide under which keys a title is found. Pure, but for one table that it reads.

A key is coarser than a normal form, because a source proposes and scoring decides; and keys are made
for all titles in one go, because forty-six thousand of them are read when the catalogue is compiled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files


def title_keys(titles: Sequence[str]) -> list[str]:
    """Return the key of each title: equal for spellings of one title, and for some that are not.

    Width, case, accents, long vowels, particles, articles, signs, kana scripts and variants of Han
    characters are levelled. Empty when a title has neither letter nor digit.
    """
    text = "\n".join(" ".join(title.split()) for title in titles)
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    text = unicodedata.normalize("NFKC", text).translate(_variants())
    for pattern, replacement in _LEVELS:
        text = pattern.sub(replacement, text)
    return text.split("\n") if titles else []


def grams(key: str, *, step: int = 1) -> set[str]:
    """Return the pieces by which a key is found: three Latin letters, or two of another script."""
    size = 3 if key.isascii() else 2
    return {key[i : i + size] for i in range(0, max(1, len(key) - size + 1), step)}


@lru_cache(maxsize=1)
def _variants() -> dict[int, str]:
    """Han characters to one variant, katakana to hiragana."""
    table = files("anivault.core.matching") / "han.txt"
    variants, targets = table.read_text(encoding="utf-8").splitlines()
    kana = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
    return (
        {ord(a): b for a, b in zip(variants, targets, strict=True)}
        | kana
        | {ord("×"): "x", ord("&"): " and "}
    )


_ACCENTS = re.compile("[\u0300-\u036f]+")
_LEVELS = (
    (re.compile(r"\b(?:the|and|to|an?)\b(?=.)"), " "),
    (re.compile(r"\b[wh](?=[oe]\b)"), ""),
    (re.compile(r"\bha\b"), "wa"),
    (re.compile(r"[^\w\n]+|_+"), ""),
    (re.compile(r"ou|oh(?![aeiouy])"), "o"),
    (re.compile(r"([aeiou])\1+"), r"\1"),
    (re.compile(r"m(?=[bp])"), "n"),
)
