"""Change the user's own file of settings, a line at a time, and keep all else in it as it is.

In: a setting by its dotted name, and a value. Out: the file, written whole, or ConfigError and the file as it
was: what would not read back as the same settings with that one changed is never written.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from anivault.core.planning.naming.presets import builtin_presets, load_preset
from anivault.parser.vocabulary import TERMS
from anivault.services.secrets import LONGEST
from anivault.shared import fs, plugins, trust
from anivault.shared.errors import (
    AniVaultError,
    ConfigError,
    DiskError,
    TmdbKeyError,
    UsageError,
    quoted,
    shortened,
)
from anivault.shared.settings import NAMED, YES_NO, Settings, checked, flatten
from anivault.shared.text import meant

GROUPS = {"parser.engines": plugins.PARSERS, "match.providers": plugins.PROVIDERS}
SOURCES = ("bd", "web", "dvd", "tv")  # what a wish for a source may say; the words of names may be said too
_HEADER = re.compile(r"\s*\[")
_HEAD = re.compile(r"\s*\[\s*([\w-]+)\s*\]\s*(?:#.*)?")
_SAID = re.compile(r"\s*([\w-]+)\s*=")
_SETTING = re.compile(r"^(?=\w+ = )", re.MULTILINE)


def choices_of(name: str) -> tuple[str, ...]:
    """The words that a setting can be, where it is one of a few; empty for all others."""
    section, _, key = name.partition(".")
    kind = get_type_hints(type(getattr(Settings(), section, None))).get(key)
    return ("yes", "no") if kind is bool else get_args(kind) if get_origin(kind) is Literal else ()


def default_of(name: str) -> Any:
    """What a setting is where nobody says it. Raises UsageError for what is no setting."""
    defaults = dict(flatten(Settings()))
    if name.partition(".")[0] in NAMED:
        raise UsageError(f"{name} is a table. Nothing was changed.", hint="Edit it: anivault config edit")
    if name not in defaults:
        raise UsageError(
            f"There is no setting {shortened(repr(name))}.{meant(name, defaults)} Nothing was changed.",
            hint="See them all: anivault config show",
        )
    return defaults[name]


def value_of(name: str, words: list[str]) -> Any:
    """What the words say for a setting, by the type of its default. Raises UsageError."""
    default, choices = default_of(name), choices_of(name)
    if isinstance(default, str) and choices:
        _require_one(name, " ".join(words), choices)
    if isinstance(default, list | tuple):
        return [part.strip() for word in words for part in word.split(",") if part.strip()]
    return _single(name, default, " ".join(words))


def _require_one(name: str, word: str, known: Sequence[str]) -> None:
    if word not in known:
        raise UsageError(
            f"{name} is one of {', '.join(known)}, and {shortened(repr(word))} is not."
            f"{meant(word, known)} Nothing was changed.",
            hint="See what holds: anivault config show",
        )


def _require_called(name: str, value: Any, own: Mapping[str, Any]) -> None:
    """Refuse what nothing is called by: a preset, an engine, a provider, a source.

    Raises UsageError, and PresetError or TemplateError for a preset of the user's own that cannot be used.
    """
    if name == "organize.preset":
        _require_one(name, value, tuple(dict.fromkeys((*builtin_presets(), *own))))
    if name in ("organize.preset", *(f"presets.{one}" for one in own)):
        load_preset(value if name == "organize.preset" else _parts(name)[1], own)
    for word in value if name in GROUPS else ():
        _require_one(name, word, plugins.names(GROUPS[name]))
    for wish in value if name == "organize.prefer" else ():
        _require_source(name, wish)


def _require_source(name: str, wish: str) -> None:
    """Refuse `source:` with what is in no word for a source; other wishes may be any words."""
    what, _, wanted = wish.partition(":")
    sources = (word for word, field in TERMS.items() if field == "source")
    if what == "source" and not any(wanted.casefold() in word for word in sources):
        _require_one(f"{name} source:", wanted, SOURCES)


def _single(name: str, default: Any, word: str) -> Any:
    try:
        if isinstance(default, bool):
            return YES_NO[word.lower()]
        if isinstance(default, int | float):
            return _within(name, int(word) if re.fullmatch(r"-?\d{1,18}", word) else float(word))
    except (KeyError, ValueError):
        kind = "yes or no" if isinstance(default, bool) else "a number"
        raise UsageError(
            f"{name} is {kind}, and {shortened(repr(word))} is not. Nothing was changed.",
            hint="See what holds: anivault config show",
        ) from None
    return word


def _within(name: str, number: float) -> float:
    """A number that a setting can be. Raises UsageError that says from where to where."""
    section, _, key = name.partition(".")
    kind = get_type_hints(type(getattr(Settings(), section)), include_extras=True)[key]
    whole, limits = get_args(kind)[0] is int, kind.__metadata__[0]
    least, above = limits.ge, limits.gt
    low = number >= least if least is not None else number > above
    if not (low and number <= limits.le) or (whole and not isinstance(number, int)):
        begin = f"from {least:,}" if least is not None else f"above {above:,}"
        raise UsageError(
            f"{name} is a {'whole ' if whole else ''}number {begin} to {limits.le:,}, "
            f"and {number} is not. Nothing was changed.",
            hint="See what holds: anivault config show",
        )
    return number


def change(path: Path, changes: dict[str, Any]) -> None:
    """Set these settings; None takes one out, so that the default holds. Raises ConfigError, DiskError.

    Lines that keep the file from being used are mended one at a time; it gets no other change until then.
    """
    text = _read(path)
    mended = [line.name for line in _broken(path, text) if line.name in changes]
    wanted = copy.deepcopy(_without(path, text, changes))
    for name, value in changes.items():
        section, _, key = name.partition(".")
        if value is not None:
            _require_called(name, value, wanted.get("presets", {}))
        _put(wanted, section, key, value)
        text = _with(text, section, key, value)
    if (found := _as_wanted(text, wanted)) is None:
        raise ConfigError(str(path), "it says this in a way that no line can change: anivault config edit")
    for name in mended:
        _require_sound(path, name, found)
    if not mended:
        checked(str(path), found)
    _write(path, text, 0o644)


def _without(path: Path, text: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a file says; where it cannot be read, what it says without the lines that are changed."""
    try:
        return trust.parse_toml(text)
    except ValueError as error:
        for name in changes:
            text = _with(text, *_parts(name), None)
        try:
            return trust.parse_toml(text)
        except ValueError:
            raise ConfigError(str(path), str(error)) from error


