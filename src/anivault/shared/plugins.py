"""Find a plug-in by its name: parsers, providers.

In: a group of entry points and a name. Out: what is registered under it. A built-in one is
registered as an entry point like any other, but imported straight from the table below: a scan of
all entry points costs 35 ms, and only a name that is not built in pays it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from anivault.shared.errors import PluginBrokenError, PluginNotFoundError

PARSERS = "anivault.parsers"
PROVIDERS = "anivault.providers"

# The same lines stand in pyproject.toml; a test compares them.
BUILT_IN: dict[str, dict[str, str]] = {
    PARSERS: {
        "anitomy-ng": "anivault.parser.engines.anitomy_ng:AnitomyNg",
        "anitopy": "anivault.parser.engines.anitopy:Anitopy",
        "aniparse": "anivault.parser.engines.aniparse:Aniparse",
        "guessit": "anivault.parser.engines.guessit:Guessit",
        "neurelease": "anivault.parser.engines.neurelease:Neurelease",
    },
    PROVIDERS: {
        "catalog": "anivault.services.providers:open_catalog",
        "tmdb": "anivault.services.providers:open_tmdb",
    },
}


def load(group: str, name: str) -> Any:
    """Return what `name` is registered as in `group`. Raises PluginNotFoundError, PluginBrokenError."""
    target = BUILT_IN.get(group, {}).get(name) or _installed(group).get(name)
    if target is None:
        raise PluginNotFoundError(group, name, names(group))
    module, _, attribute = target.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise PluginBrokenError(group, name, str(error)) from error


def names(group: str) -> list[str]:
    """Every name in `group`, the built-in ones first."""
    built_in = list(BUILT_IN.get(group, {}))
    return built_in + sorted(_installed(group).keys() - set(built_in))


def _installed(group: str) -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=group)}
