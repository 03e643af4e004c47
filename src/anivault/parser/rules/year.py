"""The year: four digits behind a title that end its part. In brackets it is read with those."""

from __future__ import annotations

import re

from anivault.parser.draft import GAPS, YEAR, Draft

_YEAR = re.compile(rf"(?<=[^\s] )((?:19[5-9]|20[0-3])\d)(?=\s*(?:$|[{GAPS}\[({{]|-\s))")


def read(draft: Draft) -> None:
    """Claim the last year of the running text."""
    if "19" not in draft.text and "20" not in draft.text:
        return
    if years := list(_YEAR.finditer(draft.text)):
        found = years[-1]
        draft.set("year", int(found[1]), "rule:year")
        draft.gap(found.start(), found.end(), YEAR)
