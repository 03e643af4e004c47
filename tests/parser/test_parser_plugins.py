"""However a parser of somebody else's behaves, its names are read without it, and the screen says why."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run

PARSERS = """
    import os, sys, time
    from anivault.parser.models import ParseResult

    class Good:
        name = "good"
        def parse(self, name): return ParseResult(title="Heard")

    class NeedsSettings(Good):
        def __init__(self, settings): self.title = settings["title"]
        def parse(self, name): return ParseResult(title=self.title, engine="needs")

    class Raising(Good):
        def parse(self, name): raise RuntimeError("boom")

    class Exiting(Good):
        def parse(self, name): sys.exit()

    class Dying(Good):
        def parse(self, name): os._exit(1)

    class Slow(Good):
        def parse(self, name): time.sleep(30)

    class Huge(Good):
        def parse(self, name): return ParseResult(title="X", season=10**400)

    class Broken(Good):
        def parse(self, name): return ParseResult(title="\\ud800")

    class Words(Good):
        def parse(self, name): return "title"

    class Nothing(Good):
        def parse(self, name): return None

    class Unmakeable(Good):
        def __init__(self): raise OSError("no list")

    class Inside:
        in_process = True
        def parse(self, name): return ParseResult(title=5, episodes="x")

    no_class = 5
"""


@pytest.fixture
def installed(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Register one of the parsers as a package of somebody's does."""
    site = tmp_path / "site"
    info = site / "foreign_parsers-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "foreign_parsers.py").write_text(textwrap.dedent(PARSERS), encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-parsers\nVersion: 1.0\n")
    (home / "config/anivault").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(site))

    def register(attribute: str, settings: str = "timeout = 5") -> str:
        name = attribute.lower()
        (info / "entry_points.txt").write_text(f"[anivault.parsers]\n{name} = foreign_parsers:{attribute}\n")
        (home / "config/anivault/config.toml").write_text(f"[plugins.{name}]\n{settings}\n")
        return name

    return register


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/Kaiba 2.mkv").write_bytes(b"video")
    return tmp_path / "src"


@pytest.mark.parametrize(
    ("attribute", "why"),
    [
        ("Raising", "it raised RuntimeError('boom')"),
        ("Exiting", "it raised SystemExit()"),
        ("Dying", "it died"),
        ("Slow", "it did not answer in 0.5 s"),
        ("Huge", "above 99,999"),
        ("Broken", "UnicodeEncodeError"),
        ("Words", "Expected `object`"),
        ("Nothing", "Expected `object`"),
        ("Unmakeable", "could not be started: it raised OSError('no list')"),
        ("Inside", "Expected `str | null`"),
        ("no_class", "could not be started"),
    ],
)
def test_one_that_fails_is_named_and_the_rules_still_read(
    run: Run, source: Path, installed: Callable[..., str], attribute: str, why: str
) -> None:
    name = installed(attribute, "timeout = 0.5") if attribute == "Slow" else installed(attribute)
    done = run("scan", source, "--parser", name, "--json")

    assert done.code == 0, done.err
    assert done.of("file")[0]["parsed"]["title"] == "Kaiba 2"
    (notice,) = done.of("notice")
    assert notice["text"].startswith(f"{name} failed on 1 name: ")
    assert why in notice["text"]


def test_one_is_given_its_settings(run: Run, source: Path, installed: Callable[..., str]) -> None:
    done = run("scan", source, "--parser", installed("NeedsSettings", 'title = "Given"'), "--json")

    assert done.of("notice") == []
    assert done.of("file")[0]["parsed"]["engine"] == "rules+needs"


def test_one_that_does_not_exist_in_its_package_is_named_before_anything_is_read(
    run: Run, source: Path, installed: Callable[..., str]
) -> None:
    done = run("scan", source, "--parser", installed("absent"))

    assert done.code == 46
    assert "absent" in done.err
