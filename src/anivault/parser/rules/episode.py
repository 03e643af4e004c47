"""Claim an episode's number: what numbers, ranges and their ends look like, and what one says once found.

A second number of the same episode (`002 (100)`) is kept as absolute, a range as its two ends.
"""

from __future__ import annotations

from collections.abc import Mapping

from anivault.parser.draft import EPISODE, GAPS, SEASON, YEAR, Draft
from anivault.parser.models import YEARS, Number, number
from anivault.parser.vocabulary import EPISODE as WORDS
from anivault.parser.vocabulary import NUMBERED_TITLES, TYPES, any_of
from anivault.shared import regex as re

RULE = "rule:episode"
SIBLINGS = "siblings"
SETTLED = (RULE, SIBLINGS)

ALONE = r"(?<![^\W_])"  # no letter or digit in front
OVER = r"(?![^\W_])"  # none behind
N = r"\d{1,4}(?:\.\d{1,2})?"
LETTER = r"(?P<letter>[A-Da-d](?![^\W_]))?"
V = r"(?:[ _.-]?(?:[vV]|rev)(?P<version>\d)(?!\d))?"
NUMBER = rf"(?P<first>{N}){LETTER}{V}"
_ENDINGS = any_of(WORDS["endings"])
_TO = (
    rf"(?:-|\s+-\s*(?!\d+\s+(?!{_ENDINGS})[^\W\d_])|(?<=\d\d)-\s+|\s*(?:[~+&]|->|(?i:to|and|thru|through))\s*|\s+(?i:al?|à|bis|по)\s+"
    r"|_|,\s?)"
)
# 01-02-3, 201-210 & 212-220
_AND = r"(?:-\d{1,4}(?!\d)|(?:[\s.]*[&,+]|\s+and\s)[\s.]*\d{1,4}(?:\.5|-\d{1,4})?(?!\d))*"
RANGE = (
    rf"(?:{_TO}(?:(?i:EP?)\.? ?|#|(?i:episode) )?(?P<last>{N})(?:[vV](?P<last_version>\d))?(?P<and>{_AND})"
    rf"(?!\d|\.\d|(?!(?i:{_ENDINGS}))[^\W_]))?"
)
_WITH = rf"\s*[+&,]\s*(?:\d\d?\s)?(?i:{any_of(WORDS['with'])})(?:\s?\d+(?:-\d+)?)?"  # + 2 OVA, + SP1-3
ENDING = rf"(?:\s*(?i:{_ENDINGS})|{_WITH})*"
# The part ends here.
END = (
    rf"(?=\s*(?:$|[{GAPS}\[({{「『]|\s[\"'](?=[^\W\d])|\s-|-(?:$|[\s{GAPS}\[(])|//|\||~\s*(?:$|[{GAPS}\[(])))"
)

_BETWEEN_DASHES = re.compile(r"\s(?:-\s(?P<first>\d{2,4})|(?P<padded>0\d))(?:v\d)?\s-\s")  # - 12 -, 07 -
_BEFORE_IT = re.compile(rf"{ALONE}(?:(\d{{1,2}})x|S(\d{{1,2}})[ ._-]?EP?)$", re.IGNORECASE)
_SECOND = re.compile(rf"\s+(?:-\s*(?=\d{{3}}))?(\d{{2,4}})(?:-(\d{{2,4}}))?(?=\s*(?:$|[{GAPS}\[(]|-\s))")
FAR = 1800  # few shows have as many episodes, and their siblings say so
_COUNTED_FROM = re.compile(rf"(?:(?<!\d)(?:19|20)\d\d|[{YEAR}{SEASON}])\s*$")  # a year, a season
COUNTS = re.compile(rf"{ALONE}(?:{any_of(WORDS['counts'])})[. ]+$", re.IGNORECASE)
COUNTS_AMID = re.compile(rf"{ALONE}(?:{any_of(WORDS['counts'] + WORDS['counts_amid'])})[. ]+$", re.IGNORECASE)
_FILM = re.compile(r"(?:movie|film)s?\s*$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+(?:\.5)?")
_LETTERS = re.compile(r"[^\W\d_]+")


