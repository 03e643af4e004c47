"""`anivault organize`: where every file goes and why, and with --apply the going."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence, Set
from functools import partial
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from anivault.core import flow
from anivault.core.anew.kin import Kin
from anivault.core.arrivals import Rules, absent, neighbours, planned, replayed, stock
from anivault.core.described import described
from anivault.core.listing import JOURNAL
from anivault.core.models import Mode, Plan, Write
from anivault.core.moving.journal.turns import turn
from anivault.core.moving.pace import Pace
from anivault.core.organized import Fetched, Organized
from anivault.core.pipeline.reading import read
from anivault.core.pipeline.records import What
from anivault.core.planning import planfile
from anivault.core.planning.describing.nfo import hidden
from anivault.core.planning.describing.pictures import Picture
from anivault.core.planning.naming.misread import path_warnings
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.naming.presets import load_preset
from anivault.core.planning.planning import OnConflict
from anivault.core.verdicts import match
from anivault.services import libraries
from anivault.services.asking import Asking, arriving, opened
from anivault.services.providers import cache_folder, key_or_why
from anivault.services.remembered.glance import Glance, still
from anivault.services.remembered.kept import Kept, folders_of
from anivault.services.telling import told
from anivault.services.telling.torrents import torrents_of
from anivault.shared import fs
from anivault.shared.errors import (
    AniVaultError,
    FolderNotFoundError,
    LibraryIsFileError,
    PresetError,
    SourceInLibraryError,
)
from anivault.shared.logs.lines import audit
from anivault.shared.progress import Bars, untold
from anivault.shared.settings import Settings


class OrganizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to organize, where to and how; `from_plan` follows a plan instead of making one."""

    order: flow.Order
    asking: Asking
    apply: bool = False
    plan_file: str | None = None
    replace: bool = False
    from_plan: str | None = None
    seal: bool = False
    other_disk: bool = False
    prune: bool = True


class DescribeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which folder; whose NFO; and whether to write them."""

    folder: str
    preset: Preset
    what: What
    asking: Asking
    apply: bool = False


def handle(request: OrganizeRequest, bars: Bars, pace: Pace) -> Organized:
    """Plan, write the plan where asked, and apply it where asked.

    Raises LibraryIsFileError, SourceInLibraryError, SourceIsLibraryError, WrongDiskError, LibraryBusyError,
    FolderNotFoundError, and what `planfile` and `executor.execute` raise.
    """
    library = request.order.library
    if not request.other_disk:
        libraries.require_there(library)
    check_places(request.order.what.paths, library)
    lost = libraries.lost_history(library)
    if request.plan_file:
        planfile.check_place(request.plan_file, replace=request.replace)
    if not request.apply:
        return _made(request, bars, lost)
    wait = request.asking.settings.library.wait
    with turn(library, wait, lambda: bars("Waiting for another AniVault")):
        made = _made(request, bars, lost)
        try:
            made = flow.carry_out(made, partial(_fetch, request.asking.settings, bars), pace)
        finally:
            libraries.remember(library)
    audited("organize", made)
    return told(made, request.asking.settings)


class Anew(NamedTuple):
    """What was planned anew: all of the `homes` that a change has reached, and their `folders`."""

    made: Organized
    kin: Kin
    homes: Set[str]
    folders: Set[str]


ROUNDS = 4  # of looking for what a change reaches
MOST = 4  # of a plan as much as a fourth is planned anew by itself; of more, all is


def anew(request: OrganizeRequest, known: Kept, glance: Glance) -> Anew | None:
    """Plan what has changed since a plan was made, and what that reaches; None where all is to be planned.

    `known`: what that plan was made from. `glance`: what was seen now.
    """
    order, seen, files = request.order, glance.folders, sum(one.files for one in known.folders.values())
    homes = known.changed(seen)
    homes |= known.reached(homes, {})
    for _ in range(ROUNDS):
        if known.files_of(homes) * MOST > files:
            return None
        folders = folders_of(homes, seen, known.folders)
        made = _alone(request, replace(order.what, only=folders, since=glance.ended))
        if made is None or made.trace is None:
            return None
        kin = made.trace()
        reached = known.reached(homes, kin.homes)
        if reached <= homes:
            found = Anew(made, kin, homes, folders | known.folders_of(homes))
            return found if still(glance, order.what.paths, order.library, folders) else None
        homes |= reached
    return None


def _alone(request: OrganizeRequest, what: What) -> Organized | None:
    """Plan this alone; None where it comes to more than moves and held files."""
    try:
        made = handle(
            replace(request, order=replace(request.order, what=what)), lambda _: untold, lambda *_: None
        )
    except AniVaultError:  # it may be one that all files together do not lead to
        return None
    return made if made.plain else None


def audited(operation: str, made: Organized) -> None:
    """Write into the log what a run did to a library."""
    if made.report:
        done, held = len(made.moves), len(made.report.held)
        audit(operation, made.plan.library, made.report.run, done=done, held=held)


def _made(request: OrganizeRequest, bars: Bars, lost: str) -> Organized:
    """The plan, made or read back, and written where asked."""
    library = request.order.library
    made = _replayed(request) if request.from_plan else _planned(request, bars)
    made = replace(made, notices=(*made.notices, *_new_history(library, lost)))
    if request.prune:
        made = flow.pruned(made)
    if request.plan_file:
        planfile.write(made.plan, request.plan_file, replace=request.replace)
    return made


def _new_history(library: str, lost: str) -> Iterator[str]:
    if lost:
        yield (
            f"The journal of {library} is empty or gone, and {lost} tells of runs. A new one begins: what "
            "was done before cannot be taken back. Is its disk mounted? Is there a backup of "
            f"{os.path.join(library, JOURNAL)}?"
        )


def _replayed(request: OrganizeRequest) -> Organized:
    assert request.from_plan
    if request.seal:
        planfile.seal(request.from_plan)
    order = request.order
    plan = replayed(request.from_plan, order.what.paths, order.library, order.rules.torrent_of)
    described = absent(plan.library, _hidden(plan, request.asking.settings))
    return Organized(plan=plan, writes=described, notices=neighbours(plan))


def _hidden(plan: Plan, settings: Settings) -> tuple[Write, ...]:
    """What a replayed plan needs next to extras; a preset that is not known any more needs nothing."""
    try:
        return hidden(plan, (), load_preset(plan.preset, settings.presets))
    except PresetError:
        return ()


def _planned(request: OrganizeRequest, bars: Bars) -> Organized:
    """Plan; without a key for TMDB no pictures are looked for, and a line says why."""
    order = request.order
    why = _no_key() if order.artwork else ()
    if why:
        order = replace(order, artwork=False)
    with opened(request.asking, order.library, bars("Matching")) as those:
        made = flow.organize(order, those.asked, bars, applied=request.apply)
        return replace(made, notices=(*those.notices, *why, *made.notices, *_warnings(order)))


SYMLINKS_AT_JELLYFIN = (
    "Jellyfin from 10.11 on follows symbolic links, and reads the names of your files, not the library's. "
    "With --nfo it knows the episodes all the same."
)


def _warnings(order: flow.Order) -> Iterator[str]:
    """What no name in the library can keep a server from."""
    servers = order.rules.preset.servers
    yield from path_warnings(os.path.abspath(order.library), servers) if order.library else ()
    if order.rules.mode is Mode.SYMLINK and "jellyfin" in servers and not order.nfo:
        yield SYMLINKS_AT_JELLYFIN


def _no_key() -> tuple[str, ...]:
    key, why = key_or_why()
    return () if key else (f"{why} No pictures are fetched.",)


def _fetch(settings: Settings, bars: Bars, wanted: Sequence[Picture]) -> Fetched:
    key, _ = key_or_why()
    if not (wanted and key):
        return Fetched()
    from anivault.services.tmdb.artwork import fetch  # few runs want pictures

    tmdb = settings.tmdb
    return fetch(
        wanted, key=key, folder=cache_folder(), url=tmdb.url, images=tmdb.images, progress=bars("Fetching")
    )


def describe(request: DescribeRequest, bars: Bars, pace: Pace) -> Organized:
    """`--no-touch`: describe every matched video of a folder; the others are held.

    Raises FolderNotFoundError, and what `asking.opened` and `executor.execute` raise.
    """
    if not os.path.isdir(request.folder):
        raise FolderNotFoundError(request.folder, "folder")
    with opened(request.asking, None, bars("Matching")) as those:
        found = read(request.what, those.asked.reader, bars("Scanning"), those.asked.memory)
        files = match(found, those.asked, bars("Matching"))
        made = described(found, files, request.folder, request.preset)
        made = replace(made, notices=those.notices)
    return flow.carry_out(made, lambda _: Fetched(), pace) if request.apply and made.writes else made


def order(settings: Settings, paths: Sequence[str], library: str) -> flow.Order:
    """What `organize PATH... --to LIB` does, with the settings that hold."""
    what = arriving(settings, paths, library)
    return flow.Order(what=what, library=library, rules=rules(settings, None, None, None))


def rules(
    settings: Settings,
    mode: str | None,
    preset: str | None,
    on_conflict: OnConflict | None,
    *,
    upgrade: bool | None = None,
) -> Rules:
    """The rules that hold: what the command line says, else the settings. Raises PresetError."""
    chosen = settings.organize
    return Rules(
        mode=Mode(mode or chosen.mode),
        preset=load_preset(preset or chosen.preset, settings.presets),
        on_conflict=on_conflict or chosen.on_conflict,
        prefer=chosen.prefer,
        upgrade=chosen.upgrade if upgrade is None else upgrade,
        torrent_of=torrents_of(settings),
    )


def check_places(paths: Sequence[str], library: str) -> None:
    """Refuse a library that is a file, below one, on no drive or at a link to nothing, and sources in it."""
    if library and (gone := fs.dead_link(library)):
        raise FolderNotFoundError(gone, "folder")
    there = fs.nearest(library)
    if not os.path.exists(there):
        raise FolderNotFoundError(there, "drive")
    if not os.path.isdir(there):
        raise LibraryIsFileError(there)
    for path in paths:
        if fs.is_below(path, library):
            raise SourceInLibraryError(path, library)


def preview(request: OrganizeRequest, bars: Bars) -> Plan:
    """Plan as for an empty library (`library` is ""); changes nothing, and is not meant to be applied."""
    order = request.order
    with opened(request.asking, None, bars("Matching")) as those:
        found = read(order.what, those.asked.reader, bars("Scanning"), those.asked.memory)
        files = match(found, those.asked, bars("Matching"))
        return planned(found, files, stock(order.library), order.what.paths, order.rules)
