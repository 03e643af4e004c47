"""Resolution, source and codecs, from the technical part of a name.

A strong word (`1080p`, `x265`, `BDRip`) is never part of a title, so everything behind the first
one outside brackets is technical. Weak words (`BD`, `Dual`, `TV`) count inside brackets and behind it.
"""

from __future__ import annotations

from typing import NamedTuple

from anivault.parser.draft import EMPTY, EPISODE, GAPS, KIND, SEASON, TERM, Draft
from anivault.parser.rules import group
from anivault.parser.vocabulary import (
    ALONE,
    CJK_NOTES,
    CJK_SUBTITLES,
    CJK_TYPES,
    LEADS,
    PAIRED,
    STRONG,
    TERM_PAIRS,
    TERMS,
    TYPES,
    any_of,
    letters_of,
)
from anivault.shared import regex as re

RULE = "rule:media"

_SPLIT = re.compile(r"[\s,_|&/;+()\[\]{}:!#]+")
_SEASONAL = re.compile(
    r"[★☆\s]*(?:\d{4}年?)?(?:\d{1,2}|十[一二]?|[一二三四五六七八九])月(?:新番|番)?[★☆\s]*"
    rf"(?=\[|$|[★☆{GAPS}])|[★☆]+(?=\[)|[★☆]\d{{1,2}}月新番\s"
)
_STARRED = re.compile(rf"(?:^|(?<=[\]{GAPS}]))\s*[★☆][^★☆\[\](){GAPS}]{{1,8}}[★☆](?=\s*[\[{GAPS}])")  # ★老番★
_LANGUAGE = re.compile(rf"(?<=\s)[^\W\d_a-zA-Z]{{1,5}}字幕(?=\s*(?:$|[\[({GAPS}]))")  # 08 英文字幕
_KIND = re.compile(rf"[★☆]({any_of(CJK_TYPES)}|OVA|OAD|SP)[★☆]", re.IGNORECASE)
_SITE = re.compile(
    r"\s*(?:www[. ][\w-]+[. ][a-z]{2,4}\s*|[\w-]+\.(?:com|net|org|info|tv|pw|me|cc|to|ru|xyz|vip)\s+)-\s+"
)
_DATE = re.compile(r"\s*(?:19|20)\d\d[. -]?(?:0\d|1[0-2])[. -]?[0-3]\d[\s-]+(?=\D)")  # 20231006 Title
_GAP = re.compile(f"[{GAPS}]+")
_NUMBER = re.compile(
    rf"(?<=\s)(?:-\s+\d{{1,4}}|0\d|\d{{1,3}}[-~]\d{{2,3}})(?:v\d)?(?=\s*(?:$|[{GAPS}\[(+]|-\s))"
)
_YEAR = re.compile(r"(?<=\s)(?:19[5-9]|20[0-3])\d(?=\s)")
_BATCH_OF = re.compile(r"\s+\(?\d")  # Batch 1-12
_EPISODE_AHEAD = re.compile(f"[{SEASON}{EPISODE}]")
_HALVES = re.compile(r"[-.@]")
_RESOLUTION = re.compile(r"\d{3,4}[pi]\d{0,3}|\d{3,4}[x×*]\d{3,4}[pi]?", re.IGNORECASE)
_JOINED = re.compile(r"(BD|DVD|WEB|TV|HD|AI)(\d{3,4}p)", re.IGNORECASE)
_AUDIO = re.compile(
    r"\d?(?:q?aac|flac|ddp?|e-?ac-?3|ac-?3|opus|dts|truehd|l?pcm|mp3|vorbis|ass|srt)"
    r"(?:[x.]?\d(?:[. ]\d)?(?:ch)?)?",
    re.IGNORECASE,
)
_MEASURE = re.compile(  # no field, and no episode
    r"crf[-_=]?\d{1,2}|(?:23|29|59)\.\d{1,3}fps|\d{2,3}fps|\d{2,4}kbps|\d+(?:\.\d+)?[kmg]i?b", re.IGNORECASE
)
_CJK = re.compile(
    rf"[{CJK_SUBTITLES}\s&_+/x0-9]+|.*(?:{CJK_NOTES}).*|[^A-Za-z]{{0,8}}新番.{{0,4}}"
    r"|.*(?:字幕|双语|雙語|内封|內封|内嵌|內嵌|外挂|外掛)[^字]*",
    re.IGNORECASE,
)
_FIELDS = frozenset({"resolution", "source", "video_codec", "audio_codec"})
# The letters of every word that can begin a technical part; `p`, `i` and `x` are those of resolutions.
_GATE = letters_of((*STRONG, *ALONE, *map(" ".join, TERM_PAIRS), *"pix", "crf", "fps", "kbps", "mb", "gb"))
_MENU = re.compile(r"[ _]menu", re.IGNORECASE)  # BD Menu 1
_TOKEN = re.compile(rf"[^\s_{GAPS}\[\](){{}}]+")


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


