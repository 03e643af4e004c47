"""Make libraries as AniVault, Sonarr, Shoko and FileBot make them, of shows of the catalogue, and adopt them.

    uv run python scripts/answers/adopt_libraries.py [--files 5000] [--seed 1] [--wrong FILE]

Every file is made by a template of one of these programs for a place that a list states, or that nobody
doubts: the only entry of a show begins it. Printed, a line a
library: how many of its files are taken for what they are, for something else, and held, and how many files
are another afterwards (content, time, mode, number). Exit 1 where a file is taken for something else, or is
another one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from anivault.core.models import Candidate, Coordinates, Entry
from anivault.core.planning.naming.fields import Subject
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.presets import load_preset
from anivault.parser.models import ParseResult
from anivault.services.catalogue import store
from anivault.services.catalogue.shows import candidates

ANIVAULT = [sys.executable, "-m", "anivault"]
TITLES = ("The Beginning", "Rain, Rain", "What She Said", "A Promise", "The Long Way Home", "Who's There")
GROUPS = ("SubsPlease", "Erai-raws", "Judas", "Commie", "Beatrice-Raws")
EPISODES = 8  # of one entry at most: the shows are to be many


class Spot(NamedTuple):
    """One episode, or a film: which show it is of, its number in its entry, and its place at TMDB."""

    show: Candidate
    entry: Entry
    own: int
    season: int
    episode: int

    @property
    def film(self) -> bool:
        """Whether it is a film."""
        return self.show.media_type == "movie"

    @property
    def truth(self) -> tuple[str, int | None, int | None]:
        """What it has to be taken for."""
        return (
            (str(self.show.key), None, None) if self.film else (str(self.show.key), self.season, self.episode)
        )


Maker = Callable[[Spot, random.Random], str]


def preset(name: str) -> Maker:
    """AniVault's own names."""
    namer = Namer(load_preset(name, {}))

    def made(spot: Spot, luck: random.Random) -> str:
        place = Coordinates(season=spot.season, episode=spot.episode, title=luck.choice(TITLES))
        subject = Subject(spot.show, spot.entry, ParseResult(), () if spot.film else (place,))
        if spot.film:
            return namer.film(subject)
        return "/".join((namer.show(subject), namer.season(subject), namer.episode(subject)))

    return made


def sonarr(spot: Spot, luck: random.Random) -> str:
    """Sonarr as it comes."""
    show, title = clean(spot.show.title), luck.choice(TITLES)
    quality = luck.choice(("WEBDL-1080p", "Bluray-720p", "HDTV-720p"))
    return f"{show}/Season {spot.season}/{show} - {code(spot)} - {title} {quality}"


def trash(spot: Spot, luck: random.Random) -> str:
    """Sonarr as the TRaSH guides set it up for anime, with the number in the whole show where it is known."""
    show, title, group = clean(spot.show.dated), luck.choice(TITLES), luck.choice(GROUPS)
    absolute = f" - {spot.episode:03}" if spot.season == 1 else ""
    quality = luck.choice(("Bluray-1080p", "WEBDL-1080p"))
    name = f"{show} - {code(spot)}{absolute} - {title} [{quality}][10bit][x265][Opus 2.0][JA]-{group}"
    return f"{show}/Season {spot.season:02}/{name}"


def sonarr_of_seasons(spot: Spot, luck: random.Random) -> str:
    """Sonarr by a list that begins a season with every entry, where TMDB goes on counting."""
    number = list(dict.fromkeys(entry.key for entry in parts_of(spot.show))).index(spot.entry.key) + 1
    show, title = clean(spot.show.title), luck.choice(TITLES)
    return f"{show}/Season {number}/{show} - S{number:02}E{spot.own:02} - {title} WEBDL-1080p"


def shoko(spot: Spot, luck: random.Random) -> str:
    """Shoko: a folder an AniDB entry, episodes counted in it."""
    name = clean(own_title(spot.entry))
    return f"{name}/{name} - {spot.own:02} - {luck.choice(TITLES)}"


def shoko_group(spot: Spot, luck: random.Random) -> str:
    """Shoko with group and picture in the name."""
    name, group = clean(own_title(spot.entry)), luck.choice(GROUPS)
    tail = f"(1920x1080 HEVC) [{luck.getrandbits(32):08X}]"
    return f"{name}/[{group}] {name} - {spot.own:02} - {luck.choice(TITLES)} {tail}"


