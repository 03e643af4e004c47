"""Resolution, source and codecs, from the technical part of a name.

A strong word (`1080p`, `x265`, `BDRip`) is never part of a title, so everything behind the first
one outside brackets is technical. Weak words (`BD`, `Dual`, `TV`) count inside brackets and behind it.
"""

from __future__ import annotations

from anivault.parser.draft import EMPTY, EPISODE, GAPS, GROUP, KIND, SEASON, TERM, Draft
from anivault.parser.rules.terms import HALVES, RESOLUTION, fields_of, strength, terms
from anivault.parser.vocabulary import (
    ALONE,
    CJK_TYPES,
    EDITIONS,
    LOWER_LEADS,
    STRONG,
    TERM_PAIRS,
    TERMS,
    TYPES,
    any_of,
    letters_of,
)
from anivault.shared import regex as re

RULE, GROUP_RULE = "rule:media", "rule:group"

_DASHED = re.compile(
    rf"(?:(?<=[^\s-])-|(?<=\s)-(?=\w+\s*$))(?P<name>(?!\d+(?!\w))[^\W_][\w&@.]*(?: ?[&@] ?\w+)*)"
    rf"(?=\s*(?:[{GAPS}(\[]|$))"
)
_LAST_WORD = re.compile(r"\w+$")
_SEASONAL = re.compile(
    r"(?:^|(?<=[^\w★☆]))[★☆\s]*(?:\d{4}年?)?(?:\d{1,2}|十[一二]?|[一二三四五六七八九])月(?:新番|番)?[★☆\s]*"
    rf"(?=\[|$|[★☆{GAPS}])|[★☆]+(?=\[)|[★☆]\d{{1,2}}月新番\s"
)
_STARRED = re.compile(rf"(?:^|(?<=[\]{GAPS}]))\s*[★☆][^★☆\[\](){GAPS}]{{1,8}}[★☆](?=\s*[\[{GAPS}])")  # ★老番★
_LANGUAGE = re.compile(  # 08 英文字幕
    rf"(?<=\s)[^\W\d_a-zA-Z]{{1,5}}(?:字幕|[双雙][语語]|[内內][嵌封]|外[挂掛])(?=\s*(?:$|[\[({GAPS}]|\d{{3,4}}[pP]))"
)
_KIND = re.compile(rf"[★☆]({any_of(CJK_TYPES)}|OVA|OAD|SP)[★☆]", re.IGNORECASE)
# A dub in front: 国配 - 题名.
_DUB = re.compile(
    rf"(?:^|(?<=[\]{GAPS}]))\s*(?:[^\W\d_a-zA-Z]{{1,3}}配音?|[国國粤粵日英][语語]|中文)\s*-\s+(?=[^\W\d_])"
)
_SIGN = re.compile("[★☆月配语語]|字幕|[内內][嵌封]|外[挂掛]")  # one of them is in each note
_SITE = re.compile(
    r"\s*(?:www[. ][\w-]+[. ][a-z]{2,4}\s*|[\w-]+\.(?:com|net|org|info|tv|pw|me|cc|to|ru|xyz|vip)\s+)-\s+"
)
_DATE = re.compile(r"\s*(?:19|20)\d\d[. -]?(?:0\d|1[0-2])[. -]?[0-3]\d[\s-]+(?=\D)")  # 20231006 Title
_TIME = r"[0-2]\d[-.:]?[0-5]\d[-.:]?[0-5]\d"
_DAY = (
    re.compile(  # when it was broadcast or recorded: 2014-05-06, 2025-08-05 18-22-01, 2026年01月10日23時00分
        r"(?<![^\W_])(?:19|20)\d\d(?P<by>[-. ])(?:0[1-9]|1[0-2])(?P=by)(?:0[1-9]|[12]\d|3[01])"
        rf"(?:[ _T-]+{_TIME})?(?![^\W_])"
        r"|(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:\d{1,2}[時时]\d{1,2}分(?:\d{1,2}秒)?)?"
    )
)
_GAP = re.compile(f"[{GAPS}]+")
_NUMBER = re.compile(
    rf"(?<=\s)(?:-\s+\d{{1,4}}|0\d|\d{{1,3}}[-~]\d{{2,3}})(?:[\s_]?[vV]\d)?(?=\s*(?:$|[{GAPS}\[(+]|-\s)|\s\d{{3,4}}[pP])"
    r"|(?<=\s)-\s+\d{2,3}(?=\s[A-Z])"  # Title Dublado - 05 Its Name
    r"|(?:(?<=\d[pPi] )|(?<= BD )|(?<= DVD ))\d{2,3}(?:v\d)?(?=\s*$)"  # Title 720p 12
)
_NUMBER_AHEAD = re.compile(r"\d{2,3}-(?=\d{3,4}[pi])", re.IGNORECASE)
_YEAR = re.compile(r"(?<=\s)(?:19[5-9]|20[0-3])\d(?=\s)")
_BATCH_OF = re.compile(r"\s+\(?\d")  # Batch 1-12
_EPISODE_AHEAD = re.compile(f"[{SEASON}{EPISODE}]")
# The letters of every word that can begin a technical part; `p`, `i` and `x` are those of resolutions.
_GATE = letters_of((*STRONG, *ALONE, *map(" ".join, TERM_PAIRS), *"pix", "crf", "fps", "kbps", "mb", "gb"))
_OPENED = re.compile(r"\([^()\[\]]*$")  # Title (Unofficial Batch)
ENDS = frozenset(("HD", "SD", "HQ", "FHD"))  # technical where the name ends with them
_MENU = re.compile(r"[ _]menu", re.IGNORECASE)  # BD Menu 1
_EDITION = re.compile(
    rf"(?<=[^\s{GAPS}\])-])(?: -)?[ ._]+(?:\d\d(?:st|nd|rd|th)[ ._])?(?:{any_of(EDITIONS)})"
    rf"(?=\s*(?:$|[{GAPS}\[(]))",
    re.IGNORECASE,
)
_EDITION_GATE = letters_of(max(edition.split(), key=len) for edition in EDITIONS)
_TOKEN = re.compile(rf"[^\s_{GAPS}\[\](){{}}]+")


