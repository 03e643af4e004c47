"""The episode number: from the surest form to the weakest, and the first that is there wins.

S01E02 and 1x02; words (`Episode 12`, `第3話`, `#4`); ` - 12` at the end of a part; a number alone in
brackets; a number that ends the running text; one that starts it. Ranges are kept as their ends,
a second number of the same episode (`002 (100)`) as absolute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from anivault.parser.draft import EPISODE, GAPS, KIND, Draft
from anivault.parser.models import Number, VideoType
from anivault.parser.rules.numbers import Numbers, han, number
from anivault.parser.vocabulary import CJK_BATCH, NUMBERED_TITLES

RULE = "rule:episode"
SIBLINGS = "siblings"
_SETTLED = (RULE, SIBLINGS)
SUPPOSED = 0.8  # a guess: right on about nine of ten

_N = r"\d{1,4}(?:\.\d{1,2})?"
_EXTRA = r"(?:\s*\+\s*(?:SP|OVA|OAD|EX|Extra|NC|特典|Special)s?\d*)*"
_V = r"(?:[ _]?v(?P<version>\d)(?!\d))?"
_LETTER = r"(?P<letter>[A-Da-d](?![^\W_]))?"
# What may stand behind a number that ends its part.
_END = rf"(?=\s*(?:$|[{GAPS}\[({{]|\s-|-\s|//))"
_RANGE = rf"(?:\s*(?:[-~+&]|to)\s*(?:E|EP|#)?(?P<last>{_N})(?!\d|\.\d|[^\W_]))?"

_SXE = re.compile(
    rf"(?<![^\W_])S(?P<season>\d{{1,4}})[ ._]?-?[ ._]?x?(?:E[Pp]?[ ._]?|x)(?P<first>{_N}){_LETTER}{_V}"
    rf"(?P<more>(?:[ ._-]?E[Pp]?\d{{1,4}})*)(?:[-~+&](?:S\d{{1,2}})?(?:E[Pp]?)?(?P<last>\d{{1,4}})(?![^\W_])|\s+[-~&+]\s+(?:S\d{{1,2}})?E[Pp]?(?P<far>\d{{1,4}})(?!\d))?",
    re.IGNORECASE,
)
_NXN = re.compile(
    rf"(?<![^\W_.])(?P<season>\d{{1,2}})[xX](?P<first>\d{{2,3}}){_LETTER}{_V}(?:\s*[-~+]\s*(?:\d{{1,2}}x)?(?P<last>\d{{2,3}}))?(?![^\W_])"
)
_SKIND = re.compile(
    r"(?<![^\W_])S(?P<season>\d{1,2})[ ._-]*(?P<kind>OVA|OAD|ONA|SP)[ ._-]*(?P<first>\d{1,3})(?:v(?P<version>\d))?(?![^\W_])",
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"(?<![^\W_])(?:Ep(?:isode|isodio|isódio|\.)?s?|Épisode|Folge|Capitulo|Capítulo|Cap|Session|Серия)[ ._-]*#?(?P<first>{_N}){_LETTER}{_V}{_RANGE}(?![^\W_])",
    re.IGNORECASE,
)
_MARKED = re.compile(
    rf"(?:(?<![^\W_])[Ee](?=\d\d)|(?<![^\W_])E|(?<![^\W_])EP\.?|#)(?P<first>\d{{1,4}}(?:\.\d)?){_LETTER}{_V}(?P<more>(?:[ ,&+]+EP?\d{{1,4}})*){_RANGE}(?![^\W_])"
)
_OF = re.compile(
    r"(?<![^\W_])(?P<first>\d{1,4})(?:\s?(?:-|~)\s?(?P<last>\d{1,4}))?\s+(?:of|из)\s+\d{1,4}(?![^\W_])"
)
_LOCAL = re.compile(r"(?<![^\W_])(?P<first>\d{1,4})\.?\s*(?:B[oö]l[uü]m|BLM|Blm|bölüm)(?![^\W_])")
_CJK = re.compile(
    r"第\s*(?P<first>\d{1,4}(?:\.\d)?|[一二三四五六七八九十百零〇]{1,5})\s*(?:[话話集回夜章]?\s*[-~至&+]{1,2}\s*第?\s*(?P<last>\d{1,4}|[一二三四五六七八九十百零]{1,5})\s*)?(?:[话話集回夜화]|(?=\s*(?:$|\[|-)))(?:\s?v(?P<version>\d))?"
    r"|(?:제\s*)?(?P<korean>\d{1,4})\s*(?:[-~]\s*(?P<korean_last>\d{1,4})\s*)?[화회](?!\w)|(?<![\d第全])(?P<counted>\d{1,4}(?:\.\d)?)\s*(?:[-~]\s*(?P<counted_last>\d{1,4})\s*)?[话話集回](?!\w)"
)
_ALL = re.compile(
    rf"(?P<open>\(?)(?:TV)?全\s*(?P<all>\d{{1,4}}|[一二三四五六七八九十百]{{1,5}})\s*[话話集回](?:\+[^\[(]*)?\)?|(?:TV)?全[集话話]|(?:{CJK_BATCH})(?=\s*(?:$|[{GAPS}\[(-]))"
)
_DASH = re.compile(
    rf"-(?:(?<=\s-)|(?<=^-))\s*(?P<first>{_N}){_LETTER}{_V}{_RANGE}(?:\s*(?:END|End|Fin|FINAL|Finale|完|RAW))*{_END}"
)
_TIGHT = re.compile(
    rf"-(?:(?:(?<=[)!?~.]-)|(?<=[^\x00-\x7f]-))(?P<first>\d{{2,4}})|(?<=[^\W\d_]-)(?P<padded>0\d{{1,2}}))(?:v(?P<version>\d))?{_END}"
)
_MIDDLE = re.compile(r"(?<=[^\s\x01-\x06-] )(?P<first>0[1-9]\d?)(?:v(?P<version>\d))?(?= [^\W\d])")
_DASHED = re.compile(rf"-(?<=\s-)\s+(?P<first>\d{{2,4}}(?:\.\d)?){_LETTER}{_V}{_RANGE}(?=\s)")
_LAST = re.compile(
    rf"(?:(?<=[\s\x01-\x06\])~!])|(?<=[^\W\d_]\.)(?=\d\d))(?P<first>\d{{1,4}}(?:\.\d)?){_LETTER}{_V}{_RANGE}{_EXTRA}(?:\s+(?:END|End|Fin|FINAL|完|RAW))*\.?{_END}"
)
_FIRST = re.compile(
    rf"^\s*(?:\x01+\s*)?(?:-\s*)?(?P<first>\d{{1,4}}(?:\.\d)?){_LETTER}{_V}{_RANGE}(?P<mark>\s*[-.:]\s+|[.\s]+|\s*$|(?=[\[(]))"
)
_BEFORE = re.compile(rf"(?<=\s)-?\s*(0\d+|\d+\.\d|(?<=- )\d+)\s*(?:-\s*|[(\[])\s*$")
_DOUBLE = re.compile(r"\s*[(\[]?\s*(\d{1,4})\s*[)\]]?\s*(?=[\x01-\x06\[(]|$|-)")
_BEFORE_X = re.compile(r"(?<![^\W_])(\d{1,2})x$", re.IGNORECASE)
_SECOND = re.compile(r"\s+-?\s*(\d{2,4})(?=\s*(?:$|[\x01-\x06\[(]))")
_DIGITS = re.compile(r"\d+")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]")

_GATE = frozenset(
    (
        "e",
        "ep",
        "eps",
        "episode",
        "episodes",
        "episodio",
        "episódio",
        "épisode",
        "folge",
        "capitulo",
        "capítulo",
        "cap",
        "session",
        "серия",
        "of",
        "из",
        "blm",
        "bolum",
        "bölüm",
    )
)
_SURE = (_WORDED, _MARKED, _OF, _LOCAL)


def read_at(draft: Draft, start: int, end: int) -> None:
    """Claim the number that the file's siblings have shown to be the episode."""
    draft.fields["episodes"], draft.said["episodes"] = (int(draft.text[start:end]),), SIBLINGS
    if (season := _BEFORE_X.search(draft.text, 0, start)) is not None:  # 1x5
        draft.set("season", int(season[1]), SIBLINGS)
        start = season.start()
    _gap(draft, start, end)


