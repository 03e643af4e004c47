"""Ignore lists on the page: leave files out for good, or remove a line."""

from __future__ import annotations

import os
from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError, UsageError
from anivault.web.house import House
from anivault.web.pages.asking import is_outside, refused
from anivault.web.pages.rendering import form, go, house_of, render

LONGEST = 5000  # characters of a line
COUNTED = 20_000  # files that a line is tried on
FEW = 10  # files that a line may leave out whatever their part is


def ignore(request: Request) -> Response:
    """Write a line for a file or folder of the served ones, or for a pattern, into the library's own list.

    One that leaves out nearly all is shown with what it leaves out, and written once that was seen.
    """
    from anivault.services.remembered import ignored

    house, fields = house_of(request), form(request)
    words, back = fields.get("what", "").strip()[:LONGEST], "/plan" if "plan" in fields else "/settings"
    try:
        house.require_there()
        _require_named(house, words)
        line = ignored.line_of(words)
        if fields.get("sure") != line and (wide := _wide(house, line)):
            asked = {name: text for name, text in fields.items() if name != "csrf"} | {"sure": line}
            return render(request, "pages/wide.html", 409, line=line, wide=wide, back=back, fields=asked)
        ignored.add([words], house.library)
    except AniVaultError as error:
        return refused(request, error, back)
    return go(request, back)


class Wide(NamedTuple):
    """What a line leaves out, in words; and how many of the plan's files that are, of so many."""

    what: str
    files: int
    of: int


def _wide(house: House, line: str) -> Wide | None:
    """What a line leaves out, where that is all of a kind or more than half of what was planned."""
    from anivault.services.remembered import reach

    what, paths = reach.told(line, house.sources), _paths(house)
    files = reach.count(line, paths, house.sources)
    if what or files > max(FEW, len(paths) // 2):
        return Wide(what or "more than half of the files", files, len(paths))
    return None


def _paths(house: House) -> list[str]:
    """Files of the plan; of a large one those that are counted in a moment."""
    sheet = house.desk.sheet("plan")
    if sheet is None:
        return []
    with sheet:
        rows = [*sheet.rows("move", most=COUNTED), *sheet.rows("held", most=COUNTED)]
    return [row.read(Placed).path for row in rows]


class Placed(msgspec.Struct, frozen=True):
    """Where a file of a plan is, whatever becomes of it."""

    path: str


def _require_named(house: House, words: str) -> None:
    """Refuse nothing, a path outside of the served folders, and one that is not there or always read."""
    hint = "Write a pattern, as *.nfo, or a path in your folders."
    if not words:
        raise UsageError("A path or a pattern is needed. Nothing was changed.", hint=hint)
    if is_outside(house, words):
        raise UsageError(
            "That path is not in the folders that this page may use. Nothing was changed.", hint=hint
        )
    if os.path.isabs(words) and words.rstrip("/") in house.sources:
        raise UsageError(
            "That is a folder that this page organizes: it is always read. Nothing was changed.",
            hint=f"To leave out all that is in it: {words.rstrip('/')}/*",
        )
    if os.path.isabs(words) and not os.path.lexists(words) and not set("*?[") & set(words):
        raise UsageError("There is no file or folder at that path. Nothing was changed.", hint=hint)


def heed(request: Request) -> Response:
    """Take a line out of the library's own list."""
    from anivault.services.remembered import ignored

    house, line = house_of(request), form(request).get("line", "")[:LONGEST]
    try:
        house.require_there()
        ignored.remove([line], house.library)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return go(request, "/settings")
