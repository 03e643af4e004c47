"""Keep what the user has decided, in readable files: the library's own and the user's.

One file: what a pin may say is asked where its words are known, before it is written, changed or looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import zip_longest
from pathlib import Path

import msgspec
from msgspec.structs import replace

from anivault.core.matching.pins import (
    FILE,
    MOST,
    Order,
    Pin,
    add,
    kind_of_type,
    load,
    overlapping,
    put_back,
    remove,
    season_of,
)
from anivault.core.matching.said import Against, Objection
from anivault.core.models import Candidate, Entry, FileKind, ShowId
from anivault.core.pipeline.parser import parse_path
from anivault.core.pipeline.records import kind_of
from anivault.core.planning.naming.fields import titled
from anivault.parser.models import ParseResult
from anivault.services import libraries
from anivault.services.catalogue.offline import Catalog
from anivault.services.providers import Providers
from anivault.shared import regex as re
from anivault.shared.errors import DiskError, PinNotFoundError, PinRefusedError, quoted, shortened
from anivault.shared.places import user_config_path
from anivault.shared.progress import Progress
from anivault.shared.settings import Settings

_OF_A_LIST = re.compile(r"(?P<list>anidb|mal|anilist|tvdb):(?P<number>\d{1,9})")
_EPISODE = re.compile(r"s(\d{1,4})e(\d{1,4})", re.IGNORECASE)


class PinRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to pin, and to which show.

    `first`: the episode that the first of `episodes` is; `place`: the place of one file, as `S00E05`.
    """

    what: str
    show: str
    season: int | None = None
    offset: int | None = None
    episodes: str | None = None
    first: int | None = None
    place: str | None = None
    extra: bool = False
    order: Order | None = None
    library: str | None = None


class Pinned(msgspec.Struct, frozen=True, kw_only=True):
    """Pins, and the file that they stand in; by id what the shows are called, where a list knows them.

    `doubts`: what speaks against a new one.
    """

    file: str
    pins: tuple[Pin, ...]
    shows: dict[str, str] = {}
    doubts: tuple[str, ...] = ()


def pin(request: PinRequest, settings: Settings, providers: Sequence[str], progress: Progress) -> Pinned:
    """Add a pin: by folder for a folder, by title, kind and group for a file, by title for any other words.

    Raises PinRefusedError for what names no show, or one that those who are asked do not know;
    PinsBrokenError, DiskError for a file that cannot be read or written.
    """
    libraries.require_kept(request.library)
    path = file_of(request.library)
    with Providers(settings, providers, progress) as asked:
        request, known = resolved(request, asked)
        made = made_of(request)
        doubts = (*asked.notices, *doubts_of(made, known), *against_earlier(made, load(path)))
    with _written(path):
        add(path, made)
    return pinned_as(request, made, known, settings, doubts)


def pinned_as(
    request: PinRequest, made: Pin, known: Candidate | None, settings: Settings, doubts: tuple[str, ...]
) -> Pinned:
    """A pin with the file that it stands in, or would, and what its show is called."""
    shows = {made.id: titled(known, settings.match.languages).dated} if known else {}
    return Pinned(file=str(file_of(request.library)), pins=(made,), shows=shows, doubts=doubts)


def change(
    old: Pin, wanted: PinRequest, settings: Settings, providers: Sequence[str], progress: Progress
) -> Pinned:
    """Say another show, season or numbers of a pin; what it is for stays.

    Raises PinNotFoundError for a pin that its file does not have any more, and what `pin` raises.
    """
    libraries.require_kept(wanted.library)
    path = file_of(wanted.library)
    if old not in load(path):
        raise PinNotFoundError(wanted.what)
    with Providers(settings, providers, progress) as asked:
        wanted, known = resolved(wanted, asked)
        made = changed(old, wanted)
        doubts = (*asked.notices, *doubts_of(made, known))
    with _written(path):
        add(path, made)
        if made.target != old.target:
            put_back(path, [pin for pin in load(path) if pin != old])
    return Pinned(file=str(path), pins=(made,), doubts=doubts)


def changed(old: Pin, wanted: PinRequest) -> Pin:
    """A pin with what the words say of show, season and numbers."""
    said = {"season": wanted.season, "offset": wanted.offset, "episodes": wanted.episodes}
    made = replace(old, id=wanted.show, **said)
    return replace(made, id=str(made.show))


