"""`anivault catalog`: whose data the catalogue is, and lists that the user adds to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anivault.cli import events
from anivault.cli.context import Context
from anivault.shared.errors import ImportNotFoundError, UpdateFailedError
from anivault.shared.exits import DONE, FINDINGS

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.services.catalogue.added.importers import ImportReport
    from anivault.services.catalogue.added.updates import Outcome, UpdateReport
    from anivault.services.catalogue.sources import CatalogInfo

FileArg = Annotated[str, typer.Argument(metavar="FILE", help="The list to import.")]
NamesArg = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME...]", help="Lists by their names; else all that are on.", show_default=False
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="DIR", help="Take them from a folder, without a network.", show_default=False
    ),
]
KindArg = Annotated[str, typer.Argument(metavar="KIND", help="The list, as `catalog show` names it.")]


def update(context: Context, names: NamesArg = None, folder: FromOption = None) -> int:
    """Get the newest lists from where they are published.

    Nothing is fetched unasked. Each list is taken whole or not at all; `catalog remove` takes it out again.
    """
    from anivault.services.catalogue.added import updates

    progress = context.screen.progress("Fetching")
    if folder is None:
        mirror = context.settings.catalog.mirror
        report = updates.update(names or (), mirror=mirror, progress=progress)
    else:
        report = updates.update_from(Path(folder), names or (), progress=progress)
    return _updated(context.screen, report)


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
    from anivault.services.catalogue.added.importers import import_file

    _imported(context.screen, import_file(Path(file)))
    return DONE


def remove(context: Context, kind: KindArg) -> int:
    """Remove a list that you imported."""
    from anivault.services.catalogue.added.imports import remove_import
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


def _updated(screen: Screen, report: UpdateReport) -> int:
    """What an update brought, list by list, and what the catalogue has more."""
    for one in report.lists:
        screen.event(events.UpdateEvent(**{name: getattr(one, name) for name in one.__struct_fields__}))
        screen.line(_told(one))
    _grown(screen, report)
    failed = [one for one in report.lists if one.state == "failed"]
    if failed and not any(one.state in ("updated", "same", "early") for one in report.lists):
        raise UpdateFailedError("; ".join(dict.fromkeys(one.why for one in failed)))
    return FINDINGS if failed else DONE


def _grown(screen: Screen, report: UpdateReport) -> None:
    """What the catalogue has now, and how much more that is than before."""
    before, after = report.before, report.after
    counts = {name: getattr(after, name) for name in after.__struct_fields__}
    screen.event(events.SummaryEvent(command="catalog update", counts=counts))
    words = {"shows": "shows and films", "places": "stated places", "titles": "titles"}
    told = (f"{n:,} {words[name]} ({n - getattr(before, name):+,})" for name, n in counts.items())
    screen.line(f"The catalogue has {', '.join(told)}.")


def _told(one: Outcome) -> str:
    """What became of one list, in a line."""
    of = f" of {one.version}" if one.version else ""
    return {
        "updated": f"{one.name}: {one.entries:,} entries{of}. Licence: {one.licence}.",
        "same": f"{one.name}: nothing is newer than what is here.",
        "early": f"{one.name}: not asked for, {one.why}.",
        "off": f"{one.name}: off, because {one.why}. If you want it: anivault catalog update {one.name}",
        "failed": f"{one.name}: not taken, {one.why}.",
    }[one.state]
