"""Decide what the user has decided already: pins, which win over everything that matching thinks.

In: TOML files of pins, and a release. Out: the pin that holds for each of its files, and where it puts
them. Reads and writes only the files it is given, each written whole and then put in place. By folder, by
title, or by title and group, for all numbers or for some; the more it says, the earlier it is heard.

    [[pin]]
    title = "Sora no Woto S2"
    group = "Coalgirls"
    episodes = "13-24"
    id = "tmdb:tv/35461"
    season = 1
    offset = 12

What a name says is never overruled by a pin that says nothing of it: one for `Sora no Woto` gives the files
of `Sora no Woto S2` its show, and leaves them their season. `kind = "special"` is for names that say so,
`kind = "episode"` for all others, and `Hunter x Hunter (2011)` for names with that year.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from anivault.core.matching.said import numbers_of
from anivault.core.matching.titles.normalize import normal_form
from anivault.core.models import Coordinates, MatchedFile, ParsedFile, Release, ShowId
from anivault.parser.models import EXTRAS, VideoType
from anivault.parser.title_words import split_season
from anivault.shared import fs, trust
from anivault.shared import regex as re
from anivault.shared.errors import PinNotFoundError, PinRefusedError, PinsBrokenError, shortened

FILE = "pins.toml"
HEADER = """\
# What you have decided about your files. It wins over everything AniVault thinks of them.
# Edit it, share it: folder or title (and group, kind, episodes) say which files, id, season and offset where
# they go. A folder that begins with / is that one; any other is the end of a path, wherever it is mounted.
"""
_RANGE = re.compile(r"([0-9]{1,4})(?:(-)([0-9]{1,4})?)?")
_SEASON_WORD = re.compile(r"(.*\S) S([0-9]{1,2})")
_YEAR_WORD = re.compile(r"(.*\S) \(((?:19|20)[0-9]{2})\)")
Kind = Literal["episode", "special"]
Order = Literal["tmdb", "tvdb"]
Said = tuple[int | None, bool]  # the season that a name says, and whether it says special or OVA
_SPECIALS = frozenset({VideoType.OVA, VideoType.SPECIAL})
MOST = 9999  # a season, an offset: both become part of names
LONGEST = 1000  # characters of a folder, title or group


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One decision. `folder` is a path or the end of one; `episodes` are the numbers that it is for.

    `season` and `offset` place the files' own numbers; `episode` is the place of a file that has none. A
    title with a season word or a year is for names that say it. `extra`: these files are extras of the show.
    `order`: the database that counts as their names do.
    """

    id: str
    folder: str | None = None
    title: str | None = None
    group: str | None = None
    kind: Kind | None = None
    episodes: str | None = None
    season: int | None = None
    offset: int | None = None
    episode: int | None = None
    extra: bool = False
    order: Order | None = None

    @property
    def show(self) -> ShowId:
        """Provider, media type (tv unless it says movie) and number. Raises PinRefusedError."""
        found = ShowId.read(self.id)
        if not found:
            raise PinRefusedError(f"{shortened(repr(self.id))} names no show")
        return found

    @property
    def target(self) -> tuple[str, str, str, str, str]:
        """What the pin is for: two pins with one target exclude each other. Raises PinRefusedError."""
        if bool(self.folder) == bool(self.title) or (self.group and not self.title):
            raise PinRefusedError("a pin is for a folder, or for a title with or without a group")
        first, last = self.numbers or (None, None)
        numbers = "" if first is None else f"{first}-{last}"
        title, group = _form(self.title or ""), (self.group or "").casefold()
        return self.folder or "", title, group, self.kind or "", numbers

    @property
    def numbers(self) -> tuple[int, int] | None:
        """The first and the last number that the pin is for; None for all. Raises PinRefusedError."""
        if self.episodes is None:
            return None
        found = _RANGE.fullmatch(self.episodes)
        first, last = (int(found[1]), int(found[3] or (MOST if found[2] else found[1]))) if found else (1, 0)
        if first > last:
            said = shortened(repr(self.episodes))
            raise PinRefusedError(
                f"{said} is neither a number nor a range", "Write 7, 13-24, or 13- for all from 13 on."
            )
        return first, last

    @property
    def goes_on(self) -> bool:
        """Whether it is for its first number and all that come after it: `13-`."""
        return self.episodes is not None and self.episodes.endswith("-")

    @property
    def first_episode(self) -> int | None:
        """The episode that its first number is; None for a pin of all numbers."""
        return self.numbers[0] + (self.offset or 0) if self.numbers else None

    def holds_for(self, release: Release) -> bool:
        """Whether the release's folder, or its title and group, are the pinned ones."""
        if self.folder:
            return _leads_to(self.folder, release.folder)
        _, title, group, _, _ = self.target
        same = not group or group == (release.group or "").casefold()
        return same and title in _forms(release)

    def is_for(self, file: ParsedFile) -> bool:
        """Whether the pin is for this file of a release that it holds for."""
        if not self.is_of_kind(file):
            return False
        if self.numbers is None:
            return True
        first, last = self.numbers
        own = () if file.parsed.type in EXTRAS else numbers_of(file) or ()
        return bool(own) and all(first <= n <= last for n in own)

    def is_of_kind(self, file: ParsedFile) -> bool:
        """Whether the pin is for files of this kind."""
        return self.kind is None or self.kind == kind_of(file)

    def place(self, file: ParsedFile, said: Collection[Said] = ()) -> tuple[Coordinates, ...] | None:
        """Where the pin puts a file; None where it does not say and the file goes its own way.

        `said` is what the names say for which the pin holds. If that is several things, the pin says nothing
        of a season or kind that is not its own.
        """
        names_only_the_show = (self.season is None and self.offset is None) or self.order is not None
        if names_only_the_show or self._is_of_another(file, said):
            return None
        return self._count(numbers_of(file) or ())

    def _count(self, numbers: Sequence[int]) -> tuple[Coordinates, ...] | None:
        """The places of a file's own numbers; `episode` is the place of a file that has none."""
        season, offset = 1 if self.season is None else self.season, self.offset or 0
        if not numbers and self.episode is not None:
            return (Coordinates(season=season, episode=self.episode),)
        if offset and any(n + offset < 1 for n in numbers):
            return None  # it counts from a later number than this file has
        return tuple(Coordinates(season=season, episode=n + offset) for n in numbers)

    def _is_of_another(self, file: ParsedFile, said: Collection[Said]) -> bool:
        """Whether names say several things, and this file another one than the pin: `Show OVA`, `Show S2`."""
        season, special = said_of(file)
        if len({kind for _, kind in said}) > 1 and special != (self.season == 0):
            return True
        seasons = {number for number, _ in said}
        return len(seasons) > 1 and season is not None and (None in seasons or season != self.season)


