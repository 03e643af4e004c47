"""The page of all that is kept. Secrets are never shown: of a key only whether there is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

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
from anivault.web.pages.rendering import house_of, render
from anivault.web.safety.tokens import SCOPES

if TYPE_CHECKING:
    from anivault.core.matching.pins import Pin
    from anivault.services.remembered.configured import Broken
    from anivault.shared.settings import Loaded

T = TypeVar("T")

# No path, no address and no secret can be set here: a page may not widen what it is allowed to do.
OPEN = ("organize.", "scan.", "watch.", "match.")


def show(request: Request, made: str = "", said: str = "") -> Response:
    """Pins, ignore lists, settings with who set each, and tokens by name."""
    from anivault.services import pinning
    from anivault.services.remembered import configured, ignored

    house = house_of(request)
    settings, amiss = _or_why(lambda: list(_settings(_loaded(house))))
    broken, unread = _or_why(lambda: list(map(_harmless, configured.broken(own_file(house)))))
    pins, no_pins = _or_why(lambda: _pins(house))
    lists, no_lists = _or_why(lambda: ignored.listed(house.library))
    return render(
        request,
        "pages/settings.html",
        settings=settings,
        broken=broken,
        amiss=[why for why in (amiss, unread) if why and not broken],
        known=frozenset(name for name, _ in flatten(house.settings)),
        open=OPEN,
        own_file=str(own_file(house)),
        pins=pins,
        no_pins=no_pins,
        pinned="pinned" in request.query_params,
        pin_file=str(pinning.file_of(house.library)),
        lists=lists,
        no_lists=no_lists,
        list_file=str(ignored.file_of(house.library)),
        key=house.has_key(),
        tokens=house.tokens.listed(),
        scopes=SCOPES,
        made=made,
        said=said,
    )


def _or_why(find: Callable[[], list[T]]) -> tuple[list[T], str]:
    """What is found; what cannot be read keeps nobody from all the rest: then why, in words."""
    try:
        return find(), ""
    except AniVaultError as error:
        return [], str(error).removesuffix(" Nothing was changed.")


def _harmless(line: Broken) -> Broken:
    """A line of which nothing is shown but its name, where its value may be a secret."""
    if line.name.startswith(OPEN) or not line.name:
        return line
    return line._replace(said=line.name, why="This cannot be used as it stands there.")


def _loaded(house: House) -> Loaded:
    """The settings that hold now, for the library that is served."""
    context = Context(Screen(quiet=True), house.config)
    context.library(house.library)
    return context.loaded


def _pins(house: House) -> list[tuple[str, list[tuple[str, Pin, str]]]]:
    """By file each pin as a form carries it, as it is, and in words."""
    from anivault.services import pinning

    found = pinning.called(pinning.listed(house.library), house.settings, ("catalog",), untold)
    return [
        (each.file, [(_written(pin), pin, pin_told(pin, each.shows.get(pin.id))) for pin in each.pins])
        for each in found
    ]


def own_file(house: House) -> Path:
    """The user's own file of settings, which the page writes."""
    return Path(house.config) if house.config else user_config_path()


def _written(pin: msgspec.Struct) -> str:
    """A pin as a form carries it."""
    return msgspec.json.encode(pin).decode()


def _settings(loaded: Any) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """By name each setting as it is shown, as it is typed, who set it, and its words where they are few."""
    from anivault.core.planning.naming.presets import builtin_presets
    from anivault.services.remembered.configured import choices_of

    presets = tuple(dict.fromkeys((*builtin_presets(), *loaded.settings.presets)))
    return [
        (
            name,
            as_json(_shown(name, value)),
            _typed(value) if name.startswith(OPEN) else "",
            loaded.origin.get(name, "default"),
            presets if name == "organize.preset" else choices_of(name) if name.startswith(OPEN) else (),
        )
        for name, value in flatten(loaded.settings)
    ]


def _typed(value: Any) -> str:
    """A value in the words that set it: lists with commas, and yes or no."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