def read_at(draft: Draft, start: int, end: int) -> None:
    """Claim the number that the file's siblings have shown to be the episode."""
    draft.fields["episodes"], draft.said["episodes"] = (int(draft.text[start:end]),), SIBLINGS
    if (season := _BEFORE_IT.search(draft.text, 0, start)) is not None:  # 1x5, S01E05
        draft.set("season", int(season[1] or season[2]), SIBLINGS)
        start = season.start()
    gap(draft, start, end)


def is_behind_episode(draft: Draft, end: int) -> bool:
    """What stands at `end` is of the episode's title: `- 12 - Chapter 3`; not in `Gundam 00 - Episode 3`."""
    found = _BETWEEN_DASHES.search(draft.text, 0, end)
    return found is not None and not _is_title(draft, found.start(), found["first"] or found["padded"])


def is_numbered_title(draft: Draft, found: re.Match[str]) -> bool:
    """`Area 88`, `Mobile Suit Gundam 00`: the last words in front, with the number, are a title."""
    last = found["last"] if "last" in found.re.groupindex else None
    number = f"{found['first']}-{last}" if last else found["first"]  # Ranma 1-2
    return _is_title(draft, found.start(), number)


def is_behind_numbered_title(draft: Draft, found: re.Match[str]) -> bool:
    """`Eyeshield 21-105`: no range begins with the number of a title."""
    return _is_title(draft, found.start(), found["first"])


def _is_title(draft: Draft, start: int, number: str) -> bool:
    words = _LETTERS.findall(draft.text[:start].lower())[-4:]
    whole = range(len(words) or 1)  # `86` is a title by itself, and the number of Its Title 86
    return any(" ".join([*words[n:], number]) in NUMBERED_TITLES for n in whole)


def belongs(draft: Draft, found: re.Match[str]) -> bool:
    """Tell whether a last number is part of the title: a lone digit, a decimal, a year, or known for it."""
    text = found["first"]
    if is_numbered_title(draft, found) or _is_of_a_film(draft, found) or is_year(text):
        return True
    if found["last"]:
        return _is_no_range(draft, found)
    if _has_version(draft, found):
        return False
    if is_like_a_year(text) or is_counted(draft, found, COUNTS):
        return True
    if len(text) == 1:  # Title 2018 6, Title S2 6
        return _COUNTED_FROM.search(draft.text, 0, found.start()) is None
    return _is_decimal_title(text)


def _has_version(draft: Draft, found: re.Match[str]) -> bool:
    """Whether the version behind a number is an episode's; in `Title 2 v2` it is not."""
    return bool(found["version"]) and (len(found["first"]) > 1 or draft.text[found.end("first")] != " ")


def _is_decimal_title(text: str) -> bool:
    """`Title 2.22`; 6.5 is an episode between two, and 0.9 one before the first."""
    return "." in text and not text.startswith("0") and not text.endswith(".5")


def _is_no_range(draft: Draft, found: re.Match[str]) -> bool:
    """Whether two numbers are part of a title: `Class 5-2`, `3.0+1.01`, `Title 1+2`."""
    first, last = found["first"], found["last"]
    if len(first) == 1 and "+" in draft.text[found.end("first") : found.start("last")]:
        return True
    small = len(first) == 1 or "." in first
    return small and last[0] != "0" and float(last) <= float(first)


def is_counted(draft: Draft, found: re.Match[str], words: re.Pattern[str]) -> bool:
    """`Level 99`, `File 170 Its Name`, `Dai 08 Its Name`: the word in front has the number."""
    before = words.search(draft.text, 0, found.start("first"))
    return before is not None and (found["first"][0] != "0" or before[0].lower().startswith("dai"))


