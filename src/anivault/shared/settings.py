"""Settings: flag > environment > library > user > default. Reads TOML files; writes nothing.

A file may leave out anything; what it names must exist and have the right type, else the whole
file is refused with the place. `origin` tells for each setting who won.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import platformdirs

from anivault.shared.errors import ConfigError

ModeName = Literal["hardlink", "reflink", "copy", "move", "symlink"]
ConflictPolicy = Literal["hold", "version"]


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration."""


class LibrarySettings(Section, frozen=True):
    """The library that commands mean when none is named."""

    path: str = ""


class OrganizeSettings(Section, frozen=True):
    """How files reach the library."""

    mode: ModeName = "hardlink"
    preset: str = "jellyfin"
    on_conflict: ConflictPolicy = "hold"


class ParserSettings(Section, frozen=True):
    """Which engines read names."""

    engines: tuple[str, ...] = ("anitomy-ng",)


class MatchSettings(Section, frozen=True):
    """Who is asked what a show is, and in which languages titles are wanted."""

    providers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class TmdbSettings(Section, frozen=True):
    """Where TMDB is. The key is no setting: environment, keyring, or `tmdb.key` beside the user's file."""

    url: str = "https://api.themoviedb.org/3"
    images: str = "https://image.tmdb.org/t/p"


class Settings(Section, frozen=True):
    """All settings, with the built-in defaults."""

    library: LibrarySettings = LibrarySettings()
    organize: OrganizeSettings = OrganizeSettings()
    parser: ParserSettings = ParserSettings()
    match: MatchSettings = MatchSettings()
    tmdb: TmdbSettings = TmdbSettings()
    presets: dict[str, dict[str, Any]] = {}  # the user's own; docs/naming.md has every key


# Which variable sets what. A list is written with commas.
ENVIRONMENT = {
    "ANIVAULT_LIBRARY": "library.path",
    "ANIVAULT_MODE": "organize.mode",
    "ANIVAULT_PRESET": "organize.preset",
    "ANIVAULT_ON_CONFLICT": "organize.on_conflict",
    "ANIVAULT_PARSERS": "parser.engines",
    "ANIVAULT_PROVIDERS": "match.providers",
    "ANIVAULT_LANGUAGES": "match.languages",
    "ANIVAULT_TMDB_URL": "tmdb.url",
    "ANIVAULT_TMDB_IMAGES": "tmdb.images",
}


class Loaded(msgspec.Struct, frozen=True):
    """The settings in force, and by dotted name where each comes from."""

    settings: Settings
    origin: dict[str, str]


def user_config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own file is, whether it exists or not."""
    named = environment.get("ANIVAULT_CONFIG")
    return Path(named) if named else Path(platformdirs.user_config_dir("anivault")) / "config.toml"


def load(
    *, config: str | None = None, library: str | None = None, environment: Mapping[str, str] = os.environ
) -> Loaded:
    """Read the layers. `config` (--config) replaces the user's file and must exist.

    Raises ConfigError for a file that cannot be read, is no TOML, or names what does not exist.
    """
    user = Path(config) if config else user_config_path(environment)
    layers = [(str(user), _read(user, must_exist=bool(config)))]
    home = library or environment.get("ANIVAULT_LIBRARY") or _library_of(layers[0][1])
    if home:
        path = Path(home) / ".anivault" / "config.toml"
        layers.append((str(path), _read(path)))
    layers.append(("environment", _from_environment(environment)))
    return _merge(layers)


def flatten(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Yield every setting by its dotted name, in the order of the sections."""
    for section, table in msgspec.to_builtins(settings).items():
        for name, value in table.items():
            yield f"{section}.{name}", value


def _read(path: Path, *, must_exist: bool = False) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        msgspec.convert(table, Settings)
    except (FileNotFoundError, NotADirectoryError) as error:
        if must_exist:
            raise ConfigError(str(path), "there is no such file") from error
        return {}
    except OSError as error:
        raise ConfigError(str(path), error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(str(path), str(error)) from error
    return table


def _library_of(table: dict[str, Any]) -> str:
    return str(table.get("library", {}).get("path", ""))


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    defaults = dict(flatten(Settings()))
    for variable, name in ENVIRONMENT.items():
        if text := environment.get(variable):
            section, _, key = name.partition(".")
            value = [part.strip() for part in text.split(",")] if _is_list(defaults[name]) else text
            table.setdefault(section, {})[key] = value
    try:
        msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        raise ConfigError("the environment", str(error)) from error
    return table


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _merge(layers: list[tuple[str, dict[str, Any]]]) -> Loaded:
    merged = msgspec.to_builtins(Settings())
    origin = {name: "default" for name, _ in flatten(Settings())}
    for where, table in layers:
        for section, values in table.items():
            merged[section].update(values)
            origin.update({f"{section}.{key}": where for key in values})
    return Loaded(msgspec.convert(merged, Settings), origin)
