"""Look at a library as its journal, its disk and the providers have it: its shows, episodes and runs."""

from __future__ import annotations

import os
import stat
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from anivault.cli import events
from anivault.cli.commands.library.history import runs, told
from anivault.core.models import Candidate, MatchedFile
from anivault.core.moving import history
from anivault.core.moving.history import FOLDERS, Key, Past, Put
from anivault.core.moving.journal.log import RunLog
from anivault.core.moving.journal.roots import roots_now
from anivault.core.moving.verifying.kinds import Kind
from anivault.core.moving.whereabouts import Whereabouts
from anivault.shared import fs
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
    living = {past.puts[-1].key: place for place, past in replay.files.items()}
    listed, held = zip(replay.runs, runs(library), strict=True), kept_held(order.desk)
    with order.desk.writing("runs") as sheet:
        write_held(sheet, "", held.get("", ()))
        for log, run in reversed(list(listed)):
            sheet.group("run", run.run, run.run, events.RunEvent(**msgspec.structs.asdict(run)))
            for row in _steps(log, roots_now(log.run, replay.library), living):
                sheet.row("step", run.run, row.path, row)
            write_held(sheet, run.run, held.get(run.run, ()))


def _steps(log: RunLog, roots: Sequence[str], living: Mapping[Key, str]) -> Iterator[BackRow]:
    """The files of a run: where each is in the library, and where it came from or went back to.

    `living`: by its last step each file that the library has, where it is.
    """
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
            place=events.shown(living.get(put.key, "")),
        )


def _within(path: str, library: str) -> str:
    """A path as plans and findings print it: from the library, where it is in it."""
    return os.path.relpath(path, library) if path.startswith(library.rstrip(os.sep) + os.sep) else path


def _write_shows(order: Order, teller: Teller, library: str) -> LibraryFacts:
    stamped, past = stamp(library), history.read(library)
    videos, notices = _videos(order, teller, library)
    files = _as_they_are(library, past.files)
    shows = list(_shows(library, files, videos, partial(_known, order)))
    with order.desk.writing("library") as sheet:
        for key, show, own in shows:
            sheet.group("show", key, f"{show.title} {show.show} {show.folder}", show)
            for place, file in own:
                sheet.row("file", key, place, file)
        facts = LibraryFacts(
            made=time.time(),
            journal=stamped,
            shows=len(shows),
            files=sum(show.files for _, show, _ in shows),
            episodes=sum(strip.there for _, show, _ in shows for strip in show.strips),
            size=sum(show.size for _, show, _ in shows),
            unfinished=bool(past.unfinished),
            astray=sum(bool(file.state) for file in files.values()),
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


def _as_they_are(library: str, files: Mapping[str, Past]) -> dict[str, LibraryFile]:
    """Every file that runs have put into the library, as the disk has it now, by its place."""
    there = Whereabouts(library, files)
    return {place: _file(library, place, past, there) for place, past in files.items()}


def _file(library: str, place: str, past: Past, there: Whereabouts) -> LibraryFile:
    state, said = _state(library, place, past, there)
    return LibraryFile(
        place=events.shown(place),
        source=events.shown(past.puts[0].source),
        run=past.puts[-1].run,
        size=past.puts[-1].step.size,
        state=state,
        said=events.shown(said),
    )


def _state(library: str, place: str, past: Past, there: Whereabouts) -> tuple[str, str]:
    """How a file is, and that in words; empty where it is as a run left it."""
    try:
        now = os.lstat(fs.whole(library, place))
    except OSError:
        other = there.now(past)
        return (Kind.MISNAMED, f"it is {other} now") if other else (Kind.MISSING, "it is not there")
    if stat.S_ISLNK(now.st_mode) != past.link:
        return Kind.MISSING, "something else has its name"
    wrong = history.difference(library, place, now, past)
    return (Kind.CHANGED, wrong) if wrong else ("", "")


def _shows(
    library: str,
    files: Mapping[str, LibraryFile],
    videos: Sequence[MatchedFile],
    known: Callable[[str], LibraryShow | None],
) -> Iterator[tuple[str, LibraryShow, list[tuple[str, LibraryFile]]]]:
    """Everything by show, shows by title; what no file tells any more is as it was `known`."""
    places: defaultdict[str, list[tuple[str, LibraryFile]]] = defaultdict(list)
    for place, file in files.items():
        places[_folder(place)].append((place, file))
    seen: defaultdict[str, list[MatchedFile]] = defaultdict(list)
    for video in videos:
        seen[_folder(video.file.rel)].append(video)
    made = [(folder, _show(library, folder, found, seen[folder])) for folder, found in places.items()]
    made = [(folder, show if show.show else _recalled(show, known(show.folder))) for folder, show in made]
    for folder, show in sorted(made, key=lambda pair: natural(pair[1].title.casefold())):
        yield events.shown(folder), show, sorted(places[folder], key=lambda pair: natural(pair[0]))


def _known(order: Order, folder: str) -> LibraryShow | None:
    """What was known of a show when the library was looked at last."""
    sheet = order.desk.sheet("library")
    if sheet is None:
        return None
    with sheet:
        return sheet.one_group("show", folder, LibraryShow)


def _recalled(show: LibraryShow, was: LibraryShow | None) -> LibraryShow:
    """A show that none of its videos tells any more keeps its title."""
    if was is None:
        return show
    return replace(show, title=was.title, year=was.year, show=was.show, film=was.film)


def _folder(place: str) -> str:
    parts = place.split("/")
    return "/".join(parts[: 2 if len(parts) > 2 else 1])


def _show(
    library: str, folder: str, files: Sequence[tuple[str, LibraryFile]], videos: Sequence[MatchedFile]
) -> LibraryShow:
    there = [file for _, file in files if file.state != Kind.MISSING]
    show = LibraryShow(
        title=events.shown(folder.rpartition("/")[2]),
        year=None,
        show="",
        film=False,
        folder=events.shown(folder),
        files=len(there),
        size=sum(file.size for file in there),
        poster=_poster(library, folder),
        strips=(),
    )
    best = next((item.match.best.candidate for item in videos if item.match.best), None)
    return _known_as(best, show, videos) if best else show


def _known_as(best: Candidate, show: LibraryShow, videos: Sequence[MatchedFile]) -> LibraryShow:
    """A show with what the catalogue says of it."""
    return replace(
        show,
        title=best.title,
        year=best.year,
        show=str(best.key),
        film=best.media_type == "movie",
        strips=tuple(_strips(best, videos)) if best.media_type == "tv" else (),
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
