"""Read ignore lists, and judge paths by them as git does, in time that grows with list and path alone.

In: a list's bytes. Out: an IgnoreList, with each line of it that says nothing, and why. A pattern becomes one
expression for each part of a path, whose stars never try twice; so no pattern takes long on any name.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

MOST_BYTES = 1 << 20  # an ignore list is written by hand
MOST_WILD = 1000  # patterns with wildcards in one list; each is tried on each name
MOST_SETS = 64  # `[` in one pattern; each is read up to the end of the line
LONGEST = 4096  # characters; no path that can be opened is longer

_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}
_LINE_END = re.compile(r"\r\n?|\n")
# Possessive, as a `[` that nothing closes would be tried at every length.
_TOKEN = re.compile(
    r"\\(.)|(\*+)|\?"
    r"|\[([!^]?)((?:\]|\[:\w{1,9}:\]|\\.|[^\]\\])(?:\[:\w{1,9}:\]|\\.|[^\]\\])*+)\]|.",
    re.DOTALL,
)
_MEMBER = re.compile(r"\[:(\w{1,9}):\]|(\\?.)-(\\?.)|(\\?.)", re.DOTALL)
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "word": r"\w",
}  # fmt: skip
_Path: TypeAlias = tuple[re.Pattern[str] | None, ...]  # by part of the path; None: any parts, or none


class Fault(NamedTuple):
    """One line that is not followed, counted from 1, and why."""

    line: int
    text: str
    why: str


class _Wild(NamedTuple):
    """A pattern with wildcards, or with more than a name. `name` or `path` is what it compares."""

    place: int
    ignores: bool
    folders_only: bool
    name: re.Pattern[str] | None
    path: _Path


class IgnoreList:
    """The patterns of one list. The last that speaks of a path decides."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._plain: dict[
            tuple[str, bool], tuple[int, bool]
        ] = {}  # by name and whether only folders are meant
        self._wild: list[_Wild] = []  # the last first

    def __bool__(self) -> bool:
        return bool(self._plain or self._wild)

    def judge(self, rel: str, *, folder: bool) -> bool | None:
        """Tell whether `rel`, relative to the list's folder, is ignored; None: no pattern speaks of it."""
        name = rel.rpartition("/")[2]
        place, verdict = self._plain.get((name, False), (-1, None))
        if folder and (found := self._plain.get((name, True))) and found[0] > place:
            place, verdict = found
        parts = rel.split("/")
        for wild in self._wild:
            if wild.place < place:
                break
            if (folder or not wild.folders_only) and _speaks(wild, name, parts):
                return wild.ignores
        return verdict

    def add(self, place: int, line: str) -> str:
        """Take in one line; returns why it says nothing, '' when it says something."""
        text = _without_spaces(line)
        if not text or text.startswith("#"):
            return ""
        ignores = not text.startswith("!")
        text = text if ignores else text[1:]
        folders_only, body = text.endswith("/"), text.rstrip("/")
        if why := _why_not(body, len(self._wild)):
            return why
        if "/" in body or _is_wild(body):
            self._wild.insert(0, _wild(place, body, ignores=ignores, folders_only=folders_only))
        else:
            self._plain[re.sub(r"\\(.)", r"\1", body), folders_only] = place, ignores
        return ""


class Everywhere(NamedTuple):
    """A list that holds wherever a scan looks, and the file that it stands in."""

    file: str
    patterns: IgnoreList

    def judge(self, path: str, *, folder: bool) -> bool | None:
        """Tell whether a whole path is ignored; None: no pattern speaks of it."""
        return self.patterns.judge(path.lstrip("/"), folder=folder)


def parse(data: bytes) -> IgnoreList:
    """Read a list. One without any line ignores its whole folder, as Jellyfin has it."""
    found = IgnoreList()
    lines = _LINE_END.split(_decoded(data[:MOST_BYTES]))
    if not any(line.strip() for line in lines):
        found.add(0, "*")
    for number, line in enumerate(lines, 1):
        if why := found.add(number, line):
            found.faults.append(Fault(number, line[:80], why))
    if len(data) > MOST_BYTES:
        found.faults.append(Fault(len(lines), lines[-1][:80], "the list is longer than 1 MiB and ends here"))
    return found


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return data.decode(encoding, "replace")
    return data.decode("utf-8", "surrogateescape")


