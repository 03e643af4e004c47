"""Pins, settings and the tokens of programs. Secrets are never shown: of a key only whether there is one."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from anivault.cli.commands.upkeep.config import _shown
from anivault.cli.context import Context
from anivault.cli.screen import Screen
from anivault.services.secrets import find_key
from anivault.shared.errors import AniVaultError, TmdbKeyError
from anivault.shared.settings import flatten, user_config_path
from anivault.web.pages.asking import refused, take_back
from anivault.web.pages.rendering import form, go, house_of, render
from anivault.web.safety.tokens import SCOPES


def show(request: Request, made: str = "", said: str = "") -> Response:
    """Pins, settings with who set each, and tokens by name."""
    from anivault.services import pinning

    house = house_of(request)
    try:
        context = Context(Screen(quiet=True), house.config)
        context.library(house.library)
        settings = list(_settings(context.loaded))
        pins = pinning.listed(house.library)
    except AniVaultError as error:
        return refused(request, error, "/")
    return render(
        request,
        "pages/settings.html",
        settings=settings,
        pins=pins,
        key=_has_key(),
        tokens=house.tokens.listed(),
        scopes=SCOPES,
        made=made,
        said=said,
    )


def _has_key() -> bool:
    """Whether there is a key for TMDB that can be used."""
    try:
        return find_key(user_config_path().parent) is not None
    except TmdbKeyError:
        return False


def _settings(loaded: Any) -> list[tuple[str, str, str]]:
    return [
        (name, msgspec.json.encode(_shown(name, value)).decode(), loaded.origin.get(name, "default"))
        for name, value in flatten(loaded.settings)
    ]


def unpin(request: Request) -> Response:
    """Take a pin back."""
    try:
        take_back(house_of(request), form(request).get("what", "")[:5000])
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return go(request, "/settings")


def token(request: Request) -> Response:
    """Make a token for a program, shown this once; or take one back."""
    house, fields = house_of(request), form(request)
    name, scope = fields.get("name", "").strip()[:40], fields.get("scope", "")
    if fields.get("remove"):
        house.tokens.remove(name)
        return go(request, "/settings")
    if not name or scope not in SCOPES:
        return show(request, said="A token needs a name, and one of: read, plan, apply.")
    return show(request, made=house.tokens.make(name, scope))
