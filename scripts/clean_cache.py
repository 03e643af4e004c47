"""Tidy TMDB's answers without starting AniVault: `uv run python scripts/clean_cache.py --help`.

Drops what has expired, or everything with --all, and gives the space back. Safe while AniVault runs;
fit for cron. Touches only the answers in the cache folder: the catalogue there is left alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import platformdirs

from anivault.services.tmdb.cache import Cache


def main() -> None:
    """Clean, and say what went and what is left."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--all", action="store_true", help="drop every answer, not only expired ones")
    args.add_argument("--folder", type=Path, default=Path(platformdirs.user_cache_dir("anivault")))
    options = args.parse_args()
    with Cache(options.folder) as cache:
        gone = cache.clear() if options.all else cache.prune()
        left = cache.stats()
        why = cache.why
    if why:
        args.exit(1, f"{left.path} cannot be used: {why}\n")
    print(f"{gone} answers dropped; {left.answers} left, {left.size / 2**20:.1f} MiB in {left.path}")


if __name__ == "__main__":
    main()
