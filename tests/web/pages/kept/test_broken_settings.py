"""What somebody broke by hand keeps nobody from the page that mends it."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from anivault.shared.places import user_config_path
from anivault.shared.settings import load as load_settings
from tests.conftest import Run
from tests.web.conftest import Browser


@pytest.mark.parametrize(
    ("line", "why", "fields"),
    [
        ('preset = "nonsense"', "organize.preset is one of", {"name": "organize.preset", "value": "plex"}),
        ("preset = plex", "at line 3", {"name": "organize.preset", "value": "plex"}),
        ('mode = "beam"', "organize.mode", {"name": "organize.mode", "default": "1"}),
        ("upgrade = 7", "organize.upgrade", {"name": "organize.upgrade", "value": "yes"}),
        ('presett = "plex"', "presett", {"name": "organize.presett", "default": "1"}),
        ("prefer = [", "line", {"name": "organize.prefer", "default": "1"}),
    ],
)
def test_a_line_that_somebody_broke_by_hand_is_mended_where_settings_are(
    inside: Browser, line: str, why: str, fields: dict[str, str]
) -> None:
    path = user_config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'[organize]\n# mine\n{line}\n\n[scan]\nsettle = "soon"\n')
    before = inside.get("/settings")

    assert before.status == 200
    assert line in html.unescape(before.text)
    assert why in html.unescape(before.text)
    assert "Make a token" in before.text  # all the rest is there
    assert inside.post("/settings/set", fields).status == 303
    between = html.unescape(inside.get("/settings").text)
    assert line not in between
    assert 'settle = "soon"' in between  # the other one is still to be mended
    assert inside.post("/settings/set", {"name": "scan.settle", "value": "5"}).status == 303
    assert "cannot be used" not in inside.get("/settings").text
    assert load_settings().settings.scan.settle == 5
    assert "# mine" in path.read_text()


def test_a_preset_of_the_users_own_that_cannot_be_used_is_not_chosen(inside: Browser, run: Run) -> None:
    path = user_config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = '[presets.mine]\nbase = "plex"\nepisode = "{nothing}"\n'
    path.write_text(text)

    assert inside.post("/settings/set", {"name": "organize.preset", "value": "mine"}).status == 409
    assert run("config", "set", "organize.preset", "mine").code >= 20
    assert path.read_text() == text


@pytest.mark.parametrize("name", ["pins.toml", "ignore"])
def test_a_list_that_cannot_be_read_hides_itself_alone(inside: Browser, tmp_path: Path, name: str) -> None:
    file = tmp_path / "Library/.anivault" / name
    file.parent.mkdir()
    file.write_bytes(b"[[pin]\n\xff")
    answer = inside.get("/settings")

    assert answer.status == 200
    assert name in answer.text
    assert "organize.preset" in answer.text


def test_a_password_that_was_written_where_its_hash_belongs_is_not_shown(inside: Browser, run: Run) -> None:
    path = user_config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('[web]\npassword_hash = "sesame street"\n')
    page = inside.get("/settings")

    assert (page.status, "sesame" in page.text) == (200, False)
    assert "web.password_hash" in page.text
    assert "anivault config edit" in page.text
    assert "sesame" not in run("config", "show").err
