"""Technical words: what one of them or a stretch of them says, and how sure it is to be technical.

In: words of a name. Out: Terms, strengths. Remembered, since a release repeats the same few. Pure.
"""

from __future__ import annotations

from typing import NamedTuple

from anivault.parser.vocabulary import ALONE, CJK_NOTES, CJK_SUBTITLES, LEADS, STRONG, TERMS
from anivault.shared import regex as re

_SPLIT = re.compile(r"[\s,_|&/;+()\[\]{}:!#]+")
HALVES = re.compile(r"[-.@]")
RESOLUTION = re.compile(r"\d{3,4}[pi]\d{0,3}|\d{3,4}[x×*]\d{3,4}[pi]?", re.IGNORECASE)
_JOINED = re.compile(r"(BD|DVD|WEB|TV|HD|AI)(\d{3,4}p)", re.IGNORECASE)
_AUDIO = re.compile(
    r"\d?(?:q?aac|flac|ddp?|e-?ac-?3|ac-?3|opus|dts|truehd|l?pcm|mp3|vorbis|ass|srt)"
    r"(?:[x.]?\d(?:[. ]\d)?(?:ch)?)?",
    re.IGNORECASE,
)
_MEASURE = re.compile(  # no field, and no episode
    r"crf[-_=]?\d{1,2}|(?:23|29|59)\.\d{1,3}fps|\d{2,3}fps|\d{2,4}kbps|\d+(?:\.\d+)?[kmg]i?b", re.IGNORECASE
)
_SHAPES = (("resolution", RESOLUTION), ("audio_codec", _AUDIO))
Field = tuple[str, str, bool]  # its name, its value, whether the word is technical for certain
_CJK = re.compile(
    rf"附[^A-Za-z]*|[{CJK_SUBTITLES}\s&_+/x0-9]+|.*(?:{CJK_NOTES}).*|[^A-Za-z]{{0,8}}新番.{{0,4}}"
    r"|.*(?:字幕|双语|雙語|内封|內封|内嵌|內嵌|外挂|外掛)[^字]*",
    re.IGNORECASE,
)
_FIELDS = frozenset({"resolution", "source", "video_codec", "audio_codec"})


class Terms(NamedTuple):
    """What a technical stretch says. `rest`: its words that are no known term."""

    strong: bool
    known: int
    rest: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]


_cache: dict[str, Terms] = {}
_strengths: dict[str, str] = {}


def terms(content: str) -> Terms:
    """Read a stretch of technical words. Remembered: a release repeats the same few."""
    if (known := _cache.get(content)) is None:
        if len(_cache) > 4096:
            _cache.clear()
        known = _cache[content] = _terms(content)
    return known


def is_note(content: str) -> bool:
    """Tell whether a bracket speaks of subtitles or to the reader, in Chinese."""
    return not content.isascii() and _CJK.fullmatch(content) is not None


def is_technical(content: str) -> bool:
    """Tell whether every word of a stretch is technical."""
    found = terms(content)
    return found.known > 0 and not found.rest


def _terms(content: str) -> Terms:
    found: dict[str, str] = {}
    certain: set[str] = set()  # fields that a strong word has filled
    strong, known = False, 0
    rest: list[str] = []
    for word in filter(None, _SPLIT.split(content)):
        fields = fields_of(word)
        known += bool(fields)
        if not fields:
            rest.append(word)
        for field, value, sure in fields:
            strong |= sure
            if field in _FIELDS and (field not in found or (sure and field not in certain)):
                found[field] = value
            if sure:
                certain.add(field)
    return Terms(strong, known, tuple(rest), tuple(found.items()))


def fields_of(word: str) -> list[Field]:
    """The fields that one word fills; empty when it is no term."""
    low = word.lower()
    if _MEASURE.fullmatch(low) is not None:
        return [("measure", word, True)]
    if (field := TERMS.get(low)) is not None:
        return [(field, word, low in STRONG)]
    for field, pattern in _SHAPES:
        if pattern.fullmatch(word) is not None:
            return [(field, word, True)]
    return _fields_of_pieces(word)


def _fields_of_pieces(word: str) -> list[Field]:
    """`BD720p`, `H264.AAC`: all of its pieces are terms."""
    joined = _JOINED.fullmatch(word)
    pieces = list(joined.groups()) if joined else [piece for piece in HALVES.split(word) if piece]
    each = [fields_of(piece) for piece in pieces] if 2 <= len(pieces) <= 8 else []
    return [entry for fields in each for entry in fields] if all(each) else []


def strength(token: str) -> str:
    """Strong: technical for certain, alone or before a dash. Alone, lead: by their lists; else weak."""
    if (rated := _strengths.get(token)) is None:
        if len(_strengths) > 4096:
            _strengths.clear()
        rated = _strengths[token] = _rate(token)
    return rated


def _rate(token: str) -> str:
    pieces = HALVES.split(token)
    heads = (token, *pieces[:2], "-".join(token.split("-")[:2]))
    if any(sure for word in heads for _, _, sure in fields_of(word)):
        return "strong"
    return "alone" if token in ALONE else "lead" if token in LEADS else "weak"
