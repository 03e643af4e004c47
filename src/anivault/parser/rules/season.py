"""Numbers that are no episode: the season, its part or cour, discs, the year, and a version by itself.

Roman numerals and bare digits behind a title (`Overlord IV`, `Chihayafuru 3`) stay in the title:
whether they count seasons is for whoever knows the shows. `Final Season` names no number.
"""

from __future__ import annotations

from anivault.parser.draft import EMPTY, EPISODE, GAPS, GROUP, SEASON, TERM, YEAR, Draft
from anivault.parser.rules.episode import is_behind_episode
from anivault.parser.rules.numbers import CJK_SEASON, HALVES, LATIN_SEASON, ordinal, season_of
from anivault.parser.vocabulary import CARDINALS, ORDINALS, PART, any_of, han, letters_of
from anivault.parser.vocabulary import SEASON as WORDS
from anivault.shared import regex as re

RULE, PART_RULE, VOLUME = "rule:season", "rule:part", "rule:volume"

_WORDED = letters_of(WORDS["words"])
_GATE = _WORDED | {"s", "tv"}
_CJK_SIGN = re.compile(r"[季期部기シ시В]")  # one of them is in each form
_PART_GATE = frozenset(PART["words"])
_NAMED = rf"I{{1,3}}|IV|VI{{0,3}}|{any_of(CARDINALS)}"
_PART = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:Parte?|Teil|Cour|Pt\.|Pt(?=[ .]?\d))[ .]?(?P<n>\d{{1,2}}|{_NAMED})"
    rf"|(?P<ordinal>\d(?:st|nd|rd|th)|{any_of(ORDINALS)}) (?:Cour|Part|Half))"
    rf"(?=\s*(?:$|[{GAPS}\[({{]|-\s|\s[-/|]|-$|-\s*[{GAPS}\[(]|\s\d{{2,4}}(?:\s?[-~]\s?\d{{2,4}}|v\d)?\s*(?:END|Fin)?\s*(?:$|[{GAPS}\[(+])))",
    re.IGNORECASE,
)
_CJK_VOLUME = re.compile(r"第\s*\d{1,2}\s*[巻卷]?(?:\s*[-~]\s*第?\s*\d{1,2}\s*)?[巻卷]")  # 第1巻~第6巻
_CJK_PART = re.compile(r"第\s*(?P<n>[\d一二三四五])\s*(?:クール|部分)|(?<!\d)(?P<korean>\d)쿨")
_SECTION = re.compile(  # of the season in front of it: 第2期 第2部, 第1季後半
    rf"{SEASON}\s?(?:第\s*(?P<section>[\d一二三四五])\s*部|(?P<half>{any_of(HALVES)}))(?![^\W\d_])"
)
_VOLUME = re.compile(
    r"(?<![^\W_])(?:Vol(?:ume)?[. ]*\d+(?:[-~&+]\d+|\s-\s[2-9](?!\d))?"
    r"|(?:Dis[ck][ ._-]?|CD[ ._-]?|DVD(?=[1-48]))"
    r"(?:\d{1,2}-\d{1,2}|(?P<disc>\d{1,2})(?: ?of ?\d+)?))(?:v(?P<version>\d))?(?![^\W_])",
    re.IGNORECASE,
)

_YEAR = re.compile(
    rf"(?<=[^\s{GROUP}] )((?:19[5-9]|20[0-3])\d)(?:-(?:19|20)\d\d)?(?=\s*(?:$|[{GAPS}\[({{]|-\s))"
)
_INSIDE = re.compile(r"\(((?:19[5-9]|20[0-3])\d)\)|(?<!\d)((?:19[5-9]|20[0-3])\d)年版")  # [Title (2021)]
_VERSION = re.compile(r"(?<![^\W_])v(\d)(?![^\W_]|\.\d)", re.IGNORECASE)


