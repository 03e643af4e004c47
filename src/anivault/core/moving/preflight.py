"""Find out what the destination can hold before the first file goes: refuse, or do the whole plan.

In: a plan whose library is locked. Out: nothing, or one error. Touches only probe files in
`LIB/.anivault/`. A folder of the library that lies on another disk shows itself only on the way;
the executor then holds single files.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress

from anivault.core.models import Mode, Move, Plan, Write
from anivault.core.moving.checks import opened
from anivault.core.moving.journal import FOLDER
from anivault.shared import fs
from anivault.shared.errors import DestinationError, DiskError, NoSpaceError, quoted

SPARE = 16 << 20  # bytes left for folders and the journal; a guess
LINKS = frozenset({Mode.HARDLINK, Mode.REFLINK, Mode.SYMLINK})
DISK_TROUBLE = frozenset({errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES})
# What some filesystem does not take: names beyond 80 characters, what Windows lacks, undecodable bytes.
LONG = r"[^/]{81,}"
ODD = r'[<>:"|?*\\\x00-\x1f\ud800-\udfff]|[. ](?=/|$)'
DOUBTFUL = re.compile(f"{LONG}|{ODD}")


def preflight(plan: Plan, writes: Sequence[Write] = ()) -> None:
    """Raise DestinationError or NoSpaceError when the plan as a whole cannot be carried out."""
    targets = [*(m.target for m in plan.moves), *(w.target for w in writes)]
    try:
        _check_space(plan)
        _check_disk(plan, targets)
    except OSError as error:
        raise DiskError("Trying the library's disk", error, f"df {quoted(plan.library)}") from error


def _check_disk(plan: Plan, targets: list[str]) -> None:
    library = fs.Folders(plan.library)
    try:
        folder = library.open(FOLDER)
        _check_ways(plan, folder)
        _check_names(targets, folder)
        _check_case(targets, folder)
    finally:
        library.close()


def _check_ways(plan: Plan, folder: fs.Folder) -> None:
    """Try one link or clone from each disk of the sources; st_dev alone would not tell."""
    for move in _one_a_disk(plan):
        try:
            _probe(move, folder)
        except OSError as error:
            if error.errno in DISK_TROUBLE:
                raise
            why = f"There is no {move.mode} from {move.root} to {plan.library} ({error.strerror})"
            raise DestinationError(why, "Choose --mode copy, or --mode move.") from error


def _one_a_disk(plan: Plan) -> Iterator[Move]:
    """Yield the first existing file of each root and disk that wants a link or a clone."""
    seen = set()
    for move in plan.moves:
        key = (move.root, move.identity.device, move.mode)
        if move.mode in LINKS and key not in seen and os.path.isfile(move.source):
            seen.add(key)
            yield move


def _probe(move: Move, folder: fs.Folder) -> None:
    with suppress(FileNotFoundError):
        fs.unlink(folder, "probe")
    try:
        if move.mode is Mode.HARDLINK:
            fs.link(None, move.source, folder, "probe")
        elif move.mode is Mode.REFLINK:
            with opened(None, move.source) as original, fs.closing(fs.create(folder, "probe")) as copy:
                fs.clone(original, copy)
        else:
            fs.symlink(move.source, folder, "probe")
            fs.leads(folder, "probe")  # sshfs makes links that it does not let anyone follow
    finally:
        with suppress(FileNotFoundError):
            fs.unlink(folder, "probe")


def _check_names(targets: list[str], folder: fs.Folder) -> None:
    """Try to make each kind of name that some filesystem does not take."""
    for name in _doubtful(targets):
        try:
            with suppress(FileExistsError):  # left by a run that was killed here
                fs.mkdir(folder, name)
            fs.rmdir(folder, name)
        except OSError as error:
            if error.errno in DISK_TROUBLE:
                raise
            why = f"The library's disk takes no such name ({error.strerror}): {name!r}"
            raise DestinationError(why, "Choose another naming template, or another disk.") from error


def _doubtful(targets: list[str]) -> list[str]:
    """Return the longest name, and one for each unusual character or ending."""
    parts = sorted({part for target in targets if DOUBTFUL.search(target) for part in target.split("/")})
    longest = max(parts, key=lambda part: len(os.fsencode(part)), default="")
    odd = {"".join(found): part for part in parts if (found := re.findall(ODD, part))}
    return [*filter(None, [longest]), *odd.values()]


def _check_case(targets: list[str], folder: fs.Folder) -> None:
    """Refuse names that differ only by case or by Unicode form where the disk takes them for one."""
    paths = {*targets, *_folders(targets)}
    if len(paths) == len({_folded(path) for path in paths}):
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
    with suppress(FileExistsError):
        fs.mkdir(folder, first)
    try:
        return fs.exists(folder, second)
    finally:
        fs.rmdir(folder, first)


def _check_space(plan: Plan) -> None:
    """Compare what is copied with what is free, as far as the disks' numbers tell."""
    library = os.stat(plan.library)
    needed = sum(m.identity.size for m in plan.moves if _takes_room(m, library.st_dev))
    if needed:
        hint = "Make room, organize fewer folders at once, or --mode hardlink on the sources' own disk."
        require_room(plan.library, needed, hint)


def require_room(folder: str, needed: int, hint: str) -> None:
    """Raise NoSpaceError, with `hint`, when the folder's disk has too few bytes free."""
    free = shutil.disk_usage(folder).free
    if needed + SPARE > free:
        raise NoSpaceError(folder, needed + SPARE, free, hint)


def _takes_room(move: Move, device: int) -> bool:
    elsewhere = move.identity.device not in (0, device)  # 0: the system did not say
    return move.mode is Mode.COPY or (move.mode is Mode.MOVE and elsewhere)
