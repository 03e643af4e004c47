"""An episode that says so: S01E02 and 1x02, with its season; words (`Episode 12`, `第3話`, `#4`)."""

from __future__ import annotations

from anivault.parser.draft import EPISODE, GAPS, Draft
from anivault.parser.models import Number, number
from anivault.parser.rules.episode import (
    ALONE,
    END,
    LETTER,
    NUMBER,
    OVER,
    RANGE,
    RULE,
    SETTLED,
    SIBLINGS,
    V,
    claim_with_second,
    gap,
    is_behind_episode,
    is_numbered_title,
    keep,
)
from anivault.parser.vocabulary import CJK, CJK_BATCH, any_of, han, letters_of
from anivault.parser.vocabulary import EPISODE as WORDS
from anivault.shared import regex as re

_HAN = r"[一二三四五六七八九十百零〇]{1,5}"

_SXE_BODY = (
    r"(?:S(?P<since>\d{1,2})\s?-\s?(?=S\d))?"
    rf"(?:SE?|T(?=\d{{1,2}}[ ._]?E\d))(?P<season>\d{{1,4}})[ ._]?-?[ ._]?x?(?:EP?[ ._]?|x){NUMBER}"
    r"(?P<more>(?:(?:, ?|[ ._-])?(?:S\d{1,2})?EP?\d{1,4})*)"
    rf"(?:[-~+&](?:S\d{{1,2}})?(?:EP?)?(?P<last>\d{{1,4}}){OVER}|\s+(?:[-~&+]|to|and|à)\s+(?:S\d{{1,2}})?EP?(?P<far>\d{{1,4}})(?!\d))?"
)
_SXE = re.compile(rf"(?:{ALONE}|(?<=[{CJK}])){_SXE_BODY}", re.IGNORECASE)
_SXE_GLUED = re.compile(rf"(?<=[a-z])(?=S\d\dE\d\d)(?i:{_SXE_BODY})")  # TitleS01E02
_NXN = re.compile(
    rf"(?<![^\W_.])(?P<season>\d{{1,2}}|(?:19|20)\d\d)[xX](?P<first>\d{{2,3}}(?:\.5(?!\d))?){LETTER}{V}"
    rf"(?P<more>(?:(?:\s*[-~+]\s*|\s)\d{{1,2}}[xX]\d{{2,3}}|[-~+xX]\d{{2,3}})*){OVER}"
)
_SKIND = re.compile(
    rf"{ALONE}S(?P<season>\d{{1,2}})[ ._-]*(?P<kind>OVA|OAD|ONA|SP|NCOP|NCED|PV)[ ._-]*(?P<first>\d{{1,3}})"
    rf"{V}{OVER}",
    re.IGNORECASE,
)
_WORDED = re.compile(
    rf"{ALONE}(?:{any_of(WORDS['words'])})[ ._:-]*#?{NUMBER}{RANGE}(?:END)?{OVER}", re.IGNORECASE
)
_COUNTED = re.compile(
    rf"(?<=-\s)(?:{any_of(WORDS['counters'])})\s(?P<first>\d{{1,3}}){V}(?!\s*-?\s*\d){END}", re.IGNORECASE
)
_MARKED = re.compile(
    rf"(?:(?:{ALONE}|(?<=[^\x00-\x7f]))EP?(?=\d\d)|(?<=[^\x00-\x7f])ep(?=\d\d)|{ALONE}e(?=\d\d)|(?<=-\s)e|(?<=[a-z]\s)e(?=\d\s*(?:$|[\[({GAPS}]))|{ALONE}E#?|{ALONE}EP\.?#?|#)(?P<first>\d{{1,4}}(?:\.\d)?){LETTER}{V}"
    rf"(?P<more>(?:[ ,&+]*[Ee][Pp]?\d{{1,4}})*){RANGE}(?:END)?{OVER}"
)
_OF = re.compile(
    rf"{ALONE}(?P<first>\d{{1,4}})(?:(?:[-~]|(?:(?<=\D1)|(?<=\D0\d)|(?<=\D0\d\d))\s?[-~]\s?)(?P<last>\d{{1,4}}))?"
    rf"(?:\s+(?:{any_of(WORDS['of'])})\s+|of|(?<=\d\d)/(?=\d\d))\d{{1,4}}{OVER}",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"{ALONE}(?P<first>\d{{1,4}})(?:\s?[-~]\s?(?P<last>\d{{1,4}}))?\.?\s*(?:{any_of(WORDS['behind'])}){OVER}",
    re.IGNORECASE,
)
_CJK = re.compile(
    rf"第\s*(?P<first>\d{{1,4}}(?:\.\d)?|{_HAN})(?:[vV](?P<early>\d))?\s*"
    rf"(?:[话話集回夜章局]?(?!\s-\s\d{{1,4}}(?!\d|\s?[话話集回夜화]))\s*[-~至&+,・]{{1,2}}\s*第?\s*(?P<last>\d{{1,4}}|{_HAN})\s*)?(?:\((?P<second>\d{{1,4}})\)\s*)?"
    rf"(?:[话話集夜화]|(?<=\d)局|(?<=\d\d)章|[^\W\d_部期季章巻卷弾](?=\s?「)|回(?![一-鿿])|(?=\s*(?:$|\[|-)))(?:\s?v(?P<version>\d))?"
)
_COUNTER = re.compile(
    r"(?<![\d第全전])(?<!OVA)(?<!OAD)(?<!SP)(?:제\s*)?(?P<first>\d{1,4}(?:\.\d)?)(?:(?:\s*[话話集화]\s?[-~,]|\s?[~,]|-)\s*제?(?P<last>\d{1,4}))?\s*[话話集回화회](?!\w(?<!合))"
)
_ALL = re.compile(
    rf"\(?(?:TV)?(?:全|(?<!\w)전)\s*(?P<all>\d{{1,4}}|{_HAN})\s*[话話集回夜局화](?:\+[^\[(]*)?\)?"
    rf"|(?:0*1\s?[-~]\s?)?(?P<sum>\d{{1,4}})\s*[话話集回]全|(?:TV)?全[集话話]|全\s?\d{{1,2}}\s?[季期部]|(?:{CJK_BATCH})(?=\s*(?:$|[{GAPS}\[(-]))"
)
_COUNTED_ON = re.compile(r"(?<=\s)(?P<dash>-\s)?(?P<first>\d{3,4})(?:-(?P<last>\d{3,4}))?\s*(?:-\s*|[(\[])?$")
_BEFORE = re.compile(
    r"(?<=\s)(?P<mark>-\s*|(?:[Ee][Pp]?|[Ee]pisode)\.? ?|#)?"
    r"(?P<first>0\d+|\d+\.5|(?(mark)\d+|(?!)))(?:[ _]?[vV]\d)?\s*(?:-\s*[(\[]?|[(\[])\s*$"
)

