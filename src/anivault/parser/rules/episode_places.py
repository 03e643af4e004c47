"""A bare number that its place makes the episode: from the surest place to the weakest, the first there wins.

` - 12` at the end of a part; a number alone in brackets; one that ends the running text; one that starts it.
"""

from __future__ import annotations

from anivault.parser.draft import EMPTY, EPISODE, GAPS, GROUP, KIND, SEASON, TERM, YEAR, Draft
from anivault.parser.models import GUESSED, Number, number
from anivault.parser.rules.episode import (
    ALONE,
    COUNTS,
    COUNTS_AMID,
    END,
    ENDING,
    LETTER,
    NUMBER,
    OVER,
    RANGE,
    RULE,
    SETTLED,
    V,
    belongs,
    claim,
    claim_with_second,
    is_behind_numbered_title,
    is_counted,
    is_like_a_year,
    is_numbered_title,
    is_range,
    is_year,
    keep,
)
from anivault.parser.rules.numbers import Numbers
from anivault.parser.vocabulary import EPISODE as WORDS
from anivault.parser.vocabulary import NUMBERED_TITLES, TYPES_ALWAYS, TYPES_CAPITALS, TYPES_RUNNING, any_of
from anivault.shared import regex as re

_DASH = re.compile(rf"-(?:(?<=[\s{GAPS}]-)|(?<=^-))\s*{NUMBER}'?{RANGE}{ENDING}(?:{END}|(?=-[^\W\d_]\w+$))")
_SINCE = re.compile(rf"(?:^|(?<=[\s{GAPS}]))(?P<first>\d{{1,4}})\s*$")
_WHOLE = re.compile("batch|complete|合集|全集", re.IGNORECASE)
# 2-05, 10-05: a range goes up and pads both sides alike.
_SEQUEL = re.compile(r"(?:[2-9][-_]\d{2,3}|[1-9]\d{0,2}[-_]0\d|[1-9]\d?\s-\s0\d)(?!\d)")

_TIGHT = re.compile(
    r"-(?:(?:(?<=[)\]!?~.]-)|(?<=[^\x00-\x7f]-))(?P<first>\d{2,4})"
    r"|(?:(?<=[^\W\d_]-)|(?<=[^\W\d_]\d-))(?P<padded>0\d{1,2}))"
    rf"(?:v(?P<version>\d))?(?:[-~](?P<last>\d{{2,3}})(?!\d))?(?:{END}|(?=-[^\W\d]))"
)
_LAST = re.compile(
    rf"(?:(?<=[\s{GAPS}\])~])|(?<=!)(?=0\d|\d\d(?!\d))|(?<=[^\W\d_]\.)(?=\d\d))"
    r"(?:[Nn][OoRr]\. ?(?=\d\d)|(?:№|[Nn][°º]) ?|TV(?=\d{1,3}[-~]\d\d))?"
    rf"{NUMBER}{RANGE}{ENDING}(?(last)(?:\s*\+\s*[^\W\d][^\[({GAPS}]*)?)\.?{END}"
)
_DASHED = re.compile(  # a lone digit behind a season, or with a mark behind it
    rf"-(?<=[\s{GAPS}]-)\s+(?![1-9]\d*\s(?i:{any_of(WORDS['counted'])})\b)(?!\d+\.? (?i:film|movie)\b)"
    rf"(?P<first>\d{{2,4}}(?:\.\d)?|\d(?:(?<={SEASON} - \d)|(?=[:.]\s|\s[\"'「『])))"
    rf"{LETTER}{V}{RANGE}(?=[:.,]?\s)"
)
_COLON = re.compile(r"(?<=[^\W\d] )(?P<first>\d{2,3})(?=:\s)")
_FIRST = re.compile(
    rf"^[\s\x01\x03]*\[?(?:-\s*)?{NUMBER}{RANGE}(?P<mark>\s*[-.:]\s+|(?:\.(?!\d)|\s)+|\s*$|(?=[\[({GAPS}]))"
)
_MIDDLE = re.compile(rf"(?<=[^\s-] )(?P<first>0[1-9]\d?){V}(?:-(?P<last>0?\d{{1,2}})(?!\d))?(?=\.? [^\W\d])")
_KINDS = (*map(str.upper, TYPES_ALWAYS), *TYPES_CAPITALS, *map(str.capitalize, TYPES_RUNNING))
_AMID = re.compile(
    rf"(?<=[^\W\d] )(?<!No\. )(?P<first>1|[1-9]\d{{1,2}}){V}"
    rf" (?!(?i:{any_of(WORDS['counted'])})\b|(?:{any_of(_KINDS)})\d*\b)(?=[A-Z])"
)
_GLUED = re.compile(
    rf"(?:(?:(?<=[a-z]{{2}})(?<!\s[spc][pvm])|(?<=[^\x00-\x7f]))(?=0\d|\d\d\d?v\d)|(?<=[^\W\d_]{{2}})-(?=\d\d)|(?<=[a-z])Ep?(?=\d\d))(?P<first>\d{{2,3}}){V}{END}"
)

