"""Each test reader makes of a path what its server makes of it: every row of the facts is compared."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.servers.readers.emby import Emby
from tests.servers.readers.jellyfin import Jellyfin, Jellyfin12
from tests.servers.readers.kodi import Kodi
from tests.servers.readers.plex import PlexLegacy
from tests.servers.readers.reading import VIDEOS, Reading, split

FACTS = Path(__file__).resolve().parents[3] / "shared/corpora/servers-dev.jsonl"
pytestmark = pytest.mark.skipif(not FACTS.exists(), reason="needs the facts of servers")

KINDS = {"movie": "film", "dropped": "nothing", "ignored": "nothing"}
TRACKS = {"subtitle", "audio"}
LIBRARIES = {"tv": "Shows", "movies": "Movies"}
READERS = {
    "jellyfin-10.11": Jellyfin(), "jellyfin-12": Jellyfin12(), "emby": Emby(), "plex-legacy": PlexLegacy(),
    "kodi-20.1": Kodi(),
}  # fmt: skip
COMPARED = {"kind", "season", "episodes", "flags", "language", "ids", "episode_ids"}
# A name and year are what a server looks for where it knows nothing better, cut at words as it likes. What
# AniVault writes has an id or an NFO, which win over them. A note is prose.
LEFT_OUT = {"name", "year", "note"}


@cache
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FACTS.read_text(encoding="utf-8").splitlines()]


def made_of(row: dict[str, Any]) -> dict[str, Any]:
    """What the reader makes of a row's path, in the fields that the row has."""
    reader, reads, library = READERS[row["server"]], row["reads"], LIBRARIES[row["library"]]
    path, beside = f"{library}/{row['path']}", [f"{library}/{other}" for other in row.get("beside", ())]
    if reads["kind"] in TRACKS:
        return track(reader, path, beside)
    reading = reader.read(path, beside)
    made: dict[str, Any] = {"kind": reading.kind, "flags": sorted(reader.flags(path, beside))}
    if reads["kind"] == "episode":
        made |= {"season": reading.season, "episodes": ends(reading, row["server"])}
    if "ids" in reads:
        made["ids"] = reader.known_ids(path if library == "Movies" else path.split("/")[1])
    if "episode_ids" in reads:
        assert isinstance(reader, Jellyfin12)
        made["episode_ids"] = reader.ids_of_episode(split(path)[2])
    return made


def track(reader: Jellyfin, path: str, beside: list[str]) -> dict[str, Any]:
    """What a sound track or subtitle says beyond the name of its video, the longest that it begins with."""
    stem = path.rpartition(".")[0]
    video = max((o.rpartition(".")[0] for o in beside if stem.startswith(o.rpartition(".")[0])), key=len)
    words = reader.words(split(f"{video}.mkv")[2], path.rpartition("/")[2])
    flags = sorted(flag for flag in ("default", "forced", "sdh") if getattr(words, flag))
    return {"kind": "track", "language": reader.stored(words.language).lower(), "flags": flags}


def ends(reading: Reading, server: str) -> list[int]:
    """Jellyfin and Emby know the first and the last of several episodes."""
    numbers = list(reading.episodes)
    return numbers if server.startswith(("kodi", "plex")) or len(numbers) < 2 else [numbers[0], numbers[-1]]


def wanted_of(row: dict[str, Any]) -> dict[str, Any]:
    reads = row["reads"]
    if reads["kind"] in TRACKS:
        language = (reads.get("language") or "").lower()
        return {"kind": "track", "language": language, "flags": sorted(reads.get("flags", ()))}
    kind = KINDS.get(reads["kind"], reads["kind"])
    # Kodi knows no extras of shows: what it does not take for an episode is what we want of them.
    if kind == "nothing" and row["server"].startswith("kodi") and made_of(row)["kind"] == "extra":
        kind = "extra"
    wanted = {"kind": kind, "flags": sorted(reads.get("flags", ()))}
    if reads["kind"] == "episode":
        wanted |= {"season": reads.get("season"), "episodes": reads.get("episodes", [])}
    return wanted | {key: reads[key] for key in ("ids", "episode_ids") if key in reads}


@pytest.mark.parametrize("server", READERS)
def test_a_reader_agrees_with_every_row_of_its_server(server: str) -> None:
    mine = [row for row in rows() if row["server"] == server]

    wrong = {row["path"]: (made_of(row), row["reads"]) for row in mine if made_of(row) != wanted_of(row)}

    assert wrong == {}
    assert len(mine) > 100


def test_every_field_of_the_facts_is_compared_or_left_out_for_a_reason() -> None:
    assert {key for row in rows() for key in row["reads"]} == COMPARED | LEFT_OUT
    assert {row["server"] for row in rows()} == set(READERS)


def test_the_facts_have_what_a_reader_could_miss() -> None:
    flags = Counter(flag for row in rows() for flag in row["reads"].get("flags", ()))

    assert set(flags) == {
        "part", "version", "own-item", "date", "special", "sub-episode", "default", "forced", "sdh",
    }  # fmt: skip
    assert all(
        row["path"].endswith(VIDEOS) for row in rows() if row["reads"]["kind"] not in {*TRACKS, "ignored"}
    )
