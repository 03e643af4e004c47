"""A real Kodi reads a library of the kodi preset with NFO exactly as it was planned."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from anivault.core.models import About, Coordinates, Entry, MatchedFile, Mode, Plan, Season
from anivault.core.moving.executor import execute
from anivault.core.organizer import plan
from anivault.core.pipeline.scanner import scan
from anivault.core.planning.describing import nfo
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import EXTRAS
from tests.core.records import show, video
from tests.servers import kodi
from tests.servers.piles import candidates, files_of

pytestmark = pytest.mark.skipif(not kodi.installed(), reason="needs kodi-bin, kodi-data, xvfb and root")

# ANIVAULT_KODI=long: at least 156 shows
PILE = 195 if os.environ.get("ANIVAULT_KODI") == "long" else 100
SHOWS = 156 if os.environ.get("ANIVAULT_KODI") == "long" else 80
Episode = tuple[str, int, int, str, str, str, str]  # show, season, episode, path, title, aired, plot
PLACED = show(
    1, "Special Show & <Co>", 2001,
    seasons=(Season(1, 12, 1, "2001-04-01"), Season(2, 12, 1, "2003-04-01")),
    entries=(Entry(key="s", titles=(), type="ova", begin="2002-01-01", season=0, ids={"anidb": 77}),),
)  # fmt: skip


def on_disk(source: Path) -> list[MatchedFile]:
    """A collection as real files, with what matching would say of them."""
    chance = random.Random(4)
    items = [item for candidate in candidates(chance, PILE) for item in files_of(candidate, chance)]
    special = video("special.mkv", PLACED, Coordinates(season=0, episode=1, title="Between"))
    ranked = msgspec.structs.replace(special.match.ranked[0], entry=PLACED.entries[0])
    match = msgspec.structs.replace(special.match, ranked=(ranked,))
    items.append(msgspec.structs.replace(special, match=match))
    for number, item in enumerate(items):
        path = source / item.file.rel
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(b"video %d" % number)
    real = {file.rel: file for file in scan([str(source)]).files}
    return [told(msgspec.structs.replace(item, file=real[item.file.rel])) for item in items]


def told(item: MatchedFile) -> MatchedFile:
    """The same with a day and a plot for each of its episodes, and a plot for a film or show."""
    (best,) = item.match.ranked
    episodes = {
        f"S{place.season:02}E{place.episode:02}": About(date=aired(place), plot=plot(place))
        for place in item.coordinates
    }
    about = About(plot=f"All of {best.candidate.id}.")
    candidate = msgspec.structs.replace(best.candidate, episodes=episodes, about=about)
    ranked = (msgspec.structs.replace(best, candidate=candidate),)
    return msgspec.structs.replace(item, match=msgspec.structs.replace(item.match, ranked=ranked))


def aired(place: Coordinates) -> str:
    return str(date(2001, 1, 1) + timedelta(days=100 * place.season + place.episode))


def plot(place: Coordinates) -> str:
    return f"In {place.season} comes <{place.episode}>."


def organized(tmp_path: Path) -> tuple[list[MatchedFile], Plan]:
    """The collection, organized by the executor into `tmp_path`/library with NFO."""
    items, preset = on_disk(tmp_path / "source"), load_preset("kodi")
    made = plan(
        items, library=str(tmp_path / "library"), roots=[str(tmp_path / "source")], mode=Mode.HARDLINK,
        preset=preset, on_conflict="version",
    )  # fmt: skip
    execute(made, writes=nfo.writes(made, items, preset))
    return items, made


def planned_places(items: list[MatchedFile], made: Plan) -> tuple[set[Episode], set[tuple[str, str, str]]]:
    """The episodes and films that the plan puts into the library."""
    by_rel = {item.file.rel: item for item in items}
    episodes, films = set(), set()
    for move in made.moves:
        item = by_rel[move.rel]
        best = item.match.best
        assert best is not None
        if item.parsed.type in EXTRAS:
            continue
        if best.candidate.media_type == "movie":
            films.add((best.candidate.title.strip(), move.target, f"All of {best.candidate.id}."))
        for place in item.coordinates:
            title = (place.title or f"Episode {place.episode}").strip()
            at = (best.candidate.title.strip(), place.season, place.episode, move.target)
            episodes.add((*at, title, aired(place), plot(place)))
    return episodes, films


def test_every_show_episode_and_film_is_read_as_planned_and_nothing_else(tmp_path: Path) -> None:
    """One test for all of it: Kodi takes its time."""
    items, made = organized(tmp_path)
    episodes, films = planned_places(items, made)

    found = kodi.read_library(tmp_path / "home", tmp_path / "library")

    fields = ("show", "season", "episode", "path", "title", "aired", "plot")
    assert {tuple(e[field] for field in fields) for e in found["episodes"]} == episodes
    assert {(f["title"], path, f["plot"]) for f in found["films"] for path in f["paths"]} == films
    assert {show["plot"].partition(" ")[0] for show in found["shows"]} == {"All"}
    assert len({path.split("/")[1] for _, _, _, path, *_ in episodes}) >= SHOWS
    assert len(episodes) > 800
    special = next(e for e in found["episodes"] if e["path"].endswith("S00E01 - Between.mkv"))
    assert (special["show"], special["after_season"]) == ("Special Show & <Co>", 1)
    assert {("tvshow", "tmdb"), ("movie", "tmdb")} <= {(i["media_type"], i["type"]) for i in found["ids"]}
