"""Say what a video's name is made from, so that `verify` notices a renumbered or renamed episode. Pure."""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from anivault.core.models import MatchedFile


def fingerprint(item: MatchedFile) -> str | None:
    """`tmdb:tv:30984:S01E02E03:` and a checksum of the words in the name; None where no show is known."""
    best = item.match.best
    if best is None:
        return None
    show, places = best.candidate, item.coordinates
    text, checksum = _of_show(show.provider, show.media_type, show.id, show.title, show.year)
    if places:
        text += f":S{places[0].season:02}"
    for place in places:
        text += f"E{place.episode:02}"
        checksum = crc32(f"\n{place.title}".encode("utf-8", "replace"), checksum)
    return f"{text}:{checksum:08x}"


@lru_cache(maxsize=1024)
def _of_show(provider: str, media_type: str, number: int, title: str, year: int | None) -> tuple[str, int]:
    """What all videos of a show begin with: the text, and the checksum so far."""
    return f"{provider}:{media_type}:{number}", crc32(f"{title}\n{year}".encode("utf-8", "replace"))
