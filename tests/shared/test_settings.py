"""Settings come from layers, the nearer one wins, and a file that is wrong is refused whole."""

from __future__ import annotations

import itertools
import tomllib
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from anivault.shared.errors import ConfigError
from anivault.shared.settings import ENVIRONMENT, Settings, flatten, load


def test_the_commented_default_is_the_built_in_settings() -> None:
    text = resources.files("anivault.config").joinpath("config.toml").read_text(encoding="utf-8")

    assert msgspec.convert(tomllib.loads(text), Settings) == Settings()
    assert tomllib.loads(text).keys() == msgspec.to_builtins(Settings()).keys()


def test_every_setting_is_commented_in_the_default() -> None:
    lines = (
        resources.files("anivault.config").joinpath("config.toml").read_text(encoding="utf-8").splitlines()
    )
    bare = [line for before, line in itertools.pairwise(lines) if "=" in line and "#" not in before + line]

    assert bare == []


def test_the_nearer_layer_wins_and_origin_says_which(tmp_path: Path) -> None:
    library = tmp_path / "lib"
    (library / ".anivault").mkdir(parents=True)
    (library / ".anivault/config.toml").write_text('[organize]\nmode = "copy"\npreset = "plex"\n')
    user = tmp_path / "user.toml"
    user.write_text(f'[library]\npath = "{library}"\n[organize]\nmode = "move"\non_conflict = "version"\n')

    loaded = load(environment={"ANIVAULT_CONFIG": str(user), "ANIVAULT_PRESET": "kodi"})

    organize = loaded.settings.organize
    assert (organize.mode, organize.preset, organize.on_conflict) == ("copy", "kodi", "version")
    assert loaded.origin["organize.mode"] == str(library / ".anivault/config.toml")
    assert loaded.origin["organize.preset"] == "environment"
    assert loaded.origin["organize.on_conflict"] == str(user)
    assert loaded.origin["parser.engines"] == "default"


def test_every_variable_names_a_setting() -> None:
    assert set(ENVIRONMENT.values()) <= {name for name, _ in flatten(Settings())}


def test_a_list_in_the_environment_is_written_with_commas(tmp_path: Path) -> None:
    loaded = load(
        environment={"ANIVAULT_LANGUAGES": "ja-Latn, en", "ANIVAULT_CONFIG": str(tmp_path / "none.toml")}
    )

    assert loaded.settings.match.languages == ("ja-Latn", "en")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[organize]\nmode = 'teleport'", "teleport"),
        ("[organize]\nmoed = 'copy'", "moed"),
        ("[organise]\nmode = 'copy'", "organise"),
        ("[organize\n", "line 1"),
        ("[match]\nlanguages = 3", "languages"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        load(config=str(path), environment={})
    assert str(path) in str(caught.value)
    assert why in str(caught.value)


def test_a_file_named_on_the_command_line_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(config=str(tmp_path / "nope.toml"), environment={})


def test_a_wrong_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="environment"):
        load(environment={"ANIVAULT_MODE": "teleport", "ANIVAULT_CONFIG": str(tmp_path / "none.toml")})
