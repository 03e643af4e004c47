"""Say what a video's name is made from, so that `verify` notices a renumbered or renamed episode. Pure."""

from __future__ import annotations

from zlib import crc32

from anivault.core.models import MatchedFile


def fingerprint(item: MatchedFile) -> str | None:
    """`tmdb:tv:30984:S01E02E03:` and a checksum of the words in the name; None where no show is known."""
    best = item.match.best
    if best is None:
        return None
    show, places = best.candidate, item.coordinates
    numbers = f":S{places[0].season:02}" if places else ""
    words = f"{show.title}\n{show.year}"
    for place in places:
        numbers += f"E{place.episode:02}"
        words += f"\n{place.title}"
    checksum = crc32(words.encode("utf-8", "replace"))
    return f"{':'.join(map(str, show.key))}{numbers}:{checksum:08x}"