def read_stated(draft: Draft) -> None:
    """Claim an episode that states its season too: S01E02, 1x02, S01OVA02."""
    if draft.said.get("episodes") == SIBLINGS or ("s" not in draft.words and "x" not in draft.words):
        return
    for pattern in (_SXE, _NXN, _SKIND):
        if (found := pattern.search(draft.text)) is not None:
            before = _BEFORE.search(draft.text, 0, found.start())
            _claim(draft, found)
            _second(draft, found)
            if before is not None:
                draft.set("absolute", (number(before[1]),), RULE)
                draft.gap(before.start(), found.start(), EPISODE)
            return


def read_worded(draft: Draft) -> None:
    """Claim an episode that a word announces: Episode 12, E12, #12, 12 of 24, 第12話."""
    if draft.said.get("episodes") in _SETTLED:
        return
    if not draft.text.isascii() and _cjk(draft):
        return
    if "#" in draft.text or not draft.words.isdisjoint(_GATE):
        _sure(draft)


def read(draft: Draft) -> None:
    """Claim a bare number that its place makes the episode, the surest place first."""
    if draft.said.get("episodes") in _SETTLED:
        return
    if _DIGIT.search(draft.text) is None:
        return
    for form in _FORMS:
        if form(draft):
            if form in _SUPPOSED:
                draft.confidence = SUPPOSED
            return
    draft.confidence = SUPPOSED  # a number is left that may be an episode


