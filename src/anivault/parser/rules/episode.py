"""The episode number: from the surest form to the weakest, and the first that is there wins.

S01E02 and 1x02; words (`Episode 12`, `第3話`, `#4`); ` - 12` at the end of a part; a number alone in
brackets; a number that ends the running text; one that starts it. Ranges are kept as their ends,
a second number of the same episode (`002 (100)`) as absolute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from anivault.parser.draft import EPISODE, GAPS, Draft
from anivault.parser.models import Number
from anivault.parser.rules.numbers import YEARS, Numbers, han, number
from anivault.parser.vocabulary import CJK_BATCH, NUMBERED_TITLES, TYPES, any_of, letters_of
from anivault.parser.vocabulary import EPISODE as WORDS

RULE = "rule:episode"
SIBLINGS = "siblings"
SUPPOSED = 0.8  # the confidence of a guess: a guess itself, about nine in ten of them are right

_SETTLED = (RULE, SIBLINGS)
_ALONE = r"(?<![^\W_])"  # no letter or digit in front
_OVER = r"(?![^\W_])"  # none behind
_N = r"\d{1,4}(?:\.\d{1,2})?"
_LETTER = r"(?P<letter>[A-Da-d](?![^\W_]))?"
_V = r"(?:[ _]?v(?P<version>\d)(?!\d))?"
_NUMBER = rf"(?P<first>{_N}){_LETTER}{_V}"
_TO = rf"(?:-|\s+-\s*(?!\d+\s+(?!{any_of(WORDS['endings'])})[^\W\d_])|-\s+|\s*(?:[~+&]|to)\s*|_|,\s?)"
_RANGE = rf"(?:{_TO}(?:EP?|#)?(?P<last>{_N})(?:v(?P<last_version>\d))?(?!\d|\.\d|[^\W_]))?"
_ENDING = rf"(?:\s*(?i:{any_of(WORDS['endings'])}))*"
_WITH = rf"(?:\s*\+\s*(?:{any_of(WORDS['with'])})\d*)*"
_END = rf"(?=\s*(?:$|[{GAPS}\[({{「『]|\s-|-[\s{GAPS}\[(]|//))"  # the part ends here
_HAN = r"[一二三四五六七八九十百零〇]{1,5}"

_SXE = re.compile(
    rf"{_ALONE}(?:S|T(?=\d{{1,2}}[ ._]?E\d))(?P<season>\d{{1,4}})[ ._]?-?[ ._]?x?(?:EP?[ ._]?|x){_NUMBER}"
    r"(?P<more>(?:[ ._-]?EP?\d{1,4})*)"
    rf"(?:[-~+&](?:S\d{{1,2}})?(?:EP?)?(?P<last>\d{{1,4}}){_OVER}|\s+[-~&+]\s+(?:S\d{{1,2}})?EP?(?P<far>\d{{1,4}})(?!\d))?",
    re.IGNORECASE,
)
_NXN = re.compile(
    rf"(?<![^\W_.])(?P<season>\d{{1,2}}|(?:19|20)\d\d)[xX](?P<first>\d{{2,3}}){_LETTER}{_V}"
    rf"(?P<more>(?:\s*[-~+]\s*\d{{1,2}}x\d{{2,3}}|[-~+x]\d{{2,3}})*){_OVER}"
)
_SKIND = re.compile(
    rf"{_ALONE}S(?P<season>\d{{1,2}})[ ._-]*(?P<kind>OVA|OAD|ONA|SP|NCOP|NCED|PV)[ ._-]*(?P<first>\d{{1,3}})"
    rf"{_V}{_OVER}",
    re.IGNORECASE,
)
_WORDED = re.compile(rf"{_ALONE}(?:{any_of(WORDS['words'])})[ ._-]*#?{_NUMBER}{_RANGE}{_OVER}", re.IGNORECASE)
_COUNTED = re.compile(
    rf"(?<=-\s)(?:{any_of(WORDS['counters'])})\s(?P<first>\d{{1,3}}){_V}(?!\s*-?\s*\d){_END}", re.IGNORECASE
)
_MARKED = re.compile(
    rf"(?:{_ALONE}[Ee](?=\d\d)|(?<=-\s)e|{_ALONE}E|{_ALONE}EP\.?|#)(?P<first>\d{{1,4}}(?:\.\d)?){_LETTER}{_V}"
    rf"(?P<more>(?:[ ,&+]+EP?\d{{1,4}})*){_RANGE}{_OVER}"
)
_OF = re.compile(
    rf"{_ALONE}(?P<first>\d{{1,4}})(?:\s?[-~]\s?(?P<last>\d{{1,4}}))?\s+(?:{any_of(WORDS['of'])})\s+\d{{1,4}}{_OVER}"
)
_BEHIND = re.compile(
    rf"{_ALONE}(?P<first>\d{{1,4}})\.?\s*(?:{any_of(WORDS['behind'])}){_OVER}", re.IGNORECASE
)
_CJK = re.compile(
    rf"第\s*(?P<first>\d{{1,4}}(?:\.\d)?|{_HAN})(?:v(?P<early>\d))?\s*"
    rf"(?:[话話集回夜章]?\s*[-~至&+,]{{1,2}}\s*第?\s*(?P<last>\d{{1,4}}|{_HAN})\s*)?"
    rf"(?:[话話集回夜화]|(?=\s*(?:$|\[|-)))(?:\s?v(?P<version>\d))?"
)
_COUNTER = re.compile(
    r"(?<![\d第全])(?:제\s*)?(?P<first>\d{1,4}(?:\.\d)?)\s*(?:[-~,]\s*(?P<last>\d{1,4})\s*)?[话話集回화회](?!\w)"
)
_ALL = re.compile(
    rf"\(?(?:TV)?全\s*(?P<all>\d{{1,4}}|{_HAN})\s*[话話集回](?:\+[^\[(]*)?\)?"
    rf"|(?:TV)?全[集话話]|(?:{CJK_BATCH})(?=\s*(?:$|[{GAPS}\[(-]))"
)
_DASH = re.compile(rf"-(?:(?<=[\s{GAPS}]-)|(?<=^-))\s*{_NUMBER}{_RANGE}{_ENDING}{_END}")
_TIGHT = re.compile(
    r"-(?:(?:(?<=[)!?~.]-)|(?<=[^\x00-\x7f]-))(?P<first>\d{2,4})|(?<=[^\W\d_]-)(?P<padded>0\d{1,2}))"
    rf"(?:v(?P<version>\d))?(?:{_END}|(?=-[^\W\d]))"
)
_LAST = re.compile(
    rf"(?:(?<=[\s{GAPS}\])~!])|(?<=[^\W\d_]\.)(?=\d\d))(?:[Nn][Oo]\. ?(?=\d\d))?"
    rf"{_NUMBER}{_RANGE}{_WITH}{_ENDING}\.?{_END}"
)
_DASHED = re.compile(rf"-(?<=\s-)\s+(?P<first>\d{{2,4}}(?:\.\d)?){_LETTER}{_V}{_RANGE}(?=[:.]?\s)")
_FIRST = re.compile(rf"^[\s\x01]*(?:-\s*)?{_NUMBER}{_RANGE}(?P<mark>\s*[-.:]\s+|[.\s]+|\s*$|(?=[\[({GAPS}]))")
_MIDDLE = re.compile(rf"(?<=[^\s{GAPS}-] )(?P<first>0[1-9]\d?){_V}(?=\.? [^\W\d])")
_GLUED = re.compile(
    rf"(?:(?:(?<=[a-z]{{2}})|(?<=[^\x00-\x7f]))(?=0\d)|(?<=[^\W\d_])-(?=\d\d))(?P<first>\d{{2,3}}){_V}{_END}"
)

BETWEEN_DASHES = re.compile(r"\s-\s\d{2,4}(?:v\d)?\s-\s")
_FILM = re.compile(r"(?:movie|film)\s*$", re.IGNORECASE)
_BEFORE = re.compile(r"(?<=\s)-?\s*(?P<first>0\d+|\d+\.\d|(?<=- )\d+)\s*(?:-\s*|[(\[])\s*$")
_NUMBER_BEFORE = re.compile(rf"{_ALONE}(?P<first>\d+)\s*$")
_BEFORE_X = re.compile(rf"{_ALONE}(\d{{1,2}})x$", re.IGNORECASE)
_SECOND = re.compile(rf"\s+(?:-\s*(?=\d{{3}}))?(\d{{2,4}})(?=\s*(?:$|[{GAPS}\[(]|-\s))")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]")
_LETTERS = re.compile(r"[^\W\d_]+")

_GATE = letters_of(("e", *(word for key in ("words", "counters", "of", "behind") for word in WORDS[key])))


def read_at(draft: Draft, start: int, end: int) -> None:
    """Claim the number that the file's siblings have shown to be the episode."""
    draft.fields["episodes"], draft.said["episodes"] = (int(draft.text[start:end]),), SIBLINGS
    if (season := _BEFORE_X.search(draft.text, 0, start)) is not None:  # 1x5
        draft.set("season", int(season[1]), SIBLINGS)
        start = season.start()
    _gap(draft, start, end)


