"""Look at a library as its journal and the providers know it: its shows, episode by episode, and its runs."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

from anivault.cli import events
from anivault.cli.commands.library.history import runs, told
from anivault.core.models import Candidate, MatchedFile
from anivault.core.moving import history
from anivault.core.moving.history import FOLDERS, Past, Put
from anivault.core.moving.journal.log import RunLog
from anivault.core.moving.journal.roots import roots_now
from anivault.shared.errors import AniVaultError
from anivault.shared.text import natural
from anivault.web.desk import stamp
from anivault.web.records import BackRow, Cell, LibraryFacts, LibraryFile, LibraryShow, Strip
from anivault.web.work.runs import compare, kept_held, write_held
from anivault.web.work.telling import Order, Teller

POSTERS = ("poster.jpg", "poster.png", "poster.webp", "folder.jpg")


def look(order: Order, teller: Teller) -> dict[str, Any]:
    """Write the sheets of the library and of its runs."""
    library = order.library
    if not (os.path.isdir(library) and history.is_library(library)):
        _require_unknown(order)
        facts = _empty()
        with order.desk.writing("library") as sheet:
            sheet.fact("library", facts)
        return {"counts": {"shows": 0}}
    _write_runs(order, library)
    facts = _write_shows(order, teller, library)
    return {"counts": {"shows": facts.shows, "files": facts.files}}


@contextmanager
def looked_after(order: Order, teller: Teller) -> Iterator[None]:
    """Look at the library again if the work changed it, whatever it ended with.

    What the work came to is told all the same where the look fails or is stopped: the page offers another.
    """
    before = stamp(order.library)
    try:
        yield
    finally:
        if stamp(order.library) != before:
            order.desk.drop("back")  # the way back that was shown is another one now
            with suppress(AniVaultError, OSError, KeyboardInterrupt):
                look(order, teller)


def _require_unknown(order: Order) -> None:
    """Raise what says so where a library was looked at before, and is away or has lost its journal."""
    known = order.desk.fact("library", LibraryFacts)
    if known and known.journal:
        history.require_library(order.library)


def _empty() -> LibraryFacts:
    return LibraryFacts(made=time.time(), journal="", shows=0, files=0, episodes=0, size=0, unfinished=False)


def _write_runs(order: Order, library: str) -> None:
    """Every run with its files, the latest run first."""
    replay = history.read(library)
    listed, held = zip(replay.runs, runs(library), strict=True), kept_held(order.desk)
    with order.desk.writing("runs") as sheet:
        write_held(sheet, "", held.get("", ()))
        for log, run in reversed(list(listed)):
            sheet.group("run", run.run, run.run, events.RunEvent(**msgspec.structs.asdict(run)))
            for row in _steps(log, roots_now(log.run, replay.library)):
                sheet.row("step", run.run, row.path, row)
            write_held(sheet, run.run, held.get(run.run, ()))


def _steps(log: RunLog, roots: Sequence[str]) -> Iterator[BackRow]:
    """The files of a run: where each is in the library, and where it came from or went back to."""
    back = log.run.mode == "rollback"
    for step in log.happened():
        if step.do in FOLDERS:
            continue
        put = Put(0, log, step, list(roots))
        there, said = told(put)
        to = put.target if back or not step.to else put.source
        yield BackRow(
            path=events.shown(_within(there, roots[0])),
            to=events.shown(to),
            why=str(step.do),
            said=events.shown(said),
        )


def _within(path: str, library: str) -> str:
    """A path as plans and findings print it: from the library, where it is in it."""
    return os.path.relpath(path, library) if path.startswith(library.rstrip(os.sep) + os.sep) else path


def _write_shows(order: Order, teller: Teller, library: str) -> LibraryFacts:
    stamped, past = stamp(library), history.read(library)
    videos, notices = _videos(order, teller, library)
    shows = list(_shows(library, past.files, videos))
    with order.desk.writing("library") as sheet:
        for key, show, files in shows:
            sheet.group("show", key, f"{show.title} {show.show} {show.folder}", show)
            for place, file in files:
                sheet.row("file", key, place, _file(place, file))
        facts = LibraryFacts(
            made=time.time(),
            journal=stamped,
            shows=len(shows),
            files=len(past.files),
            episodes=sum(strip.there for _, show, _ in shows for strip in show.strips),
            size=sum(show.size for _, show, _ in shows),
            unfinished=bool(past.unfinished),
            notices=notices,
        )
        sheet.fact("library", facts)
    compare(order.desk, stamped, past)
    return facts


def _videos(order: Order, teller: Teller, library: str) -> tuple[Sequence[MatchedFile], tuple[str, ...]]:
    """The videos with what they are today; without them the files alone are shown, and why."""
    from anivault.cli.rename_handler import rematched

    try:
        videos, _, notices = rematched(order.context.asking(), library, teller("Asking"))
    except AniVaultError as error:
        return (), (str(error),)
    return videos, notices


def _shows(
    library: str, files: dict[str, Past], videos: Sequence[MatchedFile]
) -> Iterator[tuple[str, LibraryShow, list[tuple[str, Past]]]]:
    """Everything by show, shows by title."""
    places: defaultdict[str, list[tuple[str, Past]]] = defaultdict(list)
    for place, file in files.items():
        places[_folder(place)].append((place, file))
    seen: defaultdict[str, list[MatchedFile]] = defaultdict(list)
    for video in videos:
        seen[_folder(video.file.rel)].append(video)
    made = [(folder, _show(library, folder, found, seen[folder])) for folder, found in places.items()]
    for folder, show in sorted(made, key=lambda pair: natural(pair[1].title.casefold())):
        yield events.shown(folder), show, sorted(places[folder], key=lambda pair: natural(pair[0]))


def _folder(place: str) -> str:
    parts = place.split("/")
    return "/".join(parts[: 2 if len(parts) > 2 else 1])


def _show(
    library: str, folder: str, files: Sequence[tuple[str, Past]], videos: Sequence[MatchedFile]
) -> LibraryShow:
    best = next((item.match.best.candidate for item in videos if item.match.best), None)
    return LibraryShow(
        title=best.title if best else events.shown(folder.rpartition("/")[2]),
        year=best.year if best else None,
        show=str(best.key) if best else "",
        film=bool(best and best.media_type == "movie"),
        folder=events.shown(folder),
        files=len(files),
        size=sum(past.puts[-1].step.size for _, past in files),
        poster=_poster(library, folder),
        strips=tuple(_strips(best, videos)) if best and best.media_type == "tv" else (),
    )


def _poster(library: str, folder: str) -> str:
    """The poster in a show's folder; empty if it has no poster."""
    posters = (f"{folder}/{name}" for name in POSTERS)
    return next((p for p in posters if os.path.isfile(os.path.join(library, p))), "")


