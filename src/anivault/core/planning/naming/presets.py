"""Load presets, those that are shipped and the user's own. Reads presets.toml.

In: a name and the user's tables. Out: a Preset, all of it checked, or the error that says what is wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from anivault.core.planning.naming.characters import finish
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.naming.template import (
    PLAIN_MAX,
    UNFIT_TEXT,
    Component,
    Field,
    fields_of,
    parse_template,
)
from anivault.parser.models import VideoType
from anivault.shared import regex as re
from anivault.shared.errors import PresetError, shortened
from anivault.shared.settings import LANGUAGE, fits
from anivault.shared.text import meant

_WORD = re.compile(r"\w+(?:[.+-]\w+)*")  # a flag or language in a file's name
_WORD_MAX = 40  # characters


# The kinds of extras that a preset must have a folder for; the others go with menus where it has none.
NAMED_EXTRAS = frozenset(
    {VideoType.OP, VideoType.ED, VideoType.PV, VideoType.CM, VideoType.MENU, VideoType.INTERVIEW}
)
TEMPLATES = ("show", "season", "episode", "film", "season_poster", "specials_poster")


@cache
def builtin_presets() -> dict[str, dict[str, Any]]:
    """The presets that are shipped, as tables, by name."""
    return tomllib.loads((files("anivault.config") / "presets.toml").read_text(encoding="utf-8"))


def load_preset(name: str, own: Mapping[str, Mapping[str, Any]] | None = None) -> Preset:
    """Return the preset `name`, of the user's `own` tables or built in, with its templates checked.

    Raises PresetError for an unknown name, key or value, TemplateError for a template.
    """
    tables: dict[str, Mapping[str, Any]] = {**builtin_presets(), **(own or {})}
    table = _with_base(name, tables)
    try:
        preset = msgspec.convert({**table, "name": name}, Preset)
    except msgspec.ValidationError as error:
        raise PresetError(name, str(error)) from error
    _check_preset(preset)
    return preset


def _with_base(name: str, tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    chain: list[str] = []
    merged: dict[str, Any] = {}
    current: Any = name
    while current is not None:
        if current in chain or not isinstance(current, str) or current not in tables:
            why = "is its own base" if current in chain else f"is not one of {', '.join(tables)}"
            raise PresetError(name, f"{current!r} {why}", hint=meant(str(current), tables))
        chain.append(current)
        table = dict(tables[current])
        current = table.pop("base", None)
        merged = {**table, **merged}
    return merged


def _check_preset(preset: Preset) -> None:
    _check_templates(preset)
    _check_folders(preset)
    _check_words(preset)
    for tag in preset.titles:
        if not fits(LANGUAGE, tag):
            raise PresetError(preset.name, f"titles: {shortened(repr(tag))} is not {LANGUAGE.allowed}")
    if len(preset.spaces) > 1 or preset.spaces not in " ._-":
        raise PresetError(preset.name, "spaces is one of ' ', '.', '_', '-' or ''")


def _check_templates(preset: Preset) -> None:
    """Refuse templates by which two shows, films or episodes would share a name."""
    templates = {key: parse_template(getattr(preset, key)) for key in TEMPLATES}
    names = fields_of(templates["episode"][-1])
    if not names & {"episode", "absolute"}:
        raise PresetError(preset.name, "episode needs {episode} or {absolute}, or all would share one name")
    if not names & {"season", "absolute"} and "season" not in fields_of(templates["season"][-1]):
        raise PresetError(preset.name, "{season} is in neither season nor episode")
    film = templates["film"]
    if len(film) < 2 or not all(map(_is_named, (templates["show"][-1], *film[-2:]))):
        raise PresetError(preset.name, "show, and film's folder and name, need {title} or {id} outside < >")


def _check_folders(preset: Preset) -> None:
    """Refuse what is no plain name where a folder or file is to get it."""
    if missing := NAMED_EXTRAS - set(preset.extras):
        raise PresetError(preset.name, f"extras has no folder for {', '.join(sorted(missing))}")
    if preset.logo and not _is_folder(preset.logo):
        raise PresetError(preset.name, f"logo is {preset.logo[:60]!r}, which is not a plain name")
    for key, folder in (*(("extras", folder) for folder in preset.extras.values()), *_font_folders(preset)):
        if not _is_folder(folder):
            raise PresetError(preset.name, f"{folder[:60]!r} in {key} is not the name of a folder")


def _font_folders(preset: Preset) -> Iterator[tuple[str, str]]:
    return (("film_fonts", folder) for folder in preset.film_fonts.split("/"))


def _is_folder(name: str) -> bool:
    """Tell whether text is one plain folder name on every system."""
    fits = finish(name) == name and len(name.encode("utf-8", "replace")) <= PLAIN_MAX
    return fits and bool(name) and "/" not in name and not UNFIT_TEXT.search(name)


def _check_words(preset: Preset) -> None:
    """Refuse a flag or language that would be more than a word in a file's name."""
    for key in ("flags", "languages"):
        for name, word in getattr(preset, key).items():
            if not _WORD.fullmatch(word) or len(word) > _WORD_MAX or finish(word) != word:
                allowed = f"letters and digits with . + or - between them, at most {_WORD_MAX}"
                raise PresetError(preset.name, f"{key}.{name[:60]} is {word[:60]!r}; allowed are {allowed}")


def _is_named(component: Component) -> bool:
    """Tell whether no two shows or films share a name, and none has an empty one."""
    return any(isinstance(part, Field) and part.name in {"title", "id"} for part in component)