def read_stated(draft: Draft) -> None:
    """Claim an episode that states its season too: S01E02, 1x02, S01OVA02."""
    if draft.said.get("episodes") == SIBLINGS or draft.words.isdisjoint(("s", "x", "t")):
        return
    for pattern in (_SXE, _NXN, _SKIND):
        if (found := pattern.search(draft.text)) is not None:
            before = _BEFORE.search(draft.text, 0, found.start())
            _claim_with_second(draft, found)
            if before is not None and not _is_numbered_title(draft, before):  # 13.5 - S00E01
                draft.set("absolute", (number(before[1]),), RULE)
                draft.gap(before.start(), found.start(), EPISODE)
            return


def read_worded(draft: Draft) -> None:
    """Claim an episode that a word announces: Episode 12, E12, #12, 12 of 24, 第12話."""
    if draft.said.get("episodes") in _SETTLED or (not draft.text.isascii() and _cjk(draft)):
        return
    if "#" not in draft.text and draft.words.isdisjoint(_GATE):
        return
    searches = (pattern.search(draft.text) for pattern in (_COUNTED, _WORDED, _MARKED, _OF, _BEHIND))
    if (found := next(filter(None, searches), None)) is not None:
        _claim_word(draft, found)


def _claim_word(draft: Draft, found: re.Match[str]) -> None:
    """`03 - Episode 3` says one number twice; in `- 05 - Chapter 3` the word is the episode's title."""
    before = _BEFORE.search(draft.text, 0, found.start())
    repeated = before is not None and number(before["first"]) == number(found["first"])
    if not repeated and BETWEEN_DASHES.search(draft.text, 0, found.start()) is not None:
        return
    _claim_with_second(draft, found)
    if before is not None and repeated:
        draft.gap(before.start(), found.start(), EPISODE)