def is_too_wide(request: PinRequest) -> bool:
    """Whether it would make extras of all files that have a title."""
    return request.extra and not (request.episodes or os.path.isdir(request.what))


def made_of(request: PinRequest) -> Pin:
    """The pin that the words ask for."""
    fields: dict[str, object] = {"id": request.show, "season": request.season, "offset": request.offset}
    if request.extra:
        fields["extra"] = True
    if request.order:
        fields["order"] = request.order
    if request.episodes:
        fields["episodes"] = request.episodes
    if request.first is not None:
        fields["offset"] = request.first - _begin(request.episodes)
    if request.place is not None:
        fields |= _one_place(request.what, request.place)
    placed = fields["season"] is not None or fields["offset"] is not None
    made = msgspec.convert({**_target(request.what, placed=placed), **fields}, Pin)
    return replace(made, id=str(made.show))


def _begin(episodes: str | None) -> int:
    numbers = Pin(id="", episodes=episodes).numbers
    if numbers is None:
        raise PinRefusedError(
            "--from says where a range begins", "Name the range: --episodes 13-24 --from 1."
        )
    return numbers[0]


def _one_place(what: str, place: str) -> dict[str, object]:
    """What a pin says that puts one file at `place`."""
    found = _EPISODE.fullmatch(place)
    if not found or not os.path.isfile(what):
        raise PinRefusedError("--episode is the place of one file", "Name one file, and write S00E05.")
    season, episode = map(int, found.groups())
    numbers = _parsed(what).episodes
    if not numbers:
        return {"season": season, "episode": episode}
    if len(numbers) > 1 or not isinstance(numbers[0], int):
        raise PinRefusedError("--episode is for a file with one number", "Use --season and --offset.")
    return {"season": season, "offset": episode - numbers[0], "episodes": str(numbers[0])}


def resolved(request: PinRequest, asked: Providers) -> tuple[PinRequest, Candidate | None]:
    """The request with the show as its provider numbers it, and that show, where anybody knows it."""
    _require_one_way(request)
    meant = meant_by(request.show.lower())
    show = ShowId.read(str(meant["id"]))
    if show is None:
        raise PinRefusedError(f"{shortened(repr(request.show))} names no show")
    _require_fitting(request, show)
    request = _as_meant(request, meant)
    known = next(filter(None, (source.get(*show) for source in asked.sources)), None)
    _require_known(show, known, asked)
    if known and show.media_type == "tv" and request.season is not None:
        _require_season(known, request.season)
    return request, known


def _require_one_way(request: PinRequest) -> None:
    """Refuse words of which some would not be heard: a place is said in one way."""
    counted = request.season, request.offset, request.first
    if request.place and any(value is not None for value in (*counted, request.episodes)):
        raise PinRefusedError("--episode is the whole place of one file", "Leave out what else says a place.")
    if request.order and any(value is not None for value in (*counted, request.place)):
        raise PinRefusedError(
            "--order says which database counts as their names do",
            "Leave out --season, --offset, --from and --episode, or leave out --order.",
        )
    if request.first is not None and request.offset is not None:
        raise PinRefusedError(
            "--from and --offset both say how their numbers count", "Leave out one of them."
        )


def _require_fitting(request: PinRequest, show: ShowId) -> None:
    """Refuse what can hold for no file: a place in a film, numbers that all come to less than one."""
    placed = (request.season, request.offset or None, request.first, request.place)
    if show.media_type == "movie" and any(value is not None for value in placed):
        raise PinRefusedError(
            "a film has no season and no episodes",
            "Leave out --season, --offset, --from and --episode, or name a series.",
        )
    numbers = Pin(id="", episodes=request.episodes).numbers
    last = numbers[1] if numbers else MOST
    if request.offset and last + request.offset < 1:  # an episode 0 without one is what the user says
        raise PinRefusedError(
            f"no number up to {last:,} with {request.offset:+,} is an episode", "Say a smaller --offset."
        )


def against_earlier(made: Pin, pins: Sequence[Pin]) -> Iterator[str]:
    """What is to be said of earlier pins for the same files: that one goes, or takes some of the numbers."""
    for other in pins:
        if other.target == made.target and other != made:
            season = f", season {other.season}" if other.season is not None else ""
            yield f"It takes the place of the pin to {other.id}{season}, which was for the same files."
    for other in overlapping(made, pins):
        heard = f"that for episodes {other.episodes}"
        yield f"For some of them an earlier pin is heard: {heard}. See: anivault pins"


