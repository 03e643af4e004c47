"""Judge where the catalogue puts entries: `uv run python benchmarks/catalogue/places.py FACTS`.

FACTS is a gzipped JSON-lines file of shows with their `entries`: AniDB, MyAnimeList or AniList id, season,
offset or ranges, and `votes`, how many independent lists agree. Entries with fewer than two are left out.
Prints, for stated and derived places, how many entries have their first episode where the lists have it.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anivault.services.catalogue.rows import Row
from anivault.services.catalogue.store import rows_of, shipped

LISTS = ("anilist", "anidb", "mal")
KINDS = {
    (): "stated",
    ("offset",): "offset derived",
    ("season",): "first season, derived",
    ("season", "offset"): "season and offset derived",
}


def main() -> None:
    """Print the table."""
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    args.add_argument("facts", type=Path)
    found = Counter(judged(args.parse_args().facts))
    print(f"{'place':28}{'right':>8}{'episode':>9}{'season':>8}{'none':>6}   share right")
    for kind in (*KINDS.values(), "all"):
        right, episode, season, none = (total(found, kind, v) for v in ("right", "episode", "season", "none"))
        share = right / max(1, right + episode + season + none)
        print(f"{kind:28}{right:8}{episode:9}{season:8}{none:6}   {share:.1%}")
    print("episode: the season is right and the offset is not; season: another season; none: no offset")


def total(found: Counter[tuple[str, str]], kind: str, verdict: str) -> int:
    """Add up, over all kinds for "all"."""
    return sum(n for (k, v), n in found.items() if v == verdict and kind in (k, "all"))


def judged(facts: Path) -> Iterator[tuple[str, str]]:
    """Return kind and verdict of every entry that the lists place."""
    truth = dict(known(facts))
    seen: set[tuple[str, str, int]] = set()
    for row in rows_of(shipped()):
        wanted = next((truth[key] for key in keys(row) if key in truth and key not in seen), None)
        seen.update(keys(row))  # of an entry that TMDB cuts, the first part is judged
        if row.tmdb.startswith("tv/") and wanted:
            derived = tuple(name for name in ("season", "offset") if name in row.derived)
            yield KINDS[derived], verdict(row, wanted)


def keys(row: Row) -> Iterator[tuple[str, str, int]]:
    """Return the names under which lists know an entry."""
    return ((row.tmdb, name, row.ids[name]) for name in LISTS if name in row.ids)


def verdict(row: Row, wanted: tuple[int, int]) -> str:
    """Compare the places of the first episode."""
    if row.season != wanted[0]:
        return "season"
    if row.offset is None:
        return "none"
    return "right" if row.offset + 1 == wanted[1] else "episode"


def known(facts: Path) -> Iterator[tuple[tuple[str, str, int], tuple[int, int]]]:
    """Return the place of each entry's first episode, by the ids of the entry; the first list wins."""
    with gzip.open(facts, "rt", encoding="utf-8") as lines:
        shows = [json.loads(line) for line in lines]
    for show in reversed(shows):
        for entry in reversed(show.get("entries", [])):
            place = first_place(entry)
            if place and entry.get("votes", 1) > 1:
                show_id = f"{show['media_type']}/{show['tmdb_id']}"
                yield from (((show_id, name, entry[name]), place) for name in LISTS if entry.get(name))


def first_place(entry: dict[str, Any]) -> tuple[int, int] | None:
    """Return season and episode of the entry's first episode; "a" counts through the whole show."""
    for season, start, _, first, _ in entry.get("ranges", ()):
        if start == 1:
            return season, first
    if entry.get("season") == "a":
        return 1, 1
    if isinstance(entry.get("season"), int) and entry.get("offset") is not None:
        return entry["season"], entry["offset"] + 1
    return None


if __name__ == "__main__":
    main()
