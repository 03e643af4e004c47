"""The part or cour of a season (`Part 2`, `2nd Cour`, 第2クール), and discs: volumes or halves of a film."""

from __future__ import annotations

from anivault.parser.draft import EPISODE, GAPS, SEASON, TERM, Draft
from anivault.parser.rules.episode import BETWEEN_DASHES
from anivault.parser.rules.numbers import HALVES, han, ordinal
from anivault.parser.vocabulary import CARDINALS, ORDINALS, PART, any_of
from anivault.shared import regex as re

_GATE = frozenset(PART["words"])
_NAMED = rf"I{{1,3}}|IV|VI{{0,3}}|{any_of(CARDINALS)}"
_PART = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:Parte?|Teil|Cour|Pt\.|Pt(?=[ .]?\d))[ .]?(?P<n>\d{{1,2}}|{_NAMED})"
    rf"|(?P<ordinal>\d(?:st|nd|rd|th)|{any_of(ORDINALS)}) (?:Cour|Part|Half))"
    rf"(?=\s*(?:$|[{GAPS}\[({{]|-\s|\s[-/|]|-$|-\s*[{GAPS}\[(]|\s\d{{2,4}}(?:v\d)?\s*(?:$|[{GAPS}\[(])))",
    re.IGNORECASE,
)
_CJK = re.compile(
    r"第\s*(?P<n>[\d一二三四五])\s*(?:クール|部分)|(?<!\d)(?P<korean>\d)쿨"
    rf"|(?:(?<={SEASON})|(?<={SEASON}\s))"
    rf"(?:第\s*(?P<section>[\d一二三四五])\s*部|(?P<half>{any_of(HALVES)}))(?![^\W\d_])"
)
_VOLUME = re.compile(
    r"(?<![^\W_])(?:Vol(?:ume)?[. ]*\d+(?:[-~&+]\d+|\s-\s[2-9](?!\d))?"
    r"|(?:Dis[ck][ ._-]?|CD[ ._-]?|DVD(?=[1-48]))"
    r"(?P<disc>\d{1,2})(?: ?of ?\d+)?)(?:v(?P<version>\d))?(?![^\W_])",
    re.IGNORECASE,
)
RULE, VOLUME = "rule:part", "rule:volume"


def read(draft: Draft) -> None:
    """Claim a part where the title has ended, in each spelling, and a volume wherever it stands."""
    text = draft.text
    if not text.isascii():
        _claim(draft, _CJK)
    if draft.words.isdisjoint(_GATE):
        return
    _claim(draft, _PART)
    for found in _VOLUME.finditer(text):
        if found["version"]:
            draft.set("version", int(found["version"]), "rule:version")
        if found["disc"]:
            behind = EPISODE in text[: found.start()]  # S01E05 CD2
            draft.set("disc", int(found["disc"]), RULE if behind else VOLUME)
        draft.gap(found.start(), found.end(), TERM)


def settle(draft: Draft) -> None:
    """A disc in front of an episode's number is a volume of the show, and nothing that was cut up."""
    if "episodes" in draft.fields and draft.said.get("disc", RULE) != RULE:
        del draft.fields["disc"], draft.said["disc"]


def _claim(draft: Draft, pattern: re.Pattern[str]) -> None:
    for found in pattern.finditer(draft.text):
        if EPISODE in draft.text[: found.start()] or BETWEEN_DASHES.search(draft.text, 0, found.start()):
            return  # S01E05 - The Sea Part 2: the episode's title
        n = found[found.lastgroup or 0]
        draft.set("part", part := HALVES.get(n) or ordinal(n) or han(n), RULE)
        if part == draft.fields["part"]:  # Part 6 - Stone Ocean Part 2: another one is of the title
            draft.gap(found.start(), found.end(), SEASON)