_ODD = re.compile(r"[1-9]\d*\.\d\d")
_DATED = re.compile(rf"[^{GAPS}]*(?:{YEAR}+|\s(?:19|20)\d\d)[\s{TERM}]*")

_RANGED = re.compile(
    rf"(?<=[^-+&\s] )(?P<first>\d{{1,4}})(?:v\d)?(?:-|\s?~\s?)(?P<last>\d{{2,4}})(?![\d.])"
    rf"(?:v(?P<version>\d))?{OVER}"
)
_ENCLOSED = re.compile(  # [Group][Title - 05], [Group][Its Title 01-12 END]
    rf"(?:(?<=[^\W\d_])|(?<=[{GAPS}]))[!?.~']*(?:\s+-\s*|\s+)(?P<first>\d{{2,4}}){V}{RANGE}{ENDING}(?=\s*\])"
)
_ANY_BRACKET = re.compile(r"\[[^\[\]]*\]")
_NUMBER_BEFORE = re.compile(rf"{ALONE}(?P<first>\d+)(?:v\d)?\s*$")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]")


def read(draft: Draft) -> None:
    """Claim a bare number that its place makes the episode, the surest place first."""
    if draft.said.get("episodes") in SETTLED or not (draft.numbers or _DIGITS.search(draft.text)):
        return
    _drop_copy(draft)
    if not any(form(draft) for form in _SURE):
        draft.confidence = GUESSED  # of what follows, or of there being no episode
        any(form(draft) for form in _GUESSES)


def _drop_copy(draft: Draft) -> None:
    """`Title 05 [1080p] (1)`: a digit at the very end, behind what is no title, counts copies of the file."""
    start, end, _ = draft.numbers[-1] if draft.numbers else (0, 0, None)
    if end - start != len("(1)") or draft.shown[start] != "(" or draft.text[end:].strip(EMPTY):
        return
    if draft.text[:start].rstrip()[-1:] in (GROUP, TERM, YEAR, KIND):
        draft.numbers.pop()
        draft.gap(start, end, TERM)


def _dash(draft: Draft) -> bool:
    """` - 07`, the last one behind words; a range at once."""
    found = _behind_dash(draft.text)
    if found is None or (found.start() == 0 and found.end() < len(draft.text)):  # a leading one says more
        return False
    if _SEQUEL.match(draft.text, found.start("first")) and found["last"]:  # Title - 2-05
        draft.set("season", int(found["first"]), RULE)
        _claim_last(draft, found, found.start())
    elif (since := _since(draft, found)) is not None:
        keep(draft, (int(since["first"]), int(found["first"])), found["version"])
        draft.gap(since.start(), found.end(), EPISODE)
    else:
        claim_with_second(draft, found)
    return True


def _behind_dash(text: str) -> re.Match[str] | None:
    """The first number behind a dash that has words before it, or is a range; the last one where none has."""
    found = None
    for found in _DASH.finditer(text):
        if found["last"] or _WORD.search(text, 0, found.start()):
            break
    if found is not None and is_year(found["first"]):  # Title - 2008 - 05
        found = _DASH.search(text, found.end("first")) or found
    return found


def _since(draft: Draft, found: re.Match[str]) -> re.Match[str] | None:
    """`01 - 07`, `1 - 119 [Batch]`: a number before the dash begins a range, where both are padded alike.

    Where the name says that it is whole, 1 need not be padded.
    """
    if not draft.text[: found.start()].rstrip()[-1:].isdigit():
        return None
    since = _SINCE.search(draft.text, 0, found.start())
    if since is None or found["last"] or "." in found["first"] or is_numbered_title(draft, since):
        return None
    first, last = since["first"], found["first"]
    alike = (
        len(first) == len(last)
        if first[0] == "0"
        else first == "1" and ("+" in found[0] or _WHOLE.search(draft.shown) is not None)
    )
    return since if alike and int(first) < int(last) else None


