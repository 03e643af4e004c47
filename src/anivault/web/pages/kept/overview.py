"""The page of all that is kept. Secrets are never shown: of a key only whether there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from anivault.cli.commands.upkeep.config import _shown
from anivault.cli.context import Context
from anivault.cli.render.repinned import pin_told
from anivault.cli.screen import Screen
from anivault.shared.errors import AniVaultError
from anivault.shared.places import user_config_path
from anivault.shared.progress import untold
from anivault.shared.settings import flatten
from anivault.shared.text import as_json
from anivault.web.house import House
from anivault.web.pages.asking import refused
from anivault.web.pages.rendering import house_of, render
from anivault.web.safety.tokens import SCOPES

# No path, no address and no secret can be set here: a page may not widen what it is allowed to do.
OPEN = ("organize.", "scan.", "watch.", "match.")


def show(request: Request, made: str = "", said: str = "") -> Response:
    """Pins, ignore lists, settings with who set each, and tokens by name."""
    from anivault.services import pinning
    from anivault.services.remembered import ignored

    house = house_of(request)
    try:
        context = Context(Screen(quiet=True), house.config)
        context.library(house.library)
        settings = list(_settings(context.loaded))
        listed = pinning.listed(house.library)
        pins = pinning.called(listed, house.settings, ("catalog",), untold)
        lists = ignored.listed(house.library)
    except AniVaultError as error:
        return refused(request, error, "/")
    return render(
        request,
        "pages/settings.html",
        settings=settings,
        open=OPEN,
        own_file=str(own_file(house)),
        pins=[
            (each.file, [(_written(pin), pin, pin_told(pin, each.shows.get(pin.id))) for pin in each.pins])
            for each in pins
        ],
        pinned="pinned" in request.query_params,
        pin_file=str(pinning.file_of(house.library)),
        lists=lists,
        list_file=str(ignored.file_of(house.library)),
        key=house.has_key(),
        tokens=house.tokens.listed(),
        scopes=SCOPES,
        made=made,
        said=said,
    )


def own_file(house: House) -> Path:
    """The user's own file of settings, which the page writes."""
    return Path(house.config) if house.config else user_config_path()


def _written(pin: msgspec.Struct) -> str:
    """A pin as a form carries it."""
    return msgspec.json.encode(pin).decode()


def _settings(loaded: Any) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """By name each setting as it is shown, as it is typed, who set it, and its words where they are few."""
    from anivault.services.remembered.configured import choices_of

    return [
        (
            name,
            as_json(_shown(name, value)),
            _typed(value) if name.startswith(OPEN) else "",
            loaded.origin.get(name, "default"),
            choices_of(name) if name.startswith(OPEN) else (),
        )
        for name, value in flatten(loaded.settings)
    ]


def _typed(value: Any) -> str:
    """A value in the words that set it: lists with commas, and yes or no."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