def _parts(name: str) -> tuple[str, str]:
    section, _, key = name.partition(".")
    return section, key


def _require_sound(path: Path, name: str, table: Mapping[str, Any]) -> None:
    """Refuse a setting that a file says and that cannot be. Raises ConfigError."""
    section, key = _parts(name)
    if key in table.get(section, {}):
        checked(str(path), {section: {key: table[section][key]}})


class Broken(NamedTuple):
    """A line that keeps a file from being used: which setting, if it can be told, how it stands, and why."""

    name: str
    said: str
    why: str


def broken(path: Path) -> list[Broken]:
    """What keeps a file of settings from being used, line by line. Raises ConfigError, DiskError."""
    return _broken(path, _read(path))


def _broken(path: Path, text: str) -> list[Broken]:
    try:
        table = trust.parse_toml(text)
    except ValueError as error:
        return [_unreadable(text, str(error))]
    lines = dict(_lines(text))
    return [line._replace(said=shortened(lines.get(line.name, line.said))) for line in _amiss(path, table)]


def _unreadable(text: str, why: str) -> Broken:
    """The setting whose line keeps a file from being read at all; without a name where it is none's."""
    for name, line in _lines(text):
        if _as_toml(_with(text, *_parts(name), None)) is not None:
            return Broken(name, shortened(line), why)
    return Broken("", "", why)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Every line of a file that says a setting, with the name of that."""
    section = ""
    for line in text.split("\n"):
        if head := _HEAD.fullmatch(line):
            section = head[1]
        elif said := _SAID.match(line):
            yield f"{section}.{said[1]}", line


def _amiss(path: Path, table: Mapping[str, Any]) -> Iterator[Broken]:
    for section, keys in table.items():
        if not isinstance(keys, dict):
            yield Broken(section, f"{section} = {keys!r}", "it stands in no section")
            continue
        for key, value in keys.items():
            try:
                _require_sound(path, f"{section}.{key}", table)
                _require_called(f"{section}.{key}", value, table.get("presets", {}))
            except AniVaultError as error:
                why = str(error).removesuffix(" Nothing was changed.")
                yield Broken(f"{section}.{key}", f"{key} = {value!r}", why)


def _as_toml(text: str) -> dict[str, Any] | None:
    try:
        return trust.parse_toml(text)
    except ValueError:
        return None


def _as_wanted(text: str, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """What the text says, if it is what is wanted and nothing else."""
    if (found := _as_toml(text)) is None:
        return None
    same = {k: v for k, v in found.items() if v} == {k: v for k, v in wanted.items() if v}
    return found if same else None


def _put(table: dict[str, Any], section: str, key: str, value: Any) -> None:
    inner = table.setdefault(section, {})
    if value is None:
        inner.pop(key, None)
    else:
        inner[key] = value


def _with(text: str, section: str, key: str, value: Any) -> str:
    """The text with one line changed, added or taken out. TOML ends lines by a line feed alone."""
    lines = text.removesuffix("\n").split("\n") if text else []
    said = [] if value is None else [f"{key} = {json.dumps(value, ensure_ascii=False)}"]
    head = next((i for i, line in enumerate(lines) if _is_head(line, section)), None)
    if head is None:
        lines += ["", f"[{section}]", *said] if said else []
        return "\n".join(lines).lstrip("\n") + "\n"
    start, end = _place_of(key, lines, head)
    lines[start:end] = said
    return "\n".join(lines) + "\n"


def _place_of(key: str, lines: Sequence[str], head: int) -> tuple[int, int]:
    """Which lines say `key` below a head; where none does, the place of a new one right below it."""
    end = next((i for i in range(head + 1, len(lines)) if _HEADER.match(lines[i])), len(lines))
    own = re.compile(rf"\s*{re.escape(key)}\s*=")
    at = next((i for i in range(head + 1, end) if own.match(lines[i])), None)
    return (head + 1, head + 1) if at is None else (at, at + 1)


def _is_head(line: str, section: str) -> bool:
    found = _HEAD.fullmatch(line)
    return found is not None and found[1] == section


def begin(path: Path) -> None:
    """Write a file in which every setting stands with what it does, none of them in force."""
    text = resources.files("anivault.config").joinpath("config.toml").read_text(encoding="utf-8")
    _write(path, _SETTING.sub("# ", text), 0o644)


def keep_key(path: Path, key: str) -> None:
    """Write a key into a file that only the user can read. Raises TmdbKeyError, DiskError."""
    if not re.fullmatch(r"[\x21-\x7e]{8,2048}", key) or len(key) > LONGEST:
        raise TmdbKeyError("This cannot be a key: 8 letters, digits and signs at least. Nothing was changed.")
    _write(path, f"{key}\n", 0o600)


def _read(path: Path) -> str:
    try:
        return trust.read(str(path)).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), "its text is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        hint = trust.let_in(str(path), error)
        raise ConfigError(str(path), error.strerror or str(error), hint=hint) from error


def _write(path: Path, text: str, mode: int) -> None:
    place = path.resolve()  # a link to where somebody keeps their files stays one
    try:
        place.parent.mkdir(0o700, parents=True, exist_ok=True)
        fs.write_whole(str(place), text.encode(), mode=mode, replace=True)
    except OSError as error:
        raise DiskError(f"Writing {path}", error, f"ls -ld {quoted(str(path.parent))}") from error
