"""The part or cour of a season (`Part 2`, `2nd Cour`, 第2クール), and disc volumes, which are no episode."""

from __future__ import annotations

import re

from anivault.parser.draft import GAPS, SEASON, TERM, Draft
from anivault.parser.rules.numbers import han, ordinal

_GATE = frozenset(("part", "parte", "teil", "cour", "vol", "volume", "disc"))
_PART = re.compile(
    r"(?<![^\W_])(?:(?:Part|Parte|Teil|Cour)[ .]?(?P<n>\d{1,2}|I{1,3}|IV)"
    r"|(?P<ordinal>\d(?:st|nd|rd|th)|First|Second|Third) (?:Cour|Part))"
    rf"(?=\s*(?:$|[{GAPS}\[({{]|-\s|\s-|-$|-\s*[{GAPS}\[(]))",
    re.IGNORECASE,
)
_CJK = re.compile(r"第\s*([\d一二三四五])\s*(?:クール|部分)|[Pp]art\s*(\d)")
_VOLUME = re.compile(r"(?<![^\W_])(?:Vol(?:ume)?[. ]*\d+|Disc ?\d+)(?:v(\d))?(?![^\W_])", re.IGNORECASE)


def read(draft: Draft) -> None:
    """Claim a part where the title has ended, and a volume wherever it stands."""
    text = draft.text
    if draft.words.isdisjoint(_GATE):
        _read_cjk(draft)
        return
    if (found := _PART.search(text)) is not None:
        draft.set("part", ordinal(found["n"] or found["ordinal"]), "rule:part")
        draft.gap(found.start(), found.end(), SEASON)
    else:
        _read_cjk(draft)
    for found in _VOLUME.finditer(text):
        if found[1]:
            draft.set("version", int(found[1]), "rule:version")
        draft.gap(found.start(), found.end(), TERM)


def _read_cjk(draft: Draft) -> None:
    if not draft.text.isascii() and (found := _CJK.search(draft.text)) is not None:
        draft.set("part", han(found[1] or found[2]), "rule:part")
        draft.gap(found.start(), found.end(), SEASON)