def _strips(show: Candidate, videos: Sequence[MatchedFile]) -> Iterator[Strip]:
    """Every season that the library has something of, with the episodes that it lacks."""
    have: defaultdict[int, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for video in videos:
        for place in video.coordinates:
            have[place.season][place.episode].append(video.file.rel)
    counts = {season.number: (season.first, season.episodes) for season in show.seasons}
    for season in sorted(have, key=lambda number: (number == 0, number)):
        first, episodes = counts.get(season, (1, None))
        known = range(first, first + min(episodes, 2000)) if episodes and season else ()
        cells = sorted({*known, *have[season]})
        yield Strip(
            season=season,
            known=bool(known),
            cells=tuple(
                Cell(
                    episode=n,
                    files=len(have[season][n]),
                    versions=are_versions(have[season][n]),
                    title=show.episode_titles.get(f"S{season:02}E{n:02}", ""),
                )
                for n in cells
            ),
        )


def are_versions(files: Sequence[str]) -> bool:
    """Whether servers read these files as versions of one episode: names that go on by ` - `."""
    stems = [os.path.splitext(file)[0] for file in files]
    if len(stems) < 2 or len(set(map(os.path.dirname, stems))) > 1:
        return False
    shortest = min(stems, key=len)
    bases = filter(None, (shortest, shortest.rpartition(" - ")[0]))
    return any(all(stem == base or stem.startswith(f"{base} - ") for stem in stems) for base in bases)


def _file(place: str, past: Past) -> LibraryFile:
    return LibraryFile(
        place=events.shown(place),
        source=events.shown(past.puts[0].source),
        run=past.puts[-1].run,
        size=past.puts[-1].step.size,
    )
