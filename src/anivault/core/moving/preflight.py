"""Find out what the destination can hold before the first file goes: refuse what no file of the plan could.

In: a plan whose library is locked. Out: the names that the disk does not take, or one error. Touches only
probe files in `LIB/.anivault/`. What is the trouble of single files, and a folder of the library that lies
on another disk, does not stop the others: the executor holds those files.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from anivault.core.models import Mode, Move, Plan, Write
from anivault.core.moving.checks import opened
from anivault.core.moving.journal.records import LOCK
from anivault.shared import fs
from anivault.shared.errors import DestinationError, DiskError, NoSpaceError, quoted
from anivault.shared.places import FOLDER

SPARE = 16 << 20  # bytes left for folders and the journal; a guess
LINKS = frozenset({Mode.HARDLINK, Mode.REFLINK, Mode.SYMLINK})
DISK_TROUBLE = frozenset({errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES})
# What some filesystem does not take: long names, what Windows lacks, undecodable bytes.
LONG = 140  # bytes; the lowest limit that is known is 143, of eCryptfs
DOUBTFUL = re.compile(r'[<>:"|?*\\\x00-\x1f\ud800-\udfff]|[. ]\Z')


def preflight(plan: Plan, writes: Sequence[Write] = ()) -> frozenset[str]:
    """Return the names of files and folders that the disk does not take.

    Raises DestinationError or NoSpaceError when the plan as a whole cannot be carried out.
    """
    targets = [*(m.target for m in plan.moves), *(w.target for w in writes)]
    try:
        check_space(plan)
        return _check_disk(plan, targets)
    except OSError as error:
        raise DiskError("Trying the library's disk", error, f"df {quoted(plan.library)}") from error


def _check_disk(plan: Plan, targets: list[str]) -> frozenset[str]:
    library = fs.Folders(plan.library)
    try:
        folder = library.open(FOLDER)
        _check_ways(plan, folder)
        _check_case(targets, folder)
        return frozenset(name for name in _doubtful(targets) if not _takes(folder, name))
    finally:
        library.close()


def _check_ways(plan: Plan, folder: fs.Folder) -> None:
    """Try one link or clone from each disk of the sources; st_dev alone would not tell.

    A file that may not be linked or read, such as one of another user, says nothing of the others.
    """
    known = set()
    for move in plan.moves:
        key = (move.root, move.identity.device, move.mode)
        if move.mode in LINKS and key not in known and os.path.isfile(move.source):
            try:
                _probe(move, folder)
            except OSError as error:
                if _is_its_own(error, move, folder, plan.library):
                    continue
                if error.errno in DISK_TROUBLE:
                    raise
                why = f"There is no {move.mode} from {move.root} to {plan.library} ({error.strerror})"
                raise DestinationError(why, "Choose --mode copy, or --mode move.") from error
            known.add(key)


def _is_its_own(error: OSError, move: Move, folder: fs.Folder, library: str) -> bool:
    """True when the same could be done with a file that is surely ours, the lock."""
    if error.errno not in (errno.EPERM, errno.EACCES):
        return False
    try:
        if move.mode is Mode.HARDLINK:
            _make_probe(folder, lambda: _link(folder, LOCK, folder))
        elif move.mode is Mode.SYMLINK:
            _make_probe(folder, lambda: _point(os.path.join(library, FOLDER, LOCK), folder))
        else:
            _make_probe(folder, lambda: os.close(fs.create_own(folder, "probe")))
    except OSError:
        return False
    return True


def _probe(move: Move, folder: fs.Folder) -> None:
    if move.mode is Mode.HARDLINK:
        _make_probe(folder, lambda: _link(None, move.source, folder))
    elif move.mode is Mode.REFLINK:
        with opened(None, move.source) as original:
            _make_probe(folder, lambda: _clone(original, folder))
    else:
        _make_probe(folder, lambda: _point(move.source, folder))


def _make_probe(folder: fs.Folder, make: Callable[[], None]) -> None:
    """Make a file called `probe`, which is not there before and not there after."""
    fs.remove(folder, "probe")
    try:
        make()
    finally:
        fs.remove(folder, "probe")


def _link(source: fs.Folder | None, name: str, folder: fs.Folder) -> None:
    with fs.unless_made(folder, "probe"):
        fs.link(source, name, folder, "probe")


def _clone(original: int, folder: fs.Folder) -> None:
    with fs.closing(fs.create_own(folder, "probe")) as copy:
        fs.clone(original, copy)


def _point(path: str, folder: fs.Folder) -> None:
    with fs.unless_made(folder, "probe"):
        fs.symlink(path, folder, "probe")
    fs.leads(folder, "probe")  # sshfs makes links that it does not let anyone follow


def _doubtful(targets: list[str]) -> set[str]:
    """Return the names of files and folders that some filesystem does not take."""
    return {part for part in _parts(targets) if DOUBTFUL.search(part) or _bytes_of(part) > LONG}


def _bytes_of(name: str) -> int:
    return len(name) if name.isascii() else len(os.fsencode(name))


def _parts(targets: list[str]) -> set[str]:
    return {part for target in targets for part in target.split("/")}


def _takes(folder: fs.Folder, name: str) -> bool:
    """Try to make a folder of that name."""
    try:
        with fs.unless_made(folder, name):  # one that is there was left by a run that was killed here
            fs.mkdir(folder, name)
    except OSError as error:
        if error.errno in DISK_TROUBLE:
            raise
        return False
    finally:
        with suppress(OSError):
            fs.rmdir(folder, name)
    return True


def _check_case(targets: list[str], folder: fs.Folder) -> None:
    """Refuse names that differ only by case or by Unicode form where the disk takes them for one."""
    paths = {*targets, *_folders(targets)}
    if len(paths) == len(set(map(_folded, paths))):
        return
    spellings: dict[str, str] = {}
    for path in sorted(paths):
        other = spellings.setdefault(_folded(path), path)
        if other != path and _are_one(other, path, folder):
            why = f"The library's disk takes these two names for one: {other!r} and {path!r}"
            raise DestinationError(why, "Organize them one after the other, or pin them to one show.")


def _folded(path: str) -> str:
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path.casefold())


def _folders(targets: list[str]) -> Iterator[str]:
    for folder in {target.rpartition("/")[0] for target in targets}:
        parts = folder.split("/")
        yield from ("/".join(parts[:n]) for n in range(1, len(parts) + 1))


def _are_one(one: str, other: str, folder: fs.Folder) -> bool:
    """True when the disk finds a folder of one name under the other."""
    first, second = (path.rpartition("/")[2] for path in (one, other))
    if first == second:
        return False
    with fs.unless_made(folder, first):
        fs.mkdir(folder, first)
    try:
        return fs.exists(folder, second)
    finally:
        fs.rmdir(folder, first)


def check_space(plan: Plan) -> None:
    """Compare what is copied with what is free, as far as the disks' numbers tell."""
    folder = fs.nearest(plan.library)
    if needed := room_for(plan):
        hint = "Make room, organize fewer folders at once, or --mode hardlink on the sources' own disk."
        require_room(folder, needed, hint)


def room_for(plan: Plan) -> int:
    """How many bytes a plan copies to the library's disk."""
    library = os.stat(fs.nearest(plan.library))
    return sum(m.identity.size for m in plan.moves if _takes_room(m, library.st_dev))


def require_room(folder: str, needed: int, hint: str) -> None:
    """Raise NoSpaceError, with `hint`, when the folder's disk has too few bytes free."""
    free = shutil.disk_usage(folder).free
    if needed + SPARE > free:
        raise NoSpaceError(folder, needed + SPARE, free, hint)


def _takes_room(move: Move, device: int) -> bool:
    elsewhere = move.identity.device not in (0, device)  # 0: the system did not say
    return move.mode is Mode.COPY or (move.mode is Mode.MOVE and elsewhere)
