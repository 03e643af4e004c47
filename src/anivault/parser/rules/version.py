"""The version of a release: `v2` behind the episode, in brackets or alone."""

from __future__ import annotations

import re

from anivault.parser.draft import EMPTY, TERM, Draft

_ALONE = re.compile(r"(?<![^\W_])v(\d)(?![^\W_]|\.\d)", re.IGNORECASE)


def read(draft: Draft) -> None:
    """Claim a version that stands alone; one written to an episode is read with it."""
    if "v" not in draft.words:
        return
    found = _ALONE.search(draft.text)
    if found is not None and draft.text[: found.start()].strip(EMPTY):  # V3 Rider is a title
        draft.set("version", int(found[1]), "rule:version")
        draft.gap(found.start(), found.end(), TERM)
