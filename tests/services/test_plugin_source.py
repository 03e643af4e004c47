"""A provider that is a plug-in is contained: named as its own failure, and the others are heard."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run

ROOT = Path(__file__).parents[2]
NAME = "[SubsPlease] Sousou no Frieren - 01 (1080p).mkv"
PROVIDERS = """
    import os, sys, time
    from anivault.core.models import Candidate, Entry, Season, Title
    from anivault.core.matching.source import Source

    def show(**fields):
        plain = dict(provider="tmdb", id=77, media_type="tv", title="Sousou no Frieren",
                     titles=(Title("Sousou no Frieren"),))
        return Candidate(**{**plain, **fields})

    class Bare(Source):
        name = "bare"
        def find(self, queries): return [[show()] for _ in queries]
        def get(self, provider, media_type, id): return show(id=id)

    class Raising(Bare):
        def find(self, queries): raise RuntimeError("boom\\nat all")

    class Exiting(Bare):
        def find(self, queries): sys.exit(3)

    class Dying(Bare):
        def find(self, queries): os._exit(1)

    class Recursive(Bare):
        def find(self, queries): return self.find(queries)

    class Slow(Bare):
        def find(self, queries):
            time.sleep(30)
            return super().find(queries)

    class Short(Bare):
        def find(self, queries): return []

    class Long(Bare):
        def find(self, queries): return [[]] * (len(queries) + 1)

    class Nothing(Bare):
        def find(self, queries): return None

    class Words(Bare):
        def find(self, queries): return ["Frieren" for _ in queries]

    class WrongType(Bare):
        def find(self, queries): return [[show(id="77")] for _ in queries]

    class WrongDate(Bare):
        def find(self, queries):
            entry = Entry(key="a", titles=(), type="tv", begin="2020-13-45")
            return [[show(entries=(entry,))] for _ in queries]

    class WrongKind(Bare):
        def find(self, queries): return [[show(media_type="../..")] for _ in queries]

    class Surrogate(Bare):
        def find(self, queries): return [[show(title="\\ud800")] for _ in queries]

    class Unspeakable(Exception):
        def __repr__(self): raise self

    class Mute(Bare):
        def find(self, queries): raise Unspeakable

    class Printing(Bare):
        def find(self, queries):
            print("[[]]", flush=True)
            return super().find(queries)

    class Unmakeable(Bare):
        def __init__(self): raise OSError("no list")

    class NeedsSettings(Bare):
        def __init__(self, settings): self.title = settings["title"]
        def find(self, queries): return [[show(title=self.title)] for _ in queries]

    class Breaking(Bare):
        def get(self, provider, media_type, id): raise KeyError(id)

    def opener(settings, before, progress):
        return [*before, Bare()]

    no_class = 5
