"""Decide when two spellings are one title. Pure: text in, forms and season words out.

`normal_form` keeps what tells titles apart (K-On! and K-On!!); `forms` adds the lenient form that
forgives it, and articles, doubled vowels and kana scripts besides. `split_season` takes the season
and part words off a title, in any language, and says which they were. Reads one table, han.txt.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

FINAL = -1  # the season of "Final Season": which one it is, only the show's own list tells


class SeasonSplit(NamedTuple):
    """A title without its season words, and what they said."""

    base: str
    season: int | None = None
    part: int | None = None


def normal_form(text: str) -> str:
    """Return the exact form: equal for spellings of one title that differ in nothing that matters.

    Width, case, accents, long vowels (ou, oo, ō), particles (wo, ha), `&`, Roman numerals, separators and
    traditional or Japanese characters are levelled; letters and digits of every script stay, and the marks
    that tell sequels apart (K-On!!, Kaguya-sama?, Nisekoi:).
    Empty only when the text has none of these.
    """
    return _forms(text)[0]


def forms(text: str) -> tuple[str, ...]:
    """Return the exact form, and the lenient one where it is another; the first is the better evidence."""
    return _forms(text)


def is_slip(a: str, b: str) -> bool:
    """Whether two forms that are nearly alike can be one title: digits and endings are no slips."""
    return a[-1:] == b[-1:] and [c for c in a if c.isdigit()] == [c for c in b if c.isdigit()]


@lru_cache(maxsize=65536)
def _forms(text: str) -> tuple[str, ...]:
    level = _level(text).strip()
    words = [_romaji(w) for w in _WORD.findall(level)]
    exact = "".join(words) + _last_mark(level)
    lenient = _lenient(words)
    return (exact, lenient) if lenient and lenient != exact else (exact,)


def _last_mark(level: str) -> str:
    """The mark that ends a title, where sequels are told by nothing else: *Gintama'*, *Nisekoi:*."""
    found = _LAST_MARK.search(level)
    return found[0] if found else ""


def _level(text: str) -> str:
    """One spelling for width, case, accents, quotes and Han characters."""
    if text.isascii():
        return text.casefold().replace("&", " and ")
    flat = unicodedata.normalize("NFKC", text.replace("゜", "°")).casefold().translate(_han())
    return "".join(map(_unaccented, flat))


@lru_cache(maxsize=32768)
def _romaji(word: str) -> str:
    word = _WORDS.get(word, word)
    return _LONG_O.sub("o", word).replace("uu", "u").replace("dzu", "zu") if word.isascii() else word


def _lenient(words: list[str]) -> str:
    """Without articles, conjunctions and marks; vowels single; katakana as hiragana."""
    plain = [w for w in words if w[-1] not in _MARKS]
    kept = [w for w in plain[:-1] if w not in _LIGHT] + plain[-1:]
    joined = _DOUBLE.sub(r"\1", "".join(kept)).replace("mb", "nb").replace("mp", "np")
    return joined.translate(_KATAKANA)


@lru_cache(maxsize=4096)
def _unaccented(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    return base if "a" <= base <= "z" else char


@lru_cache(maxsize=1)
def _han() -> dict[int, str]:
    variants, targets = (files(__package__) / "han.txt").read_text(encoding="utf-8").splitlines()
    return {ord(a): b for a, b in zip(variants, targets, strict=True)} | _SYMBOLS


_SYMBOLS = {ord("×"): "x", ord("√"): " root ", ord("&"): " and "}
_MARKS = "!?+#"
_WORD = re.compile(r"[a-z]+|\d+|[^\W\da-z_]+|'?[!?+#]+")
_LAST_MARK = re.compile(r"(?<=[^\W_])[:'°.*∫∽♪]+$")
_LONG_O = re.compile(r"ou|oo|oh(?![aeiouy])")
_DOUBLE = re.compile(r"([aeio])\1+")
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_WORDS = {"wo": "o", "ha": "wa", "he": "e"} | {w: str(n) for w, n in _ROMAN.items() if w not in "vx"}
_LIGHT = frozenset({"the", "a", "an", "and", "to", "und", "et"})
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}

# --- season words ---------------------------------------------------------------------------------

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九十")} | {"两": 2, "兩": 2}
_ORDINAL_WORDS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_ORDINALS = {w: i for i, w in enumerate(_ORDINAL_WORDS.split("|"), 1)}
_KANA = {"ファースト": 1, "セカンド": 2, "サード": 3}
_READINGS = {"ichi": 1, "ni": 2, "san": 3, "yon": 4, "shi": 4, "go": 5, "roku": 6, "nana": 7, "hachi": 8}

_N = r"(?P<n>\d{1,2}|[一二三四五六七八九十两兩]{1,3}|[ivx]+)"
_ORD = r"(?P<n>\d{1,2}(?:st|nd|rd|th)|" + _ORDINAL_WORDS + "|" + "|".join(_KANA) + ")"
_GAP = r"[\s._\-]*"
_SEASON_WORDS = "season|saison|staffel|temporada|stagione|sezon|сезон|シーズン|시즌|シリーズ"
_PART_WORDS = r"part|parte|pt\.?|cour|クール|パート|파트|teil"


