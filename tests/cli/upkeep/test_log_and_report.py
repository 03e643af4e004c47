"""The log says what was done, never a secret, never without end; a report tells no names unless asked to."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platformdirs import user_state_dir

from anivault.shared.logs import lines
from anivault.shared.logs.redact import redacted
from tests.conftest import Run

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANIVAULT_LOG", raising=False)


def log() -> list[dict[str, Any]]:
    return [json.loads(line) for name in lines.files() for line in Path(name).read_text().splitlines()]


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    folder = tmp_path / "Secret Show"
    folder.mkdir()
    (folder / "[Grp] Nichijou - 01.mkv").write_text("one")
    return folder


def test_a_run_has_its_lines(run: Run, pile: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("organize", pile, "--to", library, "--apply")
    run("rollback", library, "--apply")
    found = log()

    assert [line["event"] for line in found] == ["begin", "audit", "end"] * 2
    assert {line["run"] for line in found} == {found[0]["run"]}
    audits = [line for line in found if line["event"] == "audit"]
    assert [(a["operation"], a["library"], a["done"]) for a in audits] == [
        ("organize", str(library), 1),
        ("rollback", str(library), 1),
    ]
    assert audits[0]["journal_run"] == run("history", library, "--json").of("run")[0]["run"]
    assert found[2]["code"] == 0
    assert found[2]["counts"]["done"] == 1


def test_a_failure_is_a_line_of_its_own_level(run: Run, tmp_path: Path) -> None:
    run("scan", tmp_path / "gone", "--log", "error")
    (line,) = log()

    assert (line["level"], line["error"], line["code"]) == ("error", "folder-not-found", 21)


def test_how_much_is_written_is_the_users_choice(
    run: Run, pile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("scan", pile, "--log", "off")
    assert log() == []
    monkeypatch.setenv("ANIVAULT_LOG", "error")
    run("scan", pile)
    assert log() == []
    run("scan", pile, "--log", "info")
    assert len(log()) == 2
    monkeypatch.setenv("ANIVAULT_LOG", "loud")
    assert run("scan", pile).code == 2


def test_the_log_is_in_the_state_folder(home: Path) -> None:
    assert lines.path() == os.path.join(user_state_dir("anivault"), "log", "anivault.ndjson")


def test_a_help_writes_nothing(run: Run) -> None:
    run("--help")
    run("scan", "--help")

    assert lines.files() == []


def test_a_log_that_cannot_be_written_keeps_nobody(run: Run, home: Path, pile: Path) -> None:
    (home / "state").write_text("a file")

    assert run("scan", pile).code == 0


def test_full_files_are_put_by_and_the_oldest_go(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST", 2000)
    for number in range(300):
        lines.write("info", "test", number=number)
    kept = log()

    assert len(lines.files()) == lines.KEPT + 1
    assert all(Path(name).stat().st_size <= 2000 for name in lines.files())
    assert kept[-1]["number"] > 0
    assert 299 in [line["number"] for line in kept]
    assert Path(lines.path()).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text",
    [
        f"api_key={KEY}", f"Authorization: Bearer {KEY}xyz", f"it is {KEY} indeed",
        "https://you:hunter22@example.com/x", "?token=hunter22&x=1", '"password": "hunter22"',
        "eyJhbGciOi.hunter22.xyz", "X-Plex-Token=hunter22", "$argon2id$v=19$m=65536,t=3$hunter22",
    ],
)  # fmt: skip
def test_secrets_are_taken_out(text: str) -> None:
    assert KEY not in redacted(text)
    assert "hunter22" not in redacted(text)


@given(st.text(st.characters(categories=["L", "N"]), min_size=8, max_size=40))
def test_what_a_variable_holds_is_taken_out_wherever_it_stands(secret: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANIVAULT_SERVER_HOME_KEY", secret)

        assert secret not in redacted(f"before {secret} after")


def test_a_report_tells_no_names_and_no_keys(
    run: Run, home: Path, pile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config" / "anivault").mkdir(parents=True)
    text = f'[library]\npath = "{tmp_path / "Anime of Mine"}"\n[organize]\nprefer = ["group:MyFriends"]\n'
    (home / "config" / "anivault" / "config.toml").write_text(text)
    run("organize", pile, "--apply")
    run("scan", tmp_path / "No Such Show")
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", KEY)
    monkeypatch.setenv("ANIVAULT_TMDB_URL", "http://127.0.0.1:9")
    done = run("report", tmp_path / "bug.zip")
    with zipfile.ZipFile(tmp_path / "bug.zip") as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}

    assert done.code == 0
    assert set(parts) == {"about.json", "settings.json", "checks.json", "log.ndjson"}
    whole = "".join(parts.values())
    for name in ("Secret Show", "Nichijou", "Anime of Mine", "No Such Show", "MyFriends", str(tmp_path), KEY):
        assert name not in whole
    assert '"organize"' in parts["log.ndjson"]
    assert "folder-not-found" in parts["log.ndjson"]
    assert run("report", tmp_path / "bug.zip").code == 2
    run("report", tmp_path / "named.zip", "--names")
    with zipfile.ZipFile(tmp_path / "named.zip") as packed:
        named = packed.read("log.ndjson").decode()
    assert "Secret Show" in named
    assert KEY not in named
