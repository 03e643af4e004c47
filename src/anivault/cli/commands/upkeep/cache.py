"""`anivault cache`: TMDB's answers that are kept, and getting them ahead of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anivault.cli import events
from anivault.cli.commands.options import FoldersArg
from anivault.cli.context import Context
from anivault.cli.render.parts import notices
from anivault.shared.exits import DONE
from anivault.shared.text import counted

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.services.tmdb.cache import Cache, CacheStats


def stats(context: Context) -> int:
    """Count what is kept of TMDB's answers."""
    with _cache() as cache:
        return _show(context.screen, cache.stats())


def prune(context: Context) -> int:
    """Drop answers that have expired."""
    with _cache() as cache:
        return _show(context.screen, dropped=cache.prune(), left=cache.stats())


def clear(context: Context) -> int:
    """Drop every answer."""
    with _cache() as cache:
        return _show(context.screen, dropped=cache.clear(), left=cache.stats())


def warm(context: Context, paths: FoldersArg) -> int:
    """Ask TMDB now for what is in these folders."""
    from anivault.cli import match_handler
    from anivault.core.pipeline.records import What
    from anivault.services.remembered.ignored import lists

    asking = context.asking(None, ["catalog", "tmdb"])
    settings = context.settings
    ignored = lists(settings.library.path)
    what = What(paths=tuple(paths), settle=settings.scan.settle, ignored=ignored)
    request = match_handler.MatchRequest(what=what, asking=asking)
    notices(context.screen, match_handler.handle(request, context.screen.progress).notices)
    return stats(context)


def _cache() -> Cache:
    from anivault.services.providers import cache_folder
    from anivault.services.tmdb.cache import Cache

    return Cache(cache_folder())


def _show(screen: Screen, left: CacheStats, dropped: int = 0) -> int:
    """What is kept of TMDB's answers, and how many just went."""
    kept = {name: getattr(left, name) for name in ("path", "answers", "not_found", "expired", "size")}
    screen.event(events.CacheEvent(**kept, dropped=dropped))
    if dropped:
        screen.line(f"{counted(dropped, 'answer')} dropped.")
    kinds = f"{left.not_found:,} of them 'no such show', {left.expired:,} expired"
    screen.line(f"{counted(left.answers, 'answer')}, {kinds}; {left.size / 2**20:.1f} MiB in {left.path}")
    return DONE