def _words(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Patterns that stand as words of their own: no Latin letter or digit touches them."""
    return tuple(re.compile(rf"(?<![a-z0-9])(?:{p})(?![a-z0-9])", re.IGNORECASE) for p in patterns)


_SEASON = _words(
    rf"{_ORD}{_GAP}(?:{_SEASON_WORDS}|series|tv series)",
    rf"(?:{_SEASON_WORDS}|series){_GAP}{_N}",
    r"s(?P<n>\d{1,2})",
    rf"第{_GAP}{_N}{_GAP}(?:[季期部]|シーズン|シリーズ|season)",
    rf"제?{_GAP}{_N}{_GAP}기",
    r"(?P<n>\d{1,2}|[二三四五六七八九十])[期季]",
    rf"dai{_GAP}(?P<n>\d{{1,2}}|{'|'.join(_READINGS)}){_GAP}(?:ki|bu)",
    r"(?P<n>\d{1,2})(?:-?й)? сезон",
)
_PART = _words(
    rf"(?:{_PART_WORDS}){_GAP}{_N}",
    rf"{_ORD}{_GAP}(?:{_PART_WORDS})",
    rf"第{_GAP}{_N}{_GAP}(?:クール|部分|part|cour)",
)
_HALF = re.compile(r"[前後后]半(?:クール|cour)?")
_FINAL_WORDS = _words(r"(?:the )?final season", r"最[终終]季", r"ファイナルシーズン", r"파이널 시즌")
_TAIL_ROMAN = re.compile(
    r"(?:(?<=[^\x00-\x7f])|(?<=[\w!?)])[\s_]+)(?P<n>I[Ii]{1,2}|I[Vv]|VI{0,3}|Vi{1,3}|I[Xx])(?=$|\s*[:：~～]|\s+-)"
)
_TAIL_NUMBER = re.compile(r"(?<![\d.])(?:[2-9]|1\d)$")
_HINT = re.compile(  # what any season word has something of; most titles have none
    r"\d|[IVX]\b|[一二三四五六七八九十终終기半]|season|series|part|cour|ki\b|bu\b|teil|クール|パート|シーズン|시즌|파트|сезон",
    re.IGNORECASE,
)
_EDGES = " \t_-~:：,、，/／|"
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]|（\s*）|【\s*】")


@lru_cache(maxsize=65536)
def split_season(title: str) -> SeasonSplit:
    """Take the season and part words off: `Show 2nd Season Part 2` is (Show, 2, 2).

    Works in English, Japanese, Chinese, Korean, romaji and a few more; a Roman numeral counts at the
    end, or before a subtitle. `season` is FINAL for "Final Season". A title of nothing but such
    words stays whole.
    """
    text = unicodedata.normalize("NFKC", title).strip()
    if not _HINT.search(text):
        return SeasonSplit(title)
    text, part = _cut(text, _PART)
    if part is None and (half := _HALF.search(text)):
        text, part = f"{text[: half.start()]} {text[half.end() :]}", 1 if half[0][0] == "前" else 2
    text, season = _cut(text, _SEASON)
    if season is None:
        text, season = _cut_final(text)
    if season is None and (tail := _TAIL_ROMAN.search(text)):
        text, season = text[: tail.start()] + text[tail.end() :], number(tail["n"])
    base = " ".join(_EMPTY.sub(" ", text).split()).strip(_EDGES)
    return SeasonSplit(base, season, part) if base else SeasonSplit(title)


@lru_cache(maxsize=65536)
def split_number(title: str) -> SeasonSplit:
    """Read a bare last number as a season: `Show 2` is (Show, 2). Weak: *Area 88* has one too."""
    text = unicodedata.normalize("NFKC", title).strip()
    found = _TAIL_NUMBER.search(text)
    base = text[: found.start()].strip(_EDGES) if found else ""
    named = any(c.isalpha() for c in base) and not base[-1].isdigit()
    return SeasonSplit(base, int(found[0])) if found and named else SeasonSplit(title)


def without_film_words(title: str) -> str:
    """Take off what only says that it is a film (`剧场版`, `the Movie`); whole when nothing stays."""
    text, found = _FILM_WORDS.subn(" ", title)
    return (" ".join(text.split()).strip(_EDGES) or title) if found else title


_FILM_WORDS = re.compile(
    r"剧场版|劇場版|映画|电影|電影|극장판|"
    r"(?<![a-z])(?:gekijou? ?ban|eiga|(?:the )?movie)(?![a-z]|\s*\d)",
    re.IGNORECASE,
)


def number(word: str) -> int | None:
    """Read `2`, `2nd`, `second`, `II`, `二`, `十二` or `ni` as a number."""
    word = word.casefold()
    if digits := re.match(r"\d+", word):
        return int(digits[0])
    for table in (_ORDINALS, _KANA, _ROMAN, _READINGS):
        if word in table:
            return table[word]
    return _han_number(word)


def _han_number(word: str) -> int | None:
    if not word or any(c not in _DIGITS for c in word):
        return None
    tens, ten, ones = word.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + (_DIGITS[ones[-1]] if ones else 0)


def _cut(text: str, patterns: tuple[re.Pattern[str], ...]) -> tuple[str, int | None]:
    """Remove the first of `patterns` that is found with a number that can be read."""
    for pattern in patterns:
        for found in pattern.finditer(text):
            value = number(found["n"])
            if value:
                return f"{text[: found.start()]} {text[found.end() :]}", value
    return text, None


def _cut_final(text: str) -> tuple[str, int | None]:
    for pattern in _FINAL_WORDS:
        if found := pattern.search(text):
            return f"{text[: found.start()]} {text[found.end() :]}", FINAL
    return text, None
