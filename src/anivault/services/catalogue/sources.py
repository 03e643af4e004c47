"""Say whose data the catalogue is: what ships, and what the user added. Reads data/sources.json."""

from __future__ import annotations

from importlib.resources import files

import msgspec

from anivault.services.catalogue.added.imports import ImportInfo, imports


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One package that the catalogue was made from."""

    name: str
    version: str
    data_until: str  # the month of its newest entry
    by: str
    home: str
    licence: str
    licence_url: str
    taken: str
    changes: str
    integrity: str


class Shipped(msgspec.Struct, frozen=True, kw_only=True):
    """The catalogue as it ships; `files` are SHA-256 sums by name."""

    sources: list[Source]
    romaji: str
    entries: int
    shows: int
    films: int
    files: dict[str, str]


class CatalogInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue is made of."""

    shipped: Shipped
    imports: list[ImportInfo]


def catalog_info(data_dir: str | None = None) -> CatalogInfo:
    """Return the sources that ship and the user's imports (by default of the user's data folder)."""
    return CatalogInfo(shipped=shipped(), imports=imports(data_dir))


def shipped() -> Shipped:
    """Return the sources that ship."""
    text = (files("anivault.data") / "sources.json").read_bytes()
    return msgspec.json.decode(text, type=Shipped)
