"""Each server reads every planned path back to what was planned: show, season, episodes, extras, tracks."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from anivault.core.models import MatchedFile, Move, Write
from anivault.core.planning.describing import nfo
from anivault.core.planning.naming.preset import load_preset
from anivault.parser.models import EXTRAS
from tests.core.records import planned
from tests.servers.piles import candidates, files_of, subtitles_of
from tests.servers.readers import READERS, Emby, Jellyfin, Kodi, Plex, PlexLegacy, Reading, Words

TARGETS = 20_000  # over all presets


def expected(item: MatchedFile, move: Move, preset: str) -> Reading:
    best = item.match.best
    assert best is not None
    candidate = best.candidate
    named = ("tmdb", candidate.id) if preset != "kodi" else None
    reading = Reading("extra", move.target.split("/")[1], named)
    if item.parsed.type in EXTRAS:
        return reading
    if candidate.media_type == "movie":
        return reading._replace(kind="film", part=item.parsed.part)
    place = item.coordinates
    return reading._replace(
        kind="episode", season=place[0].season, episodes=tuple(coordinates.episode for coordinates in place)
    )


def near(targets: Iterable[str], writes: Iterable[Write]) -> dict[str, list[str]]:
    """What lies in each folder."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for target in (*targets, *(write.target for write in writes)):
        found[target.rpartition("/")[0]].append(target)
    return found


@pytest.mark.parametrize("preset", sorted(READERS))
@pytest.mark.parametrize("on_conflict", ["hold", "version"])
def test_every_video_reads_back_to_its_place(preset: str, on_conflict: str) -> None:
    chance, reader = random.Random(f"{preset} {on_conflict}"), READERS[preset]
    items = [item for candidate in candidates(chance, 145) for item in files_of(candidate, chance)]
    by_rel = {item.file.rel: item for item in items}

    result = planned(items, preset=preset, on_conflict=on_conflict)

    assert len(result.moves) > TARGETS / 10
    beside = near([m.target for m in result.moves], nfo.hidden(result, items, load_preset(preset)))
    misread = {
        move.target: (read, wanted)
        for move in result.moves
        if (read := reader.read(move.target, beside[move.target.rpartition("/")[0]]))
        != (wanted := expected(by_rel[move.rel], move, preset))
    }
    assert misread == {}
    folders = {
        move.target.split("/")[1]: expected(by_rel[move.rel], move, "plex").id for move in result.moves
    }
    shows = {
        (expected(by_rel[move.rel], move, "plex").id, move.target.split("/")[1]) for move in result.moves
    }
    assert len(folders) == len(shows), "two shows share a folder"


@pytest.mark.parametrize("preset", sorted(READERS))
def test_every_subtitle_reads_back_to_its_language_and_flags(preset: str) -> None:
    chance, reader, rules = random.Random(preset), READERS[preset], load_preset(preset)
    items = [item for candidate in candidates(chance, 145) for item in files_of(candidate, chance)]
    made = list(subtitles_of(items, chance))
    said = {sub.file.rel: (item, words) for sub, item, words in made}

    result = planned(items, [sub for sub, _, _ in made], preset=preset)

    videos = {move.rel: move.target for move in result.moves if move.video is None}
    read = 0
    for move in result.moves:
        if move.video is None:
            continue
        item, (language, forced, sdh, default) = said[move.rel]
        stem = videos[item.file.rel].rpartition("/")[2].rpartition(".")[0]
        words = reader.words(stem, move.target.rpartition("/")[2])
        native = rules.languages.get(str(language), str(language)).rpartition(".")[2]
        heard = bool(sdh) and reader.knows_sdh
        wanted = Words(native, bool(forced), heard, bool(default) and "default" in rules.flags)
        assert move.video == videos[item.file.rel]
        assert words == wanted, (move.rel, move.target)
        read += 1
    assert read > 500


# --- the readers read what the servers say they read ---


@pytest.mark.parametrize(
    ("path", "season", "episodes"),
    [
        ("Shows/Series (2013) [tmdbid-123]/Season 01/Series S01E01 Title.mkv", 1, (1,)),
        ("Shows/Series (2013) [tmdbid-123]/Season 01/Series S01E01-E02.mkv", 1, (1, 2)),
        ("Shows/Series (2013) [tmdbid-123]/Season 01/Series S01E01 - 001 - Title.mkv", 1, (1,)),
        ("Shows/Series (2013) [tmdbid-123]/Season 00/Series S00E03.mkv", 0, (3,)),
    ],
)
def test_the_jellyfin_reader_knows_the_published_forms(
    path: str, season: int, episodes: tuple[int, ...]
) -> None:
    reading = Jellyfin().read(path)

    assert (reading.kind, reading.id, reading.season, reading.episodes) == (
        "episode",
        ("tmdb", 123),
        season,
        episodes,
    )


@pytest.mark.parametrize(
    "path",
    [
        "Shows/Series (2013) [tmdbid-123]/Series.mkv",
        "Shows/Metadata/Season 01/Metadata S01E01.mkv",
        "Shows/Series (2013) [tmdbid-123]/theme-music/Opening.mkv",
    ],
)
def test_the_jellyfin_reader_knows_the_traps(path: str) -> None:
    assert Jellyfin().read(path).kind == "nothing"