def filebot(spot: Spot, luck: random.Random) -> str:
    """FileBot: `{n}/Season {s}/{n} - {s00e00} - {t}`."""
    show = clean(spot.show.title)
    if spot.film:
        return f"{show} ({spot.show.year})/{show} ({spot.show.year})"
    return f"{show}/Season {spot.season}/{show} - {code(spot)} - {luck.choice(TITLES)}"


def filebot_plex(spot: Spot, luck: random.Random) -> str:
    """FileBot: `{plex}`."""
    show = clean(spot.show.title)
    if spot.film:
        return f"Movies/{show} ({spot.show.year})/{show} ({spot.show.year})"
    dated = f"{show} ({spot.show.year})"
    return f"TV Shows/{dated}/Season {spot.season:02}/{show} - {code(spot)} - {luck.choice(TITLES)}"


def filebot_anidb(spot: Spot, luck: random.Random) -> str:
    """FileBot by AniDB: `{n}/{n} - {e00} - {t}`."""
    name = clean(own_title(spot.entry))
    return f"{name}/{name} - {spot.own:02} - {luck.choice(TITLES)}"


MAKERS: dict[str, Maker] = {
    **{f"AniVault, {name}": preset(name) for name in ("jellyfin", "plex", "emby", "kodi")},
    "Sonarr": sonarr,
    "Sonarr, TRaSH": trash,
    "Sonarr, a season an entry": sonarr_of_seasons,
    "Shoko": shoko,
    "Shoko, with group": shoko_group,
    "FileBot": filebot,
    "FileBot, plex": filebot_plex,
    "FileBot, AniDB": filebot_anidb,
}
BY_ENTRY = frozenset({"Shoko", "Shoko, with group", "FileBot, AniDB"})


def code(spot: Spot) -> str:
    """`S01E02`."""
    return f"S{spot.season:02}E{spot.episode:02}"


def clean(title: str) -> str:
    """A title as these programs write it: without what file systems refuse."""
    return re.sub(r'[<>"|?*\\/]', "", title.replace(": ", " - ").replace(":", "")).strip(" .")


def own_title(entry: Entry) -> str:
    """What AniDB calls an entry: in romaji. Empty where the catalogue has no such title."""
    romaji = [
        title for title in entry.titles if title.language.startswith("ja-Latn") and title.text.isascii()
    ]
    return min(romaji, key=lambda title: title.language).text if romaji else ""


def parts_of(show: Candidate) -> list[Entry]:
    """The first entries of a show, as far as it is known where each stands."""
    found: list[Entry] = []
    for entry in (entry for entry in show.entries if entry.type in ("tv", "web")):
        place = (entry.season or 0, entry.offset or 0)
        known = entry.episodes and None not in (entry.season, entry.offset) and (entry.stated or not found)
        after = found and (found[-1].season or 0, found[-1].offset or 0)
        if not known or (place <= after if after else place != (1, 0)):
            break
        found.append(entry)
    return found


# --- what is made ------------------------------------------------------------------------------------


def spots(shows: list[Candidate], maker: str, luck: random.Random) -> Iterator[Spot]:
    """Episodes and films whose places are known, show by show."""
    films = [show for show in shows if show.media_type == "movie" and show.entries and show.year]
    series = [show for show in shows if show.media_type == "tv" and _fits(show, maker)]
    luck.shuffle(films)
    luck.shuffle(series)
    series.sort(key=lambda show: len(parts_of(show)) < 2)  # those of several seasons first
    with_films = maker.startswith(("AniVault", "FileBot")) and maker not in BY_ENTRY
    for number, show in enumerate(series):
        for entry in parts_of(show):
            yield from _episodes(show, entry)
        if with_films and number % 4 == 0 and films:
            film = films.pop()
            yield Spot(film, film.entries[0], 1, 1, 1)


def _fits(show: Candidate, maker: str) -> bool:
    """Whether a program would file a show so."""
    parts = parts_of(show)
    if not (parts and show.year and len({entry.key for entry in parts}) == len(parts)):
        return False
    if maker in BY_ENTRY:  # their names tell the entries apart, as AniDB's do
        names = [clean(own_title(entry)).casefold() for entry in parts]
        return all(names) and len(set(names)) == len(names)
    return "season an entry" not in maker or (len(parts) > 1 and {entry.season for entry in parts} == {1})