def _claim_last(draft: Draft, found: re.Match[str], start: int) -> None:
    keep(draft, (number(found["last"]),), found["last_version"])
    draft.gap(start, found.end(), EPISODE)


def _bracketed(draft: Draft) -> bool:
    """`[07]`; of several the one that says so, else the first behind the start."""
    if not draft.numbers or "episodes" in draft.fields:
        return False
    start, end, found = min(draft.numbers, key=_saying)
    if _is_aside(draft, start, end, found) or _is_source(draft, start, end, found):
        return False
    if end - start < 4 and draft.text[start] == "(":  # Title (9); or a copy of Title.mkv
        draft.confidence = GUESSED
    keep(draft, found.episodes, found.version)
    if found.second is not None:
        draft.set("absolute", (found.second,), RULE)
    draft.gap(start, end, EPISODE)
    _claim_again(draft, start, end, found.episodes)
    return True


def _is_source(draft: Draft, start: int, end: int, found: Numbers) -> bool:
    """`[Group][1-7] Title 01`: a range in front is what the episode behind it is made of."""
    if len(found.episodes) < 2 or not draft.leading or _WORD.search(draft.text, 0, start) is not None:
        return False
    number = _LAST.search(draft.text, end)
    if number is None or number["last"] or belongs(draft, number):
        return False
    draft.gap(start, end, TERM)
    return True


def _claim_again(draft: Draft, start: int, end: int, episodes: tuple[Number, ...]) -> None:
    """The same number once more: `[01][Title][01]`, `[01] [Group] Title 01`."""
    first, last, found = draft.numbers[0]
    if first == 0 < start and found.episodes == episodes:
        draft.gap(first, last, EPISODE)
    again = _LAST.search(draft.text, end) if start == 0 else None
    if again is not None and (number(again["first"]),) == episodes:
        draft.gap(again.start(), again.end(), EPISODE)


def _saying(bracket: tuple[int, int, Numbers]) -> tuple[bool, bool, bool]:
    """In `[Title][2][05]` the lone digit is of the title."""
    start, end, found = bracket
    return not _is_stated(found), start == 0, end - start < 4


def _is_stated(found: Numbers) -> bool:
    return found.stated or len(found.episodes) > 1


def _is_aside(draft: Draft, start: int, end: int, found: Numbers) -> bool:
    """Round brackets hold a number behind another: `10 (1)`; or a lone digit with words behind it."""
    if _is_stated(found):
        return False
    if draft.text[start] != "(":  # Title 03 [79]
        return _is_second(draft, start, found)
    quoted = draft.text[end : end + 1] in ("「", "『")  # 題名(5)「其名」
    if (end - start < 4 and not quoted and _WORD.search(draft.text, end)) or _DASHED.search(
        draft.text, 0, start
    ):
        return True
    number = _NUMBER_BEFORE.search(draft.text, 0, start)
    if number is None or is_numbered_title(draft, number):
        return False
    return len(number["first"]) > 1 or end - start < 4  # Title 2 (05)


def _is_second(draft: Draft, start: int, found: Numbers) -> bool:
    """`Title 03 [79]`: behind a padded number a higher one counts through all seasons."""
    before = _NUMBER_BEFORE.search(draft.text, 0, start)
    if before is None or before["first"][0] != "0" or before["first"] == "0":
        return False
    if is_numbered_title(draft, before):
        return False
    draft.confidence = GUESSED
    return float(before["first"]) < float(str(found.episodes[0]).rstrip("ABCDEabcde"))


def _tight(draft: Draft) -> bool:
    """A dash without a blank before it: `タイトル！-01`, `Some-Title-03`."""
    found = _TIGHT.search(draft.text)
    if found is None or is_like_a_year(found["first"] or ""):  # -1989-
        return False
    printed = [found["first"] or found["padded"], *filter(None, [found["last"]])]
    keep(draft, tuple(map(int, printed)), found["version"])
    draft.gap(found.start(), found.end(), EPISODE)
    return True


def _enclosed(draft: Draft) -> bool:
    """`[Group][Title - 05][720p]`: the number in the title's brackets, with no words outside of them."""
    found = _ENCLOSED.search(draft.text) if draft.texts or draft.leading else None
    if found is None or _WORD.search(_ANY_BRACKET.sub("", draft.text)) is not None:
        return False
    if is_like_a_year(found["first"]) or is_numbered_title(draft, found):
        return False
    if is_counted(draft, found, COUNTS):
        return False
    claim(draft, found)
    return True


