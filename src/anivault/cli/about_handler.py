"""`anivault about`: version, places of files, and whose data and work is in here."""

from __future__ import annotations

import json
import platform
from importlib import resources
from typing import Any

import msgspec
import platformdirs

from anivault import __version__
from anivault.shared.settings import user_config_path


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a user, or a bug report, wants to know."""

    version: str
    python: str
    system: str
    folders: dict[str, str]
    catalogue: dict[str, Any]


def handle() -> About:
    """Collect it; touches nothing."""
    return About(
        version=__version__,
        python=platform.python_version(),
        system=platform.platform(),
        folders={
            "configuration": str(user_config_path()),
            "cache": platformdirs.user_cache_dir("anivault"),
            "data": platformdirs.user_data_dir("anivault"),
        },
        catalogue=json.loads(resources.files("anivault.data").joinpath("sources.json").read_text("utf-8")),
    )
