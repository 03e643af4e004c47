"""Remember on which disk each library lies: if its disk is not mounted, the empty folder is not a library.

In: the path of a library, by whatever name. Out: nothing, or WrongDiskError. A library is known by where it
really is, links and second mounts followed. Touches one small file for each such place in the user's state
folder. Forgetting fails nothing: whatever cannot be read or written there is passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from platformdirs import user_state_path

from anivault.core.moving import history
from anivault.core.moving.journal.records import journal_path
from anivault.shared import fs
from anivault.shared.errors import JournalLostError, WrongDiskError

MOUNT = "Mount the disk. If this one is right, organize into it with --other-disk."


class Home(msgspec.Struct, frozen=True):
    """Where a library is. Notes of older versions have only `path`, as it was typed."""

    path: str  # for people
    disk: str
    at: bytes = b""  # the path itself, without links
    point: bytes = b""  # the folder that its disk is mounted on


def require_there(library: str) -> None:
    """Refuse a folder without a library that lies under the mount point of an absent disk.

    It is absent if the library that was there, or another one that was on the same disk, lay on another disk
    than the one that is there now.
    """
    if error := _wrong_disk(library):
        raise error


def is_away(library: str) -> bool:
    """Tell whether there was a library that is not there now: which disk lies there has to be looked at."""
    if os.path.exists(journal_path(library)):
        return False
    return bool(_homes_of(library)) or _wrong_disk(library) is not None


def remember(library: str) -> None:
    """Note the disk of a library, if there is one by now."""
    if not _has_runs(library):
        return
    with suppress(OSError):
        disk, places = fs.disk_id(library), fs.places(library)
        for place in places:
            shown = os.fsencode(place).decode("utf-8", "replace")
            point = os.fsencode(_mount_point(place, disk))
            _write(_note(place), msgspec.json.encode(Home(shown, disk, os.fsencode(place), point)))
        for note, home in _notes():
            if not home.at and os.path.realpath(home.path) in places:
                note.unlink()  # by the name of a link: its place is noted now


def remembered() -> list[str]:
    """The libraries that are remembered, by their paths."""
    return [home.path for _, home in _notes()]


def lost_history(library: str) -> str:
    """What tells that runs have worked in a library whose journal has none of them; '' where nothing does.

    A folder that is empty or gone has lost it too: its disk may not be mounted, also where the folder that is
    left lies on the same disk as before.
    """
    if found := history.lost(library):
        return found
    if not _has_runs(library) and _homes_of(library):
        return "what AniVault remembers"
    return ""


def missed(library: str | None) -> WrongDiskError | JournalLostError | None:
    """What is to be said of a library that is away; None where it is there, and where none was put yet.

    Its pins and lists are not there to be heard, and a word that is written would lie under the disk that is
    not mounted.
    """
    if not library:
        return None
    if error := _wrong_disk(library):
        return error
    if trace := lost_history(library):
        hint = "Mount its disk, or put the library back from a backup. `organize` begins a new journal."
        return JournalLostError(journal_path(library), trace, hint=hint)
    return None


def require_kept(library: str | None) -> None:
    """Refuse to read or write a word in a library that is away. Raises WrongDiskError, JournalLostError."""
    if error := missed(library):
        raise error


def _wrong_disk(library: str) -> WrongDiskError | None:
    if os.path.exists(journal_path(library)):
        return None
    place, disk = os.path.realpath(library), ""
    with suppress(OSError):
        disk = fs.disk_id(_nearest(place))
    if own := _homes_of(library):
        wrong = any(fs.other_disk(home.disk, disk) for home in own)
        return WrongDiskError(library, "the library", hint=MOUNT) if wrong else None
    for _, home in _notes():
        with suppress(OSError):  # of one that cannot be looked at; others may be away
            if point := _absent(home, place, disk):
                return WrongDiskError(point, f"the library {home.path}", hint=MOUNT)
    return None


def _absent(home: Home, place: str, disk: str) -> str:
    """The bare mount point of a library's disk, where a place on this disk is at it or below; else ""."""
    point = _point_of(home)
    outside = os.path.dirname(point)
    if outside == point:  # the system's own disk, which is there, be it another one than it was
        return ""
    if not history.lies_in(place, point) or os.path.exists(journal_path(_path_of(home))):
        return ""
    bare, above = fs.disk_id(_nearest(point)), fs.disk_id(_nearest(outside))
    gone = fs.other_disk(home.disk, bare) and not fs.other_disk(bare, above)  # no other disk is mounted there
    return point if gone and not fs.other_disk(bare, disk) else ""


def _point_of(home: Home) -> str:
    """Where a library's disk is mounted; an older note does not say, and an empty folder may be that."""
    if home.point:
        return os.fsdecode(home.point)
    near = _nearest(path := _path_of(home))
    return path if os.listdir(near) else near


def _path_of(home: Home) -> str:
    return os.fsdecode(home.at) if home.at else os.path.realpath(home.path)


def _homes_of(library: str) -> list[Home]:
    """What is noted of a library: where it is, and by older versions under the name that was typed."""
    place = os.path.realpath(library)
    own = {_note(place), _note(os.path.abspath(library))}
    return [home for note, home in _notes() if note in own or _path_of(home) == place]


def _mount_point(place: str, disk: str) -> str:
    """The highest folder above that is on the same disk."""
    while (above := os.path.dirname(place)) != place and not fs.other_disk(disk, fs.disk_id(above)):
        place = above
    return place


def _has_runs(library: str) -> bool:
    with suppress(OSError):
        return os.path.getsize(journal_path(library)) > 0
    return False


def _notes() -> Iterator[tuple[Path, Home]]:
    notes: list[Path] = []
    with suppress(OSError):  # pathlib raises where the folder above may not be entered
        notes = sorted((user_state_path("anivault") / "libraries").glob("*.json"))
    for note in notes:
        with suppress(OSError, ValueError, RecursionError, msgspec.MsgspecError):
            yield note, msgspec.json.decode(note.read_bytes(), type=Home)


def _note(place: str) -> Path:
    from xxhash import xxh3_64_hexdigest

    name = xxh3_64_hexdigest(os.fsencode(place))
    return user_state_path("anivault") / "libraries" / f"{name}.json"


def _write(note: Path, data: bytes) -> None:
    if os.path.exists(note) and note.read_bytes() == data:
        return
    note.parent.mkdir(parents=True, exist_ok=True)
    new = note.with_suffix(".new")
    new.write_bytes(data)
    new.replace(note)


def _nearest(path: str) -> str:
    while not os.path.isdir(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path