def read(draft: Draft) -> None:
    """Claim the technical part of the running text, with the group that ends it (`x265-NAME`)."""
    if draft.words.isdisjoint(_GATE) and "×" not in draft.text:
        return
    if (tail := _tail(draft.text)) is None:
        return
    if (opened := _OPENED.search(draft.text, 0, tail)) is not None:
        tail = opened.start()
    number = _NUMBER.search(draft.text, tail)  # Title 1080p - 03
    end = len(draft.text) if number is None else number.start()
    if number is None:
        _read_group(draft, tail)
    for piece in _GAP.split(draft.text[tail:end]):
        for field, value in terms(piece).fields:
            draft.set(field, value, RULE)
    if (year := _YEAR.search(draft.text, tail, end)) is not None:  # MULTi 2016 1080p
        draft.set("year", int(year[0]), RULE)
    draft.gap(tail, end, TERM)
    if number is not None and tail < end:  # Title VF 05 1080p
        read(draft)


def read_edition(draft: Draft) -> None:
    """Claim what is said of the file behind the title: `Title 2004 Director's Cut 1080p`."""
    if draft.words.isdisjoint(_EDITION_GATE):
        return
    first = draft.text.find(EPISODE)
    found = _EDITION.search(draft.text, 0, first if first >= 0 else len(draft.text))
    if found is not None:
        draft.gap(found.start(), found.end(), TERM)


def notes(draft: Draft) -> None:
    """Claim what is addressed to readers in the running text: ★10月新番★, the site or day it came from."""
    _whence(draft)
    if draft.text.isascii() or _SIGN.search(draft.text) is None:
        return
    if (kind := _KIND.search(draft.text)) is not None:
        draft.set("type", TYPES[kind[1].lower()], RULE)
        draft.gap(kind.start(), kind.end(), KIND)
    for pattern in (_STARRED, _SEASONAL, _LANGUAGE, _DUB):
        for found in pattern.finditer(draft.text):
            draft.gap(found.start(), found.end(), TERM)


