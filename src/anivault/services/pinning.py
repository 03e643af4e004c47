"""Keep what the user has decided, in readable files: the library's own and the user's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from anivault.core.matching.pins import FILE, Pin, add, load, remove
from anivault.core.models import Candidate, Entry, FileKind, ScannedFile, ShowId
from anivault.core.pipeline.parser import parse_alone
from anivault.core.pipeline.scanner import kind_of
from anivault.core.planning.naming.fields import titled
from anivault.services.catalogue.offline import Catalog
from anivault.services.providers import Providers
from anivault.shared.errors import DiskError, PinRefusedError, quoted
from anivault.shared.progress import Progress
from anivault.shared.settings import Settings, user_config_path

_OF_A_LIST = re.compile(r"(?P<list>anidb|mal|anilist|tvdb):(?P<number>\d{1,9})")


class PinRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to pin, and to which show."""

    what: str
    show: str
    season: int | None = None
    offset: int | None = None
    episodes: str | None = None
    library: str | None = None


class Pinned(msgspec.Struct, frozen=True, kw_only=True):
    """Pins, and the file that they stand in; by id what the shows are called, where a list knows them."""

    file: str
    pins: tuple[Pin, ...]
    shows: dict[str, str] = {}


def pin(request: PinRequest) -> Pinned:
    """Add a pin: by folder for a folder, by title and group for a file, by title for any other words.

    Raises PinRefusedError for what names no show, PinsBrokenError, DiskError for a file that cannot be
    read or written.
    """
    path = file_of(request.library)
    show = _shown(request)
    if request.episodes:
        show["episodes"] = request.episodes
    made = msgspec.convert({**_target(request.what), **show}, Pin)
    made = replace(made, id=str(made.show))
    with _written(path):
        add(path, made)
    return Pinned(file=str(path), pins=(made,))


def _shown(request: PinRequest) -> dict[str, str | int]:
    """The show and the place in it: an entry's own gives way to what the user says."""
    said = {"season": request.season, "offset": request.offset}
    meant = _meant(request.show)
    if request.season is not None:
        meant.pop("offset", None)
    return meant | {name: value for name, value in said.items() if value is not None}


def _meant(show: str) -> dict[str, str | int]:
    """The show that is meant; for the number of another list, what the catalogue knows of its entry.

    Its place is taken where a list states it, and where the entry is one: TMDB cuts some into seasons.
    """
    found = _OF_A_LIST.fullmatch(show)
    if found is None:
        return {"id": show}
    with closing(Catalog.open()) as catalog:
        entries = catalog.entries(found["list"], int(found["number"]))
    if not entries:
        raise PinRefusedError(f"no list here knows {show}")
    if len({(c.media_type, c.id) for c, _ in entries}) > 1:
        raise PinRefusedError(f"{show} is several shows here: {_told(entries)}")
    candidate, entry = entries[0]
    meant: dict[str, str | int] = {"id": str(ShowId(candidate.provider, candidate.media_type, candidate.id))}
    alone = len(entries) == 1 and found["list"] != "tvdb" and entry.stated
    if alone and entry.season is not None and entry.offset is not None:
        meant |= {"season": entry.season, "offset": entry.offset}
    return meant


def _told(entries: Sequence[tuple[Candidate, Entry]]) -> str:
    return ", ".join(dict.fromkeys(f"tmdb:{c.id} ({c.title})" for c, _ in entries))


def unpin(what: str, library: str | None) -> Pinned:
    """Take out every pin for this folder, file or title. Raises PinNotFoundError, PinsBrokenError.

    The words are also taken as `pins` prints them, and a folder may be gone from the disk.
    """
    path, target = file_of(library), {"folder": os.path.abspath(what)} if _is_gone(what) else _target(what)
    with _written(path):
        return Pinned(file=str(path), pins=remove(path, target.get("folder") or target["title"]))


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


def _target(what: str) -> dict[str, str]:
    """What a pin is for: a folder's path, a file's title, season and group, or a title."""
    if os.path.isdir(what):
        return {"folder": os.path.abspath(what)}
    if _is_gone(what):
        raise PinRefusedError(f"there is no file or folder at {what}")
    if not os.path.isfile(what):
        return {"title": what}
    parsed = parse_alone(ScannedFile("", os.path.abspath(what), kind_of(what))).parsed
    if parsed.title is None:
        raise PinRefusedError(f"no title can be read in {os.path.basename(what)}; pin its folder")
    title = parsed.title if parsed.season is None else f"{parsed.title} S{parsed.season}"
    return {"title": title, **({"group": parsed.group} if parsed.group else {})}


def _is_gone(what: str) -> bool:
    """Whether words are a path that leads nowhere; `Fate/stay night` is a title."""
    is_path = what.startswith(("/", "./", "../", "~/")) or kind_of(what) is not FileKind.OTHER
    return (is_path or os.path.isdir(os.path.dirname(what))) and not os.path.exists(what)