_SURER = re.compile(rf"\s-\s\d{{2,4}}(?:v\d)?{END}")
_WORD = re.compile(r"[^\W\d_]")
_STATED: tuple[re.Pattern[str], ...] = (_SXE, _NXN, _SKIND, _SXE_GLUED)
_STUCK = re.compile(r"(?<=[^\x00-\x7f])(?:EP?|ep)(?=\d\d)")  # 题名EP05
_GATE = letters_of(("e", *(word for key in ("words", "counters", "of", "behind") for word in WORDS[key])))


def read_stated(draft: Draft) -> None:
    """Claim an episode that states its season too: S01E02, 1x02, S01OVA02."""
    if draft.said.get("episodes") == SIBLINGS:
        return
    patterns = _STATED
    if draft.words.isdisjoint(("s", "se", "x", "t")):
        patterns = (_SXE_GLUED,) if "S0" in draft.text else ()
    found = next(filter(None, (pattern.search(draft.text) for pattern in patterns)), None)
    if found is not None:
        _claim_stated(draft, found)


def _claim_stated(draft: Draft, found: re.Match[str]) -> None:
    """Claim it with a second number in front: `13.5 - S00E01`, `214 10x14`."""
    before = _BEFORE.search(draft.text, 0, found.start())
    counted = _COUNTED_ON.search(draft.text, 0, found.start()) if before is None else None
    claim_with_second(draft, found)
    if counted is not None and _is_counted_on(counted, draft):
        before = counted
    if before is not None and not is_numbered_title(draft, before):
        _claim_absolute(draft, before, found.start())


def _claim_absolute(draft: Draft, before: re.Match[str], end: int) -> None:
    said = before.groupdict()
    printed = (text for key in ("first", "last") if (text := said.get(key)))
    draft.set("absolute", tuple(map(number, printed)), RULE)
    draft.gap(before.start(), end, EPISODE)