def _whence(draft: Draft) -> None:
    """Claim the site and the day that it came from."""
    if (site := _SITE.match(draft.text) or _DATE.match(draft.text)) is not None:
        draft.gap(site.start(), site.end(), TERM)
    dated = " 20" in draft.text or " 19" in draft.text or draft.text[:2] in ("20", "19")
    if dated and (day := _DAY.search(draft.text)) is not None:
        draft.gap(day.start(), day.end(), TERM)


def _tail(text: str) -> int | None:
    """Where the first strong word stands, or the weak ones right before it; or one that may stand alone."""
    front = len(text) - len(text.lstrip(f"{EMPTY}["))
    start = None  # of the weak words before the present one
    before, before_at = "", 0
    for found in _TOKEN.finditer(text):
        word, at = found[0].lower(), found.start()
        rated = _rated(text, found, front)
        if (before, word) in TERM_PAIRS:
            return before_at if start is None else start
        if rated == "strong":
            if (number := _NUMBER_AHEAD.match(found[0])) is not None:  # Title 01-1080p
                return at + number.end()
            return at if start is None or _is_doubled(before, word) else start
        if start is None and at > front and _is_alone(text, found, rated):
            return at
        start = _run(text, at, rated, start, front)
        before, before_at = word, at
    return None


def _rated(text: str, found: re.Match[str], front: int) -> str:
    """How technical a word is; a title may begin with one of letters."""
    rated = strength(found[0])
    if rated == "weak" and found[0] in LOWER_LEADS and text.islower():
        rated = LOWER_LEADS[found[0]]
    begins = rated == "strong" and found.start() == front and _begins_title(text, found)
    return "weak" if begins else rated


def _run(text: str, at: int, rated: str, start: int | None, front: int) -> int | None:
    """Where the words begin that are technical if a strong one follows; a year is one among them."""
    if rated == "weak":
        return start if _YEAR.match(text, at) else None
    return at if start is None and at > front else start


def _is_doubled(before: str, word: str) -> bool:
    """Episode 720 in 1080p."""
    return before.isdecimal() and len(before) < 4 and RESOLUTION.fullmatch(word) is not None


def _is_alone(text: str, found: re.Match[str], rated: str) -> bool:
    """`Title VOSTFR`, `Title 12 HD`; in `BD Menu`, `Batch 1-12` the word says nothing by itself."""
    ends = found[0] in ENDS and found.end() == len(text.rstrip())
    return ends or (rated == "alone" and not _stands_by(text, found[0].lower(), found.end()))


def _stands_by(text: str, word: str, end: int) -> bool:
    return _MENU.match(text, end) is not None or (word == "batch" and _BATCH_OF.match(text, end) is not None)


def _begins_title(text: str, found: re.Match[str]) -> bool:
    """`Opus.COLORs`, `Flac Girl`: a word of letters where the title begins, with plain words behind it."""
    if _EPISODE_AHEAD.search(text, 0, found.start()) or any(map(str.isdecimal, found[0])):
        return False
    if any(not fields_of(half) for half in HALVES.split(found[0])):
        return True
    following = _TOKEN.match(text, found.end() + 1)
    return following is not None and following[0].isalpha() and strength(following[0]) == "weak"


def _read_group(draft: Draft, tail: int) -> None:
    """Claim the name behind the last dash of the technical part."""
    if "group" in draft.fields:
        return
    names = list(_DASHED.finditer(draft.text, tail))
    if names and not _is_term(draft.text, found := names[-1]):
        draft.set("group", draft.shown[found.start("name") : found.end("name")], GROUP_RULE)
        draft.gap(found.start(), found.end(), GROUP)


def _is_term(text: str, found: re.Match[str]) -> bool:
    """Tell whether the name is technical and so nobody's: the Hi10p of `1080p-Hi10p`, the DL of `WEB-DL`."""
    before = _LAST_WORD.search(text, 0, found.start())
    return any(
        word.lower() in TERMS for word in (found["name"], f"{before[0] if before else ''}-{found['name']}")
    )
