"""Decide when two spellings are one title. Pure: text in, forms out.

`normal_form` keeps what tells titles apart (K-On! and K-On!!); `forms` adds the lenient form that
forgives it, and articles, doubled vowels and kana scripts besides. Reads one table, han.txt.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.resources import files

from anivault.parser.vocabulary import ROMANS
from anivault.shared import regex as re


def normal_form(text: str) -> str:
    """Return the exact form: equal for spellings of one title that differ in nothing that matters.

    Width, case, accents, long vowels (ou, oo, ō), particles (wo, ha), `&`, Roman numerals, separators and
    traditional or Japanese characters are levelled; letters and digits of every script stay, and the marks
    that tell sequels apart (K-On!!, Kaguya-sama?, Nisekoi:).
    Empty only when the text has none of these.
    """
    return _forms(text)[0]


def forms(text: str) -> Forms:
    """Return the exact form, and the lenient one where it is another; the first is the better evidence."""
    return _forms(text)


def is_slip(a: str, b: str) -> bool:
    """Whether two forms that are nearly alike can be one title: digits and endings are no slips."""
    return a[-1:] == b[-1:] and [c for c in a if c.isdigit()] == [c for c in b if c.isdigit()]


def is_brief(form: str) -> bool:
    """Whether a title is so short that many things are called that."""
    return len(form) <= (4 if form.isascii() else 1)


class Forms(tuple[str, ...]):
    """The forms of one title; `lone` are its letters that are words: `Mazinger Z` is not `Mazinger`."""

    lone: str = ""


def lone_letters(text: str) -> str:
    """The letters of a title that are words of their own; vowels and x are articles, particles and signs."""
    return _forms(text).lone


@lru_cache(maxsize=65536)
def _forms(text: str) -> Forms:
    level = _level(text).strip()
    words = list(map(_romaji, _WORD.findall(level)))
    exact = "".join(words) + _last_mark(level)
    lenient = _lenient(words)
    found = Forms((exact, lenient) if lenient and lenient != exact else (exact,))
    found.lone = "".join(_LONE.findall(level))
    return found


def _last_mark(level: str) -> str:
    """The mark that ends a title, where sequels are told by nothing else: *Gintama'*, *Nisekoi :*."""
    found = _LAST_MARK.search(level) if level[-1:] in _LAST else None
    return found[1] if found else ""


def marks_in(form: str) -> str:
    """The marks of an exact form, one after the other: `!!` of *K-On!!*, `♭` of *Saekano ♭*."""
    return "".join(_ANY_MARK.findall(form))


def _level(text: str) -> str:
    """One spelling for width, case, accents, quotes and Han characters."""
    if text.isascii():
        return text.casefold().replace("&", " and ")
    return unicodedata.normalize("NFKC", text.translate(_SIGNS)).casefold().translate(_plain())


@lru_cache(maxsize=32768)
def _romaji(word: str) -> str:
    word = _WORDS.get(word, word)
    return _LONG_O.sub("o", word).replace("uu", "u").replace("dzu", "zu") if word.isascii() else word


def _lenient(words: list[str]) -> str:
    """Without articles, conjunctions and marks; vowels single; katakana as hiragana."""
    plain = [w for w in words if w[-1] not in _MARKS]
    kept = [w for w in plain[:-1] if w not in _LIGHT] + plain[-1:]
    joined = "".join(kept).replace("mb", "nb").replace("mp", "np")
    if any(map(joined.__contains__, _DOUBLED)):
        joined = _DOUBLE.sub(r"\1", joined)
    return joined if joined.isascii() else joined.translate(_KATAKANA)


class _Plain(dict[int, str]):
    """A table for `translate`: a Han character for its variants, signs as words, letters without accents."""

    def __missing__(self, code: int) -> str:
        plain = _SYMBOLS.get(code) or han_variants().get(code, chr(code))
        self[code] = "".join(map(_unaccented, plain))
        return self[code]


def _unaccented(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    return base if "a" <= base <= "z" else char


@lru_cache(maxsize=1)
def _plain() -> _Plain:
    return _Plain()


@lru_cache(maxsize=1)
def han_variants() -> dict[int, str]:
    """Traditional and Japanese characters, each with the one that stands for it."""
    variants, targets = (files(__package__) / "han.txt").read_text(encoding="utf-8").splitlines()
    return {ord(a): b for a, b in zip(variants, targets, strict=True)}


_SYMBOLS = {ord("×"): "x", ord("√"): " root ", ord("&"): " and "}
_MARKS = "!?+#"
_WORD = re.compile(r"[a-z]+|\d+|[^\W\da-z_]+|'?[!?+#]+")
_SIGNS = str.maketrans({"゜": "°", "´": "'", "′": "'", "’": "'", "‘": "'", "″": "''", "。": ".", "、": ","})
_LAST = ":'°.,*∫∽♪♭♯◎@"
_LAST_MARK = re.compile(rf"(?<=[^\W_])\s?([{_LAST}]+)$")
_ANY_MARK = re.compile(r"[^\w]+")
_LONG_O = re.compile(r"ou|oo|oh(?![aeiouy])")
_DOUBLED = ("aa", "ee", "ii", "oo")
_DOUBLE = re.compile(r"([aeio])\1+")
_WORDS = {"wo": "o", "ha": "wa", "he": "e"} | {w: str(n) for w, n in ROMANS.items() if w not in "ivx"}
_LONE = re.compile(r"(?<![\w'])[bcdfghjklmnpqrstvwyz](?![\w'])")
_LIGHT = frozenset({"the", "a", "an", "and", "to", "und", "et"})
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
