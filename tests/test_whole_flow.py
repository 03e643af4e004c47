"""The whole way on a real file system: plan, apply, verify, roll back, by the commands that users type."""

from __future__ import annotations

import io
import json
import os
import string
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.cli import events
from anivault.cli.demo_handler import tree, write_sample
from tests.conftest import Run
from tests.published import assert_published

MODES = ["hardlink", "copy", "move", "symlink"]
LIST = """\
{"$schema": "x", "license": {"name": "Open Data Commons"}, "repository": "y", "lastUpdate": "2026-01-04"}
{"sources": ["https://anidb.net/anime/70"], "title": "Tea for Clouds", "type": "TV", "episodes": 13}
"""
SHOWS = [
    "Sousou no Frieren",
    "Cowboy Bebop",
    "Bocchi the Rock!",
    "Steins;Gate",
    "Vinland Saga",
    "Nobody's Show",
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_sample(tmp_path / "source")
    return tmp_path / "source"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    return tmp_path / "library"


@pytest.mark.parametrize("mode", MODES)
def test_what_is_applied_is_verified_and_rolled_back(
    run: Run, source: Path, library: Path, mode: str
) -> None:
    before = tree(source)
    applied = run("organize", source, "--to", library, "--mode", mode, "--apply", "--json")
    moved = [event for event in applied.of("move") if event["done"]]

    assert applied.code == 10
    assert len(moved) > 40
    assert all((library / event["target"]).exists() for event in moved)
    assert (len(tree(source)) == len(before) - len(moved)) is (mode == "move")
    assert run("verify", library, "--deep").code == 0

    assert run("rollback", library, "--apply").code == 0
    assert tree(source) == before
    assert tree(library) == {}
    assert [path.name for path in library.iterdir()] == [".anivault"]


def test_a_plan_changes_nothing(run: Run, source: Path, library: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    for mode in MODES:
        assert run("organize", source, "--to", library, "--mode", mode).code == 10

    assert tree(tmp_path) == before
    assert list(library.iterdir()) == []


def test_a_library_that_does_not_exist_is_not_made_by_a_plan(run: Run, source: Path, tmp_path: Path) -> None:
    run("organize", source, "--to", tmp_path / "new")
    assert not (tmp_path / "new").exists()

    run("organize", source, "--to", tmp_path / "new", "--apply")
    assert (tmp_path / "new/Shows").is_dir()


def test_a_second_run_has_nothing_to_do(run: Run, source: Path, library: Path) -> None:
    run("organize", source, "--to", library, "--apply")
    once = tree(library)
    again = run("organize", source, "--to", library, "--apply", "--json")

    assert again.of("move") == []
    assert tree(library) == once


def test_no_two_moves_share_a_target_and_every_file_is_accounted_for(
    run: Run, source: Path, library: Path
) -> None:
    plan = run("organize", source, "--to", library, "--json")
    targets = [event["target"].casefold() for event in plan.of("move")]
    seen = [event["path"] for kind in ("move", "held", "left-out") for event in plan.of(kind)]

    assert len(set(targets)) == len(targets)
    assert sorted(seen) == sorted(str(source / name) for name in tree(source))


def test_a_file_of_the_user_is_never_touched(run: Run, source: Path, library: Path) -> None:
    wanted = [event["target"] for event in run("organize", source, "--to", library, "--json").of("move")]
    for number, target in enumerate(wanted[::3]):
        (library / target).parent.mkdir(parents=True, exist_ok=True)
        (library / target).write_text(f"the user's own {number}")
    mine, before = tree(library), tree(source)

    assert run("organize", source, "--to", library, "--mode", "move", "--apply").code == 10
    assert {name: entry for name, entry in tree(library).items() if name in mine} == mine
    assert run("rollback", library, "--apply").code == 0
    assert tree(library) == mine
    assert tree(source) == before


def test_a_plan_is_written_read_edited_sealed_and_replayed(
    run: Run, source: Path, library: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    organize = ("organize", source, "--to", library)
    run(*organize, "--plan", plan)
    written = json.loads(plan.read_text())
    text = plan.read_text().replace("Season 01", "Season 1")
    plan.write_text(text)

    assert run(*organize, "--from-plan", plan, "--apply").code not in (0, 10)
    assert tree(library) == {}
    assert run(*organize, "--from-plan", plan, "--seal", "--apply").code == 10
    assert len(tree(library)) == len(written["moves"])
    assert any("Season 1/" in name for name in tree(library))


def test_a_file_changed_since_the_plan_stays(run: Run, source: Path, library: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    run("organize", source, "--to", library, "--plan", plan)
    changed = source / "Vinland.Saga.S02E01.1080p.WEB.H264-SENPAI.mkv"
    changed.write_bytes(b"something else now")
    done = run("organize", source, "--to", library, "--from-plan", plan, "--apply", "--json")

    assert done.code == 10
    assert [event["reason"] for event in done.of("held") if event["path"] == str(changed)] == ["changed"]
    assert changed.read_bytes() == b"something else now"


@pytest.mark.parametrize("rule", [("--mode", "move"), ("--preset", "plex"), ("--on-conflict", "version")])
def test_a_plan_has_its_rules_already(
    run: Run, source: Path, library: Path, tmp_path: Path, rule: tuple[str, str]
) -> None:
    plan = tmp_path / "plan.json"
    run("organize", source, "--to", library, "--plan", plan)
    done = run("organize", source, "--to", library, "--from-plan", plan, *rule)

    assert done.code == 2
    assert rule[0] in done.err


@pytest.mark.parametrize(
    ("to", "code", "text"),
    [
        ("source", 25, "lies in the library"),
        ("source/..", 25, "lies in the library"),
        ("file", 24, "is a file, not a folder"),
        ("file/below", 24, "is a file, not a folder"),
    ],
)
def test_a_library_that_cannot_be_is_refused(
    run: Run, source: Path, tmp_path: Path, to: str, code: int, text: str
) -> None:
    (tmp_path / "file").touch()
    done = run("organize", source, "--to", tmp_path / to, "--apply")

    assert done.code == code
    assert text in done.err
    assert "Nothing was changed" in done.err


def test_a_library_inside_the_source_is_left_out_of_the_scan(run: Run, source: Path) -> None:
    run("organize", source, "--to", source / "Library", "--apply")
    again = run("organize", source, "--to", source / "Library", "--json")

    assert not [event for event in again.of("held") if "/Library/" in event["path"]]


def test_no_library_named_is_a_usage_problem_with_a_hint(run: Run, source: Path) -> None:
    done = run("organize", source)

    assert done.code == 23
    assert "--to" in done.err


def test_a_broken_plan_file_is_refused(run: Run, source: Path, library: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    for content in (b"", b"{", b"[]", b"\xff\xfe", b'{"moves": 3}'):
        plan.write_bytes(content)
        plan.chmod(0o600)
        done = run("organize", source, "--to", library, "--from-plan", plan, "--apply")
        assert done.code >= 20
        assert done.code != 70, done.err
    assert tree(library) == {}


names = st.builds(
    "{0} - {1:02}{2}".format,
    st.sampled_from(SHOWS) | st.text(string.printable + "日本語éß\u202e", min_size=1, max_size=30),
    st.integers(0, 30),
    st.sampled_from([".mkv", ".mp4", ".ass", ".en.srt", ".txt", "v2.mkv", " [1080p].mkv"]),
).map(lambda name: name.replace("/", "／").replace("\0", ""))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.dictionaries(names, st.binary(max_size=50), min_size=1, max_size=12), mode=st.sampled_from(MODES)
)
def test_rollback_restores_whatever_was_organized(
    run: Run, tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], mode: str
) -> None:
    root = tmp_path_factory.mktemp("any")
    (root / "source").mkdir()
    (root / "library").mkdir()
    for name, content in files.items():
        if len(os.fsencode(name)) < 255:
            (root / "source" / name).write_bytes(content)
    before = tree(root)
    applied = run("organize", root / "source", "--to", root / "library", "--mode", mode, "--apply")
    contents = {entry[2] for entry in tree(root).values()}

    assert applied.code in (0, 10), applied.err
    assert {entry[2] for entry in before.values()} <= contents
    made = (root / "library" / ".anivault").exists()  # a run that finds nothing to do makes none
    assert run("rollback", root / "library", "--apply").code == (0 if made else 38)
    assert tree(root) == before


def test_every_event_is_what_its_schema_says(
    run: Run, source: Path, library: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And every kind of event is seen: `tests/laws` checks those that bad input gives."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))
    (home / "titles.json").write_text(LIST)
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text(
        "[presets.mine]\nbase = 'plex'\nversions = 2\nprefer = ['group']\nflags = {forced = 'f'}\n"
    )
    organize = ("organize", source, "--to", library)
    for folder, name in (("one", "[A] Toradora! - 01.mkv"), ("two", "[A] Toradora! - 01v2.mkv")):
        (home / folder).mkdir()
        (home / folder / name).write_text(name)
    commands = [
        ("scan", source), ("match", source), organize, (*organize, "--mode", "move"),
        (*organize, "--nfo", "--apply"), ("history", library),
        ("organize", source, "--no-touch"), ("verify", library), ("rename", library, "--preset", "mine"),
        ("rollback", library, "--apply"), ("recover", library), ("about",), ("config", "show"),
        ("config", "presets"), ("config", "path"), ("config", "preview", source), ("cache", "stats"),
        ("explain", "Toradora! - 01.mkv"), ("explain", os.fsdecode(b"caf\xe9 - 01.mkv")),
        ("pin", source, "tmdb:42916", "--preview"),
        ("pin", "Toradora", "tmdb:1", "--season", "1"), ("pins",), ("unpin", "Toradora"),
        ("scan", "/no/such"), ("nope",), ("catalog", "import", home / "titles.json"), ("catalog", "show"),
        ("catalog", "update", "--from", home), ("review", source), ("ignore", "*.iso"), ("ignore",),
        ("doctor",), ("init",), ("organize", home / "one", "--to", home / "shelf", "--apply"),
        ("organize", home / "two", "--to", home / "shelf", "--upgrade"), ("adopt", home / "one"),
    ]  # fmt: skip
    printed = [event for words in commands for event in run(*words, "--json").events]
    for event in printed:
        assert_published(event)
        assert event.get("code") != "bug", event

    kinds = {kind.__struct_config__.tag for kind in events.Event.__subclasses__()}
    assert kinds - {event["event"] for event in printed} <= {"notice"}
    held = [event for event in printed if event["event"] == "held" and event["candidates"]]
    assert {"score", "title", "provider", "id", "parts"} <= held[0]["candidates"][0].keys()
    assert "ambiguous" in {event["reason"] for event in held}
