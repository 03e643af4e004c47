"""Settings come from layers, the nearer one wins, and a file that is wrong is refused whole."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.shared.errors import ConfigError
from anivault.shared.plugins import BUILT_IN, PARSERS, PROVIDERS
from anivault.shared.settings import ENVIRONMENT, Settings, checked, flatten, load


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


# --- laws ---

T = TypeVar("T")
DEFAULTS = dict(flatten(Settings()))
TEXTS = [name for name, value in DEFAULTS.items() if isinstance(value, str | tuple | list)]
WORDS = st.sampled_from(
    ["", "move", "copy", "plex", "hold", "catalog", "tmdb", "group:A", "ja", "/library", "https://example.org",
     "http://127.0.0.1", "true", "no", "0", "\x00", "\ud800", "../..", "a" * 5000]
)  # fmt: skip
VALUES = (
    WORDS | st.text(max_size=8) | st.booleans() | st.integers() | st.floats() | st.lists(WORDS, max_size=3)
)
LAYERS = st.dictionaries(
    st.sampled_from(
        [*{name.partition(".")[0] for name in DEFAULTS}, "servers", "plugins", "presets", "other"]
    ),
    st.dictionaries(st.sampled_from([name.partition(".")[2] for name in DEFAULTS]), VALUES, max_size=3)
    | VALUES,
    max_size=3,
)


def answer(ask: Callable[[], T]) -> T | ConfigError:
    try:
        return ask()
    except ConfigError as error:
        return error


@given(LAYERS)
def test_any_file_is_settings_or_one_error_that_names_it(table: dict[str, object]) -> None:
    found = answer(lambda: checked("/my/config.toml", table))

    if isinstance(found, ConfigError):
        assert "/my/config.toml" in str(found)
        assert found.hint
    else:
        assert msgspec.convert(found, Settings)


SAID = WORDS.filter(lambda word: word not in ("\x00", "\ud800"))  # no environment holds these


@given(
    st.dictionaries(
        st.sampled_from(list(ENVIRONMENT)),
        SAID
        | st.just("\udcff")
        | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
    )
)
def test_any_variables_are_settings_or_one_error(environment: dict[str, str]) -> None:
    loaded = answer(lambda: load(config="/dev/null", environment=environment))

    if isinstance(loaded, ConfigError):
        assert "the environment" in str(loaded)
    else:
        named = {ENVIRONMENT[variable] for variable, text in environment.items() if text}
        assert {name for name, where in loaded.origin.items() if where == "environment"} == named


@pytest.mark.parametrize("variable", [name for name in ENVIRONMENT if name != "ANIVAULT_LIBRARY"])
def test_a_variable_that_is_not_utf_8_is_refused_and_a_library_may_be_called_so(variable: str) -> None:
    with pytest.raises(ConfigError):
        load(config="/dev/null", environment={variable: "\udcff"})
    assert (
        load(config="/dev/null", environment={"ANIVAULT_LIBRARY": "/\udcff"}).settings.library.path
        == "/\udcff"
    )


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "\x1b[31m"])
def test_no_text_of_a_setting_has_signs_that_a_system_or_a_terminal_obeys(name: str, text: str) -> None:
    section, _, key = name.partition(".")
    value = text if isinstance(DEFAULTS[name], str) else [text]
    with pytest.raises(ConfigError):
        checked("/my/config.toml", {section: {key: value}})


MAY_SAY: dict[str, Callable[[Any], bool]] = {
    "organize.mode": lambda mode: mode != "move",
    "organize.preset": bool,
    "organize.on_conflict": bool,
    "scan.settle": lambda _: True,
    "parser.engines": lambda names: set(names) <= set(BUILT_IN[PARSERS]),
    "match.providers": lambda names: set(names) <= set(BUILT_IN[PROVIDERS]),
    "match.languages": lambda _: True,
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "organize.mode": st.sampled_from(["move", "copy", "symlink"]),
            "organize.preset": st.sampled_from(["plex", "kodi"]),
            "organize.prefer": st.just(["group:A"]),
            "organize.upgrade": st.just(True),
            "scan.settle": st.just(5.0),
            "parser.engines": st.sampled_from([["anitopy"], ["somebodys-code"]]),
            "match.providers": st.sampled_from([["catalog"], ["catalog", "somebodys-code"]]),
            "match.languages": st.just(["de"]),
            "tmdb.url": st.just("https://evil.example/3"),
            "catalog.mirror": st.just("https://evil.example"),
            "library.path": st.just("/somewhere/else"),
            "library.wait": st.just(1.0),
            "web.host": st.just("0.0.0.0"),
            "web.password_hash": st.just("$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2g"),
            "tell.webhook": st.just("https://evil.example"),
            "tell.apprise": st.just("/etc/passwd"),
        },
    )
)
def test_of_a_librarys_file_only_what_it_may_say_holds_and_the_rest_is_told(
    tmp_path: Path, said: dict[str, object]
) -> None:
    library = tmp_path / "library"
    (library / ".anivault").mkdir(parents=True, exist_ok=True)
    sections: dict[str, dict[str, object]] = {}
    for name, value in said.items():
        section, _, key = name.partition(".")
        sections.setdefault(section, {})[key] = value
    (library / ".anivault/config.toml").write_bytes(toml(sections))
    loaded = load(config="/dev/null", library=str(library), environment={})

    now = dict(flatten(loaded.settings))
    heard = {name for name, value in said.items() if name in MAY_SAY and MAY_SAY[name](value)}
    assert {name for name, value in now.items() if value != DEFAULTS[name]} <= heard
    assert {unheard.name for unheard in loaded.unheard} == said.keys() - heard
    assert all(loaded.origin[name] == str(library / ".anivault/config.toml") for name in heard)


def toml(sections: dict[str, dict[str, object]]) -> bytes:
    """A configuration file: JSON's texts, numbers and lists are TOML's too."""
    lines = []
    for section, keys in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in keys.items()]
    return "\n".join(lines).encode()
