"""Engines that raise, die or never answer are contained and counted. They run as real processes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from anivault.parser.guard import STRIKES, EngineFailure, Guarded
from anivault.parser.read import Reader, open_reader
from anivault.shared.errors import PluginNotFoundError

ENGINES = """
    import os, time
    from anivault.parser.models import ParseResult

    class Good:
        name = "good"
        def parse(self, name):
            heard = "Heard " + name
            return ParseResult(title=heard, titles=(heard,), episodes=(7, "8b"), engine="good")

    class Raising:
        name = "raising"
        def parse(self, name):
            raise RuntimeError("no idea\\nat all")

    class Stalling:
        name = "stalling"
        def parse(self, name):
            while "stall" in name:
                pass
            return ParseResult(title="ok", titles=("ok",), engine="stalling")

    class Dying:
        name = "dying"
        def parse(self, name):
            os._exit(1)
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with engines, registered as entry points like anybody's."""
    (tmp_path / "foreign_engines.py").write_text(textwrap.dedent(ENGINES), encoding="utf-8")
    info = tmp_path / "foreign_engines-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: foreign-engines\nVersion: 1.0\n", encoding="utf-8"
    )
    points = "".join(f"{n.lower()} = foreign_engines:{n}\n" for n in ("Good", "Raising", "Stalling", "Dying"))
    (info / "entry_points.txt").write_text(f"[anivault.parsers]\n{points}", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.fixture
def guarded(installed: None, request: pytest.FixtureRequest) -> Iterator[Guarded]:
    engine = Guarded(request.param, limit=0.5)
    yield engine
    engine.close()


@pytest.mark.parametrize("guarded", ["good"], indirect=True)
def test_a_registered_engine_answers_from_its_own_process(guarded: Guarded) -> None:
    result = guarded.parse("第03話 \u00e9")

    assert (result.title, result.episodes, result.engine) == ("Heard 第03話 \u00e9", (7, "8b"), "good")


@pytest.mark.parametrize("guarded", ["raising"], indirect=True)
def test_an_engine_that_raises_fails_that_name_only(guarded: Guarded) -> None:
    for _ in range(2):
        with pytest.raises(EngineFailure, match="no idea"):
            guarded.parse("Show - 01.mkv")


@pytest.mark.parametrize("guarded", ["stalling"], indirect=True)
def test_an_engine_that_never_answers_is_killed_and_asked_again_for_the_next_name(guarded: Guarded) -> None:
    with pytest.raises(EngineFailure, match="did not answer"):
        guarded.parse("stall.mkv")

    assert guarded.parse("Show - 01.mkv").title == "ok"


@pytest.mark.parametrize("guarded", ["stalling"], indirect=True)
def test_an_engine_that_is_late_too_often_is_left_off(guarded: Guarded) -> None:
    for _ in range(STRIKES):
        with pytest.raises(EngineFailure, match="did not answer"):
            guarded.parse("stall.mkv")

    with pytest.raises(EngineFailure, match="left off"):
        guarded.parse("Show - 01.mkv")


@pytest.mark.parametrize("guarded", ["dying"], indirect=True)
def test_an_engine_that_dies_is_a_failure(guarded: Guarded) -> None:
    with pytest.raises(EngineFailure):
        guarded.parse("Show - 01.mkv")


def test_an_engine_that_cannot_start_is_a_failure() -> None:
    engine = Guarded("no-such-engine")

    with pytest.raises(EngineFailure, match="could not be started"):
        engine.parse("Show - 01.mkv")


def test_an_engine_that_cannot_start_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Guarded("no-such-engine")
    with pytest.raises(EngineFailure, match="could not be started"):
        engine.parse("Show - 01.mkv")
    monkeypatch.setattr(engine._worker, "_start", None)

    with pytest.raises(EngineFailure, match="could not be started"):
        engine.parse("Show - 02.mkv")


def test_failures_are_counted_and_the_rules_still_read(installed: None) -> None:
    reader = open_reader(["anitomy-ng", "raising"])
    try:
        results = [reader.read(f"Name {n} - 05 - Sky.mkv") for n in ("One", "Two", "Three")]
    finally:
        reader.close()

    assert [result.title for result in results] == ["Name One", "Name Two", "Name Three"]
    assert reader.failures == {"raising": 3}


def test_an_engine_in_this_process_that_raises_is_counted_too() -> None:
    class Broken:
        name = "broken"

        def parse(self, name: str) -> None:
            raise KeyError(name)

    reader = Reader([Broken(), Broken()])  # type: ignore[list-item]

    assert reader.read("Star - 05.mkv").episodes == (5,)
    assert reader.failures == {"broken": 2}


def test_an_engine_nobody_registered_is_named_with_those_that_are() -> None:
    with pytest.raises(PluginNotFoundError) as raised:
        open_reader(["anitomi"])

    assert "anitomy-ng" in raised.value.hint
