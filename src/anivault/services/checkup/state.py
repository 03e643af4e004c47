"""Look at what AniVault knows and keeps: a library's journal and lock, the catalogue, TMDB, its own folders.

In: settings, a library. Out: checks. Asks TMDB once, where there is a key; writes nothing.
"""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path

import platformdirs

from anivault import __version__
from anivault.core.moving import history
from anivault.core.moving.journal.log import read_journal
from anivault.core.moving.journal.turns import is_busy
from anivault.services import libraries
from anivault.services.catalogue.added.stale import OLD, known_until
from anivault.services.catalogue.offline import Catalog
from anivault.services.checkup.found import Check, fault, ok, warning
from anivault.services.providers import key_or_why
from anivault.services.secrets import find_key
from anivault.services.tmdb.wire import Wire
from anivault.shared import fs, trust
from anivault.shared.errors import AniVaultError, TmdbKeyError, quoted
from anivault.shared.places import FOLDER, user_config_path
from anivault.shared.plugins import PARSERS, PROVIDERS, names
from anivault.shared.settings import Settings

SECONDS = 10  # for the one request
LOOKED_AT = 1000  # files of AniVault's own
AS_WE_ARE = os.access in os.supports_effective_ids  # not as who typed sudo


def library(path: str) -> Iterator[Check]:
    """Whose a library is, on which disk, who works in it, and whether its runs have ended."""
    libraries.require_there(path)
    trust.require_home(path)
    if lost := libraries.lost_history(path):
        mend = f"Is there a backup of {os.path.join(path, FOLDER)}? Without it runs cannot be taken back."
        yield fault("journal", f"The journal of {path} is empty or gone, and {lost} tells of runs.", mend)
    yield _lock(path)
    if not os.path.isdir(path) or not history.is_library(path):
        yield ok("journal", f"{path} has no runs yet.")
        return
    found = read_journal(path)
    if found.torn:
        yield warning(
            "journal", "The last line of the journal is cut off.", f"anivault recover {quoted(path)}"
        )
    if found.unfinished and not is_busy(path):
        mend = f"anivault recover {quoted(path)}"
        yield fault("runs", f"A run in {path} was cut off and is not settled.", mend)
    else:
        yield ok("runs", f"The journal of {path} has {len(found.runs):,} runs, all settled.")


def _lock(path: str) -> Check:
    lock = os.path.join(path, FOLDER, "lock")
    if is_busy(path):
        return warning(
            "lock", f"Another AniVault is at work in {path}.", "Wait for it, or see: ps aux | grep anivault"
        )
    if os.path.lexists(lock):
        try:
            held = fs.lock(lock)
        except OSError as error:
            mend = f"When no AniVault runs: rm -r {quoted(lock)}"
            return fault("lock", f"The lock {lock} cannot be opened ({error.strerror}).", mend)
        if held is not None:
            os.close(held)
    return ok("lock", "Nobody else is at work in the library.")


def catalogue() -> Iterator[Check]:
    """Whether the catalogue can be read, and how old it is."""
    Catalog.open().close()
    until = known_until()
    text = f"The catalogue knows shows until {until:%Y-%m}."
    old = date.today() - until >= OLD
    yield warning("catalogue", text, "anivault catalog update") if old else ok("catalogue", text)


def tmdb(settings: Settings) -> Iterator[Check]:
    """Whether there is a key that TMDB takes."""
    try:
        find_key(user_config_path().parent)
    except TmdbKeyError as error:
        yield fault("key", str(error), error.hint)
        return
    key, why = key_or_why()
    if key is None:
        yield ok("key", f"{why} The catalogue answers alone; anivault config set-key takes one.")
        return
    try:
        status = asyncio.run(asyncio.wait_for(_asked(Wire(key, settings.tmdb.url)), SECONDS))
    except (AniVaultError, TimeoutError) as error:
        told = str(error) or f"no answer within {SECONDS} seconds"
        yield warning("network", f"TMDB cannot be reached: {told}", "The catalogue answers meanwhile.")
        return
    if status in (401, 403):
        yield fault("key", f"TMDB refuses the key ({status}).", "Give another one: anivault config set-key")
    elif status >= 400:
        yield warning(
            "network", f"TMDB answers {status}.", "Try again later; the catalogue answers meanwhile."
        )
    else:
        yield ok("key", "TMDB takes the key.")


async def _asked(wire: Wire) -> int:
    try:
        return (await wire.send("configuration", ())).status
    finally:
        await wire.close()


def program(settings: Settings) -> Iterator[Check]:
    """Versions, what the settings name, and whether AniVault can keep what it knows."""
    python = platform.python_version()
    yield ok("version", f"anivault {__version__}, Python {python}, {platform.platform()}.")
    wanted = {PARSERS: settings.parser.engines, PROVIDERS: settings.match.providers}
    for group, chosen in wanted.items():
        for name in chosen:
            if name not in names(group):
                yield fault(
                    "settings", f"The settings name {name}, which is not installed.", "anivault config show"
                )
    for what in ("config", "state", "cache", "data"):
        yield _own(what, str(getattr(platformdirs, f"user_{what}_dir")("anivault")))


def _own(what: str, folder: str) -> Check:
    there = fs.nearest(folder)
    if shut := _shut(folder):
        return fault(what, f"AniVault's {what} folder has {shut}, which you may not use.", trust.let_in(shut))
    if not os.path.isdir(there) or not os.access(there, os.W_OK | os.X_OK):
        mend = f"ls -ld {quoted(there)}; a container needs it as a volume that its user can write."
        return warning(what, f"AniVault's {what} folder {folder} cannot be written.", mend)
    return ok(what, f"AniVault's {what} folder is {Path(folder)}.")


def _shut(folder: str) -> str:
    """The first file or folder of AniVault's own that its user may not read and write; '' for none.

    On a disk that nobody can write there is none: there a command does without.
    """
    if os.path.isdir(folder) and fs.is_read_only(folder):
        return ""
    below = (os.path.join(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files))
    for path in islice(chain([folder], below), LOOKED_AT):
        wanted = os.R_OK | os.W_OK | (os.X_OK if os.path.isdir(path) else 0)
        if os.path.exists(path) and not os.access(path, wanted, effective_ids=AS_WE_ARE):
            return path
    return ""
