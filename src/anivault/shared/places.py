"""Where AniVault keeps files of its own: a folder in each library, and one of the user's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = ".anivault"  # at the top of a library: journal, hashes, pins, config.toml


def user_config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own file is, whether it exists or not."""
    named = environment.get("ANIVAULT_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_dir  # what asks for a library alone goes without

    return Path(user_config_dir("anivault"), "config.toml")