def _last(draft: Draft) -> bool:
    """`Title 07 [720p]`."""
    for found in _LAST.finditer(draft.text):
        if _WORD.search(draft.text, 0, found.start()) and not belongs(draft, found):
            if found["last"] and (_SEQUEL.match(found[0]) or is_behind_numbered_title(draft, found)):
                _claim_last(draft, found, found.start("last") - 1)
            else:
                claim_with_second(draft, found)
            if draft.text[found.start() - 1] == ".":  # The Title.07
                draft.gap(found.start() - 1, found.start(), EPISODE)
            return True
    return False


def _ranged(draft: Draft) -> bool:
    """`Title 01-12 + 3 of another kind`: from the first on, or padded alike; whatever stands behind it."""
    for found in _RANGED.finditer(draft.text):
        first, last = found["first"], found["last"]
        rises = is_range(first, last) and (len(first) == len(last) or int(first) == 1)
        if rises and not (
            is_year(last) or is_numbered_title(draft, found) or is_behind_numbered_title(draft, found)
        ):
            claim(draft, found)
            return True
    return False


def _dashed(draft: Draft) -> bool:
    """` - 07 The Title of It`."""
    found = _DASHED.search(draft.text)
    before = draft.text[: found.start()].strip() if found is not None else ""
    if found is None or not (_WORD.search(before) and (before in NUMBERED_TITLES or not before.isdecimal())):
        return False
    claim(draft, found)
    _claim_second_behind(draft)
    return True


def _claim_second_behind(draft: Draft) -> None:
    """`- 17 Its Name (115)`: round brackets behind it hold a second number of the same episode."""
    for start, end, inside in draft.numbers:
        if draft.text[start] == "(" and EPISODE in draft.text[:start]:
            draft.set("absolute", inside.episodes, RULE)
            draft.gap(start, end, EPISODE)


def _colon(draft: Draft) -> bool:
    """`The Show 07: The Title of It`."""
    found = _COLON.search(draft.text)
    if found is None or is_numbered_title(draft, found):
        return False
    claim(draft, found, end=found.end() + 1)
    return True


def _only(draft: Draft) -> bool:
    """`07.mkv`, `07v2 [1080p].mkv`: no word but the number."""
    found = _FIRST.search(draft.text)
    if found is None or is_numbered_title(draft, found) or _WORD.search(draft.text, found.end()):
        return False
    if _is_a_film(draft, found):
        return False
    claim(draft, found, end=found.start("mark"))
    return True


def _is_a_film(draft: Draft, found: re.Match[str]) -> bool:
    """`300 (2006)`, `009 Re Cyborg (2012)`: three digits, and behind the words a year in brackets."""
    return len(found["first"]) == 3 and _DATED.fullmatch(draft.text, found.end("first")) is not None


def _first(draft: Draft) -> bool:
    """`07 - Title`, `07. Title`; without a mark only a padded number."""
    found = _FIRST.search(draft.text)
    if found is None or is_numbered_title(draft, found):
        return False
    if not found["mark"].strip() and (not found["first"].startswith("0") or _is_a_film(draft, found)):
        return False
    if _ODD.fullmatch(found["first"]) is not None:  # 2.43: Its Name
        return False
    claim(draft, found, end=found.start("mark"))
    return True


def _claimed(draft: Draft, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """Claim the first number of this form, unless a title has it."""
    found = pattern.search(draft.text)
    if found is None or is_numbered_title(draft, found) or is_counted(draft, found, COUNTS_AMID):
        return None
    claim(draft, found)
    return found


def _middle(draft: Draft) -> bool:
    """`The Show 08 A Title`: a padded number among words."""
    return _claimed(draft, _MIDDLE) is not None


def _glued(draft: Draft) -> bool:
    """`kaiba05`, `kaiba-105`: padded digits right behind small letters, or digits behind a dash."""
    return _claimed(draft, _GLUED) is not None


def _amid(draft: Draft) -> bool:
    """`[Group] The Show 14 A Title`: a plain number among words, which counts nothing there (100 Years)."""
    found = _claimed(draft, _AMID) if draft.text.lstrip()[:1] == GROUP else None
    if found is None:
        return False
    if SEASON in draft.text[found.end() :]:  # Part 2 is of the episode's title
        draft.fields.pop("part", None)
    return True


_SURE = (_dash, _bracketed, _tight, _only)
# The number is often the title's.
_GUESSES = (_enclosed, _last, _ranged, _dashed, _colon, _first, _middle, _glued, _amid)
