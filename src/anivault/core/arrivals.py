"""Plan around what a library holds: where arriving files go, and what its own files are to be called.

In: files with their verdicts, and a library. Out: a Plan, as far as the library's disk allows it. Reads the
library, its journal and the sources; changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from anivault.core.causes import Cause
from anivault.core.listing import libraries_of, listing
from anivault.core.living.upgraded import upgraded
from anivault.core.models import (
    EntryKind,
    FileKind,
    Held,
    HeldReason,
    Identity,
    Inhabitant,
    MatchedFile,
    Mode,
    Move,
    ParsedFile,
    Plan,
    ScannedFile,
    Write,
)
from anivault.core.moving import history
from anivault.core.moving.foresight import foresee
from anivault.core.moving.history import Past, Replay
from anivault.core.moving.journal.log import History, read_journal
from anivault.core.organizer import plan, rename
from anivault.core.pipeline.parser import parse_alone
from anivault.core.pipeline.records import Read, kind_of
from anivault.core.pipeline.scanner import root_folders
from anivault.core.planning import planfile
from anivault.core.planning.describing.pictures import Picture
from anivault.core.planning.library import Library, Origin
from anivault.core.planning.naming.characters import NAME_MAX
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.planning import OnConflict
from anivault.core.planning.retitled import retitled
from anivault.core.planning.seeding import TorrentOf, held, held_back, of_none, spare
from anivault.parser.read import Reader
from anivault.shared import fs
from anivault.shared.errors import SourceIsLibraryError, quoted


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How files are to reach the library, and under which names."""

    mode: Mode
    preset: Preset
    on_conflict: OnConflict = "hold"
    prefer: tuple[str, ...] = ()
    upgrade: bool = False  # a better file takes the place of one that a run has put there
    torrent_of: TorrentOf = of_none
    last: frozenset[str] = frozenset()  # paths that yield to every other file: the user leaves them out


class Stock(NamedTuple):
    """What runs have put into a library, read once: `origins` has each file as it came, by its place.

    A library that is "" is only imagined: nothing is known of it, and nothing is in it.
    """

    library: str
    origins: Mapping[str, Origin] = {}
    unfinished: bool = False  # a run has no end
    journal: History | None = None  # as it was read, for a run that follows


def stock(library: str, *, kept: bool = False) -> Stock:
    """Read what the journal of a library tells; it is `kept` for a run. Raises what `read_journal` raises."""
    if not library:
        return Stock(library)
    past = history.read(library)
    return Stock(library, _origins(past), past.unfinished, past.history if kept else None)


def planned(
    found: Read,
    files: Sequence[MatchedFile],
    there: Stock,
    roots: Sequence[str],
    rules: Rules,
    *,
    described: bool = False,
    reader: Reader | None = None,
) -> Plan:
    """Plan every file of `found` into a library, around what lies there already, as far as its disk allows.

    `described`: NFO files are written too, so that they can say what names cannot. `reader` reads the
    names of files that are there, where they are compared with those that arrive.

    Raises what `foresight.foresee` raises.
    """
    library = there.library
    made = plan(
        files,
        sorted(found.others, key=_is_empty),  # a subtitle without a byte takes no place from one with some
        library=library,
        roots=root_folders(roots),
        mode=rules.mode,
        preset=rules.preset,
        taken=_taken(there, reader, rules.preset) if os.path.isdir(library) else Library(),
        on_conflict=rules.on_conflict,
        prefer=rules.prefer,
        name_max=_name_max(library),
        described=described,
        upgrade=rules.upgrade,
        last=rules.last,
        workers=reader.workers if reader else 1,
    )
    made = _making_room(spare(made, rules.torrent_of))
    return foresee(made, unfinished=there.unfinished) if library else made


def _making_room(made: Plan) -> Plan:
    """Say where the files go whose places better ones take."""
    if not any(move.replaces for move in made.moves):
        return made
    return upgraded(made, list(inhabitants(made.library)), _name_max(made.library))


def _taken(stock: Stock, reader: Reader | None, preset: Preset) -> Library:
    there = list(listing(stock.library))
    folders = [item.rel for item in there if item.kind is EntryKind.FOLDER]
    files = _files(stock.library, there, stock.origins)
    reread = partial(parse_alone, reader=reader) if reader else None
    seasons = {preset.season.lower()} if "{" not in preset.season else set()
    # Without engines, names that differ from one that was read in numbers alone are not read again.
    return Library(files, stock.origins, folders, Reader().read, reread, seasons)


def _is_empty(item: ParsedFile) -> bool:
    return item.file.identity is not None and not item.file.identity.size


def _name_max(library: str) -> int:
    """The longest name, in bytes, that the library's file system takes."""
    try:
        return min(NAME_MAX, fs.name_max(fs.nearest(library)))
    except OSError:  # some network shares do not say
        return NAME_MAX


