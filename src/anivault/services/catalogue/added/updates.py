"""Bring the catalogue up to date: lists as they are published today, or as they lie in a folder.

In: names of lists, or none for all that are on. Out: what became of each, and what the catalogue has more. A
list is taken whole or not at all, one that fails costs only itself, and each is kept as an import is:
`catalog remove` takes it out again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from enum import StrEnum
from math import ceil
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from anivault.services.catalogue.added.fetch import FetchError, Got, fetch
from anivault.services.catalogue.added.importers import ImportReport, import_bytes, import_file, kind_of
from anivault.services.catalogue.added.imports import (
    KINDS,
    ImportInfo,
    import_info,
    import_rows,
    import_texts,
)
from anivault.services.catalogue.added.published import HOUR, Asked, Published, asked, published, remember
from anivault.services.catalogue.merge import merge
from anivault.services.catalogue.store import rows_of, shipped
from anivault.services.tmdb.limiter import Clock, SystemClock
from anivault.services.web import checked_address
from anivault.shared.errors import (
    FolderNotFoundError,
    FolderUnreadableError,
    ImportRefusedError,
    ListUnknownError,
)
from anivault.shared.progress import Progress


class State(StrEnum):
    """What became of a list."""

    UPDATED = "updated"
    SAME = "same"  # nothing is newer than what is here
    EARLY = "early"  # it must not be asked for again yet
    OFF = "off"  # it is fetched only when it is named
    FAILED = "failed"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one list; `why` where it was not taken."""

    name: str
    state: State
    why: str = ""
    entries: int = 0
    version: str = ""
    licence: str = ""


class Size(msgspec.Struct, frozen=True):
    """What the catalogue holds: shows and films, entries with a stated place, titles."""

    shows: int
    places: int
    titles: int


class UpdateReport(msgspec.Struct, frozen=True):
    """What an update did."""

    lists: tuple[Outcome, ...]
    before: Size
    after: Size


