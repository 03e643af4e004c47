"""A compiled catalogue is named after all that it is made of: a change in any of it makes another."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import anivault
from anivault.services.catalogue import store

PACKAGE = Path(anivault.__file__).parent
STORE = Path(store.__file__)
MADE_BY = [path.relative_to(PACKAGE).as_posix() for path in store.made_by(STORE)]
USED = """
import sys
from anivault.services.catalogue import store, merge
from anivault.services.catalogue.added import imports
store.compiled_in_memory(store.rows_of(store.shipped())[:50])
print(*sorted(m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "anivault"), sep="\\n")
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, to be changed."""
    tree = tmp_path_factory.mktemp("sources") / "anivault"
    for rel in MADE_BY:
        (tree / rel).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / rel, tree / rel)
    return tree


def key(tree: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(store, "__file__", str(tree / STORE.relative_to(PACKAGE)))
    return store.checksum([b"text"])


@pytest.mark.parametrize("rel", MADE_BY)
def test_a_change_in_any_module_or_table_gives_another_key(
    copied: Path, rel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, text = key(copied, monkeypatch), (copied / rel).read_bytes()
    (copied / rel).write_bytes(text + b"\n")
    after = key(copied, monkeypatch)
    (copied / rel).write_bytes(text)

    assert after != before
    assert key(copied, monkeypatch) == before


def test_a_new_module_gives_another_key(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, new = key(copied, monkeypatch), copied / "services/catalogue/new.py"
    new.write_text("WORDS = 1\n")
    after = key(copied, monkeypatch)
    new.unlink()

    assert after != before


@pytest.mark.parametrize("n", range(len(store.VERSIONS)))
def test_another_version_of_what_encodes_gives_another_key(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.checksum([b"text"])
    monkeypatch.setattr(store, "VERSIONS", (*store.VERSIONS[:n], "other", *store.VERSIONS[n + 1 :]))

    assert store.checksum([b"text"]) != before


def test_another_text_gives_another_key() -> None:
    assert store.checksum([b"text"]) != store.checksum([b"text "])


def test_nothing_that_takes_part_in_compiling_is_forgotten() -> None:
    done = subprocess.run([sys.executable, "-c", USED], capture_output=True, text=True, check=True)
    used = {Path(line).relative_to(PACKAGE).as_posix() for line in done.stdout.splitlines()}

    packages = {rel for rel in used if rel.endswith("__init__.py")}
    assert sorted(used - packages - set(MADE_BY)) == []
    assert {
        "core/models.py",
        "core/matching/titles/normalize.py",
        "core/matching/titles/han.txt",
        "data/capitals.toml",
    } <= set(MADE_BY)
