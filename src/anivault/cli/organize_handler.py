"""`anivault organize`: where every file goes and why, and with --apply the going."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from anivault.cli.match_handler import MatchRequest
from anivault.cli.match_handler import handle as match
from anivault.cli.pace import paced
from anivault.core import flow
from anivault.core.causes import Advantage
from anivault.core.listing import JOURNAL, libraries_of
from anivault.core.models import Held, HeldReason, MatchedFile, Mode, Plan, Write
from anivault.core.moving import history
from anivault.core.moving.emptied import emptied
from anivault.core.moving.executor import Report, execute
from anivault.core.moving.foresight import foresee
from anivault.core.moving.journal import Step
from anivault.core.pipeline.left_out import LeftOut
from anivault.core.pipeline.scanner import root_folders
from anivault.core.planning import planfile
from anivault.core.planning.describing.nfo import writes
from anivault.core.planning.describing.pictures import Picture, pictures
from anivault.core.planning.naming.preset import Preset, load_preset
from anivault.core.planning.planning import OnConflict
from anivault.core.planning.sidecars.fonts import missing
from anivault.services import libraries
from anivault.services.providers import cache_folder, key_or_why
from anivault.shared import fs
from anivault.shared.errors import (
    FolderNotFoundError,
    LibraryIsFileError,
    SourceInLibraryError,
    SourceIsLibraryError,
)
from anivault.shared.settings import Settings

Progress = Callable[[str], flow.Progress]


class OrganizeRequest(MatchRequest, frozen=True, kw_only=True):
    """What to organize, where to and how; `from_plan` replays a plan instead of making one."""

    library: str
    rules: flow.Rules
    filing: bool = True
    apply: bool = False
    plan_file: str | None = None
    replace: bool = False
    from_plan: str | None = None
    seal: bool = False
    nfo: bool = False
    artwork: bool = False
    other_disk: bool = False
    prune: bool = True


class Organized(msgspec.Struct, frozen=True, kw_only=True):
    """The plan, the verdicts behind it, the small files that describe its videos, and what was done."""

    plan: Plan
    files: Sequence[MatchedFile] = ()
    writes: tuple[Write, ...] = ()
    pictures: tuple[Picture, ...] = ()  # still to fetch
    fetched: tuple[Write, ...] = ()
    emptied: tuple[Step, ...] = ()  # the removals of folders that hold nothing else
    left_out: tuple[LeftOut, ...] = ()
    notices: tuple[str, ...] = ()
    report: Report | None = None

    @property
    def replaceable(self) -> bool:
        """True when a file keeps its place against one of these, and a rollback could take it back."""
        library = self.plan.library
        held = list(filter(_is_taken, (*self.plan.held, *(self.report.held if self.report else ()))))
        places = {fs.beside(item.other, library).replace(os.sep, "/") for item in held if item.other}
        places |= {item.place for item in held if item.place}
        return bool(places and self.files) and not places.isdisjoint(history.read(library).files)


def _is_taken(item: Held) -> bool:
    """Whether a file of the library keeps its place against this one."""
    return item.reason is HeldReason.TARGET_TAKEN or item.facts.get("advantage") == Advantage.IN_LIBRARY


def handle(request: OrganizeRequest, progress: Progress) -> Organized:
    """Plan, write the plan where asked, and apply it where asked.

    Raises LibraryIsFileError, SourceInLibraryError, SourceIsLibraryError, WrongDiskError,
    FolderNotFoundError, and what `planfile` and `executor.execute` raise.
    """
    check_places(request.paths, request.library)
    if not request.other_disk:
        libraries.require_there(request.library)
    lost = libraries.lost_history(request.library)
    if request.plan_file:
        planfile.check_place(request.plan_file, replace=request.replace)
    if request.from_plan:
        if request.seal:
            planfile.seal(request.from_plan)
        plan = planfile.read(request.from_plan, root_folders(request.paths), request.library)
        made = Organized(plan=foresee(plan, replayed=True))
    else:
        made = _planned(request, progress)
    made = _beside_libraries(_with_notices(made, _new_history(request.library, lost)))
    if request.prune:
        made = msgspec.structs.replace(made, emptied=emptied(made.plan, made.writes))
    if request.plan_file:
        planfile.write(made.plan, request.plan_file, replace=request.replace)
    if not request.apply:
        return made
    if not (made.plan.moves or made.writes or made.pictures):  # and no library is made either
        nothing = Report(run="", mode=made.plan.mode, moved=0, bytes=0, held=())
        return msgspec.structs.replace(made, report=nothing)
    if made.pictures:
        made = _with_pictures(made, request.settings, progress)
    fontless = [f"{found.subtitle}: no font {', '.join(found.fonts)} here." for found in missing(made.plan)]
    written = (*made.writes, *made.fetched)
    try:
        report = execute(made.plan, writes=written, emptied=made.emptied, progress=paced(progress))
    finally:
        libraries.remember(request.library)
    return msgspec.structs.replace(made, report=report, notices=(*made.notices, *fontless))


def _new_history(library: str, lost: str) -> Iterator[str]:
    if lost:
        yield (
            f"The journal of {library} is empty or gone, and {lost} tells of runs. A new one begins: what "
            f"was done before cannot be taken back. Is there a backup of {os.path.join(library, JOURNAL)}?"
        )


def _with_notices(made: Organized, more: Iterable[str]) -> Organized:
    return msgspec.structs.replace(made, notices=(*made.notices, *more))


def _beside_libraries(made: Organized) -> Organized:
    """Say which other libraries files come from. Raises SourceIsLibraryError: none is moved out of one."""
    folders = dict.fromkeys(os.path.dirname(os.path.abspath(move.source)) for move in made.plan.moves)
    others = libraries_of(folders)
    if others and made.plan.mode is Mode.MOVE:
        raise SourceIsLibraryError(others[0])
    told = [f"{other} is a library of AniVault too. Its files stay there as they are." for other in others]
    return _with_notices(made, told)


def rules(
    settings: Settings, mode: str | None, preset: str | None, on_conflict: OnConflict | None
) -> flow.Rules:
    """The rules that hold: what the command line says, else the settings. Raises PresetError."""
    chosen = settings.organize
    return flow.Rules(
        mode=Mode(mode or chosen.mode),
        preset=load_preset(preset or chosen.preset, settings.presets),
        on_conflict=on_conflict or chosen.on_conflict,
        prefer=chosen.prefer,
    )


def check_places(paths: Sequence[str], library: str) -> None:
    """Refuse a library that is a file, would lie below one or on no drive, and sources that lie in it."""
    there = fs.nearest(library)
    if not os.path.exists(there):
        raise FolderNotFoundError(there, "drive")
    if not os.path.isdir(there):
        raise LibraryIsFileError(there)
    for path in paths:
        if fs.is_below(path, library):
            raise SourceInLibraryError(path, library)


def preview(request: OrganizeRequest, progress: Progress) -> Plan:
    """Plan as for an empty library (`library` is ""); changes nothing, and is not meant to be applied."""
    return _planned(request, progress).plan


def _planned(request: OrganizeRequest, progress: Progress) -> Organized:
    found = match(request, progress, request.library)
    plan = flow.planned(found.read, found.files, request.library, request.paths, request.rules)
    described = writes(plan, found.files, request.rules.preset) if request.nfo else ()
    made = Organized(
        plan=plan,
        files=found.files,
        writes=tuple(write for write in described if not _is_there(plan.library, write)),
        left_out=found.read.left_out,
        notices=tuple(found.notices),
    )
    return _lacking_pictures(made, found.files, request.rules.preset) if request.artwork else made


def _is_there(library: str, write: Write) -> bool:
    return os.path.lexists(os.path.join(library, write.target))


def _lacking_pictures(made: Organized, files: Sequence[MatchedFile], preset: Preset) -> Organized:
    """Name the pictures that could be fetched, or say in a line why none can."""
    from anivault.services.tmdb.artwork import lacking

    key, why = key_or_why()
    if key is None:
        return msgspec.structs.replace(made, notices=(*made.notices, f"{why} No pictures are fetched."))
    wanted = pictures(made.plan, files, preset)
    return msgspec.structs.replace(made, pictures=lacking(made.plan.library, wanted))


def _with_pictures(made: Organized, settings: Settings, progress: Progress) -> Organized:
    from anivault.services.tmdb.artwork import fetch

    key, _ = key_or_why()
    assert key  # or there would be no pictures to fetch
    got = fetch(
        made.pictures,
        key=key,
        folder=cache_folder(),
        url=settings.tmdb.url,
        images=settings.tmdb.images,
        progress=progress("Fetching"),
    )
    return msgspec.structs.replace(
        made, pictures=(), fetched=got.writes, notices=(*made.notices, *got.notices)
    )
