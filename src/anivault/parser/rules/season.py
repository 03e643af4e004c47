"""The season, in words and in the forms where it stands alone: S2, Season 2, 2nd Season, 第二季.

Roman numerals and bare digits behind a title (`Overlord IV`, `Chihayafuru 3`) stay in the title:
whether they count seasons is for whoever knows the shows. `Final Season` names no number.
"""

from __future__ import annotations

from typing import Any

from anivault.parser.draft import EPISODE, SEASON, Draft
from anivault.parser.rules.episode import BETWEEN_DASHES
from anivault.parser.rules.numbers import HALVES, han, ordinal
from anivault.parser.vocabulary import CARDINALS, ORDINALS, any_of, letters_of
from anivault.parser.vocabulary import SEASON as WORDS
from anivault.shared import regex as re

RULE = "rule:season"

_WORDED = letters_of(WORDS["words"])
_GATE = _WORDED | {"s", "tv"}
_WORD = any_of(WORDS["words"])
_ORDINAL = rf"\d{{1,2}}(?:{any_of(WORDS['marks'])})|{any_of(ORDINALS)}|\d{{1,2}}(?= сезон)"
_NAMED = rf"{any_of(CARDINALS)}|II|III|IV|VI{{0,3}}"
_JOIN = r"(?:[-~+&]|\s*(?:[+&,~]|and|to)\s*|\s*-\s*(?=S)|\s*(?=S\d))"
_HAN = r"[\d一二三四五六七八九十]{1,3}"
_LATIN = re.compile(
    rf"(?<![^\W_])(?:(?<!\.)(?:(?P<since>\d(?:st|nd|rd|th))\s*(?:[&+,-]|and|to)\s*)?"
    rf"(?P<ordinal>{_ORDINAL})[ ._-]*(?:{_WORD})(?! [1-9] (?:- )?(?:EP?)?\d)"
    rf"|(?<!final )(?!seasons \d{{1,2}}(?! ?(?:[-~+&,]|to|and)))(?:{_WORD})"
    rf"(?:[ ._]{{0,2}}|-)(?P<word>\d{{1,2}})"
    rf"(?:{_JOIN}(?:S|{_WORD})?\s*(?P<word_last>\d{{1,2}})(?![\d.]))*"
    rf"|(?:{_WORD}) (?P<named>{_NAMED})"
    rf"|TV-(?P<tv>\d)|S(?P<short>\d{{1,2}})(?:P(?P<part>\d{{1,2}})"
    rf"|(?:{_JOIN}(?:S|(?!0)|(?<=0\d.))(?P<short_last>\d{{1,2}})(?![\d.])(?=[\s\])+&,-]|$))+)?)(?![^\W_]|\.\d)",
    re.IGNORECASE,
)
_CJK = re.compile(
    rf"第\s*(?P<counted>{_HAN})\s*(?:[季期部]?\s*[-~至到+&]\s*第?\s*(?P<counted_last>{_HAN})\s*)?(?:[季期]|部(?!分))"
    rf"|(?<!\d)(?P<korean>\d{{1,2}})\s*[기期](?!\w)|(?:{any_of(WORDS['cjk'])})\s*(?P<word>\d{{1,2}})"
    r"|(?<![\d第])(?P<from>\d)\s*[-~至到]\s*(?P<till>\d{1,2})季"
    r"|(?P<bare>[一二三四五六七八九十])(?:季(?![^\W\d_](?<!第))|(?<=[\s\])].)期(?![^\W_]))"
)
# What a season's bracket or folder may name behind it.
_TRIMMINGS = re.compile(
    r"(?:[\s+&,]*(?:OVAs?|OADs?|ONAs?|Specials?|Movies?|SPs?|Extras?"
    rf"|(?:Part|Cour) (?P<part>\d)|第(?P<section>[\d一二三四五])部|(?P<half>{any_of(HALVES)})"
    r"|Complete|Batch|S\d{1,2}|BD|DVD|TV))*\s*",
    re.IGNORECASE,
)


def read(draft: Draft) -> None:
    """Claim every season named in the running text; the first one counts, a range is all of it.

    Where the episode or a bracket has said one, words that say the same.
    """
    gate = _WORDED if "season" in draft.fields else _GATE
    if not draft.text.isascii():
        _read_all(draft, _CJK)
    if not draft.words.isdisjoint(gate):
        _read_all(draft, _LATIN)


def _read_all(draft: Draft, pattern: re.Pattern[str]) -> None:
    for found in pattern.finditer(draft.text):
        if BETWEEN_DASHES.search(draft.text, 0, found.start()):  # what follows is the episode's title
            return
        if "season" in draft.fields and found[0].endswith("部"):  # 第2期 第2部: a part of it
            continue
        said = _fields(found)
        if draft.said.get("season", RULE) != RULE and (
            EPISODE in draft.text[: found.start()] or said != {"season": draft.fields["season"]}
        ):
            continue  # but 第二季 S02E05 says it twice
        for field, value in said.items():
            draft.set(field, value, RULE)
        draft.gap(found.start(), found.end(), SEASON)


def whole(content: str) -> dict[str, Any] | None:
    """Read a bracket or folder that holds nothing but a season, with extras named behind it."""
    for pattern in (_LATIN, _CJK):
        if (found := pattern.match(content)) is not None and (
            more := _TRIMMINGS.fullmatch(content, found.end())
        ):
            part = HALVES.get(more["half"]) or han(more["part"] or more["section"] or "0")
            return _fields(found) | ({"part": part} if part else {})
    return None


def _fields(found: re.Match[str]) -> dict[str, Any]:
    groups = found.groupdict()
    if groups.get("part"):
        return {"season": int(groups["short"]), "part": int(groups["part"])}
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