def update(
    names: Sequence[str],
    *,
    mirror: str = "",
    data_dir: str | None = None,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> UpdateReport:
    """Get the named lists from where they are published, or all that are on.

    With a `mirror` every address is asked there, by its own path. ListUnknownError before anything is asked.
    """
    known = published()
    if unknown := [name for name in names if name not in known]:
        raise ListUnknownError(unknown[0], list(known))
    before, outcomes = size(data_dir), []
    for n, name in enumerate(names or known):
        _tell(progress, n, len(names or known))
        outcomes.append(_update_one(name, known[name], bool(names), mirror, data_dir, clock or SystemClock()))
    return UpdateReport(tuple(outcomes), before, size(data_dir))


def update_from(
    folder: Path, names: Sequence[str], *, data_dir: str | None = None, progress: Progress | None = None
) -> UpdateReport:
    """Take the newest file of each kind that lies in `folder`; files that are not lists are passed over.

    FolderNotFoundError, or ListUnknownError for a name that no list has.
    """
    _check_named(folder, names)
    before, found = size(data_dir), _newest(folder)
    wanted = {kind: path for kind, path in found.items() if not names or kind in names}
    outcomes = [
        Outcome(name=n, state=State.FAILED, why="no such list is there") for n in names if n not in found
    ]
    for n, (kind, path) in enumerate(wanted.items()):
        _tell(progress, n, len(wanted))
        outcomes.append(_from_file(kind, path, data_dir))
    return UpdateReport(tuple(outcomes), before, size(data_dir))


def _check_named(folder: Path, names: Sequence[str]) -> None:
    if not os.path.isdir(folder):  # False for a name that is too long, too
        raise FolderNotFoundError(str(folder))
    if unknown := [name for name in names if name not in KINDS]:
        raise ListUnknownError(unknown[0], list(KINDS))


def size(data_dir: str | None = None) -> Size:
    """Count what the catalogue holds with all that was added to it."""
    imports = [import_rows(path, text) for path, text in import_texts(data_dir).items()]
    rows = merge(rows_of(shipped()), imports)
    stated = [row for row in rows if row.season is not None and not row.unsure]
    return Size(
        shows=len({row.tmdb for row in rows}),
        places=sum(not {"season", "offset"} & {*row.derived} for row in stated),
        titles=sum(len(texts) for row in rows for texts in row.titles.values()),
    )


def _remember_failure(name: str, error: Exception, before: Asked, data_dir: str | None, clock: Clock) -> None:
    """Remember when a place was asked in vain; one that was not reached may be asked again at once."""
    if not isinstance(error, FetchError) or error.reached:
        remember(name, replace(before, at=clock.now()), data_dir)


def _update_one(
    name: str, source: Published, is_named: bool, mirror: str, data_dir: str | None, clock: Clock
) -> Outcome:
    if not source.on and not is_named:
        return Outcome(name=name, state=State.OFF, why=source.off, licence=source.licence)
    last, kept = asked(data_dir).get(name), import_info(source.importer, data_dir)
    if last and (wait := last.wait(source, clock.now())):
        return Outcome(name=name, state=State.EARLY, why=f"it may be asked for again in {_span(wait)}")
    before = last if kept else None
    try:
        got = _fetched(source, mirror, before, clock)
        report = None if got.body is None else _taken(source, got.body, data_dir)
    except (FetchError, ImportRefusedError) as error:
        _remember_failure(name, error, before or Asked(at=0.0), data_dir, clock)
        return Outcome(name=name, state=State.FAILED, why=_why(error))
    remember(name, got.asked, data_dir)
    return _compared(name, kept, report)


def _taken(source: Published, body: bytes, data_dir: str | None) -> ImportReport:
    file = source.address[0].rpartition("/")[2]
    return import_bytes(file, body, kind=source.importer, data_dir=data_dir)


def _compared(name: str, kept: ImportInfo | None, report: ImportReport | None) -> Outcome:
    """What came, against what was kept before; nothing comes where nothing is new."""
    if report is None or (kept and kept.sha256 == report.info.sha256):
        return Outcome(name=name, state=State.SAME)
    return _updated(name, report)


def _fetched(source: Published, mirror: str, before: Asked | None, clock: Clock) -> Got:
    addresses, hosts = source.address, source.hosts
    if mirror:
        unsafe = "anyone on the way could change what comes: use https"
        base = checked_address(mirror, "catalog.mirror", unsafe)
        addresses, hosts = [base + urlsplit(address).path for address in addresses[:1]], []
    return fetch(addresses, hosts=hosts, cap=source.mib * 2**20, before=before, clock=clock)


def _from_file(kind: str, path: Path, data_dir: str | None) -> Outcome:
    kept = import_info(kind, data_dir)
    try:
        report = import_file(path, data_dir)
    except ImportRefusedError as error:
        return Outcome(name=kind, state=State.FAILED, why=_why(error))
    return _compared(kind, kept, report)


def _updated(name: str, report: ImportReport) -> Outcome:
    info = report.info
    state, licence = State.UPDATED, info.licence
    return Outcome(name=name, state=state, entries=info.entries, version=info.version, licence=licence)


def _why(error: FetchError | ImportRefusedError) -> str:
    return error.why if isinstance(error, ImportRefusedError) else f"it {error}"


def _newest(folder: Path) -> dict[str, Path]:
    """Return the newest file of each kind, in the order in which they are merged."""
    found: dict[str, Path] = {}
    for path in sorted(_files(folder), key=lambda path: (path.stat().st_mtime_ns, path.name)):
        if kind := kind_of(path):
            found[kind] = path
    return {kind: found[kind] for kind in KINDS if kind in found}


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from (path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise FolderUnreadableError(str(folder), error) from error


def _span(seconds: float) -> str:
    """How long that is, in words."""
    hours = round(seconds / HOUR)
    return (
        f"{hours} hours"
        if hours > 1
        else "an hour"
        if seconds > HOUR / 2
        else f"{ceil(seconds / 60)} minutes"
    )


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress:
        progress(done, of)
