"""Read the template language into folders and names, or refuse it with the position. Pure.

It has text, `{field}`, `{field:format}`, `<groups>` that vanish when a field in them is empty, and `/`.
Only the fields of fields.py exist.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple, TypeAlias

from anivault.core.planning.naming.fields import FIELDS, NUMBERS
from anivault.shared import regex as re
from anivault.shared.errors import TemplateError


class Field(NamedTuple):
    """`{name:format}`. Numbers: digits, and how the last (or `every` next) of several is joined."""

    name: str
    digits: int = 0
    joint: str = ""
    every: bool = False
    length: int = 0  # characters; 0 is no limit
    case: str = ""


class Group(NamedTuple):
    """`<parts>`, left out when a field directly in it is empty."""

    parts: tuple[Part, ...]


Part: TypeAlias = "str | Field | Group"
Component: TypeAlias = tuple[Part, ...]

_NUMBER_FORMAT = re.compile(r"(0+)(?:(\D*[^\d+])0+(\+?))?")
_TEXT_FORMAT = re.compile(r"([1-9][0-9]{0,2})?(upper|lower)?")
_PIECES = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[<>/{}]|[^<>/{}]+")
PLAIN_MAX = 100  # bytes of plain text in a component, so that what is known has room
_TEMPLATE_MAX, _FOLDERS_MAX = 1000, 8  # characters, and parts between slashes: a path has room for no more
UNFIT_TEXT = re.compile(r'[\x00-\x1f\x7f\\:"|?*\ud800-\udfff]')


def parse_template(text: str) -> tuple[Component, ...]:
    """Read a template into its folders and name. Raises TemplateError with the position."""
    if len(text) > _TEMPLATE_MAX:
        raise TemplateError(text[:60] + "…", 0, f"more than {_TEMPLATE_MAX:,} characters")
    components: list[list[Part]] = [[]]
    groups: list[tuple[int, list[Part]]] = []
    for found in _PIECES.finditer(text):
        piece, at = found.group(), found.start()
        parts = groups[-1][1] if groups else components[-1]
        if piece == "<":
            groups.append((at, []))
        elif piece == ">":
            _close(text, at, groups, components[-1])
        elif piece == "/" and not groups:
            components.append([])
        else:
            parts.append(_part(text, piece, at))
    if groups:
        raise TemplateError(text, groups[-1][0], "this < is never closed")
    _check_components(text, components)
    return tuple(tuple(parts) for parts in components)


def _close(text: str, at: int, groups: list[tuple[int, list[Part]]], component: list[Part]) -> None:
    if not groups:
        raise TemplateError(text, at, "this > closes nothing")
    start, parts = groups.pop()
    if not any(isinstance(part, Field) for part in parts):
        raise TemplateError(text, start, "a group needs a field of its own")
    (groups[-1][1] if groups else component).append(Group(tuple(parts)))


def _part(text: str, piece: str, at: int) -> Part:
    if piece in {"{{", "}}"}:
        return piece[0]
    if piece == "/":
        raise TemplateError(text, at, "a group cannot span folders")
    if piece in {"{", "}"}:
        raise TemplateError(text, at, "a single brace; write {{ or }} for the character")
    if piece.startswith("{"):
        return _field(text, piece[1:-1], at)
    if unfit := UNFIT_TEXT.search(piece):
        raise TemplateError(text, at + unfit.start(), "this character is not allowed in names")
    return unicodedata.normalize("NFC", piece)


def _field(text: str, inner: str, at: int) -> Field:
    name, _, form = inner.partition(":")
    if name not in FIELDS:
        raise TemplateError(text, at + 1, f"there is no field {name!r}; known are {', '.join(FIELDS)}")
    if not form:
        return Field(name, digits=1, joint="-")
    return (_number if name in NUMBERS else _words)(text, name, form, at + len(name) + 2)


def _number(text: str, name: str, form: str, at: int) -> Field:
    """`{episode:00}`, `{episode:00-E00}`."""
    found = _NUMBER_FORMAT.fullmatch(form)
    if found is None:
        raise TemplateError(text, at, f"{name} takes zeros, as in 00 or 00-E00")
    if unfit := UNFIT_TEXT.search(form) or re.search("[/<>]", form):
        raise TemplateError(text, at + unfit.start(), "this character is not allowed in names")
    return Field(name, digits=min(len(found[1]), 9), joint=found[2] or "-", every=bool(found[3]))


def _words(text: str, name: str, form: str, at: int) -> Field:
    """`{title:40}`, `{group:upper}`."""
    found = _TEXT_FORMAT.fullmatch(form)
    if found is None:
        raise TemplateError(text, at, f"{name} takes a length, upper or lower")
    return Field(name, length=int(found[1] or 0), case=found[2] or "")


def _check_components(text: str, components: list[list[Part]]) -> None:
    if len(components) > _FOLDERS_MAX:
        raise TemplateError(text, 0, f"more than {_FOLDERS_MAX} folders in one another")
    for parts in components:
        if _is_empty(parts):
            raise TemplateError(text, 0, "a folder or name in it is empty, . or ..")
        if len(_plain(parts).encode("utf-8")) > PLAIN_MAX:
            raise TemplateError(text, 0, f"more than {PLAIN_MAX} bytes of plain text in one name")


def _plain(parts: list[Part]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


def _is_empty(parts: list[Part]) -> bool:
    """Whether nothing would be left of a name but dots and blanks: `//`, `/../`; `{title}` has a field."""
    plain, fields = _plain(parts), any(isinstance(part, Field) for part in parts)
    return not parts or (bool(plain) and not plain.strip(". ") and not fields)


def fields_of(component: Component) -> set[str]:
    """Return the names of the fields that a component uses, in groups too."""
    found: set[str] = set()
    for part in component:
        if isinstance(part, Field):
            found.add(part.name)
        elif isinstance(part, Group):
            found |= fields_of(part.parts)
    return found