def _as_meant(request: PinRequest, meant: dict[str, str | int]) -> PinRequest:
    """The request with the show and the place of an entry; the place gives way to what the user says."""
    if request.season is not None:
        meant.pop("offset", None)
    place = {name: value for name, value in meant.items() if name != "id" and getattr(request, name) is None}
    return replace(request, show=str(meant["id"]), **place)


def meant_by(show: str) -> dict[str, str | int]:
    """The show that is meant; for the number of another list, what the catalogue knows of its entry.

    Its place is taken where a list states it, and where the entry is one: TMDB cuts some into seasons.
    """
    found = _OF_A_LIST.fullmatch(show)
    if found is None:
        return {"id": show}
    with closing(Catalog.open()) as catalog:
        entries = catalog.entries(found["list"], int(found["number"]))
    if not entries:
        raise PinRefusedError(f"no list here knows {show}", "Name the show by its number at TMDB: tmdb:1234.")
    if len({(c.media_type, c.id) for c, _ in entries}) > 1:
        raise PinRefusedError(f"{show} is several shows here: {_told(entries)}", "Name one of them.")
    candidate, entry = entries[0]
    meant: dict[str, str | int] = {"id": str(ShowId(candidate.provider, candidate.media_type, candidate.id))}
    alone = len(entries) == 1 and found["list"] != "tvdb" and entry.stated
    if alone and entry.season is not None and entry.offset is not None:
        meant |= {"season": entry.season, "offset": entry.offset}
    return meant


def _told(entries: Sequence[tuple[Candidate, Entry]]) -> str:
    return ", ".join(dict.fromkeys(f"tmdb:{c.id} ({c.title})" for c, _ in entries))


def _require_known(show: ShowId, known: Candidate | None, asked: Providers) -> None:
    """Refuse a show that its own provider does not know; one that cannot be asked now leaves a doubt."""
    if known is not None:
        return
    names = {source.name for source in asked.sources} | {"tmdb"}
    if show.provider not in names:
        raise PinRefusedError(f"nobody here numbers shows as {show.provider} does")
    if any(source.name == show.provider for source in asked.sources) and not asked.notices:
        kind = "film" if show.media_type == "movie" else "show"
        raise PinRefusedError(f"{show.provider} has no {kind} with the number {show.id}")


def _require_season(known: Candidate, season: int) -> None:
    """Refuse a season that the show does not have; the next one may be too new for a list."""
    seasons = _seasons(known)
    newest = max(seasons, default=0)
    if season and seasons and season not in seasons and (known.tabled or season > newest + 1):
        raise PinRefusedError(
            f"{known.dated} has no season {season}; its last one is {newest}",
            "Say another season, or another show.",
        )


def _seasons(known: Candidate) -> set[int]:
    return {table.number for table in known.seasons} | {e.season for e in known.entries if e.season}


def doubts_of(made: Pin, known: Candidate | None) -> Iterator[str]:
    """What may be wrong with a pin, though it holds."""
    if known is None:
        hint = "" if made.season is not None else " Without --season its files have no place."
        yield f"The catalogue does not know {made.id}, and TMDB cannot be asked without a key.{hint}"
    elif made.season and (seasons := _seasons(known)) and made.season not in seasons:
        yield f"No list has a season {made.season} of {known.dated} yet."
    elif words := _beyond(made, known):
        yield words
    said = season_of(made.title or "")
    if said is not None and made.season is not None and said != made.season:
        yield Objection(Against.SEASON, str(said), str(made.season)).words


def _beyond(made: Pin, known: Candidate) -> str:
    """Say that the first of the files would be behind the last episode of its season; "" where it is not."""
    table = next((one for one in known.seasons if one.number == made.season), None)
    first = (made.numbers[0] if made.numbers else 1) + (made.offset or 0)
    if table is None or table.episodes is None or first < table.first + table.episodes:
        return ""
    last = table.first + table.episodes - 1
    return f"Season {table.number} of {known.dated} ends with episode {last}, and the first would be {first}."