def said_of(file: ParsedFile) -> Said:
    """What a name says that a pin may be for: its season, and whether it is a special or an OVA."""
    return file.parsed.season, kind_of(file) == "special"


def kind_of(file: ParsedFile | MatchedFile) -> Kind:
    """What kind of video a pin takes a file for."""
    return kind_of_type(file.parsed.type)


def kind_of_type(type_: VideoType | None) -> Kind:
    """What kind of video a pin takes this one for."""
    return "special" if type_ in _SPECIALS else "episode"


def season_of(title: str) -> int | None:
    """The season that a pin's title says."""
    return _split(title)[1]


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
        why = error.why if isinstance(error, PinRefusedError) else getattr(error, "strerror", None)
        hint = trust.let_in(str(path), error) if isinstance(error, PermissionError) else ""
        raise PinsBrokenError(str(path), why or shortened(str(error)), hint=hint) from error
    return pins


def _require_sound(pin: Pin) -> None:
    """Refuse a pin that names no show, nothing to pin, or a place that no episode has. PinRefusedError."""
    _ = pin.show, pin.target
    _require_place(pin)
    if pin.order and (pin.show.media_type == "movie" or pin.episode is not None):
        raise PinRefusedError("an order is of the episodes of a series, by the numbers that names have")
    if any(len(text or "") > LONGEST for text in (pin.folder, pin.title, pin.group)):
        raise PinRefusedError(
            f"folder, title and group have at most {LONGEST:,} characters", "Pin a folder above it."
        )


