"""Find a plug-in by its name, and make it: parsers, providers. docs/plugins.md is the contract.

In: a group of entry points and a name. Out: what is registered under it. A built-in one is
registered as an entry point like any other, but imported straight from the table below: a scan of
all entry points costs 35 ms, and only a name that is not built in pays it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from anivault.shared.errors import PluginBrokenError, PluginNotFoundError

PARSERS = "anivault.parsers"
PROVIDERS = "anivault.providers"
TIMEOUT = "timeout"  # of a plug-in's table: AniVault's own word, which the plug-in does not get

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


def find(group: str, name: str) -> str:
    """Return where `name` of `group` is registered to be. Raises PluginNotFoundError."""
    target = BUILT_IN.get(group, {}).get(name) or _installed(group).get(name)
    if target is None:
        raise PluginNotFoundError(group, name, names(group))
    return target


def load(group: str, name: str) -> Any:
    """Return what `name` is registered as in `group`. Raises PluginNotFoundError, PluginBrokenError."""
    module, _, attribute = find(group, name).partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (Exception, SystemExit) as error:  # foreign code may raise anything
        raise PluginBrokenError(group, name, str(error) or repr(error)) from error


def make(factory: Any, table: Mapping[str, Any]) -> Any:
    """Make a plug-in of what is registered: with its settings where it takes something, else without."""
    own = {key: value for key, value in table.items() if key != TIMEOUT}
    if takes(factory):
        return factory(own)
    if own:
        raise TypeError(f"it takes no settings, and is given {', '.join(own)}")
    return factory()


def takes(factory: Any) -> int:
    """Tell how many arguments a plug-in is made with, those left out that have a default behind the first."""
    from inspect import Parameter, signature

    named = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    found = [p for p in signature(factory).parameters.values() if p.kind in named]
    return len([p for n, p in enumerate(found) if n == 0 or p.default is p.empty])


def names(group: str) -> list[str]:
    """Every name in `group`, the built-in ones first."""
    built_in = list(BUILT_IN.get(group, {}))
    return built_in + sorted(_installed(group).keys() - set(built_in))


def _installed(group: str) -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=group)}