def unpin(what: str, library: str | None) -> Pinned:
    """Take out every pin for this folder, file or title. Raises PinNotFoundError, PinsBrokenError.

    The words are also taken as `pins` prints them, and a folder may be gone from the disk.
    """
    libraries.require_kept(library)
    path, target = file_of(library), {"folder": os.path.abspath(what)} if _is_gone(what) else _target(what)
    with _written(path):
        return Pinned(file=str(path), pins=remove(path, target.get("folder") or target["title"]))


def taken_back(
    came: Sequence[Pin], went: Sequence[Pin], library: str | None, places: Sequence[int] = ()
) -> None:
    """Take an answer back: the pins that came with it go, and those that went come again.

    `places`: where those stood in the file; of two for the same files the first may be heard. One that went
    gives way to what was pinned since for the same files.
    """
    libraries.require_kept(library)
    path = file_of(library)
    with _written(path):
        pins = [pin for pin in load(path) if pin not in came]
        taken = {pin.target for pin in pins}
        for pin, place in zip_longest(went, places):
            if pin.target not in taken:
                pins.insert(len(pins) if place is None else place, pin)
        put_back(path, pins)


def pin_files(library: str | None) -> list[str]:
    """The files that pins in force for a library stand in, whether they exist or not."""
    return list(dict.fromkeys(str(file_of(home)) for home in (None, library)))


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskError(f"Writing {path}", error, f"ls -ld {quoted(str(path.parent))}") from error


def called(
    found: Sequence[Pinned], settings: Settings, providers: Sequence[str], progress: Progress
) -> list[Pinned]:
    """Add what the shows are called, for people: a number says nothing."""
    with Providers(settings, providers, progress) as asked:
        shows: dict[str, str] = {}
        for pin in (pin for pinned in found for pin in pinned.pins):
            known = next(filter(None, (source.get(*pin.show) for source in asked.sources)), None)
            if known:
                shows[pin.id] = titled(known, settings.match.languages).dated
    return [replace(pinned, shows=shows) for pinned in found]


def listed(library: str | None) -> list[Pinned]:
    """The pins in force, file by file, the library's first. Raises PinsBrokenError."""
    files = dict.fromkeys([file_of(library), file_of(None)])
    return [Pinned(file=str(path), pins=pins) for path in files if (pins := load(path))]


def pins_in_force(library: str | None) -> tuple[Pin, ...]:
    """Every pin that is heard, the library's before the user's. Raises PinsBrokenError."""
    return tuple(pin for pinned in listed(library) for pin in pinned.pins)


def file_of(library: str | None) -> Path:
    """Where the pins of a library stand, or the user's own."""
    return Path(library, ".anivault", FILE) if library else user_config_path().parent / FILE


def _target(what: str, *, placed: bool = False) -> dict[str, str]:
    """What a pin is for: a folder's path, or a title; a file's with its year, season, group, and its kind.

    A pin that is `placed` says where files go, so it is for those of the file's kind only.
    """
    if os.path.isdir(what):
        return {"folder": os.path.abspath(what)}
    if _is_gone(what):
        raise PinRefusedError(
            f"there is no file or folder at {what}", "Check the path; quotes are needed when it has spaces."
        )
    return _target_of_file(what, placed=placed) if os.path.isfile(what) else {"title": what}


def _target_of_file(what: str, *, placed: bool) -> dict[str, str]:
    parsed = _parsed(what)
    if parsed.title is None:
        raise PinRefusedError(f"no title can be read in {os.path.basename(what)}; pin its folder")
    title = parsed.title
    if parsed.year is not None and not title.endswith(f"({parsed.year})"):
        title += f" ({parsed.year})"
    if parsed.season is not None:
        title += f" S{parsed.season}"
    made = {"title": title, "group": parsed.group, "kind": kind_of_type(parsed.type) if placed else None}
    return {name: value for name, value in made.items() if value}


def _parsed(what: str) -> ParseResult:
    return parse_path(os.path.abspath(what)).parsed


def _is_gone(what: str) -> bool:
    """Whether words are a path that leads nowhere; `Fate/stay night` is a title."""
    is_path = what.startswith(("/", "./", "../", "~/")) or kind_of(what) is not FileKind.OTHER
    return (is_path or os.path.isdir(os.path.dirname(what))) and not os.path.exists(what)
