"""Say what a pin would change, and what names say against it, before it is remembered."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from anivault.core.living.repinned import Change, against, renamed, repinned
from anivault.core.matching.pins import Pin, load
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import Read, What
from anivault.core.rematched import releases_of, rematched
from anivault.core.verdicts import Asked
from anivault.services.asking import Asking, opened
from anivault.services.pinning import (
    Pinned,
    PinRequest,
    changed,
    doubts_of,
    file_of,
    made_of,
    pinned_as,
    resolved,
)
from anivault.services.remembered import ignored
from anivault.shared.progress import Bars


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A pin that was not written, and what it would change: of files to come, and of the library's own."""

    pinned: Pinned
    changes: tuple[Change, ...] = ()
    library: tuple[Change, ...] = ()


def near(what: str) -> list[str]:
    """Where the files of a folder or a file are; those of a title may be anywhere."""
    if os.path.isdir(what):
        return [what]
    return [os.path.dirname(os.path.abspath(what))] if os.path.isfile(what) else []


def preview(
    request: PinRequest, asking: Asking, paths: Sequence[str], bars: Bars, old: Pin | None = None
) -> Preview:
    """Say what a pin would change for the videos below `paths`, and for those of its library. Writes nothing.

    With `old` it is that pin, changed. Raises what `pin` raises, and what reading `paths` does.
    """
    with opened(asking, request.library, bars("Matching")) as those:
        request, known = resolved(request, those.providers)
        made = changed(old, request) if old else made_of(request)
        pins = tuple(pin for pin in _in_force(request.library, made) if pin != old or pin == made)
        changes = repinned(_read(paths, request.library, those.asked, bars), those.asked, made, pins)
        home = request.library if request.library and os.path.isdir(request.library) else None
        library = _in_library(home, those.asked, made, pins) if home else []
        pinned = pinned_as(request, made, known, asking.settings, (*those.notices, *doubts_of(made, known)))
        return Preview(pinned=pinned, changes=tuple(changes), library=tuple(library))


def objected(request: PinRequest, asking: Asking, paths: Sequence[str], bars: Bars) -> tuple[str, ...]:
    """What the names below `paths` say against a pin, each once. Raises what `preview` does."""
    with opened(asking, request.library, bars("Asking")) as those:
        request, known = resolved(request, those.providers)
        made = made_of(request)
        found = _read(paths, request.library, those.asked, bars)
        said = against(found, made, tuple(_in_force(request.library, made)), known)
    return tuple(one.words for one in said)


def _in_library(library: str, asked: Asked, made: Pin, pins: Sequence[Pin]) -> list[Change]:
    """What a rename of the library would change then. Where the pin holds for none, nothing is matched."""
    if not any(made.holds_for(release) for release in releases_of(library, asked.reader)):
        return []
    before, after = (rematched(library, one)[0] for one in (asked, replace(asked, pins=pins)))
    return renamed(before, after)


def _read(paths: Sequence[str], library: str | None, asked: Asked, bars: Bars) -> Read:
    skip = (library,) if library else ()
    what = What(paths=tuple(paths), skip=skip, ignored=ignored.lists(library))
    return read(what, asked.reader, bars("Scanning"))


def _in_force(library: str | None, made: Pin) -> Iterator[Pin]:
    """The pins in their order, as if one more was written."""
    own = file_of(library)
    for path in dict.fromkeys([own, file_of(None)]):
        yield from (pin for pin in load(path) if path != own or pin.target != made.target)
        if path == own:
            yield made