def read(draft: Draft) -> None:
    """Claim every season named in the running text; the first one counts, a range is all of it.

    Where the episode or a bracket has said one, words that say the same.
    """
    gate = _WORDED if "season" in draft.fields else _GATE
    if not draft.text.isascii() and _CJK_SIGN.search(draft.text) is not None:
        _read_all(draft, CJK_SEASON)
    if not draft.words.isdisjoint(gate):
        _read_all(draft, LATIN_SEASON)


def _read_all(draft: Draft, pattern: re.Pattern[str]) -> None:
    for found in pattern.finditer(draft.text):
        if is_behind_episode(draft, found.start()):  # what follows is the episode's title
            return
        if "season" in draft.fields and found[0].endswith("部"):  # 第2期 第2部: a part of it
            continue
        said = season_of(found)
        if draft.said.get("season", RULE) != RULE and (
            EPISODE in draft.text[: found.start()] or said != {"season": draft.fields["season"]}
        ):
            continue  # but 第二季 S02E05 says it twice
        for field, value in said.items():
            draft.set(field, value, RULE)
        _dispute(draft, said["season"])
        draft.gap(found.start(), found.end(), SEASON)


def _dispute(draft: Draft, season: int) -> None:
    """Keep both of `First Season 2nd Season`: which one is meant, the name does not say."""
    first = draft.fields["season"]
    if season not in draft.fields.get("seasons", (first,)):
        draft.fields["seasons"] = tuple(sorted({*draft.fields.get("seasons", (first,)), season}))


def read_part(draft: Draft) -> None:
    """Claim a part where the title has ended, in each spelling, and a volume wherever it stands."""
    text = draft.text
    if not text.isascii():
        _claim(draft, _CJK_PART)
        _claim(draft, _SECTION)
        for found in _CJK_VOLUME.finditer(text):
            draft.gap(found.start(), found.end(), TERM)
    if draft.words.isdisjoint(_PART_GATE):
        return
    _claim(draft, _PART)
    for found in _VOLUME.finditer(text):
        if found["version"]:
            draft.set("version", int(found["version"]), "rule:version")
        if found["disc"]:
            behind = EPISODE in text[: found.start()]  # S01E05 CD2
            draft.set("disc", int(found["disc"]), PART_RULE if behind else VOLUME)
        draft.gap(found.start(), found.end(), TERM)


def settle_disc(draft: Draft) -> None:
    """A disc in front of an episode's number is a volume of the show, and nothing that was cut up."""
    if "episodes" in draft.fields and draft.said.get("disc", PART_RULE) != PART_RULE:
        del draft.fields["disc"], draft.said["disc"]


def _claim(draft: Draft, pattern: re.Pattern[str]) -> None:
    for found in pattern.finditer(draft.text):
        if EPISODE in draft.text[: found.start()] or is_behind_episode(draft, found.start()):
            return  # S01E05 - The Sea Part 2: the episode's title
        n = found[found.lastgroup or 0]
        draft.set("part", part := HALVES.get(n) or ordinal(n) or han(n), PART_RULE)
        if part == draft.fields["part"]:  # Part 6 - Stone Ocean Part 2: another one is of the title
            draft.gap(found.start(), found.end(), SEASON)


def read_version(draft: Draft) -> None:
    """Claim a version that stands alone: `Title v2 [720p]`."""
    if "v" not in draft.words:
        return
    found = _VERSION.search(draft.text)
    if found is None or (found[0][0] == "V" and EPISODE in draft.text[found.end() :]):  # Its Heroes V3 - 05
        return
    if draft.text[: found.start()].strip(EMPTY):  # V3 Rider is a title
        draft.set("version", int(found[1]), "rule:version")
        draft.gap(found.start(), found.end(), TERM)


def read_year(draft: Draft) -> None:
    """Claim the last year of the running text; one in a title's own brackets is left there."""
    if "19" not in draft.text and "20" not in draft.text:
        return
    if years := list(_YEAR.finditer(draft.text)):
        found = years[-1]
        draft.set("year", int(found[1]), "rule:year")
        draft.gap(found.start(), found.end(), YEAR)
    elif "year" not in draft.fields and (inside := _INSIDE.search(draft.text)) is not None:
        draft.set("year", int(inside[1] or inside[2]), "rule:year")