"""
FAILING = [
    "Raising", "Exiting", "Dying", "Recursive", "Slow", "Short", "Long", "Nothing", "Words", "WrongType",
    "WrongDate", "WrongKind", "Surrogate", "Mute", "Unmakeable", "no_class", "absent",
]  # fmt: skip


@pytest.fixture
def installed(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Register one of the providers as a package of somebody's does, with little patience for it."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "foreign_providers.py").write_text(textwrap.dedent(PROVIDERS), encoding="utf-8")
    info = site / "foreign_providers-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign-providers\nVersion: 1.0\n")
    (home / "config/anivault").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(site))

    def register(attribute: str, settings: str = "timeout = 5") -> str:
        name = attribute.lower()
        (info / "entry_points.txt").write_text(
            f"[anivault.providers]\n{name} = foreign_providers:{attribute}\n"
        )
        (home / "config/anivault/config.toml").write_text(f"[plugins.{name}]\n{settings}\n")
        return name

    return register


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / NAME).write_bytes(b"video")
    return tmp_path / "src"


@pytest.mark.parametrize("attribute", FAILING)
def test_one_that_fails_is_named_and_the_others_are_heard(
    run: Run, source: Path, installed: Callable[[str], str], attribute: str
) -> None:
    name = installed(attribute)
    if attribute == "Slow":
        name = installed(attribute, "timeout = 0.5")  # type: ignore[call-arg]
    together = run("match", source, "--provider", name, "--provider", "catalog", "--json")
    alone = run("organize", source, "--to", source.parent / "lib", "--apply", "--provider", name)

    assert together.code == 0, together.err
    assert together.of("match")[0]["match"]["id"] == 209867
    assert f"The provider {name} failed" in together.of("notice")[0]["text"]
    assert "Going on without it" in together.err
    assert alone.code == 47
    assert f"provider '{name}' failed" in alone.err
    assert not (source.parent / "lib").exists()


@pytest.mark.parametrize("attribute", ["Bare", "Printing", "opener", "Breaking"])
def test_one_that_is_registered_as_documented_is_heard(
    run: Run, source: Path, installed: Callable[[str], str], attribute: str
) -> None:
    done = run("match", source, "--provider", installed(attribute), "--json")

    assert done.code in {0, 10}, done.err
    assert done.of("match")[0]["match"]["id"] == 77
    assert done.of("notice") == []


def test_one_is_given_its_settings(run: Run, source: Path, installed: Callable[..., str]) -> None:
    name = installed("NeedsSettings", 'title = "Given"\ntimeout = 20')
    done = run("match", source, "--provider", name, "--json")

    assert done.of("match")[0]["match"]["title"] == "Given"


def test_one_that_takes_no_settings_is_given_none(
    run: Run, source: Path, installed: Callable[..., str]
) -> None:
    done = run("match", source, "--provider", installed("Unmakeable", "url = 'x'"))

    assert "takes no settings, and is given url" in done.err


def test_one_that_fails_for_a_pin_is_named(run: Run, source: Path, installed: Callable[[str], str]) -> None:
    name = installed("Breaking")
    run("pin", source / NAME, "tmdb:77")
    done = run("match", source, "--provider", name, "--provider", "catalog", "--json")

    assert done.code in {0, 10}
    assert "KeyError(77)" in done.of("notice")[0]["text"]


def test_one_below_tmdb_is_named_too(
    run: Run, source: Path, installed: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANIVAULT_TMDB_KEY", "canary-canary")
    monkeypatch.setenv("ANIVAULT_TMDB_URL", "http://127.0.0.1:9/3")
    done = run("match", source, "--provider", installed("Raising"), "--provider", "tmdb", "--json")

    assert done.code in {0, 10}
    assert any("The provider raising failed" in event["text"] for event in done.of("notice"))


def test_all_that_fail_end_the_run(run: Run, source: Path, installed: Callable[[str], str]) -> None:
    name = installed("Raising")

    assert run("match", source, "--provider", name, "--provider", name).code == 47


@pytest.mark.parametrize("value", ["0", "-1", "true", '"5"', "1e9", "nan"])
def test_a_timeout_that_is_no_number_of_seconds_is_refused(
    run: Run, source: Path, installed: Callable[..., str], value: str
) -> None:
    done = run("match", source, "--provider", installed("Bare", f"timeout = {value}"))

    assert done.code == 22
    assert "[plugins.bare] timeout" in done.err


def test_the_example_of_the_documentation_can_be_built_installed_and_run(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT / "docs/example-plugin", check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")  # what installing is for a package of Python alone
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    (home / "config/anivault").mkdir(parents=True)
    config = (
        '[plugins.example]\nmark = "No "\nshows = [{ title = "Zqx Wvut", tmdb = 99999, episodes = 12 }]\n'
    )
    (home / "config/anivault/config.toml").write_text(config, encoding="utf-8")
    (tmp_path / "src").mkdir()
    (tmp_path / "src/Zqx Wvut - 07.mkv").write_bytes(b"video")
    words = ["--parser", "example", "--provider", "catalog", "--provider", "example", "--json"]
    (tmp_path / "doubtful").mkdir()
    (tmp_path / "doubtful/Zqx Wvut No 08.mkv").write_bytes(b"video")
    (read,) = run("scan", tmp_path / "doubtful", "--parser", "example", "--json").of("file")
    (match,) = run("match", tmp_path / "src", *words).of("match")

    assert read["parsed"]["engine"] == "rules+example"
    assert (match["decision"], match["match"]["id"]) == ("matched", 99999)
    assert match["match"]["coordinates"][0]["episode"] == 7


def test_the_documentation_shows_how_the_example_is_registered() -> None:
    text = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
    project = (ROOT / "docs/example-plugin/pyproject.toml").read_text(encoding="utf-8")

    assert text.split("```toml\n")[1].split("```")[0].strip() in project
