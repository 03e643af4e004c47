"""Describe shows, seasons, episodes and films for servers: NFO files and `.plexmatch`. Pure: makes bytes.

In: a plan and the matched videos it was made from. Out: one Write a file, each beside the video or in the
folder that it describes; the executor writes it only when that video is there and nothing has its name.
Only what is known is said: a server keeps what its own provider knows of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from anivault.core.models import (
    About,
    Actor,
    Candidate,
    Coordinates,
    Entry,
    HeldReason,
    MatchedFile,
    Move,
    Plan,
    Write,
)
from anivault.core.planning.naming.characters import fold
from anivault.core.planning.naming.fields import Subject
from anivault.core.planning.naming.names import Namer
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.places import is_film
from anivault.parser.models import EXTRAS
from anivault.shared import regex as re


class Placed(NamedTuple):
    """A matched video, and where it is or will be in the library."""

    item: MatchedFile
    target: str


def placed(plan: Plan, matched: Sequence[MatchedFile]) -> Iterator[Placed]:
    """Yield the videos that will be in the library after `plan`, with those that are there already."""
    targets = {(move.root, move.rel): move.target for move in plan.moves if move.video is None}
    there = {(h.root, h.rel): h.place for h in plan.held if h.reason is HeldReason.ALREADY_THERE}
    for item in matched:
        key = item.file.root, item.file.rel
        if target := targets.get(key) or there.get(key):
            yield Placed(item, target)


def writes(plan: Plan, matched: Sequence[MatchedFile], preset: Preset) -> tuple[Write, ...]:
    """Return what describes the videos of `plan`, without what a file of the plan brings along itself."""
    brought = {fold(move.target) for move in plan.moves}
    made: dict[str, Write] = {}
    for write in _all(placed(plan, matched), Namer(preset)):
        key = fold(write.target)
        if key not in brought:
            made.setdefault(key, write)
    return tuple(made.values())


def hidden(plan: Plan, matched: Sequence[MatchedFile], preset: Preset) -> tuple[Write, ...]:
    """Return what a preset needs beside the extras of films, whether NFO files are wanted or not.

    Where nothing is `matched`, as when a plan is replayed, of the files that move alone.
    """
    if not preset.hide_extras:
        return ()
    targets = {move.target for move in plan.moves if _is_of_film(move)}
    targets |= {video.target for video in placed(plan, matched) if is_film(video.item)}
    made: dict[str, Write] = {}
    for target in sorted(targets):
        if _is_extra(target, preset):
            made |= {write.target: write for write in _hidden(target, preset)}
    return tuple(made.values())


def _is_of_film(move: Move) -> bool:
    """Whether a video, or an extra, goes to a film; subtitles and fonts do not count."""
    return move.video is None and ":movie:" in (move.metadata or "")


def _is_extra(target: str, preset: Preset) -> bool:
    """Whether a video lies in a folder of extras: `Paprika (2006)/trailers/Teaser.mkv`."""
    return target.rpartition("/")[0].rpartition("/")[2] in preset.extras.values()


def beside(videos: Iterable[Placed], preset: Preset) -> tuple[Write, ...]:
    """Describe videos that stay where they are: a file each, with the video's own name."""
    made = {fold(write.target): write for video in videos for write in _own(video, preset)}
    return tuple(made.values())


def _all(videos: Iterable[Placed], namer: Namer) -> Iterator[Write]:
    for video in videos:
        best = video.item.match.best
        if best is None:
            continue
        subject = Subject(best.candidate, best.entry, video.item.parsed, video.item.coordinates)
        film = best.candidate.media_type == "movie"
        if video.item.parsed.type in EXTRAS:
            yield from _hidden(video.target, namer.preset) if film else ()
        elif film:
            yield from _own(video, namer.preset)
            yield from _plexmatch(namer.film(subject).rpartition("/")[0], subject, video.target, namer.preset)
        elif video.item.coordinates:
            yield from _own(video, namer.preset)
            yield from _of_folders(subject, video.target, namer)


