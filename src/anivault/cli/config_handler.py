"""`anivault config`: the settings that hold, where each comes from, and what could be set."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import msgspec

from anivault.shared.errors import ConfigError, PresetError, TemplateError, shortened
from anivault.shared.settings import Loaded, flatten

_SECRET = re.compile("key|token|secret|passw|auth|cookie", re.IGNORECASE)


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting: its dotted name, its value, and who set it."""

    name: str
    value: Any
    origin: str


def show(loaded: Loaded) -> list[Setting]:
    """Every setting, in the order of the sections."""
    return [
        Setting(name=name, value=_shown(name, value), origin=loaded.origin.get(name, "default"))
        for name, value in flatten(loaded.settings)
    ]


def _shown(name: str, value: Any) -> Any:
    """What is given to a plug-in may be a secret of the user's."""
    if not name.startswith("plugins."):
        return value
    return {key: "***" if _SECRET.search(key) else given for key, given in value.items()}


def default() -> str:
    """The commented default configuration, to copy from."""
    return resources.files("anivault.config").joinpath("config.toml").read_text(encoding="utf-8")


def presets(loaded: Loaded) -> dict[str, dict[str, Any]]:
    """Every preset by name, the user's own among them, as it stands in its table."""
    from anivault.core.planning.naming.preset import builtin_presets

    return {**builtin_presets(), **loaded.settings.presets}


def check_presets(loaded: Loaded) -> None:
    """Refuse a preset of a configuration that cannot be, with its file. Raises ConfigError."""
    chosen, own = loaded.settings.organize.preset, loaded.settings.presets
    places = {f"presets.{name}": name for name in own} | {"organize.preset": chosen}
    for place, name in places.items():
        if (where := loaded.origin[place]) != "default":
            _check_preset(name, own, where, place)


def _check_preset(name: str, own: dict[str, dict[str, Any]], where: str, place: str) -> None:
    from anivault.core.planning.naming.preset import load_preset

    try:
        load_preset(name, own)
    except (PresetError, TemplateError) as error:
        why = str(error).removesuffix(" Nothing was changed.").removesuffix(".")
        raise ConfigError(where, shortened(f"{place}: {why}")) from error


def unheard(loaded: Loaded) -> list[str]:
    """Say what a library's own file sets that only the user may, and where the user can."""
    return [
        f"{item.file} sets {item.name}, which a library may not: it is not heard. "
        f"If you mean it, {_instead(item.name)} {item.instead}"
        for item in loaded.unheard
    ]


def _instead(name: str) -> str:
    return f"{'give --mode move, or ' if name == 'organize.mode' else ''}set it in"
