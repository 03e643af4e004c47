"""`anivault config`: the settings that hold, where each comes from, and what could be set."""

from __future__ import annotations

from importlib import resources
from typing import Any

import msgspec

from anivault.core.planning.naming import builtin_presets
from anivault.shared.settings import Loaded, flatten


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting: its dotted name, its value, and who set it."""

    name: str
    value: Any
    origin: str


def show(loaded: Loaded) -> list[Setting]:
    """Every setting, in the order of the sections."""
    return [
        Setting(name=name, value=value, origin=loaded.origin.get(name, "default"))
        for name, value in flatten(loaded.settings)
    ]


def default() -> str:
    """The commented default configuration, to copy from."""
    return resources.files("anivault.config").joinpath("config.toml").read_text(encoding="utf-8")


def presets(loaded: Loaded) -> dict[str, dict[str, Any]]:
    """Every preset by name, the user's own among them, as it stands in its table."""
    return {**builtin_presets(), **loaded.settings.presets}
