"""What each engine says of a name is told in our fields; those that are extras where they are installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from anivault.parser.engines.anitomy_ng import AnitomyNg
from anivault.parser.models import Engine, ParseResult, VideoType
from anivault.parser.read import read_rules
from anivault.parser.vote import settle

ENGINES = {
    "anitomy-ng": "AnitomyNg",
    "anitopy": "Anitopy",
    "aniparse": "Aniparse",
    "guessit": "Guessit",
    "neurelease": "Neurelease",
}
SCENE = ["anitomy-ng", "aniparse", "guessit", "neurelease"]  # those that know the names of scene groups


def engine(name: str) -> Engine:
    module = name.replace("-", "_")
    if find_spec(module) is None:
        pytest.skip(f"{name} is an optional extra and not installed")
    made: Engine = getattr(import_module(f"anivault.parser.engines.{module}"), ENGINES[name])()
    return made


def said(result: ParseResult, *fields: str) -> dict[str, Any]:
    return {field: getattr(result, field) for field in fields}


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_tells_the_title_the_number_and_the_group(name: str) -> None:
    result = engine(name).parse("[Moon] Kaiba - 07 [720p].mkv")

    assert said(result, "title", "titles", "episodes", "group", "resolution", "engine") == {
        "title": "Kaiba", "titles": ("Kaiba",), "episodes": (7,), "group": "Moon", "resolution": "720p",
        "engine": name,
    }  # fmt: skip


@pytest.mark.parametrize("name", ENGINES)
def test_a_range_of_episodes_is_its_two_ends_whatever_an_engine_returns(name: str) -> None:
    assert engine(name).parse("[Moon] Kaiba - 01-12 [720p].mkv").episodes == (1, 12)


@pytest.mark.parametrize("name", [name for name in ENGINES if name != "anitopy"])  # it reads none
def test_a_range_of_seasons_is_each_of_them(name: str) -> None:
    assert engine(name).parse("[Moon] Kaiba S01-S04 [720p].mkv").seasons == (1, 2, 3, 4)


@pytest.mark.parametrize("name", SCENE)
def test_what_a_scene_name_says_of_its_file_is_told(name: str) -> None:
    result = engine(name).parse("Kaiba.S01E07.1080p.WEB-DL.AAC2.0.H.264-MOON.mkv")

    assert said(result, "title", "season", "episodes", "resolution", "group") == {
        "title": "Kaiba", "season": 1, "episodes": (7,), "resolution": "1080p", "group": "MOON",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["anitomy-ng", "aniparse", "guessit", "neurelease"])
def test_a_year_in_brackets_is_told(name: str) -> None:
    assert engine(name).parse("Kaiba (2008) - 05.mkv").year == 2008


@pytest.mark.parametrize("name", ["anitomy-ng", "anitopy", "aniparse", "neurelease"])
def test_a_version_and_a_checksum_are_told(name: str) -> None:
    result = engine(name).parse("[Moon] Kaiba - 07v2 (1080p) [0123ABCD].mkv")

    assert said(result, "episodes", "version", "crc32") == {
        "episodes": (7,), "version": 2, "crc32": "0123ABCD",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["anitomy-ng", "anitopy", "neurelease"])
def test_a_kind_is_told_in_our_word(name: str) -> None:
    assert engine(name).parse("[Moon] Kaiba OVA - 03 [DVD].mkv").type is VideoType.OVA


def test_guessit_is_believed_about_films_with_a_year_alone() -> None:
    """It takes every name without a number for a film."""
    guessit = engine("guessit")

    assert guessit.parse("Akira.1988.1080p.BluRay.mkv").type is VideoType.MOVIE
    assert guessit.parse("Kaiba.1080p.BluRay.mkv").type is None


@pytest.mark.parametrize("name", ["[Moon] Kaiba S01-S04 [720p].mkv", "[Moon] Kaiba Season 1-3 [BD].mkv"])
def test_the_default_engine_agrees_with_the_rules_about_a_range_of_seasons(name: str) -> None:
    own, other = read_rules(name), AnitomyNg().parse(name)

    assert other.seasons == own.seasons
    assert settle(own, [other]).confidence == own.confidence