def _sure(draft: Draft) -> bool:
    for pattern in _SURE:
        if (found := pattern.search(draft.text)) is not None:
            _claim(draft, found)
            _second(draft, found)
            return True
    return False


def _cjk(draft: Draft) -> bool:
    if (found := _CJK.search(draft.text)) is not None:
        first = found["first"] or found["korean"] or found["counted"]
        last = found["last"] or found["korean_last"] or found["counted_last"]
        _set(draft, tuple(_cjk_number(n) for n in (first, last) if n), found["version"])
        draft.gap(found.start(), found.end(), EPISODE)
        return True
    if (found := _ALL.search(draft.text)) is not None:
        draft.gap(found.start(), found.end(), EPISODE)
        if found["all"]:
            _set(draft, (1, han(found["all"])), None)
        return True
    return False


def _cjk_number(text: str) -> Number:
    return number(text) if text[0].isdigit() else han(text)


def _dash(draft: Draft) -> bool:
    found = None
    for found in _DASH.finditer(draft.text):
        if found["last"] or _WORD.search(draft.text, 0, found.start()):
            break
    if found is None or _continues(draft, found):
        return False
    _claim(draft, found)
    _second(draft, found)
    return True


def _continues(draft: Draft, found: re.Match[str]) -> bool:
    """A dash number at the very start of a name that says more is read as a leading one."""
    return found.start() == 0 and found.end() < len(draft.text)


def _bracketed(draft: Draft) -> bool:
    if not draft.numbers or "episodes" in draft.fields:
        return False
    stated = [entry for entry in draft.numbers if entry[2].stated or len(entry[2].episodes) > 1]
    start, end, found = (stated or [n for n in draft.numbers if n[0] > 0] or draft.numbers)[0]
    alone = draft.text[start] == "(" and not found.stated and len(found.episodes) == 1
    if alone and (_LAST.search(draft.text[:start]) or len(str(found.episodes[0])) < 2):
        return False
    _set(draft, found.episodes, found.version)
    if found.second is not None:
        draft.set("absolute", (found.second,), RULE)
    if found.special:
        draft.set("type", VideoType.SPECIAL, RULE)
    draft.gap(start, end, EPISODE)
    return True


def _dashed(draft: Draft) -> bool:
    found = _DASHED.search(draft.text)
    if found is None or not _WORD.search(draft.text, 0, found.start()):
        return False
    _claim(draft, found)
    return True


def _tight(draft: Draft) -> bool:
    """A dash without a blank before it: `タイトル！-01`, `Some-Title-03`."""
    found = _TIGHT.search(draft.text)
    if found is None:
        return False
    _set(draft, (int(found["first"] or found["padded"]),), found["version"])
    draft.gap(found.start(), found.end(), EPISODE)
    return True


def _middle(draft: Draft) -> bool:
    """`The Show 08 A Title`: a padded number among words."""
    found = _MIDDLE.search(draft.text)
    if found is None or _belongs(draft, found):
        return False
    _claim(draft, found)
    return True


