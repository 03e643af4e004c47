"""Numbers as names print them: plain, decimal, lettered, Han; and what stands inside a bracket of them."""

from __future__ import annotations

from typing import NamedTuple

from anivault.parser.models import Number
from anivault.parser.vocabulary import CARDINALS, EPISODE, HAN, ORDINALS, ROMANS, any_of
from anivault.shared import regex as re

YEARS = range(1950, 2036)  # four digits that are a year before they are an episode

_PLAIN = re.compile(r"\d+")
HAN_VALUE = {char: value for value, char in enumerate(HAN)} | {"两": 2, "兩": 2, "零": 0}

HALVES = {"前半": 1, "上半": 1, "後半": 2, "后半": 2, "下半": 2}  # of a season: its parts


def number(text: str) -> Number:
    """A printed number: int, float, or text where it carries a letter ("01b")."""
    if _PLAIN.fullmatch(text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text


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
_ENDINGS = (
    r"TV ?全集|全集|TV|全|END|Fin|Final|完结?|終|终|Pre|先行版?|修正?版?|[^\W\d]{0,3}合集|Complete|RAW|v\d"
)
_BRACKET = re.compile(
    rf"(?:(?P<word>第|EP?\.?|Ep(?:isode)?s?\.?|#|TV|No\.?)\s*)?(?P<first>{_N})(?P<letter>[A-E](?![A-Z]))?(?:_?v(?P<v1>\d))?"
    rf"(?:\s*(?:[-~&+,_]|to)\s*(?:第|EP?|#)?(?P<last>{_N})(?:v(?P<v2>\d))?)?"
    rf"\s*(?P<counter>[话話集回화편]|(?:{any_of(EPISODE['of'])}) ?\d+|/ ?\d+|~?全\d+[话話集回])?"
    r"\s*(?:v(?P<v3>\d))?"
    rf"(?:\s*\((?P<second>\d{{1,4}})\)|\s*\([^\W\d][^()]*\))?(?:\s*[\s_(-]*(?:{_ENDINGS})\s*\)?)*(?:\s*[+&]\s*[^\W\d].*)?",
    re.IGNORECASE,
)
_NO_EPISODE = re.compile(r"TV\s*(?:19|20)\d\d|[257]\.[01]", re.IGNORECASE)  # a year; channels of sound
RESOLUTIONS = frozenset({"480", "576", "720", "1080", "2160"})


def bracket(content: str) -> Numbers | None:
    """Read a bracket that holds nothing but a number or a range of them, with its trimmings."""
    if (found := _BRACKET.fullmatch(content)) is None:
        return None
    stated = bool(found["word"] or found["counter"])
    if (found["first"] in RESOLUTIONS and not stated) or _NO_EPISODE.fullmatch(content):
        return None
    printed = [found["first"] + (found["letter"] or ""), *filter(None, (found["last"],))]
    version = found["v1"] or found["v2"] or found["v3"]
    second = number(found["second"]) if found["second"] else None
    return Numbers(tuple(map(number, printed)), int(version) if version else None, second, stated)


_CRC = re.compile(r"\s*([0-9A-Fa-f]{8})\s*")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")


def checksum(content: str) -> str | None:
    """The CRC32 that a bracket holds: eight hexadecimal digits alone. A date of eight digits is none."""
    found = _CRC.fullmatch(content)
    return found[1] if found is not None and not _DATE.fullmatch(found[1]) else None