def _origins(past: Replay) -> dict[str, Origin]:
    """By place in the library: each file as it was when a run took it in, and what its name was made from."""
    return {
        place: Origin(
            _taken_in(file),
            next((m for put in file.puts[::-1] if (m := put.step.metadata)), None),
            next((v for put in file.puts[::-1] if (v := put.step.video)), None),
        )
        for place, file in past.files.items()
        if not file.puts[0].inside
    }


def _taken_in(past: Past) -> ScannedFile:
    (root, rel), step = past.first, past.puts[0].step
    return ScannedFile(root, rel, kind_of(rel), Identity(step.size, step.mtime_ns, 0, step.inode))


def renamed(
    library: str,
    videos: Sequence[MatchedFile],
    others: Sequence[ParsedFile],
    preset: Preset,
    torrent_of: TorrentOf = of_none,
) -> Plan:
    """Plan new names within `library` for what is in it already."""
    present = list(inhabitants(library))
    links = {item.rel for item in listing(library) if item.kind is EntryKind.LINK or not item.identity}
    made = rename(
        videos,
        others,
        library=library,
        present=present,
        links=links,
        preset=preset,
        name_max=_name_max(library),
    )
    made = _linked_where_they_are(spare(made, torrent_of), links)
    return foresee(made, unfinished=read_journal(library).unfinished)


def _linked_where_they_are(made: Plan, links: Container[str]) -> Plan:
    """Hold the symbolic links that would go to another disk: links are renamed, never written again."""
    mounts = fs.mounts()

    def crosses(move: Move) -> Held | None:
        if move.rel not in links or not os.path.islink(move.source):
            return None
        here, there = (
            _mount(path, mounts) for path in (move.source, os.path.join(made.library, move.target))
        )
        return None if here == there else held(move, HeldReason.OTHER_FILESYSTEM, Cause.LINK_STAYS)

    return held_back(made, crosses)


def _mount(path: str, mounts: Container[str]) -> tuple[int, str]:
    """The disk that a file's folder is on, or will be, and where it is mounted."""
    folder = os.path.realpath(fs.nearest(os.path.dirname(path)))
    return os.stat(folder).st_dev, fs.mount_point(folder, mounts)


def replayed(file: str, roots: Sequence[str], library: str, torrent_of: TorrentOf = of_none) -> Plan:
    """Take a written plan, as far as disk and torrents still allow it. Raises what `planfile` does."""
    read = planfile.read(file, root_folders(roots), library)
    made = _making_room(spare(read, torrent_of))
    return foresee(made, unfinished=read_journal(library).unfinished, replayed=True)


def untitled(there: Stock, files: Sequence[MatchedFile], preset: Preset) -> tuple[str, ...]:
    """Say once how many episodes of the shows that arrive have a title by now that their names lack."""
    found = sum(1 for _ in retitled(there.origins, files, preset))
    if not found:
        return ()
    library = there.library
    are = "1 episode here has a title" if found == 1 else f"{found:,} episodes here have titles"
    return (f"{are} by now that the file's name lacks. See the new names: anivault rename {quoted(library)}",)


def neighbours(plan: Plan) -> tuple[str, ...]:
    """Say which other libraries files come from. Raises SourceIsLibraryError: none is moved out of one."""
    left = {
        (move.root, move.rel.rpartition("/")[0]): None for move in plan.moves if move.root != plan.library
    }
    others = libraries_of(os.path.abspath(os.path.join(*folder)) for folder in left)
    if others and plan.mode is Mode.MOVE:
        raise SourceIsLibraryError(others[0])
    told = "is a library of AniVault too. Its files stay there as they are."
    return tuple(f"{other} {told}" for other in others)


def absent(library: str, writes: Sequence[Write]) -> tuple[Write, ...]:
    """Leave out the small files whose places are taken."""
    return tuple(write for write in writes if not os.path.lexists(os.path.join(library, write.target)))


def lacking(library: str, wanted: Sequence[Picture]) -> tuple[Picture, ...]:
    """Leave out the pictures that have a file in the library, whatever its format."""
    return tuple(
        picture
        for picture in wanted
        if not any(os.path.lexists(os.path.join(library, name)) for name in picture.names)
    )


def inhabitants(library: str) -> Iterator[ScannedFile]:
    """Every file in the library; a symbolic link counts as the file that it leads to."""
    return _files(library, listing(library))


def _files(library: str, there: Iterable[Inhabitant], ours: Container[str] = ()) -> Iterator[ScannedFile]:
    """Every file; a link that is among `ours` is of the kind that its name says."""
    for item in there:
        if item.kind is not EntryKind.FOLDER:
            link = item.kind is EntryKind.LINK and item.rel not in ours
            kind = FileKind.OTHER if link else kind_of(item.rel)
            yield ScannedFile(library, item.rel, kind, item.identity)
