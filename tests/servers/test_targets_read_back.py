"""Each server reads every planned path back to what was planned: show, season, episodes, extras, tracks."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable

import pytest

from anivault.core.models import MatchedFile, Move, Write
from anivault.core.planning.describing import nfo
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import EXTRAS
from tests.core.records import planned
from tests.servers.piles import candidates, files_of, subtitles_of
from tests.servers.readers.jellyfin import Jellyfin
from tests.servers.readers.kodi import Kodi
from tests.servers.readers.plex import Plex
from tests.servers.readers.presets import READERS, Together
from tests.servers.readers.reading import Reading, Words

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


@pytest.mark.parametrize("preset", sorted(set(READERS) - {"plex"}))
@pytest.mark.parametrize("on_conflict", ["hold", "version"])
def test_no_server_makes_one_item_of_files_that_are_not(preset: str, on_conflict: str) -> None:
    """Neither versions of different episodes, nor parts of what is whole, nor films of what is one film."""
    chance = random.Random(f"items {preset} {on_conflict}")
    items = [item for candidate in candidates(chance, 60) for item in files_of(candidate, chance)]
    by_rel = {item.file.rel: item for item in items}

    result = planned(items, preset=preset, on_conflict=on_conflict)

    videos = [move for move in result.moves if by_rel[move.rel].parsed.type not in EXTRAS]
    beside = near([move.target for move in videos], [])
    places = {move.target: by_rel[move.rel].coordinates for move in videos}
    seen: Counter[str] = Counter()
    for move in videos:
        others = [other for other in beside[move.target.rpartition("/")[0]] if other != move.target]
        for server in of_preset(preset):
            flags = server.flags(move.target, others)
            seen.update(flags)
            assert ("part" in flags) == (by_rel[move.rel].parsed.part is not None and bool(others)), (
                move.target
            )
            assert "own-item" not in flags, (move.target, others)
            if "version" in flags and places[move.target]:
                same = [
                    o for o in others if server.read(o).episodes[0] == server.read(move.target).episodes[0]
                ]
                assert {places[other] for other in same} == {places[move.target]}, (move.target, same)
    assert seen["part"] > 0


def of_preset(preset: str) -> list[Jellyfin]:
    """The readers of a preset without Plex, of whose items nothing is published."""
    reader = READERS[preset]
    servers = reader.servers if isinstance(reader, Together) else (reader,)
    return [server for server in servers if not isinstance(server, Plex)]


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


def test_the_jellyfin_reader_finds_flags_by_substring() -> None:
    assert Jellyfin().words("V", "V.Foreigner-Subs.en.ass") == Words("en", forced=True)
    assert Jellyfin().words("V", "V.hi.srt") == Words("hi")
    assert Jellyfin().words("V", "V.en.hi.srt") == Words("en", sdh=True)


def test_the_plex_reader_ignores_what_stands_in_square_brackets() -> None:
    reading = Plex().read("Shows/Show (2020) {tmdb-123}/Season 01/Show (2020) - s01e01-e02 - T [S02E09].mkv")

    assert reading[2:6] == (("tmdb", 123), 1, (1, 2), None)


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