def read(draft: Draft) -> None:
    """Claim a bare number that its place makes the episode, the surest place first."""
    if draft.said.get("episodes") in _SETTLED or not (draft.numbers or _DIGITS.search(draft.text)):
        return
    if not any(form(draft) for form in _SURE):
        draft.confidence = SUPPOSED  # of what follows, or of there being no episode
        any(form(draft) for form in _GUESSES)


def _cjk(draft: Draft) -> bool:
    if (found := _CJK.search(draft.text) or _COUNTER.search(draft.text)) is not None:
        version = found["version"] or found["early"] if found.re is _CJK else None
        _set(draft, tuple(_cjk_number(n) for n in (found["first"], found["last"]) if n), version)
    elif (found := _ALL.search(draft.text)) is not None and found["all"]:
        _set(draft, (1, han(found["all"])), None)
    if found is not None:
        draft.gap(found.start(), found.end(), EPISODE)
    return found is not None


def _cjk_number(text: str) -> Number:
    return number(text) if text[0].isdigit() else han(text)


def _dash(draft: Draft) -> bool:
    """` - 07`, the last one behind words; a range at once."""
    found = None
    for found in _DASH.finditer(draft.text):
        if found["last"] or _WORD.search(draft.text, 0, found.start()):
            break
    if found is None or (found.start() == 0 and found.end() < len(draft.text)):  # a leading one says more
        return False
    _claim_with_second(draft, found)
    return True


