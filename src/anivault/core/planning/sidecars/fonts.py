"""Tell which fonts an ASS subtitle asks for that its video does not bring. Reads files, changes nothing.

In: a plan. Out: for each ASS file that goes with a video the font names that are neither attached to that
video (Matroska) nor among the fonts that go beside it. Reads headers and name tables, never the pictures.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from anivault.core.models import Move, Plan
from anivault.shared import regex as re

ASS = (".ass", ".ssa")
FONTS = (".ttf", ".otf", ".ttc")
_ASS_MAX = 32 << 20  # bytes; the largest with full karaoke and drawings have a third of that
_ELEMENTS_MAX = 200_000  # a day of video has 20,000 clusters


class Missing(NamedTuple):
    """A subtitle, by its source, and the fonts it lacks."""

    subtitle: str
    fonts: tuple[str, ...]

    @property
    def words(self) -> str:
        """One line for people."""
        return f"{self.subtitle}: no font {', '.join(self.fonts)} here."


def missing(plan: Plan) -> Iterator[Missing]:
    """Yield the subtitles of `plan` that lack fonts; a file that cannot be read is left out."""
    sources = {move.target: move.source for move in plan.moves}
    beside = _beside(plan.moves)
    for move in plan.moves:
        if move.video is None or not move.target.endswith(ASS):
            continue
        video = sources.get(move.video) or os.path.join(plan.library, move.video)
        try:
            wanted = wanted_fonts(_read_text(move.source))
            have = attached_fonts(video) | beside.get(os.path.dirname(move.target), set())
        except OSError:
            continue
        if lost := tuple(sorted(name for name in wanted if name.casefold() not in have)):
            yield Missing(move.source, lost)


def _beside(moves: Iterable[Move]) -> dict[str, set[str]]:
    """The names of the loose fonts, by the folder of the videos that they are for."""
    names: dict[str, set[str]] = {}
    for move in moves:
        if move.target.endswith(FONTS):
            folder = os.path.dirname(move.video or "")
            try:
                with Path(move.source).open("rb") as file:
                    names.setdefault(folder, set()).update(font_names(file, 0))
            except OSError:
                continue
    return names


# --- what a subtitle asks for ----------------------------------------------------------------------------

_OVERRIDE = re.compile(r"\\fn([^\\}]+)")
_SWITCH = re.compile(r"\\r([^\\}]+)")
_BLOCK = re.compile(r"\{[^}]*\}")


def wanted_fonts(text: str) -> set[str]:
    """The fonts of the styles that lines use, and those that lines switch to."""
    styles: dict[str, str] = {}
    used: set[str] = set()
    fonts: set[str] = set()
    for kind, row in _rows(text):
        if kind == "style":
            styles[row.get("name", "").lstrip("*")] = row.get("fontname", "")
            continue
        used.add(row.get("style", "").lstrip("*"))
        for block in _BLOCK.findall(row.get("text", "")):
            fonts.update(_OVERRIDE.findall(block))
            used.update(_SWITCH.findall(block))
    fonts.update(styles[name] for name in used if name in styles)
    return {font for name in fonts if (font := name.strip().lstrip("@")) and font != "0"}


def _rows(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every style and every line that is spoken, by the columns that the `Format` above it names."""
    columns: list[str] = []
    for line in text.splitlines():
        key, _, rest = line.partition(":")
        kind = key.strip().lower()
        if kind == "format":
            columns = [column.strip().lower() for column in rest.split(",")]
        elif kind in {"style", "dialogue"}:
            yield kind, _row(columns, rest)


def _row(columns: list[str], rest: str) -> dict[str, str]:
    values = [value.strip() for value in rest.split(",", max(len(columns) - 1, 0))]
    return dict(zip(columns, values, strict=False))


def _read_text(path: str) -> str:
    with Path(path).open("rb") as file:
        raw = file.read(_ASS_MAX)
    encoding = "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return raw.decode(encoding, "replace")


# --- what a video brings ---------------------------------------------------------------------------------

_EBML, _SEGMENT, _ATTACHMENTS, _FILE, _DATA = 0x1A45DFA3, 0x18538067, 0x1941A469, 0x61A7, 0x465C


def attached_fonts(path: str) -> set[str]:
    """The case-folded names of the fonts in a Matroska file; none for any other file. Raises OSError."""
    names: set[str] = set()
    with Path(path).open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        top = list(_elements(file, 0, end, only=_SEGMENT))
        for _, start, stop in top:
            for _, first, last in _elements(file, start, stop, only=_ATTACHMENTS):
                for _, inner, outer in _elements(file, first, last, only=_FILE):
                    for _, data, _ in _elements(file, inner, outer, only=_DATA):
                        names |= font_names(file, data)
    return names


def _elements(file: BinaryIO, at: int, end: int, *, only: int) -> Iterator[tuple[int, int, int]]:
    """Yield id, start and end of the content of the elements `only`; damage ends the walk."""
    for _ in range(_ELEMENTS_MAX):
        file.seek(at)
        head = file.read(12)
        id_length = _length(head)
        size_length = _length(head[id_length:])
        if at >= end or not id_length or not size_length or len(head) < id_length + size_length:
            return
        identifier = int.from_bytes(head[:id_length], "big")
        size = int.from_bytes(head[id_length : id_length + size_length], "big") & ~(1 << 7 * size_length)
        start = at + id_length + size_length
        stop = end if size == (1 << 7 * size_length) - 1 else min(start + size, end)  # all ones: unknown
        if at == 0 and identifier != _EBML:
            return
        if identifier == only:
            yield identifier, start, stop
        at = stop


def _length(head: bytes) -> int:
    """How many bytes a variable-length number takes; 0 for none."""
    return 9 - head[0].bit_length() if head and head[0] else 0


_NAME_IDS = frozenset({1, 4, 6, 16})  # family, full name, PostScript name, typographic family


def font_names(file: BinaryIO, at: int) -> set[str]:
    """The case-folded names of the font or collection that begins at `at`; none for anything else."""
    names: set[str] = set()
    for font in _fonts(file, at):
        file.seek(font)
        head = file.read(12)
        count = int.from_bytes(head[4:6], "big") if head[:4] in {b"\0\1\0\0", b"OTTO", b"true"} else 0
        table = file.read(16 * count)
        for n in range(0, len(table) - 15, 16):
            if table[n : n + 4] == b"name":
                offset, length = struct.unpack(">II", table[n + 8 : n + 16])
                file.seek(at + offset)
                names |= _names_in(file.read(min(length, 1 << 20)))
    return names


def _fonts(file: BinaryIO, at: int) -> list[int]:
    file.seek(at)
    head = file.read(12)
    if head[:4] != b"ttcf":
        return [at]
    count = min(int.from_bytes(head[8:12], "big"), 256)
    offsets = file.read(4 * count)
    return [at + int.from_bytes(offsets[n : n + 4], "big") for n in range(0, len(offsets) - 3, 4)]


def _names_in(table: bytes) -> set[str]:
    """Read a `name` table: platform 1 is Mac Roman, all others are UTF-16."""
    if len(table) < 6:
        return set()
    count, strings = struct.unpack(">HH", table[2:6])
    names: set[str] = set()
    for n in range(6, min(6 + 12 * count, len(table) - 11), 12):
        platform, _, _, kind, length, offset = struct.unpack(">6H", table[n : n + 12])
        raw = table[strings + offset : strings + offset + length]
        if kind in _NAME_IDS:
            text = raw.decode("mac-roman" if platform == 1 else "utf-16-be", "ignore")
            names.add(text.strip("\0 ").casefold())
    return names - {""}
