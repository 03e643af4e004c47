"""Keep the lines that say what is never asked about: the library's own list and the user's.

In: patterns in the words of gitignore, or paths. Out: lists for a scan. A list stands at the root of the file
system: `/mnt/pile/Show` is that folder, `Show/extras` is it in any folder, `*.nfo` any such name. A list that
stands in a folder of the sources is heard before these.
"""

from __future__ import annotations

import os
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from itertools import takewhile
from pathlib import Path

import msgspec

from anivault.core.pipeline import ignore
from anivault.core.pipeline.ignore import Everywhere
from anivault.services import libraries
from anivault.shared import fs, trust
from anivault.shared.errors import DiskError, UsageError, quoted, shortened
from anivault.shared.places import FOLDER, user_config_path

FILE = "ignore"
LEAST = 4  # letters that the beginning of names has to have to be a pattern
HEADER = """\
# What AniVault leaves out, in the words of gitignore; the last line that speaks of a path decides.
# A line that begins with / is a whole path. Any other holds in every folder.
"""
_SPECIAL = re.compile(r"[\\*?\[\]]")


class Lines(msgspec.Struct, frozen=True):
    """A list and what it says, line by line, without comments."""

    file: str
    lines: tuple[str, ...]


def file_of(library: str | None) -> Path:
    """Where the list of a library stands, or the user's own."""
    return Path(library, FOLDER, FILE) if library else user_config_path().parent / FILE


def lists(library: str | None) -> tuple[Everywhere, ...]:
    """The lists in force for a library, the user's first. Raises NotTrustedError, DiskError."""
    homes = dict.fromkeys((None, library or None))
    files = [(str(file_of(home)), _read(file_of(home))) for home in homes]
    return tuple(Everywhere(path, ignore.parse(data)) for path, data in files if data.strip())


def listed(library: str | None) -> list[Lines]:
    """What each list says, the library's first."""
    homes = dict.fromkeys((library or None, None))
    return [Lines(str(file_of(home)), lines) for home in homes if (lines := _lines(file_of(home)))]


def add(words: Sequence[str], library: str | None) -> Lines:
    """Write lines for patterns or paths; one that stands there is not written twice.

    Raises UsageError for what names nothing, and then nothing was written.
    """
    return write([line_of(word) for word in words], library)


def write(wanted: Sequence[str], library: str | None) -> Lines:
    """Write lines as they are."""
    libraries.require_kept(library)
    path = file_of(library)
    there = _read(path).decode("utf-8", "surrogateescape") or HEADER
    said = {line.removesuffix("\r") for line in _split(there)}
    new = [line for line in dict.fromkeys(wanted) if line not in said]
    if new:
        text = there if there.endswith("\n") else f"{there}\n"
        _write(path, text + "".join(f"{line}\n" for line in new))
    return Lines(str(path), tuple(wanted))


def remove(words: Sequence[str], library: str | None) -> Lines:
    """Take lines out, named as they stand there or by the path that they are for."""
    libraries.require_kept(library)
    path = file_of(library)
    lines = _split(_read(path).decode("utf-8", "surrogateescape"))
    wanted = {*words, *(line_of(word) for word in words)}
    gone = tuple(line for line in lines if line.removesuffix("\r") in wanted)
    if not gone:
        told = shortened(repr(words[0]))
        raise _refused(f"No line of {path} is {told}", "See them: anivault ignore")
    _write(path, "".join(f"{line}\n" for line in lines if line not in gone))
    return Lines(str(path), tuple(line.removesuffix("\r") for line in gone))


def said(library: str | None) -> list[str]:
    """Every line of the list as it stands there, remarks too."""
    return _split(_read(file_of(library)).decode("utf-8", "surrogateescape"))


def taken_back(came: Collection[str], went: Sequence[tuple[int, str]], library: str | None) -> None:
    """Take an answer back: the lines that came with it go, and those that went come again at their places."""
    libraries.require_kept(library)
    lines = [line for line in said(library) if line not in came]
    for place, line in went:
        if line not in lines:
            lines.insert(place, line)
    _write(file_of(library), "".join(f"{line}\n" for line in lines))


def kept(library: str | None) -> Callable[[], None]:
    """Note what the list says now; calling what is returned makes it say that again."""
    path = file_of(library)
    before = _read(path)
    return lambda: _write(path, before.decode("utf-8", "surrogateescape"))


def literal(path: str) -> str:
    """The line for this very path."""
    return "/" + _SPECIAL.sub(r"\\\g<0>", os.path.abspath(path).replace(os.sep, "/")).lstrip("/")


def lines_for(files: Sequence[str], everything: Sequence[str], roots: Collection[str] = ()) -> list[str]:
    """The lines that leave out these files, and next week's of the same release, but no other.

    `everything` has these and all others, sorted. Their folder, if it is theirs; else how their names begin,
    where that says enough; else each of them.
    """
    folder = os.path.dirname(files[0])
    if any(os.path.dirname(file) != folder for file in files):
        return list(map(literal, files))
    if len(files) > 1 and _are_all(files, everything, f"{folder}{os.sep}"):
        return [f"{literal(folder)}/*" if folder in roots else literal(folder)]  # a root is always read
    begin = _common(files).rstrip("0123456789")
    told = sum(map(str.isalpha, os.path.basename(begin))) >= LEAST
    if len(files) > 1 and told and _are_all(files, everything, begin):
        return [f"{literal(begin)}*"]
    return list(map(literal, files))


def _are_all(files: Sequence[str], everything: Sequence[str], begin: str) -> bool:
    """Whether no other file begins so; these do."""
    after = bisect_left(everything, begin + chr(sys.maxunicode))
    return after - bisect_left(everything, begin) == len(files)


def _common(names: Sequence[str]) -> str:
    """How all of these begin."""
    first, last = min(names), max(names)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(character for character, _ in same)


def line_of(word: str) -> str:
    """The line for what was typed: for a path that is there the path, else the pattern. Raises UsageError."""
    if "\n" in word or "\r" in word or "\0" in word:
        raise _refused("A line break cannot be in an ignore list", "Name the folder that it is in.")
    if os.path.lexists(word):
        line = literal(word)
    else:
        line = (
            word if "/" not in word.rstrip("/") or word.startswith(("/", "!/", "**/", "!")) else f"**/{word}"
        )
    if why := ignore.IgnoreList().add(0, line):
        raise _refused(f"{shortened(repr(word))} cannot be ignored: {why}", "Name a path or *.ext.")
    if line.startswith("#") or not line.strip():
        raise _refused(f"{shortened(repr(word))} is a comment in an ignore list", f"Write \\{word}")
    return line


def _refused(why: str, hint: str) -> UsageError:
    return UsageError(f"{why}. Nothing was changed.", hint=hint)


def _lines(path: Path) -> tuple[str, ...]:
    text = _read(path).decode("utf-8", "surrogateescape")
    lines = (line.removesuffix("\r") for line in _split(text))
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def _split(text: str) -> list[str]:
    """The lines of a list as gitignore has them: a name may hold what Unicode calls the end of a line."""
    return text.removesuffix("\n").split("\n") if text else []


def _read(path: Path) -> bytes:
    try:
        return trust.read(str(path))
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise DiskError(f"Reading {path}", error, f"ls -l {quoted(str(path))}") from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(trust.OUR_FOLDER, parents=True, exist_ok=True)
        fs.write_whole(str(path), text.encode("utf-8", "surrogateescape"), replace=True)
    except OSError as error:
        raise DiskError(f"Writing {path}", error, f"ls -ld {quoted(str(path.parent))}") from error
