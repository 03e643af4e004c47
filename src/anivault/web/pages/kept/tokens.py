"""Tokens of programs on the page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError
from anivault.web.pages.asking import refused
from anivault.web.pages.kept.overview import show
from anivault.web.pages.rendering import form, go, house_of
from anivault.web.safety.tokens import SCOPES


def token(request: Request) -> Response:
    """Make a token for a program, shown this once; or revoke one."""
    try:
        return _changed(request)
    except AniVaultError as error:
        return refused(request, error, "/settings")


def _changed(request: Request) -> Response:
    house, fields = house_of(request), form(request)
    name, scope = fields.get("name", "").strip()[:40], fields.get("scope", "")
    if fields.get("remove"):
        house.tokens.remove(name)
        return go(request, "/settings")
    if not name or scope not in SCOPES:
        return show(request, said="A token needs a name, and one of: read, plan, apply.")
    return show(request, made=house.tokens.make(name, scope))
