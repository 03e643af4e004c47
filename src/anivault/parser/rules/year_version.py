"""The year, four digits behind a title that end its part; and a version that stands alone.

In brackets, or written to an episode, they are read with those.
"""

from __future__ import annotations

from anivault.parser.draft import EMPTY, GAPS, GROUP, TERM, YEAR, Draft
from anivault.shared import regex as re

_YEAR = re.compile(
    rf"(?<=[^\s{GROUP}] )((?:19[5-9]|20[0-3])\d)(?:-(?:19|20)\d\d)?(?=\s*(?:$|[{GAPS}\[({{]|-\s))"
)
_INSIDE = re.compile(r"\(((?:19[5-9]|20[0-3])\d)\)|(?<!\d)((?:19[5-9]|20[0-3])\d)年版")  # [Title (2021)]
_VERSION = re.compile(r"(?<![^\W_])v(\d)(?![^\W_]|\.\d)", re.IGNORECASE)


def read_version(draft: Draft) -> None:
    """Claim a version that stands alone: `Title v2 [720p]`."""
    if "v" not in draft.words:
        return
    found = _VERSION.search(draft.text)
    if found is not None and draft.text[: found.start()].strip(EMPTY):  # V3 Rider is a title
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
