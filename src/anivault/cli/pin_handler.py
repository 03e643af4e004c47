"""`anivault pin`, `unpin`, `pins`: what the user has decided, in readable files."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from anivault.core.matching.pins import FILE, Pin, add, load, remove
from anivault.core.models import ScannedFile
from anivault.core.pipeline.parser import parse_alone
from anivault.core.pipeline.scanner import kind_of
from anivault.shared.errors import PinRefusedError
from anivault.shared.settings import user_config_path


class PinRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to pin, to which show; `group` and `title` say how a file is meant."""

    what: str
    show: str
    season: int | None = None
    offset: int | None = None
    library: str | None = None


class Pinned(msgspec.Struct, frozen=True, kw_only=True):
    """Pins, and the file that they stand in."""

    file: str
    pins: tuple[Pin, ...]


def handle(request: PinRequest) -> Pinned:
    """Add a pin: by folder for a folder, by title and group for a file, by title for any other words.

    Raises PinRefusedError for what names no show, PinsBrokenError for a file that cannot be read.
    """
    path = file_of(request.library)
    show = {"id": request.show, "season": request.season, "offset": request.offset}
    pin = msgspec.convert({**_target(request.what), **show}, Pin)
    add(path, pin)
    return Pinned(file=str(path), pins=(pin,))


def unpin(what: str, library: str | None) -> Pinned:
    """Take out every pin for this folder, file or title. Raises PinNotFoundError, PinsBrokenError."""
    path, target = file_of(library), _target(what)
    return Pinned(file=str(path), pins=remove(path, target.get("folder") or target["title"]))


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
    """What a pin is for: the last two parts of a folder's path, a file's title and group, or a title."""
    if os.path.isdir(what):
        return {"folder": "/".join(os.path.abspath(what).split("/")[-2:])}
    if not os.path.isfile(what):
        return {"title": what}
    parsed = parse_alone(ScannedFile("", os.path.abspath(what), kind_of(what))).parsed
    if parsed.title is None:
        raise PinRefusedError(f"no title can be read in {os.path.basename(what)}; pin its folder")
    return {"title": parsed.title, **({"group": parsed.group} if parsed.group else {})}
