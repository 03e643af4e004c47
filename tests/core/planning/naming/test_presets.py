"""A preset is whole or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from anivault.core.planning.naming.fields import FIELDS
from anivault.core.planning.naming.preset import Preset
from anivault.core.planning.naming.presets import builtin_presets, load_preset
from anivault.shared.errors import PresetError, TemplateError
from tests.core.planning.naming.makers import (
    FOLDERS,
    preset,
)


@pytest.mark.parametrize("name", sorted(builtin_presets()))
def test_every_built_in_preset_loads(name: str) -> None:
    assert load_preset(name).name == name


def test_a_preset_of_ones_own_states_only_what_differs() -> None:
    mine = preset("plex", season="S{season}")

    assert (mine.season, mine.film, mine.name) == ("S{season}", load_preset("plex").film, "mine")


def test_a_built_in_preset_can_be_changed_under_its_name() -> None:
    own = {"jellyfin": {**builtin_presets()["kodi"], "versions": 5}}

    assert load_preset("jellyfin", own).versions == 5


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"sesaon": "x"}, "sesaon"),
        ({"versions": "many"}, "versions"),
        ({"colon": "star"}, "colon"),
        ({"extras": {**FOLDERS, "OP": "a/b"}}, "folder"),
        ({"extras": {**FOLDERS, "OP": ".."}}, "folder"),
        ({"extras": {**FOLDERS, "OP": "x:y"}}, "folder"),
        ({"extras": {"OP": "x"}}, "CM, ED, Interview, Menu, PV"),
        ({"spaces": "--"}, "spaces"),
        ({"spaces": "/"}, "spaces"),
        ({"episode": "{title}"}, "episode"),
        ({"season": "all", "episode": "{episode}"}, "season"),
        ({"show": "Shows/{year}"}, "show"),
        ({"show": "Shows/<{title} {group}>"}, "show"),
        ({"show": "{title}/all"}, "show"),
        ({"film": "Movies/film"}, "film"),
        ({"film": "{title}"}, "film"),
        ({"film": "Movies/{title}"}, "film"),
        ({"film": "{title}/film"}, "film"),
        ({"base": "mine"}, "own base"),
        ({"base": "nobody"}, "nobody"),
    ],
)
def test_a_preset_that_cannot_be_is_refused_with_the_key(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(PresetError, match=said):
        preset(**keys)


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PresetError, match="jellyfin, plex, emby, kodi"):
        load_preset("embyfin")


def test_a_template_error_of_a_preset_is_told_as_such() -> None:
    with pytest.raises(TemplateError):
        preset(show="{tilte}")


def test_every_preset_key_and_field_is_documented() -> None:
    docs = (Path(__file__).parents[4] / "docs" / "naming.md").read_text(encoding="utf-8")
    keys = {field.name for field in msgspec.structs.fields(Preset)} - {"name"}
    wanted = [*(f"`{{{name}}}`" for name in FIELDS), *(f"`{name}`" for name in (*keys, *builtin_presets()))]

    assert [name for name in wanted if name not in docs] == []
