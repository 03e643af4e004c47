"""`anivault about`: version, folders, and whose data and work is in here."""

from __future__ import annotations

import platform

import msgspec
import platformdirs

from anivault import __version__
from anivault.services.catalogue.sources import CatalogInfo, catalog_info
from anivault.shared.settings import user_config_path

TMDB_NOTICE = "This product uses the TMDB API but is not endorsed or certified by TMDB."


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a user, or a bug report, wants to know."""

    version: str
    python: str
    system: str
    folders: dict[str, str]
    tmdb: str  # the sentence that TMDB's terms ask for
    catalogue: CatalogInfo


def handle() -> About:
    """Collect it; changes nothing."""
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
        catalogue=catalog_info(),
    )
