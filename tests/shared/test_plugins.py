"""Plug-ins are found by name; built-in ones without a search."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from anivault.parser.engines.anitomy_ng import AnitomyNg
from anivault.shared import plugins
from anivault.shared.errors import PluginBrokenError, PluginNotFoundError


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that registers a parser, and one whose module is missing."""
    (tmp_path / "foreign_parser.py").write_text("class Foreign:\n    name = 'foreign'\n", encoding="utf-8")
    info = tmp_path / "foreign_parser-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: foreign-parser\nVersion: 1.0\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(
        "[anivault.parsers]\nforeign = foreign_parser:Foreign\nbroken = no_such_module:Parser\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def test_every_built_in_plug_in_is_an_entry_point_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))

    assert {
        group: project["project"]["entry-points"][group] for group in plugins.BUILT_IN
    } == plugins.BUILT_IN


def test_a_built_in_is_loaded_without_a_search_of_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    def searched(*, group: str) -> None:
        raise AssertionError(f"{group} was searched")

    monkeypatch.setattr("importlib.metadata.entry_points", searched)

    assert plugins.load(plugins.PARSERS, "anitomy-ng") is AnitomyNg


def test_an_installed_plug_in_is_found(foreign: None) -> None:
    assert plugins.load(plugins.PARSERS, "foreign").name == "foreign"


def test_names_lists_the_built_in_ones_first(foreign: None) -> None:
    names = plugins.names(plugins.PARSERS)

    assert names[0] == "anitomy-ng"
    assert "foreign" in names[len(plugins.BUILT_IN[plugins.PARSERS]) :]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(PluginNotFoundError) as raised:
        plugins.load(plugins.PARSERS, "nobody")

    assert "anitomy-ng" in raised.value.hint


def test_a_plug_in_whose_module_is_missing_is_named(foreign: None) -> None:
    with pytest.raises(PluginBrokenError, match="broken"):
        plugins.load(plugins.PARSERS, "broken")
