"""Numbers as names print them: in Han, in words, inside a bracket; and what a season looks like. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from anivault.parser.models import Number, number
from anivault.parser.vocabulary import (
    CARDINALS,
    CJK,
    CJK_BATCH,
    EPISODE,
    KANA_ORDINALS,
    ORDINALS,
    ROMANS,
    any_of,
    han,
)
from anivault.parser.vocabulary import SEASON as WORDS
from anivault.shared import regex as re

_PLAIN = re.compile(r"\d+")
HALVES = {"前半": 1, "上半": 1, "後半": 2, "后半": 2, "下半": 2}  # of a season: its parts


def ordinal(text: str) -> int | None:
    """2nd, second, two, II: the number that a word stands for."""
    low = text.lower()
    if (value := ORDINALS.get(low) or CARDINALS.get(low) or ROMANS.get(low)) is not None:
        return value
    digits = _PLAIN.match(low)
    return int(digits[0]) if digits else None


class Numbers(NamedTuple):
    """What a bracket of numbers holds."""

    episodes: tuple[Number, ...]
    version: int | None = None
    second: Number | None = None  # [01 (25)]
    stated: bool = False  # with a word for episode: [EP01], [第01话]


_N = r"\d{1,4}(?:\.\d{1,2})?"
_COUNTERS = any_of(EPISODE["counters"])
_ENDINGS = (
    r"TV ?全集|全[集话話]?|TV|END|Fin|Final|已?完[结結]?|終|终|Pre|先行版?|修正?|[^\W\d_a-z]{1,4}版"
    r"|[^\W\d]{0,3}合集|Complet[eoa]|Batch|RAW|v\d"
)
_BRACKET = re.compile(
    rf"(?:(?P<word>第|EP?\.?|Ep(?:isode)?s?\.?|#|TV-?|No\.?|先行版?|(?:{_COUNTERS})\.?|Batch|Complete,?(?=\s*\d+\s?[-~]))\s*)?(?P<first>{_N})(?P<letter>[A-E](?![A-Z]))?(?:_?v(?P<v1>\d))?"
    rf"(?:\s*[话話集]?\s*(?:[-~&+,_]|to|al?|à|bis)\s*(?:第|EP?|#)?(?P<last>{_N})(?:v(?P<v2>\d))?)?"
    r"(?P<more>(?:\s*[&+,]\s*\d{1,4}(?:\.\d)?(?:\s?[-~]\s?\d{1,4})?)*)"
    rf"\s*(?P<counter>[话話集回화편]|(?:{any_of(EPISODE['of'])}) ?\d+|/ ?\d+|~?全\d+[话話集回])?"
    r"\s*(?:\(?v(?P<v3>\d)\)?)?"
    rf"(?:\s*\((?P<second>\d{{1,4}})\)|\s*\([^\W\d][^()]*\))?(?:\s*[\s_(.,;-]*(?:{_ENDINGS})\s*\)?)*(?:\s*[+&]\s*(?:\d\d?(?:-\d\d?)?\s?)?[^\W\d].*)?",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?<=[^\d全])\d+$")  # the 12 of 07/12, 07 of 12
_NO_EPISODE = re.compile(r"TV\s*(?:19|20)\d\d|[257]\.[01]", re.IGNORECASE)  # a year; channels of sound
RESOLUTIONS = frozenset({"480", "576", "720", "1080", "2160"})


def _is_past_its_total(found: re.Match[str]) -> bool:
    """Whether a number is greater than how many there are: `[22/7]` is a title."""
    total = _TOTAL.search(found["counter"] or "")
    return total is not None and int(total[0]) < float(found["first"])


def bracket(content: str) -> Numbers | None:
    """Read a bracket that holds nothing but a number or a range of them, with its trimmings."""
    if (found := _BRACKET.fullmatch(content)) is None:
        return None
    stated = bool(found["word"] or found["counter"])
    if (found["first"] in RESOLUTIONS and not stated) or _NO_EPISODE.fullmatch(content):
        return None
    if _is_past_its_total(found):
        return None
    printed = [found["first"] + (found["letter"] or ""), *_last_of(found)]
    version, second = found["v1"] or found["v2"] or found["v3"], found["second"]
    return Numbers(tuple(map(number, printed)), _maybe(version), _maybe(second), stated)


def _last_of(found: re.Match[str]) -> list[str]:
    """The last of several, `[01-12+13-24]`, where they go up."""
    numbers = re.findall(r"\d+(?:\.\d)?", found["more"])
    more = [text for text in numbers if float(text) > float(found["first"])]
    return more[-1:] or [text for text in (found["last"],) if text]


def _maybe(text: str | None) -> int | None:
    return int(text) if text else None


_CRC = re.compile(r"\s*([0-9A-Fa-f]{8})\s*")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")


def checksum(content: str) -> str | None:
    """The CRC32 that a bracket holds: eight hexadecimal digits alone. A date of eight digits is none."""
    found = _CRC.fullmatch(content) if len(content) < 11 else None
    return found[1] if found is not None and not _DATE.fullmatch(found[1]) else None


# --- seasons --------------------------------------------------------------------------------------

_WORD = any_of(WORDS["words"])
_ORDINAL = rf"\d{{1,2}}(?:{any_of(WORDS['marks'])})|{any_of(ORDINALS)}|\d{{1,2}}(?= сезон)"
_NAMED = rf"{any_of(CARDINALS)}|II|III|IV|VI{{0,3}}"
_NO_EPISODE_BEHIND = r"(?!(?<=[2-9])(?<!^S0\d)-\s?\d\d(?!\d))"  # S2-10, Season 2-01; S02-03 alone is a range
_JOIN = r"(?:[-~+&]|\s*(?:[+&,~]|and|to|à|bis|по)\s*|\s*-\s*(?=S)|\s*(?=S\d))"
_HAN = r"[\d一二三四五六七八九十]{1,3}"
LATIN_SEASON = re.compile(
    rf"(?:(?<![^\W_])|(?<=[{CJK}])(?=S\d))"
    rf"(?:(?<!\.)(?:(?P<since>\d(?:st|nd|rd|th)|first|second|third)\s*(?:[&+,-]|and|to)\s*)?"
    rf"(?P<ordinal>{_ORDINAL})(?!(?<=the \d\w\w) (?:{_WORD}) \d)"  # the 3rd Season 2
    rf"[ ._-]*(?:{_WORD})(?! [1-9] (?:- )?(?:EP?)?\d)"
    rf"|(?<!final )(?!seasons \d{{1,2}}(?! ?(?:[-~+&,]|to|and)))(?:{_WORD})"
    rf"(?:[ ._]{{0,2}}|-)(?P<word>\d{{1,2}})"
    rf"(?:{_NO_EPISODE_BEHIND}{_JOIN}(?:S|{_WORD})?\s*(?P<word_last>\d{{1,2}})(?![\d.]))*"
    rf"|(?:{_WORD}) (?P<named>{_NAMED})"
    rf"|TV-(?P<tv>\d)|S(?P<short>\d{{1,2}})(?:P(?P<part>\d{{1,2}})"
    rf"|(?:{_NO_EPISODE_BEHIND}{_JOIN}(?:S|(?!0)|(?<=0\d.))(?P<short_last>\d{{1,2}})(?![\d.])(?=[\s\])+&,全合-]|$))+)?)(?![^\W_全合]|\.\d)",
    re.IGNORECASE,
)
CJK_SEASON = re.compile(
    rf"第\s*(?P<counted>{_HAN})\s*(?:[季期部]?\s*[-~至到+&,和及]\s*第?\s*(?P<counted_last>{_HAN})\s*)*(?:[季期]|部(?!分))"
    rf"|(?P<kana>{any_of(KANA_ORDINALS)})[\s・]?(?:{any_of(WORDS['cjk'])})(?=\s*(?:$|[\x01-\x07\[(第#-]|\d))"
    rf"|(?<!\d)(?P<korean>\d{{1,2}})\s*[기期](?!\w)|(?:{any_of(WORDS['cjk'])})\s*(?P<word>\d{{1,2}})"
    r"|(?<![\d第])(?P<from>\d)\s*[-~至到]\s*(?P<till>\d{1,2})[季期]"
    r"|(?P<bare>[一二三四五六七八九十])(?:(?<![ の]四)季(?![^\W\d_](?<!第))|(?<=[\s\])].)期(?![^\W_]))"
)
# What a season's bracket or folder may name behind it.
_TRIMMINGS = re.compile(
    r"(?:[\s+&,]*(?:OVAs?|OADs?|ONAs?|Specials?|Movies?|SPs?|Extras?"
    rf"|(?:Part|Cour) (?P<part>\d)|第(?P<section>[\d一二三四五])部|(?P<half>{any_of(HALVES)})"
    rf"|Complete|Batch|S\d{{1,2}}|BD|DVD|TV|全|{CJK_BATCH}))*\s*(?:\+\s*[^\W\d].*)?",
    re.IGNORECASE,
)
_ALL_OF = re.compile(r"(?:the )?complete ", re.IGNORECASE)  # (Complete Season 2)


def whole_season(content: str) -> dict[str, Any] | None:
    """Read a bracket or folder that holds nothing but a season, with extras named behind it."""
    if (whole := _ALL_OF.match(content)) is not None:
        content = content[whole.end() :]
    for pattern in (LATIN_SEASON, CJK_SEASON):
        if (found := pattern.match(content)) is not None and (
            more := _TRIMMINGS.fullmatch(content, found.end())
        ):
            part = HALVES.get(more["half"]) or han(more["part"] or more["section"] or "0")
            return season_of(found) | ({"part": part} if part else {})
    return None


def season_of(found: re.Match[str]) -> dict[str, Any]:
    """The fields that a season says: its number, or all of a range."""
    groups = found.groupdict()
    if groups.get("part"):
        return {"season": int(groups["short"]), "part": int(groups["part"])}
    if kana := groups.get("kana"):
        return {"season": KANA_ORDINALS[kana]}
    if worded := groups.get("ordinal") or groups.get("named"):
        return _range(ordinal(groups.get("since") or worded) or 0, ordinal(worded) or 0)
    first = _first(groups, "word", "tv", "short", "counted", "korean", "bare", "from")
    last = _first(groups, "word_last", "short_last", "counted_last", "till")
    return _range(han(first or "0"), han(last or "0"))


def _range(first: int, last: int) -> dict[str, Any]:
    if not first < last <= first + 30:  # 30: more is no range of seasons but another number
        return {"season": first}
    return {"season": first, "seasons": tuple(range(first, last + 1))}


def _first(groups: dict[str, str | None], *names: str) -> str | None:
    return next((groups[name] for name in names if groups.get(name)), None)