def _terms(content: str) -> Terms:
    found: dict[str, str] = {}
    certain: set[str] = set()  # fields that a strong word has filled
    strong, known = False, 0
    rest: list[str] = []
    for word in filter(None, _SPLIT.split(content)):
        fields = _fields_of(word)
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


def _fields_of(word: str) -> list[tuple[str, str, bool]]:
    """The fields that one word fills: (field, value, strong); empty when it is no term."""
    low = word.lower()
    if _MEASURE.fullmatch(low):
        return [("measure", word, True)]
    if (field := TERMS.get(low)) is not None:
        return [(field, word, low in STRONG)]
    if _RESOLUTION.fullmatch(word):
        return [("resolution", word, True)]
    if _AUDIO.fullmatch(word):
        return [("audio_codec", word, True)]
    if (joined := _JOINED.fullmatch(word)) is not None:
        return [*_fields_of(joined[1]), *_fields_of(joined[2])]
    halves = [half for half in _HALVES.split(word) if half]
    each = [_fields_of(half) for half in halves] if 2 <= len(halves) <= 8 else []
    return [entry for fields in each for entry in fields] if all(each) else []


def keep(draft: Draft, found: Terms) -> None:
    """Keep the fields of a technical stretch."""
    for field, value in found.fields:
        draft.set(field, value, RULE)


def read(draft: Draft) -> None:
    """Claim the technical part of the running text, with the group that ends it (`x265-NAME`)."""
    if draft.words.isdisjoint(_GATE) and "×" not in draft.text:
        return
    if (tail := _tail(draft.text)) is None:
        return
    number = _NUMBER.search(draft.text, tail)  # Title 1080p - 03
    end = len(draft.text) if number is None else number.start()
    if number is None:
        group.read_dashed(draft, tail)
    for piece in _GAP.split(draft.text[tail:end]):
        keep(draft, terms(piece))
    if (year := _YEAR.search(draft.text, tail, end)) is not None:  # MULTi 2016 1080p
        draft.set("year", int(year[0]), RULE)
    draft.gap(tail, end, TERM)


def notes(draft: Draft) -> None:
    """Claim what is addressed to readers in the running text: ★10月新番★, the site or day it came from."""
    if (site := _SITE.match(draft.text) or _DATE.match(draft.text)) is not None:
        draft.gap(site.start(), site.end(), TERM)
    if not draft.text.isascii():
        if (kind := _KIND.search(draft.text)) is not None:
            draft.set("type", TYPES[kind[1].lower()], RULE)
            draft.gap(kind.start(), kind.end(), KIND)
        for pattern in (_STARRED, _SEASONAL, _LANGUAGE):
            for found in pattern.finditer(draft.text):
                draft.gap(found.start(), found.end(), TERM)


def _tail(text: str) -> int | None:
    """Where the first strong word stands, or the weak ones right before it; or one that may stand alone."""
    front = len(text) - len(text.lstrip(EMPTY))  # a title may begin with a word that is not strong
    start = None  # of the weak words before the present one
    before, at = "", 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        strength = _strengths.get(token) or _strength(token)
        if strength == "strong" and found.start() == front and _begins_title(text, found):
            strength = "weak"
        if before in PAIRED and (before, token.lower()) in TERM_PAIRS:
            return at if start is None else start
        if strength == "strong":
            doubled = (
                before.isdecimal() and len(before) < 4 and _RESOLUTION.fullmatch(token) is not None
            )  # episode 720 in 1080p
            return found.start() if start is None or doubled else start
        if strength == "weak":
            start = start if _YEAR.match(text, found.start()) else None
        elif found.start() > front and start is None:
            if strength == "alone" and not _stands_by(text, token, found.end()):
                return found.start()
            start = found.start()
        before, at = token.lower(), found.start()
    return None


def _stands_by(text: str, token: str, end: int) -> bool:
    """`BD Menu`, `Batch 1-12`: the word says nothing by itself."""
    return _MENU.match(text, end) is not None or (
        token.lower() == "batch" and _BATCH_OF.match(text, end) is not None
    )


def _begins_title(text: str, found: re.Match[str]) -> bool:
    """`Opus.COLORs`, `Flac Girl`: a word of letters where the title begins, with plain words behind it."""
    if _EPISODE_AHEAD.search(text, 0, found.start()) or any(map(str.isdecimal, found[0])):
        return False
    if any(not _fields_of(half) for half in _HALVES.split(found[0])):
        return True
    following = _TOKEN.match(text, found.end() + 1)
    return following is not None and following[0].isalpha() and _rate(following[0]) == "weak"


def _strength(token: str) -> str:
    if len(_strengths) > 4096:
        _strengths.clear()
    _strengths[token] = rated = _rate(token)
    return rated


def _rate(token: str) -> str:
    """Strong: technical for certain, alone or before a dash. Alone, lead: by their lists."""
    pieces = _HALVES.split(token)
    heads = (token, *pieces[:2], "-".join(token.split("-")[:2]))
    if any((fields := _fields_of(word)) and any(sure for _, _, sure in fields) for word in heads):
        return "strong"
    return "alone" if token in ALONE else "lead" if token in LEADS else "weak"
