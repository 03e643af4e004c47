"""Say how far a line of an ignore list reaches, before it is written: to all, all videos, or so many files.

A line is tried on names that nobody has: what takes these takes any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from anivault.core.models import FileKind
from anivault.core.pipeline.ignore import Everywhere, IgnoreList
from anivault.core.pipeline.records import EXTENSIONS

NOBODYS = ("Qzxwv Kjpyf - 71", "vrkqzh")  # a name with all that names have, and one of letters alone
VIDEOS = EXTENSIONS[FileKind.VIDEO].split()


def told(line: str, roots: Sequence[str] = ()) -> str:
    """What a line leaves out where that is all of a kind, in words; "" for one that means some files.

    `roots`: the folders that count; without them any.
    """
    return next(filter(None, (_told(_read(line), root) for root in roots or ("",))), "")


def _told(list_: Everywhere, root: str) -> str:
    where = f" in {root}" if root else ""
    if _takes_any(list_, root, "zzq"):
        return f"everything{where}"
    taken = [word for word in VIDEOS if _takes_any(list_, root, word)]
    if len(taken) == len(VIDEOS):
        return f"every video{where}"
    return f"every file{where} that ends in .{' or .'.join(taken)}" if taken else ""


def _takes_any(list_: Everywhere, root: str, extension: str) -> bool:
    """Whether every file that ends so is left out, whatever it and its folder are called."""
    return all(_takes(list_, root, f"{root}/{name} of/{name}.{extension}") for name in NOBODYS)


def count(line: str, paths: Iterable[str], roots: Sequence[str]) -> int:
    """How many of these files, which lie below the roots, a line leaves out."""
    list_ = _read(line)
    return sum(any(_takes(list_, root, path) for root in roots) for path in paths)


def _takes(list_: Everywhere, root: str, path: str) -> bool:
    """Whether a list leaves out a file, or a folder that it is in; a root itself is always read."""
    folders = any(list_.judge(folder, folder=True) for folder in _between(root, path))
    return folders or bool(list_.judge(path, folder=False))


def _between(root: str, path: str) -> Iterator[str]:
    """The folders that a path is in, below a root."""
    parts = path.removeprefix(root).strip("/").split("/")[:-1]
    return (f"{root}/{'/'.join(parts[: n + 1])}" for n in range(len(parts)))


def _read(line: str) -> Everywhere:
    found = IgnoreList()
    found.add(1, line)
    return Everywhere("", found)
