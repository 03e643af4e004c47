"""`anivault about`: version, folders, and whose data and work is in here."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import msgspec

from anivault import __version__
from anivault.cli import events
from anivault.cli.commands.upkeep.catalog import show_catalogue
from anivault.cli.context import Context
from anivault.shared.errors import AniVaultError
from anivault.shared.exits import DONE

if TYPE_CHECKING:
    from anivault.cli.screen import Screen
    from anivault.services.catalogue.added.imports import ImportInfo
    from anivault.services.catalogue.sources import CatalogInfo

TMDB_NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a user, or a bug report, wants to know."""

    version: str
    python: str
    system: str
    folders: dict[str, str]
    tmdb: str  # the sentence that TMDB's terms ask for
    catalogue: CatalogInfo


def about(context: Context) -> int:
    """Show version, folders, sources and licences."""
    _show(context.screen, collect(context.screen))
    return DONE


def collect(screen: Screen) -> About:
    """Collect it; changes nothing. Says of lists that cannot be read that they are left out."""
    import platformdirs

    from anivault.services.catalogue.sources import CatalogInfo, shipped
    from anivault.shared.places import user_config_path

    return About(
        version=__version__,
        python=platform.python_version(),
        system=platform.platform(),
        folders={
            "configuration": str(user_config_path()),
            "cache": platformdirs.user_cache_dir("anivault"),
            "data": platformdirs.user_data_dir("anivault"),
            "state": platformdirs.user_state_dir("anivault"),
        },
        tmdb=TMDB_NOTICE,
        catalogue=CatalogInfo(shipped=shipped(), imports=_imports(screen)),
    )


def _imports(screen: Screen) -> list[ImportInfo]:
    from anivault.services.catalogue.added.imports import imports

    try:
        return imports()
    except AniVaultError as error:
        screen.note(f"{error} {error.hint}")
        return []


def _show(screen: Screen, about: About) -> None:
    """Version and folders, then every source with its licence."""
    screen.event(events.AboutEvent(**msgspec.structs.asdict(about)))
    screen.line(f"AniVault {about.version}, Python {about.python}, {about.system}", style="bold")
    for name, folder in about.folders.items():
        screen.line(f"  {name:14} {folder}")
    show_catalogue(screen, about.catalogue)
    screen.line(about.tmdb)
    screen.line("AniVault itself: MIT licence.")
