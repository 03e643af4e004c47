"""What is kept by one maker is not taken for what another one would make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import anivault
from anivault.shared.work import making


@pytest.fixture(autouse=True)
def unasked() -> Iterator[None]:
    """The sum is worked out once a process: here each time."""
    making.made_by.cache_clear()
    yield
    making.made_by.cache_clear()


def again() -> str:
    making.made_by.cache_clear()
    return making.made_by()


def test_the_same_code_words_and_libraries_are_one_maker() -> None:
    assert making.made_by() == again()


def test_another_version_of_a_library_is_another_maker(monkeypatch: pytest.MonkeyPatch) -> None:
    before = making.made_by()
    monkeypatch.setattr(making, "MADE_BY", (*making.MADE_BY, "pytest"))

    assert again() != before


@pytest.mark.parametrize("rel", ["parser/vocabulary.toml", "core/models.py", "shared/text.py"])
def test_another_word_or_line_of_code_is_another_maker(
    rel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / rel).parent.mkdir()
    (tmp_path / rel).write_text("one")
    monkeypatch.setattr(anivault, "__file__", str(tmp_path / "__init__.py"))
    before = again()
    (tmp_path / rel).write_text("another")

    assert again() != before


def test_what_only_shows_results_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anivault, "__file__", str(tmp_path / "__init__.py"))
    before = again()
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "desk.py").write_text("shown")

    assert again() == before
