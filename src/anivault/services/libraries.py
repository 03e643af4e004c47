"""Remember on which disk each library lies: if its disk is not mounted, the empty folder is not a library.

In: the path of a library. Out: nothing, or WrongDiskError. Touches one small file a library in the user's
state folder. Forgetting fails nothing: whatever cannot be read or written there is passed over.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from platformdirs import user_state_path

from anivault.core.moving import history
from anivault.core.moving.journal.records import journal_path
from anivault.shared import fs
from anivault.shared.errors import JournalLostError, WrongDiskError


class Home(msgspec.Struct, frozen=True):
    """Where a library is; the path is for people."""

    path: str
    disk: str


def require_there(library: str) -> None:
    """Refuse a folder without a library that lies on another disk than the library that was there."""
    if os.path.exists(journal_path(library)):
        return
    with suppress(OSError, msgspec.MsgspecError):
        was = msgspec.json.decode(_place(library).read_bytes(), type=Home).disk
        if fs.other_disk(was, fs.disk_id(_nearest(os.path.abspath(library)))):
            hint = "Mount the disk. If this one is right, organize into it with --other-disk."
            raise WrongDiskError(library, "the library", hint=hint)


def is_away(library: str) -> bool:
    """Tell whether there was a library that is not there now: which disk lies there has to be looked at."""
    return not os.path.exists(journal_path(library)) and _place(library).exists()


def remember(library: str) -> None:
    """Note the disk of a library, if there is one by now."""
    if not _has_runs(library):
        return
    with suppress(OSError):
        place = _place(library)
        home = Home(os.fsencode(os.path.abspath(library)).decode("utf-8", "replace"), fs.disk_id(library))
        data = msgspec.json.encode(home)
        if place.exists() and place.read_bytes() == data:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_suffix(".new")
        new.write_bytes(data)
        new.replace(place)


def remembered() -> list[str]:
    """The libraries that are remembered, by their paths."""
    found = []
    for place in sorted((user_state_path("anivault") / "libraries").glob("*.json")):
        with suppress(OSError, msgspec.MsgspecError):
            found.append(msgspec.json.decode(place.read_bytes(), type=Home).path)
    return found


def lost_history(library: str) -> str:
    """What tells that runs have worked in a library whose journal has none of them; '' where nothing does.

    A folder that is empty or gone has lost it too: its disk may not be mounted, also where the folder that is
    left lies on the same disk as before.
    """
    if found := history.lost(library):
        return found
    with suppress(OSError):
        if not _has_runs(library) and _place(library).exists():
            return "what AniVault remembers"
    return ""


def require_kept(library: str | None) -> None:
    """Refuse to write a word into a library that is away: it would lie under the disk that is not mounted.

    One that nothing was put into yet may keep words. Raises JournalLostError.
    """
    if library and (trace := lost_history(library)):
        hint = "Mount its disk, or put the library back from a backup. `organize` begins a new journal."
        raise JournalLostError(journal_path(library), trace, hint=hint)


def _has_runs(library: str) -> bool:
    with suppress(OSError):
        return os.path.getsize(journal_path(library)) > 0
    return False


def _place(library: str) -> Path:
    from xxhash import xxh3_64_hexdigest

    name = xxh3_64_hexdigest(os.fsencode(os.path.abspath(library)))
    return user_state_path("anivault") / "libraries" / f"{name}.json"


def _nearest(path: str) -> str:
    while not os.path.isdir(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path