def _require_place(pin: Pin) -> None:
    """Refuse a season, offset or episode that no name can carry, and an episode of no season."""
    season, offset, episode = pin.season or 0, pin.offset or 0, pin.episode or 0
    if not (0 <= season <= MOST and abs(offset) <= MOST):
        raise PinRefusedError(
            f"season is a number from 0 to {MOST}, offset one from -{MOST} to {MOST}", "Say a smaller number."
        )
    if not 0 <= episode <= MOST or (pin.episode is not None and pin.season is None):
        raise PinRefusedError(
            f"episode is a number from 0 to {MOST}, and goes with a season", "Write both: S00E05."
        )


def add(path: Path, pin: Pin) -> None:
    """Write `pin` into the file, in the place of one for the same.

    Raises PinRefusedError for what names no show or nothing to pin, PinsBrokenError for a broken file.
    """
    _require_sound(pin)
    if any("\ud800" <= c <= "\udfff" for c in _table(pin)):
        raise PinRefusedError(
            "a name that is not UTF-8 cannot stand in a file of pins", "Pin a folder above it, or a title."
        )
    kept = [p for p in load(path) if p.target != pin.target]
    _write(path, [*kept, pin])


def overlapping(pin: Pin, pins: Sequence[Pin]) -> list[Pin]:
    """The earlier pins for the same files that are heard for some of its numbers; open ends lie in layers."""
    *same, own = pin.target
    others = [one for one in pins if [*one.target][:-1] == same and one.target[-1] != own]
    ended = [one for one in others if one.numbers and not one.goes_on]
    first, last = pin.numbers if pin.numbers and not pin.goes_on else (1, -1)
    return [one for one in ended if one.numbers and one.numbers[0] <= last and first <= one.numbers[1]]


def remove(path: Path, target: str) -> tuple[Pin, ...]:
    """Take out, and return, every pin for this folder or title. Raises PinNotFoundError, PinsBrokenError."""
    pins = load(path)
    gone = tuple(p for p in pins if _is_named(p, target))
    if not gone:
        raise PinNotFoundError(target)
    _write(path, [p for p in pins if p not in gone])
    return gone


def put_back(path: Path, pins: Sequence[Pin]) -> None:
    """Make the file say what it said before, so that an answer can be taken back."""
    _write(path, pins)


class Part(NamedTuple):
    """Files of a release that one pin, or none, holds for."""

    release: Release
    pin: Pin | None = None
    said: frozenset[Said] = frozenset()  # by the names for which the pin holds


def parted(pins: Sequence[Pin], releases: Sequence[Release]) -> list[Part]:
    """The releases in parts, each with the pin that holds for it.

    What a pin places, and what it gives only its show, are parts of their own: each is evidence for itself.
    """
    holding = [sorted((p for p in pins if p.holds_for(r)), key=_rank) for r in releases]
    said: dict[Pin, set[Said]] = {}
    for release, held in zip(releases, holding, strict=True):
        for pin in held:
            said.setdefault(pin, set()).update(map(said_of, filter(pin.is_of_kind, release.files)))
    return [
        part
        for release, held in zip(releases, holding, strict=True)
        for part in (_parted(release, held, said) if held else (Part(release),))
    ]


