"""Ignore lists on the page: leave files out for good, or take a line back."""

from __future__ import annotations

import os

from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError, UsageError
from anivault.web.house import House
from anivault.web.pages.asking import is_outside, refused
from anivault.web.pages.rendering import form, go, house_of

LONGEST = 5000  # characters of a line


def ignore(request: Request) -> Response:
    """Write a line for a file or folder of the served ones, or for a pattern, into the library's own list."""
    from anivault.services.remembered import ignored

    house, fields = house_of(request), form(request)
    words, back = fields.get("what", "").strip()[:LONGEST], "/plan" if "plan" in fields else "/settings"
    try:
        _require_named(house, words)
        ignored.add([words], house.library)
    except AniVaultError as error:
        return refused(request, error, back)
    return go(request, back)


def _require_named(house: House, words: str) -> None:
    """Refuse nothing, a path outside of the served folders, and one that is not there."""
    hint = "Write a pattern, as *.nfo, or a path in your folders."
    if not words:
        raise UsageError("A path or a pattern is needed. Nothing was changed.", hint=hint)
    if is_outside(house, words):
        raise UsageError(
            "That path is not in the folders that this page may use. Nothing was changed.", hint=hint
        )
    if os.path.isabs(words) and not os.path.lexists(words):
        raise UsageError("There is no file or folder at that path. Nothing was changed.", hint=hint)


def heed(request: Request) -> Response:
    """Take a line out of the library's own list."""
    from anivault.services.remembered import ignored

    house, line = house_of(request), form(request).get("line", "")[:LONGEST]
    try:
        ignored.remove([line], house.library)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return go(request, "/settings")