def _last(draft: Draft) -> bool:
    for found in _LAST.finditer(draft.text):
        before = draft.text[: found.start()].strip(" -" + "\x01\x02")
        if before and not _belongs(draft, found):
            _claim(draft, found)
            _second(draft, found)
            return True
    return False


def _belongs(draft: Draft, found: re.Match[str]) -> bool:
    """Tell whether a last number is part of the title: a lone digit, a year, or a title known for it."""
    text = found["first"]
    groups = found.groupdict()
    if groups.get("last") or groups["version"]:
        return False
    if len(text) == 1 or "." in text and not text.startswith("0"):
        return (
            not draft.text[found.end() :].strip().startswith("-") or "." in text or not _is_kind(draft, found)
        )
    if len(text) == 4 and text.isdecimal() and 1950 <= int(text) <= 2035:
        return True
    words = re.sub(r"[^\w]+", " ", draft.text[: found.end()].lower()).strip()
    return any(
        words == title or words.endswith(" " + title)
        for title in (f"{w} {text}" for w in _tails(words))
        if title in NUMBERED_TITLES
    )


def _tails(words: str) -> list[str]:
    parts = words.split()[:-1]
    return [" ".join(parts[n:]) for n in range(len(parts))]


def _is_kind(draft: Draft, found: re.Match[str]) -> bool:
    return KIND in draft.text[max(0, found.start() - 2) : found.start()]


def _first(draft: Draft) -> bool:
    found = _FIRST.search(draft.text)
    if found is None:
        return False
    rest = draft.text[found.end() :].strip(" -\x02")
    if found["first"] in NUMBERED_TITLES:
        return False
    if not found["mark"].strip() and rest and not found["first"].startswith("0"):
        return False
    _claim(draft, found, end=found.end("first"))
    return True


# Forms that are often a number of the title's.
_SUPPOSED = (_last, _dashed, _first, _middle)
_FORMS = (_dash, _bracketed, _tight, _last, _dashed, _first, _middle)


def _claim(draft: Draft, found: re.Match[str], end: int | None = None) -> None:
    groups = found.re.groupindex
    if "season" in groups:
        draft.set("season", int(found["season"]), RULE)
    if "kind" in groups:
        draft.set("type", VideoType.SPECIAL if found["kind"].upper() == "SP" else VideoType.OVA, RULE)
    first = found["first"]
    numbers = [number(first + found["letter"] if "letter" in groups and found["letter"] else first)]
    last = _last_of(found, groups)
    if last is not None:
        numbers.append(number(last))
    _set(draft, tuple(numbers), found["version"] if "version" in groups else None)
    _gap(draft, found.start(), end or found.end())


def _gap(draft: Draft, start: int, end: int) -> None:
    """Claim a place with the brackets right around it."""
    if start and draft.text[start - 1] in "([" and draft.text[end : end + 1] in ")]":
        start, end = start - 1, end + 1
    draft.gap(start, end, EPISODE)


def _last_of(found: re.Match[str], groups: Mapping[str, int]) -> str | None:
    """The end of a range, or the last of several numbers written one behind the other."""
    for name in ("last", "far"):
        if name in groups and found[name]:
            return found[name]
    more = _DIGITS.findall(found["more"]) if "more" in groups and found["more"] else []
    return more[-1] if more else None


def _set(draft: Draft, episodes: tuple[Number, ...], version: str | int | None) -> None:
    draft.set("episodes", episodes, RULE)
    if version is not None:
        draft.set("version", int(version), RULE)


def _second(draft: Draft, found: re.Match[str]) -> None:
    """A second number right behind the first: `002 (100)`, `S10E14 214`."""
    for start, end, inside in draft.numbers:
        if 0 <= start - found.end() <= 3 and not draft.text[found.end() : start].strip(" -"):
            draft.set("absolute", inside.episodes, RULE)
            draft.gap(start, end, EPISODE)
            return
    if (
        second := re.compile(r"\s+-?\s*(\d{2,4})(?=\s*(?:$|[\x01-\x06\[(]))").match(draft.text, found.end())
    ) is not None:
        draft.set("absolute", (int(second[1]),), RULE)
        draft.gap(second.start(), second.end(), EPISODE)