def _parted(release: Release, holding: Sequence[Pin], said: dict[Pin, set[Said]]) -> Iterator[Part]:
    parts: dict[tuple[Pin | None, bool], list[ParsedFile]] = {}
    for file in release.files:
        pin = next((p for p in holding if p.is_for(file)), None)
        placed = pin is not None and bool(pin.place(file, said[pin]))
        parts.setdefault((pin, placed), []).append(file)
    for (pin, _), files in parts.items():
        yield Part(replace(release, files=tuple(files)), pin, frozenset(said[pin]) if pin else frozenset())


def _rank(pin: Pin) -> tuple[int, bool, int, bool, bool]:
    """Title and group before folder before title; of equals the one that says more of the files it is for.

    A range with an end is heard before one that goes on, and of those the one that begins later.
    """
    rank = 0 if pin.group else 1 if pin.folder else 2
    base, season = _split(pin.title or "")
    begin = -pin.numbers[0] if pin.goes_on and pin.numbers else -MOST - 1
    undated = season is None and not _YEAR_WORD.fullmatch(base)
    return rank, pin.episodes is None, begin, pin.kind is None, undated


def _split(title: str) -> tuple[str, int | None]:
    """A title without its season word, and the season that it says."""
    found = _SEASON_WORD.fullmatch(title)
    if found:
        return found[1], int(found[2])
    base, season, _ = split_season(title)
    return base, season


def _form(title: str) -> str:
    """The form by which pins are compared: `Show 2nd Season` is `Show S2`."""
    base, season = _split(title)
    dated = _YEAR_WORD.fullmatch(base)
    if season is None and not dated:
        return normal_form(title)
    name = f"{normal_form(dated[1])} ({dated[2]})" if dated else normal_form(base)
    return name if season is None else f"{name} S{season}"


def _forms(release: Release) -> set[str]:
    """The forms of a release's titles, with the season and the year that it says and without."""
    titles = {release.title, *(t for f in release.files for t in f.parsed.titles)}
    first = release.files[0].parsed
    dated = {f"{title} ({first.year})" for title in titles} if first.year else set()
    plain = set(map(normal_form, titles))
    if first.year:
        plain |= {f"{form} ({first.year})" for form in plain}
    said = {f"{form} S{first.season}" for form in plain} if first.season is not None else set()
    return plain | said | set(map(_form, titles | dated))


def _is_named(pin: Pin, words: str) -> bool:
    """Whether words name what a pin is for: its folder by its path or the end of it, or its title."""
    if pin.folder:
        return words == pin.folder or _parts(words)[-len(_parts(pin.folder)) :] == _parts(pin.folder)
    return words == pin.title or _form(words) == pin.target[1] != ""


def _leads_to(pinned: str, folder: str) -> bool:
    """Whether the pinned path is the folder, or one above it; one without root by the end of either."""
    whole, wanted = _parts(folder), _parts(pinned)
    if not wanted or os.path.isabs(pinned):
        return bool(wanted) and whole[: len(wanted)] == wanted
    ends = range(len(wanted), len(whole) + 1)
    return any(whole[end - len(wanted) : end] == wanted for end in ends)


def _parts(path: str) -> list[str]:
    return [p for p in path.replace("\\", "/").split("/") if p]


def _write(path: Path, pins: Sequence[Pin]) -> None:
    text = HEADER + "".join(f"\n[[pin]]\n{_table(pin)}" for pin in pins)
    path.parent.mkdir(trust.OUR_FOLDER, parents=True, exist_ok=True)
    fs.write_whole(str(path), text.encode(), replace=True)


def _table(pin: Pin) -> str:
    names = (
        "folder",
        "title",
        "group",
        "kind",
        "episodes",
        "id",
        "season",
        "offset",
        "episode",
        "extra",
        "order",
    )
    fields = {name: getattr(pin, name) for name in names}
    said = {name: value for name, value in fields.items() if value is not None and value is not False}
    return "".join(f"{name} = {_value(value)}\n" for name, value in said.items())


def _value(value: str | int) -> str:
    """A TOML value. JSON's strings are TOML's, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