def _without_spaces(line: str) -> str:
    """Drop spaces at the end, but for one behind a backslash."""
    text = line.rstrip(" ")
    return f"{text} " if text != line and _ends_in_escape(text) else text


def _ends_in_escape(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _why_not(body: str, wild: int) -> str:
    if not body:
        return "it names nothing"
    if _ends_in_escape(body):
        return "nothing follows its backslash; a folder ends with /"
    if len(body) > LONGEST or "\0" in body or body.count("[") > MOST_SETS:
        return "no path is like this"
    return f"a list has {MOST_WILD:,} patterns with wildcards at most" if wild >= MOST_WILD else ""


def _is_wild(body: str) -> bool:
    return any(character in body for character in "*?[")


def _wild(place: int, body: str, *, ignores: bool, folders_only: bool) -> _Wild:
    if "/" not in body:
        return _Wild(place, ignores, folders_only, _part(body), ())
    parts = body.removeprefix("/").split("/")
    path = [None if part == "**" else _part(part) for part in parts]
    if path[-1] is None:  # `a/**` is what is in a, not a
        path.insert(-1, _part("*"))
    return _Wild(place, ignores, folders_only, None, tuple(path))


def _part(text: str) -> re.Pattern[str]:
    """The expression for one part of a path. What a star takes is settled as soon as what follows it fits."""
    pieces = [""]
    for token in _TOKEN.finditer(text):
        if token[2]:
            pieces.append("")
        else:
            pieces[-1] += _single(token)
    first, *rest = pieces
    if not rest:
        return re.compile(first, re.DOTALL)
    settled = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return re.compile(f"{first}{settled}.*{rest[-1]}", re.DOTALL)


def _single(token: re.Match[str]) -> str:
    """The expression for one character."""
    if token[0] == "?":
        return "."
    if token[4] is None:
        return re.escape(token[1] or token[0])
    members = "".join(_members(token[4]))
    if not members:
        return "." if token[3] else "(?!)"
    return f"[{'^' if token[3] else ''}{members}]"


def _members(text: str) -> Iterator[str]:
    for found in _MEMBER.finditer(text):
        named, low, high, one = found.groups()
        if named:
            yield _CLASSES.get(named, "")
        elif one:
            yield re.escape(one[-1])
        elif low[-1] <= high[-1]:  # a range that runs backwards has nothing in it
            yield f"{re.escape(low[-1])}-{re.escape(high[-1])}"


def _speaks(wild: _Wild, name: str, parts: Sequence[str]) -> bool:
    return bool(wild.name.fullmatch(name)) if wild.name else _fits(wild.path, parts)


def _fits(path: _Path, parts: Sequence[str]) -> bool:
    """Compare part by part; behind a `**` the first place that fits is right, so one is tried again."""
    here = there = 0
    again: tuple[int, int] | None = None
    while there < len(parts):
        part = path[here] if here < len(path) else None
        if here < len(path) and part is None:
            here, again = here + 1, (here + 1, there)
        elif part is not None and part.fullmatch(parts[there]):
            here, there = here + 1, there + 1
        elif again:
            again = again[0], again[1] + 1
            here, there = again
        else:
            return False
    return all(part is None for part in path[here:])


# The ignore lists that hold in a folder, outermost first, each with the folder it stands in.
Lists = tuple[tuple[str, IgnoreList], ...]


def judged(rel: str, lists: Lists, *, folder: bool) -> bool | None:
    """What the innermost list that speaks of a path says of it."""
    for above, found in reversed(lists):
        verdict = found.judge(rel[len(above) + 1 :] if above else rel, folder=folder)
        if verdict is not None:
            return verdict
    return None
