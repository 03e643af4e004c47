"""`anivault cache`: TMDB's answers that are kept, and getting them ahead of time."""

from __future__ import annotations

from pathlib import Path

import msgspec
import platformdirs

from anivault.services.tmdb.cache import Cache, CacheStats


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """How many answers were dropped, and what is left."""

    dropped: int
    left: CacheStats


def stats() -> CacheStats:
    """Count what is kept."""
    with Cache(_folder()) as cache:
        return cache.stats()


def prune() -> Cleaned:
    """Drop what has expired."""
    with Cache(_folder()) as cache:
        return Cleaned(dropped=cache.prune(), left=cache.stats())


def clear() -> Cleaned:
    """Drop everything."""
    with Cache(_folder()) as cache:
        return Cleaned(dropped=cache.clear(), left=cache.stats())


def _folder() -> Path:
    return Path(platformdirs.user_cache_dir("anivault"))