def _bracketed(draft: Draft) -> bool:
    """`[07]`; of several the one that says so, else the first behind the start."""
    if not draft.numbers or "episodes" in draft.fields:
        return False
    start, end, found = min(draft.numbers, key=_saying)
    if draft.text[start] == "(" and not _is_stated(found) and _is_aside(draft, start, end):
        return False
    _set(draft, found.episodes, found.version)
    if found.second is not None:
        draft.set("absolute", (found.second,), RULE)
    draft.gap(start, end, EPISODE)
    return True


def _saying(bracket: tuple[int, int, Numbers]) -> tuple[bool, bool]:
    start, _, found = bracket
    return not _is_stated(found), start == 0


def _is_stated(found: Numbers) -> bool:
    return found.stated or len(found.episodes) > 1


def _is_aside(draft: Draft, start: int, end: int) -> bool:
    """Round brackets hold a lone digit, or a number behind another: `10 (1)`."""
    number = _NUMBER_BEFORE.search(draft.text, 0, start)
    return end - start < 4 or (number is not None and not _is_numbered_title(draft, number))


def _tight(draft: Draft) -> bool:
    """A dash without a blank before it: `タイトル！-01`, `Some-Title-03`."""
    found = _TIGHT.search(draft.text)
    if found is None:
        return False
    _set(draft, (int(found["first"] or found["padded"]),), found["version"])
    draft.gap(found.start(), found.end(), EPISODE)
    return True


def _last(draft: Draft) -> bool:
    """`Title 07 [720p]`."""
    for found in _LAST.finditer(draft.text):
        if _WORD.search(draft.text, 0, found.start()) and not _belongs(draft, found):
            _claim_with_second(draft, found)
            return True
    return False


def _dashed(draft: Draft) -> bool:
    """` - 07 The Title of It`."""
    found = _DASHED.search(draft.text)
    before = draft.text[: found.start()].strip() if found is not None else ""
    if found is None or not (_WORD.search(before) and (before in NUMBERED_TITLES or not before.isdecimal())):
        return False
    _claim(draft, found)
    return True


def _only(draft: Draft) -> bool:
    """`07.mkv`, `07v2 [1080p].mkv`: no word but the number."""
    found = _FIRST.search(draft.text)
    if found is None or _is_numbered_title(draft, found) or _WORD.search(draft.text, found.end()):
        return False
    _claim(draft, found, end=found.start("mark"))
    return True


def _first(draft: Draft) -> bool:
    """`07 - Title`, `07. Title`; without a mark only a padded number."""
    found = _FIRST.search(draft.text)
    if found is None or _is_numbered_title(draft, found):
        return False
    if not found["mark"].strip() and not found["first"].startswith("0"):
        return False
    _claim(draft, found, end=found.start("mark"))
    return True


def _middle(draft: Draft) -> bool:
    """`The Show 08 A Title`: a padded number among words."""
    found = _MIDDLE.search(draft.text)
    if found is None or _is_numbered_title(draft, found):
        return False
    _claim(draft, found)
    return True


def _glued(draft: Draft) -> bool:
    """`kaiba05`, `kaiba-105`: padded digits right behind small letters, or digits behind a dash."""
    found = _GLUED.search(draft.text)
    if found is None or _is_numbered_title(draft, found):
        return False
    _claim(draft, found)
    return True