def _is_counted_on(found: re.Match[str], draft: Draft) -> bool:
    """`214 10x14`, `- 101 S2E1`: the seasons before can have as many episodes; not `The 100 S02E05`."""
    season, episode = draft.fields.get("season", 0), draft.fields["episodes"][0]
    most = 110 if found["dash"] else 55
    return (
        season > 1
        and isinstance(episode, int)
        and 9 <= (int(found["first"]) - episode) / (season - 1) <= most
    )


def read_worded(draft: Draft) -> None:
    """Claim an episode that a word announces: Episode 12, E12, #12, 12 of 24, 第12話."""
    if draft.said.get("episodes") in SETTLED or (not draft.text.isascii() and _cjk(draft)):
        return
    if not _is_announced(draft):
        return
    searches = (pattern.search(draft.text) for pattern in (_COUNTED, _WORDED, _MARKED, _OF, _BEHIND))
    if (found := next(filter(None, searches), None)) is not None:
        _claim_word(draft, found)


def _is_announced(draft: Draft) -> bool:
    """Whether any word or mark for an episode is there."""
    if "#" in draft.text or "/" in draft.text or not draft.words.isdisjoint(_GATE):
        return True
    return not draft.text.isascii() and _STUCK.search(draft.text) is not None


def _claim_word(draft: Draft, found: re.Match[str]) -> None:
    """`03 - Episode 3` says one number twice; in `- 05 - Chapter 3` the word is the episode's title."""
    before = _BEFORE.search(draft.text, 0, found.start())
    repeated = before is not None and number(before["first"]) == number(found["first"])
    if not repeated and (is_behind_episode(draft, found.start()) or _is_of_the_title(draft, found)):
        return
    claim_with_second(draft, found)
    if before is not None and repeated:
        draft.gap(before.start(), found.start(), EPISODE)


def _is_of_the_title(draft: Draft, found: re.Match[str]) -> bool:
    """`Heroes#4 Its Name - 05`, `공격이 2회 공격인 - 05`: a lone digit, behind more words a surer number."""
    if (found[0][0] != "#" and found[0][-1] != "회") or len(found["first"].partition(".")[0]) > 1:
        return False
    surer = [start for start, end, _ in draft.numbers if end - start > 3]
    if (dashed := _SURER.search(draft.text, found.end())) is not None:
        surer.append(dashed.start())
    return any(_WORD.search(draft.text, found.end(), start) is not None for start in surer)


def _cjk(draft: Draft) -> bool:
    if _CJK_SIGN.search(draft.text) is None:
        return False
    for forms in _CJK_FORMS:
        said = ((form.search(draft.text), keep_said) for form, keep_said in forms)
        there = [(found, keep_said) for found, keep_said in said if found is not None]
        for found, keep_said in sorted(there, key=lambda pair: pair[0].start()):
            if not _is_of_the_title(draft, found):
                keep_said(draft, found)
                gap(draft, found.start(), found.end())
                return True
    return False


def _keep_nth(draft: Draft, found: re.Match[str]) -> None:
    """`第05话`, `第01-12話`, `第05v2話`, `第05(17)话`."""
    _keep_counted(draft, found)
    if (version := found["version"] or found["early"]) is not None:
        draft.set("version", int(version), RULE)
    if found["second"]:
        draft.set("absolute", (int(found["second"]),), RULE)


def _keep_counted(draft: Draft, found: re.Match[str]) -> None:
    """`05话`, `제5화`."""
    keep(draft, tuple(_cjk_number(n) for n in (found["first"], found["last"]) if n), None)


def _keep_all(draft: Draft, found: re.Match[str]) -> None:
    """`全12話`; `全集` does not say how many."""
    if count := found["all"] or found["sum"]:
        keep(draft, (1, han(count)), None)


_CJK_SIGN = re.compile(r"[第话話集回화회全完合]")  # one of them is in each form
# The surest first; of the others what stands in front: 全13話+未放送1話, 05話 (全13話).
_CJK_FORMS = (((_CJK, _keep_nth),), ((_COUNTER, _keep_counted), (_ALL, _keep_all)))


def _cjk_number(text: str) -> Number:
    return number(text) if text[0].isdigit() else han(text)
