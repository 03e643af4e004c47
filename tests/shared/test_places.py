"""AniVault's own files are where the user says, else where the system has such files."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from anivault.core.listing import OWN
from anivault.shared.places import FOLDER, user_config_path


def test_the_users_file_is_the_one_that_is_named_whether_it_is_there_or_not() -> None:
    assert user_config_path({"ANIVAULT_CONFIG": "/etc/anivault.toml"}) == Path("/etc/anivault.toml")


@pytest.mark.parametrize("environment", [{}, {"ANIVAULT_CONFIG": ""}])
def test_else_it_is_where_the_system_has_such_files(environment: dict[str, str]) -> None:
    assert user_config_path(environment) == Path(platformdirs.user_config_dir("anivault"), "config.toml")


def test_the_mover_keeps_its_files_where_no_listing_of_a_library_looks() -> None:
    assert FOLDER == OWN
