"""Look at the disks of a library and of its sources: what they let AniVault do.

In: a library and sources. Out: checks. Makes one hidden folder where the library is, or will be, tries there
what a run would do, and removes it; sources are only listed.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from anivault.services.checkup.found import Check, fault, ok, warning
from anivault.shared import fs
from anivault.shared.errors import quoted
from anivault.shared.fs import share_of

LITTLE = 1 << 30  # bytes free: an episode or two
NOTHING = 16 << 20
LONG = 255  # bytes of a name, on most disks
LOOKED_AT = 1000  # files of a source, for their owners


def library(path: str) -> Iterator[Check]:
    """The place of a library: whether it can be written, its room, its names, what its disk can do."""
    there = fs.nearest(path)
    if gone := fs.dead_link(path):
        yield fault("library", f"{path} leads to {gone}, which is not there.", "Is its disk mounted?")
        return
    if not os.path.isdir(there):
        yield fault("library", f"{there} is a file, not a folder.", "Name a folder with --to.")
        return
    yield ok("library", f"{path} is {'there' if there == path else 'to be made in ' + there}.")
    yield from _room(there)
    yield from _network("library", there)
    try:
        probe = mkdtemp(prefix=".anivault-", dir=there)
    except OSError as error:
        yield _unwritable(there, error)
        return
    try:
        yield ok("write", f"Files can be written to {there}.")
        yield from _tried(probe, there)
    finally:
        shutil.rmtree(probe, ignore_errors=True)


def _unwritable(path: str, error: OSError) -> Check:
    if error.errno == errno.EROFS:
        return fault(
            "write", f"{path} is mounted read-only.", f"Mount it to be written: mount | grep {quoted(path)}"
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return fault("write", f"The disk of {path} is full.", f"Make room: df -h {quoted(path)}")
    mend = f"Look whose it is: ls -ld {quoted(path)}; then chown or chmod it, or run as its owner."
    return fault("write", f"{path} cannot be written ({error.strerror}).", mend)


def _room(path: str) -> Iterator[Check]:
    free = shutil.disk_usage(path).free
    told = f"{free / (1 << 30):.1f} GB are free at {path}."
    if free < NOTHING:
        yield fault("space", f"Nothing is free at {path}.", f"Make room: df -h {quoted(path)}")
    elif free < LITTLE:
        yield warning("space", told, "Links need none; copies and moves from another disk do.")
    else:
        yield ok("space", told)
    if not fs.takes_more_files(path):
        yield fault("files", f"The disk of {path} has no room for more files.", f"See: df -i {quoted(path)}")


def _tried(probe: str, there: str) -> Iterator[Check]:
    """What the disk of the library can do, by doing it."""
    one = os.path.join(probe, "Probe")
    try:
        fs.write_whole(one, b"probe" * 1000)
    except OSError as error:
        yield _unwritable(there, error)
        return
    yield _links(one, there)
    yield _reflinks(one, there)
    yield _case(probe, there)
    yield _names(probe, there)


def _links(one: str, there: str) -> Check:
    try:
        os.link(one, f"{one}.link")
    except OSError as error:
        why = f"{_kind(there)} has no hardlinks ({error.strerror})."
        return fault(
            "hardlinks", why, "Use --mode copy or --mode move, or a disk with ext4, xfs, btrfs or zfs."
        )
    return ok("hardlinks", f"{_kind(there)} has hardlinks.")


def _reflinks(one: str, there: str) -> Check:
    try:
        with Path(one).open("rb") as original, Path(f"{one}.clone").open("xb") as copy:
            fs.clone(original.fileno(), copy.fileno())
    except OSError:
        return ok("reflinks", f"{_kind(there)} has no reflinks: --mode reflink would be refused.")
    return ok("reflinks", f"{_kind(there)} has reflinks.")


def _case(probe: str, there: str) -> Check:
    if os.path.exists(os.path.join(probe, "pROBE")):
        text = f"At {there} two names that differ only in case are one."
        return warning("case", text, "A run holds what would fall together; nothing has to be done.")
    return ok("case", "Names that differ in case are two.")


def _names(probe: str, there: str) -> Check:
    longest = fs.name_max(probe)
    refused = [sign for sign in ':?"<>|*' if not _takes(os.path.join(probe, f"a{sign}b"))]
    if longest < LONG or not _takes(os.path.join(probe, "é" * (LONG // 2))):
        text = f"Names at {there} have {min(longest, LONG - 1)} bytes at most."
        return warning(
            "names", text, "Long titles are cut; --preset with a shorter template names them better."
        )
    if refused:
        text = f"Names at {there} cannot have {' '.join(refused)}"
        return warning("names", text, "Presets leave these out; only own templates may need another sign.")
    return ok("names", f"Names at {there} may have {longest} bytes and any sign.")


def _takes(path: str) -> bool:
    with suppress(OSError), Path(path).open("xb"):
        return True
    return False


def source(path: str, home: str) -> Iterator[Check]:
    """A source: whether it can be read, and whether hardlinks lead from it to the library."""
    if not os.path.exists(path):
        yield fault(
            "source", f"{path} is not there.", f"Is its disk mounted? ls -ld {quoted(os.path.dirname(path))}"
        )
        return
    if not os.access(path, os.R_OK | (os.X_OK if os.path.isdir(path) else 0)):
        yield fault("source", f"{path} cannot be read.", f"Look whose it is: ls -ld {quoted(path)}")
        return
    if home and fs.is_below(path, home):
        yield fault("source", f"{path} lies in the library.", "Name the folder of your downloads.")
        return
    yield ok("source", f"{path} can be read.")
    yield from _network("source", path)
    if home:
        yield _way(path, home)
    yield from _owners(path)
    if os.path.isdir(path) and (fs.is_read_only(path) or not os.access(path, os.W_OK)):
        yield warning(
            "source",
            f"Nothing can be taken out of {path}.",
            "--mode move would be refused; links and copies work.",
        )


def _way(path: str, home: str) -> Check:
    """Whether a hardlink leads from a source to the library; if not, which of the reasons it is."""
    here, there = os.path.realpath(path), os.path.realpath(fs.nearest(home))
    mounts = fs.mounts()
    (point, kind), (other, other_kind) = _mount(here, mounts), _mount(there, mounts)
    same_disk = os.stat(here).st_dev == os.stat(there).st_dev
    copy = "or use --mode copy, or --mode move."
    if point == other and (same_disk or kind == "overlay"):
        return ok("way", f"Hardlinks lead from {path} to the library.")
    if same_disk:
        mend = (
            f"{point} and {other} are two mounts of one disk. Mount the folder above both once (of a "
            f"container: one volume, such as /data with /data/downloads and /data/library in it), {copy}"
        )
        return fault("way", f"No hardlink leads from {path} to {home}: two mounts lie between them.", mend)
    if kind == other_kind and kind in ("zfs", "btrfs"):
        mend = f"Put both into one {'dataset' if kind == 'zfs' else 'subvolume'}, {copy}"
        return fault("way", f"No hardlink leads from {path} to {home}: they are two of one {kind}.", mend)
    mend = f"Put the library on the disk of {point or path}, {copy}"
    return fault("way", f"No hardlink leads from {path} to {home}: they are on two disks.", mend)


def _mount(path: str, mounts: dict[str, str]) -> tuple[str, str]:
    """Where what a path lies on is mounted, and its kind; empty where the system does not tell."""
    point = fs.mount_point(path, mounts)
    return (point, mounts.get(point, "")) if mounts else ("", "")


def _kind(path: str) -> str:
    kind = _mount(os.path.realpath(path), fs.mounts())[1]
    return f"The disk of {path}{f' ({kind})' if kind else ''}"


def _network(name: str, path: str) -> Iterator[Check]:
    if kind := share_of(path):
        text = f"{path} is a network share ({kind})."
        yield warning(
            name, text, "Run AniVault on the machine that has the disk, or let one machine alone write there."
        )


def _owners(path: str) -> Iterator[Check]:
    """Say once that files are another's: Linux lets only the owner make hardlinks of them."""
    for number, file in enumerate(_files(path)):
        if number >= LOOKED_AT:
            return
        with suppress(OSError):
            if not fs.may_link(file):
                uid = os.lstat(file).st_uid
                mend = f'Run AniVault as that user, or make it yours: sudo chown -R "$USER" {quoted(path)}'
                yield fault("owner", f"{file} belongs to user {uid}: only its owner may hardlink it.", mend)
                return


def _files(path: str) -> Iterator[str]:
    if os.path.isfile(path):
        yield path
    for folder, _, names in os.walk(path):
        yield from (os.path.join(folder, name) for name in names)
