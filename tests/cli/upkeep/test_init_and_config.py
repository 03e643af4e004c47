"""Settings are written from four answers, or one at a time, and all else in the file stays as it is."""

from __future__ import annotations

import io
import json
import stat
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anivault.services.remembered import configured
from anivault.shared.errors import ConfigError
from tests.conftest import Run


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    stdin = SimpleNamespace(
        buffer=io.BytesIO(data), isatty=lambda: False, readline=io.StringIO(data.decode()).readline
    )
    monkeypatch.setattr(sys, "stdin", stdin)


def own(home: Path) -> Path:
    return home / "config" / "anivault" / "config.toml"


def settings(run: Run) -> dict[str, object]:
    return {event["name"]: event["value"] for event in run("config", "show", "--json").of("setting")}


def test_four_answers_are_the_settings(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dl").mkdir()
    typed(monkeypatch, str(tmp_path / "lib"), str(tmp_path / "dl"), "plex", "ja-Latn, en")
    done = run("init")
    found = settings(run)

    assert done.code == 0
    assert found["library.path"] == str(tmp_path / "lib")
    assert found["web.sources"] == [str(tmp_path / "dl")]
    assert found["organize.preset"] == "plex"
    assert found["organize.mode"] == "hardlink"
    assert found["match.languages"] == ["ja-Latn", "en"]
    assert run("organize", tmp_path / "dl").code == 0
    assert stat.S_IMODE(own(home).parent.stat().st_mode) == 0o700


def test_a_program_answers_in_json_and_wrong_answers_are_asked_again(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dl").mkdir()
    answers = ["", str(tmp_path / "lib"), str(tmp_path / "gone"), str(tmp_path / "dl"), "winamp", "", ""]
    typed(monkeypatch, *(json.dumps({"key": answer}) for answer in answers))
    done = run("init", "--json")

    names = [event["name"] for event in done.of("ask")]
    assert names == ["library", "library", "downloads", "downloads", "server", "server", "languages"]
    assert settings(run)["organize.preset"] == "jellyfin"


def test_answers_that_end_write_nothing(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "/some/where")

    assert run("init").code == 2
    assert not own(home).exists()


MINE = """\
# my settings

[organize] # how
mode = "copy"   # until the new disk is there
prefer = ["group:Me"]

[presets.mine]
base = "plex"
"""


@pytest.mark.parametrize("wish", ["foo", "group:", "resolution:high", "size:small"])
def test_a_wish_that_cannot_be_is_refused_in_words(run: Run, home: Path, wish: str) -> None:
    own(home).parent.mkdir(parents=True)
    own(home).write_text(f'[organize]\nprefer = ["{wish}"]\n')
    done = run("config", "show")

    assert done.code == 22
    assert f"[organize] prefer: '{wish}' is not a wish: group:NAME, resolution:1080p" in done.err
    assert "regex" not in done.err


def test_one_setting_changes_and_the_rest_stays(run: Run, home: Path) -> None:
    own(home).parent.mkdir(parents=True)
    own(home).write_text(MINE)
    assert run("config", "set", "organize.preset", "mine").code == 0
    assert run("config", "set", "organize.mode", "move").code == 0
    assert run("config", "set", "match.languages", "ja", "en").code == 0
    assert run("config", "set", "watch.settle", "12.5").code == 0
    assert run("config", "set", "organize.prefer", "--default").code == 0

    text = own(home).read_text()
    assert text.startswith("# my settings\n\n[organize] # how\n")
    assert '[presets.mine]\nbase = "plex"\n' in text
    found = tomllib.loads(text)
    assert found["organize"] == {"preset": "mine", "mode": "move"}
    assert found["match"] == {"languages": ["ja", "en"]}
    assert found["watch"] == {"settle": 12.5}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("organize.mode", "teleport", 2),
        ("organize.moode", "copy", 2),
        ("watch.settle", "soon", 2),
        ("web.read_only", "perhaps", 2),
        ("presets.mine", "x", 2),
        ("tmdb.url", "ftp://x", 22),
    ],
)
def test_what_cannot_be_is_refused_and_the_file_stays(
    run: Run, home: Path, name: str, value: str, code: int
) -> None:
    own(home).parent.mkdir(parents=True)
    own(home).write_text(MINE)

    assert run("config", "set", name, value).code == code
    assert own(home).read_text() == MINE


def test_a_value_over_several_lines_is_left_to_the_editor(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[organize]\nprefer = [\n  "group:A",\n]\n')
    with pytest.raises(ConfigError, match="config edit"):
        configured.change(path, {"organize.prefer": ["group:B"]})

    assert path.read_text() == '[organize]\nprefer = [\n  "group:A",\n]\n'


def test_a_line_that_is_part_of_a_text_is_no_setting(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    text = '[presets.mine]\nbase = """\n[organize]\nmode = 1\n"""\n[organize]\nmode = "copy"\n'
    path.write_text(text)
    with pytest.raises(ConfigError, match="config edit"):
        configured.change(path, {"organize.mode": "move"})

    assert path.read_text() == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_any_text_reads_back_as_it_was_given(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("c") / "config.toml"
    configured.change(path, {"library.path": text})

    assert tomllib.loads(path.read_text(encoding="utf-8"))["library"]["path"] == text


def test_the_environment_wins_and_it_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANIVAULT_MODE", "copy")

    assert "environment wins over it" in run("config", "set", "organize.mode", "move").err


def test_a_new_file_for_the_editor_sets_nothing(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    before = settings(run)
    assert run("config", "edit").code == 0

    assert settings(run) == before
    assert "mode" not in tomllib.loads(own(home).read_text()).get("organize", {})


def test_what_the_editor_left_is_checked(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(home).parent.mkdir(parents=True)
    own(home).write_text("[organize]\nmode = 3\n")
    monkeypatch.setenv("EDITOR", "true")

    assert run("config", "edit").code == 22
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    assert run("config", "edit").code == 2


def test_a_key_is_kept_where_only_the_user_reads_it(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "0123456789abcdef0123456789abcdef")
    done = run("config", "set-key")
    key = own(home).with_name("tmdb.key")

    assert done.code == 0
    assert key.read_text() == "0123456789abcdef0123456789abcdef\n"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "0123456789abcdef" not in done.out + done.err
    typed(monkeypatch, "")
    assert run("config", "set-key").code != 0
    assert run("config", "set-key", "--server", "../x").code == 2