def _is_of_a_film(draft: Draft, found: re.Match[str]) -> bool:
    """`Movie 25`."""
    return not found["first"].startswith("0") and _FILM.search(draft.text, 0, found.start()) is not None


def is_like_a_year(text: str) -> bool:
    """`Its Rebel 3199`, `Night Raid 1931`: no show has come so far, and titles like such numbers."""
    return len(text) == 4 and text.isdecimal() and int(text) >= FAR


def is_year(text: str) -> bool:
    """`Title 1999`, `Title 1992-2017`."""
    return len(text) == 4 and text.isdecimal() and int(text) in YEARS


def claim_with_second(draft: Draft, found: re.Match[str]) -> None:
    """Claim a number and a second one of the same episode right behind it: `002 (100)`, `S10E14 214`."""
    claim(draft, found)
    for start, end, inside in draft.numbers:
        if 0 <= start - found.end() <= 3 and not draft.text[found.end() : start].strip(" -"):
            if inside.stated and draft.said.get("season") == "rule:brackets":  # 29 (S2 - 05)
                draft.set("absolute", draft.fields["episodes"], RULE)
                draft.fields["episodes"] = inside.episodes
            draft.set("absolute", inside.episodes, RULE)
            draft.gap(start, end, EPISODE)
            return
    second = _SECOND.match(draft.text, found.end())
    if second is not None and int(second[1]) not in YEARS:
        draft.set("absolute", tuple(map(int, filter(None, second.groups()))), RULE)
        draft.gap(second.start(), second.end(), EPISODE)


def claim(draft: Draft, found: re.Match[str], end: int | None = None) -> None:
    said = found.groupdict()
    if (season := said.get("season")) is not None:
        first = int(said.get("since") or season)
        draft.set("season", first, RULE)
        if first < int(season):
            draft.set("seasons", tuple(range(first, int(season) + 1)), RULE)
    if (kind := said.get("kind")) is not None:
        draft.set("type", TYPES[kind.lower()], RULE)
    episodes = _numbers_of(draft, said)
    keep(draft, episodes, said.get("version") or said.get("last_version"))
    gap(draft, found.start(), end or found.end())


def _numbers_of(draft: Draft, said: Mapping[str, str | None]) -> tuple[Number, ...]:
    """The first number, with the last of a range. `S5 - 01 - 113` has the absolute number behind it."""
    printed = said["first"] or ""
    first, last = number(printed + (said.get("letter") or "")), _last_of(said)
    if last is None or not is_range(printed, last):
        return (first,)
    if "season" in draft.fields and len(last) > len(printed) > 1:
        draft.set("absolute", (number(last),), RULE)
        return (first,)
    return first, number(last)


def is_range(first: str, last: str) -> bool:
    """A range goes up, is padded alike, and not to a year: `26_1`, `0 - 05`, `05 - 1999` are none."""
    if float(first) >= float(last) or (last[0] == "0" and len(first) < len(last)):
        return False
    whole = last.partition(".")[0]
    return len(first) == len(whole) or int(whole) not in YEARS


def _last_of(said: Mapping[str, str | None]) -> str | None:
    """The end of a range, or the last of several numbers written one behind the other."""
    last = said.get("last") or said.get("far")
    more = _DIGITS.findall(said.get("more") or said.get("and") or "")
    return max([*more, *filter(None, [last])], key=float) if more else last


def gap(draft: Draft, start: int, end: int) -> None:
    """Claim a place with the brackets right around it."""
    if start and draft.text[start - 1] in "([{" and draft.text[end : end + 1] in ")]}":
        start, end = start - 1, end + 1
    draft.gap(start, end, EPISODE)


def keep(draft: Draft, episodes: tuple[Number, ...], version: str | None) -> None:
    draft.set("episodes", episodes, RULE)
    if version is not None:
        draft.set("version", int(version), RULE)
