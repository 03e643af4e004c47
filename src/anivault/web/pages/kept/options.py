"""Settings on the page: those that say how files are organized, read and matched."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from anivault.shared.errors import AniVaultError, UsageError
from anivault.web.pages.asking import refused
from anivault.web.pages.kept.overview import OPEN, own_file
from anivault.web.pages.rendering import form, go, house_of

LONGEST = 500  # characters of a value


def change(request: Request) -> Response:
    """Change one setting in the user's own file, or take it out so that the default holds."""
    from anivault.services.remembered import configured

    house, fields = house_of(request), form(request)
    name, value = fields.get("name", ""), fields.get("value", "").strip()[:LONGEST]
    try:
        if not name.startswith(OPEN):
            raise UsageError(
                "This setting cannot be changed on the page. Nothing was changed.",
                hint="anivault config set NAME VALUE",
            )
        default = "default" in fields
        configured.change(own_file(house), {name: None if default else configured.value_of(name, [value])})
    except AniVaultError as error:
        return refused(request, error, "/settings")
    return go(request, "/settings")
