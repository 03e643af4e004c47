"""Pins on the page: make one, say something else of it, take it back."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError, PinRefusedError
from anivault.shared.progress import untold
from anivault.web.pages.asking import refused, set_pin
from anivault.web.pages.rendering import form, go, house_of, optional
from anivault.web.records import PinWords

LONGEST = 5000  # characters of what a pin is for


def make(request: Request) -> Response:
    """Pin a folder or file of the served ones, or a title."""
    fields = form(request)
    words = _words(fields.get("what", "").strip()[:LONGEST], fields)
    try:
        if not words.what or min(words.what) < " ":  # no name has control characters
            raise PinRefusedError("a pin is for a folder, a file or a title")
        set_pin(house_of(request), words)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return go(request, "/settings")


def change(request: Request) -> Response:
    """Say another show, season or numbers of a pin; what it is for stays."""
    from anivault.core.matching.pins import Pin
    from anivault.services import pinning

    house, fields = house_of(request), form(request)
    try:
        old = msgspec.json.decode(fields.get("pin", ""), type=Pin)
    except msgspec.MsgspecError:
        return refused(request, PinRefusedError("the form says no pin"), "/settings")
    words = _words(old.title or old.folder or "", fields)
    wanted = pinning.PinRequest(library=house.library, **msgspec.structs.asdict(words))
    try:
        pinning.change(old, wanted, house.settings, house.settings.match.providers, untold)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return go(request, "/settings")


def _words(what: str, fields: dict[str, str]) -> PinWords:
    """The pin that a form asks for."""
    return PinWords(
        what=what,
        show=fields.get("show", "").strip()[:60],
        season=optional(fields.get("season")),
        offset=optional(fields.get("offset")),
        episodes=fields.get("episodes", "").strip()[:20] or None,
    )


def unpin(request: Request) -> Response:
    """Take every pin for a folder, file or title out again."""
    from anivault.services import pinning

    try:
        pinning.unpin(form(request).get("what", "")[:LONGEST], house_of(request).library)
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return go(request, "/settings")