def _own(video: Placed, preset: Preset) -> Iterator[Write]:
    """`<video>.nfo`."""
    item, best = video.item, video.item.match.best
    if best is None or item.parsed.type in EXTRAS:
        return
    name = f"{video.target.rpartition('.')[0]}.nfo"
    if best.candidate.media_type == "movie":
        yield Write(target=name, data=movie(best.candidate, best.entry), video=video.target)
    elif item.coordinates:
        data = episode(best.candidate, best.entry, item.coordinates, named=preset.name_episodes)
        yield Write(target=name, data=data, video=video.target)


def _of_folders(subject: Subject, target: str, namer: Namer) -> Iterator[Write]:
    """`tvshow.nfo`, `season.nfo`, `.plexmatch`, when the video lies where the preset puts it."""
    show = namer.show(subject)
    season = f"{show}/{namer.season(subject)}"
    if folder := as_spelled(show, target):
        yield Write(target=f"{folder}/tvshow.nfo", data=tvshow(subject.candidate), video=target)
    if (folder := as_spelled(season, target)) and season != f"{show}/":
        data = season_nfo(subject.coordinates[0].season, subject.entry)
        yield Write(target=f"{folder}/season.nfo", data=data, video=target)
    yield from _plexmatch(show, subject, target, namer.preset)


def _plexmatch(folder: str, subject: Subject, target: str, preset: Preset) -> Iterator[Write]:
    if preset.plexmatch and (there := as_spelled(folder, target)):
        yield Write(target=f"{there}/.plexmatch", data=plexmatch(subject.candidate), video=target)


def as_spelled(folder: str, target: str) -> str | None:
    """The folder above `target` that is `folder` but for its spelling."""
    above = "/".join(target.split("/")[: folder.count("/") + 1])
    return above if above != target and fold(above) == fold(folder) else None


def _hidden(target: str, preset: Preset) -> Iterator[Write]:
    """An empty `.nomedia` keeps Kodi from listing the extras of a film as films."""
    if preset.hide_extras:
        yield Write(target=f"{target.rpartition('/')[0]}/.nomedia", data=b"", video=target)


# --- what the files say ----------------------------------------------------------------------------------

_Element = tuple[str, str | int | float | None]
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def tvshow(show: Candidate) -> bytes:
    """`tvshow.nfo`. With an `<episodeguide>` an extra without an NFO would end Kodi's scan of the show."""
    first = _first_entry(show)
    elements = [*_titles(show), *_dates(show, first), *_told(show.about), ("status", show.about.status)]
    return _document("tvshow", elements, _ids(show, first), show.about.actors)


def season_nfo(number: int, entry: Entry | None) -> bytes:
    """`season.nfo`: its number, and which entry of other lists it is."""
    begin = entry.begin if entry else None
    return _document("season", [("seasonnumber", number), ("premiered", begin)], _entry_ids(entry))


def episode(
    show: Candidate, entry: Entry | None, places: Sequence[Coordinates], *, named: bool = False
) -> bytes:
    """`<episode>.nfo`; several episodes of one file are stacked, as Kodi demands and Jellyfin reads.

    `named` gives an episode without a title its number for one.
    """
    blocks = []
    for number, place in enumerate(places):
        title = place.title or (f"Episode {place.episode}" if named else "")
        about = show.episodes.get(f"S{place.season:02}E{place.episode:02}", About())
        elements: list[_Element] = [
            ("title", title), ("showtitle", show.title), ("season", place.season),
            ("episode", place.episode), ("aired", about.date or _broadcast(entry, place)), *_told(about),
        ]  # fmt: skip
        if len(places) > 1 and number == 0:
            elements.append(("episodenumberend", places[-1].episode))
        elements += _special_place(show, entry, about) if place.season == 0 else []
        blocks.append(_block("episodedetails", elements, sorted(about.ids.items())))
    return _XML + "".join(blocks).encode("utf-8")


def _broadcast(entry: Entry | None, place: Coordinates) -> str | None:
    """The day of an entry that is this one episode."""
    if entry is None or entry.season != place.season or entry.episode != place.episode:
        return None
    return _day(entry.begin)


def movie(film: Candidate, entry: Entry | None) -> bytes:
    """`<film>.nfo`."""
    first = entry or _first_entry(film)
    elements = [*_titles(film), *_dates(film, first), *_told(film.about)]
    return _document("movie", elements, _ids(film, first), film.about.actors)


