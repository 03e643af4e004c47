"""Read files of AniVault's own, and only those that nobody else can have written.

In: the path of a file, or a library. Out: bytes or a table; NotTrustedError for another's word, OSError
for what cannot be read, ValueError for TOML that is not sound. What lies in a folder `.anivault` is a
library's: there the folder is looked at first, and no link is followed. A user's own file may be a link.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Any

from anivault.shared import fs
from anivault.shared.errors import NotTrustedError, OutputRefusedError, looked_at, problem, quoted
from anivault.shared.places import FOLDER

ANYONE = 0o002  # a group of users may share a library
EVERYONE = 0o077
OUR_FOLDER = 0o775  # what a new one may have at most; a umask of 0 would let anyone write
MOST = 1 << 20  # bytes of a file that people write
DEEPEST = 16  # tables in tables; ours have three
MOST_WORK = 1_000_000  # a key takes time by the square of its dots; this is half a second


def require_home(library: str) -> None:
    """Refuse `LIB/.anivault` unless it is a real folder that only the user or root can write, or absent."""
    path = os.path.join(library, FOLDER)
    try:
        parent = fs.open_folder(None, library)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        _require_folder(parent, path)
    finally:
        fs.close_folder(parent)


def _require_folder(parent: fs.Folder, path: str) -> None:
    try:
        folder = fs.open_folder(parent, FOLDER)
    except FileNotFoundError:
        return
    except OSError as error:
        if stat.S_ISDIR(fs.look(parent, FOLDER).st_mode):
            raise NotTrustedError(path, f"it cannot be opened ({error.strerror})", _look(path)) from error
        why = "it is a link or a file, and what it leads to may be another's"
        hint = f"Look at it, then move it away: mv {quoted(path)} {quoted(path + '.old')}"
        raise NotTrustedError(path, why, hint) from error
    try:
        require_own(path, os.stat(folder), os.stat(parent).st_uid)
    finally:
        fs.close_folder(folder)


def require_outside(path: str) -> None:
    """Refuse to write for a user into a library's folder `.anivault`, where only AniVault's own files are."""
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    if FOLDER in folder.lower().split(os.sep):
        hint = "Name a file outside of it."
        raise OutputRefusedError(path, f"{FOLDER} is for AniVault's own files", hint=hint)


def require_own(path: str, found: os.stat_result, *owners: int) -> None:
    """Refuse what belongs to another user, or what anyone may write; root trusts the `owners` too."""
    if not fs.trusted(found, *owners):
        hint = f'{_look(path)}; when you trust it: sudo chown -R "$USER" {quoted(path)}'
        raise NotTrustedError(path, "it belongs to another user", hint)
    if fs.others_may_write(found, ANYONE) and keeps_modes(os.path.dirname(path)):
        hint = f"{_look(path)}; when you trust it: chmod -R o-w {quoted(path)}"
        raise NotTrustedError(path, "anyone may write to it", hint)


def _look(path: str) -> str:
    return f"Look at it: ls -la {quoted(path)}"


def closed(path: str, error: OSError) -> NotTrustedError:
    """What to raise for a file of the user's own that the system does not let them read."""
    return NotTrustedError(path, f"it cannot be read ({error.strerror or error})", let_in(path, error))


def let_in(path: str | os.PathLike[str], error: OSError | None = None) -> str:
    """What lets a user into a file or folder of their own again: whose it is now, and what to type."""
    place = fs.nearest(os.fspath(path))
    refused = error is None or isinstance(error, PermissionError)
    if not refused or not fs.who():
        return looked_at(os.fspath(path), error)
    owner, me = os.stat(place).st_uid, fs.who()[0]
    if owner == me:
        return f"chmod -R u+rwX {quoted(place)}"
    whose = "root" if owner == 0 else f"user {owner}"
    return f'It belongs to {whose}. If it is yours: sudo chown -R "$USER" {quoted(place)}'


def keeps_modes(folder: str) -> bool:
    """False where every file may be written by anyone, whatever its maker says: NTFS, exFAT, some shares.

    A nameless file of our own tells; where none can be made, the folder itself does.
    """
    from tempfile import TemporaryFile

    try:
        with TemporaryFile(dir=folder) as probe:
            return not fs.others_may_write(os.fstat(probe.fileno()), ANYONE)
    except OSError:
        return not fs.others_may_write(os.stat(folder), ANYONE)


def read(path: str, most: int = MOST, *, private: bool = False) -> bytes:
    """Return what a regular file holds that only the user or root can have written; never waits on a FIFO.

    A `private` one nobody else may even read.
    """
    if path == os.devnull:
        return b""
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.basename(folder) == FOLDER:
        folder = os.path.dirname(folder)
        require_home(folder)
    else:
        path = os.path.realpath(path)
        folder = os.path.dirname(path)
    with os.fdopen(_opened(path), "rb") as file:
        found = os.fstat(file.fileno())
        require_own(path, found, os.stat(folder).st_uid)
        if private and fs.others_may_write(found, EVERYONE):
            raise NotTrustedError(path, "others can read it", f"chmod 600 {quoted(path)}")
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(0, f"it has more than {most:,} bytes")
    return data


def _opened(path: str) -> int:
    try:
        return fs.open_file(None, path)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a link, and none is followed in a library", path) from error
        raise


def read_toml(path: str) -> dict[str, Any]:
    """Return what a TOML file says."""
    data = read(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text; save it as UTF-8") from error
    return parse_toml(text)


def parse_toml(text: str) -> dict[str, Any]:
    """Return what TOML says; ValueError for anything else, or if it is nested beyond all sense."""
    dots = (line.count(".") for line in text.split("\n") if not line.lstrip().startswith("#"))
    if sum(count * count for count in dots) > MOST_WORK:
        raise ValueError("it has too many dots in one line")
    import tomllib  # most commands meet no file of the kind

    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(problem(error)) from error
    _require_shallow(table)
    return table


def _require_shallow(table: dict[str, Any]) -> None:
    level: list[Any] = [table]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inner(outer)]
    if level:
        raise ValueError("it is nested too deeply")


def _inner(outer: Any) -> list[Any]:
    values = outer.values() if isinstance(outer, dict) else outer
    return [value for value in values if isinstance(value, dict | list)]
