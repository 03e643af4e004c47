"""Read the counts of AniList that PlexAniBridge-Mappings has: an id, and how many episodes."""

from __future__ import annotations

import msgspec

from anivault.services.catalogue.lists.found import Found
from anivault.services.catalogue.rows import Row


def read_anilist_counts(text: bytes) -> Found:
    """Return a row for each entry that has ended; null stands where it runs."""
    counts = msgspec.json.decode(text, type=dict[int, int | None])
    return Found(rows=[Row(ids={"anilist": n}, episodes=count) for n, count in counts.items() if count])
