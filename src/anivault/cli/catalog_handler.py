"""`anivault catalog`: whose data the catalogue is, and lists that the user adds to it."""

from __future__ import annotations

from pathlib import Path

from anivault.services.catalogue.importers import ImportReport, import_file
from anivault.services.catalogue.imports import remove_import
from anivault.services.catalogue.sources import CatalogInfo, catalog_info
from anivault.shared.errors import ImportNotFoundError


def show() -> CatalogInfo:
    """What ships, and what was imported."""
    return catalog_info()


def add(path: str) -> ImportReport:
    """Import a list. Raises ImportRefusedError, and then keeps nothing."""
    return import_file(Path(path))


def remove(kind: str) -> None:
    """Take an import out again. Raises ImportNotFoundError."""
    if not remove_import(kind):
        raise ImportNotFoundError(kind, [info.kind for info in catalog_info().imports])