# Names without SxxEyy, which AniVault never writes, and what lies in no folder of its own.
FORM = re.compile(r"s\d+[ ._x-]*e\d+", re.IGNORECASE)
FACTS = Path(__file__).resolve().parents[3] / "shared/corpora/servers-dev.jsonl"
KINDS = {"movie": "film", "dropped": "nothing", "ignored": "nothing"}
SERVERS = {
    "jellyfin-10.11": Jellyfin(), "jellyfin-12": Jellyfin(), "emby": Emby(), "plex-legacy": Plex(),
    "kodi-20.1": Kodi(),
}  # fmt: skip


def facts(server: str) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Paths in the form that AniVault writes, what lies beside them, and what the server makes of them."""
    for line in FACTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        library, reads = {"tv": "Shows", "movies": "Movies"}[row["library"]], row["reads"]
        numbered = server.startswith("kodi") or reads["kind"] != "episode" or FORM.search(row["path"])
        known = reads["kind"] in {*KINDS, "episode", "extra"} and "/" in row["path"]
        if row["server"] == server and known and numbered:
            beside = [f"{library}/{path}" for path in row.get("beside", ())]
            yield f"{library}/{row['path']}", beside, reads


@pytest.mark.skipif(not FACTS.exists(), reason="needs the facts of servers")
@pytest.mark.parametrize("server", SERVERS)
def test_a_reader_agrees_with_what_its_server_makes_of_paths(server: str) -> None:
    rows = list(facts(server))
    wrong = [
        (path, reads, found)
        for path, beside, reads in rows
        if not agrees(server, found := SERVERS[server].read(path, beside), reads)
    ]

    assert wrong == []
    assert len(rows) > 80


@pytest.mark.skipif(not FACTS.exists(), reason="needs the facts of servers")
@pytest.mark.parametrize("server", SERVERS)
def test_a_reader_agrees_with_what_its_server_makes_of_tracks(server: str) -> None:
    reader = PlexLegacy() if server == "plex-legacy" else SERVERS[server]
    read, wrong = 0, []
    for row in map(json.loads, FACTS.read_text(encoding="utf-8").splitlines()):
        if row["server"] != server or row["reads"]["kind"] not in {"subtitle", "audio"}:
            continue
        name, *videos = (path.rpartition("/")[2] for path in (row["path"], *row["beside"]))
        stem = max(
            (video.rpartition(".")[0] for video in videos if name.startswith(video.rpartition(".")[0])),
            key=len,
        )
        words = reader.words(stem, name)
        flags = {flag for flag in ("default", "forced", "sdh") if getattr(words, flag)}
        found = (reader.stored(words.language).lower(), flags)
        if found != ((row["reads"].get("language") or "").lower(), set(row["reads"].get("flags", ()))):
            wrong.append((name, found, row["reads"]))
        read += 1

    assert wrong == []
    assert read > 15


def agrees(server: str, found: Reading, reads: dict[str, Any]) -> bool:
    kind = KINDS.get(reads["kind"], reads["kind"])
    if kind != "episode":
        shown = "nothing" if server.startswith("kodi") and found.kind == "extra" else found.kind
        return bool(shown == kind)
    numbers = list(found.episodes)
    if server.startswith(("jellyfin", "emby")) and len(numbers) > 1:
        numbers = [numbers[0], numbers[-1]]
    return (found.kind, found.season, numbers) == (
        "episode",
        reads.get("season"),
        reads.get("episodes", []),
    )


def test_the_jellyfin_reader_finds_flags_by_substring() -> None:
    assert Jellyfin().words("V", "V.Foreigner-Subs.en.ass") == Words("en", forced=True)
    assert Jellyfin().words("V", "V.hi.srt") == Words("hi")
    assert Jellyfin().words("V", "V.en.hi.srt") == Words("en", sdh=True)


def test_the_plex_reader_ignores_what_stands_in_square_brackets() -> None:
    reading = Plex().read("Shows/Show (2020) {tmdb-123}/Season 01/Show (2020) - s01e01-e02 - T [S02E09].mkv")

    assert reading[2:] == (("tmdb", 123), 1, (1, 2), None)


@pytest.mark.parametrize(
    ("name", "season", "episodes"),
    [
        ("Show 1x02", 1, (2,)),
        ("Show E12", 1, (12,)),
        ("One Piece - 1072", 10, (72,)),
        ("Show S01E04-E05", 1, (4, 5)),
        ("Show S01E1071", 1, (1071,)),
        ("Show S01E14-E16 - Ends", 1, (14, 16)),
        ("Trailer 103", 1, (3,)),
        ("Part 2", 1, (2,)),
        ("Trailer (E3)", 1, (3,)),
    ],
)
def test_the_kodi_reader_reads_what_a_real_one_read(
    name: str, season: int, episodes: tuple[int, ...]
) -> None:
    reading = Kodi().read(f"Shows/Show/Season 01/{name}.mkv")

    assert (reading.kind, reading.season, reading.episodes) == ("episode", season, episodes)


@pytest.mark.parametrize(
    "name", ["[Group] Title - 07", "Title 10", "Episode 11", "Creditless Ending 2", "PV (103)"]
)
def test_the_kodi_reader_leaves_what_a_real_one_left(name: str) -> None:
    assert Kodi().read(f"Shows/Show/Extras/{name}.mkv").kind == "extra"
