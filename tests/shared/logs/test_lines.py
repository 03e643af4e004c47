"""A line of the log is one JSON object, of a level that is wanted, and no log keeps anybody from anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anivault.shared.errors import UsageError
from anivault.shared.logs import lines
from anivault.shared.logs.lines import LEVELS, VARIABLE, begin, end, write

SECRET = "0123456789abcdef0123456789abcdef"
FACTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(autouse=True)
def apart(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of its own, at its beginning."""
    monkeypatch.delenv(VARIABLE, raising=False)
    for name, value in (("run", ""), ("level", "info"), ("depth", 0)):
        monkeypatch.setattr(lines._Log, name, value)


def log() -> list[dict[str, Any]]:
    """The lines, the newest file first."""
    return [json.loads(line) for name in lines.files() for line in Path(name).read_bytes().splitlines()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from("abc"), FACTS))
def test_whatever_the_facts_a_line_is_one_object(facts: dict[str, Any]) -> None:
    Path(lines.path()).unlink(missing_ok=True)
    write("info", "test", **facts)
    (line,) = log()

    assert {name: line[name] for name in facts if name in line}.keys() == {
        name for name, fact in facts.items() if fact is not None
    }
    assert line.keys() >= {"time", "run", "level", "event"}


@pytest.mark.parametrize(
    "facts", [{"message": f"key={SECRET}"}, {"words": ["a", [SECRET]]}, {"words": (SECRET,)}]
)
def test_no_secret_is_in_a_line_however_deep(facts: dict[str, Any]) -> None:
    write("info", "test", **facts)

    assert SECRET not in Path(lines.path()).read_text()


@pytest.mark.parametrize("wanted", LEVELS)
@pytest.mark.parametrize("level", [level for level in LEVELS if level != "off"])
def test_a_line_is_written_where_its_level_is_wanted(level: str, wanted: str) -> None:
    begin(["scan"], wanted)
    write(level, "test")

    assert bool([line for line in log() if line["event"] == "test"]) is (
        LEVELS.index(level) <= LEVELS.index(wanted)
    )


@pytest.mark.parametrize(("typed", "named", "level"), [
    (None, None, "info"), (None, "debug", "debug"), (None, " ERROR ", "error"), ("off", "debug", "off"),
    (None, "", "info"),
])  # fmt: skip
def test_what_is_typed_wins_over_the_variable(
    monkeypatch: pytest.MonkeyPatch, typed: str | None, named: str | None, level: str
) -> None:
    if named is not None:
        monkeypatch.setenv(VARIABLE, named)
    begin(["scan"], typed)

    assert lines._Log.level == level


def test_a_level_that_there_is_not_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "loud")

    with pytest.raises(UsageError, match="'loud'"):
        begin(["scan"])
    assert log() == []


def test_commands_within_a_command_are_of_one_run_and_each_ends_once() -> None:
    begin(["demo"])
    begin(["organize"])
    end(0, 0.1, None, {"done": 3})
    end(0, 0.2, None, {})
    end(0, 0.3, None, {})  # of one that never began

    assert [(line["event"], line.get("counts")) for line in log()] == [
        ("begin", None), ("begin", None), ("end", {"done": 3}), ("end", {}),
    ]  # fmt: skip
    assert len({line["run"] for line in log()}) == 1


def test_an_end_says_what_failed_on_the_level_of_errors() -> None:
    begin(["scan"], "error")
    end(21, 0.1234567, ("folder-not-found", f"There is no folder at https://u:{SECRET}@h."), {})
    (line,) = log()

    assert (line["level"], line["code"], line["error"], line["seconds"]) == (
        "error",
        21,
        "folder-not-found",
        0.123,
    )
    assert SECRET not in line["message"]


@pytest.mark.parametrize("run", ["", "20260101-000000"])
def test_only_a_run_that_changed_something_is_audited(run: str) -> None:
    lines.audit("organize", "/library", run, done=1, held=2)

    assert [(line["operation"], line["journal_run"]) for line in log()] == (
        [("organize", run)] if run else []
    )


@pytest.mark.parametrize("spoil", ["file", "folder", "link"])
def test_a_log_that_cannot_be_written_keeps_nobody(home: Path, spoil: str) -> None:
    place = Path(lines.path())
    if spoil == "file":
        (home / "state").write_text("a file where a folder should be")
    elif spoil == "folder":
        place.mkdir(parents=True)
    else:
        place.parent.mkdir(parents=True)
        place.symlink_to(home / "somewhere else")
    write("info", "test")

    assert not (home / "somewhere else").exists()  # and no link is followed


def test_the_newest_lines_are_in_the_first_file_and_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST", 400)
    for number in range(60):
        write("info", "test", number=number)
    numbers = [
        line["number"]
        for name in reversed(lines.files())
        for line in map(json.loads, Path(name).read_text().splitlines())
    ]

    assert numbers == list(range(numbers[0], 60))
    assert len(lines.files()) == lines.KEPT + 1


WRITES = """
import sys
from anivault.shared.logs import lines
lines.begin([sys.argv[1]])
for number in range(200):
    lines.write("info", "test", who=sys.argv[1], number=number)
"""


def test_processes_that_write_at_once_cut_no_line_of_each_other(home: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", WRITES, who], env=os.environ) for who in "abc"]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    found = [(line["who"], line["number"]) for line in log() if line["event"] == "test"]

    assert sorted(found) == [(who, n) for who in "abc" for n in range(200)]
