"""Decide what the user has decided already: pins, which win over everything that matching thinks.

In: TOML files of pins, and a release. Out: the pin that holds for it, and where its files go. Reads
and writes only the files it is given, each written whole and then put in place. By folder, by title,
or by title and group; the more it says, the earlier it is heard.

    [[pin]]
    title = "Sora no Woto"
    group = "Coalgirls"
    id = "tmdb:tv/35461"
    season = 1
    offset = 12
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from anivault.core.matching.normalize import normal_form
from anivault.core.models import Coordinates, Release
from anivault.shared import trust
from anivault.shared.errors import PinNotFoundError, PinRefusedError, PinsBrokenError, shortened

FILE = "pins.toml"
HEADER = """\
# What you have decided about your files. It wins over everything AniVault thinks of them.
# Edit it, share it: folder or title (and group) say which files, id, season and offset where they go.
"""
_ID = re.compile(r"(?P<provider>[a-z]{1,32}):(?:(?P<media>tv|movie)/)?(?P<number>[0-9]{1,12})")
MOST = 9999  # a season, an offset: both become part of names
LONGEST = 1000  # characters of a folder, title or group


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One decision. `folder` is the end of a path; `season` and `offset` place the files' own numbers."""

    id: str
    folder: str | None = None
    title: str | None = None
    group: str | None = None
    season: int | None = None
    offset: int | None = None

    @property
    def show(self) -> tuple[str, str, int]:
        """Provider, media type (tv unless it says movie) and number. Raises PinRefusedError."""
        found = _ID.fullmatch(self.id)
        if not found:
            raise PinRefusedError(f"{shortened(repr(self.id))} names no show")
        return found["provider"], found["media"] or "tv", int(found["number"])

    @property
    def target(self) -> tuple[str, str, str]:
        """What the pin is for: two pins with one target exclude each other. Raises PinRefusedError."""
        if bool(self.folder) == bool(self.title) or (self.group and not self.title):
            raise PinRefusedError("a pin is for a folder, or for a title with or without a group")
        return self.folder or "", normal_form(self.title or ""), (self.group or "").casefold()

    def holds_for(self, release: Release) -> bool:
        """Whether the release's folder, or its title and group, are the pinned ones."""
        if self.folder:
            return _ends_in(release, self.folder)
        _, title, group = self.target
        same = not group or group == (release.group or "").casefold()
        return same and title in {normal_form(t) for t in _titles(release)}

    def place(self, numbers: Sequence[int]) -> tuple[Coordinates, ...] | None:
        """Where the pin puts these numbers; None when it names no season or offset and they go their way."""
        if self.season is None and self.offset is None:
            return None
        season, offset = 1 if self.season is None else self.season, self.offset or 0
        return tuple(Coordinates(season=season, episode=n + offset) for n in numbers if n + offset >= 0)


class PinFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file of pins holds."""

    pin: tuple[Pin, ...] = ()


def load(path: Path) -> tuple[Pin, ...]:
    """Read a file of pins; one that does not exist has none. Raises PinsBrokenError."""
    try:
        pins = msgspec.convert(trust.read_toml(str(path)), PinFile).pin
        for pin in pins:
            _require_sound(pin)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, ValueError, msgspec.ValidationError, PinRefusedError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        raise PinsBrokenError(str(path), why or shortened(str(error))) from error
    return pins


def _require_sound(pin: Pin) -> None:
    """Refuse a pin that names no show, nothing to pin, or a place that no episode has. PinRefusedError."""
    _ = pin.show, pin.target
    if not (0 <= (pin.season or 0) <= MOST and -MOST <= (pin.offset or 0) <= MOST):
        raise PinRefusedError(f"season is a number from 0 to {MOST}, offset one from -{MOST} to {MOST}")
    if any(len(text or "") > LONGEST for text in (pin.folder, pin.title, pin.group)):
        raise PinRefusedError(f"folder, title and group have at most {LONGEST:,} characters")


def add(path: Path, pin: Pin) -> None:
    """Write `pin` into the file, in the place of one for the same.

    Raises PinRefusedError for what names no show or nothing to pin, PinsBrokenError for a broken file.
    """
    _require_sound(pin)
    if any("\ud800" <= c <= "\udfff" for c in _table(pin)):
        raise PinRefusedError("the folder's name is no UTF-8; pin its title instead")
    kept = [p for p in load(path) if p.target != pin.target]
    _write(path, [*kept, pin])


def remove(path: Path, target: str) -> tuple[Pin, ...]:
    """Take out, and return, every pin for this folder or title. Raises PinNotFoundError, PinsBrokenError."""
    pins = load(path)
    gone = tuple(p for p in pins if target in (p.folder, p.title) or normal_form(target) == p.target[1] != "")
    if not gone:
        raise PinNotFoundError(target)
    _write(path, [p for p in pins if p not in gone])
    return gone


def pin_for(pins: Iterable[Pin], release: Release) -> Pin | None:
    """The pin that holds: one by title and group before one by folder, then by title; the first of equals."""
    holding = [p for p in pins if p.holds_for(release)]
    return min(holding, key=lambda p: 0 if p.group else 1 if p.folder else 2, default=None)


def _titles(release: Release) -> Iterable[str]:
    return {release.title, *(t for f in release.files for t in f.parsed.titles)}


def _ends_in(release: Release, folder: str) -> bool:
    """Whether the pinned path is the release's folder, one above it, or the end of either."""
    whole = _parts(release.folder)
    wanted = _parts(folder)
    ends = range(len(wanted), len(whole) + 1)
    return bool(wanted) and any(whole[end - len(wanted) : end] == wanted for end in ends)


def _parts(path: str) -> list[str]:
    return [p for p in path.replace("\\", "/").split("/") if p]


def _write(path: Path, pins: Sequence[Pin]) -> None:
    text = HEADER + "".join(f"\n[[pin]]\n{_table(pin)}" for pin in pins)
    path.parent.mkdir(trust.OUR_FOLDER, parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)


def _table(pin: Pin) -> str:
    fields = {name: getattr(pin, name) for name in ("folder", "title", "group", "id", "season", "offset")}
    return "".join(f"{name} = {_value(value)}\n" for name, value in fields.items() if value is not None)


def _value(value: str | int) -> str:
    """A TOML value. JSON's strings are TOML's, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