def plexmatch(show: Candidate) -> bytes:
    """`.plexmatch`: hints that win over the folder's name."""
    lines = [f"Title: {_line(show.title)}"]
    lines += [f"Year: {show.year}"] if show.year else []
    lines += [f"TmdbId: {show.id}"] if show.provider == "tmdb" else []
    return ("\n".join(lines) + "\n").encode("utf-8")


def _told(about: About) -> list[_Element]:
    """What a provider tells of a show, film or episode."""
    return [
        ("plot", about.plot), ("runtime", about.runtime or None), ("rating", round(about.rating, 1) or None),
        ("votes", about.votes or None), ("mpaa", about.mpaa), *(("genre", genre) for genre in about.genres),
        *(("studio", studio) for studio in about.studios),
    ]  # fmt: skip


def _special_place(show: Candidate, entry: Entry | None, about: About) -> list[_Element]:
    """Where a special stands among the seasons: after the last one that had begun when it came out."""
    aired = about.date or (entry.begin if entry else None)
    if not aired:
        return []
    begun = [s.number for s in show.seasons if s.number > 0 and s.begin and s.begin <= aired]
    if not begun:
        return [
            ("airsbefore_season", 1),
            ("airsbefore_episode", 1),
            ("displayseason", 1),
            ("displayepisode", 1),
        ]
    return [("airsafter_season", max(begun)), ("displayafterseason", max(begun))]


def _titles(show: Candidate) -> list[_Element]:
    native = next((title.text for title in show.titles if title.language == "ja"), None)
    sort = _sort_title(show.title)
    return [
        ("title", show.title),
        ("originaltitle", native),
        ("sorttitle", sort if sort != show.title else None),
    ]


def _sort_title(title: str) -> str:
    return re.sub(r"\A(?:the|an?) (?=\w)|\A\W+(?=\w)", "", title, flags=re.IGNORECASE)


def _dates(show: Candidate, first: Entry | None) -> list[_Element]:
    return [("year", show.year), ("premiered", show.about.date or _day(first.begin if first else None))]


def _day(begin: str | None) -> str | None:
    """A whole date; lists may have the year or the month alone."""
    return begin if begin and len(begin) == len("2005-10-23") else None


def _first_entry(show: Candidate) -> Entry | None:
    dated = [entry for entry in show.entries if entry.begin and entry.season != 0]
    return min(dated, key=lambda entry: (entry.begin or "", entry.key)) if dated else None


def _ids(show: Candidate, entry: Entry | None) -> list[tuple[str, int | str]]:
    return [(show.provider, show.id), *_entry_ids(entry), *sorted(show.about.ids.items())]


def _entry_ids(entry: Entry | None) -> list[tuple[str, int | str]]:
    return [*sorted(entry.ids.items())] if entry else []


_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _document(
    root: str,
    elements: Sequence[_Element],
    ids: Sequence[tuple[str, int | str]],
    actors: Sequence[Actor] = (),
) -> bytes:
    return _XML + _block(root, elements, ids, actors).encode("utf-8")


def _block(
    root: str,
    elements: Sequence[_Element],
    ids: Sequence[tuple[str, int | str]],
    actors: Sequence[Actor] = (),
) -> str:
    """One element with its children; those without a value are left out. The first id is the default one."""
    lines = [f"  <{name}>{_text(value)}</{name}>" for name, value in elements if value not in {None, ""}]
    for number, (kind, value) in enumerate(ids):
        default = ' default="true"' if number == 0 else ""
        lines.append(f'  <uniqueid type="{_text(kind)}"{default}>{_text(value)}</uniqueid>')
        lines += [f"  <{kind}id>{value}</{kind}id>"] if kind in _OWN_ELEMENTS and root in _OF_SHOWS else []
    for number, actor in enumerate(actors):
        role = f"<role>{_text(actor.role)}</role>" if actor.role else ""
        lines.append(f"  <actor><name>{_text(actor.name)}</name>{role}<order>{number}</order></actor>")
    return "\n".join([f"<{root}>", *lines, f"</{root}>", ""])


_OWN_ELEMENTS = frozenset({"tmdb", "anidb", "anilist"})
_OF_SHOWS = frozenset({"tvshow", "movie", "season"})


def _text(value: str | float | None) -> str:
    return _FORBIDDEN.sub("", str(value)).translate(_ESCAPES)


def _line(text: str) -> str:
    return " ".join(_FORBIDDEN.sub("", text).split())
