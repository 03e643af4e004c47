"""`anivault catalog`: whose data the catalogue is, and lists that the user adds to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anivault.cli import events
from anivault.cli.context import Context
from anivault.shared.errors import ImportNotFoundError
from anivault.shared.exits import DONE

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.services.catalogue.importers import ImportReport
    from anivault.services.catalogue.sources import CatalogInfo

FileArg = Annotated[str, typer.Argument(metavar="FILE", help="The list to import.")]
KindArg = Annotated[str, typer.Argument(metavar="KIND", help="The list, as `catalog show` names it.")]


def show(context: Context) -> int:
    """Show whose data it is, with licences."""
    from anivault.services.catalogue.sources import catalog_info

    info = catalog_info()
    context.screen.event(events.CatalogEvent(catalogue=info))
    show_catalogue(context.screen, info)
    return DONE


def import_(context: Context, file: FileArg) -> int:
    """Add a list to the catalogue.

    anime-offline-database, AniDB titles, anime-lists, anime-relations or bangumi-data; also as .gz or .zst.
    """
    from anivault.services.catalogue.importers import import_file

    _imported(context.screen, import_file(Path(file)))
    return DONE


def remove(context: Context, kind: KindArg) -> int:
    """Remove a list that you imported."""
    from anivault.services.catalogue.imports import remove_import
    from anivault.services.catalogue.sources import catalog_info

    if not remove_import(kind):
        raise ImportNotFoundError(kind, [info.kind for info in catalog_info().imports])
    context.screen.note(f"{kind} is out of the catalogue.")
    return DONE


def show_catalogue(screen: Screen, info: CatalogInfo) -> None:
    """What ships, and what the user imported."""
    shipped = info.shipped
    screen.line(f"Catalogue: {shipped.entries:,} entries, {shipped.shows:,} shows, {shipped.films:,} films")
    for source in shipped.sources:
        screen.line(f"  {source.name} {source.version} ({source.data_until}), {source.by}, {source.licence}")
        screen.line(f"      {source.home}  {source.licence_url}", style="dim")
        screen.line(f"      taken: {source.taken}. {source.changes}", style="dim")
    screen.line(f"  Romaji: {shipped.romaji}.")
    for name, checksum in shipped.files.items():
        screen.line(f"  {name}  sha256 {checksum}", style="dim")
    for added in info.imports:
        screen.line(f"  Imported {added.imported}: {added.kind}, {added.entries:,} entries, {added.licence}")
        screen.line(f"      {added.file}  sha256 {added.sha256}", style="dim")


def _imported(screen: Screen, report: ImportReport) -> None:
    """What an import brought."""
    info, again = report.info, report.replaced is not None
    screen.event(
        events.ImportEvent(kind=info.kind, entries=info.entries, licence=info.licence, replaced=again)
    )
    screen.line(f"{info.kind}: {info.entries:,} entries are in the catalogue. Licence: {info.licence}.")
    if again:
        screen.line("The earlier import of this kind was replaced.")