def _episodes(show: Candidate, entry: Entry) -> Iterator[Spot]:
    assert entry.season is not None
    assert entry.offset is not None
    for own in range(1, min(entry.episodes or 0, EPISODES) + 1):
        yield Spot(show, entry, own, entry.season, own + entry.offset)


def plant(
    library: Path, maker: str, count: int, shows: list[Candidate], luck: random.Random
) -> dict[str, Spot]:
    """Make a library of so many videos; returns what each is, by its path."""
    made: dict[str, Spot] = {}
    for spot in spots(shows, maker, luck):
        path = f"{MAKERS[maker](spot, luck)}.mkv"
        if path not in made and max(map(len, os.fsencode(path).split(b"/"))) <= 255:
            made[path] = spot
            place = library / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(luck.randbytes(64))
        if len(made) == count:
            return made
    raise ValueError(f"the catalogue has no {count} such files")


# --- what becomes of it ------------------------------------------------------------------------------


class Row(NamedTuple):
    """What became of one library."""

    files: int
    right: int
    wrong: list[str]
    held: int
    changed: int


def state(library: Path) -> dict[str, tuple[object, ...]]:
    """Every file but AniVault's own: its content, time, mode and number."""
    files = (path for path in library.rglob("*") if path.is_file() and ".anivault" not in path.parts)
    return {str(path): (sha256(path.read_bytes()).digest(), *_facts(path)) for path in files}


def _facts(path: Path) -> tuple[int, ...]:
    now = path.stat()
    return now.st_size, now.st_mtime_ns, now.st_mode, now.st_ino, now.st_nlink


def adopted(library: Path, made: dict[str, Spot], home: str) -> Row:
    """Adopt a library with the real command, and compare."""
    before = state(library)
    words = [*ANIVAULT, "adopt", str(library), "--apply", "--json", "--provider", "catalog"]
    folders = {f"XDG_{name}_HOME": f"{home}/{name}" for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ | folders)
    if done.returncode not in (0, 10):
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    events = [json.loads(line) for line in done.stdout.splitlines()]
    said = {os.path.relpath(e["path"], library): e for e in events if e["event"] == "adopt"}
    wrong = [
        f"{path}  is {made[path].truth}, not {got}"
        for path in said
        if (got := _told(said[path])) != made[path].truth
    ]
    after = state(library)
    changed = sum(before.get(path) != after.get(path) for path in before.keys() | after.keys())
    return Row(len(made), len(said) - len(wrong), wrong, len(made) - len(said), changed)


def _told(event: dict[str, object]) -> tuple[object, object, object]:
    places = event["coordinates"]
    if not isinstance(places, list) or not places:
        return event["show"], None, None
    return event["show"], places[0]["season"], places[0]["episode"]


def main() -> int:
    """Make and adopt every library."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ask.add_argument("--files", type=int, default=5000, help="of all libraries together")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--wrong", type=Path, help="write here what was taken for something else")
    chosen = ask.parse_args()
    shows = list(candidates(store.rows_of(store.shipped())))
    each, rest = divmod(chosen.files, len(MAKERS))
    rows: dict[str, Row] = {}
    print("| library | files | right | wrong | held | changed |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="anivault-adopt-") as base:
        for number, maker in enumerate(MAKERS):
            library = Path(base, str(number), "Anime")
            luck = random.Random(f"{chosen.seed} {maker}")  # noqa: S311 - of libraries, not of secrets
            made = plant(library, maker, each + (number < rest), shows, luck)
            rows[maker] = row = adopted(library, made, base)
            _print(maker, row)
    whole = Row(
        sum(r.files for r in rows.values()), sum(r.right for r in rows.values()),
        [line for r in rows.values() for line in r.wrong], sum(r.held for r in rows.values()),
        sum(r.changed for r in rows.values()),
    )  # fmt: skip
    _print("together", whole)
    if chosen.wrong:
        chosen.wrong.write_text(
            "".join(f"{maker}: {line}\n" for maker, r in rows.items() for line in r.wrong)
        )
    return int(bool(whole.wrong or whole.changed))


def _print(name: str, row: Row) -> None:
    print(
        f"| {name} | {row.files:,} | {row.right:,} | {len(row.wrong)} | {row.held:,} | {row.changed} |",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