_SURE = (_dash, _bracketed, _tight, _only)
_GUESSES = (_last, _dashed, _first, _middle, _glued)  # the number is often the title's


def _belongs(draft: Draft, found: re.Match[str]) -> bool:
    """Tell whether a last number is part of the title: a lone digit, a decimal, a year, or known for it."""
    text = found["first"]
    if _is_numbered_title(draft, found):
        return True
    if found["last"] or found["version"]:
        return False
    if not text.startswith("0") and _FILM.search(draft.text, 0, found.start()):  # Movie 25
        return True
    if len(text) == 1 or ("." in text and not text.startswith("0")):
        return True
    return len(text) == 4 and text.isdecimal() and int(text) in YEARS


def _is_numbered_title(draft: Draft, found: re.Match[str]) -> bool:
    """`Area 88`, `Mobile Suit Gundam 00`: the last words in front, with the number, are a title."""
    words = _LETTERS.findall(draft.text[: found.start()].lower())[-4:]
    last = found["last"] if "last" in found.re.groupindex else None
    number = f"{found['first']}-{last}" if last else found["first"]  # Ranma 1-2
    return any(" ".join([*words[n:], number]) in NUMBERED_TITLES for n in range(len(words) + 1))


def _claim_with_second(draft: Draft, found: re.Match[str]) -> None:
    """Claim a number and a second one of the same episode right behind it: `002 (100)`, `S10E14 214`."""
    _claim(draft, found)
    for start, end, inside in draft.numbers:
        if 0 <= start - found.end() <= 3 and not draft.text[found.end() : start].strip(" -"):
            draft.set("absolute", inside.episodes, RULE)
            draft.gap(start, end, EPISODE)
            return
    second = _SECOND.match(draft.text, found.end())
    if second is not None and int(second[1]) not in YEARS:
        draft.set("absolute", (int(second[1]),), RULE)
        draft.gap(second.start(), second.end(), EPISODE)


def _claim(draft: Draft, found: re.Match[str], end: int | None = None) -> None:
    said = found.groupdict()
    if (season := said.get("season")) is not None:
        draft.set("season", int(season), RULE)
    if (kind := said.get("kind")) is not None:
        draft.set("type", TYPES[kind.lower()], RULE)
    episodes = _numbers_of(draft, said)
    _set(draft, episodes, said.get("version") or said.get("last_version"))
    _gap(draft, found.start(), end or found.end())


def _numbers_of(draft: Draft, said: Mapping[str, str | None]) -> tuple[Number, ...]:
    """The first number, with the last of a range. `S5 - 01 - 113` has the absolute number behind it."""
    printed = said["first"] or ""
    first, last = number(printed + (said.get("letter") or "")), _last_of(said)
    if last is None or not _is_range(printed, last):
        return (first,)
    if "season" in draft.fields and len(last) > len(printed) > 1:
        draft.set("absolute", (number(last),), RULE)
        return (first,)
    return first, number(last)


def _is_range(first: str, last: str) -> bool:
    """A range goes up, and not to a year: `26_1`, `05 - 1999` are none."""
    return float(first) < float(last) and (len(first) > 2 or (last.isdecimal() and int(last) not in YEARS))


def _last_of(said: Mapping[str, str | None]) -> str | None:
    """The end of a range, or the last of several numbers written one behind the other."""
    more = _DIGITS.findall(said.get("more") or "")
    return said.get("last") or said.get("far") or (more[-1] if more else None)


def _gap(draft: Draft, start: int, end: int) -> None:
    """Claim a place with the brackets right around it."""
    if start and draft.text[start - 1] in "([" and draft.text[end : end + 1] in ")]":
        start, end = start - 1, end + 1
    draft.gap(start, end, EPISODE)


def _set(draft: Draft, episodes: tuple[Number, ...], version: str | None) -> None:
    draft.set("episodes", episodes, RULE)
    if version is not None:
        draft.set("version", int(version), RULE)
